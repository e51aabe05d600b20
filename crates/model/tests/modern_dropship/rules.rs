//! The rules one by one: what each call does to an order in each state.

use crate::api::{Api, BUYER, Placed, SELLER, UNKNOWN, View, view_of};

/// An order of one line, with some of it fulfilled.
fn one_line(api: &mut Api, quantity: u64, fulfilled: u64) -> (Placed, String) {
    let placed = api.place(&[("V1", quantity)]);
    if fulfilled > 0 {
        assert_eq!(api.fulfil(&placed.order, "S-V1", fulfilled), 200);
    }
    let item = api.view(&placed.order).items[0].id.clone();
    (placed, item)
}

/// Plays one item call on a fresh line, and gives its status and the items after it.
fn item_call(picks: &[(&str, &str)], quantity: u64, fulfilled: u64, body: &str) -> (u16, Vec<i64>, View) {
    let mut api = Api::new(picks);
    let (placed, item) = one_line(&mut api, quantity, fulfilled);
    let before = api.view(&placed.order);
    let status = api.cancel_item(&placed.order, &item, body);
    let after = api.view(&placed.order);
    if status >= 400 {
        assert_eq!(before, after, "refused, yet changed");
    }
    (status, after.signed(), after)
}

#[test]
fn item_calls_on_a_live_item() {
    for (quantity, fulfilled, body, status, after) in [
        (5, 0, "", 200, vec![-5]),
        (5, 0, "{}", 200, vec![-5]),
        (5, 0, r#"{"newQuantity":0}"#, 200, vec![-5]),
        (5, 0, r#"{"newQuantity":1}"#, 200, vec![-5, 1]),
        (5, 0, r#"{"newQuantity":4}"#, 200, vec![-5, 4]),
        (5, 0, r#"{"newQuantity":5}"#, 422, vec![5]),
        (5, 0, r#"{"newQuantity":6}"#, 422, vec![5]),
        (5, 2, "", 422, vec![5]),
        (5, 2, r#"{"newQuantity":0}"#, 422, vec![5]),
        (5, 2, r#"{"newQuantity":1}"#, 422, vec![5]),
        (5, 2, r#"{"newQuantity":2}"#, 200, vec![-5, 2]),
        (5, 2, r#"{"newQuantity":3}"#, 200, vec![-5, 3]),
        (5, 2, r#"{"newQuantity":5}"#, 422, vec![5]),
        (5, 5, "", 422, vec![5]),
        (5, 5, r#"{"newQuantity":0}"#, 422, vec![5]),
        (5, 5, r#"{"newQuantity":3}"#, 422, vec![5]),
        (5, 5, r#"{"newQuantity":5}"#, 422, vec![5]),
        (1, 0, r#"{"newQuantity":1}"#, 422, vec![1]),
    ] {
        let (seen, items, view) = item_call(&[], quantity, fulfilled, body);
        assert_eq!((seen, &items), (status, &after), "{quantity} with {fulfilled} fulfilled, {body:?}");
        assert_eq!(view.has_cancellations, items[0] < 0);
        assert!(!view.shipped || fulfilled == quantity);
        assert_eq!(view.fulfilled_total(), fulfilled);
    }
}

#[test]
fn item_calls_under_the_options_of_the_guide() {
    let zero = r#"{"newQuantity":0}"#;
    let remainder = ("omitted-on-part-fulfilled", "cancel-remainder");
    let in_place = ("part-fulfilled-form", "reduce-in-place");
    let as_omitted = ("zero-on-part-fulfilled", "as-omitted");
    for (picks, fulfilled, body, status, after) in [
        (vec![("zero-new-quantity", "refuse")], 0, zero, 422, vec![5]),
        (vec![remainder], 2, "", 200, vec![-5, 2]),
        (vec![remainder, in_place], 2, "", 200, vec![2]),
        (vec![remainder], 2, zero, 422, vec![5]),
        (vec![as_omitted], 2, zero, 422, vec![5]),
        (vec![as_omitted, remainder], 2, zero, 200, vec![-5, 2]),
        (vec![remainder, ("original-quantity", "reduce")], 2, "", 200, vec![-3, 2]),
    ] {
        let (seen, items, view) = item_call(&picks, 5, fulfilled, body);
        assert_eq!((seen, &items), (status, &after), "{picks:?} {body:?}");
        assert_eq!(view.has_cancellations, seen == 200);
        assert_eq!(view.fulfilled_total(), fulfilled);
    }
}

#[test]
fn a_split_goes_on() {
    let mut api = Api::new(&[]);
    let (placed, item) = one_line(&mut api, 9, 2);
    assert_eq!(api.cancel_item(&placed.order, &item, r#"{"newQuantity":7}"#), 200);
    let rest = api.view(&placed.order).items[1].id.clone();
    assert_eq!(api.fulfil(&placed.order, "S-V1", 1), 200);
    assert_eq!(api.cancel_item(&placed.order, &rest, r#"{"newQuantity":2}"#), 422, "3 are fulfilled");
    assert_eq!(api.cancel_item(&placed.order, &rest, r#"{"newQuantity":3}"#), 200);
    let view = api.view(&placed.order);
    assert_eq!(view.signed(), [-9, -7, 3]);
    assert_eq!(view.items[2].product, "S-V1");
    assert_eq!(view.fulfilled_total(), 3);
    assert_eq!(api.fulfil(&placed.order, "S-V1", 1), 422, "nothing is left");
}

#[test]
fn what_is_cancelled_stays_so() {
    for (full, partial, status) in [("refuse", "refuse", 422), ("accept", "accept-no-op", 200)] {
        let mut api = Api::new(&[("repeat-full-cancel", full), ("repeat-partial-cancel", partial)]);
        let (placed, item) = one_line(&mut api, 5, 0);
        assert_eq!(api.cancel_item(&placed.order, &item, r#"{"reason":"none in stock"}"#), 200);
        let before = api.view(&placed.order);
        assert_eq!(before.items[0].reason, "none in stock");
        assert_eq!(before.items[0].by, "seller");
        assert!(before.items[0].date.ends_with('Z'));
        for body in ["", r#"{"newQuantity":0,"reason":"x"}"#, r#"{"newQuantity":3}"#, r#"{"newQuantity":9}"#] {
            assert_eq!(api.cancel_item(&placed.order, &item, body), status, "{body}");
        }
        assert_eq!(api.post(&placed.order, "cancel", "").0, status);
        assert_eq!(api.post(&placed.order, "cancel", r#"{"unfulfilledOnly":true}"#).0, status);
        let patch = r#"{"cancelled":false,"hasCancellations":false,"items":[{"cancelled":false}]}"#;
        assert_eq!(api.call(SELLER, "PATCH", &format!("/orders/{}", placed.order), patch).0, 200);
        assert_eq!(api.view(&placed.order), before);
    }
}

/// Two lines, 5 of V1 and 2 of V2; plays an order call after these fulfilments.
fn order_call(picks: &[(&str, &str)], fulfilled: [u64; 2], body: &str) -> (u16, Vec<i64>, bool) {
    let mut api = Api::new(picks);
    let placed = api.place(&[("V1", 5), ("V2", 2)]);
    for (product, units) in ["S-V1", "S-V2"].iter().zip(fulfilled) {
        if units > 0 {
            assert_eq!(api.fulfil(&placed.order, product, units), 200);
        }
    }
    let before = api.view(&placed.order);
    let (status, _) = api.post(&placed.order, "cancel", body);
    let after = api.view(&placed.order);
    if status >= 400 {
        assert_eq!(before, after, "refused, yet changed");
    }
    assert_eq!(after.fulfilled, before.fulfilled);
    (status, after.signed(), after.shipped)
}

#[test]
fn order_calls() {
    let only = r#"{"unfulfilledOnly":true}"#;
    let not_only = r#"{"unfulfilledOnly":false}"#;
    let in_place = vec![("part-fulfilled-form", "reduce-in-place")];
    let plain = vec![("plain-cancel-of-part-fulfilled", "cancel-remainder")];
    let no_op = vec![("nothing-left", "accept-no-op")];
    for (picks, fulfilled, body, after) in [
        (vec![], [0, 0], "", (200, vec![-5, -2], false)),
        (vec![], [0, 0], "{}", (200, vec![-5, -2], false)),
        (vec![], [0, 0], not_only, (200, vec![-5, -2], false)),
        (vec![], [0, 0], only, (200, vec![-5, -2], false)),
        (vec![], [2, 0], "", (422, vec![5, 2], false)),
        (vec![], [2, 0], not_only, (422, vec![5, 2], false)),
        (vec![], [2, 0], only, (200, vec![-5, -2, 2], true)),
        (vec![], [2, 2], only, (200, vec![-5, 2, 2], true)),
        (vec![], [0, 2], only, (200, vec![-5, 2], true)),
        (vec![], [5, 2], "", (422, vec![5, 2], true)),
        (vec![], [5, 2], only, (422, vec![5, 2], true)),
        (no_op, [5, 2], only, (200, vec![5, 2], true)),
        (in_place, [2, 0], only, (200, vec![2, -2], true)),
        (plain.clone(), [2, 0], "", (200, vec![-5, -2, 2], false)),
        (plain, [5, 2], "", (422, vec![5, 2], true)),
    ] {
        assert_eq!(order_call(&picks, fulfilled, body), after, "{picks:?} {fulfilled:?} {body:?}");
    }
}

#[test]
fn an_order_call_leaves_earlier_cancellations_as_they_were() {
    let mut api = Api::new(&[]);
    let placed = api.place(&[("V1", 5), ("V2", 2)]);
    let first = api.view(&placed.order).items[0].id.clone();
    assert_eq!(api.cancel_item(&placed.order, &first, r#"{"reason":"early"}"#), 200);
    let early = api.view(&placed.order).items[0].clone();
    assert_eq!(api.post(&placed.order, "cancel", r#"{"reason":"late"}"#).0, 200);
    let view = api.view(&placed.order);
    assert_eq!(view.items[0], early);
    assert_eq!(view.items[1].reason, "late");
}

#[test]
fn when_an_order_is_shipped() {
    for (option, ships) in [("stays-false", false), ("turns-true", true)] {
        for body in ["", r#"{"newQuantity":1}"#] {
            let mut api = Api::new(&[("shipped-when-only-fulfilled-remains", option)]);
            let placed = api.place(&[("V1", 5), ("V2", 2)]);
            let view = api.view(&placed.order);
            assert_eq!(api.fulfil(&placed.order, "S-V1", 5), 200);
            assert!(!api.view(&placed.order).shipped);
            assert_eq!(api.cancel_item(&placed.order, &view.items[1].id, body), 200);
            assert_eq!(api.view(&placed.order).shipped, ships && body.is_empty(), "{option} {body}");
        }
    }
    let mut api = Api::new(&[("shipped-when-only-fulfilled-remains", "turns-true")]);
    let placed = api.place(&[("V1", 5)]);
    let item = api.view(&placed.order).items[0].id.clone();
    assert_eq!(api.cancel_item(&placed.order, &item, ""), 200);
    assert!(!api.view(&placed.order).shipped, "nothing was fulfilled");
}

#[test]
fn keeping_just_what_is_fulfilled_may_ship() {
    for (option, keep, ships) in [("stays-false", 2, false), ("turns-true", 2, true), ("turns-true", 3, false)] {
        let picks = [("shipped-when-only-fulfilled-remains", option)];
        let body = format!(r#"{{"newQuantity":{keep}}}"#);
        let (status, _, view) = item_call(&picks, 5, 2, &body);
        assert_eq!((status, view.shipped), (200, ships), "{option} {keep}");
    }
}

#[test]
fn fulfilling_stops_at_what_is_live() {
    let mut api = Api::new(&[]);
    let placed = api.place(&[("V1", 5), ("V2", 2)]);
    let view = api.view(&placed.order);
    let order = placed.order.as_str();
    assert_eq!(api.cancel_item(order, &view.items[1].id, ""), 200);
    for (product, units, status) in
        [("S-V2", 1, 422), ("S-V3", 1, 422), ("S-V1", 0, 400), ("S-V1", 6, 422), ("S-V1", 4, 200), ("S-V1", 2, 422)]
    {
        assert_eq!(api.fulfil(order, product, units), status, "{units} of {product}");
    }
    let twice = r#"{"items":[{"sku":"S-V1","quantity":1},{"sku":"S-V1","quantity":1}]}"#;
    assert_eq!(api.post(order, "fulfillments", twice).0, 422, "the lines count together");
    assert!(!api.view(order).shipped);
    assert_eq!(api.fulfil(order, "S-V1", 1), 200);
    assert!(api.view(order).shipped);
}

#[test]
fn units_spread_over_lines_of_one_product() {
    // Which line was taken shows in which line can still be cancelled whole.
    for (option, first, second) in [("first-line-first", 422, 200), ("exact-line", 200, 422)] {
        let mut api = Api::new(&[("same-product-lines", option)]);
        let placed = api.place(&[("V1", 5), ("V1", 2)]);
        let view = api.view(&placed.order);
        assert_eq!(api.fulfil(&placed.order, "S-V1", 2), 200);
        assert_eq!(api.cancel_item(&placed.order, &view.items[0].id, ""), first, "{option}");
        assert_eq!(api.cancel_item(&placed.order, &view.items[1].id, ""), second, "{option}");
    }
    let mut api = Api::new(&[("same-product-lines", "exact-line")]);
    let placed = api.place(&[("V1", 5), ("V1", 2)]);
    assert_eq!(api.fulfil(&placed.order, "S-V1", 7), 200);
}

#[test]
fn a_parcel_holds_no_line_of_nothing() {
    let mut api = Api::new(&[]);
    let placed = api.place(&[("V1", 5), ("V1", 2)]);
    assert_eq!(api.fulfil(&placed.order, "S-V1", 5), 200);
    let order = api.call(SELLER, "GET", &format!("/orders/{}", placed.order), "").1;
    assert_eq!(order["fulfillments"][0]["items"].as_array().unwrap().len(), 1);
}

#[test]
fn one_line_that_is_left_leaves_no_choice_of_lines() {
    let mut api = Api::new(&[]);
    let placed = api.place(&[("V1", 5), ("V1", 2)]);
    let item = api.view(&placed.order).items[0].id.clone();
    assert_eq!(api.cancel_item(&placed.order, &item, ""), 200);
    assert_eq!(api.fulfil(&placed.order, "S-V1", 2), 200);
    assert!(!api.model.consulted().contains(&"same-product-lines"));
}

#[test]
fn a_buyer_cancels_by_the_same_rules() {
    let mut api = Api::new(&[]);
    let placed = api.place(&[("V1", 5), ("V2", 2)]);
    let Placed { buyer_order, order } = &placed;
    let item = api.view(order).items[0].id.clone();
    let top = api.buyer_order(buyer_order)["items"].clone();
    let path = format!("/buyer/orders/{buyer_order}/seller-orders/{order}/items/{item}/cancel");
    assert_eq!(api.call(BUYER, "POST", &path, r#"{"newQuantity":5}"#).0, 422);
    let (status, answer) = api.call(BUYER, "POST", &path, r#"{"newQuantity":3,"reason":"fewer"}"#);
    assert_eq!((status, &answer["data"]["id"]), (200, &item.as_str().into()));
    let seen = api.view(order);
    assert_eq!(seen.signed(), [-5, 2, 3]);
    assert_eq!((seen.items[0].by.as_str(), seen.items[0].reason.as_str()), ("buyer", "fewer"));
    assert_eq!(api.call(BUYER, "POST", &format!("/buyer/orders/{buyer_order}/cancel"), "").0, 200);
    let whole = api.buyer_order(buyer_order);
    assert_eq!(view_of(&whole["sellerOrders"][0]), api.view(order));
    assert_eq!(api.view(order).signed(), [-5, -2, -3]);
    assert_eq!(whole["items"], top);
}

#[test]
fn ids_of_others_are_unknown() {
    for status in ["404", "400", "403"] {
        let mut api = Api::new(&[("unknown-id-status", status)]);
        let (one, other) = (api.place(&[("V1", 5)]), api.place(&[("V1", 5)]));
        let item = api.view(&other.order).items[0].id.clone();
        let before = (api.view(&one.order), api.view(&other.order));
        for path in [
            format!("/orders/{}/items/{item}/cancel", one.order),
            format!("/orders/{}/items/{UNKNOWN}/cancel", one.order),
            format!("/orders/{}/items//cancel", one.order),
            format!("/orders/{UNKNOWN}/items/{item}/cancel"),
            format!("/orders/{UNKNOWN}/cancel"),
            format!("/orders/{}/cancel", one.buyer_order),
            format!("/orders/{UNKNOWN}/fulfillments"),
        ] {
            assert_eq!(api.call(SELLER, "POST", &path, "{").0.to_string(), status, "{path}");
        }
        for path in [format!("/orders/{}/items/{item}/cancel", other.order), format!("/orders/{}/cancel", other.order)]
        {
            assert_eq!(api.call("other-seller-key", "POST", &path, "").0.to_string(), status, "{path}");
        }
        let path = format!("/buyer/orders/{}/seller-orders/{}/items/{item}/cancel", one.buyer_order, other.order);
        assert_eq!(api.call(BUYER, "POST", &path, "").0.to_string(), status);
        assert_eq!(api.call("other-seller-key", "GET", "/orders", "").1, serde_json::json!([]));
        assert_eq!((api.view(&one.order), api.view(&other.order)), before);
    }
}
