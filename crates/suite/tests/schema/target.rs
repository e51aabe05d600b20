//! The schema of target files.

use countermand_harness::{load_some, parse_target, target_schema};
use serde_json::{Value, json};

use crate::{are_refused, files, is_committed, is_kept, keys, suite, validator};

fn schema() -> Value {
    target_schema(suite().specs.values().map(AsRef::as_ref))
}

#[test]
fn the_committed_schema_is_that_of_the_specs() {
    is_committed("target", &schema());
}

#[test]
fn every_target_file_keeps_it() {
    let schema = validator(&schema());
    for file in files::targets() {
        is_kept(&schema, &file.path, &file.root);
    }
}

#[test]
fn a_key_that_is_none_is_refused_as_the_reader_refuses_it() {
    let specs = load_some(&countermand_suite::files().specs, Vec::new(), &[]).expect("the specs load").specs;
    let schema = validator(&schema());
    for file in files::targets().iter().filter(|file| !file.path.ends_with("init/target.yaml")) {
        keys::are_judged_alike(&schema, file, true, |bytes| {
            parse_target(&file.path, bytes, file.folder.clone(), &specs).err().unwrap_or_default()
        });
    }
}

#[test]
fn what_is_wrong_is_refused() {
    let right = json!({
        "format": 1, "target": "acme", "spec": "modern-dropship", "base_url": "${ACME_URL:-http://127.0.0.1:1}",
        "callers": {
            "seller": { "api_key": { "header": "X-Key", "value": "${KEY}" } },
            "clerk": { "session": { "requests": { "post": "/login" }, "headers": { "X-Token": "{{ token }}" }, "lasts": 1000 } },
        },
        "limits": { "rate": 0.5, "in_flight": 1 },
        "tls": { "authority": "ca.pem" },
        "provision": { "pool": "orders.yaml" },
        "calls": {
            "cancel_item": { "requests": [{ "as": "clerk", "post": "/x", "capture": { "order.edit": "body.id" } }], "on_refusal": { "delete": "/x" } },
        },
        "views": { "seller": { "reads": { "get": "/" }, "order": { "shipped": "body.shipped" } } },
        "webhooks": { "fields": { "type": "it.type" } },
        "lacks": { "patch_order": "orders can't be changed" },
        "unknown": { "item": 0 },
    });
    let wrong = [
        ("/spec", json!("modern-dropshop")),
        ("/target", json!(1)),
        ("/driver", json!(["python3", "driver.py"])),
        ("/mock", json!("laws")),
        ("/base-url", json!("http://127.0.0.1")),
        ("/callers/seller", json!({ "beare": "x" })),
        ("/callers/seller/api_key", json!({ "header": "X-Key", "query": "key", "value": "x" })),
        ("/callers/seller/basic", json!({ "user": "x" })),
        ("/callers/clerk/session", json!({ "requests": [], "headers": {} })),
        ("/limits/rate", json!(0)),
        ("/limits/in_flight", json!(0)),
        ("/limits/timeout", json!("5s")),
        ("/tls/certificate", json!("without-a-key.pem")),
        ("/provision", json!({ "pool": "orders.yaml", "post": "/" })),
        ("/calls/cancel_itme", json!({ "post": "/x" })),
        ("/calls/cancel_item", json!({ "post": "/x", "body": {} })),
        ("/calls/cancel_item", json!({ "as": "seller" })),
        ("/calls/cancel_item/requests/0/capture", json!({ "item.id": "body.id" })),
        ("/views/seller/order/shiped", json!("body.shipped")),
        ("/views/seller/package", json!({ "each": "body", "id": "it", "same": "it", "fields": {} })),
        ("/views/seller/item", json!({ "each": "body" })),
        ("/webhooks/id", json!("it.id")),
        ("/webhooks/fields/status", json!("it.status")),
        ("/lacks/patch", json!("no")),
        ("/unknown/line", json!(0)),
    ];
    are_refused(&validator(&schema()), &right, wrong);
    let whole = json!({ "format": 1, "target": "acme", "spec": "laws", "base_url": "http://127.0.0.1" });
    assert!(!validator(&schema()).is_valid(&whole), "nothing says how the laws are spoken");
}
