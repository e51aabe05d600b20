//! What every command that plays has in common: a run of its own, and a runtime to play it on.

use std::future::Future;
use std::hash::{BuildHasher, RandomState};
use std::io;
use std::time::SystemTime;

use countermand_harness::Run;
use tokio::runtime::{Builder, Runtime};

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

/// A runtime on all processors.
pub(crate) fn runtime() -> Result<Runtime, Failure> {
    started(Builder::new_multi_thread().enable_all().build())
}

/// Plays to its end. Requests that were given up are not waited for.
pub(crate) fn block_on<T>(play: impl Future<Output = T>) -> Result<T, Failure> {
    let runtime = runtime()?;
    let outcome = runtime.block_on(play);
    runtime.shutdown_background();
    Ok(outcome)
}

/// The same in virtual time: what waits takes none.
pub(crate) fn in_virtual_time<T>(play: impl Future<Output = T>) -> Result<T, Failure> {
    Ok(started(Builder::new_current_thread().enable_time().start_paused(true).build())?.block_on(play))
}

fn started(runtime: io::Result<Runtime>) -> Result<Runtime, Failure> {
    runtime.map_err(|error| Failure::Message(format!("can't start: {error}")))
}
