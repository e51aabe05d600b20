//! Webhooks: how they are registered, what they are told, and what becomes of it when they don't listen.

use countermand_model::{Delivery, Settings};
use serde_json::{Value, json};

use crate::api::{Api, OTHER, Package, SELLER, package_of};

const RETRY_MS: u64 = 1_000;

fn path(seller: &str, rest: &str) -> String {
    format!("/webhook/sellers/{seller}/webhooks{rest}")
}

fn api(picks: &[(&str, &str)]) -> Api {
    let mut api = Api::with(picks, Settings { webhook_retry_ms: RETRY_MS, ..Settings::default() });
    api.step = 1;
    api
}

fn wish(statuses: &[&str]) -> Value {
    json!({
        "url": "https://example.com/hook", "authenticationType": "API_KEY", "apiKey": "k-1", "subscribedStatuses": statuses,
    })
}

fn register(api: &mut Api, statuses: &[&str]) -> String {
    let (status, made) = api.call(SELLER, "POST", &path(SELLER, ""), &wish(statuses).to_string());
    assert_eq!(status, 200, "{made}");
    made["id"].as_str().unwrap().to_owned()
}

fn listed(api: &mut Api) -> Vec<Value> {
    api.call(SELLER, "GET", &path(SELLER, ""), "").1.as_array().unwrap().clone()
}

fn switch(api: &mut Api, id: &str, to: &str) -> u16 {
    api.call(SELLER, "PUT", &path(SELLER, &format!("/{id}/{to}")), "").0
}

fn told(delivery: &Delivery) -> Package {
    let body: Value = serde_json::from_slice(&delivery.body).unwrap();
    package_of(body.get("content").map_or(&body, |content| &content[0]))
}

/// Takes what is due and accepts it all. Gives ids of packages and what they turned.
fn drain(api: &mut Api) -> Vec<(u64, String)> {
    let now = api.now;
    let deliveries = api.model.deliveries(now);
    deliveries.iter().for_each(|it| api.model.delivered(it.id, true, now));
    deliveries.iter().map(|it| (told(it).id, told(it).status)).collect()
}

/// Cancels one unit of a fresh package, and gives both packages.
fn cancel_one(api: &mut Api) -> (u64, u64) {
    let old = api.package(&[("mug", 3)]);
    drain(api);
    assert_eq!(api.cancel(old.id, &[(old.line("mug"), 1)]), 200);
    (old.id, api.packages(&old.order).pop().unwrap().id)
}

#[test]
fn a_cancel_is_told_of_both_packages_with_the_credentials() {
    let mut api = api(&[]);
    register(&mut api, &[]);
    let body = json!({
        "url": "http://127.0.0.1:9/x", "authenticationType": "BASIC_AUTHENTICATION", "username": "me", "password": "pw",
    });
    assert_eq!(api.call(SELLER, "POST", &path(SELLER, ""), &body.to_string()).0, 200);
    let (old, new) = cancel_one(&mut api);
    let now = api.now;
    let deliveries = api.model.deliveries(now);
    let mut seen: Vec<_> = deliveries.iter().map(|it| (it.url.as_str(), told(it).id, told(it).status)).collect();
    seen.sort();
    let of = |url: &'static str, id, status: &str| (url, id, status.to_owned());
    assert_eq!(
        seen,
        [
            of("http://127.0.0.1:9/x", old, "Cancelled"),
            of("http://127.0.0.1:9/x", new, "Created"),
            of("https://example.com/hook", old, "Cancelled"),
            of("https://example.com/hook", new, "Created"),
        ]
    );
    for delivery in &deliveries {
        let own = match delivery.url.as_str() {
            "http://127.0.0.1:9/x" => ("authorization", "Basic bWU6cHc=".to_owned()),
            _ => ("x-api-key", "k-1".to_owned()),
        };
        assert_eq!(delivery.headers, [("content-type", "application/json".to_owned()), own]);
    }
    let ids: std::collections::BTreeSet<_> = deliveries.iter().map(|it| it.id).collect();
    assert_eq!(ids.len(), 4);
    assert_eq!(api.model.deliveries(now), [], "each is handed out once");
}

#[test]
fn only_what_is_subscribed_is_told() {
    let mut api = api(&[]);
    register(&mut api, &["CANCELLED", "PICKING"]);
    let (old, new) = cancel_one(&mut api);
    assert_eq!(drain(&mut api), [(old, "Cancelled".to_owned())]);
    assert_eq!((api.pick(new), api.pick(new), api.invoice(new)), (200, 200, 200));
    assert_eq!(drain(&mut api), [(new, "Picking".to_owned())], "a repeat is no event, and Invoiced not asked for");
}

