//! JSON Lines: every event as one line, in serde's form of it, which `schema/events.schema.json` describes.

use std::io;

use countermand_event::Event;

use crate::Reporter;

/// Writes one line per event and flushes it, so that a reader on the other end of a pipe sees a case when it has ended.
#[derive(Debug)]
pub struct JsonLines<W> {
    out: W,
}

impl<W: io::Write> JsonLines<W> {
    /// A report that writes to `out`.
    pub fn new(out: W) -> Self {
        Self { out }
    }
}

impl<W: io::Write> Reporter for JsonLines<W> {
    fn event(&mut self, event: &Event) -> io::Result<()> {
        let mut line = serde_json::to_vec(event)?;
        line.push(b'\n');
        self.out.write_all(&line)?;
        self.out.flush()
    }
}

#[cfg(test)]
mod tests;
