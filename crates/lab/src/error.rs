//! Why sequences of a spec can't be made, played or judged.

use countermand_text::Problem;

use crate::contracts::explorable;
use crate::stage::StageError;

/// Why exploring had to end.
#[derive(Debug)]
pub enum ExploreError {
    /// Nothing can be generated for this spec.
    Spec(String),
    /// The spec does not take what was generated: it is another than the one that this program knows.
    Sequence(Vec<Problem>),
    /// Nothing could be played.
    Stage(StageError),
    /// The model has no answer to calls that somebody has in mind.
    Unplayable,
}

impl std::fmt::Display for ExploreError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Spec(spec) => {
                write!(f, "calls can be generated for {}, not for `{spec}`", explorable().join(" and "))
            }
            Self::Sequence(problems) => {
                let first = problems.first().map(|problem| problem.message.as_str()).unwrap_or_default();
                write!(f, "the spec does not take what was generated for it: {first}")
            }
            Self::Stage(error) => error.fmt(f),
            Self::Unplayable => f.write_str(
                "the mock of the spec can't play it: such an order can't be set up, or a call is made on what is not there",
            ),
        }
    }
}

impl std::error::Error for ExploreError {}

impl From<StageError> for ExploreError {
    fn from(error: StageError) -> Self {
        Self::Stage(error)
    }
}
