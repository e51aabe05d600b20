//! The specs that the lab knows more of than their data says: one file each, and one line here. Nothing else in this crate names
//! any of them.

mod contract;
mod laws;
mod modern_dropship;
mod trendyol;

pub(crate) use contract::{Aspect, Contract, State};
use laws::LAWS;
use modern_dropship::MODERN_DROPSHIP;
use trendyol::TRENDYOL;

/// The contracts that can be explored.
const CONTRACTS: &[&Contract] = &[&LAWS, &MODERN_DROPSHIP, &TRENDYOL];

/// The contract of a spec, or nothing where none is known.
pub(crate) fn contract(spec: &str) -> Option<&'static Contract> {
    CONTRACTS.iter().copied().find(|contract| contract.spec == spec)
}

/// The specs that can be explored.
#[must_use]
pub fn explorable() -> Vec<&'static str> {
    CONTRACTS.iter().map(|contract| contract.spec).collect()
}
