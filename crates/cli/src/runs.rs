//! What every command that plays has in common: a run of its own, and a runtime to play it on.

use std::future::Future;
use std::hash::{BuildHasher, RandomState};
use std::time::SystemTime;

use countermand_harness::Run;

use crate::failure::Failure;

/// A run of nothing yet, under a name and a date of its own.
pub(crate) fn new() -> Run {
    Run {
        run_id: format!("{:08x}", RandomState::new().hash_one(std::process::id()) as u32),
        started: humantime::format_rfc3339_seconds(SystemTime::now()).to_string(),
        known_faults: Some(countermand_suite::teeth),
        ..Run::default()
    }
}

/// Plays to its end. Requests that were given up are not waited for.
pub(crate) fn block_on<T>(play: impl Future<Output = T>) -> Result<T, Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Failure::Message(format!("can't start: {error}")))?;
    let outcome = runtime.block_on(play);
    runtime.shutdown_background();
    Ok(outcome)
}

/// The same in virtual time: what waits takes none.
pub(crate) fn in_virtual_time<T>(play: impl Future<Output = T>) -> Result<T, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
    let runtime = runtime.map_err(|error| Failure::Message(format!("can't start: {error}")))?;
    Ok(runtime.block_on(play))
}
