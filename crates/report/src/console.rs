//! The report for a terminal or a pipe: a block per case that did not pass, in case order, and the sum at the end.
//!
//! Here is only what is shown when; how each part looks stands in the files below, each a function to lines.

mod exchange;
mod failure;
mod section;
mod summary;
mod tally;
mod transition;
mod trouble;

use std::io;

use countermand_harness::event::{CaseResult, Event, RunStarted};
use countermand_harness::{Level, Verdict};

use crate::Reporter;
use crate::style::{Ink, Style};
use crate::text;
use tally::Tally;

/// How much is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Verbosity {
    /// One line per failure, and the summary.
    Quiet,
    /// Every failure and warning in full.
    #[default]
    Normal,
    /// Passed cases, consequences, MAY clauses and every exchange too.
    Verbose,
}

/// How a [`Console`] looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConsoleOptions {
    /// Colour.
    pub style: Style,
    /// The columns of the terminal; of a pipe, 120.
    pub width: usize,
    /// How much is told.
    pub verbosity: Verbosity,
    /// Whether the run counts a SHOULD as a MUST.
    pub strict: bool,
}

impl Default for ConsoleOptions {
    fn default() -> Self {
        Self { style: Style::Plain, width: 120, verbosity: Verbosity::Normal, strict: false }
    }
}

impl ConsoleOptions {
    fn is_verbose(&self) -> bool {
        self.verbosity == Verbosity::Verbose
    }

    fn is_quiet(&self) -> bool {
        self.verbosity == Verbosity::Quiet
    }

    /// How many of `all` are shown where no more than `most` are, unless everything is asked for.
    fn at_most(&self, most: usize, all: usize) -> usize {
        if self.is_verbose() { all } else { all.min(most) }
    }

    fn paint(&self, ink: Ink, text: &str) -> String {
        self.style.paint(ink, text)
    }

    fn dim(&self, text: &str) -> String {
        self.paint(Ink::Dim, text)
    }
}

/// The ink of a violation at that level.
fn ink_of(level: Level) -> Ink {
    match level {
        Level::Must => Ink::Bad,
        Level::Should => Ink::Warn,
        Level::May => Ink::Dim,
    }
}

/// Writes a run for people.
#[derive(Debug)]
pub struct Console<W> {
    out: W,
    options: ConsoleOptions,
    tally: Tally,
}

impl<W: io::Write> Console<W> {
    /// A report that writes to `out`.
    pub fn new(out: W, options: ConsoleOptions) -> Self {
        Self { out, options, tally: Tally::default() }
    }
}

impl<W: io::Write> Reporter for Console<W> {
    fn event(&mut self, event: &Event) -> io::Result<()> {
        let lines = match event {
            Event::RunStarted(run) => {
                self.tally.start(run);
                started(&self.options, run)
            }
            Event::CaseFinished(result) => {
                self.tally.add(result);
                // An endpoint that is down says the same of every case after it: once is enough.
                let said_before = self.tally.repeats(result) > 1;
                if said_before && !self.options.is_verbose() { Vec::new() } else { case(&self.options, result) }
            }
            Event::RunFinished(summary) => summary::lines(&self.options, &self.tally, summary),
        };
        lines.iter().try_for_each(|line| writeln!(self.out, "{line}"))?;
        self.out.flush()
    }
}

fn started(options: &ConsoleOptions, run: &RunStarted) -> Vec<String> {
    if options.is_quiet() {
        return Vec::new();
    }
    let spec = |(spec, profile): (&String, &String)| format!("{spec} ({profile})");
    let specs: Vec<String> = run.profiles.iter().map(spec).collect();
    let cases = text::count(run.cases, "case");
    let target = text::short(&run.target);
    let line = format!("playing {cases} of {} against {target}", specs.join(", "));
    vec![options.dim(&line), String::new()]
}

fn case(options: &ConsoleOptions, case: &CaseResult) -> Vec<String> {
    match case.verdict {
        Verdict::Passed if options.is_verbose() => passed(options, case),
        Verdict::Passed => Vec::new(),
        Verdict::Failed => failure::lines(options, case),
        Verdict::CouldNotRun => trouble::could_not_run(options, case),
        Verdict::Warned | Verdict::NotCovered if options.is_quiet() => Vec::new(),
        Verdict::Warned => failure::lines(options, case),
        Verdict::NotCovered => trouble::not_covered(options, case),
    }
}

fn passed(options: &ConsoleOptions, case: &CaseResult) -> Vec<String> {
    let word = options.paint(Ink::Good, "PASS");
    let time = options.dim(&text::duration(case.millis));
    let mut lines = vec![format!("{word}  {}  {time}", text::short(&case.id))];
    lines.extend(failure::notes(options, case));
    lines
}

#[cfg(test)]
mod tests;
