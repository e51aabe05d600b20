//! What a target may say in the place of what is expected there: all of it is data, and nothing of it the fault of a file.

use bytes::Bytes;
use http::HeaderMap;

use super::*;
use crate::check::{Heard, read_heard};

const ACCEPTED: &str = "{ remove.voids-old: { answer: accepted } }";
/// The toy's rule about units, as a rule that has to work something out.
const DIFFERENCE: (&str, &str) = ("holds: now.units <= was.units", "holds: was.units - now.units >= 0");

/// An accepted call after which the bag holds its tees in this form.
fn tees(spec: &str, expect: &str, units: &Value) -> Seen {
    let mut seen = Seen::under(spec, "{ call: remove_units, on: crate, expect: ", expect);
    seen.after["boxes"][1]["lines"][0]["units"] = units.clone();
    seen
}

fn differences(seen: &Seen) -> Vec<(String, String, Option<Value>)> {
    let told = |found: Found| (found.clause, found.deviation.path, found.deviation.actual);
    seen.judgement().found.into_iter().map(told).collect()
}

#[test]
fn a_whole_number_may_be_written_with_a_point() {
    let claims = "{ remove.voids-old: { answer: accepted }, remove.sums: { products: { tee: { units: 4 } }, \
                  boxes: { bag: { total: 4, lines: { tee: { units: { type: integer } } } } } } }";
    assert_eq!(tees(TOY, claims, &json!(4.0)).found(), NONE);
}

#[test]
fn a_number_that_is_none_is_what_differs_and_what_is_told() {
    let claims = "{ remove.sums: { answer: accepted, products: { tee: { units: 4 } } } }";
    for odd in [json!("4"), json!(1.8e19), json!(4.5), json!(u64::MAX), json!(null), json!({ "amount": 4 }), json!([4])]
    {
        let told = differences(&tees(TOY, claims, &odd));
        let of = |clause: &str, path: &str| {
            told.iter().find(|(own, at, _)| own == clause && at == path).map(|(.., actual)| actual.clone())
        };
        assert_eq!(of("remove.sums", "products.tee.units"), Some(Some(odd.clone())), "{told:?}");
        assert_eq!(of("box.others-stay", "boxes.bag.total"), Some(Some(odd.clone())), "{told:?}");
        assert_eq!(of("box.others-stay", "lines.bag.tee.units"), Some(Some(odd)), "{told:?}");
    }
    let mut missing = tees(TOY, claims, &json!(4));
    missing.after["boxes"][1]["lines"][0] = json!({ "id": "l-P-2", "sku": "P-2" });
    let told = differences(&missing);
    assert!(told.contains(&("remove.sums".to_owned(), "products.tee.units".to_owned(), None)), "{told:?}");
}

#[test]
fn a_rule_that_can_not_be_worked_out_over_what_a_target_says_does_not_hold() {
    let spec = TOY.replace(DIFFERENCE.0, DIFFERENCE.1);
    for odd in [json!("4"), json!(null), json!([]), json!({ "amount": 4 })] {
        let told = differences(&tees(&spec, ACCEPTED, &odd));
        let rule = told.iter().find(|(clause, path, _)| clause == "units.kept" && path == "products.tee");
        let (.., actual) = rule.unwrap_or_else(|| panic!("{odd}: {told:?}"));
        assert_eq!(actual.as_ref().map(|row| &row["units"]), Some(&odd));
    }
    assert_eq!(tees(&spec, ACCEPTED, &json!(4)).found(), NONE);
}

/// A condition that can't be worked out leaves it open whether the rule is asked: what holds is no matter then.
#[test]
fn where_a_condition_can_not_be_worked_out_the_rule_itself_decides() {
    let rule = |holds: &str| {
        let rule = format!("when: was.units - now.units >= 0, holds: {holds}");
        let spec = TOY.replace("when: was is defined and now is defined, holds: now.units <= was.units", &rule);
        assert_ne!(spec, TOY);
        tees(&spec, ACCEPTED, &json!("4")).found().iter().any(|found| found.starts_with("units.kept"))
    };
    assert!(rule("now.units == was.units") && !rule("now.lines == 1"));
}

/// Nobody is accused of a rule that works with arguments and does not ask what they are.
#[test]
fn a_rule_that_fails_on_arguments_is_the_fault_of_its_file() {
    let of_tees = "when: now.product == 'P-2', holds: was.units - now.units >= 0 * with.units";
    let spec = TOY.replace("when: was is defined and now is defined, holds: now.units <= was.units", of_tees);
    let judged = |units: &Value| {
        let seen = tees(&spec, ACCEPTED, units);
        seen.shown(1, |moment| judge(moment).map(|judgement| judgement.found.len()).map_err(|error| error.message))
    };
    assert!(judged(&json!(4)).is_err_and(|why| why.starts_with("`was.units - now.units >= 0 * with.units`: ")));
    assert!(judged(&json!("4")).is_ok(), "whatever the arguments are, nothing is taken from a text");
    let unshown = TOY.replace(DIFFERENCE.0, "holds: was.units - now.units + (boxes | first).seal - 0 >= 0");
    let seen = tees(&unshown, ACCEPTED, &json!(4));
    assert!(seen.shown(1, |moment| judge(moment).is_err()), "the view shows no seal");
}

