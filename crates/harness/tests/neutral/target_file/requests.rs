//! What a target file asks to be sent: once in an endpoint's life, once a run, for an order, for a call, and after a refusal.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use countermand_event::{Blame, CheckState, Verdict};
use serde_json::{Value, json};

use super::door::{Door, first, reply};
use super::through::{Through, Told, drops};

fn play(door: Door, keys: &str, count: usize, how: Through) -> (Told, Arc<Door>) {
    let door = Arc::new(door);
    let told = how.play(&drops(count), keys, Arc::<Door>::clone(&door));
    (told, door)
}

/// The drop of the only case, made of these requests.
fn call(door: Door, requests: &str) -> (Told, Arc<Door>) {
    play(door, &format!("calls:\n  drop_order:\n{requests}"), 1, Through::default())
}

const BOOTSTRAP: &str = "
bootstrap:
  probe: { get: /settings, capture: { ready: body.ready } }
  done: ready
  requests: { put: /settings, json: { currency: EUR } }
";

fn settings(ready: bool) -> Door {
    let ready = AtomicBool::new(ready);
    Door::new(move |seen| match seen.line.as_str() {
        "GET /settings" => reply(200, &json!({ "ready": ready.load(Ordering::SeqCst) })),
        "PUT /settings" => {
            ready.store(true, Ordering::SeqCst);
            reply(200, &json!({}))
        }
        _ => None,
    })
}

#[test]
fn what_an_endpoint_needs_once_is_done_once_and_only_where_it_is_missing() {
    for proof in [true, false] {
        for (ready, puts, note) in [(false, 1, "is there now"), (true, 0, "was there already")] {
            let (told, door) = play(settings(ready), BOOTSTRAP, 4, Through { jobs: 4, proof, ..Through::default() });
            told.all_passed();
            assert_eq!((door.count("GET /settings", ""), door.count("PUT /settings", "")), (1, puts));
            assert_eq!(told.checks()[0].note.as_deref(), Some(note));
            assert_eq!(door.lines()[0], "GET /settings");
        }
    }
}

#[test]
fn a_bootstrap_that_fails_is_told_once_and_nothing_is_played() {
    for method in ["GET", "PUT"] {
        let door = Door::new(move |seen| match seen.line.as_str() {
            line if line == format!("{method} /settings") => reply(403, &json!({ "error": "not yours" })),
            "GET /settings" => reply(200, &json!({ "ready": false })),
            _ => None,
        });
        let (told, door) = play(door, BOOTSTRAP, 3, Through::default());
        assert!(told.cases().is_empty());
        let checks = told.checks();
        let [check] = checks.as_slice() else { panic!("{checks:?}") };
        let trouble = check.trouble.as_ref().expect("why");
        assert_eq!((check.state, trouble.blame), (CheckState::Failed, Blame::Setup));
        assert_eq!(trouble.message, format!("{method} /settings answered 403"));
        assert_eq!(door.count("POST /orders", ""), 0);
    }
}

