//! A schema has the keys that its reader asks for, no more and no fewer: what was asked while a file was read that has every map
//! of the format is compared with what the schema says of that map.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

use countermand_text::{Reader, yaml};
use serde_json::Value;

use super::{spec_schema, target_schema};
use crate::spec::read_spec;
use crate::target::read_target;

/// Every map that a spec file can have, but no binding: that is a target file's too.
const SPEC: &str = "
format: 1
spec: notes
title: A list of notes
profiles: { all: every demand }
clauses: { note.gone: { level: MUST, text: a note is gone, source: test } }
choices: { again: { options: [refuse, accept], holds: run } }
kinds: { note: { plural: notes, fields: { text: {} } } }
groups: { sheet: { plural: sheets, of: note, fields: { notes: count } } }
order: { unknown: none, fields: { open: {} } }
callers: [writer]
calls: { drop: { on: note, as: writer } }
frame: { accepted: note.gone, refused: note.gone, extra: note.gone, missing: note.gone, at_once: note.gone, late: note.gone }
invariants: [{ clause: note.gone, each: note, while: settled, holds: now.text }]
webhooks: { on: note, fields: [text] }
";

/// Every map that a target file can have.
const TARGET: &str = "
format: 1
target: here
spec: notes
base_url: http://127.0.0.1
tls: {}
callers:
  writer:
    basic: { user: a, password: b }
    session: { requests: { post: /login }, headers: {} }
  reader: { api_key: { header: X-Key, value: k } }
bootstrap: { probe: { get: / }, done: true, requests: [] }
provision: { get: /, pages: { rows: body, last: true, at_most: 1 } }
calls: { drop: { requests: { delete: / }, on_refusal: [] } }
views: { all: { reads: { get: / }, note: { each: body, id: it, same: it, fields: {} } } }
outcome: {}
limits: {}
webhooks: {}
";

type Asked = BTreeMap<&'static str, BTreeSet<&'static str>>;

/// What the reader asked of each map.
fn asked(text: &str, read: impl FnOnce(&Reader, &countermand_text::Node)) -> Asked {
    let (source, root) = yaml::parse("test.yaml", text.as_bytes()).expect("YAML");
    let reader = Reader::new(source);
    read(&reader, &root);
    let asked = reader.asked.take().into_iter();
    asked.map(|(what, keys)| (what, keys.into_iter().collect())).collect()
}

/// Where in the schema each map is described; the names that are the spec's own are no keys of the format.
#[track_caller]
fn is_described(schema: &Value, mut asked: Asked, places: &[(&'static str, &str)], names: &[&str]) {
    for (what, place) in places {
        let described = schema.pointer(place).and_then(Value::as_object);
        let described = described.expect(what);
        let described: BTreeSet<&str> =
            described.keys().map(String::as_str).filter(|key| !names.contains(key)).collect();
        let asked = asked.remove(what).expect(what);
        assert_eq!(asked, described, "{what}");
    }
    assert!(asked.is_empty(), "no schema is compared with {asked:?}");
}

#[test]
fn spec_files_have_the_keys_that_are_read() {
    let asked = asked(SPEC, |reader, root| drop(read_spec(reader, root)));
    let of = |key: &str| format!("/properties/{key}/additionalProperties/properties");
    let (clauses, choices, kinds, groups, calls) =
        (of("clauses"), of("choices"), of("kinds"), of("groups"), of("calls"));
    let places = [
        ("a spec", "/properties"),
        ("a clause", clauses.as_str()),
        ("a choice", &choices),
        ("a kind", &kinds),
        ("a field", "/$defs/field/properties"),
        ("the order", "/properties/order/properties"),
        ("a group", &groups),
        ("a call", &calls),
        ("a frame", "/properties/frame/properties"),
        ("an invariant", "/properties/invariants/items/properties"),
        ("the webhooks", "/properties/webhooks/properties"),
    ];
    is_described(&spec_schema(), asked, &places, &[]);
}

#[test]
fn target_files_and_bindings_have_the_keys_that_are_read() {
    let spec = Arc::new(crate::spec::parse("spec.yaml", SPEC.as_bytes()).expect("a spec"));
    let specs = BTreeMap::from([("notes".to_owned(), Arc::clone(&spec))]);
    let asked = asked(TARGET, |reader, root| drop(read_target(reader, root, PathBuf::new(), &specs)));
    let schema = target_schema([&*spec]);
    let view = "/$defs/notes/properties/views/additionalProperties/properties";
    let note = format!("{view}/note/properties");
    let places = [
        ("a target file", "/$defs/notes/properties"),
        ("the certificates", "/$defs/notes/properties/tls/properties"),
        ("a caller", "/$defs/notes.caller/properties"),
        ("basic authentication", "/$defs/notes.caller/properties/basic/properties"),
        ("an API key", "/$defs/notes.caller/properties/api_key/properties"),
        ("a session", "/$defs/notes.session/properties"),
        ("the bootstrap", "/$defs/notes.bootstrap/properties"),
        ("a request", "/$defs/notes.request/properties"),
        ("pages", "/$defs/pages/properties"),
        ("a call", "/$defs/notes.call/anyOf/2/properties"),
        ("a view", view),
        ("the view of a kind", &note),
        ("the outcome rules", "/$defs/notes/properties/outcome/properties"),
        ("the limits", "/$defs/limits/properties"),
        ("the webhooks", "/$defs/notes/properties/webhooks/properties"),
    ];
    is_described(&schema, asked.clone(), &places, &["note"]);
    let bound = spec_schema();
    let keys = |schema: &Value, place: &str| -> BTreeSet<String> {
        schema.pointer(place).and_then(Value::as_object).expect("keys").keys().cloned().collect()
    };
    let mut of_target = keys(&schema, "/$defs/notes/properties");
    for own in ["format", "target", "spec", "mock", "driver", "allow", "proxy", "webhook_url", "tls"] {
        of_target.remove(own);
    }
    assert_eq!(keys(&bound, "/properties/binding/properties"), of_target);
}
