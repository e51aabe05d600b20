//! The JSON Schema of scenario files, with the calls, clauses, choices, kinds and fields of each spec. It knows no roles: whatever
//! a schema can't see, `countermand check` does.

use serde_json::{Map, Value, json};

use crate::scenario::{JsonType, OPERATORS};
use crate::spec::{Choice, Kind, Spec};

/// The schema of a scenario file of one of these specs.
#[must_use]
pub fn scenario_schema<'s>(specs: impl IntoIterator<Item = &'s Spec>) -> Value {
    let mut names = Vec::new();
    let mut by_spec = Vec::new();
    let mut definitions = Map::from_iter([("test".to_owned(), test()), ("request".to_owned(), request())]);
    for spec in specs {
        names.push(spec.name.clone());
        by_spec.push(json!({
            "if": { "properties": { "spec": { "const": spec.name } } },
            "then": { "$ref": format!("#/$defs/{}", spec.name) },
        }));
        definitions.insert(spec.name.clone(), of_spec(spec));
        definitions.insert(format!("{}.step", spec.name), step(spec));
        definitions.insert(format!("{}.claim", spec.name), claim(spec));
        definitions.insert(format!("{}.order", spec.name), order(spec));
    }
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Countermand scenario",
        "description": "An order, a sequence of calls, and what must result: format 1.",
        "type": "object",
        "required": ["format", "spec", "title", "steps"],
        "properties": {
            "format": { "const": 1, "description": "The version of the format." },
            "spec": { "enum": names, "description": "The contract that is played." },
        },
        "allOf": by_spec,
        "$defs": definitions,
    })
}

/// The keys of a file of one spec.
fn of_spec(spec: &Spec) -> Value {
    let order = json!({ "$ref": format!("#/$defs/{}.order", spec.name) });
    json!({
        "type": "object",
        "additionalProperties": false,
        "properties": {
            "format": true,
            "spec": { "description": spec.title },
            "title": { "type": "string", "description": "What the scenario shows, in a sentence." },
            "table": { "type": "object", "description": "Rows by name, each with the variables that stand as $NAME.", "additionalProperties": { "type": "object" } },
            "order": order,
            "orders": { "type": "object", "description": "Several orders by name.", "additionalProperties": order },
            "webhooks": { "type": "object", "description": "What webhooks are registered with: the case listens." },
            "steps": { "type": "array", "minItems": 1, "items": { "$ref": format!("#/$defs/{}.step", spec.name) } },
        },
        "oneOf": [{ "required": ["order"] }, { "required": ["orders"] }],
    })
}

/// What an order holds before the first step.
fn order(spec: &Spec) -> Value {
    let mut properties: Map<String, Value> =
        spec.order_set_up.iter().map(|field| (field.clone(), json!(true))).collect();
    properties.extend(spec.kinds_in(None).map(|kind| (kind.plural.clone(), set_up(spec, kind))));
    json!({
        "type": "object",
        "description": "What the order holds before the first step.",
        "minProperties": 1,
        "additionalProperties": false,
        "properties": properties,
    })
}

/// Entities of a kind by role, and what is nested in them.
fn set_up(spec: &Spec, kind: &Kind) -> Value {
    let mut properties: Map<String, Value> = kind.set_up.keys().map(|field| (field.clone(), json!(true))).collect();
    properties
        .insert("product".to_owned(), json!({ "type": "string", "description": "The role whose product it shares." }));
    properties.extend(spec.kinds_in(Some(&kind.name)).map(|child| (child.plural.clone(), set_up(spec, child))));
    let needed: Vec<&String> =
        kind.set_up.iter().filter(|(_, default)| default.is_none()).map(|(field, _)| field).collect();
    json!({
        "type": "object",
        "description": format!("Each {} under a name of the scenario's own: its role.", kind.name),
        "additionalProperties": {
            "type": "object",
            "required": needed,
            "additionalProperties": false,
            "properties": properties,
        },
    })
}

