//! Lines to the terminal. A reader that has gone (`| head`) is no reason to stop, let alone to panic.

use std::io::{self, Write};

/// A line to standard output, at once.
pub(crate) fn say(line: &str) {
    let mut out = io::stdout().lock();
    let _ = writeln!(out, "{line}").and_then(|()| out.flush());
}

/// A line to standard error.
pub(crate) fn complain(line: &str) {
    let _ = writeln!(io::stderr().lock(), "{line}");
}
