//! No choice is dead: each option can be set, is read by some request, and makes a difference that can be seen.

use std::collections::BTreeSet;

use countermand_model::{Delivery, Reply, choices};
use serde_json::json;

use crate::api::{Api, OTHER, SELLER, UNKNOWN, cancel_of};

/// What a run of calls shows: its answers, and what webhooks were told.
#[derive(Default, PartialEq)]
struct Shown {
    replies: Vec<Reply>,
    deliveries: Vec<Delivery>,
}

struct Run {
    api: Api,
    shown: Shown,
}

impl Run {
    fn ask(&mut self, seller: &str, method: &str, path: &str, body: &str) {
        let reply = self.api.reply(seller, method, path, body);
        self.shown.replies.push(reply);
    }

    fn put(&mut self, package: u64, rest: &str, body: &str) {
        self.ask(SELLER, "PUT", &format!("/order/sellers/{SELLER}/shipment-packages/{package}{rest}"), body);
    }

    /// Reads, and takes what is due, before any time has passed and later.
    fn look(&mut self) {
        for later in [0, 1_000] {
            self.api.now += later;
            let step = std::mem::take(&mut self.api.step);
            self.ask(SELLER, "GET", "/order/sellers/1001/orders", "");
            self.ask(SELLER, "GET", "/order/sellers/1001/orders?status=UnSupplied", "");
            self.api.step = step;
            let due = self.api.model.deliveries(self.api.now);
            self.shown.deliveries.extend(due);
        }
    }
}

/// Plays a fixed run of calls that comes by every choice.
fn run(picks: &[(&str, &str)]) -> (Shown, BTreeSet<&'static str>) {
    let mut run = Run { api: Api::new(picks), shown: Shown::default() };
    let webhook = json!({ "url": "http://x.example", "authenticationType": "API_KEY", "apiKey": "k" }).to_string();
    run.ask(SELLER, "POST", "/webhook/sellers/1001/webhooks", &webhook);
    run.ask(SELLER, "POST", "/test/order/orders/core", r#"{"lines":[{"barcode":"mug","quantity":1}]}"#);
    run.look();
    let package = run.api.package(&[("mug", 4), ("tee", 1)]);
    let (mug, one) = (package.line("mug"), cancel_of(&[(package.line("mug"), 1)], 500));
    run.put(package.id, "/items/unsupplied", &cancel_of(&[(mug, 2), (mug, 2)], 501));
    run.look();
    let [picked, invoiced, fresh] = [(); 3].map(|()| run.api.package(&[("mug", 4), ("tee", 1)]));
    for package in [&picked, &invoiced] {
        let rest = format!(r#"{{"status":"Picking","lines":[{{"lineId":{},"quantity":4}}]}}"#, package.line("mug"));
        run.put(package.id, "", &rest);
        run.put(package.id, "", &rest);
    }
    run.put(invoiced.id, "", r#"{"status":"Invoiced","params":{"invoiceNumber":"I"}}"#);
    for package in [&picked, &invoiced] {
        let body = cancel_of(&[(package.line("mug"), 1)], 500);
        run.put(package.id, "/items/unsupplied", &body);
        run.put(package.id, "/items/unsupplied", &body);
        run.look();
    }
    let newest = run.api.packages(&picked.order).into_iter().find(|it| it.live()).unwrap();
    run.put(newest.id, "/items/unsupplied", &cancel_of(&[(newest.line("mug"), 1)], 500));
    run.look();
    run.put(UNKNOWN, "/items/unsupplied", &one);
    run.put(fresh.id, "/items/unsupplied", "");
    let foreign = format!("shipment-packages/{}/items/unsupplied", fresh.id);
    run.ask(OTHER, "PUT", &format!("/order/sellers/{OTHER}/{foreign}"), &one);
    run.ask(OTHER, "PUT", &format!("/order/sellers/{SELLER}/{foreign}"), &one);
    run.ask(
        SELLER,
        "PUT",
        &format!("/test/order/sellers/{SELLER}/shipment-packages/{}/status", fresh.id),
        r#"{"status":"Shipped"}"#,
    );
    run.ask(SELLER, "GET", "/order/sellers/1001/orders?size=500", "");
    let key = ("authorization", "Basic c2VsbGVyLWtleTpzZWxsZXItc2VjcmV0");
    let odd = run.api.send(&[key, ("user-agent", "curl")], "GET", "/order/sellers/1001/orders", b"");
    run.shown.replies.push(odd);
    let foreign = [key, ("user-agent", "1002 - Suite")];
    let foreign = run.api.send(&foreign, "GET", "/order/sellers/1001/orders", b"");
    run.shown.replies.push(foreign);
    run.look();
    let consulted = run.api.model.consulted().into_iter().collect();
    (run.shown, consulted)
}

#[test]
fn every_option_can_be_set_and_makes_a_difference() {
    for info in choices("trendyol").unwrap() {
        let mut seen: Vec<(&str, Shown)> = Vec::new();
        for option in info.options {
            let shown = run(&[(info.name, option.name)]).0;
            for (other, same) in &seen {
                assert!(shown != *same, "{} {} is as {other}", info.name, option.name);
            }
            seen.push((option.name, shown));
        }
        assert_eq!(info.default, info.options[0].name);
    }
}

#[test]
fn every_choice_is_read_by_some_request() {
    let all: BTreeSet<_> = choices("trendyol").unwrap().iter().map(|info| info.name).collect();
    assert_eq!(run(&[]).1, all);
}

#[test]
fn no_choice_is_read_that_can_not_matter() {
    let mut api = Api::new(&[]);
    assert!(api.model.consulted().is_empty());
    let package = api.package(&[("mug", 3)]);
    api.model.forget_consulted();
    assert_eq!(api.cancel(package.id, &[(package.line("mug"), 3)]), 200);
    assert_eq!(api.model.consulted(), ["settle", "ok-body"], "without a webhook or a rest nothing else is asked");
    api.model.forget_consulted();
    assert!(api.model.consulted().is_empty());
}
