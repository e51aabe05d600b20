//! The state a step was expected to leave against the one it left, as a unified diff or path by path. The only file that names
//! `similar`.
//!
//! The expected state is the actual one with every mismatch undone, path by path: both are flattened to `path: value` lines,
//! so a path of a mismatch is a key (or, for an entity, the prefix of keys) and nothing has to be parsed back.

use std::collections::{BTreeMap, BTreeSet};

use countermand_event::{Difference, Mismatch};
use serde_json::Value;
use similar::{ChangeTag, TextDiff};

use crate::text;

/// Unchanged lines on either side of a change.
const CONTEXT: usize = 2;

/// A line of the diff.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Row {
    /// In both.
    Same(String),
    /// Expected and not there.
    Expected(String),
    /// There and not expected.
    Actual(String),
    /// Lines that are the same were left out here.
    Gap,
}

/// The changed parts of the state, with a little context; empty where no mismatch is about the state.
pub(crate) fn of_state<'a>(state: &Value, mismatches: impl IntoIterator<Item = &'a Mismatch>) -> Vec<Row> {
    let (expected, actual) = expected_and_actual(state, mismatches);
    rows(&text_of(&expected), &text_of(&actual))
}

/// A path of the state that moved, or that should have.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Change {
    pub(crate) path: String,
    /// Nothing where it was not there; the same below.
    pub(crate) before: Option<String>,
    pub(crate) expected: Option<String>,
    pub(crate) actual: Option<String>,
}

impl Change {
    /// Whether it is not what was expected.
    pub(crate) fn differs(&self) -> bool {
        self.expected != self.actual
    }
}

/// Every path that moved from one state to the next, or that differs from what was expected, in the order of the paths.
pub(crate) fn changes<'a>(
    before: &Value,
    state: &Value,
    mismatches: impl IntoIterator<Item = &'a Mismatch>,
) -> Vec<Change> {
    let was = lines(before);
    let (expected, actual) = expected_and_actual(state, mismatches);
    let paths: BTreeSet<&String> = was.keys().chain(expected.keys()).chain(actual.keys()).collect();
    let change = |path: &String| Change {
        path: path.clone(),
        before: was.get(path).cloned(),
        expected: expected.get(path).cloned(),
        actual: actual.get(path).cloned(),
    };
    paths.into_iter().map(change).filter(|change| change.differs() || change.before != change.actual).collect()
}

/// A state as it was expected, and as it is.
fn expected_and_actual<'a>(state: &Value, mismatches: impl IntoIterator<Item = &'a Mismatch>) -> (Lines, Lines) {
    let actual = lines(state);
    let mut expected = actual.clone();
    for mismatch in mismatches.into_iter().filter(|mismatch| is_of_state(mismatch, state)) {
        undo(mismatch, &mut expected);
    }
    (expected, actual)
}

/// Path to value, both fit to print.
type Lines = BTreeMap<String, String>;

fn lines(state: &Value) -> Lines {
    let mut lines = Lines::new();
    if !state.is_null() {
        flatten(String::new(), state, &mut lines);
    }
    lines
}

fn flatten(path: String, value: &Value, out: &mut Lines) {
    match value {
        Value::Object(map) if !map.is_empty() => {
            for (key, value) in map {
                let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                flatten(path, value, out);
            }
        }
        Value::Object(_) if path.is_empty() => {}
        _ => {
            out.insert(path, text::value(value));
        }
    }
}

/// Whether a mismatch is about something in the state, and says what should be there.
fn is_of_state(mismatch: &Mismatch, state: &Value) -> bool {
    let root = mismatch.path.split('.').next().unwrap_or_default();
    let says_what = !matches!(mismatch.difference, Difference::WrongCount | Difference::Rule);
    says_what && state.get(root).is_some()
}

fn undo(mismatch: &Mismatch, lines: &mut Lines) {
    let below = format!("{}.", mismatch.path);
    lines.retain(|path, _| *path != mismatch.path && !path.starts_with(&below));
    if mismatch.difference != Difference::Unexpected {
        let value = mismatch.expected_value.as_ref().map(ToString::to_string);
        lines.insert(mismatch.path.clone(), text::short(value.as_ref().unwrap_or(&mismatch.expected)));
    }
}

fn text_of(lines: &Lines) -> String {
    lines.iter().map(|(path, value)| format!("{}: {value}\n", text::short(path))).collect()
}

fn rows(expected: &str, actual: &str) -> Vec<Row> {
    let diff = TextDiff::from_lines(expected, actual);
    let mut rows = Vec::new();
    for group in diff.grouped_ops(CONTEXT) {
        if !rows.is_empty() {
            rows.push(Row::Gap);
        }
        rows.extend(group.iter().flat_map(|op| diff.iter_changes(op)).map(|change| {
            let line = change.value().trim_end().to_owned();
            match change.tag() {
                ChangeTag::Equal => Row::Same(line),
                ChangeTag::Delete => Row::Expected(line),
                ChangeTag::Insert => Row::Actual(line),
            }
        }));
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples;
    use serde_json::json;

    fn shown(mismatches: &[Mismatch]) -> String {
        let state = json!({
            "order": { "hasCancellations": true, "shipped": false },
            "items": {
                "mug": { "cancelled": true, "fulfilled": 0, "quantity": 5, "tags": [] },
                "mug-rest": { "cancelled": false, "fulfilled": 0, "quantity": 2 },
                "tee": { "cancelled": false, "quantity": 2, "reason": "a\nb" },
            },
        });
        let line = |row: &Row| match row {
            Row::Same(line) => format!("  {line}\n"),
            Row::Expected(line) => format!("- {line}\n"),
            Row::Actual(line) => format!("+ {line}\n"),
            Row::Gap => "…\n".to_owned(),
        };
        of_state(&state, mismatches).iter().map(line).collect()
    }

    fn mismatch(path: &str, difference: Difference, expected: &str) -> Mismatch {
        Mismatch { path: path.to_owned(), difference, expected: expected.to_owned(), ..samples::mismatch() }
    }

    #[test]
    fn every_kind_of_difference_is_undone() {
        insta::assert_snapshot!(shown(&[
            mismatch("order.shipped", Difference::Moved, "true"),
            mismatch("items.mug-rest", Difference::Unexpected, "nothing"),
            mismatch("items.mug-new", Difference::Missing, "an item that comes of mug"),
            mismatch("items.tee.reason", Difference::WrongType, "3"),
        ]), @r#"
        - items.mug-new: an item that comes of mug
        + items.mug-rest.cancelled: false
        + items.mug-rest.fulfilled: 0
        + items.mug-rest.quantity: 2
          items.mug.cancelled: true
          items.mug.fulfilled: 0
        …
          items.tee.cancelled: false
          items.tee.quantity: 2
        - items.tee.reason: 3
        + items.tee.reason: "a\nb"
          order.hasCancellations: true
        - order.shipped: true
        + order.shipped: false
        "#);
    }

    #[test]
    fn nothing_is_shown_where_no_path_of_the_state_differs() {
        assert_eq!(shown(&[]), "");
        assert_eq!(
            shown(&[mismatch("answer", Difference::Differs, "accepted"), mismatch("items", Difference::Rule, "x > 1")]),
            ""
        );
    }
}