#[test]
fn a_successor_is_told_of_before_what_it_came_of() {
    let mut api = api(&[]);
    register(&mut api, &[]);
    let (old, new) = cancel_one(&mut api);
    assert_eq!(drain(&mut api), [(new, "Created".to_owned()), (old, "Cancelled".to_owned())]);
}

#[test]
fn every_status_is_told_as_it_was_then() {
    let mut api = api(&[("birth", "awaiting")]);
    register(&mut api, &[]);
    let package = api.package(&[("mug", 3)]);
    api.now += 100;
    let body = json!({ "quantitySplit": [{ "orderLineId": package.line("mug"), "quantities": [1] }] });
    assert_eq!(api.split(package.id, "quantity-split", &body), 200);
    let part = api.packages(&package.order).pop().unwrap();
    let moved = [api.pick(part.id), api.invoice(part.id), api.stage(part.id, "Shipped")];
    assert_eq!(moved, [200, 200, 200]);
    let now = api.now;
    let deliveries: Vec<_> = api.model.deliveries(now).iter().map(told).collect();
    let of = |id| deliveries.iter().filter(|it| it.id == id).map(|it| it.status.as_str()).collect::<Vec<_>>();
    assert_eq!(of(package.id), ["Awaiting", "Created", "UnPacked"]);
    assert_eq!(of(part.id), ["Created", "Picking", "Invoiced", "Shipped"]);
    let picking = deliveries.iter().find(|it| it.status == "Picking").unwrap();
    assert_eq!(picking.raw["packageHistories"].as_array().unwrap().len(), 2);
    assert_eq!(picking.raw["invoiceNumber"], Value::Null, "it was invoiced later");
    let last = deliveries.iter().rfind(|it| it.id == part.id).unwrap();
    assert_eq!(*last, api.packages(&package.order).pop().unwrap(), "and so both views agree");
}

#[test]
fn events_after_the_end_are_not_told() {
    for (settle, how) in [("at-once", "deactivate"), ("queued", "deactivate"), ("queued", "delete")] {
        let mut api = api(&[("settle", settle)]);
        let id = register(&mut api, &["CANCELLED"]);
        let package = api.package(&[("mug", 3)]);
        api.cancel(package.id, &[(package.line("mug"), 1)]);
        let now = api.now;
        if settle == "at-once" {
            assert_eq!(api.model.deliveries(now).len(), 1);
        } else {
            assert_eq!((api.model.deliveries(now).len(), api.model.next_delivery()), (0, Some(now + 100)));
        }
        let ended = match how {
            "delete" => api.call(SELLER, "DELETE", &path(SELLER, &format!("/{id}")), "").0,
            _ => switch(&mut api, &id, "deactivate"),
        };
        assert_eq!(ended, 200);
        let other = api.package(&[("mug", 3)]);
        api.cancel(other.id, &[(other.line("mug"), 3)]);
        api.now += 10_000;
        assert_eq!(drain(&mut api), [], "{settle} {how}");
        assert_eq!(api.model.next_delivery(), None);
        if how == "deactivate" {
            assert_eq!(listed(&mut api)[0]["status"], "PASSIVE");
            assert_eq!(switch(&mut api, &id, "activate"), 200);
            assert_eq!(listed(&mut api)[0]["status"], "ACTIVE");
            let third = api.package(&[("mug", 3)]);
            api.cancel(third.id, &[(third.line("mug"), 3)]);
            api.now += 100;
            assert_eq!(drain(&mut api), [(third.id, "Cancelled".to_owned())]);
        }
    }
}

#[test]
fn an_event_is_told_to_who_was_subscribed_when_it_occurred() {
    let mut api = api(&[("settle", "queued")]);
    let package = api.package(&[("mug", 3)]);
    api.cancel(package.id, &[(package.line("mug"), 1)]);
    register(&mut api, &["CANCELLED"]);
    api.now += 100;
    register(&mut api, &["CANCELLED"]);
    assert_eq!(drain(&mut api), [(package.id, "Cancelled".to_owned())], "to one of the two");
}

