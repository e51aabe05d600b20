//! One case: a row where there is nothing to say of it, and else what differed, what happened step by step, and what was sent.

use std::collections::BTreeSet;

use countermand_event::{Blame, CaseResult, Level, Mismatch, Trouble, Verdict};
use maud::{Markup, html};

use super::{exchange, timeline};
use crate::{text, words};

/// A case that passed, or that the target lacks something for.
pub(super) fn row(case: &CaseResult) -> Markup {
    html! {
        li.case id=(case.id) data-verdict=(case.verdict.name())
            data-level=[some(levels(case))] data-blame=[some(blame(case))] {
            span.verdict data-verdict=(case.verdict.name()) { (words::verdict(case.verdict)) }
            " " (link(&case.id)) " " (text::short(&case.title))
            @if let Some(trouble) = &case.trouble { " " small.dim { (text::excerpt(&trouble.message, text::BODY)) } }
            " " small.dim { (case.clauses.join(" ")) }
        }
    }
}

/// A case that there is something to say of.
pub(super) fn told(case: &CaseResult) -> Markup {
    let (follows, own): (Vec<&Mismatch>, Vec<&Mismatch>) = case.mismatches.iter().partition(|found| found.follows);
    let first = own.iter().filter(|found| found.level > Level::May).map(|found| found.step).min();
    html! {
        details.case id=(case.id) data-verdict=(case.verdict.name()) data-text=(words_of(case))
            data-level=(levels(case)) data-blame=(blame(case)) open[case.verdict == Verdict::Failed] {
            summary {
                span.verdict data-verdict=(case.verdict.name()) { (words::verdict(case.verdict)) }
                " " code { (text::short(&case.id)) } " " (text::short(&case.title))
            }
            p { (link(&case.id)) span.dim { " · blame: " (blame(case)) " · " code { (text::short(&case.file)) } } }
            @if let Some(reason) = &case.known { p { "Known to fail: " (text::excerpt(reason, text::BODY)) } }
            @if let Some(stale) = &case.stale { p { strong { "This case " (text::excerpt(stale, text::BODY)) "." } } }
            @if let Some(trouble) = &case.trouble { (self::trouble(trouble)) }
            @if !own.is_empty() { ul.mismatches { @for found in &own { li { (mismatch(found)) } } } }
            @if !follows.is_empty() {
                details {
                    summary { (text::count(follows.len(), "later difference")) ", because of the first" }
                    ul.mismatches { @for found in &follows { li { (mismatch(found)) } } }
                }
            }
            @if !case.unjudged.is_empty() {
                details {
                    summary { (text::count(case.unjudged.len(), "claim")) " that could not be judged" }
                    ul { @for open in &case.unjudged { li { "step " (open.step) ", " code { (text::short(&open.clause)) } ": " (text::short(&open.why)) } } }
                }
            }
            @if !case.steps.is_empty() { ol.timeline { @for step in timeline::steps(case) { (timeline::step(&step, first)) } } }
        }
    }
}

/// The link to a case on this page.
pub(super) fn link(case: &str) -> Markup {
    html! { a href=(format!("#{}", fragment(case))) { (text::short(case)) } }
}

/// A case's id, as a fragment can hold it.
fn fragment(id: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte);
    let encoded =
        id.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") });
    encoded.collect()
}

fn mismatch(found: &Mismatch) -> Markup {
    html! {
        span.level data-level=(found.level.name()) { (found.level.name()) } " " code { (text::short(&found.clause)) }
        " " (text::excerpt(&found.statement, text::BODY))
        div {
            "step " (found.step) ", " code { (text::short(&found.path)) } ": " (words::expected_and_actual(found))
        }
        div.dim { (text::short(&found.place.to_string())) "  " code { (text::short(found.place.text.trim())) } }
    }
}

fn trouble(trouble: &Trouble) -> Markup {
    html! {
        p { @if trouble.step > 0 { "Step " (trouble.step) ": " } (text::excerpt(&trouble.message, text::BODY)) }
        @if let Some(place) = &trouble.place { p.dim { (text::short(&place.to_string())) } }
        @if let Some(exchange) = &trouble.exchange { (exchange::folded(exchange)) }
    }
}

/// What a search looks through.
fn words_of(case: &CaseResult) -> String {
    let clauses: BTreeSet<&str> =
        case.clauses.iter().chain(case.mismatches.iter().map(|found| &found.clause)).map(String::as_str).collect();
    let mut words = case.id.clone();
    for clause in clauses {
        words.push(' ');
        words.push_str(clause);
    }
    words
}

/// Nothing where there is nothing to say.
fn some(text: impl Into<String>) -> Option<String> {
    Some(text.into()).filter(|text| !text.is_empty())
}

/// The levels of what differed.
fn levels(case: &CaseResult) -> String {
    let levels: BTreeSet<Level> =
        case.mismatches.iter().filter(|found| !found.follows).map(|found| found.level).collect();
    levels.iter().map(|level| level.name()).collect::<Vec<_>>().join(" ")
}

/// Who it belongs to that the case did not pass.
fn blame(case: &CaseResult) -> &'static str {
    let trouble = case.trouble.as_ref().map(|trouble| trouble.blame);
    trouble.or_else(|| case.mismatches.first().map(|found| found.blame)).map_or("", Blame::name)
}
