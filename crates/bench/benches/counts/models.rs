//! One cancellation at each of the models: request bytes in, reply bytes out. The order was placed before.

use countermand_model::{Model, Reply, Request, Settings, build};
use serde_json::{Value, json};

/// When everything happens, milliseconds of Unix time.
const YEAR_2026: u64 = 1_767_225_600_000;

type Headers = &'static [(&'static str, &'static str)];

const BUYER: Headers = &[("authorization", "buyer-key"), ("content-type", "application/json")];
const SELLER: Headers = &[("authorization", "seller-key"), ("content-type", "application/json")];
const TRENDYOL: Headers = &[
    ("authorization", "Basic c2VsbGVyLWtleTpzZWxsZXItc2VjcmV0"),
    ("user-agent", "1001 - Counts"),
    ("sellerid", "1001"),
    ("content-type", "application/json"),
];
const LAWS: Headers = &[("content-type", "application/json")];

/// A request, and the model that is going to answer it.
pub(crate) struct Asked {
    model: Box<dyn Model>,
    method: &'static str,
    path: String,
    headers: Headers,
    body: Vec<u8>,
}

impl Asked {
    fn new(model: Box<dyn Model>, method: &'static str, path: String, headers: Headers, body: &Value) -> Self {
        Self { model, method, path, headers, body: body.to_string().into_bytes() }
    }

    /// All comes back with the answer, so that to let it go is not counted.
    pub(crate) fn answer(mut self) -> (Self, Reply) {
        let (path, query) = self.path.split_once('?').map_or((&*self.path, None), |(path, query)| (path, Some(query)));
        let request = Request { method: self.method, path, query, headers: self.headers, body: &self.body };
        let reply = self.model.handle(&request, YEAR_2026);
        (self, reply)
    }

    /// The model as it is after the answer, which has to be a good one, and what it said.
    fn answered(self) -> (Box<dyn Model>, Value) {
        let (asked, reply) = self.answer();
        assert_accepted(&reply);
        (asked.model, serde_json::from_slice(&reply.body).expect("the answer is JSON"))
    }
}

/// The seller keeps three of five.
pub(crate) fn modern_dropship() -> Asked {
    let order = json!({"items": [{"variantId": "mug", "quantity": 5}, {"variantId": "tee", "quantity": 1}]});
    let (model, placed) =
        Asked::new(model("modern-dropship"), "POST", "/buyer/orders".to_owned(), BUYER, &order).answered();
    let read = format!("/buyer/orders/{}", word(&placed, "/data/id"));
    let (model, order) = Asked::new(model, "GET", read, BUYER, &Value::Null).answered();
    let order = format!("/orders/{}", word(&order, "/data/sellerOrders/0/id"));
    let (model, shown) = Asked::new(model, "GET", order.clone(), SELLER, &Value::Null).answered();
    let cancel = format!("{order}/items/{}/cancel", word(&shown, "/items/0/_id"));
    Asked::new(model, "POST", cancel, SELLER, &json!({"newQuantity": 3}))
}

/// The seller can't supply two of five.
pub(crate) fn trendyol() -> Asked {
    let line = |barcode: &str, quantity: u64| json!({"barcode": barcode, "quantity": quantity, "price": 9.5});
    let order = json!({"lines": [line("mug", 5), line("tee", 1)]});
    let place = "/test/order/orders/core".to_owned();
    let (model, placed) = Asked::new(model("trendyol"), "POST", place, TRENDYOL, &order).answered();
    let read = format!("/order/sellers/1001/v2/orders?orderNumber={}", word(&placed, "/orderNumber"));
    let (model, page) = Asked::new(model, "GET", read, TRENDYOL, &Value::Null).answered();
    let package = word(&page, "/content/0/shipmentPackageId");
    let cancel = format!("/order/sellers/1001/shipment-packages/{package}/items/unsupplied");
    let line = page.pointer("/content/0/lines/0/lineId");
    let body = json!({"lines": [{"lineId": line, "quantity": 2}], "reasonId": 500});
    Asked::new(model, "PUT", cancel, TRENDYOL, &body)
}

/// Two of five units are cancelled.
pub(crate) fn laws() -> Asked {
    let line = |product: &str, ordered: u64| json!({"product": product, "ordered": ordered, "fulfilled": 0});
    let order = json!({"lines": [line("mug", 5), line("tee", 1)]});
    let (model, placed) = Asked::new(model("laws"), "POST", "/orders".to_owned(), LAWS, &order).answered();
    let cancel = format!("/orders/{}/lines/{}/cancel", word(&placed, "/id"), word(&placed, "/lines/0/id"));
    Asked::new(model, "POST", cancel, LAWS, &json!({"units": 2}))
}

/// What was counted is a cancellation, and no refusal of one.
pub(crate) fn must_be_accepted((_, reply): (Asked, Reply)) {
    assert_accepted(&reply);
}

fn assert_accepted(reply: &Reply) {
    assert!((200..300).contains(&reply.status), "{}: {}", reply.status, String::from_utf8_lossy(&reply.body));
}

fn model(spec: &str) -> Box<dyn Model> {
    build(spec, &[], &[], Settings::default()).expect("the spec has a model")
}

/// An id, be it a text or a number.
fn word(told: &Value, pointer: &str) -> String {
    let id = told.pointer(pointer).expect("the answer names what was made");
    id.as_str().map_or_else(|| id.to_string(), str::to_owned)
}
