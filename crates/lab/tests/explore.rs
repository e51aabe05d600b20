//! Exploring finds nothing in a conforming mock, whatever it chooses, and the faults that only sequences show.
#![expect(clippy::expect_used, reason = "a test that can't be set up stops")]

mod setting_out;

use std::sync::Arc;

use countermand_event::Verdict;
use countermand_harness::{SuiteFile, WaitingCase, scenario};
use countermand_lab::{Explored, Plan, Setting, Stage, explore, random, sequences};
use setting_out::{LAWS, SPEC, stage, suite, units};

fn reference() -> Stage {
    stage(&suite(), SPEC, "reference")
}

fn plan(seed: u64, cases: usize) -> Plan {
    Plan { seed, cases, max_steps: 8, stop_at_first: true, ..Plan::default() }
}

/// Explores the mock with these choices and this fault.
fn explored(stage: &Stage, setting: &Setting, fault: Option<&str>, plan: &Plan) -> Explored {
    let player = |cases: &[Arc<WaitingCase>]| stage.play(cases, setting, fault.as_slice());
    explore(stage, &player, plan, &mut || ()).expect("the mock can be explored")
}

fn told(explored: &Explored) -> String {
    let each =
        explored.refuted.iter().map(|refuted| format!("{} ({:?})\n{}", refuted.clause, refuted.paths, refuted.text));
    let troubles = explored.troubles.iter().map(|trouble| trouble.message.clone());
    each.chain(troubles).collect::<Vec<_>>().join("\n")
}

#[test]
fn the_same_seed_makes_the_same_sequences() {
    let texts = |seed| sequences(SPEC, &plan(seed, 50)).map(|sequence| sequence.text(SPEC)).collect::<Vec<_>>();
    assert_eq!(texts(7), texts(7));
    assert_ne!(texts(7), texts(8));
    assert!(texts(7).iter().any(|text| text.contains("parallel:")), "none of them makes calls at once");
}

#[test]
fn nothing_is_found_in_a_conforming_mock() {
    let explored = explored(&reference(), &Setting::new(), None, &plan(1, 400));
    assert_eq!(told(&explored), "");
    assert!(explored.calls > 1500, "only {} calls were made", explored.calls);
    assert!(explored.learned.is_empty(), "the defaults explain the defaults: {:?}", explored.learned);
}

#[test]
fn what_the_spec_leaves_open_is_learned_and_not_refuted() {
    let setting: Setting = [
        ("original-quantity", "reduce"),
        ("repeat-full-cancel", "accept"),
        ("repeat-partial-cancel", "accept-no-op"),
        ("null-field", "refuse"),
        ("nothing-left", "accept-no-op"),
        ("shipped-when-only-fulfilled-remains", "turns-true"),
    ]
    .map(|(choice, option)| (choice.to_owned(), option.to_owned()))
    .into();
    let explored = explored(&reference(), &setting, None, &plan(2, 150));
    assert_eq!(told(&explored), "");
    for (choice, option) in &setting {
        assert!(
            explored.learned.get(choice).is_some_and(|options| options.contains(option)),
            "{choice} was not learned"
        );
    }
}

/// That `null` is refused explains the later call of a sequence only together with what a repeated cancellation is, and
/// contradicts the earlier call alone.
#[test]
fn two_options_are_right_together_of_which_each_alone_is_contradicted() {
    let setting: Setting =
        [("null-field", "refuse"), ("repeat-full-cancel", "accept"), ("repeat-partial-cancel", "accept-no-op")]
            .map(|(choice, option)| (choice.to_owned(), option.to_owned()))
            .into();
    assert_eq!(told(&explored(&reference(), &setting, None, &plan(1, 50))), "");
}

/// The settings that the soundness of the suite is tried with are conforming too.
fn nothing_is_found_whatever_is_chosen(spec: &str, profile: &str) {
    let stage = stage(&suite(), spec, profile);
    for (index, setting) in random(&stage.spec, profile, 8, 11).iter().enumerate() {
        let explored = explored(&stage, setting, None, &plan(index as u64, 30));
        assert_eq!(told(&explored), "", "by {profile} with {setting:?}, learned {:?}", explored.learned);
    }
}

#[test]
fn nothing_is_found_whatever_the_reference_allows() {
    nothing_is_found_whatever_is_chosen(SPEC, "reference");
}

