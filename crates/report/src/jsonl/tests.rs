//! The lines are what the published schema says: every variant of every enum, nothing more, nothing less.

use countermand_event::{
    Blame, Difference, Event, Exchange, Level, Mismatch, Planned, RunStarted, RunSummary, Verdict,
};
use serde_json::{Value, json};

use super::JsonLines;
use crate::{Reporter, samples};

const SCHEMA: &str = include_str!("../../../../schema/events.schema.json");

fn schema() -> jsonschema::Validator {
    let schema: Value = serde_json::from_str(SCHEMA).expect("the schema is JSON");
    jsonschema::draft202012::meta::validate(&schema).expect("the schema is a schema");
    jsonschema::draft202012::new(&schema).expect("the schema compiles")
}

/// Events in which every variant of every enum, and every absence, occurs.
fn events() -> Vec<Event> {
    let verdicts = [Verdict::Passed, Verdict::Failed, Verdict::Warned, Verdict::CouldNotRun, Verdict::NotCovered];
    let blames = [Blame::Target, Blame::Setup, Blame::Transport, Blame::Scenario, Blame::Harness];
    let levels = [Level::Must, Level::Should, Level::May];
    let differences = [
        Difference::Differs,
        Difference::Missing,
        Difference::Unexpected,
        Difference::WrongType,
        Difference::WrongCount,
        Difference::Moved,
        Difference::Rule,
    ];
    let mut mismatches: Vec<Mismatch> = differences
        .into_iter()
        .map(|difference| Mismatch { difference, actual: None, ..samples::mismatch() })
        .collect();
    mismatches.extend(levels.into_iter().map(|level| Mismatch { level, follows: true, ..samples::mismatch() }));
    mismatches.push(Mismatch { system: Some("seller".to_owned()), ..samples::mismatch() });
    let silent = Exchange {
        system: Some("seller".to_owned()),
        request_body: None,
        status: None,
        response_body: None,
        error: Some("connection refused".to_owned()),
        ..samples::exchange()
    };
    let mut events = vec![Event::RunStarted(samples::started().into()), samples::finished(samples::failed(mismatches))];
    for verdict in verdicts {
        let mut case = samples::passed();
        case.verdict = verdict;
        events.push(samples::finished(case));
    }
    for blame in blames {
        events.push(samples::finished(samples::could_not_run(blame, 0, "it broke", Some(silent.clone()))));
        events.push(samples::finished(samples::could_not_run(blame, 1, "it broke", None)));
    }
    let mut bare = samples::failed(vec![]);
    bare.steps.push(countermand_event::StepRecord {
        on: None,
        with: None,
        exchanges: vec![],
        webhooks: vec![],
        ..samples::step()
    });
    events.push(samples::finished(bare));
    let mut summary = samples::summary(&verdicts.map(|verdict| (verdict, 1)));
    summary.dialect.entry("laws".to_owned()).or_default().push(samples::dialect("order", &["a", "b"], true, 2));
    events.push(Event::RunFinished(Box::new(summary)));
    let planned = Some(Planned { requests: 212, rate: 0.5 });
    events.push(Event::RunStarted(Box::new(RunStarted { planned, ..samples::started() })));
    events.push(Event::TargetProved(Box::new(samples::proof())));
    let unproved = vec!["laws".to_owned()];
    events.push(Event::RunFinished(Box::new(RunSummary { unproved, not_played: 3, ..samples::summary(&[]) })));
    events.push(Event::RunFinished(Box::new(RunSummary { interrupted: true, not_played: 3, ..samples::summary(&[]) })));
    events
}

fn lines() -> Vec<Value> {
    let mut out = Vec::new();
    let mut report = JsonLines::new(&mut out);
    events().iter().for_each(|event| report.event(event).expect("a vector takes all"));
    let text = String::from_utf8(out).expect("text");
    assert!(text.ends_with('\n'));
    text.lines().map(|line| serde_json::from_str(line).expect("every line is JSON")).collect()
}

#[test]
fn every_event_is_one_line_that_reads_back_and_keeps_the_schema() {
    let schema = schema();
    for (line, event) in lines().into_iter().zip(events()) {
        let errors: Vec<String> = schema.iter_errors(&line).map(|error| error.to_string()).collect();
        assert_eq!(errors, Vec::<String>::new(), "{line}");
        assert_eq!(serde_json::from_value::<Event>(line).expect("an event"), event);
    }
}

