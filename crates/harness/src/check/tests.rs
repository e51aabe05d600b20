//! The checker over states that are made up: what no toy does, and what a toy does too seldom. A state is written as the toy
//! contract's answer shows it.

mod odd;

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::*;
use crate::scenario::{OrderRef, RoleSetUp};
use crate::spec::binding::Answer;
use crate::suite::{SuiteFile, Turns, load_suite};
use crate::template::{Scope, from_json, parse_json};

const TOY: &str = include_str!("../../tests/neutral/toy/spec.yaml");

/// One step of a case as it was seen.
struct Seen {
    case: Case,
    outcomes: Vec<Outcome>,
    before: Value,
    after: Value,
    /// What the call was made on.
    on: Option<&'static str>,
    reads: u64,
    /// What the list shows.
    others: Option<StateView>,
}

impl Seen {
    /// An accepted removal from `crate`, which holds 3 mugs beside a `bag` of 4 tees; it changed nothing yet.
    fn new(expect: &str) -> Self {
        Self::of("{ call: remove_units, on: crate, expect: ", expect)
    }

    fn of(step: &str, expect: &str) -> Self {
        Self::under(TOY, step, expect)
    }

    /// The same under another contract.
    fn under(spec: &str, step: &str, expect: &str) -> Self {
        let text = format!(
            "format: 1\nspec: boxes\ntitle: t\norder: {{ boxes: {{ crate: {{ lines: {{ mug: {{ units: 3 }} }} }}, bag: {{ lines: {{ tee: {{ units: 4 }} }} }} }} }}\n\
             steps:\n  - {step}{expect} }}\n"
        );
        let file = |path: &str, name: &str, text: &str| SuiteFile {
            path: path.to_owned(),
            name: name.to_owned(),
            content: text.as_bytes().to_vec().into(),
        };
        let spec = file("boxes/spec.yaml", "spec", spec);
        let suite = load_suite(&[spec], vec![file("s.yaml", "s", &text)]).expect("a suite");
        let case = Turns::default().of(&suite.cases[0]).read().expect("a case");
        let order = json!({ "open": true, "removed": 0, "note": "n", "lid": "open", "boxes": [
            parcel("b-1", "crate", false, &[("P-1", 3)]),
            parcel("b-2", "bag", false, &[("P-2", 4)]),
        ] });
        let calls = case.steps[0].calls().count();
        let outcomes = vec![Outcome::Accepted; calls];
        Self { case, outcomes, before: order.clone(), after: order, on: Some("b-1"), reads: 1, others: None }
    }

    /// The same with other boxes after the step.
    fn left(mut self, boxes: &[Value]) -> Self {
        self.after["boxes"] = json!(boxes);
        self
    }

    fn answered(mut self, outcomes: &[Outcome]) -> Self {
        self.outcomes = outcomes.to_vec();
        self
    }

    fn state(&self, order: &Value) -> StateView {
        let spec = &self.case.spec;
        let view = &spec.binding.as_ref().expect("the toy is bound").views[0];
        let answer = parse_json(order.to_string().as_bytes()).expect("JSON");
        read_view(spec, view, &Scope::default().with("o", answer), false).expect("a state")
    }

