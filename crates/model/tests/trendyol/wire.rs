//! The edges of the wire: who may call, which paths there are, the forms of answers and refusals, bounds on requests.

use countermand_model::{Reply, Settings, build};
use serde_json::{Value, json};

use crate::api::{Api, OTHER, SELLER, UNKNOWN, cancel_of, json_of};

const KEY: (&str, &str) = ("authorization", "Basic c2VsbGVyLWtleTpzZWxsZXItc2VjcmV0");
const AGENT: (&str, &str) = ("user-agent", "1001 - Suite");

fn header(reply: &Reply, name: &str) -> Option<String> {
    reply.headers.iter().find(|(known, _)| *known == name).map(|(_, value)| value.clone())
}

#[test]
fn who_is_not_known_changes_nothing() {
    let mut api = Api::new(&[]);
    let package = api.package(&[("mug", 3)]);
    let path = format!("/order/sellers/{SELLER}/shipment-packages/{}/items/unsupplied", package.id);
    let body = cancel_of(&[(package.line("mug"), 1)], 500);
    let bad = ("authorization", "Basic bm9ib2R5Om5vdGhpbmc=");
    let mut with = |headers: &[(&str, &str)]| {
        let reply = api.send(headers, "PUT", &path, body.as_bytes());
        (reply.status, json_of(&reply)["exception"].clone())
    };
    let no_key = (401, json!("ClientApiAuthenticationException"));
    assert_eq!((with(&[AGENT]), with(&[AGENT, bad])), (no_key.clone(), no_key));
    assert_eq!((with(&[KEY]).0, with(&[KEY, ("user-agent", "curl/8")]).0), (403, 403));
    assert_eq!(api.packages(&package.order), [package]);
}

#[test]
fn a_bad_key_is_told_the_same_in_every_dialect() {
    for shape in ["errors-list", "error-message", "empty"] {
        let mut api = Api::new(&[("error-shape", shape)]);
        let reply = api.send(&[AGENT], "GET", "/order/sellers/1001/orders", b"");
        assert_eq!((reply.status, json_of(&reply)), (401, json!({ "exception": "ClientApiAuthenticationException" })));
    }
}

#[test]
fn statuses_of_strangers_are_choices() {
    for (mismatch, foreign) in [("401", "404"), ("403", "403"), ("401", "401")] {
        let mut api = Api::new(&[("seller-mismatch-status", mismatch), ("foreign-package-status", foreign)]);
        let package = api.package(&[("mug", 3)]);
        let of = |seller: &str| format!("/order/sellers/{seller}/shipment-packages/{}", package.id);
        let body = r#"{"status":"Picking"}"#;
        let (status, told) = api.call(OTHER, "PUT", &of(SELLER), body);
        assert_eq!(
            (status.to_string(), &told["exception"]),
            (mismatch.into(), &json!("TrendyolAuthorizationException"))
        );
        assert_eq!(api.call(OTHER, "PUT", &of(OTHER), body).0.to_string(), foreign);
        assert_eq!(api.packages(&package.order), [package]);
    }
}

#[test]
fn an_order_is_made_for_the_seller_of_the_header() {
    let mut api = Api::new(&[]);
    let body = br#"{"lines":[{"barcode":"mug","quantity":1}]}"#;
    let mut place = |header: &[(&str, &str)]| {
        let headers: Vec<_> = [KEY, AGENT].iter().chain(header).copied().collect();
        api.send(&headers, "POST", "/test/order/orders/core", body).status
    };
    assert_eq!((place(&[]), place(&[("sellerid", OTHER)]), place(&[("sellerid", SELLER)])), (401, 401, 200));
    assert_eq!(api.list("").len(), 1);
}

