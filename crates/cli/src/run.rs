//! `countermand run`: plays the selected cases and hands every event to the reports.

use std::collections::BTreeMap;
use std::sync::Arc;

use countermand_harness::{Inbox, Run, Suite, WaitingCase, minimal};

use crate::args::RunArgs;
use crate::exit::{Exit, Failure};
use crate::output::{complain, say};
use crate::record::Record;
use crate::reports::Reports;
use crate::runs;
use crate::signals::stop_signal;
use crate::{suite, target};

/// Cases under way at once against an endpoint: most of a case's time is waiting.
const ENDPOINT_JOBS: usize = 8;

pub(crate) fn run(args: RunArgs) -> Result<Exit, Failure> {
    let mut suite = suite::load(&args.selection)?;
    let file = target::file(&args.target, &suite)?;
    match &file {
        Some(file) => suite::keep_spec(&mut suite, &file.spec)?,
        None if !target::is_mock(&args.target, None) => suite::keep_bound(&mut suite, &args.selection),
        None => {}
    }
    let profiles = suite::profiles(&mut suite, args.profile.as_deref())?;
    if args.minimal {
        suite.cases = fewest(&suite, &profiles);
    }
    let is_mock = target::is_mock(&args.target, file.as_deref());
    let jobs = args.jobs.map_or_else(|| default_jobs(is_mock), usize::from);
    let specs = suite::used_specs(&suite);
    let inbox = if is_mock { Inbox::in_process() } else { Inbox::listening(args.target.webhook_listen) };
    let inbox = Arc::new(inbox);
    let targets = target::targets(&specs, file.as_ref(), &args.target, jobs, &inbox)?;
    // The mock in this program needs no proof: it is what its bindings were written against.
    let is_proved = !args.no_proof && !is_mock;
    let proofs = specs.iter().filter(|_| is_proved).filter_map(|spec| suite.proofs.get_key_value(&spec.name));
    let proofs = proofs.map(|(name, case)| (name.clone(), Arc::clone(case))).collect();
    let run = Run {
        cases: suite.cases,
        targets,
        profiles,
        proofs,
        jobs,
        fail_fast: args.fail_fast,
        strict: args.output.strict,
        keep_steps: args.output.verbose,
        inbox,
        ..runs::new()
    };
    if args.plan {
        tell_plan(&run);
        return Ok(Exit::Held);
    }
    let mut reports = Reports::open(&args.output)?;
    let record = Record::open(&run, &args)?;
    let run = Run { witness: record.witness(), ..run };
    let summary = runs::block_on(async {
        let stop = stop_signal();
        run.play(stop, &mut |event| reports.event(&event)).await
    })?;
    reports.close()?;
    record.close().iter().for_each(|note| complain(note));
    Ok(summary.outcome(args.output.strict).into())
}

fn default_jobs(is_mock: bool) -> usize {
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    if is_mock { processors } else { processors.max(ENDPOINT_JOBS) }
}

fn tell_plan(run: &Run) {
    let plan = match run.planned() {
        Some(planned) => countermand_report::plan(&planned),
        None => format!("{} requests", run.planned_requests()),
    };
    say(&format!("{} cases, {plan}: nothing was sent", run.cases.len()));
}

/// The fewest cases of every spec.
fn fewest(suite: &Suite, profiles: &BTreeMap<String, String>) -> Vec<Arc<WaitingCase>> {
    let of_spec = |(spec, profile): (&String, &String)| {
        let cases: Vec<Arc<WaitingCase>> = suite.cases.iter().filter(|case| case.spec.name == *spec).cloned().collect();
        minimal(&cases, profile)
    };
    profiles.iter().flat_map(of_spec).collect()
}