#[test]
fn what_fails_comes_again_until_the_webhook_is_passive() {
    let mut api = api(&[]);
    register(&mut api, &["CREATED"]);
    let package = api.package(&[("mug", 3)]);
    let mut now = api.now;
    let first = api.model.deliveries(now);
    assert_eq!(first.len(), 1);
    for _ in 0..12 {
        api.model.delivered(first[0].id, false, now);
        assert_eq!(api.model.next_delivery(), Some(now + RETRY_MS));
        assert_eq!(api.model.deliveries(now + RETRY_MS - 1), []);
        now += RETRY_MS;
        assert_eq!(api.model.deliveries(now), first, "the same again");
        api.model.delivered(999, false, now);
    }
    assert_eq!(listed(&mut api)[0]["status"], "ACTIVE");
    api.model.delivered(first[0].id, false, now);
    api.now = now;
    assert_eq!(listed(&mut api)[0]["status"], "PASSIVE");
    assert_eq!((api.model.next_delivery(), api.model.deliveries(now + 10 * RETRY_MS)), (None, vec![]));
    assert!(api.packages(&package.order)[0].live(), "the package is none the worse for it");
}

#[test]
fn one_success_makes_up_for_all_failures() {
    let mut api = api(&[]);
    register(&mut api, &["CREATED"]);
    api.place(&[("mug", 3)]);
    let mut now = api.now;
    for round in 0..26 {
        let due = api.model.deliveries(now);
        assert_eq!(due.len(), 1, "{round}");
        api.model.delivered(due[0].id, round % 13 == 12, now);
        if round % 13 == 12 {
            assert_eq!(api.model.next_delivery(), None);
            api.now = now;
            api.place(&[("mug", 3)]);
        }
        now += RETRY_MS;
    }
    assert_eq!(listed(&mut api)[0]["status"], "ACTIVE");
}

#[test]
fn an_outcome_counts_once() {
    let mut api = api(&[]);
    register(&mut api, &["CREATED"]);
    api.place(&[("mug", 3)]);
    let now = api.now;
    let due = api.model.deliveries(now);
    (0..20).for_each(|_| api.model.delivered(due[0].id, false, now));
    assert_eq!(listed(&mut api)[0]["status"], "ACTIVE");
    assert_eq!(api.model.deliveries(now + RETRY_MS).len(), 1);
}

#[test]
fn the_forms_of_a_delivery() {
    let mut enveloped = api(&[]);
    register(&mut enveloped, &["CREATED"]);
    enveloped.place(&[("mug", 3)]);
    let now = enveloped.now;
    let body: Value = serde_json::from_slice(&enveloped.model.deliveries(now)[0].body).unwrap();
    assert_eq!((&body["page"], &body["totalElements"]), (&json!(0), &json!(1)));
    assert_eq!(body["content"].as_array().unwrap().len(), 1);
    let mut bare = api(&[("webhook-body", "bare"), ("webhook-repeat", "twice")]);
    register(&mut bare, &["CREATED"]);
    bare.place(&[("mug", 3)]);
    let now = bare.now;
    let twice = bare.model.deliveries(now);
    assert_eq!((twice.len(), &twice[0].body), (2, &twice[1].body));
    let body: Value = serde_json::from_slice(&twice[0].body).unwrap();
    assert_eq!(body["status"], "Created");
}

#[test]
fn a_sellers_cancel_may_be_told_as_unsupplied_too() {
    for (choice, statuses, times) in [
        ("not-sent", &["UNSUPPLIED"] as &[_], 0),
        ("not-sent", &[], 1),
        ("also-sent", &["UNSUPPLIED"], 1),
        ("also-sent", &["CANCELLED"], 1),
        ("also-sent", &[], 2),
    ] {
        let mut api = api(&[("unsupplied-event", choice)]);
        register(&mut api, statuses);
        let package = api.package(&[("mug", 3)]);
        drain(&mut api);
        api.cancel(package.id, &[(package.line("mug"), 3)]);
        assert_eq!(drain(&mut api), vec![(package.id, "Cancelled".to_owned()); times], "{choice} {statuses:?}");
    }
}

#[test]
fn registrations_are_checked() {
    let mut api = api(&[]);
    let mut with = |field: &str, value: Value| {
        let mut body = wish(&[]);
        body[field] = value;
        api.call(SELLER, "POST", &path(SELLER, ""), &body.to_string()).0
    };
    for url in
        ["", "example.com", "ftp://example.com", "https://", "https:///x", "http://a b", "http://a\n", "http://é"]
    {
        assert_eq!(with("url", json!(url)), 400, "{url:?}");
    }
    assert_eq!((with("url", Value::Null), with("url", json!(7))), (400, 400));
    for auth in [json!("NONE"), json!(""), Value::Null, json!("BASIC_AUTHENTICATION")] {
        assert_eq!(with("authenticationType", auth.clone()), 400, "{auth}");
    }
    for key in [json!(""), Value::Null, json!(7), json!("a\r\nb")] {
        assert_eq!(with("apiKey", key.clone()), 400, "{key}");
    }
    for statuses in [json!(["Created"]), json!(["NOPE"]), json!([7]), json!("CREATED"), json!({})] {
        assert_eq!(with("subscribedStatuses", statuses.clone()), 400, "{statuses}");
    }
    assert_eq!(with("subscribedStatuses", Value::Null), 200, "all of them");
    assert_eq!(listed(&mut api).len(), 1);
}

