//! The schema of scenario files that is committed is that of today's specs, and takes every scenario of the suite; what is wrong
//! in a way that an editor can see it refuses.
#![expect(clippy::expect_used, reason = "a test that can't be set up stops")]

use std::path::Path;

use countermand_harness::{Found, Suite, load_some, scenario_schema};
use serde_json::{Value, json};

fn suite(files: &Found) -> Suite {
    load_some(&files.specs, Vec::new(), &[]).expect("the specs load")
}

fn schema(suite: &Suite) -> Value {
    scenario_schema(suite.specs.values().map(AsRef::as_ref))
}

fn read(bytes: &[u8]) -> Value {
    serde_yaml::from_str(std::str::from_utf8(bytes).expect("text")).expect("YAML")
}

#[test]
fn the_committed_schema_is_that_of_the_specs() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../schema/scenario.schema.json");
    let committed = std::fs::read_to_string(path).expect("it is committed");
    let now = format!("{:#}\n", schema(&suite(&countermand_suite::files())));
    assert!(committed == now, "`countermand schema > schema/scenario.schema.json` writes it anew");
}

#[test]
fn every_scenario_keeps_it() {
    let files = countermand_suite::files();
    let schema = schema(&suite(&files));
    let schema = jsonschema::validator_for(&schema).expect("a schema");
    for file in &files.scenarios {
        let scenario = read(&file.read().expect("it is in this program"));
        let errors: Vec<String> =
            schema.iter_errors(&scenario).map(|error| format!("{}: {error}", error.instance_path())).collect();
        assert!(errors.is_empty(), "{}: {}", file.path, errors.join("\n"));
    }
}

#[test]
fn what_is_wrong_is_refused() {
    let files = countermand_suite::files();
    let schema = schema(&suite(&files));
    let schema = jsonschema::validator_for(&schema).expect("a schema");
    let right = json!({
        "format": 1, "spec": "modern-dropship", "title": "t", "order": { "items": { "mug": { "quantity": 5 } } },
        "steps": [{ "call": "cancel_item", "on": "mug", "expect": { "item.cancels": { "items": { "mug": { "cancelled": true } } } } }],
    });
    assert!(schema.is_valid(&right));
    for (at, wrong) in [
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
    ] {
        let mut scenario = right.clone();
        *scenario.pointer_mut(at).expect("it is there") = wrong.clone();
        assert!(!schema.is_valid(&scenario), "{at}: {wrong}");
    }
}
