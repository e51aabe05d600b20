//! What happened in a case, step by step: of everything that moved, or should have, what it was, what was expected and what it is.

use countermand_event::{CaseResult, Level, Mismatch, StepRecord};
use maud::{Markup, html};
use serde_json::Value;

use super::exchange;
use crate::{console, diff, text};

/// One step, and what is to be seen of the state before and after it.
pub(super) struct Step<'c> {
    record: &'c StepRecord,
    rows: Vec<diff::Change>,
    differs: bool,
}

/// The steps of a case.
pub(super) fn steps(case: &CaseResult) -> Vec<Step<'_>> {
    let mut before = case.start.as_ref();
    let mut steps = Vec::new();
    for record in &case.steps {
        let found: Vec<&Mismatch> =
            case.mismatches.iter().filter(|found| found.step == record.step && found.level > Level::May).collect();
        let nothing = Value::Null;
        let rows = diff::changes(before.unwrap_or(&nothing), &record.state, found.iter().copied());
        steps.push(Step { record, rows, differs: found.iter().any(|found| !found.follows) });
        before = Some(&record.state);
    }
    steps
}

/// A step, marked where it is the `first` to differ.
pub(super) fn step(step: &Step<'_>, first: Option<usize>) -> Markup {
    let record = step.record;
    let is_first = first == Some(record.step);
    html! {
        li.step value=(record.step) data-differs[step.differs] data-first[is_first] {
            p {
                code { (console::transition(record)) } " " (text::short(&record.outcome))
                @if is_first { " " strong { "here it parts" } }
            }
            @if !step.rows.is_empty() {
                table {
                    thead { tr { th { "state" } th { "before" } th { "expected" } th { "actual" } } }
                    tbody {
                        @for row in &step.rows {
                            tr data-differs[row.differs()] {
                                td { code { (text::short(&row.path)) } }
                                td { (row.before.as_deref().unwrap_or_default()) }
                                // What nobody disputes may be expected, or of no interest.
                                td { (row.expected.as_deref().filter(|_| row.differs()).unwrap_or_default()) }
                                td { (row.actual.as_deref().unwrap_or_default()) }
                            }
                        }
                    }
                }
            }
            @for exchange in &record.exchanges { (exchange::folded(exchange)) }
            @if !record.webhooks.is_empty() {
                details {
                    summary { (text::count(record.webhooks.len(), "webhook")) " received" }
                    @for webhook in &record.webhooks { (exchange::folded(webhook)) }
                }
            }
        }
    }
}
