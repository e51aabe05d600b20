//! Misreadings of a fulfilment: which units are taken for a parcel in place of the right ones.

use super::Fault;
use crate::modern_dropship::refusal::Refusal;
use crate::modern_dropship::state::Order;

/// Places in the list of items, with units.
type Taken = Vec<(usize, u64)>;

/// What is decided under a fault. `contents` are the products and units of the parcel, `right` is what should be.
pub(in crate::modern_dropship) fn decide(
    fault: Fault,
    order: &Order,
    contents: &[(String, u64)],
    right: Result<Taken, Refusal>,
) -> Result<Taken, Refusal> {
    let line =
        |product: &str, live: bool| order.items.iter().position(|item| item.product == product && item.live() == live);
    match fault {
        Fault::CancelledCanBeFulfilled if right.is_err() => {
            let gone = |(product, units): &(String, u64)| {
                if line(product, true).is_some() { None } else { Some((line(product, false)?, *units)) }
            };
            let taken: Option<Taken> = contents.iter().map(gone).collect();
            taken.map_or(right, Ok)
        }
        Fault::FulfilsTooMany if right.is_err() => {
            let taken: Option<Taken> =
                contents.iter().map(|(product, units)| Some((line(product, true)?, *units))).collect();
            taken.map_or(right, Ok)
        }
        Fault::NewItemUnfulfillable => {
            let taken = right?;
            if taken.iter().any(|(at, _)| order.items[*at].origin.is_some()) {
                return Err(Refusal::state("the mock is told to refuse this"));
            }
            Ok(taken)
        }
        _ => right,
    }
}
