//! What the laws say of a toy shop: nothing where it has a way of its own, and of a defect the law that it breaks.
#![expect(clippy::expect_used, reason = "a test that can't be set up stops")]

mod setting_out;
mod shop;

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use bytes::Bytes;
use countermand_event::{CaseResult, Verdict};
use countermand_harness::{BoxFuture, Suite, SuiteFile, Transport, TransportError, WaitingCase, scenario};
use countermand_lab::{End, Event, Exchange, Explored, Judge, Mark, Plan, Told, explore};
use setting_out::{LAWS, suite, units};
use shop::{Shop, TAKES, Way, file, play, target};

/// One that takes the quantity to keep.
const KEEPS: &str = "cancel_units: { WAY requests: { as: seller, post: '/orders/{{ order.id }}/lines/{{ target.id }}/keep', \
    json: { units: '{{ (target.live | default(9)) - with.units if with.units is number else with.units }}' } } }";

fn cases(suite: &Suite) -> Vec<Arc<WaitingCase>> {
    suite.cases.iter().filter(|case| case.spec.name == LAWS).cloned().collect()
}

fn played(way: Way, cancel: &str) -> Vec<CaseResult> {
    let suite = suite();
    let shop = target(&suite, file(&suite, cancel), Arc::new(Shop::new(way)));
    play(&shop, &cases(&suite))
}

/// Cases that came to nothing good, with the clauses that they accuse.
fn accused(results: &[CaseResult]) -> Vec<String> {
    let fell = results.iter().filter(|result| !matches!(result.verdict, Verdict::Passed | Verdict::NotCovered));
    let told = fell.map(|result| {
        let clauses: Vec<&str> = result.accusations().map(|mismatch| mismatch.clause.as_str()).collect();
        let trouble = result.trouble.as_ref().map(|trouble| trouble.message.as_str()).unwrap_or_default();
        format!("{} {} {trouble}", result.id, clauses.join(" ")).trim_end().to_owned()
    });
    told.collect()
}

#[test]
fn a_shop_that_keeps_to_them_is_accused_of_nothing() {
    assert_eq!(accused(&played(Way::Plain, TAKES)).join("\n"), "");
}

/// Nothing forbids it: a lock that lets nobody in has cancelled too little, and never too much.
#[test]
fn calls_at_once_may_all_be_refused() {
    assert_eq!(accused(&played(Way::LocksOut, TAKES)).join("\n"), "");
}

#[test]
fn a_quantity_that_is_kept_may_grow() {
    let taken = accused(&played(Way::Plain, &KEEPS.replace("WAY", "")));
    assert!(taken.iter().any(|case| case.contains("never-raises")), "the shop does not show it: {taken:#?}");
    let results = played(Way::Plain, &KEEPS.replace("WAY", "quantity: kept,"));
    assert_eq!(accused(&results).join("\n"), "");
    let message = "the target's `cancel_units` takes the quantity to keep: what is wrong of the units to cancel may be right of that";
    let left_out = results.iter().filter(|r| r.trouble.as_ref().is_some_and(|trouble| trouble.message == message));
    let left_out: Vec<&str> = left_out.map(|result| result.id.as_str()).collect();
    assert!(left_out.contains(&"laws/units/negative-raises-nothing/one"), "{left_out:?}");
    assert!(left_out.iter().all(|id| id.contains("negative") || id.contains("left-out")), "{left_out:?}");
}

#[test]
fn an_order_that_is_both_cancelled_and_shipped_is_seen() {
    let accused = accused(&played(Way::FulfilOverlooksCancel, TAKES));
    assert!(
        accused.iter().any(|case| case == "laws/race/order-and-all-of-it race.cancel-fulfil race.cancel-fulfil"),
        "{accused:#?}"
    );
}

#[test]
fn a_total_that_does_not_follow_the_units_is_seen() {
    for way in [Way::TotalStays, Way::TotalGoes] {
        let accused = accused(&played(way, TAKES));
        let case = "laws/total/falls-by-what-is-cancelled total-falls";
        assert!(accused.iter().any(|told| told.starts_with(case)), "{way:?}: {accused:#?}");
        assert!(accused.iter().all(|told| told.contains("total-falls")), "{way:?}: {accused:#?}");
    }
}

