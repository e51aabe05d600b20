//! Counts which calls were made on what: `cancel_item` on a live item, on a part-fulfilled one that a split made.

use std::collections::{BTreeMap, BTreeSet};

use crate::contracts::Contract;
use crate::oracle::seen::{Seen, before};
use crate::sequence::Sequence;

/// Call → the state of what it was made on → how it was answered → how often.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Coverage {
    /// `cancel_item` → `live, split off` → accepted and not.
    pub calls: BTreeMap<String, BTreeMap<String, Answers>>,
}

/// How often a call was accepted, and how often it was not.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Answers {
    /// Accepted.
    pub accepted: usize,
    /// Refused or broken.
    pub refused: usize,
}

impl Coverage {
    /// The pairs of a call and a state that were met.
    #[must_use]
    pub fn pairs(&self) -> usize {
        self.calls.values().map(BTreeMap::len).sum()
    }

    /// Adds the generated calls of a sequence that were made.
    pub(super) fn add(&mut self, contract: &Contract, sequence: &Sequence, seen: &[Option<Seen>]) {
        let several: BTreeSet<usize> = sequence.steps().into_iter().filter(|step| step.len() > 1).flatten().collect();
        for (index, call) in sequence.calls.iter().enumerate().skip(1) {
            let Some(step) = seen.get(index).and_then(Option::as_ref) else { continue };
            let class = (contract.class)(call, &before(seen, index), &sequence.lines);
            let state = if several.contains(&index) { format!("{class} at once") } else { class };
            let answers = self.calls.entry(call.name.clone()).or_default().entry(state).or_default();
            match step.outcome.as_str() {
                "accepted" => answers.accepted += 1,
                _ => answers.refused += 1,
            }
        }
    }
}
