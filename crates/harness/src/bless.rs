//! Rewrites the expectations of a scenario file with what was seen, value by value and in place: comments and layout stay. Knows
//! which expectations can be rewritten so; whether what was seen is right is asked elsewhere, of the spec's mock.

use std::collections::BTreeMap;

use countermand_event::{CaseResult, Difference, Level, Mismatch};
use countermand_text::{Node, Place, Problem, Span, Tree, yaml};
use serde_json::Value;

/// A scenario file that expects what was seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blessed {
    /// Its text.
    pub text: String,
    /// Every value that was put in the place of another.
    pub changes: Vec<Rewritten>,
}

/// An expectation that was rewritten.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rewritten {
    /// Where it stands, with the line as it was.
    pub place: Place,
    /// What was expected, as it was written.
    pub was: String,
    /// What is expected now.
    pub now: String,
}

/// Lets a file expect what these cases of it have shown.
///
/// # Errors
/// What can't be rewritten: an invariant that does not hold, what moved and nothing speaks of, a role that is missing, an
/// operator, a value on which two rows differ. Then nothing of the file is.
pub fn bless(path: &str, bytes: &[u8], cases: &[&CaseResult]) -> Result<Blessed, Vec<Problem>> {
    let (source, root) = yaml::parse(path, bytes).map_err(|problem| vec![problem])?;
    let mut wanted: BTreeMap<Span, (Value, Place)> = BTreeMap::new();
    let mut problems = Vec::new();
    let mut refuse = |mismatch: &Mismatch, message: &str, hint: &str| {
        let message = format!("{message} (`{}`, {})", mismatch.path, mismatch.clause);
        problems.push(Problem { place: mismatch.place.clone(), message, hint: Some(hint.to_owned()) });
    };
    for case in cases {
        for mismatch in case.mismatches.iter().filter(|mismatch| mismatch.level > Level::May) {
            let seen = match seen(case, mismatch) {
                Ok(seen) => seen,
                Err((message, hint)) => {
                    refuse(mismatch, message, hint);
                    continue;
                }
            };
            let Some(leaf) = leaf(&root, span(&mismatch.place), row(&case.id)) else {
                refuse(mismatch, "what was expected is not one value in the file", BY_HAND);
                continue;
            };
            let place = source.place(leaf.at);
            if wanted.get(&leaf.at).is_some_and(|(other, _)| *other != seen) {
                refuse(mismatch, "two cases see two values here", "make it a variable of the table");
            }
            wanted.insert(leaf.at, (seen, place));
        }
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    let changes: Vec<(Span, Rewritten)> =
        wanted.iter().map(|(at, (value, place))| (*at, change(place, value))).collect();
    let text = rewritten(&source.text, &changes);
    let values: BTreeMap<Span, Value> = wanted.into_iter().map(|(at, (value, _))| (at, value)).collect();
    // Read again: nothing but those values may be another one.
    let is_right = yaml::parse(path, text.as_bytes()).is_ok_and(|(_, now)| now.to_json() == with(&root, &values));
    if !is_right {
        let hint = Some(BY_HAND.to_owned());
        return Err(vec![Problem::of_file(path, "it is written so that it can't be changed value by value", hint)]);
    }
    Ok(Blessed { text, changes: changes.into_iter().map(|(_, change)| change).collect() })
}

const BY_HAND: &str = "change it by hand";

/// What was seen where something else was expected, where that is one value; or why it can't be blessed.
fn seen(case: &CaseResult, mismatch: &Mismatch) -> Result<Value, (&'static str, &'static str)> {
    match mismatch.difference {
        Difference::Rule => return Err(("an invariant does not hold, whatever a scenario expects", NEVER)),
        Difference::Moved => return Err(("something has moved that nothing speaks of", NEVER)),
        Difference::Missing => return Err(("nothing is there", BY_HAND)),
        Difference::Unexpected | Difference::WrongCount => return Err(("another number of things is there", BY_HAND)),
        Difference::Differs | Difference::WrongType => {}
    }
    if mismatch.path == "answer" {
        let record = case.steps.iter().find(|record| record.step == mismatch.step);
        return match record.filter(|record| record.beside.is_empty()).map(|record| record.outcome.as_str()) {
            Some(outcome @ ("accepted" | "refused")) => Ok(Value::from(outcome)),
            Some(_) => Err(("an answer that is neither accepted nor refused is nothing to expect", NEVER)),
            None => Err(("it is not one answer", BY_HAND)),
        };
    }
    match (&mismatch.expected_value, &mismatch.actual) {
        (Some(_), Some(Value::String(text))) if text.starts_with('$') => Err(("it holds a secret", NEVER)),
        (Some(_), Some(actual @ (Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Null))) => {
            Ok(actual.clone())
        }
        _ => Err(("it is not one value", BY_HAND)),
    }
}

const NEVER: &str = "this is never blessed";

/// The name of the row that a case is of, where its file has a table.
fn row(case: &str) -> &str {
    case.rsplit('/').next().unwrap_or_default()
}

fn span(place: &Place) -> Span {
    Span { line: place.line, column: place.column, width: place.width }
}

/// The value that stands at a place; of a variable its value in the row.
fn leaf<'n>(root: &'n Node, at: Span, row: &str) -> Option<&'n Node> {
    let found = find(root, at)?;
    let variable = found.as_text().and_then(|text| text.strip_prefix('$'));
    let value = variable.and_then(|name| child(child(child(root, "table")?, row)?, name));
    let found = value.unwrap_or(found);
    (!matches!(found.tree, Tree::List(_) | Tree::Map(_))).then_some(found)
}

