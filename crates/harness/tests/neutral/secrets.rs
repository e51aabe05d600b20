//! A credential that the target echoes in fields, errors, headers and paths stands in no event, whatever its characters and wherever it is cut.

use std::sync::Arc;

use countermand_event::Event;
use countermand_harness::SuiteFile;

use crate::toy::{Play, Setting, Toy, Wrong, suite};

const SCENARIO: &str = "format: 1
spec: boxes
title: Everything is kept
order: { boxes: { crate: { lines: { mug: { units: 2 } } } } }
steps:
  - call: drop_order
    expect:
      drop.note: { answer: accepted, order: { note: { absent: true } } }
      drop.voids-all: { boxes: { crate: { void: true } } }
  - call: drop_order
    request: { headers: { X-Note: plain } }
    expect:
      drop.again: { answer: accepted }
  - call: remove_units
    on: crate
    with: { lines: [{ lineId: { id: crate.mug }, units: 1 }] }
    expect:
      refusal.void-box: { answer: refused }
";

fn events(wrongs: &[Wrong], env: fn(&str) -> Option<String>) -> Vec<Event> {
    let file = SuiteFile { path: "kept.yaml".to_owned(), name: "kept".to_owned(), content: SCENARIO.as_bytes().into() };
    let play = Play { keep_steps: true, env, ..Play::default() };
    play.against(&suite(&[file]), Arc::new(Toy::new(Setting::default(), wrongs)))
}

fn text(events: &[Event]) -> String {
    events.iter().map(|event| serde_json::to_string(event).expect("JSON") + "\n").collect()
}

/// In the form in which it stands in JSON, and in JSON within JSON.
fn forms(secret: &str) -> Vec<String> {
    let in_json = |text: &str| serde_json::to_string(text).expect("JSON").trim_matches('"').to_owned();
    vec![secret.to_owned(), in_json(secret), in_json(&in_json(secret)), in_path(secret)]
}

/// With slashes and spaces as in a path.
fn in_path(secret: &str) -> String {
    let byte = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    };
    secret.bytes().map(byte).collect()
}

fn assert_kept(secret: &str, env: fn(&str) -> Option<String>) {
    let wrong = text(&events(&[Wrong::EchoesKey], env));
    assert!(
        wrong.contains("\"step\":3") && wrong.contains("refusal.no-change"),
        "the case must get to its end: {wrong}"
    );
    let cases: [&[Wrong]; 7] = [
        &[Wrong::EchoesKey],
        &[Wrong::EchoesKey, Wrong::Busy],
        &[Wrong::EchoesKey, Wrong::StrangeReads],
        &[Wrong::EchoesKey, Wrong::TruncatedReads],
        &[Wrong::EchoesKey, Wrong::FailingReads],
        &[Wrong::EchoesKey, Wrong::RefusalIs500],
        &[Wrong::EchoesKey, Wrong::ListDiffers],
    ];
    for wrongs in cases {
        let text = text(&events(wrongs, env));
        for form in forms(secret) {
            assert!(!text.contains(&form), "{form} with {wrongs:?}: {}", around(&text, &form));
        }
    }
}

fn around(text: &str, found: &str) -> String {
    let at = text.find(found).unwrap_or_default();
    text.chars().skip(at.saturating_sub(80)).take(160 + found.len()).collect()
}

#[test]
fn a_plain_key_is_kept() {
    assert_kept("hunter2-hunter2", |name| (name == "TOY_KEEPER_KEY").then(|| "hunter2-hunter2".to_owned()));
}

#[test]
fn a_key_that_looks_different_in_json_is_kept() {
    assert_kept("say \"please\" \\o/", |name| (name == "TOY_KEEPER_KEY").then(|| "say \"please\" \\o/".to_owned()));
}

#[test]
fn a_key_that_is_a_number_is_kept() {
    assert_kept("8675309867", |name| (name == "TOY_KEEPER_KEY").then(|| "8675309867".to_owned()));
}

/// A body that is cut in the middle of the key shows no part of it.
#[test]
fn half_a_key_is_kept() {
    let key = |name: &str| (name == "TOY_KEEPER_KEY").then(|| "hunter2-hunter2".to_owned());
    let text = text(&events(&[Wrong::EchoesKeyFarOut], key));
    assert!(text.contains("xxxxxxxx") && !text.contains("hunter2"), "{}", around(&text, "hunter2"));
}

#[test]
fn the_echo_is_there_to_be_hidden() {
    let hidden =
        text(&events(&[Wrong::EchoesKey], |name| (name == "TOY_KEEPER_KEY").then(|| "hunter2-hunter2".to_owned())));
    let shown = text(&events(&[Wrong::EchoesKey], |_| None));
    assert!(shown.contains("you said Bearer keeper") && hidden.contains("you said Bearer $TOY_KEEPER_KEY"));
    assert!(hidden.contains("`Bearer $TOY_KEEPER_KEY` may not"));
    assert!(hidden.contains("\"x-echo\",\"Bearer $TOY_KEEPER_KEY\""));
}

/// A credential that the binding writes out is shown by its header's name.
#[test]
fn credentials_of_requests_and_answers_are_shown_by_name() {
    let shown = text(&events(&[Wrong::EchoesKey], |_| None));
    assert!(shown.contains("\"authorization\",\"Bearer $TOY_KEEPER_KEY\""), "{shown}");
    assert!(shown.contains("\"set-cookie\",\"$SET_COOKIE\""));
}