const CATALOGUE: &str = "
discover:
  get: \"/catalogue?page={{ page }}\"
  pages: { from: 1, rows: body.rows, last: body.last, at_most: 3 }
  capture: { skus: \"rows | map(attribute='sku') | list\" }
products: [{ sku: \"{{ discovered.skus[2] }}\", name: \"a {{ discovered.skus[0] }}\", all: \"{{ discovered.skus }}\" }]
provision:
  as: keeper
  post: /orders
  json:
    reference: \"{{ case_key }}\"
    product: \"{{ roles.line[0].product }}\"
    boxes: [{ tag: crate, size: small, lines: [{ sku: \"{{ roles.line[0].product.sku }}\", units: 2 }] }]
  capture: { order.id: body.id }
";

/// A catalogue of one product a page; `last` says on which it ends.
fn catalogue(last: u32) -> Door {
    Door::new(move |seen| {
        let page: u32 = seen.line.strip_prefix("GET /catalogue?page=")?.parse().ok()?;
        reply(200, &json!({ "rows": [{ "sku": format!("S-{page}") }], "last": page == last }))
    })
}

#[test]
fn what_is_discovered_once_is_used_in_every_order() {
    let (told, door) = play(catalogue(3), CATALOGUE, 3, Through { jobs: 3, ..Through::default() });
    told.all_passed();
    assert_eq!(door.count("GET /catalogue", ""), 3);
    let orders: Vec<Value> = door
        .seen()
        .into_iter()
        .filter(|seen| seen.line == "POST /orders")
        .map(|seen| seen.body["product"].clone())
        .collect();
    assert_eq!(orders, vec![json!({ "sku": "S-3", "name": "a S-1", "all": ["S-1", "S-2", "S-3"] }); 3]);
}

#[test]
fn no_more_pages_are_read_than_is_said() {
    let (told, door) = play(catalogue(90), CATALOGUE, 1, Through::default());
    told.all_passed();
    assert_eq!(door.count("GET /catalogue", ""), 3);
}

#[test]
fn pages_that_are_read_again_begin_with_the_first() {
    let asked = AtomicUsize::default();
    let door = Door::new(move |seen| {
        let page = seen.line.strip_prefix("GET /catalogue?page=")?.to_owned();
        let late = asked.fetch_add(1, Ordering::SeqCst) >= 2;
        let rows =
            if late { json!([{ "sku": format!("S-{page}") }, { "sku": format!("T-{page}") }]) } else { json!([]) };
        reply(200, &json!({ "rows": rows, "last": page == "2" }))
    });
    let keys = CATALOGUE.replace("  capture: { skus", "  until: (rows | length) > 0\n  capture: { skus");
    let (told, door) = play(door, &keys, 1, Through::default());
    told.all_passed();
    let pages: Vec<String> = door.lines().into_iter().filter(|line| line.contains("catalogue")).collect();
    assert_eq!(pages.join(" ").replace("GET /catalogue?page=", ""), "1 2 1 2");
    assert_eq!(door.seen()[4].body["product"]["all"], json!(["S-1", "T-1", "S-2", "T-2"]));
}

#[test]
fn values_keep_their_types() {
    let keys = "
vars: { count: 2, rate: 0.5, is_test: true, nothing: null, list: [1, two], text: \"3\", tenant: \"${TENANT:-7}\" }
provision:
  as: keeper
  post: \"/orders?n={{ vars.count }}\"
  json:
    reference: \"{{ case_key }}\"
    boxes: [{ tag: crate, size: small, lines: [{ sku: P-1, units: \"{{ vars.count }}\" }] }]
    typed: [\"{{ vars.count }}\", \"{{ vars.rate }}\", \"{{ vars.is_test }}\", \"{{ vars.nothing }}\", \"{{ vars.list }}\"]
    texts: [\"{{ vars.text }}\", \"{{ vars.tenant }}\", \"x{{ vars.count }}\"]
    gone: \"{{ vars.missing }}\"
  capture: { order.id: body.id }
";
    let (told, door) = play(Door::new(|_| None), keys, 1, Through::default());
    told.all_passed();
    let seen = &door.seen()[0];
    assert_eq!(seen.line, "POST /orders?n=2");
    assert_eq!(seen.body["typed"], json!([2, 0.5, true, null, [1, "two"]]));
    assert_eq!(seen.body["texts"], json!(["3", "7", "x2"]));
    assert_eq!(seen.body.get("gone"), None);
}

/// Answers what the toy does not know.
fn helpful() -> Door {
    Door::new(
        |seen| if seen.is("POST ", "/drop") || !seen.line.contains("/x-") { None } else { reply(200, &json!({})) },
    )
}

#[test]
fn a_request_is_sent_for_each_and_only_where_it_should_be() {
    let (told, door) = call(
        helpful(),
        "    - { each: boxes, post: \"/x-hold/{{ it.id }}\", json: { size: \"{{ it.size }}\" } }
    - { each: \"[1, 2, 3]\", when: it != 2, put: \"/x-count/{{ it }}\" }
    - { when: with.note is defined, post: /x-never }
    - { post: \"/orders/{{ order.id }}/drop\" }
",
    );
    told.all_passed();
    let lines: Vec<String> =
        door.lines().into_iter().filter(|line| line.contains("/x-") || line.ends_with("/drop")).collect();
    assert_eq!(lines[..3], ["POST /x-hold/b-1", "PUT /x-count/1", "PUT /x-count/3"]);
    assert_eq!(lines.len(), 4, "{lines:?}");
}

#[test]
fn a_call_that_sends_nothing_is_the_set_ups_fault() {
    let (told, _) = call(helpful(), "    - { when: false, post: \"/orders/{{ order.id }}/drop\" }\n");
    let (blame, trouble) = told.halted();
    assert_eq!((blame, trouble.message.as_str()), (Blame::Setup, "the binding's `drop_order` sent no request"));
}

#[test]
fn what_is_optional_may_be_refused_first_or_last() {
    let optional = "    - { optional: true, post: \"/orders/{{ order.id }}/x-refused\" }\n";
    let drop = "    - { post: \"/orders/{{ order.id }}/drop\" }\n";
    for requests in [format!("{optional}{drop}"), format!("{drop}{optional}")] {
        let (told, door) = call(Door::new(|_| None), &requests);
        told.all_passed();
        assert_eq!((door.count("POST ", "/x-refused"), door.count("POST ", "/drop")), (1, 1));
    }
}

#[test]
fn a_request_is_sent_until_its_condition_holds() {
    let asked = AtomicUsize::default();
    let door = Door::new(move |seen| {
        let ready = || asked.fetch_add(1, Ordering::SeqCst) >= 3;
        seen.line.contains("/ready").then(|| reply(200, &json!({ "ready": ready() }))).flatten()
    });
    let keys = "
provision:
  - as: keeper
    post: /orders
    json: { reference: \"{{ case_key }}\", boxes: [{ tag: crate, size: small, lines: [{ sku: P-1, units: 2 }] }] }
    capture: { order.id: body.id }
  - { as: keeper, get: \"/orders/{{ order.id }}/ready\", until: body.ready }
";
    let (told, door) = play(door, keys, 1, Through::default());
    told.all_passed();
    assert_eq!(door.count("GET ", "/ready"), 4);
    let never =
        Door::new(|seen| seen.line.contains("/ready").then(|| reply(200, &json!({ "ready": false }))).flatten());
    let (told, door) = play(never, keys, 1, Through::default());
    let (blame, trouble) = told.halted();
    assert_eq!(blame, Blame::Setup);
    assert!(trouble.message.ends_with("/ready `body.ready` did not come true within 10000 ms"), "{}", trouble.message);
    assert!((10..100).contains(&door.count("GET ", "/ready")));
}

const HELD: &str = "    requests:
      - { post: \"/orders/{{ order.id }}/x-hold\", capture: { hold: body.hold } }
      - { post: \"/orders/{{ order.id }}/drop\" }
      - { post: \"/orders/{{ order.id }}/x-confirm\" }
    on_refusal: { delete: \"/orders/{{ order.id }}/x-hold\", json: { hold: \"{{ hold }}\" } }
";

/// Answers the request that ends like this with a status, and the other two and the clean-up with success.
fn held(ending: &'static str, status: u16) -> Door {
    Door::new(move |seen| match &seen.line {
        line if line.starts_with("POST") && line.ends_with(ending) => reply(status, &json!({ "error": "no" })),
        line if line.contains("/x-") => reply(200, &json!({ "hold": 17 })),
        _ => None,
    })
}

/// The requests of the call, by their last word.
fn words(door: &Door) -> Vec<String> {
    let of_call = door.lines().into_iter().filter(|line| line.ends_with("/drop") || line.contains("/x-"));
    of_call
        .map(|line| {
            format!("{} {}", line.split(' ').next().unwrap_or_default(), line.rsplit('/').next().unwrap_or_default())
        })
        .collect()
}

#[test]
fn a_call_of_several_requests_ends_with_the_first_that_is_refused() {
    let all = ["POST x-hold", "POST drop", "POST x-confirm"];
    let (told, door) = call(held("/none", 200), HELD);
    told.all_passed();
    assert_eq!(words(&door), all);
    for (number, ending) in ["/x-hold", "/drop", "/x-confirm"].into_iter().enumerate() {
        for status in [409, 500] {
            let (told, door) = call(held(ending, status), HELD);
            assert_eq!(told.verdicts(), [Verdict::Failed], "{ending} was not accepted");
            let mut expected: Vec<&str> = all[..=number].to_vec();
            expected.push("DELETE x-hold");
            assert_eq!(words(&door), expected);
            let tidied = door.seen().into_iter().find(|seen| seen.line.starts_with("DELETE")).expect("a clean-up");
            assert_eq!(tidied.body, if number == 0 { json!({}) } else { json!({ "hold": 17 }) });
        }
    }
}

#[test]
fn a_call_that_broke_off_is_not_tidied_up_and_accuses_nobody() {
    let (told, door) = call(held("/drop", 429), HELD);
    assert_eq!(told.halted().0, Blame::Transport);
    assert_eq!(words(&door), ["POST x-hold", "POST drop"]);
}

#[test]
fn a_clean_up_that_fails_is_the_set_ups_fault() {
    let door = Door::new(|seen| match &seen.line {
        line if line.starts_with("DELETE") => reply(404, &json!({ "error": "no hold" })),
        line if line.ends_with("/x-confirm") => reply(409, &json!({ "error": "no" })),
        line if line.contains("/x-") => reply(200, &json!({ "hold": 17 })),
        _ => None,
    });
    let (blame, trouble) = call(door, HELD).0.halted();
    assert_eq!(blame, Blame::Setup);
    assert!(trouble.message.ends_with("/x-hold answered 404"), "{}", trouble.message);
}

#[test]
fn a_set_up_that_is_refused_is_told_with_its_place_and_a_second_case_is_played() {
    let refuses = first(1);
    let door = Door::new(move |seen| {
        if seen.line == "POST /orders" && refuses() { reply(422, &json!({ "error": "no stock" })) } else { None }
    });
    let (told, _) = play(door, "", 2, Through::default());
    assert_eq!(told.verdicts(), [Verdict::CouldNotRun, Verdict::Passed]);
    let trouble = told.cases()[0].trouble.clone().expect("why");
    assert_eq!((trouble.blame, trouble.message.as_str()), (Blame::Setup, "POST /orders answered 422"));
    assert_eq!(trouble.place.map(|place| place.file), Some("boxes/spec.yaml".to_owned()));
}
