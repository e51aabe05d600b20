//! The harness against a contract of its own making: its tests know no real one, and no mock of one.

#![expect(clippy::expect_used, clippy::panic, reason = "a test may fail loudly, and so may what it is made of")]

#[cfg(unix)]
mod drivers;
mod invalid;
mod recognise;
mod runs;
mod secrets;
mod sequences;
mod target_file;
mod targets;
mod toy;
mod valid_fail;
mod valid_pass;
mod waiting;
mod webhooks;
