//! What a person reads, from literal events. The snapshots are the product: read them when they change.

use countermand_event::{Blame, Difference, Event, Exchange, Level, Mismatch, RunSummary, StepRecord};
use serde_json::json;

use super::*;
use crate::samples::{self, mismatch};

fn render(options: ConsoleOptions, events: &[Event]) -> String {
    let mut out = Vec::new();
    let mut console = Console::new(&mut out, options);
    events.iter().for_each(|event| console.event(event).expect("a vector takes all"));
    String::from_utf8(out).expect("text")
}

fn shown(case: CaseResult) -> String {
    render(ConsoleOptions::default(), &[samples::finished(case)])
}

fn shown_verbose(case: CaseResult) -> String {
    let options = ConsoleOptions { verbosity: Verbosity::Verbose, ..ConsoleOptions::default() };
    render(options, &[samples::finished(case)])
}

/// A consequence, in the next step.
fn consequence() -> Mismatch {
    Mismatch {
        step: 2,
        path: "items.mug-rest.cancelled".to_owned(),
        expected: "true".to_owned(),
        actual: Some(json!(false)),
        place: samples::place(23, "      partial.chain: { items: { mug-rest: { cancelled: true } } }", "true"),
        clause: "partial.chain".to_owned(),
        follows: true,
        ..mismatch()
    }
}

/// Further mismatches of the first step, of every kind.
fn several() -> Vec<Mismatch> {
    let line = "      partial.original-cancelled: { items: { mug: { cancelled: true } } }";
    let at = |number, mark| samples::place(number, line, mark);
    let further = |path: &str, difference, expected: &str, actual, clause: &str, level| Mismatch {
        path: path.to_owned(),
        difference,
        expected: expected.to_owned(),
        actual,
        place: at(15, "true"),
        clause: clause.to_owned(),
        level,
        ..mismatch()
    };
    vec![
        further("order.note", Difference::Missing, "\"gift\"", None, "item.keeps-note", Level::Should),
        mismatch(),
        further(
            "items.mug.cancelled",
            Difference::WrongType,
            "true",
            Some(json!("true")),
            "partial.original-cancelled",
            Level::Must,
        ),
        further(
            "order.shipped",
            Difference::Moved,
            "true as before",
            Some(json!(false)),
            "item.others-untouched",
            Level::Must,
        ),
        further(
            "items.i-9",
            Difference::Unexpected,
            "nothing new that no claim names",
            Some(json!({"quantity": 1})),
            "partial.one-new-item",
            Level::Must,
        ),
        further("items", Difference::WrongCount, "3 items", Some(json!(4)), "partial.one-new-item", Level::Must),
        further("order", Difference::Rule, "live + cancelled = ordered", None, "laws.conserve", Level::Must),
        further("order.label", Difference::Differs, "\"a\"", Some(json!("b")), "order.label", Level::May),
    ]
}

#[test]
fn a_failure() {
    insta::assert_snapshot!(shown(samples::failed(vec![mismatch(), consequence()])));
}

#[test]
fn a_consequence_on_demand() {
    insta::assert_snapshot!(shown_verbose(samples::failed(vec![mismatch(), consequence()])));
}

#[test]
fn several_mismatches() {
    insta::assert_snapshot!(shown(samples::failed(several())));
}

#[test]
fn mismatches_in_two_steps() {
    let second = Mismatch { follows: false, ..consequence() };
    let warning = Mismatch { level: Level::Should, ..mismatch() };
    let second_step = StepRecord {
        step: 2,
        on: Some("mug-rest".to_owned()),
        with: None,
        before: vec![samples::shown("mug-rest", "2 live"), samples::shown("tee", "2 live")],
        after: vec![samples::shown("mug-rest", "2 live"), samples::shown("tee", "cancelled")],
        exchanges: (0..5)
            .map(|n| Exchange {
                method: if n == 1 { "DELETE" } else { "GET" }.to_owned(),
                path: format!("/orders/o-17/items/i-2?try={n}"),
                request_body: None,
                request_headers: vec![],
                status: Some(409),
                response_headers: vec![("X-Request-Id".to_owned(), "req-8f3a".to_owned())],
                response_body: Some("{\n  \"error\": \"item is not cancellable\"\n}\n".to_owned()),
                ..samples::exchange()
            })
            .collect(),
        ..samples::step()
    };
    let case = CaseResult { steps: vec![samples::step(), second_step], ..samples::failed(vec![warning, second]) };
    insta::assert_snapshot!(shown(case));
}