fn find(node: &Node, at: Span) -> Option<&Node> {
    let is_here = (node.at.line, node.at.column) == (at.line, at.column);
    match &node.tree {
        Tree::List(list) => list.iter().find_map(|node| find(node, at)),
        Tree::Map(entries) => entries.iter().find_map(|(_, node)| find(node, at)),
        _ => is_here.then_some(node),
    }
}

fn child<'n>(node: &'n Node, name: &str) -> Option<&'n Node> {
    let Tree::Map(entries) = &node.tree else { return None };
    entries.iter().find(|(key, _)| key.text == name).map(|(_, node)| node)
}

fn change(place: &Place, value: &Value) -> Rewritten {
    let was: String = place.text.chars().skip(place.column as usize - 1).take(place.width as usize).collect();
    let is_plain = |text: &str| {
        let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
        text.starts_with(|c: char| c.is_ascii_alphabetic()) && text.chars().all(is_word) && !is_else(text)
    };
    let now = match value {
        // As it is written by hand, where nothing else could be meant.
        Value::String(text) if is_plain(text) && !was.starts_with(['"', '\'']) => text.clone(),
        other => other.to_string(),
    };
    Rewritten { place: place.clone(), was, now }
}

/// Whether a bare word is read as something else than text, by this YAML or an older one.
fn is_else(text: &str) -> bool {
    let words = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"];
    words.contains(&text.to_ascii_lowercase().as_str())
}

/// The text with the new values in their places.
fn rewritten(text: &str, changes: &[(Span, Rewritten)]) -> String {
    let mut lines: Vec<String> = text.split_inclusive('\n').map(str::to_owned).collect();
    // From the last to the first: what stands before a place stays where it is.
    for (at, change) in changes.iter().rev() {
        let Some(line) = lines.get_mut(at.line as usize - 1) else { continue };
        let (before, rest) = (at.column as usize - 1, at.column as usize - 1 + at.width as usize);
        let kept: String = line.chars().take(before).collect();
        let after: String = line.chars().skip(rest).collect();
        *line = format!("{kept}{}{after}", change.now);
    }
    lines.concat()
}

/// The document with these values in their places.
fn with(node: &Node, values: &BTreeMap<Span, Value>) -> Value {
    match &node.tree {
        Tree::List(list) => list.iter().map(|node| with(node, values)).collect(),
        Tree::Map(entries) => {
            Value::Object(entries.iter().map(|(key, node)| (key.text.clone(), with(node, values))).collect())
        }
        _ => values.get(&node.at).cloned().unwrap_or_else(|| node.to_json()),
    }
}
