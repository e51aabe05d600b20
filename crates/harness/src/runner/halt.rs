//! Why a case could not go on: whose it is, and after which exchange.

use countermand_event::{Blame, Exchange, Trouble};
use countermand_text::Place;

use super::exchange::RawExchange;
use crate::target::Target;
use crate::template::ExprError;

/// Why a case could not go on.
pub(super) struct Halt {
    pub(super) blame: Blame,
    message: String,
    exchange: Option<Box<Exchange>>,
    place: Option<Place>,
}

impl Halt {
    pub(super) fn new(blame: Blame, message: impl Into<String>) -> Self {
        Self { blame, message: message.into(), exchange: None, place: None }
    }

    pub(super) fn setup(message: impl Into<String>) -> Self {
        Self::new(Blame::Setup, message)
    }

    pub(super) fn scenario(message: impl Into<String>) -> Self {
        Self::new(Blame::Scenario, message)
    }

    /// The same, as something that the target has not; `what` says what.
    pub(super) fn lacking(self, what: &str) -> Self {
        Self { blame: Blame::Target, message: format!("{what}: {}", self.message), ..self }
    }

    /// After this exchange, which the binding asked for.
    pub(super) fn after(self, raw: Option<&RawExchange>, target: &Target) -> Self {
        let exchange = raw.map(|raw| Box::new(raw.show(&target.redactor())));
        Self { exchange, place: self.place.or_else(|| raw.map(|raw| Place::clone(&raw.place))), ..self }
    }

    pub(super) fn at(self, place: Place) -> Self {
        Self { place: Some(place), ..self }
    }

    /// The same, as why something else can't be done.
    pub(super) fn because(self, what: &str) -> Self {
        Self { message: format!("{what}: {}", self.message), ..self }
    }

    /// The public form; step 0 is the set-up.
    pub(super) fn trouble(self, step: usize) -> Trouble {
        let Self { blame, message, exchange, place } = self;
        Trouble { blame, message, step, exchange: exchange.map(|exchange| *exchange), place }
    }
}

/// An expression that fails on what the target sends does not fit the target: the set-up's fault.
impl From<ExprError> for Halt {
    fn from(error: ExprError) -> Self {
        Self::setup(format!("{}: {}", error.place, error.message)).at(*error.place)
    }
}
