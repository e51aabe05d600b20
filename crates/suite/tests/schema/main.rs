//! The schemas that are committed are those of today's specs, and take every scenario, spec and target file of this repository;
//! what is wrong in a way that an editor can see they refuse, as the readers do.
#![expect(clippy::expect_used, reason = "helpers of tests may fail as loudly as tests")]

mod files;
mod keys;
mod scenario;
mod spec;
mod target;

use std::path::Path;

use countermand_harness::{Suite, load_some};
use jsonschema::Validator;
use serde_json::Value;

/// The specs in this program.
fn suite() -> Suite {
    load_some(&countermand_suite::files().specs, Vec::new(), &[]).expect("the specs load")
}

fn validator(schema: &Value) -> Validator {
    jsonschema::validator_for(schema).expect("a schema")
}

/// The schema is committed as it is written today.
#[track_caller]
fn is_committed(format: &str, schema: &Value) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../../schema/{format}.schema.json"));
    let committed = std::fs::read_to_string(path).unwrap_or_default();
    let now = format!("{schema:#}\n");
    assert!(committed == now, "`countermand schema {format} > schema/{format}.schema.json` writes it anew");
}

#[track_caller]
fn is_kept(schema: &Validator, path: &str, file: &Value) {
    let errors: Vec<String> =
        schema.iter_errors(file).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(errors.is_empty(), "{path}: {}", errors.join("\n"));
}

/// Each of these in the place of what is right is refused; a place that is not there is made.
#[track_caller]
fn are_refused<'a>(schema: &Validator, right: &Value, wrong: impl IntoIterator<Item = (&'a str, Value)>) {
    is_kept(schema, "the right one", right);
    for (at, wrong) in wrong {
        let mut file = right.clone();
        let (parent, key) = at.rsplit_once('/').expect("a path");
        let parent = file.pointer_mut(parent).expect("it is there");
        match parent {
            Value::Array(list) => list[key.parse::<usize>().expect("a number")] = wrong.clone(),
            parent => parent[key] = wrong.clone(),
        }
        assert!(!schema.is_valid(&file), "{at}: {wrong}");
    }
}
