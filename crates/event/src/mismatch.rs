//! One difference between what was expected and what is, as data with a place.

use countermand_text::Place;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::named::named;
use crate::verdict::{Blame, Level};

/// One difference between what was expected and what is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Mismatch {
    /// The system that it was seen in; left out where there is only one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub system: Option<String>,
    /// The step, from 1.
    pub step: usize,
    /// The path in the observation: `answer`, `order.shipped`, `items.mug.quantity`.
    pub path: String,
    /// In what way it differs.
    pub difference: Difference,
    /// What was expected, in words or as a value.
    pub expected: String,
    /// What was expected, where it is one value.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub expected_value: Option<Value>,
    /// What the target has; absent where there is nothing, which is not the same as null.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub actual: Option<Value>,
    /// Where the expectation is written.
    pub place: Place,
    /// The clause that demands it.
    pub clause: String,
    /// The clause's level in the profile that was played.
    pub level: Level,
    /// The clause's statement.
    pub statement: String,
    /// Whose it is: of a mismatch always the target's.
    pub blame: Blame,
    /// True where it follows from an earlier mismatch: shown on demand, and not counted.
    pub follows: bool,
}

/// In what way something differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Difference {
    /// Another value of the right type.
    Differs,
    /// Nothing is there.
    Missing,
    /// Something is there that nothing expects.
    Unexpected,
    /// A value of another type.
    WrongType,
    /// Another number of entities.
    WrongCount,
    /// Something moved that had to stay.
    Moved,
    /// An invariant of the spec does not hold.
    Rule,
}

named!(Difference:
    Differs = "differs",
    Missing = "missing",
    Unexpected = "unexpected",
    WrongType = "wrong-type",
    WrongCount = "wrong-count",
    Moved = "moved",
    Rule = "rule",
);

/// A value that is there, be it null.
fn present<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}