    /// Shows the step as it was seen in so many orders alike, of which the call was made in the first.
    fn shown<T>(&self, orders: usize, to: impl FnOnce(&Moment<'_>) -> T) -> T {
        let step = &self.case.steps[0];
        let (before, mut after) = (vec![self.state(&self.before); orders], vec![self.state(&self.after); orders]);
        after.iter_mut().for_each(|after| after.keep_products(&self.case.spec, &before[0]));
        let mut names = Names::default();
        for (role, ident) in [("crate", "b-1"), ("crate.mug", "b-1/P-1"), ("bag", "b-2"), ("bag.tee", "b-2/P-2")] {
            names.roles.insert(role.to_owned(), ident.to_owned());
            names.products.insert(role.to_owned(), json!(role));
        }
        names.products.extend([("mug".to_owned(), json!("P-1")), ("tee".to_owned(), json!("P-2"))]);
        let made: Vec<Made<'_>> =
            step.calls().zip(&self.outcomes).map(|(call, outcome)| self.made(call, *outcome)).collect();
        to(&Moment {
            case: &self.case,
            profile: "strict",
            step,
            number: 1,
            first: &before,
            before: &before,
            after: &after,
            names: &vec![names; orders],
            made: &made,
            others: &self.others.iter().map(|other| ("list".to_owned(), other.clone())).collect(),
            heard: &[],
            reads: self.reads,
            accepted: &[(0, Data::from("near")), (1, Data::from("far"))],
            lacks: &BTreeMap::new(),
        })
    }

    fn judgement(&self) -> Judgement {
        self.shown(1, |moment| judge(moment).expect("expressions that can be evaluated"))
    }

    fn made<'c>(&self, call: &'c CallUse, outcome: Outcome) -> Made<'c> {
        let status = if outcome == Outcome::Accepted { 200 } else { 409 };
        let body = from_json(&json!({ "error": "no" }));
        let answer = Answer { outcome, status, reason: None, headers: Data::UNDEFINED, body };
        let on = self.on.map(|ident| (0, ident.to_owned()));
        Made { call, on, with: Data::UNDEFINED, answer, is_one: true }
    }

    /// What was found, as clause and path; what only follows has a `>` before it.
    fn found(&self) -> Vec<String> {
        let tell = |found: &Found| {
            let follows = if found.rests_on.is_some() { "> " } else { "" };
            format!("{follows}{} {}", found.clause, found.deviation.path)
        };
        self.judgement().found.iter().map(tell).collect()
    }
}

/// A spot in words: `b-1.size`, `b-1`, `order`.
fn word(spot: &Spot) -> String {
    let root = spot.root.as_deref().unwrap_or("order");
    spot.field.as_ref().map_or_else(|| root.to_owned(), |field| format!("{root}.{field}"))
}

fn parcel(id: &str, tag: &str, void: bool, lines: &[(&str, u64)]) -> Value {
    let line = |(sku, units): &(&str, u64)| json!({ "id": format!("l-{sku}"), "sku": sku, "units": units });
    let lines: Vec<Value> = lines.iter().map(line).collect();
    json!({ "id": id, "tag": tag, "size": "small", "void": void, "lines": lines })
}

const VOIDED: &str = "{ remove.voids-old: { answer: accepted, boxes: { crate: { void: true } } } }";

fn voided() -> Value {
    parcel("b-1", "crate", true, &[("P-1", 3)])
}

fn bag() -> Value {
    parcel("b-2", "bag", false, &[("P-2", 4)])
}

const NONE: [&str; 0] = [];

#[test]
fn a_line_goes_with_its_own_box_and_with_no_other() {
    let own = Seen::new(VOIDED).left(&[parcel("b-1", "crate", true, &[]), bag()]);
    assert_eq!(own.found(), NONE);
    let others = Seen::new(VOIDED).left(&[voided(), parcel("b-2", "bag", false, &[])]);
    assert_eq!(others.found(), ["box.others-stay boxes.bag.total", "box.stays-listed lines.bag.tee"]);
}

#[test]
fn a_line_comes_with_a_new_box_and_in_no_old_one() {
    let come = |old: [&[(&str, u64)]; 2]| {
        let boxes = [parcel("b-1", "crate", true, old[0]), parcel("b-2", "bag", false, old[1])];
        Seen::new(VOIDED).left(&boxes).found()
    };
    assert_eq!(come([&[("P-1", 3)], &[("P-2", 4)]]), NONE);
    assert_eq!(come([&[("P-1", 3)], &[("P-2", 4), ("P-3", 0)]]), ["remove.one-successor lines.b-2/P-3"]);
    // The box that turned void may list what it likes of its own.
    assert_eq!(come([&[("P-1", 3), ("P-3", 0)], &[("P-2", 4)]]), NONE);
    let open = "{ remove.voids-old: { answer: accepted, boxes: { crate: { void: false } } } }";
    let open = Seen::new(open).left(&[parcel("b-1", "crate", false, &[("P-1", 3), ("P-3", 0)]), bag()]);
    assert_eq!(open.found(), ["remove.one-successor lines.b-1/P-3"], "that the box is named says nothing of its lines");
    let nobodys = Seen::new(VOIDED).left(&[voided(), bag(), parcel("b-3", "rest", false, &[("P-1", 1)])]);
    assert_eq!(nobodys.found()[0], "remove.one-successor boxes.b-3");
    assert!(nobodys.found().iter().all(|found| !found.contains("lines")), "its lines came with it");
}

