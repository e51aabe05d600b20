//! `countermand run`: plays the selected cases and hands every event to the reports.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufWriter, IsTerminal};
use std::sync::Arc;

use countermand_harness::event::Event;
use countermand_harness::{Spec, Suite};
use countermand_report::{Console, ConsoleOptions, JUnit, JsonLines, Progress, ProgressDrawTarget, Reporter};

use crate::args::RunArgs;
use crate::config::{self, ReportFormat};
use crate::exit::{Exit, Failure};
use crate::runs::{self, Plan};
use crate::signals::stop_signal;
use crate::{suite, target};

pub(crate) fn run(args: RunArgs) -> Result<Exit, Failure> {
    let mut suite = suite::load(&args.selection)?;
    let file = target::file(&args.target, &suite)?;
    if let Some(file) = &file {
        suite.cases.retain(|case| case.spec.name == file.spec);
    }
    let profiles = profiles(&suite, args.profile.as_deref())?;
    let jobs = args.jobs.map_or_else(|| std::thread::available_parallelism().map_or(1, usize::from), usize::from);
    let specs: Vec<&Arc<Spec>> = used_specs(&suite).collect();
    let targets = target::targets(&specs, file.as_ref(), &args.target, jobs)?;
    let mut reports = Reports::open(&args)?;
    // The mock in this program needs no proof: it is what the bindings were written against.
    let is_proved = !args.no_proof && (args.target.target != "mock");
    let run = runs::run(Plan {
        cases: suite.cases,
        targets,
        profiles,
        proofs: if is_proved { suite.proofs } else { BTreeMap::new() },
        jobs,
        fail_fast: args.fail_fast,
        strict: args.strict,
        keep_steps: args.verbose,
        witness: None,
    });
    let summary = runs::block_on(async {
        let stop = stop_signal();
        run.play(stop, &mut |event| reports.event(&event)).await
    })?;
    reports.close()?;
    Ok(summary.outcome(args.strict).into())
}

/// The profile per spec: the one asked for, or each spec's first.
fn profiles(suite: &Suite, wanted: Option<&str>) -> Result<BTreeMap<String, String>, Failure> {
    used_specs(suite).map(|spec| Ok((spec.name.clone(), suite::profile(spec, wanted)?))).collect()
}

/// The specs that some case belongs to.
fn used_specs(suite: &Suite) -> impl Iterator<Item = &Arc<Spec>> {
    suite.specs.values().filter(|spec| suite.cases.iter().any(|case| case.spec.name == spec.name))
}

/// Every report of a run, and the first of them that could not be written.
struct Reports {
    reporters: Vec<Box<dyn Reporter>>,
    failed: Option<io::Error>,
}

impl Reports {
    fn open(args: &RunArgs) -> Result<Self, Failure> {
        let options = ConsoleOptions {
            style: config::style(args.color),
            width: config::width(),
            verbosity: args.verbosity(),
            strict: args.strict,
        };
        let console = Console::new(BufWriter::new(io::stdout()), options);
        let bar = if io::stderr().is_terminal() { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let mut reporters: Vec<Box<dyn Reporter>> = vec![Box::new(Progress::new(console, bar))];
        for report in &args.reports {
            let report = config::report_file(report)?;
            let file = File::create(&report.path);
            let file =
                file.map_err(|error| Failure::Message(format!("can't write {}: {error}", report.path.display())))?;
            let out = BufWriter::new(file);
            reporters.push(match report.format {
                ReportFormat::JsonLines => Box::new(JsonLines::new(out)),
                ReportFormat::JUnit => Box::new(JUnit::new(out, args.strict)),
                ReportFormat::Text => Box::new(Console::stable(out, args.strict)),
            });
        }
        Ok(Self { reporters, failed: None })
    }

    fn event(&mut self, event: &Event) {
        for reporter in &mut self.reporters {
            match reporter.event(event) {
                // Whoever read the report has seen enough (`| head`): the run goes on for the others.
                Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {}
                Err(error) => drop(self.failed.get_or_insert(error)),
                Ok(()) => {}
            }
        }
    }

    fn close(self) -> Result<(), Failure> {
        self.failed.map_or(Ok(()), |error| Err(Failure::Message(format!("a report could not be written: {error}"))))
    }
}