#[test]
fn what_is_no_list_lists_nothing() {
    let claims =
        "{ remove.sums: { answer: accepted, products: { tee: { units: 0 } }, boxes: { bag: { void: false } } } }";
    for odd in [json!("none"), json!(7), json!({ "b-1": {} }), json!(null)] {
        let mut seen = Seen::new(claims);
        seen.after["boxes"] = odd.clone();
        let told = differences(&seen);
        let gone = |at: &str| told.iter().any(|(_, path, _)| path == at);
        assert!(gone("boxes.crate") && gone("boxes.bag") && gone("order"), "{told:?}");
        let actual = Some(odd.clone()).filter(|odd| !odd.is_null());
        let missing = ("remove.sums".to_owned(), "boxes.bag".to_owned(), actual);
        assert_eq!(told.iter().find(|(clause, ..)| clause == "remove.sums"), Some(&missing));
        let mut seen = Seen::new(claims);
        seen.after["boxes"][1]["lines"] = odd.clone();
        let told = differences(&seen);
        let sums = told.iter().find(|(_, path, _)| path == "products.tee.units").map(|(.., actual)| actual.clone());
        assert_eq!(sums, if odd.is_null() { None } else { Some(Some(odd)) }, "that there are no units nobody has said");
    }
}

fn heard(spec: &str, body: &str) -> Vec<Heard> {
    let seen = Seen::under(spec, "{ call: drop_order, expect: ", "{ answer.accepted: { answer: accepted } }");
    let binding = seen.case.spec.binding.clone().expect("the toy is bound");
    let order = |id: &str| Scope::default().with("order", from_json(&json!({ "id": id })));
    let vars = from_json(&json!({ "password": "open sesame" }));
    let orders: Vec<Scope> = ["o-1", "o-2"].map(|id| order(id).with("vars", vars.clone())).into();
    let body = Bytes::copy_from_slice(body.as_bytes());
    read_heard(binding.webhooks.as_ref().expect("it tells"), (&HeaderMap::new(), &body), &orders, 1)
}

#[test]
fn what_comes_as_a_webhook_and_can_not_be_read_has_come_all_the_same() {
    let told = |body: &str| {
        let heard = heard(TOY, body);
        heard.into_iter().map(|heard| (heard.order, heard.unreadable.unwrap_or_default())).collect::<Vec<_>>()
    };
    assert_eq!(told("<p>\u{1b}[2J</p>"), [(1, "came, and is no JSON: <p>\\u{1b}[2J</p>".to_owned())]);
    let long = told(&"x".repeat(1_000));
    assert!(long[0].1.ends_with("xx…") && long[0].1.chars().count() < 160, "{long:?}");
    for nothing in ["", " \n", "{}", "7", "null", "[]", r#"{ "order": "o-3", "changes": [{}] }"#] {
        assert_eq!(told(nothing), [], "{nothing}");
    }
    assert_eq!(
        told(r#"{ "order": "o-1", "changes": [{ "id": 7 }, { "id": null }] }"#),
        [(0, String::new()), (0, String::new())]
    );
    assert_eq!(
        told(r#"{ "order": "o-1", "changes": { "id": 7 } }"#),
        [(0, String::new())],
        "one is as good as a list of one"
    );
}

#[test]
fn a_list_of_events_is_read_event_by_event() {
    let spec = TOY.replace("each: body.changes", "each: body").replace("order: body.order", "order: it.order");
    let told = heard(&spec, r#"[{ "order": "o-2", "id": 1, "void": true }, "odd", { "order": "o-1", "id": "2" }]"#);
    let told: Vec<_> =
        told.into_iter().map(|heard| (heard.order, heard.id, heard.fields.get("void").cloned())).collect();
    assert_eq!(told, [(0, Some(json!("2")), None), (1, Some(json!(1)), Some(json!(true)))]);
    let told = heard(
        TOY,
        r#"[{ "order": "o-2", "changes": [{ "id": 1 }] }, [], { "order": "o-1", "changes": [{ "id": 2 }] }]"#,
    );
    let told: Vec<_> = told.into_iter().map(|heard| (heard.order, heard.id)).collect();
    assert_eq!(told, [(1, Some(json!(1))), (0, Some(json!(2)))], "each is what would come alone");
}
