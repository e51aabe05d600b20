//! What a target declares it has not: nobody judges it, and what is merely forgotten is the set-up's fault.

use std::collections::BTreeSet;
use std::sync::Arc;

use countermand_event::{Blame, Event, Verdict};
use countermand_harness::SuiteFile;
use serde_json::json;

use super::door::{Door, reply};
use super::through::{DROP, Through, Told, cases, file};
use crate::toy::{Setting, Toy, Wrong, corpus, outcome, suite};

const SIZE: &str = "format: 1
spec: boxes
title: The new box is of the size of the old one
order: { boxes: { crate: { lines: { mug: { units: 2 } } } } }
steps:
  - call: remove_units
    on: crate
    with: { lines: [{ lineId: { id: crate.mug }, units: 1 }] }
    expect:
      remove.voids-old: { answer: accepted, boxes: { crate: { void: true } } }
      remove.one-successor: { boxes: { rest: { new: crate } } }
      remove.same-size: { boxes: { rest: { size: small } } }
";
const GUEST: &str = "format: 1
spec: boxes
title: A guest drops nothing
order: { boxes: { crate: { lines: { mug: { units: 2 } } } } }
steps:
  - { call: drop_order, as: guest, expect: { refusal.guest: { answer: refused } } }
";

fn play(keys: &str, wrongs: &[Wrong]) -> (Told, Arc<Door>) {
    let door = Arc::new(Door::new(|_| None).over(Toy::new(Setting::default(), wrongs)));
    (Through::default().play(&cases(&[DROP, SIZE, GUEST]), keys, Arc::<Door>::clone(&door)), door)
}

/// The only case that is not played, and why.
#[track_caller]
fn lacking(keys: &str, number: usize, why: &str) {
    let (told, _) = play(keys, &[]);
    for (index, case) in told.cases().into_iter().enumerate() {
        if index == number {
            assert_eq!(case.verdict, Verdict::NotCovered, "{keys}");
            assert_eq!(case.trouble.map(|trouble| trouble.message).as_deref(), Some(why));
            assert!(case.clauses.is_empty() && case.mismatches.is_empty());
        } else {
            assert_eq!(case.verdict, Verdict::Passed, "{keys}: {}", told.text());
        }
    }
}

#[test]
fn what_is_lacking_is_not_covered_and_its_reason_is_told() {
    lacking("lacks: { remove_units: boxes are sealed }\n", 1, "the target has no `remove_units`: boxes are sealed");
    lacking("lacks: { guest: nobody comes unasked }\n", 2, "the target has no `guest`: nobody comes unasked");
    let clause = "lacks: { remove.same-size: sizes vary }\n";
    lacking(clause, 1, "the target does not take part in `remove.same-size`: sizes vary");
}

#[test]
fn nothing_is_sent_for_what_is_lacking() {
    let (_, door) = play("lacks: { drop_order: never, remove_units: never }\n", &[]);
    assert!(door.lines().is_empty(), "{:?}", door.lines());
}

