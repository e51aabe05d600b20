//! What is compared of a played sequence: per step the outcome and the state by paths such as `items.mug.cancelled`. Ids,
//! dates, texts and statuses are left out before it comes to comparing.

use std::collections::BTreeSet;

use countermand_event::CaseResult;
use serde_json::Value;

use crate::contracts::{Contract, State};
use crate::sequence::Sequence;

/// One call as it was seen.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Seen {
    pub(crate) outcome: String,
    /// The state after it; nothing where nobody looked, as between calls that were made at once.
    pub(crate) state: Option<State>,
}

/// What was seen of each call of a sequence; nothing of one that was not made.
pub(crate) type Calls = Vec<Option<Seen>>;

/// The path under which the outcome is compared.
pub(crate) const OUTCOME: &str = "answer";

/// The field that marks what was kept of something and is not what it was.
const REWRITTEN: &str = "rewritten";

/// How an outcome is compared: what crashed was not accepted, and that a refusal is no crash the spec's own rule asks.
pub(crate) fn read_as(outcome: &str) -> &str {
    if outcome == "broken" { "refused" } else { outcome }
}

/// The calls of a sequence; nothing stands for one that was not made, because what it is made on does not exist.
pub(crate) fn calls(contract: &Contract, result: &CaseResult, sequence: &Sequence) -> Calls {
    let mut calls = vec![None; sequence.calls.len()];
    let steps = sequence.steps();
    let mut before = &Value::Null;
    for record in &result.steps {
        let Some(step) = record.step.checked_sub(1).and_then(|index| steps.get(index)) else { continue };
        let outcomes = std::iter::once(&record.outcome).chain(record.beside.iter().map(|call| &call.outcome));
        for (place, outcome) in calls[step.clone()].iter_mut().zip(outcomes) {
            *place = Some(Seen { outcome: read_as(outcome).to_owned(), state: None });
        }
        if let Some(Some(last)) = calls.get_mut(step.end - 1) {
            let mut state = state(contract, &record.state);
            rewritten(contract, before, &record.state, &mut state);
            last.state = Some(state);
        }
        before = &record.state;
    }
    calls
}

/// The calls that were made, and what was seen of them. What is made on nothing tells nothing: that it is missing shows in
/// the state before, or it is the target's own affair whether it is listed.
pub(crate) fn made(sequence: &Sequence, calls: Calls) -> (Sequence, Calls) {
    let made = sequence.without(|index, _| calls.get(index).is_none_or(Option::is_none));
    (made, calls.into_iter().filter(Option::is_some).collect())
}

/// Marks what was kept of an earlier cancellation and is not what it was: its value is the target's own affair, but it stays.
pub(crate) fn rewritten(contract: &Contract, before: &Value, after: &Value, state: &mut State) {
    let Some((group, flag, kept)) = contract.kept else { return };
    let entities = |shown: &'_ Value| shown.get(group).and_then(Value::as_object).cloned().unwrap_or_default();
    let after = entities(after);
    for (role, was) in entities(before) {
        let Some(now) = after.get(&role).filter(|now| now.get(flag) == was.get(flag)) else { continue };
        if was.get(flag) == Some(&Value::Bool(true)) && kept.iter().any(|field| now.get(field) != was.get(field)) {
            state.insert(format!("{group}.{role}.{REWRITTEN}"), Value::Bool(true));
        }
    }
}

/// What is compared of a state that is shown.
pub(crate) fn state(contract: &Contract, shown: &Value) -> State {
    let mut state = State::new();
    for (group, fields) in contract.compared {
        let Some(group_value) = shown.get(group).and_then(Value::as_object) else { continue };
        let mut keep = |prefix: &str, entity: &serde_json::Map<String, Value>| {
            let kept = entity.iter().filter(|(name, value)| fields.contains(&name.as_str()) && !value.is_null());
            state.extend(kept.map(|(name, value)| (format!("{prefix}.{name}"), value.clone())));
        };
        match *group {
            "order" => keep("order", group_value),
            _ => group_value
                .iter()
                .filter_map(|(role, entity)| Some((role, entity.as_object()?)))
                .for_each(|(role, entity)| keep(&format!("{group}.{role}"), entity)),
        }
    }
    state
}

/// The state that a call begins with.
pub(crate) fn before(calls: &[Option<Seen>], index: usize) -> State {
    let mut earlier = calls.iter().take(index).rev().flatten();
    earlier.find_map(|seen| seen.state.clone()).unwrap_or_default()
}

/// In what a call differs from what it should be: nothing where it does not. Only fields that are `shown` are compared.
fn difference(should: Option<&Seen>, is: Option<&Seen>, shown: &BTreeSet<Field<'_>>) -> BTreeSet<String> {
    match (should, is) {
        (None, None) => BTreeSet::new(),
        (Some(should), Some(is)) => {
            let mut paths = match (&should.state, &is.state) {
                (Some(should), Some(is)) => moved(should, is),
                _ => BTreeSet::new(),
            };
            paths.retain(|path| shown.contains(&field(path)));
            if should.outcome != is.outcome {
                paths.insert(OUTCOME.to_owned());
            }
            paths
        }
        _ => BTreeSet::from([OUTCOME.to_owned()]),
    }
}

/// The group of a path and the field at its end.
type Field<'p> = (&'p str, &'p str);

fn field(path: &str) -> Field<'_> {
    let group = path.split('.').next().unwrap_or(path);
    (group, path.rsplit('.').next().unwrap_or(path))
}

/// The paths whose values are not the same in both.
pub(crate) fn moved(before: &State, after: &State) -> BTreeSet<String> {
    before.keys().chain(after.keys()).filter(|path| before.get(*path) != after.get(*path)).cloned().collect()
}

/// The first call that differs, and in what. A field that the target never shows makes no difference.
pub(crate) fn first_difference(should: &[Option<Seen>], is: &[Option<Seen>]) -> Option<(usize, BTreeSet<String>)> {
    let mut shown = shown(is);
    // What is rewritten is told only where it is.
    shown.extend(paths(should).map(field).filter(|(_, field)| *field == REWRITTEN));
    let differences = should.iter().zip(is).map(|(should, is)| difference(should.as_ref(), is.as_ref(), &shown));
    differences.enumerate().find(|(_, paths)| !paths.is_empty())
}

/// Leaves out what the target never shows.
pub(crate) fn keep_shown(should: &mut [Option<Seen>], is: &[Option<Seen>]) {
    let shown = shown(is);
    for state in should.iter_mut().flatten().filter_map(|seen| seen.state.as_mut()) {
        state.retain(|path, _| shown.contains(&field(path)));
    }
}

fn shown(calls: &[Option<Seen>]) -> BTreeSet<Field<'_>> {
    paths(calls).map(field).collect()
}

fn paths(calls: &[Option<Seen>]) -> impl Iterator<Item = &str> {
    calls.iter().flatten().filter_map(|seen| seen.state.as_ref()).flat_map(State::keys).map(String::as_str)
}