#[test]
fn what_moves_with_another_field_does_not_move_alone() {
    let mut shut = Seen::new("{ remove.voids-old: { answer: accepted } }");
    shut.after["open"] = json!(false);
    assert_eq!(shut.found(), ["box.others-stay order.open", "order.open-iff order"]);
}

#[test]
fn a_value_of_another_type_is_no_move() {
    for (removed, told) in [(json!("0"), Some(Difference::WrongType)), (json!(1), None), (json!(null), None)] {
        let mut seen = Seen::new("{ remove.voids-old: { answer: accepted } }");
        seen.after["removed"] = removed;
        let found = seen.judgement().found;
        assert_eq!(found.iter().map(|found| found.deviation.difference).next(), told, "{found:?}");
    }
    let mut note = Seen::new("{ remove.voids-old: { answer: accepted } }");
    note.after["note"] = json!("m");
    assert_eq!(note.judgement().found[0].deviation.difference, Difference::Moved);
}

#[test]
fn a_frame_is_exercised_where_it_can_be_broken() {
    let clauses = |seen: &Seen| seen.judgement().clauses;
    let one = clauses(&Seen::new(VOIDED).left(&[voided(), bag()]));
    assert!(one.contains("box.others-stay") && one.contains("box.stays-listed") && one.contains("answer.at-once"));
    let all = "{ remove.voids-old: { answer: accepted, boxes: { crate: { void: true, lines: { mug: { units: 3 } } }, \
               bag: { void: false, lines: { tee: { units: 4 } } } } } }";
    let all = clauses(&Seen::new(all).left(&[voided(), bag()]));
    assert!(!all.contains("box.others-stay") && all.contains("box.stays-listed"), "nobody stands by");
    let refused = Seen::new("{ refusal.void-box: { answer: refused } }").answered(&[Outcome::Refused]);
    let refused = clauses(&refused);
    assert!(refused.contains("refusal.no-change") && !refused.contains("answer.at-once"), "{refused:?}");
    let mut empty = Seen::new("{ remove.voids-old: { answer: accepted } }").left(&[]);
    empty.before = empty.after.clone();
    assert!(!clauses(&empty).contains("box.stays-listed"));
}

#[test]
fn a_change_is_late_where_all_else_holds() {
    let late = |boxes: &[Value], reads| {
        let mut seen = Seen::new(VOIDED).left(boxes);
        seen.reads = reads;
        seen.judgement().late.map(|late| late.clause)
    };
    assert_eq!(late(&[voided(), bag()], 1), None);
    assert_eq!(late(&[voided(), bag()], 2).as_deref(), Some("answer.at-once"));
    assert_eq!(late(&[voided()], 2), None);
}

#[test]
fn every_claim_that_does_not_hold_counts_by_itself() {
    let expect = "{ remove.voids-old: { answer: accepted, boxes: { crate: { void: true, total: { gt: 9 } } }, \
                  order: { note: { absent: true } } } }";
    let clause = "remove.voids-old";
    let found = Seen::new(expect).found();
    assert_eq!(found, ["boxes.crate.void", "boxes.crate.total", "order.note"].map(|path| format!("{clause} {path}")));
}

#[test]
fn what_was_expected_is_told_as_a_value_where_it_is_one() {
    let expect = "{ remove.same-size: { answer: accepted, boxes: { crate: { void: true, \
                  size: { not: { same_as: bag } }, total: { same_as: bag } } } } }";
    let wanted = Seen::new(expect).judgement().found.into_iter().map(|found| found.deviation.wanted);
    assert_eq!(wanted.collect::<Vec<_>>(), [Some(json!(true)), None, Some(json!(4))]);
}

