//! What the model of a spec has against a case: whether a conforming implementation could do what it expects.

use std::sync::Arc;

use countermand_harness::event::CaseResult;
use countermand_harness::{Verdict, WaitingCase};

use crate::settings::{Setting, pairs, singles};
use crate::stage::{Stage, StageError};

/// Nothing where a conforming implementation passes the case with some setting of the choices: with what was `seen` to be
/// chosen, with what the model chooses by itself, or with any one or two options beside that. Otherwise how the model fails it
/// that chooses as was seen.
///
/// An option that openly departs from a clause of the case is none that lets it pass.
///
/// # Errors
/// When there is no model of the spec, or the target can't be made.
pub fn objection(stage: &Stage, case: &Arc<WaitingCase>, seen: &Setting) -> Result<Option<CaseResult>, StageError> {
    let (spec, profile) = (&stage.spec, &stage.profile);
    let settings = [seen.clone(), Setting::new()].into_iter().chain(singles(spec, profile)).chain(pairs(spec, profile));
    let mut first = None;
    for setting in settings {
        let departs = spec.departures(setting.iter().map(|(choice, option)| (choice.as_str(), option.as_str())));
        if case.clauses().any(|clause| departs.contains(clause)) {
            continue;
        }
        let result = stage.play(std::slice::from_ref(case), &setting, None)?.into_iter().next();
        if result.as_ref().is_some_and(|result| result.verdict == Verdict::Passed) {
            return Ok(None);
        }
        first = first.or(result);
    }
    Ok(first)
}
