//! What a judge makes of literal exchanges: what is a violation, what is a gap, and what is nothing at all.
#![expect(clippy::expect_used, reason = "helpers of tests may fail as loudly as tests")]

mod setting_out;

use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use countermand_harness::{InProcess, Target, TargetOptions};
use countermand_lab::{End, Event, Exchange, Judge, Mark, Summary, Told};
use http::{Method, Request, Response, Uri};
use serde_json::{Value, json};
use setting_out::{SPEC, stage, suite};

const SETTLE: Duration = Duration::from_millis(500);

/// A judge, and what it was told so far.
struct Court {
    judge: Judge,
    now: Instant,
    number: u64,
    missed: u64,
    told: Vec<Told>,
}

impl Court {
    fn new() -> Self {
        let stage = stage(&suite(), SPEC, "reference");
        let options = TargetOptions {
            base_url: Some("http://mock".to_owned()),
            transport: Some(Arc::new(InProcess(|_| Response::new(Bytes::new())))),
            ..TargetOptions::default()
        };
        let target = Target::new(&stage.spec, None, options, &|_| None).expect("it can be made");
        let judge = Judge::new(stage, &Arc::new(target), SETTLE, false).expect("it can be judged");
        Self { judge, now: Instant::now(), number: 0, missed: 0, told: Vec::new() }
    }

    fn mark(&mut self, number: u64, mark: Mark) {
        self.now += Duration::from_millis(1);
        let told = self.judge.take(Event { number, mark, missed: self.missed });
        self.told.extend(told);
    }

    fn begin(&mut self, method: Method, path: &str) -> u64 {
        self.number += 1;
        let uri: Uri = path.parse().expect("it is one");
        self.mark(self.number, Mark::Begun { method, uri, at: self.now });
        self.number
    }

    fn end(&mut self, number: u64, asked: Asked<'_>, status: u16, body: &Value) {
        let Asked { method, path, key, body: sent } = asked;
        let request = Request::builder().method(method).uri(path).header("authorization", key);
        let request = if sent.is_empty() { request } else { request.header("content-type", "application/json") };
        let request = request.body(Bytes::from(sent.to_owned())).expect("it is one");
        let body = if body.is_null() { Bytes::new() } else { Bytes::from(body.to_string()) };
        let response = Response::builder().status(status).header("content-type", "application/json");
        let response = response.body(body).expect("it is one");
        let exchange = Exchange { request, response, is_whole: true, answered: self.now };
        self.mark(number, Mark::Ended(End::Answered(Box::new(exchange))));
    }

    fn whole(&mut self, asked: Asked<'_>, status: u16, body: &Value) {
        let number = self.begin(asked.method.clone(), asked.path);
        self.end(number, asked, status, body);
    }

    fn read(&mut self, order: &Value) {
        self.whole(READ, 200, order);
    }

    /// The same, when everything must have settled.
    fn read_late(&mut self, order: &Value) {
        self.now += SETTLE;
        self.read(order);
    }

    /// A partial cancel of the first item that leaves two of its units.
    fn split(&mut self) {
        self.whole(split(), 200, &json!({}));
    }

    /// Everything that was told, in short, and the sum of it.
    fn close(mut self) -> (Vec<String>, Summary) {
        let (rest, summary) = self.judge.close(self.missed);
        self.told.extend(rest);
        let short = |told: &Told| match told {
            Told::Violation(violation) => format!("{} {}", violation.clause, violation.call),
            Told::Gap(gap) => format!("gap: {}", gap.why),
            Told::Watched(scenario) => scenario.text.clone(),
        };
        (self.told.iter().map(short).collect(), summary)
    }

    fn tells(self, expected: &[&str]) {
        assert_eq!(self.close().0, expected);
    }
}

/// What is sent.
#[derive(Clone)]
struct Asked<'a> {
    method: Method,
    path: &'a str,
    key: &'a str,
    body: &'a str,
}

const READ: Asked<'static> = Asked { method: Method::GET, path: "/orders/o-1", key: "seller-key", body: "" };

