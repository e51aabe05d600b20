//! A conformance statement: what an implementation keeps to and what not, fit to be filed by somebody else. YAML, without times.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io;

use countermand_event::{DialectEntry, Event, RunOutcome, RunStarted, RunSummary, Score, Verdict};
use serde_json::Value;

use crate::{Reporter, words};

/// The version of the format.
const FORMAT: u32 = 1;

/// Writes the statement at the end of a run.
#[derive(Debug)]
pub struct Statement<W> {
    out: W,
    strict: bool,
    /// What is stated of, where it is not simply the target.
    implementation: Option<String>,
    version: Option<String>,
    started: Option<RunStarted>,
    /// The cases that failed, by what is to be said of them.
    failed: BTreeMap<String, String>,
}

impl<W: io::Write> Statement<W> {
    /// A report that writes to `out`. `implementation` and `version` are what is stated of, by default the target's name.
    pub fn new(out: W, strict: bool, implementation: Option<String>, version: Option<String>) -> Self {
        Self { out, strict, implementation, version, started: None, failed: BTreeMap::new() }
    }

    fn text(&self, started: &RunStarted, summary: &RunSummary) -> String {
        let name = self.implementation.as_deref().unwrap_or(&started.target);
        let mut text = format!("format: {FORMAT}\nimplementation:\n  name: {}\n", quoted(name));
        // Writing to a string cannot fail.
        if let Some(version) = &self.version {
            let _ = writeln!(text, "  version: {}", quoted(version));
        }
        let outcome = match summary.outcome(self.strict) {
            RunOutcome::Held => "held",
            RunOutcome::Violated => "violated",
            RunOutcome::Incomplete => "incomplete",
        };
        let _ = writeln!(
            text,
            "suite: {}\noutcome: {outcome}\nspecs:",
            quoted(&format!("countermand {}", started.version))
        );
        for (spec, score) in &summary.scores {
            let profile = started.profiles.get(spec).map_or("", String::as_str);
            let dialect = summary.dialect.get(spec).map_or(&[][..], Vec::as_slice);
            text.push_str(&of_spec(spec, profile, score, dialect, &started.target));
        }
        if !self.failed.is_empty() {
            text.push_str("failures:\n");
            for (case, says) in &self.failed {
                let _ = writeln!(text, "  {}: {}", quoted(case), quoted(says));
            }
        }
        text
    }
}

impl<W: io::Write> Reporter for Statement<W> {
    fn event(&mut self, event: &Event) -> io::Result<()> {
        match event {
            Event::RunStarted(started) => self.started = Some((**started).clone()),
            Event::CaseFinished(case) => {
                let clauses: Vec<&str> = case.accusations().map(|found| found.clause.as_str()).collect();
                let says = match case.verdict {
                    Verdict::Failed | Verdict::Warned => clauses.join(", "),
                    Verdict::KnownFailure => format!("known: {}", case.known.as_deref().unwrap_or_default()),
                    Verdict::CouldNotRun => words::verdict(case.verdict),
                    Verdict::Passed | Verdict::NotCovered => return Ok(()),
                };
                self.failed.insert(case.id.clone(), says);
            }
            Event::RunFinished(summary) => {
                if let Some(started) = &self.started {
                    self.out.write_all(self.text(started, summary).as_bytes())?;
                    self.out.flush()?;
                }
            }
            Event::TargetProved(_) => {}
        }
        Ok(())
    }
}

fn of_spec(spec: &str, profile: &str, score: &Score, dialect: &[DialectEntry], target: &str) -> String {
    let mut text = format!("  {spec}:\n    profile: {profile}\n    must_clauses: {}\n", score.must_clauses);
    // Writing to a string cannot fail.
    let _ = writeln!(text, "    violated: [{}]\n    exercised: {}", score.violated.join(", "), score.exercised);
    let _ = writeln!(text, "    not_exercised: [{}]", score.unexercised.join(", "));
    let _ = writeln!(text, "    warned: [{}]", score.warned.join(", "));
    if !dialect.is_empty() {
        text.push_str("    dialect:\n");
        for entry in dialect {
            let _ = writeln!(text, "      {}: [{}]", entry.choice, entry.options.join(", "));
        }
    }
    let again = format!("countermand run --spec {spec} --profile {profile} --target {target}");
    let _ = writeln!(text, "    reproduce: {}", quoted(&again));
    text
}

/// Text as YAML takes it whatever is in it: as JSON writes it.
fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples;

    #[test]
    fn a_statement_says_what_was_kept_to() {
        let mut out = Vec::new();
        let mut report = Statement::new(&mut out, false, Some("ACME: \"orders\"".to_owned()), Some("1.2".to_owned()));
        let events = [
            Event::RunStarted(samples::started().into()),
            samples::finished(samples::failed(vec![samples::mismatch()])),
            Event::RunFinished(Box::new(samples::summary(&[(Verdict::Failed, 1)]))),
        ];
        events.iter().for_each(|event| report.event(event).expect("a vector takes all"));
        insta::assert_snapshot!(String::from_utf8(out).expect("text"));
    }
}
