//! `countermand run`: plays the selected cases and hands every event to the reports.

use std::collections::BTreeMap;
use std::fs::File;
use std::hash::{BuildHasher, RandomState};
use std::io::{self, BufWriter, IsTerminal};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use countermand_harness::event::Event;
use countermand_harness::{HttpOptions, HttpTransport, InProcess, Run, Spec, Suite, Target, TargetOptions, Transport};
use countermand_model::Settings;
use countermand_report::{Console, ConsoleOptions, JUnit, JsonLines, Progress, ProgressDrawTarget, Reporter};

use crate::args::RunArgs;
use crate::config::{self, ReportFormat};
use crate::exit::{Exit, Failure};
use crate::signals::stop_signal;
use crate::suite;

pub(crate) fn run(args: RunArgs) -> Result<Exit, Failure> {
    let suite = suite::load(&args.selection)?;
    let profiles = profiles(&suite, args.profile.as_deref())?;
    let jobs = args.jobs.map_or_else(|| std::thread::available_parallelism().map_or(1, usize::from), usize::from);
    let targets = targets(&suite, &args, jobs)?;
    let mut reports = Reports::open(&args)?;
    let run = Run {
        cases: suite.cases,
        targets,
        profiles,
        jobs,
        fail_fast: args.fail_fast,
        strict: args.strict,
        keep_steps: args.verbose,
        run_id: format!("{:08x}", RandomState::new().hash_one(std::process::id()) as u32),
        started: humantime::format_rfc3339_seconds(SystemTime::now()).to_string(),
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Failure::Message(format!("can't start: {error}")))?;
    let summary = runtime.block_on(async {
        let stop = stop_signal();
        run.play(stop, &mut |event| reports.event(&event)).await
    });
    // Requests that were given up are not waited for.
    runtime.shutdown_background();
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

fn targets(suite: &Suite, args: &RunArgs, jobs: usize) -> Result<BTreeMap<String, Arc<Target>>, Failure> {
    let timeout = Duration::from_millis(args.timeout);
    let mut targets = BTreeMap::new();
    for spec in used_specs(suite) {
        let (transport, base_url): (Arc<dyn Transport>, String) = match args.target.as_str() {
            "mock" => {
                let world = config::mock(&spec.name, &args.choices, Settings::default())?;
                (Arc::new(InProcess(move |request| world.respond(request))), "http://mock".to_owned())
            }
            url if url.starts_with("http://") || url.starts_with("https://") => {
                if !args.choices.is_empty() {
                    return Err(Failure::Message(
                        "--choice is for the mock: an endpoint chooses for itself".to_owned(),
                    ));
                }
                let https = url.starts_with("https://");
                let options = HttpOptions { connect_timeout: timeout, idle_connections: jobs, https };
                let client = HttpTransport::new(&options).map_err(|error| Failure::Message(error.to_string()))?;
                (Arc::new(client), url.to_owned())
            }
            other => {
                return Err(Failure::Message(format!(
                    "`{other}` is no target: write `mock` or a URL such as http://127.0.0.1:4010"
                )));
            }
        };
        let options = TargetOptions {
            name: args.target.clone(),
            base_url: Some(base_url),
            timeout,
            settle: args.settle.map(Duration::from_millis),
        };
        // The mock has keys of its own: those of a real endpoint, exported for another run, are no concern of it.
        let is_mock = args.target == "mock";
        let env = |name: &str| std::env::var(name).ok().filter(|_| !is_mock);
        let target = Target::new(spec, transport, options, &env);
        targets.insert(spec.name.clone(), Arc::new(target.map_err(|error| Failure::Message(error.to_string()))?));
    }
    Ok(targets)
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