const NO_SIZE: &str = "
views:
  single:
    reads: { as: keeper, get: \"/orders/{{ order.id }}\", capture: { o: body } }
    order: { open: o.open, removed: o.removed, note: o.note }
    box: { each: o.boxes, id: it.id, same: it.tag, fields: { void: it.void } }
    line: { each: parent.lines, id: it.id, same: it.sku, fields: { units: it.units, sku: it.sku } }
";

#[test]
fn a_field_that_was_forgotten_is_the_set_ups_fault() {
    let (told, _) = play(NO_SIZE, &[]);
    assert_eq!(told.verdicts(), [Verdict::Passed, Verdict::CouldNotRun, Verdict::Passed]);
    let trouble = told.cases()[1].trouble.clone().expect("why");
    assert_eq!((trouble.blame, trouble.step), (Blame::Setup, 0));
    assert_eq!(trouble.message, "the binding's first view shows no `box.size`: map it, or declare it under `lacks`");
    let (told, _) = play(&format!("{NO_SIZE}lacks: {{ box.size: one size fits all }}\n"), &[]);
    assert_eq!(told.verdicts(), [Verdict::Passed; 3]);
}

/// The clauses that the cases put to the test, and those that they find violated.
fn exercised(told: &Told) -> (BTreeSet<String>, BTreeSet<String>) {
    let cases = told.cases();
    let violated = cases.iter().flat_map(|case| &case.mismatches).map(|mismatch| mismatch.clause.clone());
    (cases.iter().flat_map(|case| case.clauses.clone()).collect(), violated.collect())
}

#[test]
fn a_lacked_field_takes_away_what_reads_it_and_nothing_else() {
    let (told, _) = play("", &[]);
    let (whole, _) = exercised(&told);
    let (told, _) = play("lacks: { box.size: one size fits all }\n", &[]);
    assert_eq!(told.verdicts(), [Verdict::Passed; 3], "{}", told.text());
    let (rest, _) = exercised(&told);
    assert_eq!(whole.difference(&rest).collect::<Vec<_>>(), ["remove.same-size"]);
    let (told, _) = play("lacks: { box.size: one size fits all }\n", &[Wrong::OldStaysOpen]);
    assert!(exercised(&told).1.contains("remove.voids-old"), "the other claims of the case are judged");
}

#[test]
fn an_invariant_that_reads_a_lacked_field_is_not_asked() {
    for (field, clause) in
        [("order.open", "order.open-iff"), ("box.void", "order.open-iff"), ("line.units", "units.kept")]
    {
        let asked = |keys: &str| exercised(&play(keys, &[]).0).0.contains(clause);
        assert!(asked("") && !asked(&format!("lacks: {{ {field}: hidden }}\n")), "{field}");
    }
    let (told, _) = play("lacks: { order.open: hidden }\n", &[Wrong::OpenForEver]);
    assert_eq!(told.verdicts(), [Verdict::Passed; 3], "{}", told.text());
}

#[test]
fn a_field_that_is_made_of_a_lacked_one_is_lacking_too() {
    let views = NO_SIZE.replace("{ void: it.void }", "{ void: it.void, size: \"'none' if fields.void else it.size\" }");
    let (told, _) = play(&format!("{views}lacks: {{ box.void: hidden }}\n"), &[]);
    let (exercised, _) = exercised(&told);
    assert!(!exercised.contains("remove.same-size") && exercised.contains("remove.one-successor"), "{exercised:?}");
}

#[test]
fn a_case_of_which_nothing_is_left_to_claim_is_not_covered() {
    let only = "format: 1
spec: boxes
title: The note of a drop is kept
order: { boxes: { crate: { lines: { mug: { units: 2 } } } } }
steps:
  - { call: drop_order, with: { note: late }, expect: { drop.note: { order: { note: late } } } }
";
    let keys = "lacks: { order.note: no room for notes }\n";
    let told = Through::default().play(&cases(&[only]), keys, Arc::new(Door::new(|_| None)));
    assert_eq!(told.verdicts(), [Verdict::NotCovered]);
    let why = told.cases()[0].trouble.clone().map(|trouble| trouble.message);
    assert_eq!(why.as_deref(), Some("the target has no `order.note`: no room for notes"));
}

/// Whatever an honest target does not show, nobody accuses it; and of what it does show it is judged all the same.
#[test]
fn no_lack_of_a_field_or_a_view_is_held_against_anyone() {
    let files = corpus("valid-pass").into_iter().map(|script| script.file);
    // In virtual time nobody listens.
    let files: Vec<SuiteFile> = files.filter(|file| !file.name.starts_with("webhook")).collect();
    let suite = suite(&files);
    let lacks = [
        "order.open",
        "order.removed",
        "order.note",
        "box.void",
        "box.size",
        "box.total",
        "line.units",
        "line.sku",
        "view.list",
    ];
    for lack in lacks {
        let toy = Arc::new(Toy::new(Setting::default(), &[]));
        let told = Through::default().play(&suite, &format!("lacks: {{ {lack}: hidden }}\n"), toy);
        for case in told.cases() {
            let is_fine = matches!(case.verdict, Verdict::Passed | Verdict::NotCovered);
            assert!(is_fine && case.mismatches.is_empty(), "{lack}\n{}", outcome(&[Event::CaseFinished(case.into())]));
        }
        let played = told.verdicts().iter().filter(|verdict| **verdict == Verdict::Passed).count();
        assert!(played * 2 > suite.cases.len(), "{lack}: {played} of {}", suite.cases.len());
    }
}

#[test]
fn a_claim_of_a_lacked_view_is_taken_away_and_the_view_is_not_read() {
    let list = "format: 1
spec: boxes
title: The list shows the same
order: { boxes: { crate: { lines: { mug: { units: 2 } } } } }
steps:
  - { call: drop_order, expect: { drop.voids-all: { answer: accepted, boxes: { crate: { void: true } } }, list.agrees: { agrees: list } } }
";
    let door = || Arc::new(Door::new(|seen| if seen.line.contains("?page=") { reply(404, &json!({})) } else { None }));
    let told = |keys: &str| Through::default().play(&cases(&[list]), keys, door());
    assert_ne!(told("").verdicts(), [Verdict::Passed]);
    let told = told("lacks: { view.list: orders are read one by one }\n");
    assert_eq!(told.verdicts(), [Verdict::Passed], "{}", told.text());
    let (exercised, _) = exercised(&told);
    assert!(exercised.contains("drop.voids-all") && !exercised.contains("list.agrees"));
}

/// How a case ends against a defect, with this clause lacking or without.
#[track_caller]
fn excuses(wrong: Wrong, clause: &str, scenario: &str) {
    let suite = suite(&[file("0", scenario)]);
    let play = |keys: &str| {
        let door = Arc::new(Door::new(|_| None).over(Toy::new(Setting::default(), &[wrong])));
        Through::default().play(&suite, keys, door)
    };
    let violated = |told: &Told| -> Vec<String> {
        told.cases().iter().flat_map(|case| &case.mismatches).map(|mismatch| mismatch.clause.clone()).collect()
    };
    let judged = play("");
    assert!(violated(&judged).iter().any(|violated| violated == clause), "{:?}", violated(&judged));
    let excused = play(&format!("lacks: {{ {clause}: not ours }}\n"));
    assert!(!violated(&excused).iter().any(|violated| violated == clause), "{}", excused.text());
    assert!(excused.cases().iter().all(|case| !case.clauses.iter().any(|exercised| exercised == clause)));
    assert_ne!(excused.verdicts(), [Verdict::NotCovered], "the case has other things to say");
}

const TWO_BOXES: &str = "format: 1
spec: boxes
title: Everything is taken out of one box
order: { boxes: { crate: { lines: { mug: { units: 2 } } }, bag: { lines: { tee: { units: 1 } } } } }
steps:
  - call: remove_units
    on: crate
    with: { lines: [{ lineId: { id: crate.mug }, units: 2 }] }
    expect: { remove.nothing-left: { answer: accepted, boxes: { crate: { void: true } } } }
";

#[test]
fn the_invariants_of_a_lacking_clause_are_not_judged() {
    excuses(Wrong::OpenForEver, "order.open-iff", DROP);
    excuses(
        Wrong::Revives,
        "box.stays-void",
        &format!("{TWO_BOXES}  - {{ call: drop_order, expect: {{ drop.again: {{ answer: accepted }} }} }}\n"),
    );
    excuses(Wrong::RefusalIsMute, "refusal.says-why", GUEST);
}

#[test]
fn the_frames_of_a_lacking_clause_are_not_judged() {
    excuses(Wrong::BystanderMoves, "box.others-stay", TWO_BOXES);
    excuses(Wrong::BystanderVanishes, "box.stays-listed", TWO_BOXES);
    excuses(Wrong::LateEffect, "answer.settles", DROP);
}

#[test]
fn what_is_asked_of_an_order_itself_is_checked_and_a_target_may_not_be_able_to_make_it() {
    let noted = |note: &str| SIZE.replace("order: {", &format!("order: {{ note: {note},"));
    let verdict = |note: &str, wrongs: &[Wrong]| {
        let door = Arc::new(Door::new(|_| None).over(Toy::new(Setting::default(), wrongs)));
        let told = Through::default().play(&cases(&[&noted(note)]), "", door);
        let trouble = told.cases().remove(0).trouble.map(|trouble| trouble.message).unwrap_or_default();
        (told.verdicts()[0], trouble)
    };
    assert_eq!(verdict("fragile", &[]), (Verdict::Passed, String::new()));
    let (forgotten, why) = verdict("fragile", &[Wrong::SetUpForgetsNote]);
    assert_eq!(forgotten, Verdict::NotCovered);
    assert_eq!(why, "the target makes no order with note \"fragile\": note is null");
    let (refused, why) = verdict("rather-fragile-this-side-up", &[]);
    assert_eq!(refused, Verdict::NotCovered);
    assert!(why.starts_with("the target makes no order with note \"rather"), "{why}");
    assert!(why.contains("answered 400"), "{why}");
}