#[test]
fn nothing_is_found_whatever_the_guide_allows() {
    nothing_is_found_whatever_is_chosen(SPEC, "guide");
}

#[test]
fn nothing_is_found_in_packages_whatever_is_chosen() {
    nothing_is_found_whatever_is_chosen("trendyol", "domestic");
}

/// The laws are asked of a system of units; what is explored may be any other.
fn explored_by_the_laws(target: &Stage, setting: &Setting, fault: Option<&str>, plan: &Plan) -> Explored {
    let player = |cases: &[Arc<WaitingCase>]| target.play(cases, setting, fault.as_slice());
    let lacks = ["cancel_lines", "bad-units-refused"].into_iter().filter(|_| target.model == SPEC);
    let lacks = lacks.map(str::to_owned).collect();
    explore(&units(&suite()), &player, &Plan { lacks, ..plan.clone() }, &mut || ()).expect("it can be explored")
}

#[test]
fn nothing_is_found_by_the_laws_whatever_they_leave_open() {
    let target = units(&suite());
    for (index, setting) in random(&target.spec, LAWS, 20, 5).iter().enumerate() {
        let explored = explored_by_the_laws(&target, setting, None, &plan(index as u64, 60));
        assert_eq!(told(&explored), "", "with {setting:?}, learned {:?}", explored.learned);
    }
}

/// What another API chooses is none of their business.
#[test]
fn nothing_is_found_by_the_laws_in_another_conforming_system() {
    let suite = suite();
    let target = stage(&suite, LAWS, LAWS);
    for (index, setting) in random(&suite.specs[SPEC], "reference", 10, 6).iter().enumerate() {
        let explored = explored_by_the_laws(&target, setting, None, &plan(index as u64, 40));
        assert_eq!(told(&explored), "", "with {setting:?}, learned {:?}", explored.learned);
    }
}

#[test]
fn faults_of_another_system_are_found_by_the_laws() {
    let target = stage(&suite(), LAWS, LAWS);
    for fault in ["third-cancel-ignored", "second-cancel-revives", "last-item-forgotten", "fulfilment-overlooks"] {
        let explored = explored_by_the_laws(&target, &Setting::new(), Some(fault), &plan(3, 1000));
        assert!(!explored.refuted.is_empty(), "{fault} is not found");
        assert!(!explored.refuted[0].flaky, "{fault}: the scenario does not show it\n{}", explored.refuted[0].text);
    }
}

/// Finds each of the faults, and the scenario that is written of it fails because of the fault alone.
fn are_found_and_written(faults: &[&str], plan: &Plan) {
    let stage = reference();
    for fault in faults {
        let explored = explored(&stage, &Setting::new(), Some(fault), plan);
        assert!(!explored.refuted.is_empty(), "{fault} is not found");
        let refuted = &explored.refuted[0];
        assert!(!refuted.flaky, "{fault}: the scenario does not show it\n{}", refuted.text);
        let bytes = refuted.text.clone().into_bytes();
        let file = SuiteFile { path: "found.yaml".to_owned(), name: "found".to_owned(), content: bytes.into() };
        let case = scenario(&stage.spec, &file).expect("the scenario is read");
        let verdict = |fault: Option<&str>| {
            let results = stage.play(&[Arc::clone(&case)], &Setting::new(), fault.as_slice()).expect("it is played");
            results[0].verdict
        };
        assert_ne!(verdict(Some(*fault)), Verdict::Passed, "{fault}\n{}", refuted.text);
        assert_eq!(verdict(None), Verdict::Passed, "{fault}\n{}", refuted.text);
    }
}

#[test]
fn faults_of_sequences_are_found_and_written_as_scenarios() {
    let faults = [
        "second-split-removes",
        "third-split-refused",
        "order-skips-split-items",
        "second-cancel-revives",
        "chain-revives-ancestor",
        "fulfilment-revives",
        "unmarked-once-shipped",
    ];
    are_found_and_written(&faults, &plan(3, 600));
}

#[test]
fn faults_of_races_are_found_and_written_as_scenarios() {
    let faults = ["whole-cancels-both-win", "splits-both-win", "fulfilment-overlooks", "lost-update-under-race"];
    are_found_and_written(&faults, &plan(4, 600));
}
