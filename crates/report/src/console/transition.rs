//! What a step did, on one line: the labels before, the call, the labels after.

use countermand_event::{Shown, StepRecord};
use serde_json::Value;

use crate::text;

/// `mug 5 live ── cancel_item newQuantity=3 ──▶ mug cancelled · mug-rest 2 live`; several lines where it is wider than `room`.
pub(super) fn lines(step: &StepRecord, room: usize) -> Vec<String> {
    let line = line(step);
    if text::columns(&line) <= room { vec![line] } else { parts(step) }
}

/// The same on one line, however wide.
pub(crate) fn line(step: &StepRecord) -> String {
    parts(step).join(" ")
}

fn parts(step: &StepRecord) -> Vec<String> {
    let parts = [labels(&step.before), format!("── {} ──▶", calls(step)), labels(&step.after)];
    parts.into_iter().filter(|part| !part.is_empty()).collect()
}

fn labels(shown: &[Shown]) -> String {
    let label =
        |shown: &Shown| format!("{} {}", text::short(&shown.role), text::short(&shown.label)).trim_end().to_owned();
    shown.iter().map(label).collect::<Vec<_>>().join(" · ")
}

/// The calls and their arguments; what one was made on is named where the labels leave it open.
fn calls(step: &StepRecord) -> String {
    let is_clear = |on: &String| matches!(step.before.as_slice(), [only] if only.role == *on) && step.beside.is_empty();
    let on = step.on.as_ref().filter(|on| !is_clear(on));
    let beside = step.beside.iter().map(|call| words(&call.call, call.on.as_ref(), call.with.as_ref()));
    let calls: Vec<String> = std::iter::once(words(&step.call, on, step.with.as_ref())).chain(beside).collect();
    calls.join(" ∥ ")
}

fn words(call: &str, on: Option<&String>, with: Option<&Value>) -> String {
    let mut words = vec![text::short(call)];
    words.extend(on.map(|on| text::short(on)));
    match with {
        Some(Value::Object(map)) => {
            words.extend(map.iter().map(|(key, value)| format!("{}={}", text::short(key), text::value(value))));
        }
        Some(value) => words.push(text::value(value)),
        None => {}
    }
    words.join(" ")
}
