//! How every part of the report looks: the options, and whether what no two runs have in common is told.

use super::{ConsoleOptions, Verbosity};
use crate::style::Ink;
use crate::text;

/// What every function to lines is given.
#[derive(Debug, Clone, Copy)]
pub(super) struct Look {
    pub(super) options: ConsoleOptions,
    /// Whether durations and the endpoint's own ids of requests are left out.
    pub(super) stable: bool,
}

impl Look {
    pub(super) fn is_verbose(&self) -> bool {
        self.options.verbosity == Verbosity::Verbose
    }

    pub(super) fn is_quiet(&self) -> bool {
        self.options.verbosity == Verbosity::Quiet
    }

    /// How many of `all` are shown where no more than `most` are, unless everything is asked for.
    pub(super) fn at_most(&self, most: usize, all: usize) -> usize {
        if self.is_verbose() { all } else { all.min(most) }
    }

    pub(super) fn paint(&self, ink: Ink, text: &str) -> String {
        self.options.style.paint(ink, text)
    }

    pub(super) fn dim(&self, text: &str) -> String {
        self.paint(Ink::Dim, text)
    }

    /// `before` and the time, or nothing.
    pub(super) fn time(&self, before: &str, millis: f64) -> String {
        if self.stable { String::new() } else { format!("{before}{}", text::duration(millis)) }
    }
}
