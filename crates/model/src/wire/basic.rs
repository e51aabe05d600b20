//! Basic authentication: a name and a secret in one header. Knows nobody's.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;

/// The `Authorization` header of these credentials, which are written `name:secret`.
pub(crate) fn header(credentials: &str) -> String {
    format!("Basic {}", BASE64_STANDARD.encode(credentials))
}

/// The credentials in an `Authorization` header, if it is of this kind.
pub(crate) fn credentials(header: &str) -> Option<Vec<u8>> {
    let (scheme, encoded) = header.split_once(' ')?;
    scheme.eq_ignore_ascii_case("basic").then(|| BASE64_STANDARD.decode(encoded.trim()).ok()).flatten()
}