#[test]
fn nothing_to_compare_with_follows_from_what_is_said_of_that() {
    let boxes = [parcel("b-1", "crate", false, &[("P-1", 3)])];
    let alone = "{ remove.same-size: { answer: accepted, boxes: { crate: { size: { same_as: bag } } } } }";
    let found = Seen::new(alone).left(&boxes).found();
    assert_eq!(found, ["> remove.same-size boxes.crate.size", "box.stays-listed boxes.bag"]);
    let told = "{ remove.same-size: { answer: accepted, boxes: { bag: { void: false }, \
                crate: { void: true, size: { same_as: bag } } } } }";
    let found = Seen::new(told).left(&boxes).found();
    assert_eq!(
        found[..3],
        ["boxes.bag", "boxes.crate.void", "boxes.crate.size"]
            .map(|path| { format!("{}remove.same-size {path}", if path.ends_with("void") { "" } else { "> " }) })
    );
}

#[test]
fn of_claims_that_are_as_near_the_first_is_told() {
    let expect = "{ remove.voids-old: { any_of: [{ answer: accepted, boxes: { crate: { void: true } } }, \
                  { answer: accepted, boxes: { bag: { void: true } } }] } }";
    assert_eq!(Seen::new(expect).found(), ["remove.voids-old boxes.crate.void"]);
}

#[test]
fn a_wrong_answer_puts_in_doubt_what_was_called() {
    let doubted = |on: Option<&'static str>| {
        let mut seen = Seen::new("{ answer.accepted: { answer: accepted } }").answered(&[Outcome::Refused]);
        seen.on = on;
        let mut found = seen.judgement().found;
        assert_eq!(found.len(), 1, "{found:?}");
        found.remove(0).deviation.spots.iter().map(word).collect::<Vec<_>>()
    };
    assert_eq!(doubted(Some("b-1")), ["b-1", "order"]);
    assert_eq!(doubted(Some("b-1/P-1")), ["b-1", "order"], "a line goes back to its box");
    assert_eq!(doubted(None), ["b-1", "b-1", "b-2", "b-2", "order"], "a call on the order is on all of it");
}

#[test]
fn what_should_have_been_refused_puts_in_doubt_what_moved() {
    let doubted = |boxes: &[Value]| {
        let found = Seen::new("{ answer.accepted: { answer: refused } }").left(boxes).judgement().found;
        let answer = found.iter().find(|found| found.is_of_answer()).expect("it was accepted");
        answer.deviation.spots.iter().map(word).collect::<Vec<_>>()
    };
    assert_eq!(doubted(&[parcel("b-1", "crate", false, &[("P-1", 3)]), bag()]), NONE, "it had no effect");
    assert_eq!(doubted(&[voided(), bag()]), ["b-1.void"]);
}

#[test]
fn what_is_refused_moves_nothing_whatever_was_expected_of_it() {
    let refused = Seen::new(VOIDED).left(&[voided(), bag()]).answered(&[Outcome::Refused]);
    assert_eq!(refused.found(), ["remove.voids-old answer", "refusal.no-change boxes.crate.void"]);
    let in_part = refused.shown(1, |moment| {
        let mut made = refused.made(moment.made[0].call, Outcome::Refused);
        made.is_one = false;
        judge(&Moment { made: &[made], ..*moment }).expect("a judgement").found.len()
    });
    assert_eq!(in_part, 1, "what is made of several requests may be done in part");
}

#[test]
fn a_sum_is_about_the_boxes_of_its_product() {
    let expect = "{ remove.sums: { answer: accepted, products: { tee: { units: 9 } } } }";
    let mut more = Seen::new(expect).left(&[parcel("b-1", "crate", false, &[("P-1", 3)]), bag()]);
    more.before["boxes"][1]["lines"][0]["units"] = json!(3);
    let judgement = more.judgement();
    let told = judgement.found.iter().filter(|found| found.deviation.path.starts_with("products"));
    let told: Vec<_> = told.map(|found| (found.clause.as_str(), word(&found.deviation.spots[0]))).collect();
    assert_eq!(told, [("remove.sums", "b-2.units".to_owned()), ("units.kept", "b-2".to_owned())]);
}

