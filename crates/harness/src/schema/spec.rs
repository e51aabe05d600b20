//! The JSON Schema of spec files. A spec names its own profiles, clauses and kinds, so that any name will do here: whether it is
//! there, `countermand check` knows.

use countermand_event::Level;
use serde_json::{Map, Value, json};

use super::binding::Binding;
use super::{closed, expression, format, key, named, reference, text, texts};
use crate::spec::{Aggregate, Holds, WHILE};

/// The schema of a spec file.
#[must_use]
pub fn spec_schema() -> Value {
    let binding = Binding::within_its_spec();
    let fields = named(reference("field"));
    let mut definitions: Map<String, Value> = binding.definitions().into_iter().collect();
    definitions.insert("field".to_owned(), field());
    // A name, or names with what stands in each of them.
    let argument = json!({ "anyOf": [text(), named(reference("arguments"))] });
    definitions.insert("arguments".to_owned(), json!({ "type": "array", "items": argument }));
    let at_least_one = |mut map: Value| {
        map["minProperties"] = json!(1);
        map
    };
    let order = closed(
        [
            key("unknown", json!(true), "A well-formed id that no order has."),
            key("fields", fields.clone(), "The fields of the order."),
            key("set_up", texts(), "The fields that a scenario can ask for in its set-up."),
            key("label", text(), "How the order is told in a line of a report, a template."),
        ],
        &["unknown", "fields"],
    );
    let keys = [
        format(),
        key("spec", text(), "The spec's name: its folder, and the first part of every case id."),
        key("title", text(), "What the contract is."),
        key(
            "profiles",
            at_least_one(named(text())),
            "Named strictnesses, the default first, and what each stands for.",
        ),
        key("clauses", named(clause()), "The demands, each under its id."),
        key("choices", named(choice()), "The points that are left open, which are never judged."),
        key(
            "kinds",
            at_least_one(named(kind(&fields))),
            "The kinds of entities, a parent before what is nested in it.",
        ),
        key("groups", named(group()), "Rows of one product, summed over all entities of a kind."),
        key("order", order, "The order as a whole."),
        key("callers", texts(), "Who can make calls."),
        key("calls", named(call()), "The calls, apart from how they are spoken."),
        key("frame", frame(&FRAME), "The clause that is violated by what no claim names."),
        key(
            "invariants",
            json!({ "type": "array", "items": invariant() }),
            "What must hold after every step, said or unsaid.",
        ),
        key("webhooks", webhooks(), "What webhooks tell, apart from how they are written."),
        key(
            "binding",
            closed(binding.keys(), &binding.needed()),
            "How the contract is spoken over HTTP, unless a target file says otherwise.",
        ),
    ];
    let needed = ["format", "spec", "title", "profiles", "clauses", "kinds", "order", "callers", "calls", "frame"];
    let mut schema = closed(keys, &needed);
    schema["$schema"] = json!("https://json-schema.org/draft/2020-12/schema");
    schema["title"] = json!("Countermand spec");
    schema["description"] = json!("A contract as data: format 1.");
    schema["$defs"] = Value::Object(definitions);
    schema
}

/// What of a frame can be breached.
const FRAME: [&str; 6] = ["accepted", "refused", "extra", "missing", "at_once", "late"];

fn clause() -> Value {
    let word = json!({ "enum": Level::NAMES });
    let level = json!({ "anyOf": [word, named(word.clone())] });
    closed(
        [
            key("level", level, "How binding it is, or that per profile."),
            key("text", text(), "What must hold."),
            key("source", text(), "Where the demand comes from."),
        ],
        &["level", "text", "source"],
    )
}

fn choice() -> Value {
    // An option's name: `422` is one as well as `keep`.
    let option = json!({ "type": ["string", "number", "boolean"] });
    let options = json!({ "type": "array", "items": option });
    closed(
        [
            key("options", options.clone(), "The options, the usual one first."),
            key("holds", json!({ "enum": Holds::WORDS }), "How far one decision should reach."),
            key("text", text(), "What is left open, where the name alone does not say it."),
            key("only", named(options.clone()), "The options that a profile allows, where not all."),
            key(
                "seen_as",
                named(options),
                "What else a target that chose an option may be seen to do: that is no inconsistency.",
            ),
            key("departs", named(texts()), "The clauses of level SHOULD that an option departs from."),
            key("seen", expression(), "The option that a step shows; nothing where it shows none."),
        ],
        &["options", "holds"],
    )
}

