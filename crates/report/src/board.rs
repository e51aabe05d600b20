//! The board: what several implementations do with the clauses of a spec, side by side. From what their runs told, and nothing
//! else.

use std::collections::{BTreeMap, BTreeSet};

use countermand_event::{Event, JudgedClause, RunStarted, RunSummary, Score};
use maud::{Markup, html};

use crate::html::{Fate, Fates, page};
use crate::text;

/// One run, as the board needs it.
struct Column<'r> {
    started: &'r RunStarted,
    score: Option<&'r Score>,
    fates: Fates<'r>,
}

/// A page with a table per spec and profile: implementations × clauses. `runs` are the events of runs that were played to
/// their end; of others there is no column.
#[must_use]
pub fn board(runs: &[Vec<Event>]) -> String {
    let mut tables: BTreeMap<(&str, &str), Vec<Column<'_>>> = BTreeMap::new();
    for events in runs {
        let Some((started, summary)) = ends(events) else { continue };
        for (spec, profile) in &started.profiles {
            let score = summary.scores.get(spec);
            let column = Column { started, score, fates: Fates::of(spec, events.iter().filter_map(Event::case)) };
            tables.entry((spec, profile)).or_default().push(column);
        }
    }
    let body = html! {
        header { h1 { "Countermand board" } p { "What implementations do with the clauses of a spec." } }
        main {
            @for ((spec, profile), columns) in &tables { (table(spec, profile, columns)) }
            p.dim { "✓ held · ✗ violated · ~ not held, and not judged · – not exercised" }
        }
    };
    page("Countermand board", &body)
}

fn ends(events: &[Event]) -> Option<(&RunStarted, &RunSummary)> {
    match (events.first()?, events.last()?) {
        (Event::RunStarted(started), Event::RunFinished(summary)) => Some((started, summary)),
        _ => None,
    }
}

fn table(spec: &str, profile: &str, columns: &[Column<'_>]) -> Markup {
    html! {
        section id=(format!("{spec}/{profile}")) {
            h2 { (spec) " " small { (profile) } }
            table.board {
                thead {
                    tr {
                        th { "clause" } th { "level" }
                        @for column in columns { th { (text::short(&column.started.target)) } }
                        th { "what must hold" }
                    }
                }
                tbody {
                    (sums("divergence", columns, |score| score.violated.len()))
                    (sums("coverage", columns, |score| score.exercised))
                    @for clause in clauses(spec, columns) {
                        tr {
                            td { code { (clause.clause) } }
                            td { span.level { (clause.level.name()) } }
                            @for column in columns { (cell(column.fates.of_clause(clause))) }
                            td.dim { (clause.statement) }
                        }
                    }
                }
            }
        }
    }
}

fn sums(name: &str, columns: &[Column<'_>], count: impl Fn(&Score) -> usize) -> Markup {
    html! {
        tr {
            th { (name) } th { "MUST" }
            @for column in columns {
                td { @if let Some(score) = column.score { (count(score)) " of " (score.must_clauses) } }
            }
            td {}
        }
    }
}

/// Every clause that any of the runs judges, in the order of the first that does.
fn clauses<'r>(spec: &str, columns: &[Column<'r>]) -> Vec<&'r JudgedClause> {
    let mut known = BTreeSet::new();
    let all = columns.iter().filter_map(|column| column.started.clauses.get(spec)).flatten();
    all.filter(|clause| known.insert(clause.clause.as_str())).collect()
}

fn cell(fate: Fate) -> Markup {
    let sign = match fate {
        Fate::Held => "✓",
        Fate::Violated => "✗",
        Fate::Noted => "~",
        Fate::NotExercised => "–",
    };
    html! { td data-fate=(fate.word()) title=(fate.word()) { span.fate { (sign) } } }
}

#[cfg(test)]
mod tests {
    use countermand_event::{CaseResult, Verdict};

    use super::*;
    use crate::samples;

    fn run(target: &str, cases: Vec<CaseResult>) -> Vec<Event> {
        let started = RunStarted { target: target.to_owned(), ..samples::started() };
        let mut events = vec![Event::RunStarted(started.into())];
        events.extend(cases.into_iter().map(samples::finished));
        events.push(Event::RunFinished(Box::new(samples::summary(&[(Verdict::Passed, 1)]))));
        events
    }

    #[test]
    fn implementations_stand_side_by_side() {
        let mut cut_off = run("cut off", vec![]);
        cut_off.pop();
        let runs = [
            run("mock", vec![samples::passed()]),
            run("<b>acme</b>", vec![samples::failed(vec![samples::mismatch()])]),
            cut_off,
        ];
        let page = board(&runs);
        assert!(!page.contains("<b>") && !page.contains("cut off"), "{page}");
        let row = page.split("<tr>").find(|row| row.contains("partial.new-quantity")).expect("a row a clause");
        let signs: Vec<&str> = ["✓", "✗", "–"].into_iter().filter(|sign| row.contains(sign)).collect();
        assert_eq!(signs, ["✓", "✗"], "{row}");
    }
}
