//! A mismatch in words, the same ones in every report.

use countermand_event::{Difference, Likeness, Mismatch, Verdict};
use serde_json::Value;

use crate::text;

/// How far a run looks like a known fault: more may be wrong with it, and less.
pub(crate) fn likeness(likeness: &Likeness) -> String {
    let Likeness { shown, of, beside, .. } = likeness;
    match (shown == of, beside) {
        (true, 0) => format!("what differs is what it shows, and nothing else: {of} differences"),
        (true, _) => format!("among what differs is all that it shows: {of} differences, and {beside} others"),
        (false, 0) => format!("what differs is of what it shows: {shown} of {of} differences"),
        (false, _) => {
            format!("among what differs is {shown} of the {of} differences that it shows, and {beside} others")
        }
    }
}

/// What was expected and what is there: `expected 3, target has 2`.
pub(crate) fn expected_and_actual(mismatch: &Mismatch) -> String {
    let expected = text::short(&mismatch.expected);
    let actual = actual(mismatch);
    match (mismatch.difference, &mismatch.actual) {
        (Difference::Rule, None) => format!("does not hold: {expected}"),
        (Difference::Rule, Some(_)) => format!("does not hold: {expected}; target has {actual}"),
        (Difference::WrongType, value) => {
            format!("expected {expected}, target has {actual}{}", type_name(value.as_ref()))
        }
        _ => format!("expected {expected}, target has {actual}"),
    }
}

fn actual(mismatch: &Mismatch) -> String {
    match &mismatch.actual {
        // How an answer was read is a word of ours, not a value.
        Some(Value::String(outcome)) if mismatch.path == "answer" => text::short(outcome),
        Some(value) => text::value(value),
        // None of several alternatives holds: there is no one value to show.
        None if mismatch.difference == Difference::Differs => "something else".to_owned(),
        None => "nothing".to_owned(),
    }
}

fn type_name(value: Option<&Value>) -> &'static str {
    match value {
        None | Some(Value::Null) => "",
        Some(Value::Bool(_)) => " (a boolean)",
        Some(Value::Number(_)) => " (a number)",
        Some(Value::String(_)) => " (a string)",
        Some(Value::Array(_)) => " (a list)",
        Some(Value::Object(_)) => " (an object)",
    }
}

/// The kind of a difference, as it stands before a path.
pub(crate) fn kind(difference: Difference) -> String {
    spaced(difference.name())
}

/// How a case ended.
pub(crate) fn verdict(verdict: Verdict) -> String {
    match verdict {
        Verdict::KnownFailure => "known to fail".to_owned(),
        verdict => spaced(verdict.name()),
    }
}

fn spaced(name: &str) -> String {
    name.replace('-', " ")
}