#[test]
fn refusals_have_one_of_three_shapes() {
    let refused = |shape: &str| {
        let mut api = Api::new(&[("error-shape", shape)]);
        let path = format!("/order/sellers/{SELLER}/shipment-packages/{UNKNOWN}");
        let reply = api.reply(SELLER, "PUT", &path, "{}");
        assert_eq!(reply.status, 404);
        (header(&reply, "content-type"), reply.body.is_empty(), json_of(&reply))
    };
    let (media_type, _, list) = refused("errors-list");
    assert_eq!(media_type.as_deref(), Some("application/json"));
    assert!(list["timestamp"].is_string() && list["exception"].is_string());
    assert!(list["errors"][0]["key"].is_string() && list["errors"][0]["message"].is_string());
    let (_, _, message) = refused("error-message");
    assert!(message["error"].is_string() && message["message"].is_string());
    assert_eq!(refused("empty"), (None, true, Value::Null));
}

#[test]
fn accepted_changes_are_answered_as_it_is_chosen() {
    for (choice, media_type, body) in [
        ("empty", None, ""),
        ("text", Some("text/plain"), "OK"),
        ("json", Some("application/json"), r#"{"success":true}"#),
    ] {
        let mut api = Api::new(&[("ok-body", choice)]);
        let package = api.package(&[("mug", 3)]);
        let path = format!("/order/sellers/{SELLER}/shipment-packages/{}", package.id);
        let reply = api.reply(SELLER, "PUT", &path, r#"{"status":"Picking"}"#);
        assert_eq!((reply.status, header(&reply, "content-type").as_deref()), (200, media_type));
        assert_eq!(String::from_utf8_lossy(&reply.body), body);
    }
}

#[test]
fn paths_and_methods() {
    let mut api = Api::new(&[]);
    let reply = api.reply(SELLER, "PATCH", "/webhook/sellers/1001/webhooks", "");
    assert_eq!((reply.status, header(&reply, "allow").as_deref()), (405, Some("GET, POST")));
    assert_eq!(api.call(SELLER, "GET", "/nowhere", "").0, 404);
    let order = api.place(&[("mug", 1)]);
    for path in
        ["/order/sellers/1001/orders", "/order/sellers/1001/v2/orders", "/integration/order/sellers/1001/orders"]
    {
        assert_eq!(api.call(SELLER, "GET", &format!("{path}?orderNumber={order}"), "").1["totalElements"], 1);
    }
}

#[test]
fn too_many_requests_of_one_seller_wait() {
    for (shape, pointer) in [("errors-list", "/errors/0/key"), ("error-message", "/error")] {
        let mut api = Api::with(&[("error-shape", shape)], Settings { rate: Some(2), ..Settings::default() });
        api.step = 0;
        let mut ask = |seller: &str| {
            let reply = api.reply(seller, "GET", &format!("/order/sellers/{seller}/orders"), "");
            if reply.status == 429 {
                assert_eq!(json_of(&reply).pointer(pointer), Some(&json!("too.many.requests")));
                assert_eq!(header(&reply, "retry-after").as_deref(), Some("1"));
            }
            reply.status
        };
        assert_eq!([ask(SELLER), ask(SELLER), ask(SELLER), ask(OTHER)], [200, 200, 429, 200]);
        api.step = 500;
        assert_eq!(api.reply(SELLER, "GET", "/order/sellers/1001/orders", "").status, 200);
    }
}

#[test]
fn a_reset_model_is_a_new_one() {
    let mut api = Api::new(&[]);
    api.step = 0;
    let body = r#"{"lines":[{"barcode":"mug","quantity":1}]}"#;
    let place = |api: &mut Api| api.reply(SELLER, "POST", "/test/order/orders/core", body);
    let first = place(&mut api);
    assert_ne!(place(&mut api), first);
    api.model.reset();
    assert_eq!((place(&mut api), api.list("").len()), (first.clone(), 1));
    api.model = build("trendyol", &[], &[], Settings { seed: 1, ..Settings::default() }).unwrap();
    assert_ne!(place(&mut api), first, "another seed, other ids");
}