/// What a call is there to cancel is no line that it does not name.
#[test]
fn what_a_call_is_there_to_move_need_not_be_claimed() {
    let suite = suite();
    let text = |call: &str| {
        format!(
            "format: 1\nspec: laws\ntitle: A cancel\norder: {{ lines: {{ mug: {{ ordered: 3 }}, tee: {{ ordered: 2 }} }} }}\n\
             steps:\n  - {call}\n    expect: {{ cancel.order: {{ answer: accepted, lines: {{ mug: {{ live: {{ lte: 3 }} }} }} }} }}\n"
        )
    };
    let shop = target(&suite, file(&suite, TAKES), Arc::new(Shop::new(Way::Plain)));
    for call in ["call: cancel_order", "call: cancel_rest", "call: cancel_units\n    on: tee\n    with: { units: 1 }"] {
        let content = text(call).into_bytes().into();
        let file = SuiteFile { path: "a.yaml".to_owned(), name: "a".to_owned(), content };
        let case = scenario(&suite.specs[LAWS], &file).expect("it can be read");
        assert_eq!(accused(&play(&shop, &[case])).join("\n"), "", "{call}");
    }
}

fn explored(way: Way, cancel: &str) -> Explored {
    let suite = suite();
    let shop = target(&suite, file(&suite, cancel), Arc::new(Shop::new(way)));
    let player = |cases: &[Arc<WaitingCase>]| Ok(play(&shop, cases));
    let lacks = ["cancel_lines"].map(str::to_owned).into();
    let plan = Plan { seed: 1, cases: 60, max_steps: 6, lacks, ..Plan::default() };
    explore(&units(&suite), &player, &plan, &mut || ()).expect("it can be explored")
}

/// Rows and totals are no part of the state that is compared with the model's: the rules speak of them.
#[test]
fn exploring_asks_the_rules_of_every_sequence() {
    let clauses = |way, cancel: &str| {
        let explored = explored(way, cancel);
        assert!(explored.troubles.is_empty(), "{:?}", explored.troubles);
        let mut clauses: Vec<String> = explored.refuted.iter().map(|refuted| refuted.clause.clone()).collect();
        assert!(explored.refuted.iter().all(|refuted| !refuted.flaky), "{:#?}", explored.refuted);
        clauses.dedup();
        clauses
    };
    assert_eq!(clauses(Way::Plain, TAKES), [""; 0]);
    assert_eq!(clauses(Way::Plain, &KEEPS.replace("WAY", "quantity: kept,")), [""; 0]);
    assert_eq!(clauses(Way::DoublesRows, TAKES), ["never-raises"]);
    assert_eq!(clauses(Way::TotalStays, TAKES), ["total-falls"]);
}

/// A shop whose exchanges are heard.
struct Heard {
    shop: Shop,
    events: Arc<Mutex<Vec<Event>>>,
    begin: Instant,
}

impl Transport for Heard {
    fn send(
        &self,
        request: http::Request<Bytes>,
        timeout: Duration,
    ) -> BoxFuture<'_, Result<http::Response<Bytes>, TransportError>> {
        let mark = |number: Option<u64>, mark: Mark| {
            let mut events = self.events.lock().expect("nobody panicked");
            let number = number.unwrap_or(events.len() as u64 + 1);
            events.push(Event { number, mark, missed: 0 });
            number
        };
        let (method, uri) = (request.method().clone(), request.uri().clone());
        let number = mark(None, Mark::Begun { method, uri, at: self.begin });
        Box::pin(async move {
            let response = self.shop.send(request.clone(), timeout).await?;
            let exchange = Exchange { request, response: response.clone(), is_whole: true, answered: self.begin };
            mark(Some(number), Mark::Ended(End::Answered(Box::new(exchange))));
            Ok(response)
        })
    }
}

/// What a monitor says of the cases whose names have this in them.
fn monitored(way: Way, name: &str) -> Vec<String> {
    let suite = suite();
    let events = Arc::new(Mutex::new(Vec::new()));
    let heard = Heard { shop: Shop::new(way), events: Arc::clone(&events), begin: Instant::now() };
    let shop = target(&suite, file(&suite, TAKES), Arc::new(heard));
    let cases: Vec<_> = cases(&suite).into_iter().filter(|case| case.id.contains(name)).collect();
    play(&shop, &cases);
    let mut judge = Judge::new(units(&suite), &shop, Duration::ZERO, false).expect("it can be judged");
    let events = std::mem::take(&mut *events.lock().expect("nobody panicked"));
    let told = events.into_iter().flat_map(|event| judge.take(event)).collect::<Vec<_>>();
    let clause = |told: &Told| match told {
        Told::Violation(violation) => Some(violation.clause.clone()),
        _ => None,
    };
    told.iter().filter_map(clause).collect()
}

#[test]
fn a_monitor_asks_the_rules_of_what_several_calls_came_to() {
    assert_eq!(monitored(Way::Plain, "two-cancels-of-the-order"), [""; 0]);
    assert!(monitored(Way::DoublesRows, "two-cancels-of-the-order-rows").contains(&"never-raises".to_owned()));
}
