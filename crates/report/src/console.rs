//! The report for a terminal or a pipe: a block per case that did not pass, in case order, and the sum at the end.
//!
//! Here is only what is shown when; how each part looks stands in the files below, each a function to lines.

mod dialect;
mod exchange;
mod failure;
mod look;
mod proof;
mod section;
mod summary;
mod tally;
mod transition;
mod trouble;

use std::io;

use countermand_event::{CaseResult, Event, Level, Planned, Proof, RunStarted, Verdict};

use crate::Reporter;
use crate::style::{Ink, Style};
use crate::text;
pub(crate) use failure::lead;
use look::Look;
use tally::Tally;
pub(crate) use transition::line as transition;

/// How much is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Verbosity {
    /// One line per failure, and the summary.
    Quiet,
    /// Every failure in full, and of every SHOULD clause the first warnings.
    #[default]
    Normal,
    /// Every warning, passed cases, consequences, MAY clauses and every exchange too.
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
    look: Look,
    tally: Tally,
    /// Whether the next block has to set itself off.
    is_close: bool,
}

impl<W: io::Write> Console<W> {
    /// A report that writes to `out`.
    pub fn new(out: W, options: ConsoleOptions) -> Self {
        Self::with(out, Look { options, stable: false })
    }

    /// A report for files that are kept: everything is told but durations and ids of requests, in plain text. Two runs
    /// in which every case passes and the target chooses alike have the same report, byte for byte.
    pub fn stable(out: W, strict: bool) -> Self {
        let options = ConsoleOptions { verbosity: Verbosity::Verbose, strict, ..ConsoleOptions::default() };
        Self::with(out, Look { options, stable: true })
    }

    fn with(out: W, look: Look) -> Self {
        Self { out, look, tally: Tally::default(), is_close: false }
    }

    /// Whether the block of a case tells a reader nothing that the blocks before it did not.
    fn is_told(&mut self, case: &CaseResult) -> bool {
        match case.verdict {
            _ if self.look.is_verbose() => false,
            // An endpoint that is down says the same of every case after it: once is enough.
            Verdict::CouldNotRun => self.tally.repeats(case) > 1,
            Verdict::Warned if !self.look.is_quiet() && !self.look.options.strict => self.tally.warned_enough(case),
            _ => false,
        }
    }
}

impl<W: io::Write> Reporter for Console<W> {
    fn event(&mut self, event: &Event) -> io::Result<()> {
        let lines = match event {
            Event::RunStarted(run) => {
                self.tally.start(run);
                started(&self.look, run)
            }
            Event::TargetProved(found) if !found.holds() => proof::failed(&self.look, found),
            Event::TargetProved(found) if self.look.is_verbose() && !self.look.stable => {
                proof::checklist(&self.look, found).into_iter().chain([String::new()]).collect()
            }
            Event::TargetProved(_) => Vec::new(),
            Event::CaseFinished(result) => {
                self.tally.add(result);
                if self.is_told(result) { Vec::new() } else { case(&self.look, result) }
            }
            Event::RunFinished(summary) => {
                let gap = self.is_close.then(String::new);
                gap.into_iter().chain(summary::lines(&self.look, &self.tally, summary)).collect()
            }
        };
        self.is_close = lines.last().map_or(self.is_close, |line| !line.is_empty());
        lines.iter().try_for_each(|line| writeln!(self.out, "{line}"))?;
        self.out.flush()
    }
}

/// A checklist of what was tried of a target, for people.
///
/// # Errors
/// Where `out` can't be written to.
pub fn write_proof(out: &mut dyn io::Write, found: &Proof, style: Style, width: usize) -> io::Result<()> {
    let look = Look { options: ConsoleOptions { style, width, ..ConsoleOptions::default() }, stable: false };
    let heading = format!("{} against {}", text::short(&found.spec), text::short(&found.target));
    writeln!(out, "{}", look.paint(Ink::Strong, &heading))?;
    for line in proof::checklist(&look, found) {
        writeln!(out, "  {line}")?;
    }
    writeln!(out, "  {}", look.dim(&proof::rate(found)))
}

/// The block of one case as plain text in full, for reports that have no words of their own for it.
pub(crate) fn block(result: &CaseResult) -> Vec<String> {
    block_of(result, false)
}

/// The same without times.
pub(crate) fn stable_block(result: &CaseResult) -> Vec<String> {
    block_of(result, true)
}

fn block_of(result: &CaseResult, stable: bool) -> Vec<String> {
    let options = ConsoleOptions { verbosity: Verbosity::Verbose, ..ConsoleOptions::default() };
    let mut tally = Tally::default();
    tally.add(result);
    let mut lines = case(&Look { options, stable }, result);
    lines.extend(tally.base());
    lines
}

fn started(look: &Look, run: &RunStarted) -> Vec<String> {
    if look.is_quiet() {
        return Vec::new();
    }
    let spec = |(spec, profile): (&String, &String)| format!("{spec} ({profile})");
    let specs: Vec<String> = run.profiles.iter().map(spec).collect();
    let cases = text::count(run.cases, "case");
    let target = text::short(&run.target);
    let line = format!("playing {cases} of {} against {target}", specs.join(", "));
    let planned = run.planned.iter().map(|planned| look.dim(&plan(planned)));
    [look.dim(&line)].into_iter().chain(planned).chain([String::new()]).collect()
}

/// `212 requests, 43 s at 5/s`.
#[must_use]
pub fn plan(planned: &Planned) -> String {
    let seconds = (planned.requests as f64 / planned.rate).ceil();
    format!("{}, {seconds} s at {}/s", text::count(planned.requests, "request"), planned.rate)
}

fn case(look: &Look, case: &CaseResult) -> Vec<String> {
    let mut lines = by_verdict(look, case);
    if let Some(stale) = &case.stale {
        let word = look.paint(Ink::Bad, "STALE");
        lines.extend([
            format!("{word}  {}  {}", text::short(&case.id), text::excerpt(stale, text::BODY)),
            String::new(),
        ]);
    }
    lines
}

fn by_verdict(look: &Look, case: &CaseResult) -> Vec<String> {
    match case.verdict {
        Verdict::Passed if look.is_verbose() => passed(look, case),
        Verdict::Passed => Vec::new(),
        Verdict::Failed => failure::lines(look, case),
        Verdict::CouldNotRun => trouble::could_not_run(look, case),
        Verdict::Warned if look.is_quiet() => Vec::new(),
        // The summary counts them by reason.
        Verdict::NotCovered if !look.is_verbose() => Vec::new(),
        Verdict::Warned => failure::lines(look, case),
        Verdict::NotCovered => trouble::not_covered(look, case),
        Verdict::KnownFailure if !look.is_verbose() => Vec::new(),
        Verdict::KnownFailure => known(look, case),
    }
}

fn known(look: &Look, case: &CaseResult) -> Vec<String> {
    let reason = text::excerpt(case.known.as_deref().unwrap_or_default(), text::BODY);
    vec![look.dim(&format!("KNOWN  {}  {reason}", text::short(&case.id)))]
}

fn passed(look: &Look, case: &CaseResult) -> Vec<String> {
    let word = look.paint(Ink::Good, "PASS");
    let time = look.dim(&look.time("  ", case.millis));
    let mut lines = vec![format!("{word}  {}{time}", text::short(&case.id))];
    lines.extend(failure::notes(look, case));
    lines
}

#[cfg(test)]
mod tests;
