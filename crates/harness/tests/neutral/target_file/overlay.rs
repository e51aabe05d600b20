//! A target file over the binding of its spec: what it says counts, and the rest is the spec's.

use std::sync::Arc;

use countermand_event::Verdict;
use serde_json::json;

use super::door::{Door, reply};
use super::through::{DROP, Through, cases, drops, parse};
use crate::toy::suite;

fn lines(keys: &str) -> Vec<String> {
    let door = Arc::new(Door::new(|seen| seen.line.contains("/v2/").then(|| reply(200, &json!({}))).flatten()));
    Through::default().play(&drops(1), keys, Arc::<Door>::clone(&door));
    door.lines()
}

#[test]
fn a_file_that_says_nothing_leaves_everything_as_it_is() {
    let lines = lines("");
    assert_eq!(lines[0], "POST /orders");
    assert!(lines[1].starts_with("GET /orders/r-") && lines[2].ends_with("/drop"), "{lines:?}");
}

#[test]
fn a_call_is_replaced_and_the_others_stay() {
    let lines = lines("calls: { drop_order: { put: \"/v2/{{ order.id }}\" } }\n");
    assert_eq!(lines[0], "POST /orders");
    assert!(lines[1].starts_with("GET /orders/r-") && lines[2].starts_with("PUT /v2/r-"), "{lines:?}");
}

#[test]
fn the_provision_is_replaced_as_a_whole() {
    let provision = "provision: { post: /v2/orders, capture: { order.id: \"'o-1'\" } }\n";
    assert_eq!(lines(provision)[..2], ["POST /v2/orders", "GET /orders/o-1"]);
}

#[test]
fn a_caller_and_a_header_are_replaced_by_name() {
    let door = Arc::new(Door::new(|_| None));
    let keys = "headers: { accept: text/x-json, X-More: more }\ncallers: { keeper: { bearer: \"${ACME:-acme}\" } }\n";
    Through::default().play(&drops(1), keys, Arc::<Door>::clone(&door));
    let first = &door.seen()[0];
    assert_eq!((first.header("accept"), first.header("x-more")), (Some("text/x-json"), Some("more")));
    assert_eq!(first.header("authorization"), Some("Bearer acme"));
}

#[test]
fn a_view_is_replaced_by_name_and_the_first_stays_the_first() {
    let view = |name: &str| {
        format!(
            "views:
  {name}:
    reads: {{ as: keeper, get: \"/orders/{{{{ order.id }}}}?view={name}\", capture: {{ o: body }} }}
    order: {{ open: o.open }}
    box: {{ each: o.boxes, id: it.id, same: it.tag, fields: {{ void: it.void, size: it.size }} }}
    line: {{ each: parent.lines, id: it.id, same: it.sku, fields: {{ units: it.units, sku: it.sku }} }}
"
        )
    };
    assert!(lines(&view("single"))[1].ends_with("?view=single"));
    assert!(!lines(&view("list")).iter().any(|line| line.ends_with("?view=list")), "only a claim asks for it");
    assert!(!lines(&view("more")).iter().any(|line| line.ends_with("?view=more")), "only a claim asks for it");
}

#[test]
fn the_rules_of_the_outcome_are_replaced_one_by_one() {
    let refused = "format: 1
spec: boxes
title: A drop that is not one
order: { boxes: { crate: { lines: { mug: { units: 2 } } } } }
steps:
  - call: drop_order
    expect: { drop.again: { answer: refused } }
";
    let door = || {
        Arc::new(Door::new(
            |seen| if seen.line.ends_with("/drop") { reply(200, &json!({ "error": "no" })) } else { None },
        ))
    };
    let rule =
        "outcome: { accepted: status < 300 and body.error is undefined, refused: status < 500 and status != 429 }\n";
    Through::default().play(&cases(&[refused]), rule, door()).all_passed();
    assert_eq!(Through::default().play(&cases(&[refused]), "", door()).verdicts(), [Verdict::Failed]);
}

#[test]
fn a_lack_takes_the_specs_call_away_and_a_binding_takes_its_lack_away() {
    let weigh = "format: 1
spec: boxes
title: A box is weighed
order: { boxes: { crate: { lines: { mug: { units: 2 } } } } }
steps:
  - { call: weigh_box, on: crate, expect: { weigh.total: { answer: accepted } } }
";
    let suite = cases(&[DROP, weigh]);
    let play = |keys: &str| {
        let door =
            Arc::new(Door::new(|seen| if seen.line.ends_with("/weigh") { reply(200, &json!({})) } else { None }));
        (Through::default().play(&suite, keys, Arc::<Door>::clone(&door)).verdicts(), door.count("POST ", "/drop"))
    };
    use Verdict::{NotCovered, Passed};
    assert_eq!(play(""), (vec![Passed, NotCovered], 1));
    assert_eq!(play("lacks: { drop_order: none }\n"), (vec![NotCovered, NotCovered], 0));
    let bound = "calls: { weigh_box: { get: \"/orders/{{ order.id }}/boxes/{{ target.id }}/weigh\" } }\n";
    assert_eq!(play(bound), (vec![Passed, Passed], 1));
}

#[test]
fn limits_are_replaced_one_by_one() {
    let suite = suite(&[]);
    let rate = |keys: &str| {
        let file = parse(&suite, keys).expect("a target file");
        super::through::by_file(&suite, file, None, |_| None).expect("a target").rate()
    };
    assert_eq!((rate(""), rate("limits: { timeout: 5 }\n"), rate("limits: { rate: 0.5 }\n")), (None, None, Some(0.5)));
}
