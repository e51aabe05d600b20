//! What every report is: something that is told of events, one by one.

use std::io;

use countermand_event::Event;

/// A report. It is told every event of a run, in order, and writes what its readers need of it.
pub trait Reporter {
    /// Tells the report of one event.
    ///
    /// # Errors
    /// Whatever the report's writer says.
    fn event(&mut self, event: &Event) -> io::Result<()>;
}

impl<R: Reporter + ?Sized> Reporter for Box<R> {
    fn event(&mut self, event: &Event) -> io::Result<()> {
        (**self).event(event)
    }
}
