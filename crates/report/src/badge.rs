//! A badge for a page: both scores in a word. As an image, or as the data that a badge service draws.

use std::io;

use countermand_event::{Event, RunOutcome, RunSummary, Score};
use maud::html;

use crate::Reporter;

/// How a badge is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BadgeForm {
    /// An image that needs nothing else.
    Svg,
    /// What a badge service takes from an endpoint.
    Json,
}

/// Writes a badge at the end of a run.
#[derive(Debug)]
pub struct Badge<W> {
    out: W,
    form: BadgeForm,
    strict: bool,
}

impl<W: io::Write> Badge<W> {
    /// A report that writes to `out`. `strict` lets a SHOULD count as a MUST.
    pub fn new(out: W, form: BadgeForm, strict: bool) -> Self {
        Self { out, form, strict }
    }
}

impl<W: io::Write> Reporter for Badge<W> {
    fn event(&mut self, event: &Event) -> io::Result<()> {
        let Event::RunFinished(summary) = event else { return Ok(()) };
        let (message, colour) = message(summary, self.strict);
        let text = match self.form {
            BadgeForm::Svg => svg(&message, colour),
            BadgeForm::Json => {
                let badge = serde_json::json!({
                    "schemaVersion": 1, "label": LABEL, "message": message, "color": colour.trim_start_matches('#'),
                });
                format!("{badge:#}\n")
            }
        };
        self.out.write_all(text.as_bytes())?;
        self.out.flush()
    }
}

const LABEL: &str = "countermand";
/// The width of a letter, as wide as most are in the font; pixels.
const LETTER: usize = 7;

/// What it says, and in which colour. What is incomplete is no green.
fn message(summary: &RunSummary, strict: bool) -> (String, &'static str) {
    let sum = |count: fn(&Score) -> usize| summary.scores.values().map(count).sum::<usize>();
    let (all, exercised) = (sum(|score| score.must_clauses), sum(|score| score.exercised));
    let violated = sum(|score| score.violated.len());
    match summary.outcome(strict) {
        RunOutcome::Incomplete => ("incomplete".to_owned(), "#9a6700"),
        RunOutcome::Violated => (format!("{violated} of {all} MUST violated"), "#cf222e"),
        RunOutcome::Held if violated > 0 => (format!("{violated} of {all} MUST violated, known"), "#9a6700"),
        RunOutcome::Held => (format!("{exercised} of {all} MUST held"), "#1a7f37"),
    }
}

fn svg(message: &str, colour: &str) -> String {
    let (left, right) = ((LABEL.len() + 2) * LETTER, (message.len() + 2) * LETTER);
    let image = html! {
        svg xmlns="http://www.w3.org/2000/svg" width=(left + right) height="20" role="img"
            aria-label=(format!("{LABEL}: {message}")) {
            title { (LABEL) ": " (message) }
            rect width=(left) height="20" fill="#59636e" {}
            rect x=(left) width=(right) height="20" fill=(colour) {}
            g fill="#fff" text-anchor="middle" font-family="Verdana,sans-serif" font-size="11" {
                text x=(left / 2) y="14" { (LABEL) }
                text x=(left + right / 2) y="14" { (message) }
            }
        }
    };
    image.into_string() + "\n"
}

#[cfg(test)]
mod tests {
    use countermand_event::Verdict;

    use super::*;
    use crate::samples;

    fn badge(form: BadgeForm, summary: RunSummary) -> String {
        let mut out = Vec::new();
        let event = Event::RunFinished(Box::new(summary));
        Badge::new(&mut out, form, false).event(&event).expect("a vector takes all");
        String::from_utf8(out).expect("text")
    }

    #[test]
    fn what_it_says_is_what_held() {
        let says = |verdict| badge(BadgeForm::Json, samples::summary(&[(verdict, 1)]));
        assert!(says(Verdict::Passed).contains("36 of 38 MUST held"));
        assert!(says(Verdict::Failed).contains("0 of 38 MUST violated"));
        assert!(says(Verdict::CouldNotRun).contains("incomplete"));
        let mut known = samples::summary(&[(Verdict::KnownFailure, 1)]);
        known.scores.values_mut().for_each(|score| score.violated.push("a".to_owned()));
        assert!(badge(BadgeForm::Json, known).contains("1 of 38 MUST violated, known"));
        insta::assert_snapshot!(badge(BadgeForm::Svg, samples::summary(&[(Verdict::Passed, 1)])));
    }
}
