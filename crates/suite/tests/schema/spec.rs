//! The schema of spec files.

use countermand_harness::{Content, SuiteFile, load_some, spec_schema};
use serde_json::json;

use crate::{are_refused, files, is_committed, is_kept, keys, validator};

#[test]
fn the_committed_schema_is_that_of_today() {
    is_committed("spec", &spec_schema());
}

#[test]
fn every_spec_keeps_it() {
    let schema = validator(&spec_schema());
    for file in files::specs() {
        is_kept(&schema, &file.path, &file.root);
    }
}

#[test]
fn a_key_that_is_none_is_refused_as_the_reader_refuses_it() {
    let schema = validator(&spec_schema());
    for file in files::specs() {
        keys::are_judged_alike(&schema, &file, false, |bytes| {
            let content = Content::from(bytes.to_vec());
            let spec = SuiteFile { path: file.path.clone(), name: "spec".to_owned(), content };
            load_some(&[spec], Vec::new(), &[]).err().unwrap_or_default()
        });
    }
}

#[test]
fn what_is_wrong_is_refused() {
    let right = json!({
        "format": 1, "spec": "notes", "title": "Notes", "profiles": { "all": "every demand" },
        "clauses": { "note.gone": { "level": "MUST", "text": "a note is gone", "source": "test" } },
        "choices": { "again": { "options": ["refuse", 422], "holds": "run" } },
        "kinds": { "note": { "plural": "notes", "fields": { "text": { "moves_with": "open" } } } },
        "groups": { "sheet": { "plural": "sheets", "of": "note", "fields": { "notes": "count" } } },
        "order": { "unknown": "none", "fields": { "open": {} } },
        "callers": ["writer"],
        "calls": { "drop": { "on": "note", "as": "writer", "frame": { "extra": "note.gone" } } },
        "frame": { "accepted": "c", "refused": "c", "extra": "c", "missing": "c", "at_once": "c", "late": "c" },
        "invariants": [{ "clause": "note.gone", "each": "note", "while": "settled", "holds": "now.text" }],
        "webhooks": { "fields": ["text"] },
        "binding": {
            "callers": { "writer": { "bearer": "${KEY}" } },
            "provision": { "post": "/notes" },
            "calls": { "drop": { "delete": "/notes/{{ target.id }}" } },
            "outcome": { "accepted": "status == 200", "refused": "status == 400", "busy": "status == 503" },
            "views": { "all": { "reads": { "get": "/notes" }, "note": { "each": "body", "id": "it", "same": "it", "fields": {} } } },
        },
    });
    let wrong = [
        ("/format", json!(2)),
        ("/title", json!(1)),
        ("/profiles", json!({})),
        ("/clauses/note.gone/level", json!("HAS TO")),
        ("/clauses/note.gone/level", json!({ "all": "must" })),
        ("/clauses/note.gone", json!({ "level": "MUST", "text": "without a source" })),
        ("/choices/again/holds", json!("always")),
        ("/choices/again/options", json!("refuse")),
        ("/kinds", json!({})),
        ("/kinds/note/fields/text", json!({ "moveswith": "open" })),
        ("/groups/sheet/fields/notes", json!("average")),
        ("/order/unknwon", json!("x")),
        ("/calls/drop/by", json!("writer")),
        ("/frame/late", json!(1)),
        ("/frame", json!({ "accepted": "c" })),
        ("/invariants/0/while", json!("sometimes")),
        ("/webhooks", json!({})),
        ("/binding/views", json!({})),
        ("/binding/target", json!("here")),
        ("/binding/calls/drop", json!({ "fetch": "/notes" })),
        ("/binding/provision", json!({ "get": "/", "post": "/" })),
        ("/binding/outcome", json!({ "accepted": true })),
    ];
    are_refused(&validator(&spec_schema()), &right, wrong);
}
