//! No choice is dead: each option can be set, is read by some request, and makes a difference that can be seen.

use std::collections::BTreeSet;

use countermand_model::{Reply, Settings, build, choices};

use crate::api::{Api, BUYER, SELLER, UNKNOWN};

const PARCEL: &str = r#"{"items":[{"sku":"S-V1","quantity":2}]}"#;

/// Options that show only beside another one.
const BESIDE: &[(&str, (&str, &str))] =
    &[("zero-on-part-fulfilled", ("omitted-on-part-fulfilled", "cancel-remainder"))];

/// Plays a fixed run of calls that comes by every choice, and gives the replies and what was read.
fn run(picks: &[(&str, &str)]) -> (Vec<Reply>, BTreeSet<&'static str>) {
    let mut api = Api::new(picks);
    let mut replies = cancel_one_item(&mut api);
    replies.extend(cancel_an_order(&mut api));
    replies.extend(ship_what_is_left(&mut api));
    replies.extend(read_at_once(&mut api));
    (replies, api.model.consulted().into_iter().collect())
}

fn play(api: &mut Api, calls: &[(&str, &str, &str, &str)]) -> Vec<Reply> {
    let json = |body: &str| (!body.is_empty()).then_some("application/json");
    let send = |(key, method, path, body): &(&str, &str, &str, &str)| {
        api.send(Some(key), method, path, json(body), body.as_bytes())
    };
    calls.iter().map(send).collect()
}

fn cancel_one_item(api: &mut Api) -> Vec<Reply> {
    let bodies = [
        r#"{"newQuantity":0}"#,
        r#"{"newQuantity":3.0}"#,
        r#"{"newQuantity":2.5}"#,
        r#"{"newQuantity":null,"unfulfilledOnly":true}"#,
    ];
    let mut replies = Vec::new();
    for body in bodies {
        let placed = api.place(&[("V1", 5)]);
        let item = &api.view(&placed.order).items[0].id;
        let path = format!("/orders/{}/items/{item}/cancel", placed.order);
        replies.extend(play(api, &[(SELLER, "POST", &path, body)]));
    }
    replies
}

fn cancel_an_order(api: &mut Api) -> Vec<Reply> {
    let placed = api.place(&[("V2", 4), ("V1", 5), ("V1", 2)]);
    let order = format!("/orders/{}", placed.order);
    let buyers = format!("/buyer/orders/{}", placed.buyer_order);
    let items = api.view(&placed.order).items;
    let [other, split] = [0, 1].map(|at| format!("{order}/items/{}/cancel", items[at].id));
    let nobodys = format!("{order}/items/{UNKNOWN}/cancel");
    let (cancel, fulfil) = (format!("{order}/cancel"), format!("{order}/fulfillments"));
    let rest = r#"{"unfulfilledOnly":true}"#;
    play(
        api,
        &[
            (SELLER, "GET", &order, ""),
            (SELLER, "POST", &fulfil, PARCEL),
            (SELLER, "POST", &split, r#"{"newQuantity":0}"#),
            (SELLER, "POST", &split, ""),
            (SELLER, "POST", &split, r#"{"newQuantity":3}"#),
            (SELLER, "GET", &order, ""),
            (BUYER, "GET", &buyers, ""),
            (SELLER, "POST", &other, ""),
            (SELLER, "POST", &other, ""),
            (SELLER, "POST", &other, r#"{"newQuantity":1}"#),
            (SELLER, "POST", &cancel, ""),
            (SELLER, "POST", &cancel, rest),
            (SELLER, "POST", &cancel, rest),
            (SELLER, "GET", &order, ""),
            (SELLER, "PATCH", &order, r#"{"cancelled":false}"#),
            (SELLER, "POST", &nobodys, ""),
            (SELLER, "PUT", &nobodys, ""),
            (BUYER, "POST", &nobodys, ""),
        ],
    )
}

fn ship_what_is_left(api: &mut Api) -> Vec<Reply> {
    let placed = api.place(&[("V1", 2), ("V2", 2)]);
    let order = format!("/orders/{}", placed.order);
    let last = format!("{order}/items/{}/cancel", api.view(&placed.order).items[1].id);
    let fulfil = format!("{order}/fulfillments");
    play(api, &[(SELLER, "POST", &fulfil, PARCEL), (SELLER, "POST", &last, ""), (SELLER, "GET", &order, "")])
}

/// A change, and a read before any time has passed. The body comes without a content type.
fn read_at_once(api: &mut Api) -> Vec<Reply> {
    let placed = api.place(&[("V1", 2)]);
    let order = format!("/orders/{}", placed.order);
    let change = api.send(Some(SELLER), "POST", &format!("{order}/cancel"), None, b"{}");
    api.now -= 1_000;
    vec![change, api.send(Some(SELLER), "GET", &order, None, b"")]
}

#[test]
fn every_option_can_be_set_and_makes_a_difference() {
    for info in choices("modern-dropship").unwrap() {
        let beside = BESIDE.iter().find(|(name, _)| *name == info.name).map(|(_, pick)| *pick);
        let mut seen: Vec<(&str, Vec<Reply>)> = Vec::new();
        for option in info.options {
            let picks: Vec<_> = beside.into_iter().chain([(info.name, option.name)]).collect();
            let replies = run(&picks).0;
            for (other, same) in &seen {
                assert!(replies != *same, "{} {} is as {other}", info.name, option.name);
            }
            seen.push((option.name, replies));
        }
        assert_eq!(info.default, info.options[0].name);
    }
}

#[test]
fn every_choice_is_read_by_some_request() {
    let all: BTreeSet<_> = choices("modern-dropship").unwrap().iter().map(|info| info.name).collect();
    let (_, mut consulted) = run(&[]);
    consulted.extend(run(&[("omitted-on-part-fulfilled", "cancel-remainder")]).1);
    assert_eq!(consulted, all);
}

#[test]
fn what_was_read_can_be_forgotten() {
    let mut api = Api::new(&[]);
    assert!(api.model.consulted().is_empty());
    api.call(SELLER, "GET", "/orders/x", "");
    assert_eq!(api.model.consulted(), ["unknown-id-status", "error-shape"]);
    api.model.forget_consulted();
    assert!(api.model.consulted().is_empty());
}

#[test]
fn the_guide_alone_allows_these() {
    let guide_only: Vec<_> = choices("modern-dropship")
        .unwrap()
        .iter()
        .flat_map(|info| info.options.iter().map(move |option| (info.name, option)))
        .filter(|(_, option)| option.guide_only)
        .map(|(choice, option)| (choice, option.name))
        .collect();
    assert_eq!(
        guide_only,
        [
            ("zero-new-quantity", "refuse"),
            ("zero-on-part-fulfilled", "as-omitted"),
            ("omitted-on-part-fulfilled", "cancel-remainder"),
            ("plain-cancel-of-part-fulfilled", "cancel-remainder"),
            ("part-fulfilled-form", "reduce-in-place"),
        ]
    );
}

#[test]
fn one_choice_takes_one_option() {
    let pick = |option: &str| ("visibility".to_owned(), option.to_owned());
    let build = |picks: &[_]| build("modern-dropship", picks, &[], Settings::default());
    assert!(build(&[pick("delayed"), pick("delayed")]).is_ok());
    assert!(build(&[pick("delayed"), pick("at-once")]).is_err());
}
