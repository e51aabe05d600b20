//! The limits of a target file, in virtual time: so many a second, so many at once, and what is sent again.

use std::sync::Arc;
use std::time::Duration;

use countermand_event::{Blame, Verdict};
use countermand_harness::TransportError;
use serde_json::json;

use super::door::{Answer, Door, Seen, broken, first, with_headers};
use super::through::{Through, Told, cases, drops};
use crate::toy::{Setting, Toy};

fn play(door: Door, keys: &str, count: usize, jobs: usize) -> (Told, Arc<Door>) {
    let door = Arc::new(door);
    let told = Through { jobs, ..Through::default() }.play(&drops(count), keys, Arc::<Door>::clone(&door));
    (told, door)
}

#[test]
fn requests_keep_their_distance_whoever_sends_them() {
    for jobs in [1, 8] {
        let (told, door) = play(Door::new(|_| None), "limits: { rate: 5 }\n", 8, jobs);
        told.all_passed();
        let seen = door.seen();
        assert_eq!((seen[19].at - seen[0].at).as_millis(), 3_800, "20 requests, 5 a second");
        let last = seen.last().expect("many").at - seen[0].at;
        assert_eq!(last.as_millis(), 200 * (seen.len() as u128 - 1));
    }
}

const AT_ONCE: &str = "format: 1
spec: boxes
title: Many at once
order: { boxes: { crate: { lines: { mug: { units: 2 } } } } }
steps:
  - parallel:
      - { call: drop_order }
      - { call: drop_order }
      - { call: drop_order }
      - { call: drop_order }
    expect: { drop.voids-all: { boxes: { crate: { void: true } } } }
";

#[test]
fn no_more_requests_are_under_way_than_is_said() {
    let most = |keys: &str| {
        let door = Arc::new(Door::new(|_| None).taking(Duration::from_millis(70)));
        let told =
            Through { jobs: 6, ..Through::default() }.play(&cases(&[AT_ONCE; 6]), keys, Arc::<Door>::clone(&door));
        told.all_passed();
        door.most()
    };
    assert!(most("") > 6);
    for count in [1, 2, 5] {
        assert_eq!(most(&format!("limits: {{ in_flight: {count} }}\n")), count);
    }
    assert_eq!(most("limits: { in_flight: 2, rate: 1000 }\n"), 2);
}

#[test]
fn the_time_out_is_the_targets() {
    let door = Door::new(|seen| (seen.timeout != Duration::from_millis(1234)).then(|| panic!("{:?}", seen.timeout)));
    play(door, "limits: { timeout: 1234 }\n", 1, 1).0.all_passed();
    let door = Door::new(|seen| (seen.timeout != Duration::from_secs(10)).then(|| panic!("{:?}", seen.timeout)));
    play(door, "", 1, 1).0.all_passed();
}

#[test]
fn a_change_may_take_the_time_to_settle() {
    let slow = || Door::new(|_| None).over(Toy::new(Setting { delay: 2, ..Setting::default() }, &[]));
    assert_eq!(play(slow(), "", 1, 1).0.verdicts(), [Verdict::Failed]);
    // That it was not there at once is a demand of its own.
    assert_eq!(play(slow(), "limits: { settle: 2000 }\n", 1, 1).0.verdicts(), [Verdict::Warned]);
}

/// The first of these requests is answered so.
fn once(begin: &'static str, end: &'static str, say: fn() -> Option<Answer>) -> Door {
    times(1, begin, end, say)
}

fn times(count: usize, begin: &'static str, end: &'static str, say: fn() -> Option<Answer>) -> Door {
    let struck = first(count);
    Door::new(move |seen: &Seen| if seen.is(begin, end) && struck() { say() } else { None })
}

fn busy_429() -> Option<Answer> {
    with_headers(429, &[("retry-after", "3")], &json!({ "error": "slow down" }))
}

fn busy_503() -> Option<Answer> {
    with_headers(503, &[("retry-after", "3")], &json!({ "error": "deploying" }))
}

const PLACES: [(&str, &str); 2] = [("POST /orders", "/orders"), ("GET /orders/", "")];