fn kind(fields: &Value) -> Value {
    closed(
        [
            key("plural", text(), "The name of several."),
            key("in", text(), "The kind it is nested in."),
            key("unknown", json!(true), "A well-formed id that nobody has."),
            key(
                "set_up",
                named(json!(true)),
                "What a scenario says of it: `required`, or the value where it says nothing.",
            ),
            key("fields", fields.clone(), "Its fields."),
            key("moves_with", texts(), "The parent's fields that let entities come and go when they move."),
            key("label", text(), "How one is told in a line of a report, a template."),
        ],
        &["plural", "fields"],
    )
}

fn field() -> Value {
    closed(
        [
            key("moves_with", texts(), "The fields that this one may move with, of the same entity or as KIND.FIELD."),
            key("free", json!({ "type": "boolean" }), "Whether it may move with any accepted call."),
            key(
                "matters_to",
                texts(),
                "The calls that may come to something else where it differs; all, where it is left out.",
            ),
            key("values", json!({ "type": "array", "minItems": 1 }), "All that it can be, where that is a closed set."),
        ],
        &[],
    )
}

fn group() -> Value {
    closed(
        [
            key("plural", text(), "The name of several."),
            key("of", text(), "The kind whose entities are summed."),
            key("when", expression(), "True of an entity `it` that counts."),
            key("fields", named(json!({ "enum": Aggregate::WORDS })), "What is summed or counted."),
        ],
        &["plural", "of", "fields"],
    )
}

fn call() -> Value {
    closed(
        [
            key("on", text(), "The kind it is made on; the order where it is left out."),
            key("as", text(), "Who makes it unless a scenario says otherwise."),
            key("arguments", reference("arguments"), "All that it is given: a scenario gives it nothing else."),
            key(
                "strays",
                texts(),
                "What it does not take and a scenario gives it all the same, to see what becomes of that.",
            ),
            key("frame", frame(&[]), "Clauses in place of those of the spec's frame."),
            key(
                "moves",
                texts(),
                "The fields, as KIND.FIELD, that it is there to move of what it is made on: no frame is breached by it.",
            ),
            key(
                "unless_kept",
                expression(),
                "True of arguments, `with`, that say nothing to a target that takes the quantity to keep.",
            ),
        ],
        &["as"],
    )
}

fn frame(needed: &[&str]) -> Value {
    closed(
        [
            key("accepted", text(), "The clause by which nothing unclaimed moves in an accepted call."),
            key("refused", text(), "The clause by which nothing moves in a refused call."),
            key("extra", text(), "The clause by which no unclaimed entity appears."),
            key("missing", text(), "The clause by which no entity vanishes."),
            key("at_once", text(), "The clause by which a change is seen by the first read after it."),
            key("late", text(), "The clause by which nothing moves after the last step has settled."),
        ],
        needed,
    )
}

fn invariant() -> Value {
    closed(
        [
            key("clause", text(), "The clause that it is asked under."),
            key("each", text(), "What it is asked of: `order`, `answer`, a kind or a group."),
            key("while", json!({ "enum": WHILE }), "Whether it is judged on every read or on settled ones only."),
            key("covers", json!({ "type": "boolean" }), "Whether it puts its whole clause to the test."),
            key("when", expression(), "It is asked only where this is true."),
            key("holds", expression(), "What must be true."),
        ],
        &["clause", "each", "while", "holds"],
    )
}

fn webhooks() -> Value {
    closed(
        [
            key("on", text(), "The kind that one tells of; the order where it is left out."),
            key("fields", texts(), "What one tells."),
            key("last", text(), "The field by which it is known what was told of last."),
        ],
        &["fields"],
    )
}
