//! Expressions of a target file that fail on what they meet: the set-up's fault, told with their place, and never a panic.

use std::sync::Arc;

use countermand_event::{Blame, CheckState, Trouble, Verdict};
use serde_json::json;

use super::door::{Door, reply};
use super::through::{Through, drops, parse};
use crate::toy::suite;

/// The trouble of the only case, and the line of the target file it names.
fn trouble(door: Door, keys: &str) -> (Trouble, u32) {
    let (blame, trouble) = Through::default().play(&drops(1), keys, Arc::new(door)).halted();
    assert_eq!(blame, Blame::Setup, "{}", trouble.message);
    let place = trouble.place.clone().expect("a place");
    assert_eq!(place.file, "targets/toy.yaml");
    assert!(
        trouble.message.contains(&format!("targets/toy.yaml:{}:{}", place.line, place.column)),
        "{}",
        trouble.message
    );
    (trouble, place.line)
}

/// No expression can loop by itself: what is left is one without an end of its own.
#[test]
fn what_could_run_without_end_is_not_even_read() {
    let many = "1 + ".repeat(20_000) + "1";
    let loops = "{% for n in range(99999999) %}x{% endfor %}";
    let call = |json: &str| {
        format!("calls:\n  drop_order:\n    post: \"/orders/{{{{ order.id }}}}/drop\"\n    json: {json}\n")
    };
    for (json, message) in [
        (format!("{{ n: \"{{{{ {many} }}}}\" }}"), "an expression has at most 2000 bytes: this has 80001"),
        (format!("{{ n: \"{loops}\" }}"), "there are no `{% %}` and `{# #}` in a template"),
        ("{ n: \"{{ range(99999999) | list }}\" }".to_owned(), "the expression names `range`, which is not known here"),
    ] {
        let told = parse(&suite(&[]), &call(&json)).expect_err("endless");
        let [problem] = told.as_slice() else { panic!("{told:?}") };
        assert_eq!((problem.message.as_str(), problem.place.line), (message, 7));
    }
}

#[test]
fn a_text_of_any_length_is_an_error_and_no_end_of_the_program() {
    let keys = "calls:\n  drop_order:\n    post: \"/orders/{{ order.id }}/drop\"\n    json: { n: \"{{ (order.id ~ '') * 99999999999999999 }}\" }\n";
    let (told, line) = trouble(Door::new(|_| None), keys);
    assert_eq!((line, told.step), (7, 1), "{}", told.message);
}

#[test]
fn what_is_not_there_is_told_where_it_is_asked_for() {
    let keys = "calls:\n  drop_order:\n    post: \"/orders/{{ order.number }}/drop\"\n";
    let (told, line) = trouble(Door::new(|_| None), keys);
    assert_eq!((line, told.step), (6, 1));
    assert!(told.message.starts_with("`order.number`: nothing is there"), "{}", told.message);
}

#[test]
fn what_is_no_list_is_told_where_one_is_needed() {
    let keys = "calls:\n  drop_order:\n    - { each: order.id, post: \"/orders/{{ it }}/drop\" }\n";
    let (told, line) = trouble(Door::new(|_| None), keys);
    assert_eq!(line, 6);
    assert!(told.message.starts_with("`order.id`: expected a list, got string"), "{}", told.message);
}

#[test]
fn an_answer_of_another_shape_is_told_with_the_expression_it_does_not_fit() {
    let view = "
views:
  single:
    reads: { as: keeper, get: \"/orders/{{ order.id }}\", capture: { o: body } }
    order: { open: o.open }
    box: { each: o.parcels, id: it.id, same: it.tag, fields: { void: it.void } }
";
    let (told, line) = trouble(Door::new(|_| None), view);
    assert_eq!(line, 9);
    let message = "the view `single` does not fit what the target sends: `o.parcels`: expected a list, got undefined";
    assert!(told.message.starts_with(message), "{}", told.message);
    assert!(told.exchange.is_some_and(|exchange| exchange.path.starts_with("/orders/")));
}

/// What nobody has read is not missing.
#[test]
fn a_read_without_a_last_page_shows_nothing() {
    let view = "
views:
  single:
    reads:
      as: keeper
      get: \"/orders/{{ order.id }}\"
      pages: { from: 0, rows: body.boxes, last: page > 7, at_most: 2 }
      capture: { o: body }
    order: { open: o.open }
    box: { each: rows, id: it.id, same: it.tag, fields: { void: it.void } }
";
    let (blame, trouble) = Through::default().play(&drops(1), view, Arc::new(Door::new(|_| None))).halted();
    assert_eq!(blame, Blame::Transport, "{}", trouble.message);
    assert!(trouble.message.ends_with(" goes on after 2 pages, and no more are read"), "{}", trouble.message);
}

/// A rule that can't be worked out over an answer does not hold of it.
#[test]
fn an_answer_that_no_rule_can_be_worked_out_over_is_not_accepted() {
    let keys = "outcome: { accepted: body.units - 1 > 0 }\n";
    let door = |units: serde_json::Value| {
        Door::new(move |seen| {
            let is_made = seen.line == "POST /orders";
            if is_made { reply(201, &json!({ "id": "o-1", "units": units })) } else { None }
        })
    };
    for odd in [json!("two"), json!(null), json!([2])] {
        let told = Through::default().play(&drops(1), keys, Arc::new(door(odd)));
        let (blame, trouble) = told.halted();
        assert_eq!((blame, trouble.message.as_str()), (Blame::Setup, "POST /orders answered 201"));
    }
}

#[test]
fn with_a_proof_it_is_told_once() {
    let keys = "calls:\n  drop_order:\n    post: \"/orders/{{ order.number }}/drop\"\n";
    let told = Through { proof: true, ..Through::default() }.play(&drops(5), keys, Arc::new(Door::new(|_| None)));
    assert!(told.cases().is_empty());
    let failed: Vec<_> = told.checks().into_iter().filter(|check| check.state == CheckState::Failed).collect();
    assert_eq!(failed.len(), 1);
    assert_eq!(failed[0].trouble.as_ref().and_then(|trouble| trouble.place.as_ref()).map(|place| place.line), Some(6));
}

#[test]
fn a_value_in_a_path_stays_in_its_place() {
    let door = Arc::new(Door::new(|seen| if seen.line.contains("/x-") { reply(200, &json!({})) } else { None }));
    let keys = "vars: { odd: \"a/b?c=d&e #%2F..\" }\ncalls:\n  drop_order:\n    - { post: \"/x-odd/{{ vars.odd }}/end\" }\n    - { post: \"/orders/{{ order.id }}/drop\" }\n";
    let told = Through::default().play(&drops(1), keys, Arc::<Door>::clone(&door));
    assert_eq!(told.verdicts(), [Verdict::Passed]);
    assert_eq!(door.count("POST /x-odd/a%2Fb%3Fc%3Dd%26e%20%23%252F../end", ""), 1, "{:?}", door.lines());
}
