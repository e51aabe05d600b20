//! Why a call is refused, as data, and the status that takes. Its body is written in `render`; the rules that refuse
//! stand with what they guard.

use super::choices::{
    ForeignPackageStatus, InvalidRequestStatus, SellerMismatchStatus, StateRefusalStatus, UnknownPackageStatus,
};
use crate::choice::Choices;
use crate::wire::fields::Unreadable;
use crate::wire::route::Methods;

/// A call that is not carried out, and changes nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) cause: Cause,
    pub(super) message: String,
}

/// The kinds of refusal, in the order in which a request is checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cause {
    UserAgent,
    BadKey,
    TooMany,
    NoSuchPath,
    /// The path is known, with these methods.
    WrongMethod(Methods),
    SellerMismatch,
    UnknownPackage,
    ForeignPackage,
    UnknownWebhook,
    Invalid,
    State,
}

impl Refusal {
    pub(super) fn new(cause: Cause, message: impl Into<String>) -> Self {
        Self { cause, message: message.into() }
    }

    /// A body or query that can't be read, or asks for what can't be.
    pub(super) fn invalid(message: impl Into<String>) -> Self {
        Self::new(Cause::Invalid, message)
    }

    /// A call that the state of what it is about forbids.
    pub(super) fn state(message: impl Into<String>) -> Self {
        Self::new(Cause::State, message)
    }

    /// The HTTP status it is answered with: always a 4xx (`refusal.client-error`).
    pub(super) fn status(&self, choices: &Choices) -> u16 {
        match self.cause {
            Cause::UserAgent => 403,
            Cause::BadKey => 401,
            Cause::TooMany => 429,
            Cause::NoSuchPath | Cause::UnknownWebhook => 404,
            Cause::WrongMethod(_) => 405,
            Cause::SellerMismatch => choices.get::<SellerMismatchStatus>() as u16,
            Cause::UnknownPackage => choices.get::<UnknownPackageStatus>() as u16,
            Cause::ForeignPackage => choices.get::<ForeignPackageStatus>() as u16,
            Cause::Invalid => choices.get::<InvalidRequestStatus>() as u16,
            Cause::State => choices.get::<StateRefusalStatus>() as u16,
        }
    }
}

impl From<Unreadable> for Refusal {
    fn from(error: Unreadable) -> Self {
        Self::invalid(error.to_string())
    }
}

impl Cause {
    /// The word that a program can tell it by.
    pub(super) fn key(self) -> &'static str {
        match self {
            Self::UserAgent => "user.agent.required",
            Self::BadKey => "unauthorized",
            Self::TooMany => "too.many.requests",
            Self::NoSuchPath => "path.not.found",
            Self::WrongMethod(_) => "method.not.allowed",
            Self::SellerMismatch => "seller.not.authorized",
            Self::UnknownPackage => "shipment.package.not.found",
            Self::ForeignPackage => "shipment.package.not.owned",
            Self::UnknownWebhook => "webhook.not.found",
            Self::Invalid => "request.invalid",
            Self::State => "status.not.allowed",
        }
    }

    /// The class of error that the real service would name.
    pub(super) fn exception(self) -> &'static str {
        match self {
            Self::BadKey => "ClientApiAuthenticationException",
            Self::SellerMismatch => "TrendyolAuthorizationException",
            Self::TooMany => "TooManyRequestsException",
            Self::NoSuchPath | Self::UnknownPackage | Self::ForeignPackage | Self::UnknownWebhook => {
                "ResourceNotFoundException"
            }
            Self::UserAgent | Self::WrongMethod(_) | Self::Invalid | Self::State => "ClientApiBusinessException",
        }
    }
}
