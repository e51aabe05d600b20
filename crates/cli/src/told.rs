//! Reads what an earlier run told: its JSON Lines. A run that was killed may have left half a line at the end.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use countermand_event::{CaseResult, Event, FORMAT, Verdict};

use crate::failure::Failure;

/// The longest line that is read, bytes: a case with every exchange at its largest is far below.
const LONGEST: u64 = 256 << 20;

/// The events of a file.
pub(crate) fn read(path: &Path) -> Result<Vec<Event>, Failure> {
    let wrong = |message: String| Failure::Message(format!("{}: {message}", path.display()));
    let file = File::open(path).map_err(|error| Failure::unreadable(path, &error))?;
    let mut lines = BufReader::new(file);
    let mut events = Vec::new();
    for number in 1.. {
        let mut line = Vec::new();
        let read = lines.by_ref().take(LONGEST).read_until(b'\n', &mut line);
        if read.map_err(|error| Failure::unreadable(path, &error))? == 0 {
            break;
        }
        match serde_json::from_slice(&line) {
            Ok(Event::RunStarted(started)) if started.format != FORMAT => {
                let format = started.format;
                return Err(wrong(format!("it has format {format}; this program reads format {FORMAT}")));
            }
            Ok(event) => events.push(event),
            // Cut off in the middle of a word: what stands before it is whole.
            Err(error) if error.is_eof() && !line.ends_with(b"\n") && !events.is_empty() => break,
            Err(error) => {
                let hint = "`--report jsonl=PATH` writes such files";
                return Err(wrong(format!("line {number} is no event of a run ({error}): {hint}")));
            }
        }
    }
    Ok(events)
}

/// The cases that were told.
pub(crate) fn cases(events: &[Event]) -> impl Iterator<Item = &CaseResult> {
    events.iter().filter_map(Event::case)
}

/// The cases that need not be played again: they passed, or the target lacks something for them.
pub(crate) fn settled(events: &[Event]) -> BTreeSet<String> {
    let settled = [Verdict::Passed, Verdict::NotCovered, Verdict::KnownFailure];
    let is_settled = |case: &&CaseResult| settled.contains(&case.verdict) && case.stale.is_none();
    cases(events).filter(is_settled).map(|case| case.id.clone()).collect()
}