#[test]
fn a_refusal_shows_the_answer() {
    let answer = Mismatch {
        path: "answer".to_owned(),
        expected: "refused".to_owned(),
        actual: Some(json!("accepted (200)")),
        place: samples::place(9, "      refusal.too-many: { answer: refused }", "refused"),
        clause: "refusal.too-many".to_owned(),
        statement: "more than there is cannot be cancelled".to_owned(),
        ..mismatch()
    };
    insta::assert_snapshot!(shown(samples::failed(vec![answer])));
}

#[test]
fn a_warning() {
    let case = CaseResult {
        verdict: Verdict::Warned,
        ..samples::failed(vec![Mismatch { level: Level::Should, ..mismatch() }])
    };
    insta::assert_snapshot!(shown(case));
}

#[test]
fn a_passed_case_on_demand() {
    let note = Mismatch { level: Level::May, ..mismatch() };
    let case = CaseResult { mismatches: vec![note], ..samples::passed() };
    assert_eq!(shown(case.clone()), "");
    insta::assert_snapshot!(shown_verbose(case));
}

#[test]
fn trouble_in_the_set_up() {
    let refused = Exchange {
        path: "/buyer/orders".to_owned(),
        status: Some(422),
        response_body: Some(r#"{"error":"unknown variant V1"}"#.to_owned()),
        ..samples::exchange()
    };
    insta::assert_snapshot!(shown(samples::could_not_run(
        Blame::Setup,
        0,
        "the order could not be made: 422 where 200 was asked for",
        Some(refused)
    )));
}

#[test]
fn trouble_on_the_way_after_a_mismatch() {
    let silent = Exchange {
        status: None,
        response_headers: vec![],
        response_body: None,
        millis: 5000.0,
        error: Some("timed out waiting for the answer".to_owned()),
        ..samples::exchange()
    };
    let case = samples::could_not_run(Blame::Transport, 2, "no answer within 5 s", Some(silent));
    insta::assert_snapshot!(shown(CaseResult { mismatches: vec![mismatch()], steps: vec![samples::step()], ..case }));
}

#[test]
fn a_reason_is_told_once() {
    let reason = "the target can't be reached: connection refused";
    let silent = Exchange { status: None, error: Some(reason.to_owned()), ..samples::exchange() };
    let text = shown(samples::could_not_run(Blame::Transport, 0, reason, Some(silent)));
    assert_eq!(text.matches(reason).count(), 1, "{text}");
    assert!(text.contains("  got    no answer in 1.2 ms"), "{text}");
}

#[test]
fn a_long_body_is_cut_where_it_is_read_and_whole_where_it_is_sent_again() {
    let body = format!(r#"{{"note":"{}"}}"#, "x".repeat(300));
    let exchange = Exchange { request_body: Some(body.clone()), ..samples::exchange() };
    let text = shown(samples::could_not_run(Blame::Setup, 0, "no order", Some(exchange)));
    let sent = text.lines().find(|line| line.trim_start().starts_with("sent")).expect("a request");
    assert!(sent.ends_with("xxx…") && sent.chars().count() < 170, "{sent}");
    assert_eq!(text.matches(&body).count(), 1, "{text}");
}

#[test]
fn what_is_not_covered() {
    let case = samples::could_not_run(Blame::Target, 1, "the target lacks `cancel_package`: packages are sealed", None);
    insta::assert_snapshot!(shown(CaseResult { verdict: Verdict::NotCovered, ..case }));
}

#[test]
fn hostile_text_does_nothing() {
    let evil = "\x1b[2J\x1b]0;owned\x07\r\nPASS  everything\u{202e}'; rm -rf ~ #";
    let lead = Mismatch { actual: Some(json!(evil)), path: format!("items.{evil}.quantity"), ..mismatch() };
    let other = Mismatch { difference: Difference::Unexpected, path: format!("items.{evil}"), ..lead.clone() };
    let mut state = samples::state();
    state["items"][evil] = json!({ "quantity": evil });
    let exchange = Exchange {
        path: format!("/orders/{evil}"),
        request_headers: vec![("X-Order".to_owned(), evil.to_owned())],
        request_body: Some(evil.to_owned()),
        status: Some(500),
        response_headers: vec![("x-request-id".to_owned(), evil.to_owned())],
        response_body: Some(evil.repeat(30)),
        ..samples::exchange()
    };
    let step =
        StepRecord { after: vec![samples::shown(evil, evil)], state, exchanges: vec![exchange], ..samples::step() };
    let case = CaseResult { id: format!("s/{evil}"), steps: vec![step], ..samples::failed(vec![lead, other]) };
    let text = shown(case);
    assert!(text.split('\n').all(|line| !line.chars().any(crate::text::is_invisible)), "{text}");
    assert!(text.lines().all(|line| !line.starts_with("PASS")), "{text}");
    insta::assert_snapshot!(text);
}

#[test]
fn quiet_names_failures_and_nothing_else() {
    let options = ConsoleOptions { verbosity: Verbosity::Quiet, ..ConsoleOptions::default() };
    let cases = [
        samples::failed(vec![mismatch()]),
        CaseResult { verdict: Verdict::Warned, ..samples::failed(vec![mismatch()]) },
        samples::could_not_run(Blame::Setup, 0, "no order", None),
        samples::passed(),
    ];
    insta::assert_snapshot!(render(options, &cases.map(samples::finished)));
}

#[test]
fn colour_adds_escapes_and_nothing_else() {
    let second = Mismatch { follows: false, ..consequence() };
    let mut events = vec![Event::RunStarted(samples::started().into()), samples::finished(samples::failed(several()))];
    events.push(samples::finished(samples::failed(vec![mismatch(), second])));
    events.push(samples::finished(samples::could_not_run(Blame::Setup, 0, "no order", Some(samples::exchange()))));
    events.push(Event::RunFinished(Box::new(violated())));
    let options = ConsoleOptions::default();
    let coloured = render(ConsoleOptions { style: Style::Colour, ..options }, &events);
    let mut plain = coloured.clone();
    for code in ["\x1b[0m", "\x1b[1m", "\x1b[2m", "\x1b[1;31m", "\x1b[32m", "\x1b[33m"] {
        plain = plain.replace(code, "");
    }
    assert_ne!(coloured, plain);
    assert_eq!(plain, render(options, &events));
}

/// A run with a failed case in it.
fn violated() -> RunSummary {
    let mut summary = samples::summary(&[(Verdict::Passed, 12), (Verdict::Failed, 2)]);
    let score = summary.scores.get_mut("modern-dropship").expect("it was played");
    score.violated = vec!["partial.new-quantity".to_owned()];
    summary
}

fn run(options: ConsoleOptions, cases: Vec<CaseResult>, summary: RunSummary) -> String {
    let mut events = vec![Event::RunStarted(samples::started().into())];
    events.extend(cases.into_iter().map(samples::finished));
    let before = render(options, &events);
    events.push(Event::RunFinished(Box::new(summary)));
    let all = render(options, &events);
    all.strip_prefix(&before).expect("what was written stays").to_owned()
}

#[test]
fn the_run_begins_with_what_is_played() {
    insta::assert_snapshot!(render(ConsoleOptions::default(), &[Event::RunStarted(samples::started().into())]));
}

#[test]
fn a_run_that_held() {
    let summary = samples::summary(&[(Verdict::Passed, 13), (Verdict::NotCovered, 1)]);
    insta::assert_snapshot!(run(ConsoleOptions::default(), vec![samples::passed()], summary));
}

#[test]
fn a_run_that_held_in_full() {
    let options = ConsoleOptions { verbosity: Verbosity::Verbose, ..ConsoleOptions::default() };
    let mut summary = samples::summary(&[(Verdict::Passed, 14)]);
    summary.dialect.entry("modern-dropship".to_owned()).or_default().push(samples::dialect(
        "split-answer",
        &["original", "order"],
        true,
        7,
    ));
    insta::assert_snapshot!(run(options, vec![], summary));
}

#[test]
fn a_run_with_violations() {
    let warning = Mismatch { level: Level::Should, clause: "answer.status".to_owned(), ..mismatch() };
    let case = |n: usize, mismatches: Vec<Mismatch>| {
        let case = samples::failed(mismatches);
        CaseResult { id: format!("modern-dropship/partial/table/row-{n}"), ..case }
    };
    let mut cases: Vec<CaseResult> = (1..6).map(|n| case(n, vec![mismatch()])).collect();
    cases.push(case(6, vec![warning, consequence()]));
    let mut summary = violated();
    summary.scores.entry("modern-dropship".to_owned()).or_default().warned = vec!["answer.status".to_owned()];
    insta::assert_snapshot!(run(ConsoleOptions::default(), cases, summary));
}

#[test]
fn a_warning_violates_only_where_it_is_strict() {
    let mut summary = samples::summary(&[(Verdict::Passed, 13), (Verdict::Warned, 1)]);
    summary.scores.entry("modern-dropship".to_owned()).or_default().warned = vec!["answer.status".to_owned()];
    let last = |strict| {
        let text = run(ConsoleOptions { strict, ..ConsoleOptions::default() }, vec![], summary.clone());
        text.lines().last().map(str::to_owned).expect("a last line")
    };
    assert_eq!(last(false), "held: every MUST that was played");
    assert_eq!(last(true), "violated: answer.status");
}

#[test]
fn a_run_that_is_incomplete() {
    let cases = vec![
        samples::could_not_run(Blame::Setup, 0, "no order", None),
        samples::could_not_run(Blame::Transport, 1, "connection refused", None),
    ];
    let mut summary = violated();
    summary.verdicts.insert(Verdict::CouldNotRun, 2);
    insta::assert_snapshot!(run(ConsoleOptions::default(), cases, summary));
}

#[test]
fn a_run_that_was_interrupted() {
    let summary = RunSummary { interrupted: true, not_played: 9, ..samples::summary(&[(Verdict::Passed, 5)]) };
    insta::assert_snapshot!(run(ConsoleOptions::default(), vec![], summary));
}

#[test]
fn a_run_that_stopped_at_its_first_failure() {
    let summary = RunSummary { stopped_early: true, not_played: 9, ..violated() };
    let text = run(ConsoleOptions::default(), vec![], summary);
    assert_eq!(text.lines().last(), Some("violated: partial.new-quantity; stopped at the first failure"));
}

/// Cases that warn, each of these clauses.
fn warned(clauses: &[&[&str]]) -> Vec<CaseResult> {
    let mismatch =
        |clause: &&str| Mismatch { level: Level::Should, clause: (*clause).to_owned(), ..samples::mismatch() };
    let case = |(row, clauses): (usize, &&[&str])| CaseResult {
        id: format!("modern-dropship/partial/table/row-{row}"),
        verdict: Verdict::Warned,
        ..samples::failed(clauses.iter().map(mismatch).collect())
    };
    clauses.iter().enumerate().map(case).collect()
}

/// The rows whose warnings are shown.
fn rows_shown(options: ConsoleOptions, cases: &[CaseResult]) -> Vec<String> {
    let events: Vec<Event> = cases.iter().cloned().map(samples::finished).collect();
    let text = render(options, &events);
    let row = |line: &str| line.strip_prefix("WARN")?.split("row-").nth(1)?.split(' ').next().map(str::to_owned);
    text.lines().filter_map(row).collect()
}

#[test]
fn a_warning_that_repeats_is_told_twice_and_then_counted() {
    let options = ConsoleOptions::default();
    let cases = warned(&[&["a"], &["a"], &["a"], &["a", "b"], &["b"], &["b", "a"], &["a"]]);
    assert_eq!(rows_shown(options, &cases), ["0", "1", "3", "4"]);
    let verbose = ConsoleOptions { verbosity: Verbosity::Verbose, ..options };
    assert_eq!(rows_shown(verbose, &cases).len(), 7);
    assert_eq!(rows_shown(ConsoleOptions { strict: true, ..options }, &cases).len(), 7);
    insta::assert_snapshot!(run(options, cases, samples::summary(&[(Verdict::Passed, 7), (Verdict::Warned, 7)])));
}

#[test]
fn a_failure_is_never_only_counted() {
    let case = samples::failed(vec![Mismatch { level: Level::Should, ..mismatch() }, mismatch()]);
    let events: Vec<Event> = (0..5).map(|_| samples::finished(case.clone())).collect();
    assert_eq!(render(ConsoleOptions::default(), &events).matches("FAIL  ").count(), 5);
}

/// Cases that passed, as long as these took.
fn timed(millis: &[f64]) -> Vec<CaseResult> {
    let case = |(row, &millis): (usize, &f64)| CaseResult { id: format!("s/row-{row}"), millis, ..samples::passed() };
    millis.iter().enumerate().map(case).collect()
}

#[test]
fn the_slowest_cases_of_a_long_run_are_named() {
    let cases = timed(&[12.0, 300.25, 2.0, 1200.0, 12.5]);
    let names_them = |options, millis| {
        let summary = RunSummary { millis, ..samples::summary(&[(Verdict::Passed, 5)]) };
        run(options, cases.clone(), summary).contains("slowest")
    };
    let options = ConsoleOptions::default();
    assert!(names_them(options, 15_000.0) && !names_them(options, 9000.0));
    assert!(!names_them(ConsoleOptions { verbosity: Verbosity::Quiet, ..options }, 15_000.0));
    let long = RunSummary { millis: 15_000.0, ..samples::summary(&[(Verdict::Passed, 5)]) };
    insta::assert_snapshot!(run(options, cases.clone(), long));
}

/// A dialect of which most is settled.
fn dialect() -> RunSummary {
    let mut summary = samples::summary(&[(Verdict::Passed, 14)]);
    let entries = summary.dialect.entry("modern-dropship".to_owned()).or_default();
    let settled = ["repeat-full-cancel", "nothing-left", "stray-fields", "order-envelope"];
    entries.extend(settled.map(|choice| samples::dialect(choice, &["refuse"], false, 1)));
    entries.extend([
        samples::dialect("split-answer", &["original", "order"], true, 7),
        samples::dialect("success-status", &["200"], false, 15),
        samples::dialect("absent-metadata", &["blank"], false, 32),
    ]);
    summary
}

#[test]
fn a_dialect_takes_two_columns_where_it_fits() {
    let narrow = ConsoleOptions { width: 60, ..ConsoleOptions::default() };
    let lines = |options| {
        let text = run(options, vec![], dialect());
        let lines = text.lines().filter(|line| line.starts_with("  ")).skip(2);
        lines.map(|line| format!("{line}\n")).collect::<String>()
    };
    insta::assert_snapshot!([lines(ConsoleOptions::default()), lines(narrow)].join("of 60 columns\n"));
}

/// The stable report of cases that took this long.
fn stable(millis: f64) -> String {
    let mut out = Vec::new();
    let mut console = Console::stable(&mut out, false);
    let mut events = vec![Event::RunStarted(samples::started().into())];
    events.extend(timed(&[millis; 5]).into_iter().map(samples::finished));
    events.push(Event::RunFinished(Box::new(RunSummary { millis, ..dialect() })));
    events.iter().for_each(|event| console.event(event).expect("a vector takes all"));
    String::from_utf8(out).expect("text")
}

#[test]
fn a_stable_report_has_no_times() {
    assert_eq!(stable(1.5), stable(98_765.4));
    insta::assert_snapshot!(stable(1.5));
}

#[test]
fn a_stable_report_has_no_times_of_exchanges_either() {
    let id = ("x-request-id".to_owned(), "req-8f3a".to_owned());
    let exchange = Exchange { response_headers: vec![id], ..samples::exchange() };
    let mut case = samples::failed(vec![mismatch()]);
    case.steps[0].exchanges = vec![exchange];
    let mut out = Vec::new();
    let mut console = Console::stable(&mut out, false);
    console.event(&samples::finished(case)).expect("a vector takes all");
    let text = String::from_utf8(out).expect("text");
    assert!(text.contains("got    200  {"), "{text}");
    assert!(!text.contains("req-8f3a") && !text.contains(" ms"), "{text}");
}

#[test]
fn a_target_that_cannot_be_used() {
    let mut summary = samples::summary(&[]);
    summary.unproved = vec!["modern-dropship".to_owned()];
    summary.not_played = 14;
    let events = [
        Event::RunStarted(samples::started().into()),
        Event::TargetProved(Box::new(samples::proof())),
        Event::RunFinished(Box::new(summary)),
    ];
    insta::assert_snapshot!(render(ConsoleOptions::default(), &events));
}

#[test]
fn the_checklist_of_a_doctor() {
    let mut out = Vec::new();
    write_proof(&mut out, &samples::proof(), Style::Plain, 100).expect("a vector takes all");
    insta::assert_snapshot!(String::from_utf8(out).expect("text"));
}
