//! What was tried of a target before its first case.

use serde::{Deserialize, Serialize};

use crate::case::Trouble;

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
