//! Orders from a file: what is made of it, and what is said of a file that is wrong.

use countermand_model::{LoadError, PlaceError, Settings, build, load};
use serde_json::Value;

use crate::api::{Api, SELLER, view_of};

const NOW: u64 = 1_700_000_000_000;

fn orders(api: &mut Api, key: &str) -> Vec<Value> {
    let (_, list) = api.call(key, "GET", "/orders", "");
    list.as_array().unwrap().clone()
}

#[test]
fn orders_are_as_if_they_had_been_placed() {
    let mut api = Api::new(&[]);
    let file = br#"[
        {"items":[{"variantId":"V1","quantity":5},{"variantId":"B-V2","quantity":2},{"variantId":"V3","quantity":1}],
         "fulfilled":{"V1":2,"B-V2":2,"V3":1}},
        {"items":[{"variantId":"V1","quantity":3.0}],"posted":false,"fulfilled":{}}
    ]"#;
    assert_eq!(load(&mut *api.model, file, NOW), Ok(2));
    let sellers = orders(&mut api, SELLER);
    assert_eq!(sellers.len(), 2);
    assert_eq!((&sellers[0]["posted"], view_of(&sellers[0]).signed()), (&false.into(), vec![3]));
    let first = view_of(&sellers[1]);
    assert_eq!((first.signed(), first.fulfilled_total(), first.shipped), (vec![5, 1], 3, false));
    assert_eq!(sellers[1]["fulfillments"].as_array().unwrap().len(), 1, "one parcel");
    let others = orders(&mut api, "other-seller-key");
    assert_eq!((others.len(), view_of(&others[0]).shipped), (1, true));
    assert!(sellers[0]["created"].as_str() > sellers[1]["updated"].as_str(), "one after the other");
    assert!(sellers[1]["created"].as_str() < sellers[1]["updated"].as_str(), "fulfilled after it was placed");
    assert!(sellers[0]["created"].as_str() < Some("2023-11-14T22:13:20.000Z"), "until now");
}

#[test]
fn a_bound_on_requests_is_no_bound_on_files() {
    let mut model = build("modern-dropship", &[], &[], Settings { rate: Some(1), ..Settings::default() }).unwrap();
    let order = r#"{"items":[{"variantId":"V1","quantity":5},{"variantId":"B-V1","quantity":5}],"fulfilled":{"V1":1,"B-V1":1}}"#;
    let file = format!("[{}]", vec![order; 50].join(","));
    assert_eq!(load(&mut *model, file.as_bytes(), NOW), Ok(50));
    let order = br#"{"items":[{"variantId":"V1","quantity":1}]}"#;
    assert_eq!(model.place(order, NOW), Ok(()), "and none is left short by it");
}

#[test]
fn what_is_wrong_is_told_with_its_place() {
    let wrong = |file: &str| {
        let mut model = build("modern-dropship", &[], &[], Settings { max_orders: 2, ..Settings::default() }).unwrap();
        load(&mut *model, file.as_bytes(), NOW).unwrap_err()
    };
    for file in ["", "{}", "null", "[1,", "[{}]]", "\u{feff}[]", &"[".repeat(100_000)] {
        assert!(matches!(wrong(file), LoadError::NotAList { .. }), "{file:.10}");
    }
    let good = r#"{"items":[{"variantId":"V1","quantity":2}]}"#;
    for (bad, told) in [
        ("7", "order 2 of 2: general the body must be a JSON object"),
        (r#"{"fulfilled":[]}"#, "order 2 of 2: fulfilled must be an object"),
        (
            r#"{"items":[]}"#,
            r#"order 2 of 2: POST /buyer/orders is refused with 400: {"errors":{"items":["must be a list of at least one object"]}}"#,
        ),
        (
            r#"{"items":[{"variantId":"V1","quantity":2}],"fulfilled":{"V2":1}}"#,
            "order 2 of 2: fulfilled: no item has the variant \"V2\"",
        ),
        (
            r#"{"items":[{"variantId":"V1","quantity":2}],"fulfilled":{"V1":3}}"#,
            r#"order 2 of 2: POST /orders/{id}/fulfillments is refused with 422: {"errors":{"general":["1 too many of S-V1"]}}"#,
        ),
        (
            r#"{"items":[{"variantId":"V1","quantity":2}],"fulfilled":{"V1":"2"}}"#,
            r#"order 2 of 2: POST /orders/{id}/fulfillments is refused with 400: {"errors":{"quantity":["must be an integer of 0 or more"]}}"#,
        ),
    ] {
        assert_eq!(wrong(&format!("[{good},{bad}]")).to_string(), told);
    }
    let full = wrong(&format!("[{good},{good},{good}]"));
    assert_eq!(full, LoadError::Order { number: 3, of: 3, why: PlaceError::NoRoom });
}
