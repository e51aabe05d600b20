//! Orders of a buyer that go to two sellers: each has its part, and a call of the buyer's is for all of them or none.

use serde_json::Value;

use crate::api::{Api, BUYER, SELLER, view_of};

const OTHER: &str = "other-seller-key";

/// A buyer order of 5 V1 at one seller and 2 B-V1 at the other.
struct Shared {
    api: Api,
    path: String,
    /// The seller orders, by the key of their seller.
    parts: [(&'static str, String); 2],
}

impl Shared {
    fn new(picks: &[(&str, &str)]) -> Self {
        let mut api = Api::new(picks);
        let placed = api.place(&[("B-V1", 2), ("V1", 5)]);
        let parts = api.buyer_order(&placed.buyer_order)["sellerOrders"].clone();
        assert_eq!(parts.as_array().unwrap().len(), 2);
        let id = |at: usize| parts[at]["id"].as_str().unwrap().to_owned();
        let path = format!("/buyer/orders/{}", placed.buyer_order);
        Self { api, path, parts: [(SELLER, id(0)), (OTHER, id(1))] }
    }

    /// A call of a seller's to its part.
    fn post(&mut self, at: usize, rest: &str, body: &str) -> u16 {
        let (key, order) = self.parts[at].clone();
        self.api.call(key, "POST", &format!("/orders/{order}/{rest}"), body).0
    }

    fn cancel(&mut self, body: &str) -> u16 {
        let path = format!("{}/cancel", self.path);
        self.api.call(BUYER, "POST", &path, body).0
    }

    /// The items of both parts, as both parties read them.
    fn signed(&mut self) -> [Vec<i64>; 2] {
        let (_, whole) = self.api.call(BUYER, "GET", &self.path, "");
        [0, 1].map(|at| {
            let (key, order) = self.parts[at].clone();
            let (_, sellers) = self.api.call(key, "GET", &format!("/orders/{order}"), "");
            let (sellers, buyers) = (view_of(&sellers), view_of(&whole["data"]["sellerOrders"][at]));
            assert_eq!(sellers.items, buyers.items);
            assert_eq!((sellers.has_cancellations, sellers.shipped), (buyers.has_cancellations, buyers.shipped));
            sellers.signed()
        })
    }
}

const PARCELS: [&str; 2] =
    [r#"{"items":[{"sku":"S-V1","quantity":5}]}"#, r#"{"items":[{"sku":"S-B-V1","quantity":2}]}"#];
const REST: &str = r#"{"unfulfilledOnly":true}"#;

#[test]
fn each_seller_has_its_part_and_no_other() {
    let mut shared = Shared::new(&[]);
    assert_eq!(shared.signed(), [[5], [2]]);
    for (key, own, others) in [(SELLER, 0, 1), (OTHER, 1, 0)] {
        let (own, others) = (shared.parts[own].1.clone(), shared.parts[others].1.clone());
        let (_, list) = shared.api.call(key, "GET", "/orders", "");
        let ids: Vec<&Value> = list.as_array().unwrap().iter().map(|order| &order["_id"]).collect();
        assert_eq!(ids, [own.as_str()]);
        assert_eq!(shared.api.call(key, "POST", &format!("/orders/{others}/cancel"), "").0, 404);
    }
    assert_eq!(shared.post(1, "cancel", ""), 200);
    assert_eq!(shared.signed(), [[5], [-2]], "a seller cancels its own part");
}

#[test]
fn a_buyer_cancels_all_parts() {
    for body in ["", REST] {
        let mut shared = Shared::new(&[]);
        assert_eq!(shared.cancel(body), 200);
        assert_eq!(shared.signed(), [[-5], [-2]]);
        assert_eq!(shared.cancel(body), 422, "a repeat");
    }
}

#[test]
fn what_is_cancelled_already_is_no_obstacle() {
    for (at, body) in [(0, ""), (1, ""), (0, REST), (1, REST)] {
        let mut shared = Shared::new(&[]);
        assert_eq!(shared.post(at, "cancel", r#"{"reason":"none in stock"}"#), 200);
        let earlier = view_of(&shared.api.call(BUYER, "GET", &shared.path, "").1["data"]["sellerOrders"][at]);
        assert_eq!(shared.cancel(body), 200);
        assert_eq!(shared.signed(), [[-5], [-2]]);
        let later = view_of(&shared.api.call(BUYER, "GET", &shared.path, "").1["data"]["sellerOrders"][at]);
        assert_eq!(earlier, later, "date and reason are kept");
    }
}

#[test]
fn a_fulfilled_part_refuses_for_all_of_them() {
    for at in [0, 1] {
        let mut shared = Shared::new(&[]);
        assert_eq!(shared.post(at, "fulfillments", PARCELS[at]), 200);
        assert_eq!(shared.cancel(""), 422);
        assert_eq!(shared.signed(), [[5], [2]], "all or nothing");
        assert_eq!(shared.cancel(REST), 200, "the other part is unfulfilled");
        assert_eq!(shared.signed(), if at == 0 { [[5], [-2]] } else { [[-5], [2]] });
        assert_eq!(shared.cancel(REST), 422, "nothing is left");
    }
}

#[test]
fn a_repeat_over_all_parts_may_be_accepted() {
    let mut shared = Shared::new(&[("repeat-full-cancel", "accept"), ("nothing-left", "accept-no-op")]);
    assert_eq!(shared.post(0, "fulfillments", PARCELS[0]), 200);
    assert_eq!(shared.post(1, "cancel", ""), 200);
    assert_eq!(shared.cancel(REST), 200);
    assert_eq!(shared.cancel(""), 422, "a fulfilled part still refuses a plain cancel");
    assert_eq!(shared.signed(), [[5], [-2]]);
}

#[test]
fn an_item_call_names_the_part_that_has_the_item() {
    let mut shared = Shared::new(&[]);
    let (_, whole) = shared.api.call(BUYER, "GET", &shared.path, "");
    let item = whole["data"]["sellerOrders"][1]["items"][0]["id"].as_str().unwrap().to_owned();
    for (at, status) in [(0, 404), (1, 200)] {
        let path = format!("{}/seller-orders/{}/items/{item}/cancel", shared.path, shared.parts[at].1);
        assert_eq!(shared.api.call(BUYER, "POST", &path, r#"{"newQuantity":1}"#).0, status);
    }
    assert_eq!(shared.signed(), [vec![5], vec![-2, 1]]);
}
