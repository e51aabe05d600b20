//! Results and problems as plain text for snapshots: every part that a reader of a report relies on, and nothing that changes.

use std::fmt::Write;

use countermand_event::{CaseResult, Event, Mismatch, RunOutcome, RunSummary};
use countermand_text::{Place, Problem};

/// What a run came to.
pub(crate) fn outcome(events: &[Event]) -> String {
    let mut out = String::new();
    for event in events {
        match event {
            Event::RunStarted(_) | Event::TargetProved(_) => {}
            Event::CaseFinished(result) => case(&mut out, result),
            Event::RunFinished(summary) => sum(&mut out, summary),
        }
    }
    out
}

fn case(out: &mut String, result: &CaseResult) {
    writeln!(out, "{}: {}", result.id, word(&result.verdict)).expect("text");
    result.mismatches.iter().for_each(|found| mismatch(out, found));
    for finding in result.findings.iter().filter(|finding| finding.options.len() != 1 || finding.choice == "old-lines")
    {
        writeln!(out, "  step {} tells {}: {}", finding.step, finding.choice, finding.options.join(" | "))
            .expect("text");
    }
    if let Some(trouble) = &result.trouble {
        let blame = word(&trouble.blame);
        writeln!(out, "  trouble in step {}, blame {blame}: {}", trouble.step, trouble.message).expect("text");
        if let Some(exchange) = &trouble.exchange {
            let status = exchange.status.map_or_else(|| "nothing".to_owned(), |status| status.to_string());
            writeln!(out, "    {} {} got {status}", exchange.method, exchange.path).expect("text");
        }
    }
}

fn mismatch(out: &mut String, found: &Mismatch) {
    let follows = if found.follows { ", follows" } else { "" };
    let Mismatch { step, path, clause, place, expected, .. } = found;
    let (level, difference) = (word(&found.level), word(&found.difference));
    let actual = found.actual.as_ref().map_or_else(|| "nothing".to_owned(), ToString::to_string);
    writeln!(out, "  step {step} {path} {difference}, {level} {clause}{follows}").expect("text");
    writeln!(out, "    expected {expected}").expect("text");
    writeln!(out, "    actual   {actual}").expect("text");
    writeln!(out, "    at {place} `{}`", marked(place)).expect("text");
}

fn sum(out: &mut String, summary: &RunSummary) {
    let outcome = match summary.outcome(false) {
        RunOutcome::Held => "held",
        RunOutcome::Violated => "violated",
        RunOutcome::Incomplete => "incomplete",
    };
    let mut line = format!("run: {outcome}");
    if summary.interrupted {
        line.push_str(", interrupted");
    }
    if summary.stopped_early {
        line.push_str(", stopped early");
    }
    if summary.not_played > 0 {
        write!(line, ", {} not played", summary.not_played).expect("text");
    }
    for score in summary.scores.values() {
        write!(line, ", violated {:?}, warned {:?}", score.violated, score.warned).expect("text");
    }
    writeln!(out, "{line}").expect("text");
    for entry in summary.dialect.values().flatten().filter(|entry| entry.inconsistent) {
        let options = entry.options.join(" | ");
        writeln!(out, "dialect: {} inconsistent over {} cases: {options}", entry.choice, entry.cases).expect("text");
    }
}

/// A word as events spell it.
fn word(value: &impl serde::Serialize) -> String {
    serde_json::to_value(value).expect("a word").as_str().unwrap_or_default().to_owned()
}

/// What is underlined; nothing where the whole file is meant.
fn marked(place: &Place) -> String {
    place.text.chars().skip((place.column as usize).saturating_sub(1)).take(place.width as usize).collect()
}

/// Problems, each with its place, what is marked there and the hint.
pub(crate) fn problems(problems: &[Problem]) -> String {
    let mut out = String::new();
    for Problem { place, message, hint } in problems {
        writeln!(out, "{place} `{}`", marked(place)).expect("text");
        writeln!(out, "  {message}").expect("text");
        hint.iter().for_each(|hint| writeln!(out, "  hint: {hint}").expect("text"));
    }
    out
}
