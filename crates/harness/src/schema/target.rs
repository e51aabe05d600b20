//! The JSON Schema of target files, with the calls, callers, views, kinds and fields of each spec that one can speak.

use serde_json::{Map, Value, json};

use super::binding::Binding;
use super::{closed, format, key, reference, text, texts};
use crate::spec::Spec;

/// The schema of a target file for one of these specs.
#[must_use]
pub fn target_schema<'s>(specs: impl IntoIterator<Item = &'s Spec>) -> Value {
    let mut names = Vec::new();
    let mut by_spec = Vec::new();
    let mut definitions = Map::new();
    for spec in specs {
        names.push(spec.name.clone());
        by_spec.push(json!({
            "if": { "properties": { "spec": { "const": spec.name } } },
            "then": reference(&spec.name),
        }));
        let binding = Binding::over(spec);
        definitions.extend(binding.definitions());
        definitions.insert(spec.name.clone(), of_spec(spec, &binding));
    }
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Countermand target file",
        "description": "How a system speaks a spec: laid over the spec's own binding, key by key. Format 1.",
        "type": "object",
        "required": ["format", "target", "spec"],
        "properties": {
            "format": { "const": 1, "description": "The version of the format." },
            "target": { "type": "string", "description": "The target's name in reports." },
            "spec": { "enum": names, "description": "The contract that it speaks." },
        },
        "allOf": by_spec,
        "$defs": definitions,
    })
}

/// The keys of a target file of one spec.
fn of_spec(spec: &Spec, binding: &Binding<'_>) -> Value {
    let tls = closed(
        [
            key("authority", text(), "The file of an authority that is trusted besides those of this machine."),
            key("certificate", text(), "The file of our own certificate."),
            key("key", text(), "The file of its key."),
        ],
        &[],
    );
    let mut tls = tls;
    tls["dependentRequired"] = json!({ "certificate": ["key"], "key": ["certificate"] });
    let mut driver = texts();
    driver["minItems"] = json!(1);
    let keys = [
        format(),
        key("target", text(), "The target's name in reports."),
        key("spec", json!({ "const": spec.name }), &spec.title),
        key("mock", text(), "The spec of a built-in mock that is played against, in place of an endpoint."),
        key("driver", driver, "A command that answers requests as JSON Lines, in place of an endpoint."),
        key("allow", texts(), "Hosts other than this machine that may be played against without being asked."),
        key("proxy", text(), "The proxy that requests go through."),
        key("webhook_url", text(), "Under which URL the target reaches what listens here."),
        key("tls", tls, "Certificates, as files in PEM form beside this one."),
    ];
    let mut file = closed(keys.into_iter().chain(binding.keys()), &binding.needed());
    let two = |one: &str, other: &str| json!({ "required": [one, other] });
    file["not"] = json!({ "anyOf": [two("base_url", "driver"), two("base_url", "mock"), two("driver", "mock")] });
    file
}
