//! The rules: what becomes of the units of an order. Knows no request and no answer.

use super::choices::{
    DuplicateLine, FulfilTooMany, LiveUnits, MoreThanUnfulfilled, NothingLeft, PartFulfilledOrder, RepeatOfALine,
    RepeatOfAnOrder, ZeroUnits,
};
use crate::choice::Choices;

/// An order: its lines, whose ids follow each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Order {
    /// The id of the first line.
    pub(super) first: u64,
    pub(super) lines: Vec<Line>,
}

/// A line of one product. Fulfilled units are live: `fulfilled + cancelled` is never more than `ordered`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) product: String,
    /// What a unit costs.
    pub(super) price: u64,
    /// Units.
    pub(super) ordered: u64,
    pub(super) cancelled: u64,
    pub(super) fulfilled: u64,
}

/// Why a call does nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// What was sent can't be read.
    Unreadable(&'static str),
    /// A number of units below 0.
    Negative,
    /// The order is in no state for it.
    State(&'static str),
    /// There is no such line.
    NoLine,
}

impl Refusal {
    /// The HTTP status.
    pub(super) fn status(self) -> u16 {
        match self {
            Self::Unreadable(_) | Self::Negative => 400,
            Self::State(_) => 409,
            Self::NoLine => 404,
        }
    }

    /// What stands in the answer.
    pub(super) fn message(self) -> &'static str {
        match self {
            Self::Unreadable(message) | Self::State(message) => message,
            Self::Negative => "`units` must not be negative",
            Self::NoLine => "the order has no such line",
        }
    }
}

impl Line {
    /// Units that are not cancelled.
    pub(super) fn live(&self) -> u64 {
        self.ordered - self.cancelled
    }

    /// Units that are neither cancelled nor fulfilled.
    pub(super) fn open(&self) -> u64 {
        self.live() - self.fulfilled
    }
}

impl Order {
    /// Nothing of it is live.
    pub(super) fn is_cancelled(&self) -> bool {
        self.lines.iter().all(|line| line.live() == 0)
    }

    /// What its live units cost.
    pub(super) fn total(&self) -> u64 {
        self.lines.iter().map(|line| line.price.saturating_mul(line.live())).fold(0, u64::saturating_add)
    }

    /// Every unit is fulfilled or cancelled.
    pub(super) fn is_complete(&self) -> bool {
        self.open() == 0
    }

    fn open(&self) -> u64 {
        self.lines.iter().map(Line::open).sum()
    }

    fn line(&mut self, id: u64) -> Result<&mut Line, Refusal> {
        let index = id.checked_sub(self.first).and_then(|index| usize::try_from(index).ok());
        index.and_then(|index| self.lines.get_mut(index)).ok_or(Refusal::NoLine)
    }

    /// Cancels units of one line. What is asked of a line with nothing live need not even be readable; but a negative number
    /// is refused wherever it is sent. Source: `bad-units-refused`, `malformed-units-refused`, `repeat-no-effect`.
    pub(super) fn cancel_units_of(
        &mut self,
        choices: &Choices,
        id: u64,
        wanted: Result<u64, Refusal>,
    ) -> Result<(), Refusal> {
        let is_repeat = self.line(id)?.live() == 0 && wanted != Err(Refusal::Negative) && wanted != Ok(0);
        if is_repeat && choices.get::<RepeatOfALine>() == RepeatOfALine::Accepted {
            return Ok(());
        }
        self.cancel_units(choices, &[(id, wanted?)])
    }

    /// Cancels units of lines, in one request: all of them or none. Source: `cancel.part`, `more-than-live`, `duplicate-line`.
    pub(super) fn cancel_units(&mut self, choices: &Choices, wanted: &[(u64, u64)]) -> Result<(), Refusal> {
        let mut after = self.clone();
        for (at, &(id, units)) in wanted.iter().enumerate() {
            let twice = wanted[..at].iter().any(|(earlier, _)| *earlier == id);
            if twice && choices.get::<DuplicateLine>() == DuplicateLine::Refused {
                return Err(Refusal::Unreadable("a line is named twice"));
            }
            let cancelled = cancellable(choices, after.line(id)?, units)?;
            after.line(id)?.cancelled += cancelled;
        }
        *self = after;
        Ok(())
    }

    /// Source: `cancel.order`, `fulfilled-order-refused`, `repeat-no-effect`.
    pub(super) fn cancel(&mut self, choices: &Choices) -> Result<(), Refusal> {
        if self.is_cancelled() {
            return match choices.get() {
                RepeatOfAnOrder::Refused => Err(Refusal::State("the order is cancelled already")),
                RepeatOfAnOrder::Accepted => Ok(()),
            };
        }
        if self.open() == 0 {
            return Err(Refusal::State("all that is live is fulfilled"));
        }
        let any_fulfilled = self.lines.iter().any(|line| line.fulfilled > 0);
        if any_fulfilled && choices.get::<PartFulfilledOrder>() == PartFulfilledOrder::Refused {
            return Err(Refusal::State("a part of the order is fulfilled"));
        }
        self.cancel_open();
        Ok(())
    }

    /// Source: `cancel.rest`.
    pub(super) fn cancel_rest(&mut self, choices: &Choices) -> Result<(), Refusal> {
        if self.open() == 0 && choices.get::<NothingLeft>() == NothingLeft::Refused {
            return Err(Refusal::State("there is nothing left to cancel"));
        }
        self.cancel_open();
        Ok(())
    }

    fn cancel_open(&mut self) {
        for line in &mut self.lines {
            line.cancelled += line.open();
        }
    }

    /// Source: `cancelled-unfulfillable`, `fulfil.live-units`.
    pub(super) fn fulfil(&mut self, choices: &Choices, id: u64, units: u64) -> Result<(), Refusal> {
        let line = self.line(id)?;
        let fulfilled = match units {
            0 => return Err(Refusal::Unreadable("`units` must be at least 1")),
            _ if units > line.open() => match choices.get() {
                FulfilTooMany::Refused => return Err(Refusal::State("fewer units are live and unfulfilled")),
                FulfilTooMany::FulfilsTheRest => line.open(),
                FulfilTooMany::NoEffect => 0,
            },
            _ if choices.get::<LiveUnits>() == LiveUnits::Refused => {
                return Err(Refusal::State("nothing can be fulfilled any more"));
            }
            units => units,
        };
        line.fulfilled += fulfilled;
        Ok(())
    }
}

/// How many units a cancel of so many takes from a line.
fn cancellable(choices: &Choices, line: &Line, units: u64) -> Result<u64, Refusal> {
    if units == 0 {
        return match choices.get() {
            ZeroUnits::Refused => Err(Refusal::Unreadable("`units` must be at least 1")),
            ZeroUnits::NoEffect => Ok(0),
        };
    }
    if line.live() == 0 {
        return match choices.get() {
            RepeatOfALine::Refused => Err(Refusal::State("the line is cancelled already")),
            RepeatOfALine::Accepted => Ok(0),
        };
    }
    if units > line.live() {
        return Err(Refusal::State("fewer units are live"));
    }
    if units > line.open() {
        return match choices.get() {
            MoreThanUnfulfilled::Refused => Err(Refusal::State("fewer units are unfulfilled")),
            MoreThanUnfulfilled::CancelsTheRest => Ok(line.open()),
            MoreThanUnfulfilled::NoEffect => Ok(0),
        };
    }
    Ok(units)
}
