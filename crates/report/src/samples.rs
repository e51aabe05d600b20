//! Literal events for the tests of the reports, after the failure that the README shows.

use std::collections::BTreeMap;

use countermand_event::{
    Blame, CaseResult, Check, CheckState, DialectEntry, Difference, Event, Exchange, Finding, JudgedClause, Level,
    Mismatch, Proof, RunStarted, RunSummary, Score, Shown, StepRecord, Trouble, Verdict,
};
use countermand_text::Place;
use serde_json::{Value, json};

const FILE: &str = "scenarios/modern-dropship/partial/splits-the-item.yaml";

/// A place in the scenario, at the first `mark` of the line.
pub(crate) fn place(line: u32, text: &str, mark: &str) -> Place {
    let before = text.rfind(mark).map_or(0, |at| text[..at].chars().count());
    Place {
        file: FILE.to_owned(),
        line,
        column: before as u32 + 1,
        width: mark.chars().count() as u32,
        text: text.to_owned(),
    }
}

/// A new item has another quantity than what remains.
pub(crate) fn mismatch() -> Mismatch {
    Mismatch {
        system: None,
        step: 1,
        path: "items.mug-rest.quantity".to_owned(),
        difference: Difference::Differs,
        expected: "3".to_owned(),
        expected_value: None,
        actual: Some(json!(2)),
        place: place(17, "      partial.new-quantity:       { items: { mug-rest: { quantity: 3 } } }", "3"),
        clause: "partial.new-quantity".to_owned(),
        level: Level::Must,
        statement: "newQuantity is the quantity that remains".to_owned(),
        blame: Blame::Target,
        follows: false,
    }
}

