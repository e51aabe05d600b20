//! The reports of a run: the console, and the files that were asked for.

use std::fs::File;
use std::io::{self, BufWriter, IsTerminal};

use countermand_event::Event;
use countermand_report::{
    Badge, Console, ConsoleOptions, GitHub, Html, JUnit, JsonLines, Markdown, Progress, ProgressDrawTarget, Reporter,
    Statement,
};

use crate::args::OutputArgs;
use crate::config::{self, ReportFormat};
use crate::failure::Failure;
use crate::terminal;

/// What GitHub shows of a step that runs there: annotations, and the page of its summary.
fn for_github() -> Result<Vec<Box<dyn Reporter>>, Failure> {
    let mut reporters: Vec<Box<dyn Reporter>> = Vec::new();
    if std::env::var_os("GITHUB_ACTIONS").is_some_and(|value| value == "true") {
        reporters.push(Box::new(GitHub::new(io::stdout())));
    }
    if let Some(path) = std::env::var_os("GITHUB_STEP_SUMMARY").filter(|path| !path.is_empty()) {
        let file = File::options().append(true).create(true).open(&path);
        let unwritable = |error| Failure::Message(format!("can't write {}: {error}", path.display()));
        reporters.push(Box::new(Markdown::new(BufWriter::new(file.map_err(unwritable)?))));
    }
    Ok(reporters)
}

/// Every report of a run, and the first of them that could not be written.
pub(crate) struct Reports {
    reporters: Vec<Box<dyn Reporter>>,
    failed: Option<io::Error>,
}

impl Reports {
    pub(crate) fn open(args: &OutputArgs) -> Result<Self, Failure> {
        let options = ConsoleOptions {
            style: terminal::style(args.color),
            width: terminal::width(),
            verbosity: args.verbosity(),
            strict: args.strict,
        };
        let console = Console::new(BufWriter::new(io::stdout()), options);
        let bar = if io::stderr().is_terminal() { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let mut reporters: Vec<Box<dyn Reporter>> = vec![Box::new(Progress::new(console, bar))];
        for report in &args.reports {
            let report = config::report_file(report)?;
            let file = File::create(&report.path);
            let file = file.map_err(|error| Failure::unwritable(&report.path, &error))?;
            let out = BufWriter::new(file);
            reporters.push(match report.format {
                ReportFormat::Badge(form) => Box::new(Badge::new(out, form, args.strict)),
                ReportFormat::Html => Box::new(Html::new(out)),
                ReportFormat::JsonLines => Box::new(JsonLines::new(out)),
                ReportFormat::JUnit => Box::new(JUnit::new(out, args.strict)),
                ReportFormat::Markdown => Box::new(Markdown::new(out)),
                ReportFormat::Statement => {
                    let (name, version) = (args.implementation.clone(), args.implementation_version.clone());
                    Box::new(Statement::new(out, args.strict, name, version))
                }
                ReportFormat::Text => Box::new(Console::stable(out, args.strict)),
            });
        }
        reporters.extend(for_github()?);
        Ok(Self { reporters, failed: None })
    }

    pub(crate) fn event(&mut self, event: &Event) {
        for reporter in &mut self.reporters {
            match reporter.event(event) {
                // Whoever read the report has seen enough (`| head`): the run goes on for the others.
                Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {}
                Err(error) => drop(self.failed.get_or_insert(error)),
                Ok(()) => {}
            }
        }
    }

    pub(crate) fn close(self) -> Result<(), Failure> {
        self.failed.map_or(Ok(()), |error| Err(Failure::Message(format!("a report could not be written: {error}"))))
    }
}
