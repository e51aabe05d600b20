//! What a judge says of traffic: nothing of a conforming endpoint, whatever it chooses, and of a faulty one the clause it breaks.
#![expect(clippy::expect_used, reason = "a test that can't be set up stops")]

mod setting_out;
mod tapped;

use std::collections::BTreeSet;
use std::sync::Arc;

use countermand_event::Verdict;
use countermand_harness::{SuiteFile, WaitingCase, scenario};
use countermand_lab::{
    Call, Line, Plan, Scenario, Sequence, Setting, Stage, Told, Violation, random, sequences, singles,
};
use serde_json::{Value, json};
use setting_out::{SPEC, TRENDYOL, stage, suite, units};
use tapped::judged;

fn reference() -> Stage {
    stage(&suite(), SPEC, "reference")
}

/// Generated sequences, as cases.
fn cases(stage: &Stage, seed: u64, count: usize) -> Vec<Arc<WaitingCase>> {
    let plan = Plan { seed, cases: count, max_steps: 8, ..Plan::default() };
    let case = |(index, sequence): (usize, Sequence)| {
        sequence.case(&stage.spec, &format!("watched-{index}")).expect("it can be played")
    };
    sequences(&stage.spec.name, &plan).enumerate().map(case).collect()
}

/// What should not have been told: all but that units were fulfilled before anybody read an order.
fn alarms(told: &[Told]) -> Vec<String> {
    let alarm = |told: &Told| match told {
        Told::Watched(_) => None,
        Told::Gap(gap) if gap.why.contains("before anybody had read it") => None,
        other => Some(format!("{other:#?}")),
    };
    told.iter().filter_map(alarm).collect()
}

#[test]
fn nothing_is_said_of_a_conforming_endpoint() {
    let stage = reference();
    let (told, summary) = judged(&stage, &cases(&stage, 1, 60), &Setting::new(), None);
    assert_eq!(alarms(&told).join("\n"), "");
    assert_eq!((summary.orders, summary.unread, summary.must, summary.should), (60, 0, 0, 0));
    assert!(summary.calls > 250, "only {} calls were judged", summary.calls);
}

/// What each order is saved as passes where it was seen.
#[test]
fn what_was_watched_is_a_scenario_that_passes() {
    let stage = reference();
    let (told, _) = judged(&stage, &cases(&stage, 2, 20), &Setting::new(), None);
    let saved = told.iter().filter_map(|told| match told {
        Told::Watched(saved) => Some(saved),
        _ => None,
    });
    let cases: Vec<Arc<WaitingCase>> = saved.map(|saved| as_case(&stage, saved)).collect();
    assert_eq!(cases.len(), 20);
    for result in stage.play(&cases, &Setting::new(), &[]).expect("they can be played") {
        assert_eq!(result.verdict, Verdict::Passed, "{}: {:?}", result.id, result.mismatches);
    }
}

/// Of every option alone, and of some together. What openly departs from a SHOULD is said.
fn nothing_is_said_whatever_is_chosen(profile: &str) {
    let stage = stage(&suite(), SPEC, profile);
    let settings = singles(&stage.spec, profile).into_iter().map(|setting| (setting, 2));
    let settings = settings.chain(random(&stage.spec, profile, 4, 3).into_iter().map(|setting| (setting, 8)));
    for (index, (setting, count)) in settings.enumerate() {
        let (mut told, summary) = judged(&stage, &cases(&stage, index as u64, count), &setting, None);
        let departs = stage.spec.departures(setting.iter().map(|(choice, option)| (choice.as_str(), option.as_str())));
        told.retain(|told| match told {
            Told::Violation(violation) => !departs.contains(violation.clause.as_str()),
            _ => true,
        });
        assert_eq!(alarms(&told).join("\n"), "", "by {profile} with {setting:?}: {summary:?}");
    }
}

#[test]
fn nothing_is_said_whatever_the_reference_allows() {
    nothing_is_said_whatever_is_chosen("reference");
}

#[test]
fn nothing_is_said_whatever_the_guide_allows() {
    nothing_is_said_whatever_is_chosen("guide");
}

