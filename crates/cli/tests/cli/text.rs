//! Makes output the same on every run: times, ids, run ids and ports are named instead of shown; so is what only tells how
//! large the specs are at the moment.

use regex_lite::{Captures, Regex};

const UNSTABLE: [(&str, &str); 12] = [
    (r"\b\d+(\.\d+)? m?s\b", "[time]"),
    (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", "[date]"),
    (r"\b[0-9a-f]{8}-[0-9a-f]{10}-\d+-\d+\b", "[reference]"),
    (r"\b9e3779b9[0-9a-f]{16}\b", "[id]"),
    (r"request-\d+", "request-[n]"),
    (r"(127\.0\.0\.1|localhost):\d{2,}", "$1:[port]"),
    (r"of \d+ MUST clauses", "of [n] MUST clauses"),
    (r"coverage +\d+ of", "coverage    [n] of"),
    (r"(?m)^\d{3}│", "[n]│"),
    (r"the other \d+\)", "the other [n])"),
    (r"spec\.yaml:\d+:\d+", "spec.yaml:[place]"),
    (r"(?m)^ +not exercised: .*\n", ""),
];

/// Output as a snapshot can keep it.
pub(crate) fn stable(text: &str) -> String {
    let text = UNSTABLE.iter().fold(text.to_owned(), |text, (pattern, name)| {
        Regex::new(pattern).unwrap().replace_all(&text, *name).into_owned()
    });
    dialect(&text)
}

/// The dialect grows with the spec and has tests of its own: here only that there is one.
fn dialect(text: &str) -> String {
    let block = Regex::new(r"(?m)^  dialect .*\n(^ {14}.*\n)*").unwrap();
    block.replace_all(text, |_: &Captures<'_>| "  dialect     [choices]\n").into_owned()
}

/// Whatever acts on a terminal or hides from the eye; line feeds are what lines are made of.
#[track_caller]
pub(crate) fn is_harmless(text: &str) {
    let bad = text.chars().find(|c| {
        (c.is_control() && *c != '\n')
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    });
    assert_eq!(bad, None, "{text:?}");
}
