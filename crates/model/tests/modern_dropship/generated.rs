//! Random choices, orders and calls, good and bad, and how each is played. Judges nothing.

use countermand_model::choices;
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::Value;

use crate::api::{Api, BUYER, Placed, SELLER, UNKNOWN, View, json_of};

const JSON: Option<&str> = Some("application/json");

/// Values of `newQuantity` as they are written, and the count they stand for if they do.
const NUMBERS: &[(&str, Option<u64>)] = &[
    ("0", Some(0)),
    ("1", Some(1)),
    ("2", Some(2)),
    ("3", Some(3)),
    ("4", Some(4)),
    ("5", Some(5)),
    ("6", Some(6)),
    ("2.0", Some(2)),
    ("3e0", Some(3)),
    ("18446744073709551615", Some(u64::MAX)),
    ("18446744073709551616", None),
    ("-1", None),
    ("-0", None),
    ("2.5", None),
    (r#""3""#, None),
    ("true", None),
    ("[3]", None),
    ("{}", None),
];

/// Bodies that say nothing of what is to be cancelled, and some that say it wrongly.
const OTHER_BODIES: &[&str] = &[
    "",
    "{}",
    r#"{"reason":"none in stock"}"#,
    r#"{"newQuantity":null}"#,
    r#"{"unfulfilledOnly":true}"#,
    r#"{"unfulfilledOnly":true,"reason":"the rest"}"#,
    r#"{"unfulfilledOnly":false}"#,
    r#"{"unfulfilledOnly":null}"#,
    r#"{"unfulfilledOnly":"true"}"#,
    r#"{"reason":3}"#,
    r#"{"quantity":3}"#,
    "null",
    "[]",
    "{",
];

#[derive(Clone, Debug)]
pub(crate) enum Call {
    CancelItem {
        by_buyer: bool,
        item: Index,
        body: Body,
    },
    CancelOrder {
        by_buyer: bool,
        body: Body,
    },
    Fulfil {
        product: u8,
        units: u64,
    },
    Patch(usize),
    /// A cancel call that lacks what it takes: key, method, known id, content type.
    Wrong {
        item: Index,
        way: usize,
    },
}

#[derive(Clone, Debug)]
pub(crate) enum Body {
    Number(usize),
    Other(usize),
}

impl Body {
    fn text(&self) -> String {
        match self {
            Self::Number(at) => format!(r#"{{"newQuantity":{}}}"#, NUMBERS[*at].0),
            Self::Other(at) => OTHER_BODIES[*at].to_owned(),
        }
    }

    /// The new quantity, if one is asked for that can be understood.
    fn new_quantity(&self) -> Option<u64> {
        match self {
            Self::Number(at) => NUMBERS[*at].1,
            Self::Other(_) => None,
        }
    }
}

const PATCHES: &[&str] = &[
    r#"{"cancelled":false,"hasCancellations":false,"shipped":true}"#,
    r#"{"items":[{"cancelled":false,"quantity":99}]}"#,
    r#"{"note":"fragile","billed":true}"#,
    r#"{"note":3}"#,
];

pub(crate) fn calls() -> impl Strategy<Value = Call> {
    let body = prop_oneof![
        3 => (0..NUMBERS.len()).prop_map(Body::Number),
        2 => (0..OTHER_BODIES.len()).prop_map(Body::Other),
    ];
    prop_oneof![
        6 => (any::<bool>(), any::<Index>(), body.clone())
            .prop_map(|(by_buyer, item, body)| Call::CancelItem { by_buyer, item, body }),
        2 => (any::<bool>(), body).prop_map(|(by_buyer, body)| Call::CancelOrder { by_buyer, body }),
        4 => (0..3u8, 0..5u64).prop_map(|(product, units)| Call::Fulfil { product, units }),
        1 => (0..PATCHES.len()).prop_map(Call::Patch),
        1 => (any::<Index>(), 0..5usize).prop_map(|(item, way)| Call::Wrong { item, way }),
    ]
}

/// One option for each choice.
pub(crate) fn picks() -> impl Strategy<Value = Vec<(&'static str, &'static str)>> {
    let infos = choices("modern-dropship").unwrap();
    let options: Vec<_> = infos
        .iter()
        .map(|info| (0..info.options.len()).prop_map(move |at| (info.name, info.options[at].name)))
        .collect();
    options
}

pub(crate) fn lines() -> impl Strategy<Value = Vec<(&'static str, u64)>> {
    prop::collection::vec((prop::sample::select(vec!["V0", "V1"]), 1..=5u64), 1..4)
}

/// What a call was, as the checks need it.
pub(crate) struct Played {
    pub(crate) status: u16,
    pub(crate) answer: Value,
    /// The item an item call named.
    pub(crate) item: Option<String>,
    /// Whether it was a well-formed order cancel.
    pub(crate) order_cancel: bool,
    pub(crate) fulfilled: Option<(String, u64)>,
    pub(crate) new_quantity: Option<u64>,
    pub(crate) by_seller: bool,
}

pub(crate) fn play(api: &mut Api, placed: &Placed, before: &View, call: &Call) -> Played {
    let Placed { order, buyer_order } = placed;
    let id_of = |item: &Index| before.items[item.index(before.items.len())].id.clone();
    let mut played = Played {
        status: 0,
        answer: Value::Null,
        item: None,
        order_cancel: false,
        fulfilled: None,
        new_quantity: None,
        by_seller: true,
    };
    let (key, method, path, content_type, body) = match call {
        Call::CancelItem { by_buyer, item, body } => {
            let id = id_of(item);
            let path = if *by_buyer {
                format!("/buyer/orders/{buyer_order}/seller-orders/{order}/items/{id}/cancel")
            } else {
                format!("/orders/{order}/items/{id}/cancel")
            };
            played.item = Some(id);
            played.new_quantity = body.new_quantity();
            played.by_seller = !by_buyer;
            (Some(if *by_buyer { BUYER } else { SELLER }), "POST", path, JSON, body.text())
        }
        Call::CancelOrder { by_buyer, body } => {
            played.order_cancel = true;
            played.by_seller = !by_buyer;
            let path = if *by_buyer {
                format!("/buyer/orders/{buyer_order}/cancel")
            } else {
                format!("/orders/{order}/cancel")
            };
            (Some(if *by_buyer { BUYER } else { SELLER }), "POST", path, JSON, body.text())
        }
        Call::Fulfil { product, units } => {
            let product = format!("S-V{product}");
            let body = format!(r#"{{"items":[{{"sku":"{product}","quantity":{units}}}]}}"#);
            played.fulfilled = Some((product, *units));
            (Some(SELLER), "POST", format!("/orders/{order}/fulfillments"), JSON, body)
        }
        Call::Patch(at) => (Some(SELLER), "PATCH", format!("/orders/{order}"), JSON, PATCHES[*at].to_owned()),
        Call::Wrong { item, way } => {
            let path = format!("/orders/{order}/items/{}/cancel", id_of(item));
            match way {
                0 => (None, "POST", path, None, String::new()),
                1 => (Some(BUYER), "POST", path, None, String::new()),
                2 => (Some(SELLER), "DELETE", path, None, String::new()),
                3 => (Some(SELLER), "POST", path, Some("text/plain"), "{}".to_owned()),
                _ => {
                    let path = format!("/orders/{order}/items/{UNKNOWN}/cancel");
                    (Some(SELLER), "POST", path, None, String::new())
                }
            }
        }
    };
    let reply = api.send(key, method, &path, content_type, body.as_bytes());
    (played.status, played.answer) = (reply.status, json_of(&reply));
    played
}
