//! Reading a file that a person named: bounded, and why it can't be read. What stands in it is nobody's business here.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use crate::paths::{path_hint, shown};
use crate::source::Problem;

/// The largest file that is read, bytes.
pub(crate) const MAX_BYTES: usize = 1 << 20;

/// The bytes of a file, and one more than is read of it, so that a file that is too large is known to be.
pub fn read_file(path: &Path) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(MAX_BYTES as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

impl Problem {
    /// That a file or folder can't be read; of one that is not there, with the nearest that is.
    #[must_use]
    pub fn unreadable(path: &Path, error: &io::Error) -> Self {
        let (message, hint) = why_unreadable(path, error);
        Self::of_file(&shown(path), message, hint)
    }
}

/// Why a file or folder can't be read, and the nearest to one that is not there.
pub(crate) fn why_unreadable(path: &Path, error: &io::Error) -> (String, Option<String>) {
    match error.kind() {
        io::ErrorKind::NotFound => ("there is no such file or folder".to_owned(), path_hint(path)),
        io::ErrorKind::IsADirectory => ("this is a folder".to_owned(), Some("name a file".to_owned())),
        _ => (format!("can't be read: {error}"), None),
    }
}
