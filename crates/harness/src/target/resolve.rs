//! A target ready to be played against: a binding with its variables filled in, and a transport.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::{Binding, EnvText, Secret};
use crate::redact::Redactor;
use crate::spec::Spec;
use crate::transport::Transport;

/// Something to play a spec against.
pub struct Target {
    /// As the user named it.
    pub name: String,
    pub(crate) binding: Arc<Binding>,
    pub(crate) transport: Arc<dyn Transport>,
    pub(crate) base_url: String,
    pub(crate) headers: Vec<Header>,
    pub(crate) callers: BTreeMap<String, Vec<Header>>,
    pub(crate) timeout: Duration,
    pub(crate) settle: Duration,
    pub(crate) redactor: Redactor,
}

/// A header, and how its value is shown.
#[derive(Debug, Clone)]
pub(crate) struct Header {
    pub(crate) name: http::HeaderName,
    pub(crate) value: http::HeaderValue,
    pub(crate) shown: String,
}

/// What the user may set on a target.
#[derive(Debug, Clone)]
pub struct TargetOptions {
    /// The name in reports.
    pub name: String,
    /// In place of the binding's own base URL.
    pub base_url: Option<String>,
    /// How long one request may take.
    pub timeout: Duration,
    /// In place of the binding's own settle time.
    pub settle: Option<Duration>,
}

/// Why a target can't be used as it is described.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TargetError {
    /// A variable of the environment is not set and has no default.
    MissingVariable(String),
    /// A header's value holds what no header can carry. Names the header, never the value.
    BadHeader(String),
    /// The base URL is none.
    BadUrl(String),
    /// The base URL carries a credential, which would stand in every report.
    Userinfo,
}

impl fmt::Display for TargetError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MissingVariable(name) => {
                write!(f, "the environment variable `{name}` is not set, and the binding gives no default")
            }
            Self::BadHeader(name) => {
                write!(f, "the value of header `{name}` holds a character that no header can carry")
            }
            Self::Userinfo => {
                f.write_str("the base URL carries a credential: put it into a header of the binding's callers")
            }
            Self::BadUrl(url) => write!(f, "`{url}` is no base URL (expected something like http://127.0.0.1:4010)"),
        }
    }
}

impl std::error::Error for TargetError {}

impl Target {
    /// Fills the binding of `spec` in. `env` looks a variable of the environment up.
    ///
    /// # Errors
    /// A [`TargetError`] names what is missing or unusable.
    pub fn new(
        spec: &Spec,
        transport: Arc<dyn Transport>,
        options: TargetOptions,
        env: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Self, TargetError> {
        let binding = Arc::clone(&spec.binding);
        let mut secrets = Vec::new();
        let named = options.base_url.is_some();
        let base_url = match options.base_url {
            Some(url) => url,
            None => binding.base_url.resolve(env, &mut secrets).map_err(TargetError::MissingVariable)?,
        };
        let shown = if named { base_url.clone() } else { binding.base_url.stand_in() };
        let base_url = check_base_url(&base_url, &shown)?;
        let mut headers = |list: &[(String, EnvText)]| -> Result<Vec<Header>, TargetError> {
            list.iter().map(|(name, value)| header(name, value, env, &mut secrets)).collect()
        };
        let common = headers(&binding.headers)?;
        let callers = binding.callers.iter().map(|(caller, list)| Ok((caller.clone(), headers(list)?)));
        let callers = callers.collect::<Result<_, TargetError>>()?;
        let settle = options.settle.unwrap_or(binding.settle);
        let redactor = Redactor::new(secrets);
        Ok(Self {
            name: options.name,
            binding,
            transport,
            base_url,
            headers: common,
            callers,
            timeout: options.timeout,
            settle,
            redactor,
        })
    }
}

/// The URL without a slash at its end; `shown` is what a message may say of it.
fn check_base_url(url: &str, shown: &str) -> Result<String, TargetError> {
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

fn header(
    name: &str,
    value: &EnvText,
    env: &dyn Fn(&str) -> Option<String>,
    secrets: &mut Vec<Secret>,
) -> Result<Header, TargetError> {
    let resolved = value.resolve(env, secrets).map_err(TargetError::MissingVariable)?;
    let bad = || TargetError::BadHeader(name.to_owned());
    let stand_in = value.stand_in();
    // A credential written out in the binding is no secret, but nobody reading a report can know that.
    let shown = if is_credential(name) && !stand_in.contains('$') { stand_in_for(name) } else { stand_in };
    Ok(Header {
        name: http::HeaderName::try_from(name).map_err(|_| bad())?,
        value: http::HeaderValue::try_from(resolved).map_err(|_| bad())?,
        shown,
    })
}

/// Whether a header by its name carries a credential, in a request or an answer.
pub(crate) fn is_credential(name: &str) -> bool {
    let known = ["authorization", "proxy-authorization", "cookie", "set-cookie", "x-api-key"];
    known.iter().any(|known| name.eq_ignore_ascii_case(known))
}

/// What stands in reports in place of a credential whose variable is not known: `$AUTHORIZATION`.
pub(crate) fn stand_in_for(name: &str) -> String {
    format!("${}", name.to_ascii_uppercase().replace('-', "_"))
}
