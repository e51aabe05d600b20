//! What came of deliberate faults two at a time, as data: a fault that breaks a MUST, beside one that breaks none or an option
//! that departs from a SHOULD. It is made elsewhere; here is what can be read off it.

use serde::{Deserialize, Serialize};

use crate::summary::RunOutcome;
use crate::verdict::{Level, Verdict};
use crate::{CaseResult, RunSummary};

/// The version of the format.
pub const FORMAT: u32 = 1;
/// So many pairs of a hundred may be masked.
const MASKED: usize = 5;

/// Pairs of a spec's mock, and what its suite said of each.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pairs {
    /// [`FORMAT`].
    pub format: u32,
    /// The spec.
    pub spec: String,
    /// The profile that was judged by.
    pub profile: String,
    /// What the sample was drawn by.
    pub seed: u64,
    /// How many pairs there are.
    pub of: usize,
    /// How many of them were played.
    pub played: usize,
    /// In how many of those the MUST was told, under its own clause.
    pub told: usize,
    /// How many of what breaks no MUST was played alone too.
    pub alone: usize,
    /// The pairs that nothing tells from what stands beside the fault alone. They are not counted.
    pub masked: Vec<Pair>,
    /// The pairs in which the MUST was not told, or something could not run.
    pub hidden: Vec<Hidden>,
    /// What breaks no MUST and was accused of one all the same, or kept something from running.
    pub accused: Vec<Accused>,
}

/// A fault that breaks a MUST, and what stands beside it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pair {
    /// The fault's name.
    pub fault: String,
    /// The clause it breaks.
    pub clause: String,
    /// The name of the other fault, or `choice=option`.
    pub beside: String,
}

/// A pair that was not judged as it should be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hidden {
    /// The pair.
    pub pair: Pair,
    /// Whether the MUST was told.
    pub told: bool,
    /// What is seen of the pair and not of what stands beside the fault alone: the first few.
    pub seen: Vec<Seen>,
}

/// Something that breaks no MUST, alone, and what was said of it that should not be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Accused {
    /// The name of the fault, or `choice=option`.
    pub beside: String,
    /// What was said: the first few.
    pub seen: Vec<Seen>,
}

/// What one case found.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Seen {
    /// The case.
    pub case: String,
    /// The step, from 1; 0 is the set-up.
    pub step: usize,
    /// What it was.
    pub found: Found,
}

/// What can be found.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Found {
    /// A clause does not hold.
    Violated {
        /// The clause.
        clause: String,
        /// Its level in the profile.
        level: Level,
        /// It is said to follow from something earlier.
        follows: bool,
    },
    /// A clause could not be judged.
    Unjudged {
        /// The clause.
        clause: String,
        /// Why.
        why: String,
    },
    /// The case could not be played to its end; why.
    CouldNotRun(String),
}

impl Pairs {
    /// The pairs that are counted: those that were played, but for the masked ones.
    #[must_use]
    pub fn counted(&self) -> usize {
        self.played - self.masked.len()
    }

    /// Whether every MUST was told, nothing was accused falsely, and no more is masked than may be.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.hidden.is_empty() && self.accused.is_empty() && self.masks_few()
    }

    /// Whether no more is masked than may be.
    #[must_use]
    pub fn masks_few(&self) -> bool {
        self.masked.len() * 100 <= self.played * MASKED
    }
}

impl Seen {
    /// Everything that a case found.
    #[must_use]
    pub fn of(result: &CaseResult) -> Vec<Self> {
        let seen = |step, found| Self { case: result.id.clone(), step, found };
        let violated = result.mismatches.iter().map(|mismatch| {
            let (clause, level, follows) = (mismatch.clause.clone(), mismatch.level, mismatch.follows);
            seen(mismatch.step, Found::Violated { clause, level, follows })
        });
        let trouble = result.trouble.as_ref().filter(|_| result.verdict == Verdict::CouldNotRun);
        let stopped = trouble.map(|trouble| seen(trouble.step, Found::CouldNotRun(trouble.message.clone())));
        let unjudged = result.unjudged.iter().map(|unjudged| {
            let (clause, why) = (unjudged.clause.clone(), unjudged.why.clone());
            seen(unjudged.step, Found::Unjudged { clause, why })
        });
        let mut all: Vec<Self> = violated.chain(unjudged).chain(stopped).collect();
        all.sort();
        all.dedup();
        all
    }

    /// Whether a case could not be played to its end.
    #[must_use]
    pub fn is_stopped(&self) -> bool {
        matches!(self.found, Found::CouldNotRun(_))
    }

    /// Whether it accuses the target of breaking a MUST, this one where a clause is named.
    #[must_use]
    pub fn is_must(&self, of: Option<&str>) -> bool {
        matches!(&self.found, Found::Violated { clause, level: Level::Must, follows: false }
            if of.is_none_or(|of| of == clause))
    }
}

/// The word of a run that these cases are the whole of.
#[must_use]
pub fn outcome<'r>(results: impl IntoIterator<Item = &'r CaseResult>) -> RunOutcome {
    let mut summary = RunSummary::empty();
    for result in results {
        *summary.verdicts.entry(result.verdict).or_default() += 1;
    }
    summary.outcome(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(played: usize, masked: usize) -> Pairs {
        let pair = Pair { fault: "lid-lost".to_owned(), clause: "box.lid".to_owned(), beside: "colour=red".to_owned() };
        Pairs {
            format: FORMAT,
            spec: "boxes".to_owned(),
            profile: "strict".to_owned(),
            seed: 1,
            of: 200,
            played,
            told: played - masked,
            alone: 3,
            masked: vec![pair; masked],
            hidden: Vec::new(),
            accused: Vec::new(),
        }
    }

    #[test]
    fn one_pair_of_twenty_may_be_masked_and_none_hidden() {
        assert!(pairs(100, 5).holds() && !pairs(100, 6).holds());
        assert_eq!(pairs(100, 5).counted(), 95);
        let mut hidden = pairs(100, 1);
        let pair = hidden.masked[0].clone();
        hidden.hidden.push(Hidden { pair, told: false, seen: Vec::new() });
        assert!(!hidden.holds());
        let accused = Accused { beside: "colour=red".to_owned(), seen: Vec::new() };
        assert!(!Pairs { accused: vec![accused], ..pairs(100, 0) }.holds());
    }

    #[test]
    fn what_follows_is_no_accusation_and_what_is_of_another_level_none_of_a_must() {
        let seen = |level, follows| Seen {
            case: "boxes/a".to_owned(),
            step: 1,
            found: Found::Violated { clause: "box.lid".to_owned(), level, follows },
        };
        assert!(seen(Level::Must, false).is_must(None) && seen(Level::Must, false).is_must(Some("box.lid")));
        assert!(!seen(Level::Must, false).is_must(Some("box")));
        assert!(!seen(Level::Must, true).is_must(None) && !seen(Level::Should, false).is_must(None));
    }
}
