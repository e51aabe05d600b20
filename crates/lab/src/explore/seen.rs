//! What is compared of a played sequence: per step the outcome and the state by paths such as `items.mug.cancelled`. Ids,
//! dates, texts and statuses are left out before it comes to comparing.

use std::collections::{BTreeMap, BTreeSet};

use countermand_harness::event::CaseResult;
use serde_json::Value;

use super::modern_dropship::{COMPARED, KEPT};

/// A state: path → value.
pub(super) type State = BTreeMap<String, Value>;

/// One step as it was seen.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Seen {
    pub(super) outcome: String,
    pub(super) state: State,
}

/// The path under which the outcome is compared.
pub(super) const OUTCOME: &str = "answer";

/// The steps of a sequence; nothing stands for one that was not made, because what it is made on does not exist.
pub(super) fn steps(result: &CaseResult, calls: usize) -> Vec<Option<Seen>> {
    let mut steps = vec![None; calls];
    let mut before = &Value::Null;
    for record in &result.steps {
        if let Some(place) = record.step.checked_sub(1).and_then(|index| steps.get_mut(index)) {
            let mut state = state(&record.state);
            rewritten(before, &record.state, &mut state);
            *place = Some(Seen { outcome: record.outcome.clone(), state });
        }
        before = &record.state;
    }
    steps
}

/// Marks what was kept of an earlier cancellation and is not what it was: its value is the target's own affair, but it stays.
fn rewritten(before: &Value, after: &Value, state: &mut State) {
    let (group, flag, kept) = KEPT;
    let entities = |shown: &'_ Value| shown.get(group).and_then(Value::as_object).cloned().unwrap_or_default();
    let after = entities(after);
    for (role, was) in entities(before) {
        let Some(now) = after.get(&role).filter(|now| now.get(flag) == was.get(flag)) else { continue };
        if was.get(flag) == Some(&Value::Bool(true)) && kept.iter().any(|field| now.get(field) != was.get(field)) {
            state.insert(format!("{group}.{role}.rewritten"), Value::Bool(true));
        }
    }
}

fn state(shown: &Value) -> State {
    let mut state = State::new();
    for (group, fields) in COMPARED {
        let Some(group_value) = shown.get(group).and_then(Value::as_object) else { continue };
        let mut keep = |prefix: &str, entity: &serde_json::Map<String, Value>| {
            let kept = entity.iter().filter(|(name, _)| fields.contains(&name.as_str()));
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

/// The state that a step begins with.
pub(super) fn before(steps: &[Option<Seen>], index: usize) -> State {
    let earlier = steps.iter().take(index).rev().flatten().next();
    earlier.map(|seen| seen.state.clone()).unwrap_or_default()
}

/// In what a step differs from what it should be: nothing where it does not.
pub(super) fn difference(should: Option<&Seen>, is: Option<&Seen>) -> BTreeSet<String> {
    match (should, is) {
        (None, None) => BTreeSet::new(),
        (Some(should), Some(is)) => {
            let mut paths = moved(&should.state, &is.state);
            if should.outcome != is.outcome {
                paths.insert(OUTCOME.to_owned());
            }
            paths
        }
        _ => BTreeSet::from([OUTCOME.to_owned()]),
    }
}

/// The paths whose values are not the same in both.
pub(super) fn moved(before: &State, after: &State) -> BTreeSet<String> {
    before.keys().chain(after.keys()).filter(|path| before.get(*path) != after.get(*path)).cloned().collect()
}

/// The first step that differs, and in what.
pub(super) fn first_difference(should: &[Option<Seen>], is: &[Option<Seen>]) -> Option<(usize, BTreeSet<String>)> {
    let differences = should.iter().zip(is).map(|(should, is)| difference(should.as_ref(), is.as_ref()));
    differences.enumerate().find(|(_, paths)| !paths.is_empty())
}
