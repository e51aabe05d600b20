//! The page, from literal events.

use countermand_event::{Blame, Level};

use super::*;
use crate::samples;

const HOSTILE: &str = "<script>document.title = 'owned'</script><img src=x onerror=alert(1)>";

fn render(cases: Vec<CaseResult>) -> String {
    let mut out = Vec::new();
    let mut report = Html::new(&mut out);
    let count = cases.len();
    let mut events = vec![Event::RunStarted(samples::started().into())];
    events.extend(cases.into_iter().map(samples::finished));
    events.push(Event::RunFinished(Box::new(samples::summary(&[(Verdict::Failed, count)]))));
    events.iter().for_each(|event| report.event(event).expect("a vector takes all"));
    String::from_utf8(out).expect("text")
}

/// What stands between the frame's head and its script.
fn body(page: &str) -> String {
    let (_, body) = page.split_once("<body>").expect("a body");
    let (body, _) = body.rsplit_once("<script>").expect("a script");
    // A line per element that has its own.
    let breaks = ["<section", "<h2", "<tr", "<p>", "<details", "<li", "<dl", "<div", "<table", "<option", "<pre"];
    breaks.iter().fold(body.to_owned(), |body, tag| body.replace(tag, &format!("\n{tag}")))
}

#[test]
fn a_page_of_every_verdict() {
    let follows = countermand_event::Mismatch { follows: true, step: 2, ..samples::mismatch() };
    let note = countermand_event::Mismatch { level: Level::May, ..samples::mismatch() };
    let lacking = samples::could_not_run(Blame::Target, 0, "the target has no `cancel_package`", None);
    insta::assert_snapshot!(body(&render(vec![
        samples::failed(vec![samples::mismatch(), follows, note]),
        samples::could_not_run(Blame::Setup, 0, "no order", Some(samples::exchange())),
        CaseResult { verdict: Verdict::NotCovered, ..lacking },
        samples::passed(),
    ])));
}

#[test]
fn what_an_endpoint_sends_is_text() {
    let mut mismatch = samples::mismatch();
    mismatch.actual = Some(HOSTILE.into());
    mismatch.path = format!("items.{HOSTILE}");
    let mut case = samples::failed(vec![mismatch]);
    case.steps[0].state = serde_json::json!({ "items": { HOSTILE: { "cancelled": HOSTILE } } });
    case.steps[0].outcome = HOSTILE.to_owned();
    case.steps[0].exchanges[0].response_body = Some(HOSTILE.to_owned());
    case.steps[0].exchanges[0].response_headers.push((HOSTILE.to_owned(), HOSTILE.to_owned()));
    case.steps[0].before[0].role = HOSTILE.to_owned();
    let page = render(vec![case, samples::could_not_run(Blame::Setup, 0, HOSTILE, None)]);
    assert!(!body(&page).contains("<script") && !page.contains("<img"), "{page}");
    assert!(page.matches("&lt;script&gt;").count() >= 6, "it is shown all the same");
}
