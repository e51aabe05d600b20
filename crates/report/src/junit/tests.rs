//! The file as a CI server reads it: always XML, always with every case in it, never green where the run is not whole.

use countermand_event::{Blame, Exchange, Level, Mismatch};
use proptest::prelude::*;
use quick_xml::events::Event as Xml;
use serde_json::json;

use super::*;
use crate::samples;

fn render(strict: bool, cases: Vec<CaseResult>, summary: RunSummary) -> String {
    let mut out = Vec::new();
    let mut junit = JUnit::new(&mut out, strict);
    let mut events = vec![Event::RunStarted(samples::started().into())];
    events.extend(cases.into_iter().map(samples::finished));
    events.push(Event::RunFinished(Box::new(summary)));
    events.iter().for_each(|event| junit.event(event).expect("a vector takes all"));
    String::from_utf8(out).expect("text")
}

/// A case of every verdict.
fn cases() -> Vec<CaseResult> {
    let warning = Mismatch { level: Level::Should, clause: "answer.status".to_owned(), ..samples::mismatch() };
    let of = |id: &str, case: CaseResult| CaseResult { id: format!("modern-dropship/{id}"), ..case };
    let lacking = samples::could_not_run(Blame::Target, 0, "the target has no `cancel_package`: <sealed>", None);
    vec![
        of("item/cancels-one-item", samples::passed()),
        of("partial/table/row-1", samples::failed(vec![warning.clone(), samples::mismatch()])),
        of("partial/table/row-2", CaseResult { verdict: Verdict::Warned, ..samples::failed(vec![warning]) }),
        of("alone", samples::could_not_run(Blame::Setup, 0, "no order: 422 & more", Some(samples::exchange()))),
        of("package/all", CaseResult { verdict: Verdict::NotCovered, ..lacking }),
    ]
}

/// The start tags of a text that is XML from end to end, each with its attributes, unescaped; else a panic.
fn parse(xml: &str) -> Vec<(String, BTreeMap<String, String>)> {
    let is_char = |c: char| matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{fffd}' | '\u{10000}'..);
    assert!(xml.chars().all(is_char), "{xml:?}");
    let mut reader = quick_xml::Reader::from_str(xml);
    reader.config_mut().check_comments = true;
    let (mut tags, mut depth) = (Vec::new(), 0_usize);
    loop {
        let event = reader.read_event().expect("well-formed");
        match &event {
            Xml::Start(tag) | Xml::Empty(tag) => {
                depth += usize::from(matches!(event, Xml::Start(_)));
                let attribute = |attribute: quick_xml::events::attributes::Attribute<'_>| {
                    let name = String::from_utf8(attribute.key.as_ref().to_vec()).expect("text");
                    let value = String::from_utf8(attribute.value.to_vec()).expect("text");
                    (name, quick_xml::escape::unescape(&value).expect("escaped").into_owned())
                };
                let attributes = tag.attributes().map(|found| attribute(found.expect("an attribute"))).collect();
                tags.push((String::from_utf8(tag.name().as_ref().to_vec()).expect("text"), attributes));
            }
            Xml::End(_) => depth -= 1,
            Xml::Eof => break,
            _ => {}
        }
    }
    assert_eq!(depth, 0, "{xml}");
    tags
}

/// The counts at the head of the file: test cases, failures, errors, skipped.
fn counts(xml: &str) -> [String; 4] {
    let tags = parse(xml);
    let (_, head) = tags.first().expect("a root");
    ["tests", "failures", "errors", "skipped"].map(|name| head[name].clone())
}

#[test]
fn a_case_of_every_verdict() {
    let xml = render(false, cases(), samples::summary(&[]));
    assert_eq!(counts(&xml), ["5", "1", "1", "1"]);
    insta::assert_snapshot!(xml);
}

#[test]
fn a_warning_fails_where_it_is_strict() {
    let xml = render(true, cases(), samples::summary(&[]));
    assert_eq!(counts(&xml), ["5", "2", "1", "1"]);
    assert!(!xml.contains("system-out"), "{xml}");
}

