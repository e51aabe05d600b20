//! How a run ends: early, interrupted, against a silent endpoint, or with something that can't be played.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bytes::Bytes;
use countermand_event::{Blame, CaseResult, Event, RunSummary, Verdict};
use countermand_harness::{BoxFuture, Suite, SuiteFile, Transport, TransportError};
use http::{Method, Request, Response};
use tokio::sync::Notify;

use crate::toy::{Play, Setting, Toy, Wrong, suite, timeless};

const RIGHT: &str = "      drop.voids-all: { answer: accepted, boxes: { crate: { void: true } } }";
const MUST: &str = "      drop.voids-all: { answer: accepted, boxes: { crate: { void: true, size: large } } }";
const SHOULD: &str = "      drop.voids-all: { answer: accepted, boxes: { crate: { void: true } } }\n      drop.note: { order: { note: x } }";

/// One scenario per expectation, named `0`, `1`, …
fn cases(expectations: &[&str]) -> Suite {
    let file = |(number, expect): (usize, &&str)| {
        let text = format!(
            "format: 1\nspec: boxes\ntitle: Number {number}\norder: {{ boxes: {{ crate: {{ lines: {{ mug: {{ units: 1 }} }} }} }} }}\n\
             steps:\n  - call: drop_order\n    expect:\n{expect}\n"
        );
        SuiteFile { path: format!("{number}.yaml"), name: number.to_string(), content: text.into_bytes().into() }
    };
    suite(&expectations.iter().enumerate().map(file).collect::<Vec<_>>())
}

fn results(events: &[Event]) -> Vec<&CaseResult> {
    let mut results = Vec::new();
    for event in events {
        if let Event::CaseFinished(result) = event {
            results.push(&**result);
        }
    }
    results
}

fn verdicts(events: &[Event]) -> Vec<Verdict> {
    results(events).iter().map(|result| result.verdict).collect()
}

fn summary(events: &[Event]) -> &RunSummary {
    match events.last() {
        Some(Event::RunFinished(summary)) => summary,
        _ => panic!("the sum comes last"),
    }
}

fn toy(wrongs: &[Wrong]) -> Arc<Toy> {
    Arc::new(Toy::new(Setting::default(), wrongs))
}

#[test]
fn fail_fast_stops_at_the_first_violation_in_case_order() {
    let suite = cases(&[RIGHT, SHOULD, MUST, RIGHT]);
    for jobs in [1, 4] {
        let events = Play { fail_fast: true, jobs, ..Play::default() }.against(&suite, toy(&[]));
        assert_eq!(verdicts(&events), [Verdict::Passed, Verdict::Warned, Verdict::Failed], "jobs {jobs}");
        let summary = summary(&events);
        assert!(summary.stopped_early && summary.not_played == 1 && !summary.interrupted);
    }
    let strict = Play { fail_fast: true, strict: true, ..Play::default() }.against(&suite, toy(&[]));
    assert_eq!(verdicts(&strict), [Verdict::Passed, Verdict::Warned]);
}

#[test]
fn fail_fast_on_the_last_case_leaves_nothing_out() {
    let events = Play { fail_fast: true, ..Play::default() }.against(&cases(&[RIGHT, MUST]), toy(&[]));
    let summary = summary(&events);
    assert!(!summary.stopped_early && summary.not_played == 0);
}

/// At most two requests per purpose, and then nobody waits for the endpoint any more.
#[test]
fn a_silent_endpoint_is_asked_twice() {
    let suite = cases(&[RIGHT; 6]);
    let asked = |wrong, method: &str, path: &str| {
        let toy = toy(&[wrong]);
        let events = Play::default().against(&suite, Arc::<Toy>::clone(&toy));
        let count = toy.log().iter().filter(|line| line.starts_with(method) && line.ends_with(path)).count();
        for result in results(&events) {
            let trouble = result.trouble.as_ref().expect("nothing could run");
            assert_eq!((result.verdict, trouble.blame), (Verdict::CouldNotRun, Blame::Transport));
            assert!(result.mismatches.is_empty());
        }
        assert_eq!(results(&events).len(), 6);
        let last = results(&events)[5].trouble.as_ref().map(|trouble| trouble.message.clone());
        assert_eq!(last.as_deref(), Some("http://toy.invalid does not answer any more: not asked again"));
        count
    };
    assert_eq!(asked(Wrong::SilentSetUp, "POST", "/orders"), 2);
    assert_eq!(asked(Wrong::SilentCalls, "POST", "/drop"), 2);
    assert_eq!(asked(Wrong::SilentReads, "GET", ""), 2);
}

/// Lets so many orders be made, and never answers the next.
struct Stuck {
    toy: Toy,
    orders: AtomicUsize,
    stuck: Notify,
}

impl Transport for Stuck {
    fn send(
        &self,
        request: Request<Bytes>,
        timeout: Duration,
    ) -> BoxFuture<'_, Result<Response<Bytes>, TransportError>> {
        Box::pin(async move {
            let makes_one = request.method() == Method::POST && request.uri().path() == "/orders";
            if makes_one && self.orders.fetch_sub(1, Ordering::SeqCst) == 0 {
                self.stuck.notify_one();
                std::future::pending::<()>().await;
            }
            self.toy.send(request, timeout).await
        })
    }
}

#[test]
fn an_interrupted_run_tells_what_was_played() {
    let stuck =
        Arc::new(Stuck { toy: Toy::new(Setting::default(), &[]), orders: AtomicUsize::new(2), stuck: Notify::new() });
    let stop = Arc::clone(&stuck);
    let suite = cases(&[RIGHT, MUST, RIGHT, RIGHT]);
    let (events, summary) = Play::default().until(async move { stop.stuck.notified().await }, &suite, stuck);
    assert_eq!(verdicts(&events), [Verdict::Passed, Verdict::Failed]);
    assert!(summary.interrupted && !summary.stopped_early);
    assert_eq!(summary.not_played, 2);
    assert_eq!(events.last(), Some(&Event::RunFinished(Box::new(summary))));
}

#[test]
fn what_is_stopped_before_it_begins_is_told_as_well() {
    let (events, summary) = Play::default().until(std::future::ready(()), &cases(&[RIGHT]), toy(&[Wrong::SilentSetUp]));
    assert!(summary.interrupted);
    assert_eq!(events.len(), 2 + results(&events).len());
}

#[test]
fn steps_of_passed_cases_are_kept_on_demand() {
    let suite = cases(&[RIGHT]);
    assert!(results(&Play::default().against(&suite, toy(&[])))[0].steps.is_empty());
    let events = Play { keep_steps: true, ..Play::default() }.against(&suite, toy(&[]));
    insta::assert_snapshot!(serde_json::to_string_pretty(&timeless(&events[1])).expect("JSON"));
}

/// Events say the same when they are read back.
#[test]
fn events_survive_the_way_through_json() {
    let suite = cases(&[RIGHT, MUST]);
    for event in Play::default().against(&suite, toy(&[Wrong::FlagIsText])) {
        let text = serde_json::to_string(&event).expect("JSON");
        assert_eq!(serde_json::from_str::<Event>(&text).expect("an event"), event);
    }
}
