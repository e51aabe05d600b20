//! Reads what an earlier run told: the file of its JSON Lines.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use countermand_event::{Event, LinesError, read_lines};

use crate::failure::Failure;

/// The events of a file.
pub(crate) fn read(path: &Path) -> Result<Vec<Event>, Failure> {
    let file = File::open(path).map_err(|error| Failure::unreadable(path, &error))?;
    read_lines(BufReader::new(file)).map_err(|error| match &error {
        LinesError::Unreadable(error) => Failure::unreadable(path, error),
        LinesError::Format(_) => Failure::of_file(path, &error),
        LinesError::NoEvent { .. } => {
            Failure::of_file(path, &format_args!("{error}: `--report jsonl=PATH` writes such files"))
        }
    })
}
