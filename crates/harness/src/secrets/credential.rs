//! Headers that carry a credential, and what is shown in its place.

/// Whether a header by its name carries a credential, in a request or an answer.
pub(crate) fn is_credential(name: &str) -> bool {
    let known = ["authorization", "proxy-authorization", "cookie", "set-cookie", "x-api-key"];
    known.iter().any(|known| name.eq_ignore_ascii_case(known))
}

/// What stands in reports in place of a credential whose variable is not known: `$AUTHORIZATION`.
pub(crate) fn stand_in_for(name: &str) -> String {
    format!("${}", name.to_ascii_uppercase().replace('-', "_"))
}
