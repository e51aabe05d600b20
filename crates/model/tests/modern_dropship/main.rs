//! The Modern Dropship model, through its only door: request bytes in, reply bytes out.
#![expect(clippy::unwrap_used, reason = "helpers of tests may fail as loudly as tests")]

mod api;
mod choices;
mod faults;
mod generated;
mod invariants;
mod load;
mod rules;
mod sellers;
mod wire;