#[test]
fn views_are_compared_in_what_both_show() {
    let expect = "{ list.agrees: { answer: accepted, agrees: list } }";
    let agrees = |shows: &dyn Fn(&mut StateView)| {
        let mut seen = Seen::new(expect);
        let mut list = seen.state(&seen.after);
        shows(&mut list);
        seen.others = Some(list);
        seen.found()
    };
    let leave_out = |list: &mut StateView, kind: &str, field: &str| {
        Arc::make_mut(&mut list.mapped).retain(|(of, name)| of != kind || !(field.is_empty() || name == field));
    };
    assert_eq!(agrees(&|_| {}), NONE);
    assert_eq!(agrees(&|list| drop(list.order.remove("note"))), ["list.agrees list.order.note"]);
    assert_eq!(agrees(&|list| list.entities.truncate(3)), ["list.agrees list.lines.bag.tee"]);
    let forget_size = |list: &mut StateView| list.entities.iter_mut().for_each(|it| drop(it.fields.remove("size")));
    assert_eq!(agrees(&forget_size), ["crate", "bag"].map(|role| format!("list.agrees list.boxes.{role}.size")));
    let less = agrees(&|list| {
        list.order.remove("note");
        leave_out(list, "", "note");
        forget_size(list);
        leave_out(list, "box", "size");
        list.entities.retain(|entity| entity.kind == "box");
        leave_out(list, "line", "");
    });
    assert_eq!(less, NONE, "what the list does not show is no difference");
}

#[test]
fn every_order_has_a_scope_of_its_own_calls() {
    let told = |call: &str, of: usize| {
        let step = format!("{{ {call}, expect: ");
        let mut seen = Seen::of(&step, "{ refusal.plain: { answer: { status: { present: true } } } }");
        let order = &mut seen.case.steps[0].call.order;
        if let OrderRef::Named(order) = order {
            *order = of;
        }
        let scopes = seen.answered(&[Outcome::Refused]).shown(2, invariants::scopes);
        ["accepted", "call", "unknown", "parallel"]
            .map(|name| scopes.iter().map(|it| json!(it.get(name))).collect::<Value>())
    };
    let accepted = json!([["near"], ["far"]]);
    for (call, name, unknown) in [
        ("call: remove_units, on: crate", "remove_units", false),
        ("call: remove_units, on: unknown", "remove_units", true),
        ("call: drop_order, in: unknown", "drop_order", true),
    ] {
        let expected = [accepted.clone(), json!([name, null]), json!([unknown, null]), json!([false, false])];
        assert_eq!(told(call, 0), expected, "{call}");
    }
    let [_, call, unknown, _] = told("call: remove_units, on: crate", 1);
    assert_eq!((call, unknown), (json!([null, "remove_units"]), json!([null, false])));
}

#[test]
fn of_calls_at_once_none_is_the_call() {
    let twice = "{ parallel: [{ call: drop_order }, { call: drop_order }], expect: ";
    let expect = "{ drop.again: { answers: [accepted, refused] } }";
    let seen = Seen::of(twice, expect).answered(&[Outcome::Accepted, Outcome::Refused]);
    let scope = seen.shown(1, invariants::scopes).remove(0);
    let told = ["call", "outcome", "parallel"].map(|name| json!(scope.get(name)));
    assert_eq!(told, [json!(null), json!("accepted"), json!(true)]);
    assert_eq!(Seen::of(twice, expect).found(), ["drop.again answer"]);
}

#[test]
fn calls_that_were_accepted_are_remembered_with_what_they_were_made_on() {
    let accepted = |outcome| {
        let seen = Seen::new(VOIDED).answered(&[outcome]);
        seen.shown(1, |moment| accepted(&moment.made[0], moment.before))
    };
    assert!(accepted(Outcome::Refused).is_none());
    let (order, call) = accepted(Outcome::Accepted).expect("it was accepted");
    let told = ["call", "product"].map(|name| call.get_attr(name).expect("a map").to_string());
    assert_eq!((order, told), (0, ["remove_units".to_owned(), "crate".to_owned()]));
    assert_eq!(call.get_attr("on").and_then(|on| on.get_attr("total")).expect("a box").to_string(), "3");
}

