//! The Trendyol model, through its only door: request bytes in, reply bytes out.
#![expect(clippy::unwrap_used, reason = "helpers of tests may fail as loudly as tests")]

mod api;
mod cancel;
mod choices;
mod faults;
mod flow;
mod generated;
mod invariants;
mod load;
mod probe;
mod probes;
mod read;
mod settle;
mod split;
mod webhook;
mod wire;
