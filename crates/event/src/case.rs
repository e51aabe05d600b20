//! How one case ended, and what happened in it, step by step. What differed and what was sent stand in files of their own.

use countermand_text::Place;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::exchange::Exchange;
use crate::mismatch::Mismatch;
use crate::verdict::{Blame, Level, Verdict};

/// How one case ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CaseResult {
    /// The spec's name, the path under the spec, and the row of a table: `modern-dropship/partial/splits-the-item`.
    pub id: String,
    /// The spec's name.
    pub spec: String,
    /// The scenario's title.
    pub title: String,
    /// The scenario file.
    pub file: String,
    /// How many steps the case has.
    pub steps_planned: usize,
    /// The verdict.
    pub verdict: Verdict,
    /// Wall time of the case, milliseconds.
    pub millis: f64,
    /// Every clause that was put to the test, whether it held or not, by the case's claims, frame and invariants.
    pub clauses: Vec<String>,
    /// Everything that differed.
    pub mismatches: Vec<Mismatch>,
    /// What could not be judged after something that differed before, and counts less or nothing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unjudged: Vec<Unjudged>,
    /// Which options of the spec's choices this case still allows.
    pub findings: Vec<Finding>,
    /// Why the case could not be played to its end.
    pub trouble: Option<Trouble>,
    /// What happened, step by step; empty where the case passed and nobody asked for more.
    pub steps: Vec<StepRecord>,
    /// The whole state that the first of these steps began with, as in a step.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start: Option<Value>,
    /// Why its failure is put up with, where the baseline knows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub known: Option<String>,
    /// In what way it is not as the baseline says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stale: Option<String>,
}

impl CaseResult {
    /// What the target is accused of: the mismatches that are judged, and follow from no other.
    pub fn accusations(&self) -> impl Iterator<Item = &Mismatch> {
        self.mismatches.iter().filter(|mismatch| !mismatch.follows && mismatch.level > Level::May)
    }

    /// Whether a MUST or a SHOULD was violated that nobody puts up with.
    #[must_use]
    pub fn is_violated(&self) -> bool {
        matches!(self.verdict, Verdict::Failed | Verdict::Warned)
    }
}

/// A clause that a step could not put to the test, because of what differed before it: that is not covered by the step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unjudged {
    /// The step, from 1.
    pub step: usize,
    /// The clause.
    pub clause: String,
    /// Why: lower case, no final dot.
    pub why: String,
}

/// What a case says of one of the spec's choices.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// The step, from 1.
    pub step: usize,
    /// The choice.
    pub choice: String,
    /// The options that what was seen still allows, in the spec's order.
    pub options: Vec<String>,
}

/// Why a case could not be played to its end.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Trouble {
    /// Whose it is: set-up, transport, scenario or harness; the target's where it declared a lack.
    pub blame: Blame,
    /// What happened: lower case, no final dot.
    pub message: String,
    /// The step, from 1; 0 is the set-up.
    pub step: usize,
    /// The last exchange before it.
    pub exchange: Option<Exchange>,
    /// Where the binding says what was tried.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
}

/// One step as it was played.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StepRecord {
    /// The step, from 1.
    pub step: usize,
    /// The call's name; of several calls at once, the first one's.
    pub call: String,
    /// The role it was made on.
    pub on: Option<String>,
    /// Its arguments.
    pub with: Option<Value>,
    /// How the answer was read: accepted, refused or broken.
    pub outcome: String,
    /// The calls that were made at the same time as that one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub beside: Vec<CallRecord>,
    /// What the step changed or was made on, before it: role and label.
    pub before: Vec<Shown>,
    /// The same and all that is new, after it.
    pub after: Vec<Shown>,
    /// The whole state after the step, by role: `{order: {…}, items: {mug: {…}}}`.
    pub state: Value,
    /// The exchanges of the call itself, in order.
    pub exchanges: Vec<Exchange>,
    /// The webhooks that were received since the step before it: each a request to this program, and its answer.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub webhooks: Vec<Exchange>,
}

/// One of several calls made at once.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CallRecord {
    /// The call's name.
    pub call: String,
    /// The role it was made on.
    pub on: Option<String>,
    /// Its arguments.
    pub with: Option<Value>,
    /// How the answer was read: accepted, refused or broken.
    pub outcome: String,
}

/// A role and how the spec labels its state: `mug`, `5 live`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shown {
    /// The role, or the target's id where no role is bound.
    pub role: String,
    /// The label.
    pub label: String,
}
