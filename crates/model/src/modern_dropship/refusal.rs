//! Why a call is refused, as data. Which status and shape that takes is decided here and in `render`; the rules that
//! refuse stand with what they guard.

use super::choices::{InvalidRequestStatus, StateRefusalStatus, UnknownIdStatus, WrongMethodStatus, WrongRoleStatus};
use crate::choice::Choices;
use crate::wire::fields::Unreadable;
use crate::wire::route::Methods;

/// A call that is not carried out, and changes nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) cause: Cause,
    /// The field of the body that is at fault, or `general`.
    pub(super) field: String,
    pub(super) message: String,
}

/// The kinds of refusal, in the order in which a request is checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cause {
    Unauthenticated,
    /// More requests than these were sent within a second.
    TooMany(u32),
    WrongRole,
    NoSuchPath,
    /// The path is known, with these methods.
    WrongMethod(Methods),
    UnknownId,
    MediaType,
    Invalid,
    State,
}

impl Refusal {
    pub(super) fn general(cause: Cause, message: impl Into<String>) -> Self {
        Self { cause, field: "general".to_owned(), message: message.into() }
    }

    /// A body or query that cannot be read.
    pub(super) fn invalid(field: &str, message: impl Into<String>) -> Self {
        Self { cause: Cause::Invalid, field: field.to_owned(), message: message.into() }
    }

    /// A call that the state of the order forbids.
    pub(super) fn state(message: impl Into<String>) -> Self {
        Self::general(Cause::State, message)
    }

    /// A new quantity that the state of the item forbids.
    pub(super) fn new_quantity(message: impl Into<String>) -> Self {
        Self { cause: Cause::State, field: "newQuantity".to_owned(), message: message.into() }
    }

    /// The HTTP status it is answered with: always a 4xx (`refusal.client-error`).
    pub(super) fn status(&self, choices: &Choices) -> u16 {
        match self.cause {
            Cause::Unauthenticated => 401,
            Cause::TooMany(_) => 429,
            Cause::WrongRole => choices.get::<WrongRoleStatus>() as u16,
            Cause::NoSuchPath => 404,
            Cause::WrongMethod(_) => choices.get::<WrongMethodStatus>() as u16,
            Cause::UnknownId => choices.get::<UnknownIdStatus>() as u16,
            Cause::MediaType => 415,
            Cause::Invalid => choices.get::<InvalidRequestStatus>() as u16,
            Cause::State => choices.get::<StateRefusalStatus>() as u16,
        }
    }
}

impl From<Unreadable> for Refusal {
    fn from(error: Unreadable) -> Self {
        Self::invalid(error.field.as_deref().unwrap_or("general"), error.message)
    }
}
