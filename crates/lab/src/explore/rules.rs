//! The rules of the spec that a played sequence breaks, whatever the model makes of the rest: rows, stock and totals are no part of
//! the state that is compared with it.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use countermand_event::{CaseResult, Difference, Level, Mismatch};
use countermand_harness::Spec;

use crate::sequence::Sequence;

/// A rule that is broken.
pub(super) struct Broken {
    /// The call after which it is, counted from 0; of calls made at once the last.
    pub(super) call: usize,
    pub(super) clause: String,
}

/// The first rule that is broken; of those that one step breaks the gravest. What the target declares it has not is not asked of
/// it, nor what it may depart from openly, by an option of a choice: of calls at once nothing tells which it takes.
pub(super) fn broken(
    spec: &Spec,
    lacks: &BTreeSet<String>,
    result: &CaseResult,
    sequence: &Sequence,
) -> Option<Broken> {
    let options = spec.choices.iter().flat_map(|choice| choice.options.iter().map(|o| (&*choice.name, &**o)));
    let excused = spec.departures(options);
    let counts = |rule: &&Mismatch| {
        rule.difference == Difference::Rule
            && rule.level > Level::May
            && !rule.follows
            && !lacks.contains(&rule.clause)
            && !excused.contains(rule.clause.as_str())
    };
    let first = result.mismatches.iter().filter(counts).min_by_key(|rule| (rule.step, Reverse(rule.level)))?;
    let step = sequence.steps().into_iter().nth(first.step.checked_sub(1)?)?;
    Some(Broken { call: step.end - 1, clause: first.clause.clone() })
}