#[test]
fn a_set_up_and_a_read_wait_as_long_as_they_are_asked_to() {
    for (begin, end) in PLACES {
        for say in [busy_429, busy_503] {
            let (told, door) = play(once(begin, end, say), "", 1, 1);
            told.all_passed();
            let seen: Vec<Seen> = door.seen().into_iter().filter(|seen| seen.is(begin, end)).collect();
            assert_eq!(seen[0].line, seen[1].line);
            assert_eq!((seen[1].at - seen[0].at).as_millis(), 3_000);
        }
    }
}

#[test]
fn a_call_waits_for_nothing() {
    for say in [busy_429, busy_503] {
        let (told, door) = play(once("POST ", "/drop", say), "", 1, 1);
        let (blame, trouble) = told.halted();
        assert_eq!((blame, trouble.step), (Blame::Transport, 1));
        assert!(trouble.message.ends_with("a call is never sent twice"), "{}", trouble.message);
        assert_eq!(door.count("POST ", "/drop"), 1);
    }
}

/// As a proxy may say it, and as nobody should.
#[test]
fn a_wait_that_is_too_long_is_not_waited_for() {
    let waits: [fn() -> Option<Answer>; 4] = [
        || with_headers(429, &[("retry-after", "11")], &json!({})),
        || with_headers(429, &[("retry-after", "18446744073709551615")], &json!({})),
        || with_headers(503, &[("retry-after", "99999999999999")], &json!({})),
        || with_headers(503, &[("retry-after", "86400")], &json!({})),
    ];
    for say in waits {
        for ((begin, end), blame) in PLACES.into_iter().zip([Blame::Setup, Blame::Transport]) {
            let (told, door) = play(once(begin, end, say), "", 1, 1);
            assert_eq!(told.halted().0, blame);
            assert_eq!(door.count(begin, end), 1);
        }
    }
}

#[test]
fn without_a_number_of_seconds_a_little_is_waited() {
    let waits: [fn() -> Option<Answer>; 4] = [
        || with_headers(429, &[], &json!({})),
        || with_headers(429, &[("retry-after", "Wed, 21 Oct 2026 07:28:00 GMT")], &json!({})),
        || with_headers(429, &[("retry-after", "-1")], &json!({})),
        || with_headers(502, &[("retry-after", "1.5")], &json!({})),
    ];
    for say in waits {
        let (told, door) = play(times(3, "GET /orders/", "", say), "", 1, 1);
        told.all_passed();
        let seen = door.seen();
        assert_eq!((seen[2].at - seen[1].at).as_millis(), 250);
    }
}

#[test]
fn an_endpoint_that_is_always_busy_is_given_up_within_the_time_out() {
    let (told, door) = play(times(usize::MAX, "GET /orders/", "", busy_503), "limits: { timeout: 8000 }\n", 1, 1);
    let (blame, trouble) = told.halted();
    assert_eq!((blame, trouble.exchange.and_then(|exchange| exchange.status)), (Blame::Transport, Some(503)));
    assert_eq!(door.count("GET /orders/", ""), 3);
}

#[test]
fn a_read_that_broke_off_is_sent_again_as_often_as_is_said() {
    let reads = |failures| times(failures, "GET /orders/", "", broken);
    for (failures, retries, passes) in [(1, 0, false), (1, 1, true), (2, 2, true), (3, 2, false)] {
        let (told, door) = play(reads(failures), &format!("limits: {{ retries: {retries} }}\n"), 1, 1);
        if passes {
            told.all_passed();
        } else {
            assert_eq!(told.halted().0, Blame::Transport);
            assert_eq!(door.count("GET /orders/", ""), retries + 1);
        }
    }
}

#[test]
fn nothing_else_that_broke_off_is_sent_again() {
    for (begin, end) in [("POST /orders", "/orders"), ("POST ", "/drop")] {
        let (told, door) = play(once(begin, end, broken), "limits: { retries: 5 }\n", 1, 1);
        assert_eq!(told.halted().0, Blame::Transport);
        assert_eq!(door.count(begin, end), 1);
    }
    let silent: fn() -> Option<Answer> = || Some(Err(TransportError::TimedOut(Duration::from_secs(10))));
    let (told, door) = play(once("GET /orders/", "", silent), "limits: { retries: 5 }\n", 1, 1);
    assert_eq!(told.halted().0, Blame::Transport);
    assert_eq!(door.count("GET /orders/", ""), 1);
}
