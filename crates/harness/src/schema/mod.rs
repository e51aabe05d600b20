//! What an editor needs to complete and check a file: JSON Schemas of the formats, by subject in the files beside this one. Here
//! is what they share. A schema sees the keys and words of a file, not what its expressions and roles name: the readers do.

mod binding;
mod scenario;
mod spec;
mod target;
#[cfg(test)]
mod tests;

use serde_json::{Map, Value, json};

pub use scenario::scenario_schema;
pub use spec::spec_schema;
pub use target::target_schema;

/// A key that can be there: its value, and in a sentence what it is for.
fn key(name: &str, value: Value, description: &str) -> (String, Value) {
    let mut value = if let Value::Object(value) = value { value } else { Map::new() };
    value.insert("description".to_owned(), description.into());
    (name.to_owned(), Value::Object(value))
}

/// A map that has these keys and no others.
fn closed(keys: impl IntoIterator<Item = (String, Value)>, needed: &[&str]) -> Value {
    let properties: Map<String, Value> = keys.into_iter().collect();
    json!({ "type": "object", "additionalProperties": false, "required": needed, "properties": properties })
}

/// A map whose keys are the file's own names.
fn named(value: Value) -> Value {
    json!({ "type": "object", "additionalProperties": value })
}

fn reference(definition: &str) -> Value {
    json!({ "$ref": format!("#/$defs/{definition}") })
}

fn text() -> Value {
    json!({ "type": "string" })
}

/// One text or a list of them.
fn texts() -> Value {
    json!({ "type": ["string", "array"], "items": text() })
}

/// A whole number from this on.
fn whole_number(from: u64) -> Value {
    json!({ "type": "integer", "minimum": from })
}

/// An expression; a literal is one too.
fn expression() -> Value {
    json!({ "type": ["string", "number", "boolean"] })
}

fn format() -> (String, Value) {
    key("format", json!({ "const": 1 }), "The version of the format.")
}
