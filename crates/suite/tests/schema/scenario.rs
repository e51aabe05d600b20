//! The schema of scenario files.

use countermand_harness::scenario_schema;
use serde_json::{Value, json};

use crate::{are_refused, is_committed, is_kept, suite, validator};

fn schema() -> Value {
    scenario_schema(suite().specs.values().map(AsRef::as_ref))
}

#[test]
fn the_committed_schema_is_that_of_the_specs() {
    is_committed("scenario", &schema());
}

#[test]
fn every_scenario_keeps_it() {
    let schema = validator(&schema());
    for file in countermand_suite::files().scenarios {
        let bytes = file.read().expect("it is in this program");
        let scenario = serde_yaml::from_slice(&bytes).expect("YAML");
        is_kept(&schema, &file.path, &scenario);
    }
}

#[test]
fn what_is_wrong_is_refused() {
    let right = json!({
        "format": 1, "spec": "modern-dropship", "title": "t", "order": { "items": { "mug": { "quantity": 5 } } },
        "steps": [{ "call": "cancel_item", "on": "mug", "expect": { "item.cancels": { "items": { "mug": { "cancelled": true } } } } }],
    });
    let wrong = [
        ("/spec", json!("modern-dropshop")),
        ("/order", json!({})),
        ("/order/items/mug", json!({})),
        ("/order/items", json!({ "mug": { "quantity": 5, "colour": "red" } })),
        ("/steps", json!([])),
        ("/steps/0/call", json!("cancel_itme")),
        ("/steps/0/expect", json!({})),
        ("/steps/0/expect", json!({ "item.cancles": { "answer": "accepted" } })),
        ("/steps/0/expect/item.cancels", json!({ "answer": "acepted" })),
        ("/steps/0/expect/item.cancels/items/mug", json!({ "canceled": true })),
        ("/steps/0/expect/item.cancels/items/mug/cancelled", json!({ "any": [1] })),
    ];
    are_refused(&validator(&schema()), &right, wrong);
}