fn step(spec: &Spec) -> Value {
    let clauses = spec.clauses.iter().map(|clause| {
        let levels = clause.levels.iter().map(|(profile, level)| format!("{} by {profile}", level.name()));
        let levels = levels.collect::<Vec<_>>().join(", ");
        let claim = format!("#/$defs/{}.claim", spec.name);
        (clause.id.clone(), json!({ "$ref": claim, "description": format!("{} ({levels})", clause.text) }))
    });
    let mut properties = call(spec);
    let calls = json!({
        "type": "array", "minItems": 2, "maxItems": 16, "description": "Calls that are made at once.",
        "items": { "type": "object", "additionalProperties": false, "required": ["call"], "properties": properties },
    });
    properties.insert("parallel".to_owned(), calls);
    properties.insert(
        "expect".to_owned(),
        json!({
            "type": "object", "minProperties": 1, "additionalProperties": false,
            "description": "A clause, and what it demands here.",
            "properties": clauses.collect::<Map<_, _>>(),
        }),
    );
    let options = json!({ "type": "object", "description": "Only where this option of a choice was seen.", "properties": options(spec, |choice| json!({ "enum": choice.options })) });
    properties.insert("if".to_owned(), options);
    properties.insert(
        "repeat".to_owned(),
        json!({ "type": ["integer", "string"], "description": "How often the case is played, on fresh orders." }),
    );
    properties.insert(
        "inbox".to_owned(),
        json!({ "type": "object", "required": ["refuse"], "additionalProperties": false, "properties": { "refuse": { "type": ["integer", "string"], "description": "How many webhooks are refused before one is accepted." } } }),
    );
    json!({
        "type": "object",
        "additionalProperties": false,
        "required": ["expect"],
        "properties": properties,
        "oneOf": [{ "required": ["call"] }, { "required": ["parallel"] }],
    })
}

/// The keys of one call.
fn call(spec: &Spec) -> Map<String, Value> {
    let calls: Vec<&str> = spec.calls.iter().map(|call| call.name.as_str()).collect();
    let keys = json!({
        "call": { "anyOf": [{ "enum": calls }, { "pattern": r"\$" }], "description": "What is called." },
        "on": { "type": "string", "description": "The role it is made on; `unknown` is an id that nobody has." },
        "in": { "type": "string", "description": "Which of several orders; `unknown` is one that nobody has." },
        "with": { "description": "Its arguments: {id: ROLE} in them becomes the role's id." },
        "as": { "anyOf": [{ "enum": spec.callers }, { "pattern": r"\$" }], "description": "Who makes it, where not the usual caller." },
        "request": { "$ref": "#/$defs/request" },
    });
    if let Value::Object(keys) = keys { keys } else { Map::new() }
}

/// What must be seen.
fn claim(spec: &Spec) -> Value {
    let again = json!({ "$ref": format!("#/$defs/{}.claim", spec.name) });
    let order = fields(spec.order_fields.iter().map(|field| &field.name));
    let mut properties = Map::new();
    let outcome = json!(["accepted", "refused"]);
    properties.insert(
        "answer".to_owned(),
        json!({ "anyOf": [
            { "enum": outcome }, { "type": "string", "pattern": r"\$" },
            { "type": "object", "minProperties": 1, "additionalProperties": false, "properties": { "outcome": { "type": "string" }, "status": { "$ref": "#/$defs/test" } } },
        ] }),
    );
    properties
        .insert("answers".to_owned(), json!({ "type": "array", "items": { "enum": ["accepted", "refused", "any"] } }));
    properties.insert("order".to_owned(), order.clone());
    properties.insert("orders".to_owned(), json!({ "type": "object", "additionalProperties": order }));
    properties.insert(
        "agrees".to_owned(),
        json!({ "type": "string", "description": "Another view that must say the same." }),
    );
    properties.insert("webhooks".to_owned(), json!({ "type": "array", "minItems": 1, "items": { "type": "object" } }));
    let told = |choice: &Choice| {
        let claims: Map<String, Value> = choice.options.iter().map(|option| (option.clone(), again.clone())).collect();
        json!({ "type": "object", "minProperties": 2, "additionalProperties": false, "properties": claims, "description": choice.text })
    };
    properties.insert(
        "choice".to_owned(),
        json!({ "type": "object", "additionalProperties": false, "properties": options(spec, told) }),
    );
    properties.insert("any_of".to_owned(), json!({ "type": "array", "minItems": 2, "items": again }));
    properties.extend(spec.kinds_in(None).map(|kind| (kind.plural.clone(), entities(spec, kind))));
    properties.extend(spec.groups.iter().map(|group| {
        let sums = fields(group.fields.iter().map(|(name, _)| name));
        (group.plural.clone(), json!({ "type": "object", "minProperties": 1, "additionalProperties": sums }))
    }));
    json!({ "type": "object", "minProperties": 1, "additionalProperties": false, "properties": properties })
}

