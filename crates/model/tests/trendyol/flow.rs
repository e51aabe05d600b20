//! The statuses that a seller pushes and that the carrier reports, one after the other.

use crate::api::{Api, SELLER, UNKNOWN};

fn history(api: &mut Api, order: &str) -> Vec<String> {
    let package = api.packages(order).remove(0);
    let past = package.raw["packageHistories"].as_array().unwrap().clone();
    past.iter().map(|moment| moment["status"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_package_keeps_its_ids_on_its_way() {
    let mut api = Api::new(&[]);
    let package = api.package(&[("mug", 3)]);
    assert_eq!((api.pick(package.id), api.invoice(package.id), api.stage(package.id, "Shipped")), (200, 200, 200));
    let after = api.packages(&package.order).remove(0);
    assert_eq!((after.id, &after.tracking, &after.lines), (package.id, &package.tracking, &package.lines));
    assert_eq!(after.status, "Shipped");
    assert_eq!(after.raw["invoiceNumber"], "I-1");
    assert!(after.raw["lastModifiedDate"].as_u64() > package.raw["lastModifiedDate"].as_u64());
    assert_eq!(history(&mut api, &package.order), ["Created", "Picking", "Invoiced", "Shipped"]);
}

#[test]
fn a_seller_pushes_picking_and_then_invoiced() {
    let mut api = Api::new(&[]);
    let package = api.package(&[("mug", 3)]);
    assert_eq!(api.invoice(package.id), 400, "not before Picking");
    assert_eq!((api.pick(package.id), api.pick(package.id)), (200, 200), "a repeat has no effect");
    assert_eq!((api.invoice(package.id), api.invoice(package.id)), (200, 200));
    assert_eq!(api.pick(package.id), 400, "never back");
    assert_eq!(history(&mut api, &package.order), ["Created", "Picking", "Invoiced"]);
    for status in ["Shipped", "Cancelled", "UnSupplied", "UnPacked", "Created", "Delivered", "picking", ""] {
        let body = format!(r#"{{"status":"{status}","lines":[],"params":{{}}}}"#);
        assert_eq!(api.put(package.id, "", &body), 400, "{status}");
    }
    for body in ["", "{}", r#"{"status":3}"#, r#"{"status":"Invoiced"}"#, r#"{"status":"Picking","params":[]}"#] {
        assert_eq!(api.put(package.id, "", body), 400, "{body}");
    }
    assert_eq!(api.pick(UNKNOWN), 404);
    assert_eq!(history(&mut api, &package.order), ["Created", "Picking", "Invoiced"]);
}

#[test]
fn repeats_may_be_refused() {
    let mut api = Api::new(&[("repeat-push", "refuse"), ("state-refusal-status", "409")]);
    let package = api.package(&[("mug", 3)]);
    assert_eq!((api.pick(package.id), api.pick(package.id)), (200, 409));
    assert_eq!((api.invoice(package.id), api.invoice(package.id)), (200, 409));
}

#[test]
fn the_lines_of_a_push_may_be_looked_at() {
    for (choice, refusal) in [("ignore", 200), ("check", 400)] {
        let mut api = Api::new(&[("push-lines", choice)]);
        let push = |api: &mut Api, lines: &str| {
            let package = api.package(&[("mug", 3), ("tee", 1)]);
            let lines = lines.replace("MUG", &package.line("mug").to_string());
            api.put(package.id, "", &format!(r#"{{"status":"Picking","lines":{lines},"params":{{}}}}"#))
        };
        assert_eq!(push(&mut api, r#"[{"lineId":MUG,"quantity":3}]"#), 200);
        assert_eq!(push(&mut api, r#"[{"lineId":MUG,"quantity":1}]"#), 200);
        for wrong in [
            "[]",
            "null",
            "7",
            r#"[{"lineId":MUG,"quantity":4}]"#,
            r#"[{"lineId":9,"quantity":1}]"#,
            r#"[{"lineId":MUG,"quantity":1},{"lineId":MUG,"quantity":1}]"#,
        ] {
            assert_eq!(push(&mut api, wrong), refusal, "{choice} {wrong}");
        }
    }
}

#[test]
fn the_carrier_goes_forward_only() {
    let ways: &[(&[&str], &str, u16)] = &[
        (&["Picking"], "Shipped", 200),
        (&["Picking", "Invoiced"], "Shipped", 200),
        (&["Picking"], "Delivered", 400),
        (&["Picking", "Shipped"], "Shipped", 400),
        (&["Picking", "Shipped"], "AtCollectionPoint", 200),
        (&["Picking", "Shipped"], "Delivered", 200),
        (&["Picking", "Shipped", "AtCollectionPoint"], "UnDelivered", 200),
        (&["Picking", "Shipped", "AtCollectionPoint"], "Shipped", 400),
        (&["Picking", "Shipped", "Delivered"], "UnDelivered", 400),
        (&["Picking", "Shipped", "Delivered"], "Returned", 400),
        (&["Picking", "Shipped", "UnDelivered"], "Delivered", 200),
        (&["Picking", "Shipped", "UnDelivered"], "Returned", 200),
        (&["Picking", "Shipped", "UnDelivered", "Returned"], "Returned", 400),
        (&["Picking", "Shipped", "UnDelivered", "Returned"], "Delivered", 400),
        (&["Picking", "Shipped"], "Cancelled", 400),
        (&["Picking", "Shipped"], "Created", 400),
        (&["Picking", "Shipped"], "nonsense", 400),
    ];
    for (way, last, expected) in ways {
        let mut api = Api::new(&[]);
        let package = api.package(&[("mug", 1)]);
        for status in *way {
            let moved = match *status {
                "Picking" => api.pick(package.id),
                "Invoiced" => api.invoice(package.id),
                carried => api.stage(package.id, carried),
            };
            assert_eq!(moved, 200, "{way:?}");
        }
        assert_eq!(api.stage(package.id, last), *expected, "{way:?} {last}");
        let status = &api.packages(&package.order)[0].status;
        assert_eq!(status, if *expected == 200 { last } else { way.last().unwrap() });
    }
}

#[test]
fn what_was_never_picked_may_be_shipped_or_not() {
    for (choice, status) in [("refuse", 400), ("accept", 200)] {
        let mut api = Api::new(&[("ship-from-created", choice)]);
        let package = api.package(&[("mug", 1)]);
        assert_eq!(api.stage(package.id, "Delivered"), 400);
        assert_eq!(api.stage(package.id, "Shipped"), status);
    }
}

#[test]
fn orders_are_refused_that_make_no_sense() {
    let mut api = Api::new(&[("invalid-request-status", "422")]);
    for body in [
        "",
        "{}",
        r#"{"lines":[]}"#,
        r#"{"lines":[{"barcode":"mug"}]}"#,
        r#"{"lines":[{"barcode":"","quantity":1}]}"#,
        r#"{"lines":[{"barcode":7,"quantity":1}]}"#,
        r#"{"lines":[{"barcode":"mug","quantity":0}]}"#,
        r#"{"lines":[{"barcode":"mug","quantity":1000001}]}"#,
        r#"{"lines":[{"barcode":"mug","quantity":1,"price":-1}]}"#,
        &format!(r#"{{"lines":[{}]}}"#, vec![r#"{"barcode":"mug","quantity":1}"#; 1_001].join(",")),
    ] {
        assert_eq!(api.call(SELLER, "POST", "/test/order/orders/core", body).0, 422, "{body:.40}");
    }
    assert_eq!(api.list("").len(), 0);
    let body = r#"{"customer":{"name":"A"},"lines":[{"barcode":"mug","quantity":1},{"barcode":"mug","quantity":2}]}"#;
    assert_eq!(api.call(SELLER, "POST", "/test/order/orders/core", body).0, 200);
    assert_eq!(api.list("")[0].amounts(), [("mug", 1), ("mug", 2)]);
}
