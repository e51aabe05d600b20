//! `countermand run`: plays the selected cases and hands every event to the reports.

use std::path::Path;
use std::sync::Arc;

use countermand_event::{Event, Shard, settled};
use countermand_harness::{Inbox, Run, WaitingCase, keep_shard, minimal};

use crate::args::RunArgs;
use crate::bless::{self, Played};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::kept::Kept;
use crate::output::{complain, say};
use crate::reports::Reports;
use crate::signals::stop_signal;
use crate::{baseline, config, runs, shard, suite, target, told};

/// Plays the selected cases, once.
pub(crate) fn run(args: RunArgs) -> Result<Exit, Failure> {
    if args.bless && args.selection.paths.is_empty() {
        return Err(Failure::Message("`--bless` rewrites files: name scenario files or folders".to_owned()));
    }
    let mut suite = suite::load(&args.selection)?;
    let file = target::file(&args.target, &suite)?;
    match &file {
        Some(file) => suite::keep_spec(&mut suite, &file.spec)?,
        None if !target::is_mock(&args.target, None) => suite::keep_bound(&mut suite, &args.selection),
        None => {}
    }
    let profiles = suite::profiles(&mut suite, args.profile.as_deref())?;
    if args.minimal {
        suite.cases = minimal(&suite.cases, &profiles);
    }
    let shard = args.shard.as_deref().map(|text| part(&mut suite.cases, text, args.times.as_deref())).transpose()?;
    if let Some(path) = &args.rerun {
        let settled = settled(&told::read(path)?);
        suite.cases.retain(|case| !settled.contains(&case.id));
    }
    let is_mock = target::is_mock(&args.target, file.as_deref());
    let jobs = config::jobs(args.jobs, is_mock);
    let specs = suite.used_specs();
    let inbox = if is_mock { Inbox::in_process() } else { Inbox::listening(args.target.webhook_listen) };
    let inbox = Arc::new(inbox);
    let targets = target::targets(&specs, file.as_ref(), &args.target, jobs, &inbox)?;
    // The mock in this program needs no proof: it is what its bindings were written against.
    let is_proved = !args.no_proof && !is_mock;
    let proofs = specs.iter().filter(|_| is_proved).filter_map(|spec| suite.proofs.get_key_value(&spec.name));
    let proofs = proofs.map(|(name, case)| (name.clone(), Arc::clone(case))).collect();
    let run = Run {
        cases: suite.cases,
        shard,
        targets,
        profiles: profiles.clone(),
        proofs,
        jobs,
        fail_fast: args.fail_fast,
        baseline: args.baseline.as_deref().map(baseline::read).transpose()?.map(Arc::new),
        strict: args.output.strict,
        keep_steps: args.output.verbose,
        inbox,
        ..runs::new()
    };
    let run = match &args.resume {
        Some(path) => resumed(run, path)?,
        None => run,
    };
    if args.plan {
        tell_plan(&run);
        return Ok(Exit::Held);
    }
    let mut reports = Reports::open(&args.output)?;
    let kept = Kept::open(&run, &args)?;
    let run = Run { witness: kept.witness(), ..run };
    let mut cases = Vec::new();
    let summary = runs::block_on(async {
        let stop = stop_signal();
        let told = &mut |event| {
            reports.event(&event);
            cases.extend(event.case().filter(|_| args.bless).cloned());
        };
        run.play(stop, told).await
    })?;
    reports.close()?;
    kept.close().iter().for_each(|note| complain(note));
    if args.bless {
        let played = Played { specs: &specs, profiles: &profiles, cases: &cases, summary: &summary };
        bless::bless(&args, &played)?;
    }
    Ok(summary.outcome(args.output.strict).into())
}

/// Keeps the cases of one shard.
fn part(cases: &mut Vec<Arc<WaitingCase>>, text: &str, times: Option<&Path>) -> Result<Shard, Failure> {
    let numbers = shard::parse(text, &|name| std::env::var(name).ok())?;
    let earlier = times.map(told::read).transpose()?.unwrap_or_default();
    let millis = earlier.iter().filter_map(Event::case).map(|case| (case.id.clone(), case.millis)).collect();
    Ok(keep_shard(cases, numbers, &millis))
}

/// The run, from where an earlier one was cut off.
fn resumed(run: Run, path: &Path) -> Result<Run, Failure> {
    let events = told::read(path)?;
    run.resuming(&events).map_err(|error| Failure::of_file(path, &error))
}

fn tell_plan(run: &Run) {
    let plan = match run.planned() {
        Some(planned) => countermand_report::plan(&planned),
        None => format!("{} requests", run.planned_requests()),
    };
    say(&format!("{} cases, {plan}: nothing was sent", run.cases.len()));
}