#[test]
fn a_run_that_was_cut_short_is_not_green() {
    let ends = [(true, false), (false, true), (false, false)].map(|(interrupted, stopped_early)| {
        let not_played = 9;
        RunSummary { interrupted, stopped_early, not_played, ..samples::summary(&[]) }
    });
    let suites: Vec<String> = ends
        .into_iter()
        .map(|summary| {
            let xml = render(false, vec![samples::passed()], summary);
            assert_eq!(counts(&xml), ["2", "0", "1", "0"]);
            xml[xml.find("<testsuite name=\"run\"").expect("a suite of its own")..].to_owned()
        })
        .collect();
    insta::assert_snapshot!(suites.concat());
}

#[test]
fn a_run_that_was_interrupted_before_its_end_is_not_green_even_where_all_was_played() {
    let summary = RunSummary { interrupted: true, ..samples::summary(&[]) };
    assert_eq!(counts(&render(false, vec![], summary)), ["1", "0", "1", "0"]);
}

#[test]
fn nothing_is_written_before_the_end() {
    let mut out = Vec::new();
    let mut junit = JUnit::new(&mut out, false);
    junit.event(&samples::finished(samples::passed())).expect("a vector takes all");
    drop(junit);
    assert!(out.is_empty());
}

#[test]
fn a_body_has_an_end() {
    let many = (0..2000).map(|n| Mismatch { path: format!("items.i-{n}"), ..samples::mismatch() }).collect();
    let body = body(&samples::failed(many));
    assert!(body.len() < LONGEST + 100);
    assert!(body.ends_with("… cut here: the JSON Lines report has all of it\n"), "{body}");
}

#[test]
fn a_time_that_is_none_is_no_time() {
    let times = [f64::NAN, f64::INFINITY, -1.0, 1e300, 1500.0].map(|millis| seconds(millis).as_secs_f64());
    assert_eq!(times, [0.0, 0.0, 0.0, 0.0, 1.5]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn whatever_an_endpoint_sends_is_xml(
        evil in "([\u{0}-\u{1f}<>&'\"\\]\u{7f}-\u{9f}\u{202e}\u{fffe}\u{ffff}\u{10ffff}]|\\]\\]>|<!--|\u{1b}\\[31m|&#0;|\\PC){0,30}",
    ) {
        let lead = Mismatch {
            path: format!("items.{evil}"),
            expected: evil.clone(),
            actual: Some(json!({ evil.clone(): evil })),
            clause: evil.clone(),
            statement: evil.clone(),
            place: samples::place(1, &format!("{evil}x"), "x"),
            ..samples::mismatch()
        };
        let exchange = Exchange {
            path: format!("/{evil}"),
            base: evil.clone(),
            request_headers: vec![(evil.clone(), evil.clone())],
            request_body: Some(evil.clone()),
            response_headers: vec![("x-request-id".to_owned(), evil.clone())],
            response_body: Some(evil.clone()),
            error: Some(evil.clone()),
            ..samples::exchange()
        };
        let mut failed = samples::failed(vec![lead]);
        failed.id = format!("modern-dropship/{evil}/{evil}");
        failed.file.clone_from(&evil);
        failed.steps[0].exchanges = vec![exchange.clone()];
        failed.steps[0].state = json!({ "items": { evil.clone(): evil.clone() } });
        failed.steps[0].after = vec![samples::shown(&evil, &evil)];
        let warned = CaseResult { verdict: Verdict::Warned, spec: evil.clone(), ..failed.clone() };
        let stopped = samples::could_not_run(Blame::Transport, 1, &evil, Some(exchange));
        let lacking = CaseResult { verdict: Verdict::NotCovered, ..stopped.clone() };
        let xml = render(false, vec![failed, warned, stopped, lacking], samples::summary(&[]));
        prop_assert_eq!(counts(&xml), ["4", "1", "1", "1"]);
        let shown = text::short(&format!("items.{evil}"));
        let is_told = |(tag, attributes): &(String, BTreeMap<String, String>)| {
            tag == "failure" && attributes["message"].contains(&shown)
        };
        prop_assert!(parse(&xml).iter().any(is_told), "{} in {}", shown, xml);
    }
}
