//! What does not conform is caught, for the right reason, at the right place, and nobody else is blamed for it.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use countermand_event::{Blame, Event, Verdict};
use countermand_harness::Suite;

use crate::toy::{Play, Script, Wrong, corpus, each_file, outcome, suite};

/// Each file as a suite of its own, loaded once for all tests.
static SUITES: LazyLock<BTreeMap<String, Suite>> = LazyLock::new(|| {
    let load = |script: Script| (script.file.name.clone(), suite(&[script.file]));
    corpus("valid-fail").into_iter().map(load).collect()
});

fn play(script: &Script, wrongs: &[Wrong]) -> Vec<Event> {
    let play = Play { profile: script.profile.clone(), ..Play::default() };
    play.against(&SUITES[&script.file.name], play.toy(script.setting, wrongs))
}

#[test]
fn every_defect_is_reported_as_it_is() {
    each_file("valid-fail", |script| {
        let shown = outcome(&play(script, &script.wrongs));
        insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false, snapshot_path => "../corpus/valid-fail" }, {
            insta::assert_snapshot!(script.file.name.clone(), shown);
        });
    });
}

/// The verdict stands in each file, so that no snapshot taken in haste can hide a violation. Trouble is never the target's.
#[test]
fn every_defect_has_the_verdict_it_deserves() {
    each_file("valid-fail", |script| {
        let events = play(script, &script.wrongs);
        for result in
            events.iter().filter_map(|event| if let Event::CaseFinished(result) = event { Some(result) } else { None })
        {
            let verdict = serde_json::to_value(result.verdict).expect("a word");
            assert_eq!(verdict.as_str(), Some(script.verdict.as_str()), "{}", outcome(&events));
            assert_eq!(result.verdict == Verdict::CouldNotRun, result.trouble.is_some());
            let blamed = result.trouble.iter().any(|trouble| trouble.blame == Blame::Target);
            assert!(!blamed && result.mismatches.iter().all(|mismatch| mismatch.blame == Blame::Target));
        }
    });
}

/// What counts is where a defect first shows, and wherever else it shows by itself.
#[test]
fn consequences_are_told_apart() {
    each_file("valid-fail", |script| {
        if script.counted.is_empty() {
            return;
        }
        let events = play(script, &script.wrongs);
        let mismatches = events.iter().flat_map(|event| match event {
            Event::CaseFinished(result) => result.mismatches.as_slice(),
            _ => &[],
        });
        let mut counted: Vec<usize> = mismatches.filter(|found| !found.follows).map(|found| found.step).collect();
        counted.dedup();
        assert_eq!(counted, script.counted, "{}", outcome(&events));
    });
}

/// Each file can fail only because of its defect: against a right toy it passes.
#[test]
fn without_its_defect_every_file_passes() {
    each_file("valid-fail", |script| {
        let shown = outcome(&play(script, &[]));
        assert!(shown.contains("run: held, violated [], warned []"), "{shown}");
    });
}
