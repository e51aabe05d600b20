//! An answer as the binding's rules read it: accepted, refused or broken. What it was before, is a reply.

use crate::template::Data;

/// How an answer was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    Accepted,
    Refused,
    /// A crash in place of a refusal, or an answer that is neither.
    Broken,
}

impl Outcome {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Refused => "refused",
            Self::Broken => "broken",
        }
    }

    /// Whether it is what was expected: what crashed was not accepted either. That a refusal is no crash, the spec's rule on
    /// answers says.
    pub(crate) fn fits(self, expected: Self) -> bool {
        self == expected || (self, expected) == (Self::Broken, Self::Refused)
    }
}

/// The answer to a step's call.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) outcome: Outcome,
    pub(crate) status: u16,
    /// Why it was refused, in the target's own words.
    pub(crate) reason: Option<String>,
    pub(crate) headers: Data,
    /// Undefined where the body is no JSON.
    pub(crate) body: Data,
}