/// Every object of a line in turn, with `change` done to it.
fn each_object(value: &Value, change: &dyn Fn(&mut serde_json::Map<String, Value>), found: &mut Vec<Value>) {
    fn visit(root: &Value, at: &str, change: &dyn Fn(&mut serde_json::Map<String, Value>), found: &mut Vec<Value>) {
        let Some(here) = root.pointer(at) else { return };
        match here {
            Value::Object(map) => {
                let mut changed = root.clone();
                changed.pointer_mut(at).and_then(Value::as_object_mut).map(change).expect("it is an object");
                found.push(changed);
                // These hold names or values of the run, not members of the format.
                let open = ["state", "start", "with", "actual", "profiles", "verdicts", "scores", "dialect"];
                let is_open = |key: &str| open.contains(&key);
                map.keys()
                    .filter(|key| !is_open(key))
                    .for_each(|key| visit(root, &format!("{at}/{key}"), change, found));
            }
            Value::Array(list) => (0..list.len()).for_each(|n| visit(root, &format!("{at}/{n}"), change, found)),
            _ => {}
        }
    }
    visit(value, "", change, found);
}

#[test]
fn an_unknown_member_is_refused_wherever_it_stands() {
    let schema = schema();
    let mut changed = Vec::new();
    let add = |map: &mut serde_json::Map<String, Value>| drop(map.insert("surprise".to_owned(), json!(1)));
    lines().iter().for_each(|line| each_object(line, &add, &mut changed));
    assert!(changed.len() > 30);
    changed.iter().for_each(|line| assert!(!schema.is_valid(line), "{line}"));
}

/// The members that are always there.
fn required(map: &serde_json::Map<String, Value>) -> Vec<String> {
    // A check has a trouble where it failed, and a trouble has a place where a line of a binding asked for it.
    let is_check = map.contains_key("state") && map.contains_key("what");
    let is_trouble = map.contains_key("blame") && !map.contains_key("clause");
    let is_optional = |name: &str| match name {
        "trouble" => is_check,
        "place" => is_trouble,
        // Of a run that is begun, not of a case.
        "clauses" => map.contains_key("profiles"),
        // Of the clauses, which are there by spec.
        "modern-dropship" => true,
        _ => ["actual", "expected_value", "beside", "planned", "unproved", "note", "start", "system"].contains(&name),
    };
    map.keys().filter(|name| !is_optional(name)).cloned().collect()
}

#[test]
fn a_member_that_is_left_out_is_refused_wherever_it_stood() {
    let schema = schema();
    let mut changed = Vec::new();
    for nth in 0..15 {
        // Where there is no such member, something else that is refused, so that every object is changed.
        let remove = move |map: &mut serde_json::Map<String, Value>| match required(map).get(nth) {
            Some(key) => drop(map.remove(key)),
            None => drop(map.insert("surprise".to_owned(), json!(1))),
        };
        lines().iter().for_each(|line| each_object(line, &remove, &mut changed));
    }
    changed.iter().for_each(|line| assert!(!schema.is_valid(line), "{line}"));
}

#[test]
fn a_word_that_no_enum_knows_is_refused() {
    let schema = schema();
    let line = serde_json::to_value(samples::finished(samples::failed(vec![samples::mismatch()]))).expect("JSON");
    for at in ["/event", "/verdict", "/mismatches/0/difference", "/mismatches/0/level", "/mismatches/0/blame"] {
        let mut line = line.clone();
        *line.pointer_mut(at).expect("it is there") = json!("nonsense");
        assert!(!schema.is_valid(&line), "{at}");
    }
}

#[test]
fn every_member_and_every_word_is_described() {
    let schema: Value = serde_json::from_str(SCHEMA).expect("the schema is JSON");
    let defs = schema["$defs"].as_object().expect("definitions");
    for (name, def) in defs {
        for (member, what) in def["properties"].as_object().into_iter().flatten() {
            let referred = what["$ref"].as_str().and_then(|path| schema.pointer(path.trim_start_matches('#')));
            let is_described = |value: &Value| value["description"].is_string();
            assert!(is_described(what) || referred.is_some_and(is_described), "{name}.{member}");
        }
    }
}

/// The lines of JSON that the page about the format shows.
#[test]
fn the_examples_of_the_page_are_events() {
    let page = include_str!("../../../../schema/README.md");
    let schema = schema();
    let examples: Vec<Value> = page
        .lines()
        .filter(|line| line.starts_with('{'))
        .map(|line| serde_json::from_str(line).expect("every example is JSON"))
        .collect();
    let events = examples.iter().map(|example| example["event"].as_str().unwrap_or_default());
    assert_eq!(events.collect::<Vec<_>>(), ["run-started", "case-finished", "run-finished"]);
    for example in examples {
        let errors: Vec<String> = schema.iter_errors(&example).map(|error| error.to_string()).collect();
        assert_eq!(errors, Vec::<String>::new(), "{example}");
        let event: Event = serde_json::from_value(example.clone()).expect("an event");
        assert_eq!(serde_json::to_value(event).expect("JSON"), example);
    }
}