fn post<'a>(path: &'a str, body: &'a str) -> Asked<'a> {
    Asked { method: Method::POST, path, key: "seller-key", body }
}

fn split() -> Asked<'static> {
    post("/orders/o-1/items/i-1/cancel", r#"{"newQuantity":2}"#)
}

/// An order of these items: id, product, quantity, whether it is cancelled.
fn order(items: &[(&str, &str, u64, bool)]) -> Value {
    let item = |(id, product, quantity, cancelled): &(&str, &str, u64, bool)| json!({ "_id": id, "sellerVariantCode": product, "quantity": quantity, "cancelled": cancelled });
    let has = items.iter().any(|(.., cancelled)| *cancelled);
    let items: Vec<Value> = items.iter().map(item).collect();
    json!({ "_id": "o-1", "items": items, "hasCancellations": has, "shipped": false, "fulfillments": [] })
}

fn fresh() -> Value {
    order(&[("i-1", "A", 5, false)])
}

fn after_split() -> Value {
    order(&[("i-1", "A", 5, true), ("i-2", "A", 2, false)])
}

#[test]
fn a_change_that_is_right_is_nothing() {
    let mut court = Court::new();
    court.read(&fresh());
    court.split();
    court.read(&after_split());
    let (told, summary) = court.close();
    assert_eq!(told, [""; 0]);
    assert_eq!((summary.exchanges, summary.calls, summary.orders, summary.unread), (3, 1, 1, 0));
}

#[test]
fn a_difference_counts_only_when_it_is_there_after_the_settle_time() {
    let mut court = Court::new();
    court.read(&fresh());
    court.split();
    court.read(&fresh());
    court.read_late(&after_split());
    court.tells(&[]);
    let mut court = Court::new();
    court.read(&fresh());
    court.split();
    court.read(&fresh());
    court.read_late(&fresh());
    court.tells(&["partial.new-quantity cancel_item on item_a"]);
}

#[test]
fn what_nobody_has_read_late_enough_is_left_open() {
    let mut court = Court::new();
    court.read(&fresh());
    court.split();
    court.read(&fresh());
    let (told, summary) = court.close();
    assert_eq!(told, ["gap: a read shows what is not explained, and nobody has read it later than the settle time"]);
    assert_eq!((summary.must, summary.unread), (0, 1));
}

#[test]
fn an_answer_is_judged_before_anybody_reads() {
    let mut court = Court::new();
    court.read(&fresh());
    court.whole(split(), 422, &json!({ "errors": {} }));
    court.tells(&["partial.original-cancelled cancel_item on item_a"]);
}

#[test]
fn a_crash_is_one_whatever_comes_of_it() {
    let mut court = Court::new();
    court.read(&fresh());
    court.whole(split(), 500, &Value::Null);
    court.tells(&["refusal.client-error cancel_item on item_a"]);
}

#[test]
fn the_model_is_not_asked_what_somebody_else_has_done() {
    let mut court = Court::new();
    court.read(&fresh());
    court.read_late(&after_split());
    court.tells(&["gap: it has changed, and no call that is known has changed it"]);
}

#[test]
fn what_is_never_right_is_told_whoever_did_it() {
    let mut court = Court::new();
    court.read(&fresh());
    court.split();
    court.read_late(&after_split());
    court.read_late(&order(&[("i-1", "A", 5, false), ("i-2", "A", 2, false)]));
    let (told, summary) = court.close();
    assert!(told.contains(&"permanence.stays-cancelled a read".to_owned()), "{told:?}");
    assert_eq!(summary.gaps, 1);
}

#[test]
fn what_is_no_call_of_the_spec_puts_its_order_in_doubt() {
    let mut court = Court::new();
    court.read(&fresh());
    court.whole(post("/orders/o-1/archive", ""), 200, &json!({}));
    court.whole(post("/orders/o-2/archive", ""), 200, &json!({}));
    court.tells(&["gap: POST /orders/o-1/archive is no call of the spec"]);
}