/// Of packages that split and are taken over, in the traffic of several pages and filters that a suite makes.
#[test]
fn nothing_is_said_of_conforming_packages() {
    let stage = stage(&suite(), TRENDYOL, "domestic");
    let (told, summary) = judged(&stage, &cases(&stage, 1, 40), &Setting::new(), None);
    assert_eq!(alarms(&told).join("\n"), "");
    assert_eq!((summary.orders, summary.unread, summary.must, summary.should), (40, 0, 0, 0));
    assert!(summary.calls > 120, "only {} calls were judged", summary.calls);
}

/// Of choices together, as both profiles allow them.
#[test]
fn nothing_is_said_whatever_packages_choose() {
    for profile in ["domestic", "international"] {
        let stage = stage(&suite(), TRENDYOL, profile);
        let of_profile = many(&stage, 2, 4);
        for (index, (setting, count)) in of_profile.into_iter().enumerate() {
            let (told, summary) = judged(&stage, &cases(&stage, index as u64, count), &setting, None);
            assert_eq!(alarms(&told).join("\n"), "", "by {profile} with {setting:?}: {summary:?}");
        }
    }
}

/// Random settings, and how many sequences are made for each.
fn many(stage: &Stage, settings: usize, of_each: usize) -> Vec<(Setting, usize)> {
    random(&stage.spec, &stage.profile, settings, 3).into_iter().map(|setting| (setting, of_each)).collect()
}

/// Other sellers, filters, pages, calls at once, odd requests: of what is not judged gaps may tell.
fn nothing_is_said_of_the_suite(spec: &str, profile: &str, every: usize) {
    let suite = suite();
    let stage = stage(&suite, spec, profile);
    let cases = suite.cases.iter().filter(|case| case.spec.name == spec).step_by(every);
    let cases: Vec<Arc<WaitingCase>> = cases.cloned().collect();
    let (told, summary) = judged(&stage, &cases, &Setting::new(), None);
    let violations = violations(&told);
    assert!(violations.is_empty(), "{violations:#?}");
    assert!(summary.calls > 20, "only {} calls were judged", summary.calls);
}

#[test]
fn nothing_is_said_of_the_suite_of_packages() {
    nothing_is_said_of_the_suite(TRENDYOL, "domestic", 4);
}

#[test]
fn nothing_is_said_of_the_suite_of_items() {
    nothing_is_said_of_the_suite(SPEC, "reference", 1);
}

/// By a target file, in a system that knows nothing but units.
#[test]
fn nothing_is_said_of_conforming_units() {
    let stage = units(&suite());
    for (index, (setting, count)) in many(&stage, 4, 10).into_iter().chain([(Setting::new(), 30)]).enumerate() {
        let (told, summary) = judged(&stage, &cases(&stage, index as u64, count), &setting, None);
        assert_eq!(alarms(&told).join("\n"), "", "with {setting:?}: {summary:?}");
        assert!(summary.calls as usize > 3 * count, "only {} calls were judged", summary.calls);
    }
}

#[test]
fn a_fault_of_packages_is_told_and_what_is_written_fails_for_it_alone() {
    let stage = stage(&suite(), TRENDYOL, "domestic");
    let units = |product: &str, quantity: u64| json!({ "lineId": { "id": product }, "quantity": quantity });
    let cancel = |on: &str, lines: &[Value]| {
        Call::new("cancel_items", Some(on)).with("lines", lines.to_vec()).with("reasonId", 500)
    };
    let pick = |on: &str| Call::new("push", Some(on)).with("status", "Picking");
    let one = || cancel("box", &[units("box.mug", 1)]);
    let faulty = [
        ("picking-on-old-id-accepted", vec![one(), pick("box")]),
        ("successor-not-pickable", vec![one(), pick("box-2")]),
    ];
    for (fault, calls) in faulty {
        let line = |role: &str| Line { role: role.to_owned(), product: None, quantity: 3, fulfilled: 0 };
        let calls = [vec![Call::new("read_order", None)], calls].concat();
        let sequence = Sequence { lines: vec![line("mug"), line("tee")], calls };
        let cases = [sequence.case(&stage.spec, fault).expect("it can be played")];
        let known = countermand_model::faults(TRENDYOL).expect("there are some");
        let clause = known.iter().find(|known| known.name == fault).expect("it is one").clause;
        let (told, _) = judged(&stage, &cases, &Setting::new(), Some(fault));
        let all = violations(&told);
        let is_told = all.iter().any(|violation| violation.clause == clause);
        assert!(is_told, "{fault} is not told under {clause}: {all:#?}");
        // What an answer gave away is written, and what is read afterwards told beside it.
        let first = all.first().expect("it is told");
        let (clause, scenario) =
            (first.clause.as_str(), first.scenario.as_ref().expect("the first of a kind is written"));
        let case = [as_case(&stage, scenario)];
        let play = |faults: &[&str]| stage.play(&case, &Setting::new(), faults).expect("it can be played");
        let again = play(&[fault]);
        let clauses: BTreeSet<&str> = again[0].accusations().map(|found| found.clause.as_str()).collect();
        assert!(clauses.contains(clause), "{fault}: {clauses:?}\n{}", scenario.text);
        assert_eq!(play(&[])[0].verdict, Verdict::Passed, "{}", scenario.text);
    }
}

