//! Around the rules: keys, methods, bodies, pages, ids, the bound on orders, the delay of reads.

use countermand_model::{ModelError, Request, Settings, build};
use serde_json::Value;

use crate::api::{Api, BUYER, SELLER, bare, json_of, view_of};

#[test]
fn a_body_is_read_strictly() {
    let mut api = Api::new(&[]);
    let placed = api.place(&[("V1", 5)]);
    let before = api.view(&placed.order);
    let item = format!("/orders/{}/items/{}/cancel", placed.order, before.items[0].id);
    let whole = format!("/orders/{}/cancel", placed.order);
    let json = Some("application/json");
    for (content_type, body, status) in [
        (json, "{", 400),
        (json, "null", 400),
        (json, "[]", 400),
        (json, " ", 400),
        (json, r#"{"newQuantity":"3"}"#, 400),
        (json, r#"{"newQuantity":-1}"#, 400),
        (json, r#"{"newQuantity":2.5}"#, 400),
        (json, r#"{"newQuantity":{}}"#, 400),
        (json, r#"{"unfulfilledOnly":"true"}"#, 400),
        (json, r#"{"unfulfilledOnly":1}"#, 400),
        (json, r#"{"reason":1}"#, 400),
        (Some("application/json;charset=utf-8"), "{", 400),
        (None, "{", 400),
        (Some("text/plain"), r#"{"newQuantity":3}"#, 415),
        (Some("application/x-www-form-urlencoded"), "newQuantity=3", 415),
        (Some(""), "{}", 415),
    ] {
        for path in [&item, &whole] {
            let reply = api.send(Some(SELLER), "POST", path, content_type, body.as_bytes());
            assert_eq!(reply.status, status, "{content_type:?} {body}");
            assert!(json_of(&reply)["errors"].is_object());
        }
    }
    assert_eq!(api.send(Some(SELLER), "POST", &item, json, b"\xff").status, 400);
    assert_eq!(api.view(&placed.order), before);
    let reply = api.send(Some(SELLER), "POST", &item, Some("text/plain"), b"");
    assert_eq!(reply.status, 200, "no body is no body, whatever its type");
}

#[test]
fn keys_methods_and_paths() {
    let mut api = Api::new(&[]);
    let placed = api.place(&[("V1", 5)]);
    let before = api.view(&placed.order);
    let cancel = format!("/orders/{}/cancel", placed.order);
    for (key, method, path, status) in [
        (None, "POST", cancel.as_str(), 401),
        (Some("Bearer seller-key"), "POST", &cancel, 401),
        (Some(BUYER), "POST", &cancel, 403),
        (Some(SELLER), "GET", &cancel, 405),
        (Some(SELLER), "PUT", &cancel, 405),
        (Some(SELLER), "DELETE", &cancel, 405),
        (Some(SELLER), "POST", "/nowhere", 404),
        (Some(SELLER), "POST", &format!("{cancel}/"), 404),
        (Some(SELLER), "GET", "/buyer/orders/x", 403),
    ] {
        let reply = api.send(key, method, path, None, b"");
        assert_eq!(reply.status, status, "{key:?} {method} {path}");
        let header = |name: &str| reply.headers.iter().find(|(known, _)| *known == name);
        assert_eq!(header("allow").is_some(), status == 405);
        assert!(header("x-request-id").is_some());
        assert_eq!(header("content-type").unwrap().1, "application/json");
    }
    assert_eq!(api.view(&placed.order), before);
}

#[test]
fn what_is_not_found_names_no_other_method() {
    let mut api = Api::new(&[("wrong-method-status", "404")]);
    let reply = api.send(Some(SELLER), "PUT", "/orders", None, b"");
    assert_eq!(reply.status, 404);
    assert!(reply.headers.iter().all(|(name, _)| *name != "allow"));
}

#[test]
fn a_parcel_is_shown_as_it_was_announced() {
    let mut api = Api::new(&[]);
    let placed = api.place(&[("V1", 5)]);
    let parcel = r#"{"carrier":"Snail","trackingCode":"T-1","trackingUrls":["http://a","http://b"],
        "items":[{"sku":"S-V1","quantity":2}]}"#;
    let (status, made) = api.post(&placed.order, "fulfillments", parcel);
    assert_eq!(status, 200, "{made}");
    let order = api.call(SELLER, "GET", &format!("/orders/{}", placed.order), "").1;
    let shown = &order["fulfillments"][0];
    assert_eq!((&shown["carrier"], &shown["trackingCode"]), (&"Snail".into(), &"T-1".into()));
    assert_eq!(shown["trackingUrls"], serde_json::json!(["http://a", "http://b"]));
    for urls in ["3", "[3]", "{}"] {
        let parcel = format!(r#"{{"trackingUrls":{urls},"items":[{{"sku":"S-V1","quantity":2}}]}}"#);
        assert_eq!(api.post(&placed.order, "fulfillments", &parcel).0, 400, "{urls}");
    }
}

#[test]
fn who_split_an_item_is_shown_the_order_as_it_is_theirs() {
    let mut api = Api::new(&[("split-answer", "order")]);
    for key in [SELLER, BUYER] {
        let placed = api.place(&[("V1", 5)]);
        let item = api.view(&placed.order).items[0].id.clone();
        let order = format!("/orders/{}", placed.order);
        let whole = format!("/buyer/orders/{}", placed.buyer_order);
        let path = if key == BUYER { format!("{whole}/seller-orders/{}", placed.order) } else { order.clone() };
        let (status, answer) = api.call(key, "POST", &format!("{path}/items/{item}/cancel"), r#"{"newQuantity":3}"#);
        assert_eq!(status, 200, "{answer}");
        let read = api.call(key, "GET", if key == BUYER { &whole } else { &order }, "").1;
        assert_eq!(answer, read);
    }
}

#[test]
fn what_is_not_so_is_shown_or_left_out_as_is_chosen() {
    let no = || Some(false.into());
    for (choice, option, pointer, shown) in [
        ("absent-cancelled", "false", "/items/0/cancelled", no()),
        ("absent-cancelled", "omitted", "/items/0/cancelled", None),
        ("absent-has-cancellations", "false", "/hasCancellations", no()),
        ("absent-has-cancellations", "omitted", "/hasCancellations", None),
        ("absent-shipped", "false", "/shipped", no()),
        ("absent-shipped", "omitted", "/shipped", None),
        ("absent-metadata", "blank", "/items/0/cancelledReason", Some("".into())),
        ("absent-metadata", "null", "/items/0/cancelledReason", Some(Value::Null)),
        ("absent-metadata", "omitted", "/items/0/cancelledReason", None),
        ("order-level-flag", "none", "/cancelled", None),
        ("order-level-flag", "none", "/status", None),
        ("order-level-flag", "untrusted", "/cancelled", no()),
        ("order-level-flag", "untrusted", "/status", Some("open".into())),
    ] {
        let mut api = Api::new(&[(choice, option)]);
        let placed = api.place(&[("V1", 5)]);
        let order = api.call(SELLER, "GET", &format!("/orders/{}", placed.order), "").1;
        assert_eq!(order.pointer(pointer), shown.as_ref(), "{choice} {option} {pointer}");
    }
}

#[test]
fn a_fulfilment_points_to_the_item_it_was_made_from_or_to_what_became_of_it() {
    for (option, heir) in [("stay-on-original", 0), ("move-to-new-item", 2)] {
        let mut api = Api::new(&[("fulfilment-links", option)]);
        let placed = api.place(&[("V1", 9)]);
        assert_eq!(api.fulfil(&placed.order, "S-V1", 2), 200);
        for keep in [5, 3] {
            let last = api.view(&placed.order).items.pop().unwrap().id;
            assert_eq!(api.cancel_item(&placed.order, &last, &format!(r#"{{"newQuantity":{keep}}}"#)), 200);
        }
        let order = api.call(SELLER, "GET", &format!("/orders/{}", placed.order), "").1;
        assert_eq!(order["fulfillments"][0]["items"][0]["orderItemId"], order["items"][heir]["_id"], "{option}");
    }
}

#[test]
fn an_answer_may_say_no_more_than_that_all_is_well() {
    let ack = serde_json::json!({ "error": [] });
    for (option, answer) in [("ack", &ack), ("none", &Value::Null)] {
        let mut api = Api::new(&[("split-answer", option), ("order-answer", option)]);
        let placed = api.place(&[("V1", 5)]);
        let item = api.view(&placed.order).items[0].id.clone();
        let split = api.post(&placed.order, &format!("items/{item}/cancel"), r#"{"newQuantity":3}"#);
        let cancel = api.post(&placed.order, "cancel", "");
        assert_eq!([split, cancel], [(200, answer.clone()), (200, answer.clone())], "{option}");
    }
}

#[test]
fn orders_are_listed_newest_first_in_pages() {
    for envelope in ["bare", "data"] {
        let mut api = Api::new(&[("order-envelope", envelope)]);
        let placed: Vec<_> = (0..120).map(|_| api.place(&[("V1", 1)]).order).collect();
        let mut page = |query: &str| {
            let (status, body) = api.call(SELLER, "GET", &format!("/orders{query}"), "");
            assert_eq!((status, body.is_object()), (200, envelope == "data"), "{body}");
            let ids = bare(&body).as_array().unwrap().iter();
            ids.map(|order| order["_id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        let newest_first: Vec<_> = placed.into_iter().rev().collect();
        assert_eq!(page(""), newest_first[..50]);
        assert_eq!(page("?limit=30&page=1"), newest_first[30..60]);
        assert_eq!(page("?page=2"), newest_first[100..]);
        assert_eq!(page("?limit=1000"), newest_first[..100]);
        assert!(page("?page=18446744073709551615").is_empty());
        for query in ["?page=-1", "?page=x", "?limit=0", "?limit="] {
            assert_eq!(api.call(SELLER, "GET", &format!("/orders{query}"), "").0, 400, "{query}");
        }
    }
}

#[test]
fn orders_that_cannot_be() {
    let mut api = Api::new(&[]);
    for body in [
        "",
        "{}",
        r#"{"items":[]}"#,
        r#"{"items":{}}"#,
        r#"{"items":[3]}"#,
        r#"{"items":[{}]}"#,
        r#"{"items":[{"variantId":"V1"}]}"#,
        r#"{"items":[{"variantId":"V1","quantity":0}]}"#,
        r#"{"items":[{"variantId":"","quantity":1}]}"#,
        r#"{"items":[{"variantId":1,"quantity":1}]}"#,
    ] {
        assert_eq!(api.call(BUYER, "POST", "/buyer/orders", body).0, 400, "{body}");
    }
    assert_eq!(api.call(SELLER, "GET", "/orders", "").1, serde_json::json!([]));
}

#[test]
fn the_largest_quantities_do_not_overflow() {
    let mut api = Api::new(&[]);
    let placed = api.place(&[("V1", u64::MAX), ("V1", u64::MAX)]);
    assert_eq!(api.fulfil(&placed.order, "S-V1", u64::MAX), 200);
    assert_eq!(api.fulfil(&placed.order, "S-V1", 7), 200);
    assert_eq!(api.post(&placed.order, "cancel", r#"{"unfulfilledOnly":true}"#).0, 200);
}

#[test]
fn a_patch_changes_what_it_can() {
    let mut api = Api::new(&[]);
    let placed = api.place(&[("V1", 5)]);
    let path = format!("/orders/{}", placed.order);
    let body = r#"{"billed":true,"note":"fragile","attributes":{"a":1},"shipped":true}"#;
    let (status, order) = api.call(SELLER, "PATCH", &path, body);
    assert_eq!(status, 200);
    assert_eq!((&order["billed"], &order["note"]), (&true.into(), &"fragile".into()));
    assert_eq!((&order["attributes"]["a"], &order["shipped"]), (&1.into(), &false.into()));
    assert_eq!(api.call(SELLER, "PATCH", &path, r#"{"note":3}"#).0, 400);
    assert_eq!(api.call(SELLER, "GET", &path, "").1, order);
    let again = api.call(SELLER, "PATCH", &path, r#"{"billed":true}"#).1;
    assert_eq!(again["billedDate"], order["billedDate"], "billed once");
    let taken_back = api.call(SELLER, "PATCH", &path, r#"{"billed":false}"#).1;
    assert_eq!((&taken_back["billed"], &taken_back["billedDate"]), (&false.into(), &().into()));
}

#[test]
fn the_oldest_orders_make_room() {
    let settings = Settings { max_orders: 2, seed: 7, ..Settings::default() };
    let mut api = Api::new(&[]);
    api.model = build("modern-dropship", &[], &[], settings).unwrap();
    let placed: Vec<_> = (0..2).map(|_| api.place(&[("V1", 1)])).collect();
    let body = br#"{"items":[{"variantId":"V1","quantity":1}]}"#;
    let reply = api.send(Some(BUYER), "POST", "/buyer/orders", None, body);
    assert_eq!(reply.evicted, [placed[0].order.clone()]);
    let gone = format!("/buyer/orders/{}", placed[0].buyer_order);
    assert_eq!(api.call(BUYER, "GET", &gone, "").0, 404);
    api.view(&placed[1].order);
    let none = Settings { max_orders: 0, seed: 7, ..Settings::default() };
    api.model = build("modern-dropship", &[], &[], none).unwrap();
    api.place(&[("V1", 1)]);
}

#[test]
fn what_one_buyer_order_became_goes_together() {
    let mut api = Api::new(&[]);
    api.model = build("modern-dropship", &[], &[], Settings { max_orders: 3, ..Settings::default() }).unwrap();
    let two = br#"{"items":[{"variantId":"V1","quantity":1},{"variantId":"B-V1","quantity":1}]}"#;
    let evicted: Vec<usize> =
        (0..3).map(|_| api.send(Some(BUYER), "POST", "/buyer/orders", None, two).evicted.len()).collect();
    assert_eq!(evicted, [0, 2, 2]);
    api.model = build("modern-dropship", &[], &[], Settings { max_orders: 1, ..Settings::default() }).unwrap();
    let placed = api.place(&[("V1", 1), ("B-V1", 1)]);
    assert_eq!(api.buyer_order(&placed.buyer_order)["sellerOrders"].as_array().unwrap().len(), 2, "the newest stays");
}

#[test]
fn orders_of_any_status_are_cancellable() {
    for (placed_as, field, shown) in [
        (r#""posted":false"#, "posted", false.into()),
        (r#""flagged":true"#, "flagged", true.into()),
        (r#""posted":true,"flagged":false"#, "flagged", Value::Null),
    ] {
        for by_item in [false, true] {
            let mut api = Api::new(&[]);
            let body = format!(r#"{{"items":[{{"variantId":"V1","quantity":5}}],{placed_as}}}"#);
            assert_eq!(api.call(BUYER, "POST", "/buyer/orders", &body).0, 201);
            let order = api.call(SELLER, "GET", "/orders", "").1[0].clone();
            assert_eq!(order[field], shown, "{placed_as}");
            assert_eq!(order["postedDate"].is_null(), field == "posted");
            let id = order["_id"].as_str().unwrap();
            let item = order["items"][0]["_id"].as_str().unwrap();
            let rest = if by_item { format!("items/{item}/cancel") } else { "cancel".to_owned() };
            assert_eq!(api.post(id, &rest, "").0, 200);
            assert_eq!(api.view(id).signed(), [-5]);
        }
    }
    let mut api = Api::new(&[]);
    for wrong in [r#""posted":"no""#, r#""flagged":1"#] {
        let body = format!(r#"{{"items":[{{"variantId":"V1","quantity":5}}],{wrong}}}"#);
        assert_eq!(api.call(BUYER, "POST", "/buyer/orders", &body).0, 400);
    }
}

#[test]
fn too_many_requests_of_one_key_wait() {
    for (shape, pointer) in
        [("errors-map", "/errors/general/0"), ("error-string", "/error"), ("null-data", "/error/0/message")]
    {
        let mut api = Api::new(&[("error-shape", shape)]);
        let order = api.place(&[("V1", 5)]).order;
        let picks = [("error-shape".to_owned(), shape.to_owned())];
        api.model = build("modern-dropship", &picks, &[], Settings { rate: Some(2), ..Settings::default() }).unwrap();
        let body = br#"{"items":[{"variantId":"V1","quantity":1}]}"#;
        let start = api.now;
        let mut place = |after: u64| {
            api.now = start + after - 1_000;
            let reply = api.send(Some(BUYER), "POST", "/buyer/orders", None, body);
            let header = |name: &str| reply.headers.iter().find(|(known, _)| *known == name).map(|(_, v)| v.clone());
            assert_eq!(header("x-rate-limit-limit"), (reply.status == 429).then(|| "2".to_owned()));
            assert_eq!(header("x-rate-limit-duration"), (reply.status == 429).then(|| "1".to_owned()));
            let told = json_of(&reply).pointer(pointer).map(Value::is_string);
            assert_eq!(told, (reply.status == 429).then_some(true));
            reply.status
        };
        assert_eq!([1_000, 1_000, 1_000, 1_499, 1_500, 1_501].map(&mut place), [201, 201, 429, 429, 201, 429]);
        assert_eq!(api.call(SELLER, "GET", "/orders", "").1.as_array().unwrap().len(), 3, "another key, another count");
        let nobodys = api.send(None, "GET", &format!("/orders/{order}"), None, b"");
        assert_eq!(nobodys.status, 401, "no key is counted that is not known");
    }
}

#[test]
fn every_version_is_served_alike() {
    let mut api = Api::new(&[]);
    let path = format!("/orders/{}", api.place(&[("V1", 5)]).order);
    let mut read = |accept: &[(&str, &str)]| {
        let headers: Vec<_> = [("authorization", SELLER)].into_iter().chain(accept.iter().copied()).collect();
        let request = Request { method: "GET", path: &path, query: None, headers: &headers, body: b"" };
        let reply = api.model.handle(&request, api.now);
        (reply.status, reply.body)
    };
    let default = read(&[]);
    assert_eq!(default.0, 200);
    for version in ["2021-01-01", "2022-03-03", "2099-12-31", "no-date"] {
        assert_eq!(read(&[("accept", &format!("application/vnd.convictional.{version}"))]), default);
    }
    assert_eq!(read(&[("accept", "*/*")]), default);
}

#[test]
fn reads_may_lag_behind() {
    let mut api = Api::new(&[("visibility", "delayed")]);
    let placed = api.place(&[("V1", 5)]);
    let order = format!("/orders/{}", placed.order);
    let buyers = format!("/buyer/orders/{}", placed.buyer_order);
    let (status, answer) = api.call(BUYER, "POST", &format!("{buyers}/cancel"), "");
    let cancelled = view_of(&answer["data"]["sellerOrders"][0]).signed();
    assert_eq!((status, cancelled), (200, vec![-5]), "the answer is up to date");
    let changed = api.now;
    for (after, items) in [(0, [5]), (149, [5]), (150, [-5]), (0, [5])] {
        let mut read = |key: &str, path: &str| {
            api.now = changed + after - 1_000;
            api.call(key, "GET", path, "").1
        };
        assert_eq!(view_of(&read(SELLER, &order)).signed(), items, "{after}");
        assert_eq!(view_of(&read(SELLER, "/orders")[0]).signed(), items, "{after}");
        let whole = read(BUYER, &buyers);
        assert_eq!(view_of(&whole["data"]["sellerOrders"][0]).signed(), items, "{after}");
    }
}

#[test]
fn what_changes_nothing_leaves_the_date_of_the_last_change() {
    let mut api = Api::new(&[("repeat-full-cancel", "accept")]);
    let placed = api.place(&[("V1", 5)]);
    let item = api.view(&placed.order).items[0].id.clone();
    let path = format!("/orders/{}", placed.order);
    assert_eq!(api.cancel_item(&placed.order, &item, ""), 200);
    let cancelled = api.call(SELLER, "GET", &path, "").1;
    assert_ne!(cancelled["updated"], cancelled["created"]);
    assert_eq!(api.cancel_item(&placed.order, &item, ""), 200);
    assert_eq!(api.post(&placed.order, "cancel", "").0, 200);
    assert_eq!(api.call(SELLER, "PATCH", &path, r#"{"cancelled":false}"#).0, 200);
    assert_eq!(api.call(SELLER, "GET", &path, "").1, cancelled);
}

#[test]
fn a_stray_null_says_nothing() {
    let mut api = Api::new(&[("stray-fields", "refuse"), ("patch-unknown-field", "refuse")]);
    let placed = api.place(&[("V1", 5)]);
    let path = format!("/orders/{}", placed.order);
    assert_eq!(api.post(&placed.order, "cancel", r#"{"newQuantity":3}"#).0, 400);
    assert_eq!(api.post(&placed.order, "cancel", r#"{"newQuantity":null}"#).0, 200);
    assert_eq!(api.call(SELLER, "PATCH", &path, r#"{"cancelled":false}"#).0, 400);
    assert_eq!(api.call(SELLER, "PATCH", &path, r#"{"cancelled":null}"#).0, 200);
}

#[test]
fn a_reset_model_is_a_new_one() {
    let mut api = Api::new(&[]);
    let place = |api: &mut Api| {
        api.now = 0;
        let body = br#"{"items":[{"variantId":"V1","quantity":1}]}"#;
        api.send(Some(BUYER), "POST", "/buyer/orders", None, body)
    };
    let first = place(&mut api);
    assert_ne!(place(&mut api), first);
    api.model.reset();
    assert_eq!(place(&mut api), first, "the order is gone, and all counters start again");
    let (_, list) = api.call(SELLER, "GET", "/orders", "");
    assert_eq!(list.as_array().unwrap().len(), 1);
    let other_seed = Settings { seed: 1, ..Settings::default() };
    api.model = build("modern-dropship", &[], &[], other_seed).unwrap();
    assert_ne!(place(&mut api), first, "another seed, other ids");
}

#[test]
fn errors_of_building_carry_the_right_words() {
    let build = |spec: &str, choice: &str, option: &str| {
        let picks = [(choice.to_owned(), option.to_owned())];
        build(spec, &picks, &[], Settings::default()).map(|_| ()).unwrap_err()
    };
    assert!(matches!(build("trendy", "", ""), ModelError::UnknownSpec { known, .. } if !known.is_empty()));
    let unknown = build("modern-dropship", "original", "keep");
    assert!(matches!(unknown, ModelError::UnknownChoice { ref known, .. } if known.contains(&"original-quantity")));
    let unknown = build("modern-dropship", "original-quantity", "kept");
    assert_eq!(unknown.to_string(), "choice `original-quantity` has no option `kept`; it has keep, reduce");
}
