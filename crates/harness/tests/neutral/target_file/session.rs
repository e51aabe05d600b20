//! Log-ins: before the first request, once for all cases, again when a session is over. A call is never sent twice, and no
//! token is ever shown.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use countermand_event::{Blame, CheckState, Verdict};
use serde_json::json;

use super::door::{Answer, Door, Seen, broken, reply, with_headers};
use super::through::{DROP, Through, cases, drops};

/// The token is in the body of the answer.
const BODY: &str = "
callers:
  keeper:
    session:
      requests: { post: /login, json: { user: keeper }, capture: { token: body.token } }
      headers: { Authorization: \"Bearer {{ token }}\" }
      expired: status == 401
";

/// A door that gives out tokens and lets nobody in without the last of them; `else_` answers what is let in.
fn guarded(else_: impl Fn(&Seen) -> Option<Answer> + Send + Sync + 'static) -> Door {
    let given = AtomicUsize::default();
    Door::new(move |seen| {
        if seen.line == "POST /login" {
            assert_eq!(seen.header("authorization"), None, "a log-in is not logged in");
            let token = format!("tok-{:04}", given.fetch_add(1, Ordering::SeqCst) + 1);
            return with_headers(
                200,
                &[("content-type", "application/json"), ("x-token", &token)],
                &json!({ "token": token, "whole": { "token": token } }),
            );
        }
        let right = format!("Bearer tok-{:04}", given.load(Ordering::SeqCst));
        if seen.header("authorization") != Some(&right) {
            return reply(401, &json!({ "error": "who are you?" }));
        }
        else_(seen)
    })
}

fn play(door: Door, keys: &str, count: usize, how: Through) -> (super::through::Told, Arc<Door>) {
    let door = Arc::new(door);
    let told = how.play(&drops(count), keys, Arc::<Door>::clone(&door));
    (told, door)
}

#[test]
fn a_log_in_comes_before_the_first_request_and_only_there() {
    let (told, door) = play(guarded(|_| None), BODY, 3, Through::default());
    told.all_passed();
    assert_eq!(door.lines()[..2], ["POST /login", "POST /orders"]);
    assert_eq!(door.count("POST /login", ""), 1);
    assert_eq!(door.seen()[0].body, json!({ "user": "keeper" }));
}

#[test]
fn a_token_may_come_in_a_header_and_go_in_any() {
    let keys = BODY.replace("body.token", "\"headers['x-token']\"");
    play(guarded(|_| None), &keys, 1, Through::default()).0.all_passed();
    let keys = BODY.replace("token: body.token", "answer: body").replace("{{ token }}", "{{ answer.whole.token }}");
    play(guarded(|_| None), &keys, 1, Through::default()).0.all_passed();
    let cookie = "
callers:
  keeper:
    session:
      requests: { post: /login, capture: { token: body.token } }
      headers: { Cookie: \"sid={{ token }}\" }
";
    let door = Door::new(|seen| match seen.line.as_str() {
        "POST /login" => reply(200, &json!({ "token": 170_017 })),
        _ if seen.header("cookie") == Some("sid=170017") => None,
        _ => reply(401, &json!({ "error": "who are you?" })),
    });
    let told = play(door, cookie, 1, Through::default()).0;
    told.all_passed();
    assert!(!told.text().contains("170017"));
}

#[test]
fn cases_at_once_share_one_log_in() {
    let door = guarded(|_| None).taking(std::time::Duration::from_millis(50));
    let (told, door) = play(door, BODY, 12, Through { jobs: 12, ..Through::default() });
    told.all_passed();
    assert_eq!(door.count("POST /login", ""), 1);
    assert!(door.most() > 4, "they were played at once");
}

/// The session ends with the request that is the `nth` of its kind.
fn ends_at(begin: &'static str, end: &'static str, nth: usize) -> Door {
    let met = AtomicUsize::default();
    guarded(move |seen| {
        let is_it = seen.is(begin, end) && met.fetch_add(1, Ordering::SeqCst) + 1 == nth;
        if is_it { reply(401, &json!({ "error": "your session is over" })) } else { None }
    })
}

#[test]
fn a_read_and_a_set_up_are_sent_again_in_a_new_session() {
    for (begin, end) in [("GET /orders/", ""), ("POST /orders", "/orders")] {
        let (told, door) = play(ends_at(begin, end, 1), BODY, 1, Through::default());
        told.all_passed();
        assert_eq!(door.count("POST /login", ""), 2);
        let of_kind: Vec<_> = door.seen().into_iter().filter(|seen| seen.is(begin, end)).collect();
        assert_eq!(of_kind[0].header("authorization"), Some("Bearer tok-0001"));
        assert_eq!(of_kind[1].header("authorization"), Some("Bearer tok-0002"));
        assert_eq!(of_kind[0].line, of_kind[1].line);
    }
}

#[test]
fn a_call_is_not_sent_again_and_nobody_is_accused() {
    let (told, door) = play(ends_at("POST ", "/drop", 1), BODY, 1, Through::default());
    let (blame, trouble) = told.halted();
    assert_eq!(blame, Blame::Transport);
    assert!(
        trouble.message.ends_with("says that the session is over; a call is never sent twice"),
        "{}",
        trouble.message
    );
    assert_eq!(door.count("POST ", "/drop"), 1);
}

#[test]
fn the_case_after_a_session_that_ended_at_a_call_is_logged_in() {
    let (told, door) = play(ends_at("POST ", "/drop", 1), BODY, 2, Through::default());
    assert_eq!(told.verdicts(), [Verdict::CouldNotRun, Verdict::Passed]);
    assert_eq!(door.count("POST /login", ""), 2);
}

#[test]
fn an_endpoint_that_never_lets_in_is_logged_into_twice_and_no_more() {
    let door = Door::new(|seen| match seen.line.as_str() {
        "POST /login" => reply(200, &json!({ "token": "tok-0001" })),
        _ => reply(401, &json!({ "error": "who are you?" })),
    });
    let (told, door) = play(door, BODY, 1, Through::default());
    let (blame, trouble) = told.halted();
    assert_eq!(blame, Blame::Setup);
    assert_eq!(trouble.message, "POST /orders says that the session is over, right after a log-in");
    assert_eq!(door.lines(), ["POST /login", "POST /orders", "POST /login", "POST /orders"]);
}

#[test]
fn a_session_is_used_as_long_as_it_lasts() {
    let keys = format!("{BODY}      lasts: 1000\n");
    // Each case takes four requests of 200 ms: a set-up, a read, a call, and reads after it.
    let door = guarded(|_| None).taking(std::time::Duration::from_millis(200));
    let (told, door) = play(door, &keys, 4, Through::default());
    told.all_passed();
    let (mut since, mut logins) = (None, 0);
    for seen in door.seen() {
        if seen.line == "POST /login" {
            // The answer came 200 ms after it.
            (since, logins) = (Some(seen.at + std::time::Duration::from_millis(200)), logins + 1);
        } else {
            assert!(seen.at - since.expect("a log-in") < std::time::Duration::from_millis(1000), "{}", seen.line);
        }
    }
    assert!(logins > 2, "{logins}");
}

fn refusing(status: u16) -> Door {
    Door::new(move |seen| match seen.line.as_str() {
        "POST /login" => reply(status, &json!({ "error": "wrong password" })),
        _ => None,
    })
}

#[test]
fn a_log_in_that_fails_is_told_once_and_accuses_nobody() {
    for status in [400, 401, 500] {
        let (told, door) = play(refusing(status), BODY, 5, Through { proof: true, ..Through::default() });
        assert!(told.cases().is_empty());
        let checks = told.checks();
        let failed: Vec<_> = checks.iter().filter(|check| check.state == CheckState::Failed).collect();
        let [failed] = failed.as_slice() else { panic!("{checks:?}") };
        let trouble = failed.trouble.as_ref().expect("why");
        assert_eq!((trouble.blame, trouble.step), (Blame::Setup, 0));
        assert_eq!(trouble.message, format!("the log-in can't be used: POST /login answered {status}"));
        assert_eq!(trouble.exchange.as_ref().map(|exchange| exchange.path.as_str()), Some("/login"));
        assert_eq!(
            trouble.place.as_ref().map(|place| (place.file.as_str(), place.line)),
            Some(("targets/toy.yaml", 8))
        );
        assert_eq!(door.lines(), ["POST /login"]);
    }
}

#[test]
fn without_a_proof_a_log_in_that_fails_is_the_set_ups_fault_in_every_case() {
    let (told, door) = play(refusing(401), BODY, 3, Through::default());
    assert_eq!(told.verdicts(), [Verdict::CouldNotRun; 3]);
    for case in told.cases() {
        assert_eq!(case.trouble.map(|trouble| (trouble.blame, trouble.step)), Some((Blame::Setup, 0)));
    }
    assert_eq!(door.lines(), ["POST /login"; 3]);
}

/// Only the caller of the call logs in: the set-up and the reads are another's.
const FOR_CALLS: &str = "
callers:
  helper: { headers: { Authorization: Bearer helper } }
  keeper:
    session:
      requests: { post: /login, capture: { token: body.token } }
      headers: { Authorization: \"Bearer {{ token }}\" }
provision:
  as: helper
  post: /orders
  json: { reference: \"{{ case_key }}\", boxes: [{ tag: crate, size: small, lines: [{ sku: P-1, units: 2 }] }] }
  capture: { order.id: body.id }
views:
  single:
    reads: { as: helper, get: \"/orders/{{ order.id }}\", capture: { o: body } }
    order: { open: o.open }
    box:
      each: o.boxes
      id: it.id
      same: it.tag
      fields: { void: it.void, size: it.size }
    line: { each: parent.lines, id: it.id, same: it.sku, fields: { units: it.units, sku: it.sku } }
";

#[test]
fn a_log_in_that_fails_at_a_call_is_the_set_ups_fault() {
    let (told, door) = play(refusing(403), FOR_CALLS, 1, Through::default());
    let (blame, trouble) = told.halted();
    assert_eq!((blame, trouble.step), (Blame::Setup, 1));
    assert_eq!(door.count("POST ", "/drop"), 0);
}

#[test]
fn a_log_in_that_breaks_off_is_the_transports_fault() {
    let door = Door::new(|seen| if seen.line == "POST /login" { broken() } else { None });
    let (blame, trouble) = play(door, BODY, 1, Through::default()).0.halted();
    assert_eq!(blame, Blame::Transport);
    assert_eq!(trouble.exchange.map(|exchange| exchange.path), Some("/login".to_owned()));
}

#[test]
fn an_answer_without_a_token_is_the_set_ups_fault_and_has_its_place() {
    let door =
        Door::new(|seen| if seen.line == "POST /login" { reply(200, &json!({ "secret": "tok-0001" })) } else { None });
    let told = play(door, BODY, 1, Through::default()).0;
    let (blame, trouble) = told.halted();
    assert_eq!(blame, Blame::Setup);
    assert_eq!(trouble.message, "`token`: nothing is there (targets/toy.yaml:9:33)");
    // What it is called there nobody knows: no part of the answer is shown.
    assert!(!told.text().contains("tok-0001"), "{}", told.text());
}

/// Makes the door echo the token in everything it answers.
fn echoing(nth_read_fails: bool) -> Door {
    let given = "tok-0001";
    guarded(move |seen| match seen.line.as_str() {
        line if line.starts_with("GET /orders/") && nth_read_fails => with_headers(
            500,
            &[("x-echo", &format!("Bearer {given}"))],
            &json!({ "error": format!("{given} broke me") }),
        ),
        line if line.ends_with("/drop") => {
            with_headers(409, &[("x-echo", given)], &json!({ "error": format!("{given} may not"), "token": given }))
        }
        _ => None,
    })
}

#[test]
fn a_token_is_never_shown() {
    let whole = BODY.replace("token: body.token", "answer: body").replace("{{ token }}", "{{ answer.whole.token }}");
    let twice = BODY.replace(
        "requests: { post: /login, json: { user: keeper }, capture: { token: body.token } }",
        "requests:\n        - { post: /login, capture: { token: body.token } }\n        - { post: /tokens, headers: { X-Login: \"{{ token }}\" } }",
    );
    for keys in [BODY, &whole, &twice] {
        for number in 0..6 {
            let (inner, proof) = match number {
                0 | 1 => (echoing(true), number % 2 == 0),
                2 | 3 => (echoing(false), number % 2 == 0),
                _ => (guarded(|_| None), number % 2 == 0),
            };
            {
                let (told, door) = play(
                    Door::new(move |seen| match seen.line.as_str() {
                        "POST /tokens" => {
                            reply(403, &json!({ "error": format!("{:?} may not", seen.header("x-login")) }))
                        }
                        _ => inner.answer(seen),
                    }),
                    keys,
                    1,
                    Through { proof, ..Through::default() },
                );
                let text = told.text();
                assert!(door.count("POST /login", "") > 0 && told.exchanges().len() == door.lines().len());
                assert!(!text.contains("tok-0001"), "{keys}\n{text}");
            }
        }
    }
}

#[test]
fn what_stands_in_place_of_a_token_says_what_it_was() {
    let (told, _) = play(echoing(false), BODY, 1, Through::default());
    let text = told.text();
    for shown in
        ["\"authorization\",\"Bearer $TOKEN\"", "$TOKEN may not", "{\\\"token\\\":\\\"$TOKEN\\\",\\\"whole\\\":"]
    {
        assert!(text.contains(shown), "{shown}: {text}");
    }
}

#[test]
fn a_scenario_that_changes_no_credential_stays_logged_in_and_one_that_does_is_its_own() {
    let note = DROP.replace("    expect:", "    request: { headers: { X-Note: plain } }\n    expect:");
    let none = "format: 1
spec: boxes
title: Nobody drops anything
order: { boxes: { crate: { lines: { mug: { units: 2 } } } } }
steps:
  - call: drop_order
    request: { headers: { Authorization: null } }
    expect: { refusal.unknown: { answer: refused } }
";
    let door = Arc::new(guarded(|_| None));
    let told = Through::default().play(&cases(&[&note, none]), BODY, Arc::<Door>::clone(&door));
    told.all_passed();
    let sent: Vec<_> = door.seen().into_iter().filter(|seen| seen.is("POST ", "/drop")).collect();
    assert_eq!(sent[0].header("authorization"), Some("Bearer tok-0001"));
    assert_eq!(sent[1].header("authorization"), None);
    assert_eq!(door.count("POST /login", ""), 1, "its 401 says nothing of the session");
}