/// The request of that step.
pub(crate) fn exchange() -> Exchange {
    let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    Exchange {
        system: None,
        method: "POST".to_owned(),
        base: "http://127.0.0.1:4010".to_owned(),
        path: "/orders/o-17/items/i-1/cancel".to_owned(),
        request_headers: vec![
            header("Authorization", "$KEY"),
            header("Content-Type", "application/json"),
            header("Host", "127.0.0.1:4010"),
            header("User-Agent", "countermand/0.1.0 (modern-dropship/partial/splits-the-item)"),
        ],
        request_body: Some(r#"{"newQuantity":3}"#.to_owned()),
        status: Some(200),
        response_headers: vec![header("content-type", "application/json")],
        response_body: Some(r#"{"_id":"i-1","cancelled":true}"#.to_owned()),
        millis: 1.23,
        error: None,
    }
}

/// The state before the step.
fn start() -> Value {
    json!({
        "order": { "hasCancellations": false, "shipped": false },
        "items": {
            "mug": { "cancelled": false, "fulfilled": 0, "quantity": 5 },
            "tee": { "cancelled": false, "fulfilled": 1, "quantity": 2 },
        },
    })
}

/// The state after the step.
pub(crate) fn state() -> Value {
    json!({
        "order": { "hasCancellations": true, "shipped": false },
        "items": {
            "mug": { "cancelled": true, "fulfilled": 0, "quantity": 5 },
            "mug-rest": { "cancelled": false, "fulfilled": 0, "quantity": 2 },
            "tee": { "cancelled": false, "fulfilled": 1, "quantity": 2 },
        },
    })
}

/// A role and its label.
pub(crate) fn shown(role: &str, label: &str) -> Shown {
    Shown { role: role.to_owned(), label: label.to_owned() }
}

/// The step.
pub(crate) fn step() -> StepRecord {
    StepRecord {
        step: 1,
        call: "cancel_item".to_owned(),
        on: Some("mug".to_owned()),
        with: Some(json!({ "newQuantity": 3 })),
        outcome: "accepted".to_owned(),
        beside: vec![],
        before: vec![shown("mug", "5 live")],
        after: vec![shown("mug", "cancelled"), shown("mug-rest", "2 live")],
        state: state(),
        exchanges: vec![exchange()],
        webhooks: vec![],
    }
}

/// A case that passed.
pub(crate) fn passed() -> CaseResult {
    CaseResult {
        id: "modern-dropship/partial/splits-the-item".to_owned(),
        spec: "modern-dropship".to_owned(),
        title: "A partial cancel splits the item".to_owned(),
        file: FILE.to_owned(),
        steps_planned: 2,
        verdict: Verdict::Passed,
        millis: 4.56,
        clauses: vec!["answer.success".to_owned(), "partial.new-quantity".to_owned()],
        mismatches: vec![],
        unjudged: vec![],
        findings: vec![Finding { step: 1, choice: "original-quantity".to_owned(), options: vec!["keep".to_owned()] }],
        trouble: None,
        steps: vec![],
        start: None,
        known: None,
        stale: None,
    }
}

/// The case with these mismatches.
pub(crate) fn failed(mismatches: Vec<Mismatch>) -> CaseResult {
    CaseResult { verdict: Verdict::Failed, mismatches, steps: vec![step()], start: Some(start()), ..passed() }
}

/// The case with this trouble.
pub(crate) fn could_not_run(blame: Blame, step: usize, message: &str, exchange: Option<Exchange>) -> CaseResult {
    let trouble = Trouble { blame, message: message.to_owned(), step, exchange, place: None };
    CaseResult { verdict: Verdict::CouldNotRun, trouble: Some(trouble), ..passed() }
}

/// The beginning of a run.
pub(crate) fn started() -> RunStarted {
    RunStarted {
        format: countermand_event::FORMAT,
        version: "0.1.0".to_owned(),
        target: "mock".to_owned(),
        profiles: BTreeMap::from([("modern-dropship".to_owned(), "guide".to_owned())]),
        cases: 14,
        suite: String::new(),
        clauses: BTreeMap::from([(
            "modern-dropship".to_owned(),
            vec![
                clause("answer.success", "a success is answered with 2xx"),
                clause("partial.new-quantity", "newQuantity is the quantity that remains"),
                clause("race.one-wins", "of two calls at once one wins"),
            ],
        )]),
        shard: None,
        planned: None,
    }
}

fn clause(clause: &str, statement: &str) -> JudgedClause {
    let (clause, statement) = (clause.to_owned(), statement.to_owned());
    JudgedClause { clause, level: Level::Must, statement, source: "the guide, 2".to_owned() }
}

/// A target that can't be used, with a check in every state.
pub(crate) fn proof() -> Proof {
    let check = |what: &str, state| Check { what: what.to_owned(), state, note: None, trouble: None };
    let trouble = could_not_run(Blame::Setup, 2, "refused with 404", Some(exchange())).trouble;
    let trouble = trouble.map(|trouble| Trouble { place: Some(mismatch().place), ..trouble });
    let note = |text: &str| Some(text.to_owned());
    Proof {
        spec: "modern-dropship".to_owned(),
        target: "targets/acme.yaml".to_owned(),
        checks: vec![
            check("an order, created and read back as it was asked for", CheckState::Held),
            Check { note: note("broken (500)"), ..check("the call `patch_order`", CheckState::Noted) },
            Check { note: note("not sold here"), ..check("the call `fulfil`", CheckState::Lacking) },
            Check { trouble, ..check("the call `cancel_item`", CheckState::Failed) },
        ],
        requests: 12,
        millis: 48.0,
    }
}

/// The end of a run in which these verdicts were given.
pub(crate) fn summary(verdicts: &[(Verdict, usize)]) -> RunSummary {
    let score = Score {
        must_clauses: 38,
        violated: vec![],
        exercised: 36,
        unexercised: vec!["money.no-refund".to_owned(), "race.one-wins".to_owned()],
        warned: vec![],
    };
    RunSummary {
        verdicts: verdicts.iter().copied().collect(),
        not_played: 0,
        unproved: Vec::new(),
        stale: Vec::new(),
        interrupted: false,
        stopped_early: false,
        scores: BTreeMap::from([("modern-dropship".to_owned(), score)]),
        dialect: BTreeMap::from([(
            "modern-dropship".to_owned(),
            vec![
                dialect("original-quantity", &["keep"], false, 5),
                dialect("part-fulfilled-form", &["split", "reduce-in-place"], false, 1),
            ],
        )]),
        looks_like: BTreeMap::new(),
        millis: 1234.5,
    }
}

/// What was seen of a choice.
pub(crate) fn dialect(choice: &str, options: &[&str], inconsistent: bool, cases: usize) -> DialectEntry {
    let options = options.iter().map(|&option| option.to_owned()).collect();
    DialectEntry { choice: choice.to_owned(), options, inconsistent, cases }
}

/// The event of a case.
pub(crate) fn finished(case: CaseResult) -> Event {
    Event::CaseFinished(Box::new(case))
}
