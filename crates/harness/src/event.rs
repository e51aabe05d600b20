//! What a run tells the world, as data: the only bridge from the runner to the reports. Nothing here is formatted for a reader.
//!
//! The JSON form of [`Event`] is a public, versioned format ([`FORMAT`]), described by `schema/events.schema.json`.

use std::collections::BTreeMap;

use countermand_text::Place;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::spec::Level;
use crate::verdict::{Blame, Verdict};

/// The version of the event format; a change that a reader could stumble over raises it.
pub const FORMAT: u32 = 1;

/// One line of a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
pub enum Event {
    /// First: what is going to be played.
    RunStarted(Box<RunStarted>),
    /// Before the cases of a spec: whether its target can be played against at all.
    TargetProved(Box<Proof>),
    /// One case has ended; they come in case order whatever the number of jobs.
    CaseFinished(Box<CaseResult>),
    /// Last: the sum of it, also when the run was cut short.
    RunFinished(Box<RunSummary>),
}

impl Event {
    /// The case that it tells of, where it does.
    #[must_use]
    pub fn case(&self) -> Option<&CaseResult> {
        match self {
            Self::CaseFinished(case) => Some(case),
            _ => None,
        }
    }
}

/// What is going to be played.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunStarted {
    /// [`FORMAT`].
    pub format: u32,
    /// The version of the program and of the suite it carries.
    pub version: String,
    /// What is played against, as the user named it.
    pub target: String,
    /// The profile per spec.
    pub profiles: BTreeMap<String, String>,
    /// How many cases will be played.
    pub cases: usize,
    /// By what their files are known again: of files that say something else it is another.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub suite: String,
    /// Every clause that the profile judges, per spec, in the spec's order.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub clauses: BTreeMap<String, Vec<JudgedClause>>,
    /// Which part of a run this is, where it is not all of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shard: Option<Shard>,
    /// What it takes, where a target limits the rate of requests.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub planned: Option<Planned>,
}

/// A part of a run that is played in several places.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shard {
    /// Which one, from 1.
    pub index: usize,
    /// Of how many.
    pub of: usize,
    /// Every case of the whole run, in order.
    pub cases: Vec<String>,
    /// By what the files of the whole run are known again.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub suite: String,
}

/// What a run against a limited target takes.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Planned {
    /// Requests, as far as that can be told beforehand.
    pub requests: usize,
    /// Requests per second that the target can bear.
    pub rate: f64,
}

/// What was tried of a target before its first case.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Proof {
    /// The spec.
    pub spec: String,
    /// The target, as the user named it.
    pub target: String,
    /// What was tried, in order, up to what can't be done without.
    pub checks: Vec<Check>,
    /// Requests that were sent.
    pub requests: usize,
    /// From the first to the last of them, milliseconds.
    pub millis: f64,
}

impl Proof {
    /// Whether cases can be played: nothing that was tried failed.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.checks.iter().all(|check| check.state != CheckState::Failed)
    }
}

/// One thing that was tried of a target.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Check {
    /// What was tried: ``the call `cancel_item` ``.
    pub what: String,
    /// How it went.
    pub state: CheckState,
    /// What is to be said of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Why it failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trouble: Option<Trouble>,
}

/// How a check went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CheckState {
    /// As it must.
    Held,
    /// It works, but there is something to say of it.
    Noted,
    /// The target declares that it lacks it.
    Lacking,
    /// It does not work: cases would only say the same again.
    Failed,
}

/// A clause of a spec, as a profile judges it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JudgedClause {
    /// Its id.
    pub clause: String,
    /// Its level in the profile.
    pub level: Level,
    /// What must hold.
    pub statement: String,
    /// Where the demand comes from.
    pub source: String,
}

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
    /// The known fault that makes this case fail just so, where it is the only one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub looks_like: Option<String>,
}

impl CaseResult {
    /// What the target is accused of: the mismatches that are judged, and follow from no other.
    pub fn accusations(&self) -> impl Iterator<Item = &Mismatch> {
        self.mismatches.iter().filter(|mismatch| !mismatch.follows && mismatch.level > Level::May)
    }
}

/// One difference between what was expected and what is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Mismatch {
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

/// A value that is there, be it null.
fn present<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

/// In what way something differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
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

/// One request and its answer, free of secrets.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Exchange {
    /// The method.
    pub method: String,
    /// What stands before the path: `http://127.0.0.1:4010`.
    pub base: String,
    /// Path and query.
    pub path: String,
    /// The request's headers; a credential stands as `$NAME`.
    pub request_headers: Vec<(String, String)>,
    /// The request's body, cut at 64 KiB.
    pub request_body: Option<String>,
    /// The answer's status; absent where none came.
    pub status: Option<u16>,
    /// The answer's headers.
    pub response_headers: Vec<(String, String)>,
    /// The answer's body, cut at 64 KiB.
    pub response_body: Option<String>,
    /// From sending to the last byte, milliseconds.
    pub millis: f64,
    /// What went wrong on the way, where no answer came.
    pub error: Option<String>,
}

/// The sum of a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunSummary {
    /// How many cases ended with each verdict; a verdict nobody got is absent.
    pub verdicts: BTreeMap<Verdict, usize>,
    /// Cases that were planned and not played, because the run was cut short or their target can't be used.
    pub not_played: usize,
    /// The specs whose target could not be used.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unproved: Vec<String>,
    /// The cases that are not as the baseline says.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stale: Vec<String>,
    /// True where a person or a signal ended the run.
    pub interrupted: bool,
    /// True where `--fail-fast` ended the run.
    pub stopped_early: bool,
    /// Both scores, per spec.
    pub scores: BTreeMap<String, Score>,
    /// What the target was seen to choose, per spec, in the spec's order.
    pub dialect: BTreeMap<String, Vec<DialectEntry>>,
    /// What the failures look like, per spec, where they look like something that is known.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub looks_like: BTreeMap<String, Likeness>,
    /// Wall time of the run, milliseconds.
    pub millis: f64,
}

/// The known misreading of a contract whose failures those of the target resemble most.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Likeness {
    /// Its name.
    pub fault: String,
    /// The clause it breaks.
    pub clause: String,
    /// What an implementation does that reads the contract so, in one sentence.
    pub text: String,
    /// How much of what failed here and there is the same, from 0 to 1, in hundredths.
    pub alike: f64,
}

/// The two scores of a spec, on one fixed denominator: every MUST clause of the profile.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Score {
    /// The MUST clauses of the profile.
    pub must_clauses: usize,
    /// Divergence: the MUST clauses that were violated.
    pub violated: Vec<String>,
    /// Coverage: how many MUST clauses were exercised.
    pub exercised: usize,
    /// The MUST clauses that were not.
    pub unexercised: Vec<String>,
    /// SHOULD clauses that were violated.
    pub warned: Vec<String>,
}

/// What the target was seen to choose where the spec leaves a choice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DialectEntry {
    /// The choice.
    pub choice: String,
    /// The options seen or still allowed, in the spec's order.
    pub options: Vec<String>,
    /// True where the choice should hold all through the run and did not.
    pub inconsistent: bool,
    /// How many cases told something of it.
    pub cases: usize,
}
