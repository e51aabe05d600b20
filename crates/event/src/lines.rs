//! What an earlier run told, read back from its lines. Opens no file.

use std::collections::BTreeSet;
use std::fmt;
use std::io::{self, BufRead, Read};

use crate::case::CaseResult;
use crate::run::{Event, FORMAT};
use crate::verdict::Verdict;

/// The longest line that is read, bytes: a case with every exchange at its largest is far below.
const LONGEST: u64 = 256 << 20;

/// Why lines are not those of a run.
#[derive(Debug)]
pub enum LinesError {
    /// They can't be read.
    Unreadable(io::Error),
    /// They have this format, and not [`FORMAT`].
    Format(u32),
    /// A line, counted from 1, is no event.
    NoEvent {
        /// Which.
        line: usize,
        /// Why.
        error: serde_json::Error,
    },
}

impl fmt::Display for LinesError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable(error) => error.fmt(f),
            Self::Format(format) => write!(f, "it has format {format}; this program reads format {FORMAT}"),
            Self::NoEvent { line, error } => write!(f, "line {line} is no event of a run ({error})"),
        }
    }
}

impl std::error::Error for LinesError {}

/// The events of a run, each a line of JSON. A run that was killed may have left half a line at the end.
///
/// # Errors
/// When the lines can't be read, or are not those of a run that this program knows how to read.
pub fn read_lines(mut lines: impl BufRead) -> Result<Vec<Event>, LinesError> {
    let mut events = Vec::new();
    for number in 1.. {
        let mut line = Vec::new();
        let read = lines.by_ref().take(LONGEST).read_until(b'\n', &mut line);
        if read.map_err(LinesError::Unreadable)? == 0 {
            break;
        }
        match serde_json::from_slice(&line) {
            Ok(Event::RunStarted(started)) if started.format != FORMAT => {
                return Err(LinesError::Format(started.format));
            }
            Ok(event) => events.push(event),
            // Cut off in the middle of a word: what stands before it is whole.
            Err(error) if error.is_eof() && !line.ends_with(b"\n") && !events.is_empty() => break,
            Err(error) => return Err(LinesError::NoEvent { line: number, error }),
        }
    }
    Ok(events)
}

/// The cases that need not be played again: they passed, or the target lacks something for them.
#[must_use]
pub fn settled(events: &[Event]) -> BTreeSet<String> {
    let settled = [Verdict::Passed, Verdict::NotCovered, Verdict::KnownFailure];
    let is_settled = |case: &&CaseResult| settled.contains(&case.verdict) && case.stale.is_none();
    events.iter().filter_map(Event::case).filter(is_settled).map(|case| case.id.clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::summary::RunSummary;

    fn line(event: &Event) -> String {
        format!("{}\n", serde_json::to_string(event).expect("events are JSON"))
    }

    fn end() -> Event {
        Event::RunFinished(Box::new(RunSummary::empty()))
    }

    fn case(id: &str, verdict: Verdict, stale: Option<&str>) -> Event {
        Event::CaseFinished(Box::new(CaseResult {
            id: id.to_owned(),
            spec: "boxes".to_owned(),
            title: "A box".to_owned(),
            file: "box.yaml".to_owned(),
            steps_planned: 1,
            verdict,
            millis: 1.0,
            clauses: Vec::new(),
            mismatches: Vec::new(),
            unjudged: Vec::new(),
            findings: Vec::new(),
            trouble: None,
            steps: Vec::new(),
            start: None,
            known: None,
            stale: stale.map(str::to_owned),
        }))
    }

    #[test]
    fn half_a_line_at_the_end_is_that_of_a_run_that_was_killed() {
        let whole = line(&end());
        let cut = format!("{whole}{}", &whole[..whole.len() / 2]);
        assert_eq!(read_lines(cut.as_bytes()).expect("what stands before it is whole"), [end()]);
        let in_between = format!("{}\n{whole}", &whole[..whole.len() / 2]);
        assert!(matches!(read_lines(in_between.as_bytes()), Err(LinesError::NoEvent { line: 1, .. })));
        assert!(matches!(read_lines(&b"{\"event\""[..]), Err(LinesError::NoEvent { line: 1, .. })), "no run at all");
    }

    #[test]
    fn what_passed_or_is_put_up_with_is_settled() {
        let events = [
            case("passed", Verdict::Passed, None),
            case("failed", Verdict::Failed, None),
            case("lacking", Verdict::NotCovered, None),
            case("known", Verdict::KnownFailure, None),
            case("better", Verdict::Passed, Some("it is known to fail")),
            case("stuck", Verdict::CouldNotRun, None),
            end(),
        ];
        assert_eq!(settled(&events).into_iter().collect::<Vec<_>>(), ["known", "lacking", "passed"]);
    }
}
