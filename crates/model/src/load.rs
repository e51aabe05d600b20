//! Orders from a file: a JSON list, each entry played through the calls by which a model's orders come to be. Reads the
//! list and plays the calls; what an entry means, and which calls it takes, is its model's matter.

use std::error::Error;
use std::fmt;

use serde_json::value::RawValue;

use crate::model::{Model, PlaceError, Request};

/// The time between two calls that make an order, milliseconds: no bound on requests is met, and what a moment brings has
/// come.
pub(crate) const STEP_MS: u64 = 1_000;
/// The time given to one order.
const PACE_MS: u64 = 5 * STEP_MS;

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

/// Plays one of the calls that make an order, which must be accepted. `call` is what it goes by.
pub(crate) fn play(
    model: &mut impl Model,
    call: &'static str,
    request: &Request<'_>,
    now_ms: u64,
) -> Result<(), PlaceError> {
    let reply = model.handle(request, now_ms);
    if reply.status >= 300 {
        let answer = String::from_utf8_lossy(&reply.body).into_owned();
        return Err(PlaceError::Refused { call, status: reply.status, answer });
    }
    if reply.evicted.is_empty() { Ok(()) } else { Err(PlaceError::NoRoom) }
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

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotAList { message } => write!(f, "not a list of orders in JSON: {message}"),
            Self::Order { number, of, why } => write!(f, "order {number} of {of}: {why}"),
        }
    }
}

impl Error for LoadError {}
