//! The lines of a run: what is going to be played, how each case ended, and the sum.
//!
//! The JSON form of [`Event`] is a public, versioned format ([`FORMAT`]), described by `schema/events.schema.json`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::case::CaseResult;
use crate::proof::Proof;
use crate::summary::RunSummary;
use crate::verdict::Level;

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