/// Roles of a kind, and what is claimed of them.
fn entities(spec: &Spec, kind: &Kind) -> Value {
    let mut of_one = fields(kind.fields.iter().map(|field| &field.name));
    if let Some(Value::Object(properties)) = of_one.get_mut("properties") {
        properties.insert(
            "new".to_owned(),
            json!({ "type": "string", "description": "The role that the new one comes of." }),
        );
        properties.insert("absent".to_owned(), json!({ "description": "It is there no longer." }));
        let present = "It is there: that it is not breaks this clause, and not only the frame's own for what vanishes.";
        properties.insert("present".to_owned(), json!({ "const": true, "description": present }));
        properties.extend(spec.kinds_in(Some(&kind.name)).map(|child| (child.plural.clone(), entities(spec, child))));
    }
    json!({ "type": "object", "minProperties": 1, "additionalProperties": of_one })
}

fn fields<'n>(names: impl Iterator<Item = &'n String>) -> Value {
    let properties: Map<String, Value> = names.map(|name| (name.clone(), json!({ "$ref": "#/$defs/test" }))).collect();
    json!({ "type": "object", "minProperties": 1, "additionalProperties": false, "properties": properties })
}

fn options(spec: &Spec, of: impl Fn(&Choice) -> Value) -> Map<String, Value> {
    spec.choices.iter().map(|choice| (choice.name.clone(), of(choice))).collect()
}

/// A value, or one operator.
fn test() -> Value {
    let again = json!({ "$ref": "#/$defs/test" });
    let operand = |operator: &str| match operator {
        "any_of" => json!({ "type": "array", "minItems": 1, "items": again }),
        "not" => again.clone(),
        "present" | "absent" => json!({ "const": true }),
        "type" => json!({ "enum": JsonType::WORDS }),
        "same_as" | "matches" => json!({ "type": "string" }),
        "changed" | "gt" | "gte" | "lt" | "lte" => json!(true),
        // What has no form is refused: a word of the list gets one here.
        _ => json!(false),
    };
    let operators: Map<String, Value> =
        OPERATORS.iter().map(|operator| ((*operator).to_owned(), operand(operator))).collect();
    json!({
        "description": "A value, which must be the same and of the same type, or one operator.",
        "anyOf": [
            { "type": ["string", "number", "boolean", "null"] },
            { "type": "object", "minProperties": 1, "maxProperties": 1, "additionalProperties": false, "properties": operators },
        ],
    })
}

fn request() -> Value {
    json!({
        "type": "object",
        "description": "What is sent otherwise than the binding says.",
        "additionalProperties": false,
        "properties": {
            "method": { "type": "string" },
            "headers": { "type": "object", "additionalProperties": { "type": ["string", "null"] } },
            "body": { "type": "string", "description": "The body as raw text." },
        },
    })
}
