//! What the steps of a file look like: those of a scenario expect something, those of a proof and of a sequence do not.

use crate::spec::Spec;

/// The name of the file beside a spec that proves its targets: a scenario whose steps expect nothing but to be accepted.
pub(crate) const PROOF: &str = "proof";

/// What the steps of a file look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// They say what they expect.
    Scenario,
    /// They expect nothing but to be accepted.
    Proof,
    /// They expect nothing at all, and may be made on what an earlier one may bring about: `mug-2`.
    Sequence,
}

impl Form {
    /// The form of a file of a suite, by the id of a case in it.
    pub(super) fn of(id: &str, spec: &Spec) -> Self {
        let is_proof = id.strip_prefix(spec.name.as_str()).and_then(|rest| rest.strip_prefix('/')) == Some(PROOF);
        if is_proof { Self::Proof } else { Self::Scenario }
    }
}
