//! Known failures: what a target is known to do wrong, why that is put up with, and until when. What fails just so does not fail
//! the run; what is listed and is no longer so does, or the list would rot.

mod file;
mod update;

use std::collections::{BTreeMap, BTreeSet};

use crate::CaseResult;
use crate::matrix::Kill;
use crate::verdict::Verdict;
pub use update::Updated;

/// A list of known failures.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Baseline {
    /// By the case.
    known: BTreeMap<String, KnownFailure>,
}

/// How a case is known to fail.
#[derive(Debug, Clone, PartialEq, Eq)]
struct KnownFailure {
    /// Steps and the clauses that are violated in them.
    violates: BTreeSet<(usize, String)>,
    reason: String,
    /// The last day on which it is put up with, `2027-03-31`.
    expires: Option<String>,
}

impl Baseline {
    /// Every entry on a line of its own: the case, what it violates, why that is put up with, and until when.
    pub fn lines(&self) -> impl Iterator<Item = String> {
        self.known.iter().map(|(case, known)| {
            let until = known.expires.iter().map(|day| format!(" (until {day})")).collect::<String>();
            format!("{case}  {}  {}{until}", signature(&known.violates), known.reason)
        })
    }

    /// Marks a result that is listed: as known, or in what way the list is stale. `today` is a date, or begins with one.
    pub fn judge(&self, result: &mut CaseResult, today: &str) {
        let Some(known) = self.known.get(&result.id) else { return };
        let found = match result.verdict {
            Verdict::Passed => BTreeSet::new(),
            Verdict::Failed | Verdict::Warned => Kill::of(result).map(|kill| kill.violated).unwrap_or_default(),
            // Nothing is known of what could not be played.
            Verdict::CouldNotRun | Verdict::NotCovered | Verdict::KnownFailure => return,
        };
        let expired = known.expires.as_deref().filter(|day| today.get(..day.len()).is_some_and(|today| today > *day));
        result.stale = match expired {
            _ if found.is_empty() => Some("is listed as a known failure, and passed".to_owned()),
            _ if found != known.violates => {
                let (listed, is) = (signature(&known.violates), signature(&found));
                Some(format!("is known to violate {listed}, and violates {is}"))
            }
            Some(day) => Some(format!("was put up with until {day}")),
            None => None,
        };
        if result.stale.is_none() {
            result.verdict = Verdict::KnownFailure;
            result.known = Some(known.reason.clone());
        }
    }
}

/// `step 2 fulfilled-kept, step 4 permanent`.
fn signature(violates: &BTreeSet<(usize, String)>) -> String {
    violates.iter().map(|(step, clause)| format!("step {step} {clause}")).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests;
