//! What conforms passes: whatever it chooses, however fast it is, however many cases are played at once.

use std::time::Duration;

use countermand_event::{Event, Verdict};
use countermand_harness::{Suite, SuiteFile};

use crate::toy::{Play, Setting, corpus, outcome, suite, timeless};

fn everything() -> Suite {
    let files: Vec<SuiteFile> = corpus("valid-pass").into_iter().map(|script| script.file).collect();
    suite(&files)
}

/// Cases named `lacking…` need a call that the toy has not.
fn assert_passed(events: &[Event], what: &str) {
    let results = events.iter().filter_map(|event| match event {
        Event::CaseFinished(result) => Some(result),
        _ => None,
    });
    for result in results {
        let expected = if result.id.contains("/lacking") { Verdict::NotCovered } else { Verdict::Passed };
        let alone = [Event::CaseFinished(result.clone())];
        assert!(result.verdict == expected && result.mismatches.is_empty(), "{what}\n{}", outcome(&alone));
    }
}

#[test]
fn every_combination_of_options_passes_and_is_told_as_the_dialect() {
    let suite = everything();
    for setting in Setting::all() {
        let play = Play::default();
        let events = play.against(&suite, play.toy(setting, &[]));
        assert_passed(&events, &format!("{setting:?}"));
        let Some(Event::RunFinished(summary)) = events.last() else { panic!("the sum comes last") };
        let dialect = summary.dialect["boxes"].iter().map(|entry| {
            assert!(!entry.inconsistent && entry.cases > 0, "{entry:?}");
            (entry.choice.as_str(), entry.options.iter().map(String::as_str).collect())
        });
        let expected: [(&str, Vec<&str>); 5] = [
            ("old-lines", vec![if setting.old_lines_none { "none" } else { "all" }]),
            ("repeat-drop", vec![if setting.repeat_accepted { "accept" } else { "refuse" }]),
            ("answer-shape", vec![if setting.answers_ack { "ack" } else { "order" }]),
            ("refusal-status", vec![if setting.status_400 { "400" } else { "409" }]),
            ("lid", vec!["open"]),
        ];
        assert_eq!(dialect.collect::<Vec<_>>(), expected, "{setting:?}");
    }
}

#[test]
fn the_number_of_jobs_changes_nothing_but_times() {
    let suite = everything();
    let play = |jobs| {
        let play = Play { jobs, keep_steps: true, ..Play::default() };
        let events = play.against(&suite, play.toy(Setting::default(), &[]));
        events.iter().map(timeless).collect::<Vec<_>>()
    };
    let alone = play(1);
    assert_eq!(alone.len(), suite.cases.len() + 2);
    assert_eq!(alone, play(8));
}

/// That it was not there at once is a demand of its own, which the lax profile only records.
#[test]
fn a_change_that_takes_its_time_is_waited_for() {
    let slow = Setting { delay: 2, ..Setting::default() };
    let play = Play { profile: "lax".to_owned(), settle: Duration::from_secs(3), ..Play::default() };
    let mut late = 0;
    for event in play.against(&everything(), play.toy(slow, &[])) {
        let Event::CaseFinished(mut result) = event else { continue };
        let all = result.mismatches.len();
        result.mismatches.retain(|mismatch| mismatch.clause != "answer.at-once");
        late += all - result.mismatches.len();
        assert_passed(&[Event::CaseFinished(result)], "delayed");
    }
    assert!(late > 5, "{late} steps were seen to be late");
}

#[test]
fn the_laxer_profile_passes_as_well() {
    let play = Play { profile: "lax".to_owned(), ..Play::default() };
    assert_passed(&play.against(&everything(), play.toy(Setting::default(), &[])), "lax");
}

#[test]
fn the_corpus_exercises_every_must_but_what_the_target_lacks() {
    let play = Play::default();
    let events = play.against(&everything(), play.toy(Setting::default(), &[]));
    let Some(Event::RunFinished(summary)) = events.last() else { panic!("the sum comes last") };
    assert_eq!(summary.scores["boxes"].unexercised, ["weigh.total"]);
}
