//! Orders from a file: a JSON list, each entry played through the calls by which a model's orders come to be. Reads the
//! list; what an entry means is its model's matter.

use std::error::Error;
use std::fmt;

use serde_json::value::RawValue;

use crate::model::Model;

/// The time given to one order, milliseconds: its calls are a second apart, so that no bound on requests is met.
const PACE_MS: u64 = 5_000;

/// Makes the orders of a file, as if they had been placed one after the other until now, and tells how many there are.
/// Each entry is what [`Model::place`] takes. An error leaves the orders before it in place.
///
/// # Errors
/// When the file is not a list, or one of its orders can't be made.
pub fn load(model: &mut dyn Model, file: &[u8], now_ms: u64) -> Result<usize, LoadError> {
    let orders: Vec<&RawValue> =
        serde_json::from_slice(file).map_err(|error| LoadError::NotAList { message: error.to_string() })?;
    let of = orders.len();
    for (at, order) in orders.iter().enumerate() {
        let age = PACE_MS.saturating_mul((of - at) as u64);
        let placed = model.place(order.get().as_bytes(), now_ms.saturating_sub(age));
        placed.map_err(|why| LoadError::Order { number: at + 1, of, why })?;
    }
    Ok(of)
}

/// Why a file of orders was not loaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LoadError {
    /// The file is not a list in JSON.
    NotAList {
        /// What is wrong with it, and where.
        message: String,
    },
    /// An order can't be made.
    Order {
        /// Which it is, counted from 1.
        number: usize,
        /// How many there are.
        of: usize,
        /// What stands against it.
        why: PlaceError,
    },
}

/// Why an order was not made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PlaceError {
    /// This model's orders don't come from files.
    Unsupported,
    /// What the mock adds to the body of the call can't be understood.
    Invalid {
        /// What is wrong with it.
        message: String,
    },
    /// One of the calls that make the order was refused.
    Refused {
        /// The call.
        call: &'static str,
        /// The status it was answered with.
        status: u16,
        /// The body it was answered with.
        answer: String,
    },
    /// It would push out an order that came before it.
    NoRoom,
}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotAList { message } => write!(f, "not a list of orders in JSON: {message}"),
            Self::Order { number, of, why } => write!(f, "order {number} of {of}: {why}"),
        }
    }
}

impl fmt::Display for PlaceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unsupported => write!(f, "this spec has no orders that could be made"),
            Self::Invalid { message } => write!(f, "{message}"),
            Self::Refused { call, status, answer } => write!(f, "{call} is refused with {status}: {answer}"),
            Self::NoRoom => write!(f, "no room is left for it; keep more orders"),
        }
    }
}

impl Error for LoadError {}

impl Error for PlaceError {}