#[test]
fn an_entity_goes_back_to_the_first_it_came_of() {
    let pairs = |pairs: &[(&str, &str)]| {
        pairs.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect::<BTreeMap<_, _>>()
    };
    let nested = Names { parents: pairs(&[("l-3", "b-3"), ("l-1", "b-1")]), ..Names::default() };
    assert_eq!([nested.root("l-3"), nested.root("b-3")], ["b-3", "b-3"]);
    let split = Names { origins: pairs(&[("b-3", "b-2"), ("b-2", "b-1")]), ..nested.clone() };
    assert_eq!(split.root("l-3"), "b-1");
    let root = |names: &[Names], order| Spot::of_thing(order, names, "l-3").root;
    assert_eq!(root(&[nested.clone(), split.clone()], 1).as_deref(), Some("b-1"), "each order knows its own");
    assert_eq!(root(&[nested, split], 0).as_deref(), Some("b-3"));
    assert_eq!(root(&[], 2).as_deref(), Some("l-3"));
    let endless = Names { origins: pairs(&[("b-1", "b-2"), ("b-2", "b-1")]), ..Names::default() };
    assert_eq!(endless.root("b-1"), "b-1");
}

#[test]
fn two_findings_are_the_same_by_clause_and_path() {
    let wrong = |expect: &str| Seen::new(expect).judgement().found.remove(0);
    let void = wrong("{ remove.rest: { answer: accepted, boxes: { crate: { void: true } } } }");
    let again = wrong("{ remove.rest: { answer: accepted, boxes: { crate: { void: { absent: true } } } } }");
    let size = wrong("{ remove.rest: { answer: accepted, boxes: { crate: { size: large } } } }");
    let other = wrong("{ remove.same-size: { answer: accepted, boxes: { crate: { void: true } } } }");
    assert!(void.is_same(&again) && !void.is_same(&size) && !void.is_same(&other));
}

#[test]
fn a_step_that_expects_nothing_is_judged_by_the_invariants() {
    let mut seen = Seen::new(VOIDED);
    let watched = |seen: &Seen| seen.shown(1, |moment| watch(moment).expect("expressions that can be evaluated"));
    let right = watched(&seen);
    assert!(right.found.is_empty() && right.clauses.contains("units.kept"), "{:?}", right.clauses);
    seen.before["boxes"][1]["void"] = json!(true);
    let wrong = watched(&seen);
    let found: Vec<_> = wrong.found.iter().map(|found| (found.clause.as_str(), found.always)).collect();
    assert_eq!(found, [("box.stays-void", true), ("units.kept", false)], "one may come right when all has settled");
    assert_eq!(wrong.names[0].roles["crate"], "b-1", "who has a name keeps it");
}

#[test]
fn a_set_up_is_recognised_by_what_fits_best_in_each_box() {
    let role = |name: &str, units: Option<u64>| {
        let parent = name.rsplit_once('.').map(|(parent, _)| parent.to_owned());
        let kind = if parent.is_some() { "line" } else { "box" }.to_owned();
        let fields = units.map(|units| ("units".to_owned(), json!(units))).into_iter().collect();
        let role = RoleSetUp { role: name.to_owned(), kind, parent, product: name.to_owned(), fields };
        (role, from_json(&json!({ "role": name, "product": { "sku": "P-1" } })))
    };
    let (crate_, cup, mug) = (role("crate", None), role("crate.cup", Some(3)), role("crate.mug", Some(2)));
    let (pot, bag, other) = (role("crate.pot", Some(2)), role("bag", None), role("bag.mug", Some(2)));
    let roles = [crate_, cup, mug, pot, bag, other];
    let seen = Seen::new(VOIDED).left(&[
        parcel("b-2", "bag", false, &[("P-1", 2)]),
        parcel("b-1", "crate", false, &[("P-1", 2), ("P-1", 2), ("P-1", 3)]),
    ]);
    let binding = seen.case.spec.binding.as_ref().expect("the toy is bound");
    let roles: Vec<_> = roles.iter().map(|(role, data)| (role, data.clone())).collect();
    let names = bind_set_up(&roles, &seen.state(&seen.after), binding, &Data::UNDEFINED);
    let names = names.expect("expressions that can be evaluated").expect("all are there");
    let bound: Vec<(&str, &str)> = names.roles.iter().map(|(role, ident)| (&**role, &**ident)).collect();
    let of_crate = [("crate", "b-1"), ("crate.cup", "b-1/P-1#3"), ("crate.mug", "b-1/P-1"), ("crate.pot", "b-1/P-1#2")];
    assert_eq!(bound, [[("bag", "b-2"), ("bag.mug", "b-2/P-1")].as_slice(), &of_crate].concat());
}