#[test]
fn a_webhook_is_its_sellers_own() {
    let mut api = api(&[]);
    let id = register(&mut api, &["CREATED", "AT_COLLECTION_POINT"]);
    let shown = listed(&mut api).remove(0);
    assert_eq!((&shown["id"], &shown["status"]), (&json!(id), &json!("ACTIVE")));
    assert_eq!(shown["subscribedStatuses"], json!(["CREATED", "AT_COLLECTION_POINT"]));
    assert!(!shown.to_string().contains("k-1"), "secrets are not shown");
    assert_eq!(api.call(OTHER, "GET", &path(OTHER, ""), "").1, json!([]));
    for (method, rest) in [("PUT", ""), ("DELETE", ""), ("PUT", "/activate"), ("PUT", "/deactivate")] {
        for (seller, id) in [(OTHER, id.as_str()), (SELLER, "9"), (SELLER, "x")] {
            let path = path(seller, &format!("/{id}{rest}"));
            assert_eq!(api.call(seller, method, &path, &wish(&[]).to_string()).0, 404, "{method} {path}");
        }
    }
    api.place_as(OTHER, &[("mug", 1)]);
    assert_eq!(drain(&mut api), [], "nor is it told of another seller's packages");
    let changed = json!({ "url": "http://new.example", "authenticationType": "API_KEY", "apiKey": "k-2" });
    assert_eq!(api.call(SELLER, "PUT", &path(SELLER, &format!("/{id}")), &changed.to_string()).0, 200);
    assert_eq!(api.call(SELLER, "PUT", &path(SELLER, &format!("/{id}")), "{}").0, 400);
    api.place(&[("mug", 1)]);
    let now = api.now;
    assert_eq!(api.model.deliveries(now)[0].url, "http://new.example");
    assert_eq!(listed(&mut api)[0]["subscribedStatuses"], json!([]));
}

#[test]
fn a_seller_has_fifteen_at_most() {
    let mut api = api(&[]);
    let ids = [(); 15].map(|()| register(&mut api, &["CREATED"]));
    let one_more = |api: &mut Api, seller: &str| api.call(seller, "POST", &path(seller, ""), &wish(&[]).to_string()).0;
    assert_eq!((one_more(&mut api, SELLER), one_more(&mut api, OTHER)), (400, 200));
    assert_eq!(api.call(SELLER, "DELETE", &path(SELLER, &format!("/{}", ids[3])), "").0, 200);
    assert_eq!((one_more(&mut api, SELLER), listed(&mut api).len()), (200, 15));
}

#[test]
fn what_nobody_takes_is_bounded() {
    let mut api = api(&[]);
    (0..15).for_each(|_| drop(register(&mut api, &[])));
    api.place(&[("mug", 1)]);
    let first = api.now;
    (0..699).for_each(|_| drop(api.place(&[("mug", 1)])));
    let now = api.now;
    assert!(api.model.next_delivery() > Some(first), "what was dropped is not due");
    let due = api.model.deliveries(now);
    assert_eq!(due.len(), 10_000);
    let newest = api.list("size=200&page=3").pop().unwrap().id;
    assert!(due.iter().any(|it| told(it).id == newest), "the oldest are dropped");
    due.iter().for_each(|it| api.model.delivered(it.id, true, now));
    assert_eq!(api.model.next_delivery(), None);
}

#[test]
fn a_package_that_made_room_is_told_no_more() {
    let mut api = Api::with(&[], Settings { max_orders: 1, ..Settings::default() });
    register(&mut api, &[]);
    api.place(&[("mug", 1)]);
    api.place(&[("mug", 1)]);
    assert_eq!(drain(&mut api).len(), 1);
    assert_eq!(api.model.next_delivery(), None);
    api.model.reset();
    api.place(&[("mug", 1)]);
    assert_eq!(drain(&mut api), [], "a new model has no webhooks");
}
