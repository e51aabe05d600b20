//! What the model of a spec has against a case: whether a conforming implementation could do what it expects.

use std::sync::Arc;

use countermand_event::{CaseResult, Verdict};
use countermand_harness::WaitingCase;

use crate::settings::{Setting, pairs, singles};
use crate::stage::{Stage, StageError};

/// What the model makes of a case.
#[derive(Debug)]
pub enum Stand {
    /// It passes with these choices; with none where it does as the model chooses by itself.
    Passes(Setting),
    /// No setting that was tried lets it pass: how it fails where the model chooses by itself.
    Objects(Box<CaseResult>),
    /// It could not be played.
    Silent,
}

/// Looks for a setting of the choices with which a conforming implementation passes the case: none, any one option, what was
/// `seen` to be chosen, any two options. An option that openly departs from a clause of the case is none that lets it pass.
///
/// # Errors
/// When there is no model of the spec, or the target can't be made.
pub fn stand(stage: &Stage, case: &Arc<WaitingCase>, seen: &Setting) -> Result<Stand, StageError> {
    let (spec, profile) = (&stage.spec, &stage.profile);
    let alone = [Setting::new()].into_iter().chain(singles(spec, profile));
    let mut first = None;
    for setting in alone.chain([seen.clone()]).chain(pairs(spec, profile)) {
        let departs = spec.departures(setting.iter().map(|(choice, option)| (choice.as_str(), option.as_str())));
        if case.clauses().any(|clause| departs.contains(clause)) {
            continue;
        }
        let result = stage.play(std::slice::from_ref(case), &setting, &[])?.into_iter().next();
        if result.as_ref().is_some_and(|result| result.verdict == Verdict::Passed) {
            return Ok(Stand::Passes(setting));
        }
        first = first.or(result);
    }
    Ok(first.map_or(Stand::Silent, |result| Stand::Objects(Box::new(result))))
}
