//! Where an endpoint is: the form of its base URL, and whether that is on this machine.

use std::net::IpAddr;

use crate::target::TargetError;

/// The URL without a slash at its end; `shown` is what a message may say of it.
pub(super) fn check_base_url(url: &str, shown: &str) -> Result<String, TargetError> {
    let parsed: http::Uri = url.parse().map_err(|_| TargetError::BadUrl(shown.to_owned()))?;
    let authority = parsed.authority().map(http::uri::Authority::as_str).unwrap_or_default();
    if authority.contains('@') {
        return Err(TargetError::Userinfo);
    }
    let known_scheme = matches!(parsed.scheme_str(), Some("http" | "https"));
    // A port that is none is not refused by the parser: it just has no number.
    let has_port = authority.rsplit_once(':').is_some_and(|(_, port)| !port.ends_with(']'));
    if !known_scheme || authority.is_empty() || parsed.query().is_some() || (has_port && parsed.port_u16().is_none()) {
        return Err(TargetError::BadUrl(shown.to_owned()));
    }
    Ok(url.trim_end_matches('/').to_owned())
}

/// The host of a base URL, where it is not on this machine.
pub(super) fn remote(base_url: &str) -> Option<String> {
    let parsed: http::Uri = base_url.parse().ok()?;
    let host = parsed.host()?;
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let here = bare.eq_ignore_ascii_case("localhost") || bare.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback());
    (!here).then(|| bare.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_loopback_is_on_this_machine() {
        for here in ["http://127.0.0.1:80", "http://127.8.9.1", "http://[::1]:4010", "https://LocalHost/api"] {
            assert_eq!(remote(here), None, "{here}");
        }
        for (there, host) in [
            ("http://10.0.0.1:80", "10.0.0.1"),
            ("https://api.example.com/v1", "api.example.com"),
            ("http://localhost.example.com", "localhost.example.com"),
            ("http://0.0.0.0:1", "0.0.0.0"),
        ] {
            assert_eq!(remote(there).as_deref(), Some(host), "{there}");
        }
    }
}
