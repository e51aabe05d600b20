//! A progress bar under another report, for terminals. In a pipe the caller gives a hidden draw target, and nothing is drawn.

use std::io;

use countermand_event::{Event, Verdict};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::Reporter;

/// Shows how far the run is, below whatever `inner` writes; the bar steps aside while it does, and goes when the run ends.
#[derive(Debug)]
pub struct Progress<R> {
    inner: R,
    bar: ProgressBar,
    failed: usize,
    could_not_run: usize,
}

impl<R: Reporter> Progress<R> {
    /// A bar drawn to `target`.
    pub fn new(inner: R, target: ProgressDrawTarget) -> Self {
        let bar = ProgressBar::with_draw_target(Some(0), target);
        if let Ok(style) = ProgressStyle::with_template("{bar:30.dim} {pos} of {len} cases{msg}") {
            bar.set_style(style.progress_chars("━╸─"));
        }
        Self { inner, bar, failed: 0, could_not_run: 0 }
    }

    /// What has gone wrong so far, for the end of the bar.
    fn message(&self) -> String {
        let part = |number: usize, word: &str| {
            if number > 0 { format!(" · {number} {word}") } else { String::new() }
        };
        part(self.failed, "failed") + &part(self.could_not_run, "could not run")
    }
}

impl<R: Reporter> Reporter for Progress<R> {
    fn event(&mut self, event: &Event) -> io::Result<()> {
        if let Event::RunFinished(_) = event {
            self.bar.finish_and_clear();
        }
        self.bar.suspend(|| self.inner.event(event))?;
        match event {
            Event::RunStarted(run) => self.bar.set_length(run.cases as u64),
            Event::CaseFinished(case) => {
                self.failed += usize::from(case.verdict == Verdict::Failed);
                self.could_not_run += usize::from(case.verdict == Verdict::CouldNotRun);
                self.bar.set_message(self.message());
                self.bar.inc(1);
            }
            Event::TargetProved(_) | Event::RunFinished(_) => {}
        }
        Ok(())
    }
}

/// A bar for long work that is no run; hidden where nobody looks.
#[must_use]
pub fn steps(visible: bool, length: usize, what: &str) -> ProgressBar {
    let target = if visible { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
    let bar = ProgressBar::with_draw_target(Some(length as u64), target);
    if let Ok(style) = ProgressStyle::with_template(&format!("{{bar:30.dim}} {{pos}} of {{len}} {what}")) {
        bar.set_style(style.progress_chars("━╸─"));
    }
    bar
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{JsonLines, samples};

    #[test]
    fn nothing_is_added_where_nothing_is_drawn() {
        let events = [
            Event::RunStarted(samples::started().into()),
            samples::finished(samples::failed(vec![])),
            Event::RunFinished(Box::new(samples::summary(&[(Verdict::Failed, 1)]))),
        ];
        let (mut with, mut without) = (Vec::new(), Vec::new());
        let mut bar = Progress::new(JsonLines::new(&mut with), ProgressDrawTarget::hidden());
        let mut bare = JsonLines::new(&mut without);
        for event in &events {
            bar.event(event).expect("a vector takes all");
            bare.event(event).expect("a vector takes all");
        }
        assert_eq!(bar.message(), " · 1 failed");
        assert_eq!(with, without);
    }
}
