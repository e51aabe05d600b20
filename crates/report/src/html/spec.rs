//! What a run says of one spec: both scores, every clause and what became of it, the dialect, and what the failures look like.

use std::collections::{BTreeMap, BTreeSet};

use countermand_event::{CaseResult, DialectEntry, JudgedClause, Level, Likeness, RunStarted, RunSummary, Score};
use maud::{Markup, html};

use super::case;
use crate::{text, words};

/// The section of a spec.
pub(super) fn section(
    spec: &str,
    score: &Score,
    started: &RunStarted,
    summary: &RunSummary,
    cases: &[CaseResult],
) -> Markup {
    let profile = started.profiles.get(spec).map_or("", String::as_str);
    let clauses = started.clauses.get(spec).map_or(&[][..], Vec::as_slice);
    let dialect = summary.dialect.get(spec).map_or(&[][..], Vec::as_slice);
    html! {
        section id=(format!("spec/{spec}")) {
            h2 { (spec) " " small { (profile) } }
            dl.scores {
                (self::score("divergence", score.violated.len(), score.must_clauses, "violated"))
                (self::score("coverage", score.exercised, score.must_clauses, "exercised"))
            }
            @if let Some(likeness) = summary.looks_like.get(spec) { (looks_like(likeness)) }
            @if !clauses.is_empty() { (map(spec, clauses, &Fates::of(spec, cases))) }
            @if !dialect.is_empty() { (choices(dialect)) }
        }
    }
}

fn score(name: &str, count: usize, all: usize, word: &str) -> Markup {
    html! {
        div class=(name) {
            dt { (name) }
            dd {
                meter min="0" max=(all) value=(count) {}
                " " strong { (count) } " of " (all) " MUST clauses " (word)
            }
        }
    }
}

fn looks_like(likeness: &Likeness) -> Markup {
    html! {
        p {
            "The failures look like " code { (likeness.fault) } ": " (likeness.text) " "
            span.dim { "(" (words::likeness(likeness)) ")" }
        }
    }
}

/// What became of the clauses of a spec.
pub(crate) struct Fates<'c> {
    exercised: BTreeSet<&'c str>,
    /// The cases that violate a clause.
    violated: BTreeMap<&'c str, Vec<&'c str>>,
}

/// What became of one clause.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    /// It was put to the test and held.
    Held,
    /// It was violated, and its level judges that.
    Violated,
    /// It was not held, and its level only takes note of that.
    Noted,
    /// Nothing put it to the test.
    NotExercised,
}

impl Fate {
    /// In words, and as style goes by it.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Held => "held",
            Self::Violated => "violated",
            Self::Noted => "noted",
            Self::NotExercised => "not exercised",
        }
    }
}

impl<'c> Fates<'c> {
    /// Of everything that was played of a spec.
    pub(crate) fn of(spec: &str, cases: impl IntoIterator<Item = &'c CaseResult>) -> Self {
        let mut fates = Self { exercised: BTreeSet::new(), violated: BTreeMap::new() };
        for case in cases.into_iter().filter(|case| case.spec == spec) {
            fates.exercised.extend(case.clauses.iter().map(String::as_str));
            for mismatch in case.mismatches.iter().filter(|mismatch| !mismatch.follows) {
                let cases = fates.violated.entry(&mismatch.clause).or_default();
                if cases.last() != Some(&case.id.as_str()) {
                    cases.push(&case.id);
                }
            }
        }
        fates
    }

    /// Of one clause.
    pub(crate) fn of_clause(&self, clause: &JudgedClause) -> Fate {
        let name = clause.clause.as_str();
        match (self.violated.contains_key(name), self.exercised.contains(name)) {
            (true, _) if clause.level == Level::May => Fate::Noted,
            (true, _) => Fate::Violated,
            (false, true) => Fate::Held,
            (false, false) => Fate::NotExercised,
        }
    }
}

fn map(spec: &str, clauses: &[JudgedClause], fates: &Fates<'_>) -> Markup {
    html! {
        details.map open {
            summary { h3 { "Clauses" } }
            table {
                thead { tr { th { "clause" } th { "level" } th { "verdict" } th { "what must hold" } th { "cases" } } }
                tbody {
                    @for clause in clauses {
                        @let fate = fates.of_clause(clause);
                        tr id=(format!("clause/{spec}/{}", clause.clause)) data-fate=(fate.word()) {
                            td { code { (clause.clause) } }
                            td { span.level { (clause.level.name()) } }
                            td { span.fate { (fate.word()) } }
                            td { (clause.statement) " " small.dim { (clause.source) } }
                            td { (cases(fates.violated.get(clause.clause.as_str()).map_or(&[], Vec::as_slice))) }
                        }
                    }
                }
            }
        }
    }
}

/// A few by name, more by their number and folded.
fn cases(cases: &[&str]) -> Markup {
    html! {
        @match cases {
            [] => {},
            [only] => (case::link(only)),
            cases => details { summary { (cases.len()) " cases" } @for case in cases { (case::link(case)) br; } },
        }
    }
}

fn choices(dialect: &[DialectEntry]) -> Markup {
    html! {
        details.dialect {
            summary { h3 { "Dialect: what was chosen where the spec leaves a choice" } }
            table {
                thead { tr { th { "choice" } th { "seen" } th { "cases" } } }
                tbody {
                    @for entry in dialect {
                        tr {
                            td { code { (entry.choice) } }
                            td {
                                (text::short(&entry.options.join(", ")))
                                @if entry.inconsistent { " " strong { "not always the same" } }
                            }
                            td { (entry.cases) }
                        }
                    }
                }
            }
        }
    }
}
