//! Secrets: how they come in from the environment, what is known to carry one, and how they are kept out of all that is told.

mod credential;
mod env;
mod redact;

pub(crate) use credential::{is_credential, stand_in_for};
pub(crate) use env::EnvText;
pub(crate) use redact::{Redactor, hide_credentials};

/// A value that no output may show, and what stands in its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Secret {
    pub(crate) value: String,
    pub(crate) stand_in: String,
}
