//! The conformance suite as Rust tests: every case a test of its own, with the filters, `--list` and `--exact` that
//! `cargo test` and cargo-nextest know; and the mock on a `wiremock` server inside anyone's tests.
//!
//! Judges nothing by itself and contains no scenario: it joins the harness, the embedded suite and the mock.

mod conformance;
mod mock_server;

pub use conformance::{Conformance, SetUpError};
pub use mock_server::mock_server;