#[test]
fn a_fault_is_told_under_its_clause_and_what_is_written_fails_for_it_alone() {
    let stage = reference();
    let line = |role: &str, fulfilled| Line { role: role.to_owned(), product: None, quantity: 5, fulfilled };
    let cancel = |on: &str| Call::new("cancel_item", Some(on));
    let order = || Call::new("cancel_order", None);
    let faulty = [
        ("new-quantity-is-removed", 0, vec![cancel("mug").with("newQuantity", 2)]),
        ("order-skips-split-items", 0, vec![cancel("mug").with("newQuantity", 2), order()]),
        ("unfulfilled-only-ignored", 3, vec![order().with("unfulfilledOnly", true)]),
        ("negative-cancels-all", 0, vec![cancel("mug").with("newQuantity", -1)]),
        (
            "splits-both-win",
            0,
            vec![cancel("mug").with("newQuantity", 2), cancel("mug").with("newQuantity", 3).at_once()],
        ),
    ];
    for (fault, fulfilled, calls) in faulty {
        let lines = vec![line("mug", fulfilled), line("tee", 0)];
        let calls = [vec![Call::new("read_order", None)], calls].concat();
        let cases = [Sequence { lines, calls }.case(&stage.spec, fault).expect("it can be played")];
        let known = countermand_model::faults(SPEC).expect("there are some").iter().find(|known| known.name == fault);
        let clause = known.expect("it is one").clause;
        let (told, _) = judged(&stage, &cases, &Setting::new(), Some(fault));
        let all = violations(&told);
        let told = all.iter().find(|violation| violation.clause == clause);
        let told = told.unwrap_or_else(|| panic!("{fault} is not told under {clause}"));
        let scenario = told.scenario.as_ref().expect("the first of a kind is written");
        let case = [as_case(&stage, scenario)];
        let clauses = |fault: Option<&str>| -> BTreeSet<String> {
            let results = stage.play(&case, &Setting::new(), fault.as_slice()).expect("it can be played");
            results.iter().flat_map(|result| result.accusations()).map(|found| found.clause.clone()).collect()
        };
        // What is one item too many is told by the frame where it is played, whoever won.
        let again = clauses(Some(fault));
        assert!(again.contains(clause) || scenario.text.contains("any_of") && !again.is_empty(), "{}", scenario.text);
        // What is right only where something is chosen says so, and the mock that it is played against chooses otherwise.
        if !scenario.text.starts_with('#') {
            assert_eq!(clauses(None), BTreeSet::new(), "{}", scenario.text);
        }
    }
}

fn violations(told: &[Told]) -> Vec<&Violation> {
    let all = told.iter().filter_map(|told| match told {
        Told::Violation(violation) => Some(violation.as_ref()),
        _ => None,
    });
    all.collect()
}

fn as_case(stage: &Stage, saved: &Scenario) -> Arc<WaitingCase> {
    let content = saved.text.clone().into_bytes().into();
    let file = SuiteFile { path: format!("{}.yaml", saved.name), name: saved.name.clone(), content };
    scenario(&stage.spec, &file).expect("it is one")
}
