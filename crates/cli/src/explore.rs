//! `countermand explore`: generated sequences against a target, and what of their results the spec does not explain.

use std::collections::BTreeMap;
use std::io::{self, IsTerminal};
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use countermand_event::CaseResult;
use countermand_harness::{Run, Spec, Target, WaitingCase};
use countermand_lab::{ExploreError, Explored, Plan, Refuted, StageError, explore as play_sequences};
use countermand_report::write_proof;
use tokio::runtime::Runtime;

use crate::args::{ExploreArgs, Selection};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{complain, say};
use crate::{files, runs, suite, target, terminal};

/// Sequences under way at once.
const JOBS: usize = 8;

pub(crate) fn explore(args: &ExploreArgs) -> Result<Exit, Failure> {
    let mut suite = suite::load(&Selection::default())?;
    let file = target::file(&args.target, &suite)?;
    suite::keep_spec(&mut suite, file.as_ref().map_or(&args.spec, |file| &file.spec))?;
    let profiles = suite::profiles(&mut suite, args.profile.as_deref())?;
    let specs = suite.used_specs();
    let targets = target::targets(&specs, file.as_ref(), &args.target, JOBS, &Arc::default())?;
    let Some((spec, target)) = specs.first().and_then(|spec| Some((spec, targets.get(&spec.name)?))) else {
        return Err(Failure::Message("the target speaks no spec that can be explored".to_owned()));
    };
    let profile = profiles.get(&spec.name).cloned().unwrap_or_default();
    // One for all: a connection lives no longer than the runtime it was made on.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(StageError::Runtime)?;
    if !target::is_mock(&args.target, file.as_deref()) {
        let proofs = suite.proofs.clone();
        if !is_proved(&runtime, &Run { targets: targets.clone(), proofs, ..runs::new() }) {
            return Ok(Exit::Incomplete);
        }
    }
    let stage = target::stage(spec, &profile);
    let plan = Plan {
        seed: args.seed,
        cases: args.cases as usize,
        max_steps: usize::from(args.max_steps),
        lacks: target.lacks().map(str::to_owned).collect(),
        stop_at_first: false,
        until: args.time.and_then(|time| Instant::now().checked_add(time)),
    };
    let bar = countermand_report::steps(io::stderr().is_terminal(), plan.cases, "sequences");
    let player = |cases: &[Arc<WaitingCase>]| Ok(play(&runtime, spec, target, &profile, cases));
    let explored = play_sequences(&stage, &player, &plan, &mut || bar.inc(1));
    bar.finish_and_clear();
    let explored = explored?;
    tell(args, spec, &profile, &explored);
    for refuted in &explored.refuted {
        keep(args.out.as_deref(), refuted)?;
    }
    Ok(match (explored.troubles.is_empty(), explored.is_violated(args.strict)) {
        (false, _) => Exit::Incomplete,
        (true, true) => Exit::Violated,
        (true, false) => Exit::Held,
    })
}

/// Says what does not work of a target before anything is concluded from it.
fn is_proved(runtime: &Runtime, run: &Run) -> bool {
    let mut held = true;
    for proof in runtime.block_on(run.prove()).iter().filter(|proof| !proof.holds()) {
        held = false;
        // A reader that has seen enough (`| head`) is no failure.
        drop(write_proof(&mut io::stderr().lock(), proof, terminal::style_of_stderr(), terminal::width()));
    }
    held
}

fn play(
    runtime: &Runtime,
    spec: &Arc<Spec>,
    target: &Arc<Target>,
    profile: &str,
    cases: &[Arc<WaitingCase>],
) -> Vec<CaseResult> {
    let run = Run {
        cases: cases.to_vec(),
        targets: BTreeMap::from([(spec.name.clone(), Arc::clone(target))]),
        profiles: BTreeMap::from([(spec.name.clone(), profile.to_owned())]),
        jobs: JOBS,
        keep_steps: true,
        ..runs::new()
    };
    runtime.block_on(run.results())
}

fn tell(args: &ExploreArgs, spec: &Spec, profile: &str, explored: &Explored) {
    let Explored { sequences, calls, coverage, learned, refuted, troubles } = explored;
    say(&format!("{} ({profile}) against {}", spec.name, args.target.target));
    say("  calls, accepted + refused, by what they were made on:");
    for (call, states) in &coverage.calls {
        let states = states.iter().map(|(state, seen)| format!("{state} {}+{}", seen.accepted, seen.refused));
        say(&format!("    {call}: {}", states.collect::<Vec<_>>().join(", ")));
    }
    for (choice, options) in learned {
        let options: Vec<&str> = options.iter().map(String::as_str).collect();
        say(&format!("  chooses {choice}: {}", options.join(", ")));
    }
    for trouble in troubles.iter().take(1) {
        complain(&format!(
            "COULD NOT RUN  {} of {sequences} sequences; the first: {}",
            troubles.len(),
            trouble.message
        ));
    }
    say(&format!(
        "{sequences} sequences of seed {}, {calls} calls, {} pairs of a call and a state: {} refuted",
        args.seed,
        coverage.pairs(),
        refuted.len()
    ));
}

/// One that was refuted: a line, and the scenario in a file or after it.
fn keep(out: Option<&Path>, refuted: &Refuted) -> Result<(), Failure> {
    let alike = if refuted.alike > 0 { format!(", {} more like it", refuted.alike) } else { String::new() };
    let flaky = if refuted.flaky { ", did not fail again" } else { "" };
    let what = format!("REFUTED  {}  {} {}{alike}{flaky}", refuted.call, refuted.level.name(), refuted.clause);
    let Some(folder) = out else {
        say(&format!("\n{what}\n\n{}", refuted.text.trim_end()));
        return Ok(());
    };
    let path = folder.join(&refuted.name).with_extension("yaml");
    files::scenario(folder, &path, &refuted.text).map_err(|error| Failure::unwritable(&path, &error))?;
    say(&format!("{what}\n  {}", path.display()));
    Ok(())
}

impl From<ExploreError> for Failure {
    fn from(error: ExploreError) -> Self {
        match error {
            ExploreError::Sequence(problems) => Self::Problems(problems),
            ExploreError::Stage(error) => error.into(),
            other => Self::Message(other.to_string()),
        }
    }
}
