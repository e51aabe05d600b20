//! Sequences: cases that expect nothing, where the harness names what is new and tells what it saw.

use std::sync::Arc;

use countermand_event::{CaseResult, Event, Verdict};
use countermand_harness::{Suite, SuiteFile, sequence};

use crate::toy::{Play, Setting, Toy, Wrong, suite};

const STEPS: &str = "
  - { call: remove_units, on: crate, with: { lines: [{ lineId: { id: crate.mug }, units: 1 }] } }
  - { call: remove_units, on: crate-7, with: { lines: [{ lineId: { id: crate-7.mug }, units: 1 }] } }
  - { call: remove_units, on: crate-2, with: { lines: [{ lineId: { id: crate-2.mug }, units: 1 }] } }
  - { call: remove_units, on: crate, with: { lines: [{ lineId: { id: crate.mug }, units: 1 }] } }";

fn read(suite: &Suite, steps: &str) -> Result<Arc<countermand_harness::WaitingCase>, Vec<countermand_text::Problem>> {
    let text = format!(
        "format: 1\nspec: boxes\ntitle: A sequence\norder: {{ boxes: {{ crate: {{ lines: {{ mug: {{ units: 5 }} }} }} }} }}\n\
         steps:{steps}\n"
    );
    let file = SuiteFile { path: "s.yaml".to_owned(), name: "s".to_owned(), content: text.into_bytes().into() };
    sequence(&suite.specs["boxes"], &file)
}

fn played(wrongs: &[Wrong]) -> CaseResult {
    let mut suite = suite(&[]);
    suite.cases = vec![read(&suite, STEPS).expect("a sequence")];
    let toy = Arc::new(Toy::new(Setting::default(), wrongs));
    let events = Play { keep_steps: true, ..Play::default() }.against(&suite, toy);
    let result = events.into_iter().find_map(|event| match event {
        Event::CaseFinished(result) => Some(*result),
        _ => None,
    });
    result.expect("a result")
}

#[test]
fn what_is_new_is_named_and_what_is_not_there_is_not_called() {
    let result = played(&[]);
    assert_eq!(result.verdict, Verdict::Passed, "{:?} {:?}", result.trouble, result.mismatches);
    let outcomes: Vec<(usize, &str)> = result.steps.iter().map(|step| (step.step, step.outcome.as_str())).collect();
    assert_eq!(outcomes, [(1, "accepted"), (3, "accepted"), (4, "refused")]);
    let boxes = result.steps[1].state["boxes"].as_object().expect("boxes by role");
    assert_eq!(boxes.keys().collect::<Vec<_>>(), ["crate", "crate-2", "crate-3"]);
    assert_eq!(boxes["crate-2"]["void"], true);
    assert_eq!(boxes["crate-3"]["void"], false);
}

#[test]
fn only_the_invariants_judge() {
    let result = played(&[Wrong::OpenForEver]);
    assert_eq!(result.verdict, Verdict::Passed, "an order with a box left may be open");
    let result = played(&[Wrong::Revives]);
    let clauses: Vec<&str> = result.mismatches.iter().map(|mismatch| mismatch.clause.as_str()).collect();
    assert!(clauses.contains(&"box.stays-void"), "{clauses:?}");
    assert_eq!(result.steps.len(), 3, "it is played to its end");
}

#[test]
fn a_role_that_can_come_of_nothing_is_a_problem() {
    let problems = read(&suite(&[]), "\n  - { call: remove_units, on: barrel-2 }").expect_err("no barrel");
    assert!(problems[0].message.contains("barrel-2"), "{problems:?}");
}
