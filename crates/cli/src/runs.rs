//! What every command that plays has in common: a run made of what was decided, and a runtime to play it on.

use std::collections::BTreeMap;
use std::future::Future;
use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;
use std::time::SystemTime;

use countermand_harness::{Case, Run, Target, Witness};

use crate::exit::Failure;

/// What differs from run to run.
#[derive(Default)]
pub(crate) struct Plan {
    pub(crate) cases: Vec<Arc<Case>>,
    pub(crate) targets: BTreeMap<String, Arc<Target>>,
    pub(crate) profiles: BTreeMap<String, String>,
    pub(crate) proofs: BTreeMap<String, Arc<Case>>,
    pub(crate) jobs: usize,
    pub(crate) fail_fast: bool,
    pub(crate) strict: bool,
    pub(crate) keep_steps: bool,
    pub(crate) witness: Option<Arc<dyn Witness>>,
}

/// A run of it, under a name and a date of its own.
pub(crate) fn run(plan: Plan) -> Run {
    Run {
        cases: plan.cases,
        targets: plan.targets,
        profiles: plan.profiles,
        proofs: plan.proofs,
        jobs: plan.jobs,
        fail_fast: plan.fail_fast,
        strict: plan.strict,
        keep_steps: plan.keep_steps,
        witness: plan.witness,
        run_id: format!("{:08x}", RandomState::new().hash_one(std::process::id()) as u32),
        started: humantime::format_rfc3339_seconds(SystemTime::now()).to_string(),
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