#[test]
fn an_order_may_be_named_anywhere_in_what_is_no_call_of_the_spec() {
    let id = "order-17";
    let path = format!("/orders/{id}");
    for (path_of_other, body) in
        [("/bulk", r#"{"cancel":["order-17"]}"#), ("/bulk?order=order-17", ""), ("/odd/order%2D17", "")]
    {
        let mut court = Court::new();
        court.whole(Asked { path: &path, ..READ }, 200, &fresh());
        court.whole(post(path_of_other, body), 200, &json!({}));
        let (told, _) = court.close();
        assert!(matches!(told.as_slice(), [gap] if gap.ends_with("is no call of the spec")), "{told:?}");
    }
}

#[test]
fn an_order_is_taken_up_again_where_nothing_is_cancelled() {
    let mut court = Court::new();
    court.read(&fresh());
    court.whole(post("/orders/o-1/archive", ""), 200, &json!({}));
    court.read(&fresh());
    court.split();
    court.read_late(&fresh());
    court
        .tells(&["gap: POST /orders/o-1/archive is no call of the spec", "partial.new-quantity cancel_item on item_a"]);
}

#[test]
fn calls_on_an_order_that_was_cancelled_before_are_a_gap_once() {
    let mut court = Court::new();
    court.read(&after_split());
    for _ in 0..2 {
        court.whole(post("/orders/o-1/items/i-2/cancel", ""), 200, &json!({}));
    }
    court.tells(&["gap: a call on it can't be judged: it was cancelled, wholly or in part, when it was first read"]);
}

#[test]
fn a_read_beside_a_call_shows_nothing() {
    let mut court = Court::new();
    court.read(&fresh());
    let call = court.begin(Method::POST, split().path);
    let read = court.begin(Method::GET, READ.path);
    court.end(call, split(), 200, &json!({}));
    court.now += SETTLE;
    court.end(read, READ, 200, &fresh());
    court.read_late(&after_split());
    court.tells(&[]);
}

/// Whichever came first, one of them left two units and the other three.
#[test]
fn of_calls_at_once_every_order_is_right() {
    let other = || post("/orders/o-1/items/i-1/cancel", r#"{"newQuantity":3}"#);
    let ends = |left: u64, answers: [u16; 2]| {
        let mut court = Court::new();
        court.read(&fresh());
        let (first, second) = (court.begin(Method::POST, split().path), court.begin(Method::POST, other().path));
        court.end(second, other(), answers[1], &json!({ "errors": {} }));
        court.end(first, split(), answers[0], &json!({ "errors": {} }));
        court.read_late(&order(&[("i-1", "A", 5, true), ("i-2", "A", left, false)]));
        court.close().0
    };
    assert_eq!(ends(2, [200, 422]), [""; 0]);
    assert_eq!(ends(3, [422, 200]), [""; 0]);
    assert_eq!(ends(2, [422, 200]), ["race.one-winner cancel_item on item_a and cancel_item on item_a"]);
}

/// Threads of a proxy number their exchanges, and may then tell of them in another order.
#[test]
fn the_order_of_the_marks_counts_and_not_that_of_the_numbers() {
    let mut court = Court::new();
    court.read(&fresh());
    court.number = 10;
    court.split();
    court.number = 5;
    court.whole(split(), 409, &json!({}));
    court.read_late(&after_split());
    court.tells(&[]);
}

/// What came to be between two reads can be told apart by what was done to it.
#[test]
fn what_came_to_be_unseen_finds_its_name() {
    let mut court = Court::new();
    court.read(&fresh());
    court.split();
    court.whole(post("/orders/o-1/items/i-2/cancel", r#"{"newQuantity":1}"#), 200, &json!({}));
    court.read_late(&order(&[("i-1", "A", 5, true), ("i-2", "A", 2, true), ("i-3", "A", 1, false)]));
    court.tells(&[]);
}

#[test]
fn whom_an_endpoint_turns_away_it_may_turn_away() {
    let mut court = Court::new();
    court.read(&fresh());
    for (key, status) in [("buyer-key", 403), ("no-key", 401), ("another-sellers", 404)] {
        court.whole(Asked { key, ..split() }, status, &json!({ "errors": {} }));
    }
    let (told, summary) = court.close();
    assert_eq!(told, [""; 0]);
    assert_eq!((summary.aside, summary.calls), (3, 0));
}

#[test]
fn what_came_of_a_call_that_broke_off_is_not_known() {
    let mut court = Court::new();
    court.read(&fresh());
    let number = court.begin(Method::POST, split().path);
    court.mark(number, Mark::Ended(End::Lost));
    court.read_late(&after_split());
    let mut unsent = Court::new();
    unsent.read(&fresh());
    let number = unsent.begin(Method::POST, split().path);
    unsent.mark(number, Mark::Ended(End::Unsent));
    unsent.read_late(&fresh());
    court.tells(&["gap: what came of POST /orders/o-1/items/i-1/cancel is not known: the connection broke"]);
    unsent.tells(&[]);
}

#[test]
fn who_is_asked_to_wait_was_not_served() {
    let mut court = Court::new();
    court.read(&fresh());
    court.whole(split(), 429, &Value::Null);
    court.read_late(&fresh());
    court.whole(split(), 502, &Value::Null);
    court.tells(&["gap: what came of cancel_item is not known: 502 is no answer of the endpoint's own"]);
}

#[test]
fn after_what_was_missed_every_order_is_in_doubt() {
    let mut court = Court::new();
    court.read(&fresh());
    court.missed = 2;
    court.read_late(&after_split());
    court.tells(&["gap: judging fell behind, and 2 exchanges were not seen"]);
}

#[test]
fn a_call_whose_arguments_a_scenario_can_not_say_is_not_judged() {
    let bodies = [r#"{"newQuantity: 1, x":2}"#, r#"{"newQuantity":{"id":"i-2"}}"#, r#"[2]"#, "{"];
    for body in bodies {
        let mut court = Court::new();
        court.read(&fresh());
        court.whole(post("/orders/o-1/items/i-1/cancel", body), 200, &json!({}));
        let (told, summary) = court.close();
        assert!(matches!(told.as_slice(), [gap] if gap.starts_with("gap: a cancel_item is not judged: ")), "{told:?}");
        assert_eq!(summary.aside, 1);
    }
}

/// A buyer's call names the buyer's order only: which of the seller's that is has to have been seen.
#[test]
fn a_buyers_call_is_laid_to_the_order_that_it_is_known_for() {
    let buyers = |method, path| Asked { method, path, key: "buyer-key", body: "" };
    let cancelled = order(&[("i-1", "A", 5, true)]);
    let placed = json!({ "data": { "id": "b-1", "sellerOrders": [{ "id": "o-1", "items": [] }] } });
    let mut court = Court::new();
    court.whole(buyers(Method::GET, "/buyer/orders/b-1"), 200, &placed);
    court.read(&fresh());
    court.whole(buyers(Method::POST, "/buyer/orders/b-1/cancel"), 200, &json!({}));
    court.read_late(&cancelled);
    court.tells(&[]);
    let mut court = Court::new();
    court.read(&fresh());
    court.whole(buyers(Method::POST, "/buyer/orders/b-1/cancel"), 200, &json!({}));
    court.read_late(&cancelled);
    court.tells(&["gap: of which order a buyer_cancel_order was made is not known"]);
}

#[test]
fn what_is_told_is_told_once_and_counted_each_time() {
    let mut court = Court::new();
    for id in ["o-1", "o-2"] {
        let read = format!("/orders/{id}");
        let read = || Asked { path: &read, ..READ };
        let call = format!("/orders/{id}/items/i-1/cancel");
        court.whole(read(), 200, &fresh());
        court.whole(post(&call, ""), 200, &json!({}));
        court.now += SETTLE;
        court.whole(read(), 200, &fresh());
    }
    let known: Vec<bool> = court
        .told
        .iter()
        .map(|told| match told {
            Told::Violation(violation) => violation.is_known && violation.scenario.is_none(),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(known, [false, true]);
    assert_eq!(court.close().1.must, 2);
}
