//! The kill matrix of a suite, as data: which deliberate fault was seen by which case, and under which clauses. It is made
//! elsewhere; here is what can be read off it.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::{CaseResult, Likeness};

/// The version of the format.
pub const FORMAT: u32 = 1;
/// Failures resemble a fault when so much of both is the same: the same steps of the same cases violate the same clauses.
pub const ALIKE: f64 = 0.6;

/// Finds the kill matrix of a spec by a profile, where there is one.
pub type FindMatrix = fn(&str, &str) -> Option<KillMatrix>;

/// Every fault of a spec's mock, and who saw it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KillMatrix {
    /// [`FORMAT`].
    pub format: u32,
    /// The spec.
    pub spec: String,
    /// The profile that was judged by.
    pub profile: String,
    /// One row a fault.
    pub faults: Vec<FaultRow>,
}

/// One fault, and who saw it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FaultRow {
    /// Its name.
    pub fault: String,
    /// The clause it breaks.
    pub clause: String,
    /// What the faulty implementation does, in one sentence.
    pub text: String,
    /// The cases that it fails, in their order.
    pub kills: Vec<Kill>,
    /// How many cases could not run because of it.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub could_not_run: usize,
}

/// How one case saw a fault.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kill {
    /// The case.
    pub case: String,
    /// Steps and the clauses that were violated in them, what only follows from something else left out; sorted.
    pub violated: BTreeSet<(usize, String)>,
}

/// Whether and how a fault was caught.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Caught {
    /// Every case passed.
    Not,
    /// Some case failed, but none under the clause that the fault breaks.
    ByAccident,
    /// A case failed under its clause, together with others.
    ForItsClause,
    /// A case failed under its clause, and under no other.
    Alone,
}

impl KillMatrix {
    /// A matrix of these rows.
    #[must_use]
    pub fn new(spec: &str, profile: &str, faults: Vec<FaultRow>) -> Self {
        Self { format: FORMAT, spec: spec.to_owned(), profile: profile.to_owned(), faults }
    }

    /// Those of `clauses` under which no fault was caught that breaks them.
    pub fn without_fault<'c>(&self, clauses: impl IntoIterator<Item = &'c str>) -> Vec<&'c str> {
        let is_proved =
            |clause: &str| self.faults.iter().any(|row| row.clause == clause && row.caught() >= Caught::ForItsClause);
        clauses.into_iter().filter(|clause| !is_proved(clause)).collect()
    }

    /// Whether some fault was caught by no case, or only by accident.
    #[must_use]
    pub fn has_holes(&self) -> bool {
        self.faults.iter().any(|row| row.caught() < Caught::ForItsClause)
    }

    /// How many cases other than `own` caught a fault.
    #[must_use]
    pub fn caught_elsewhere(&self, fault: &str, own: impl Fn(&str) -> bool) -> usize {
        let rows = self.faults.iter().filter(|row| row.fault == fault);
        rows.flat_map(|row| &row.kills).filter(|kill| !own(&kill.case)).count()
    }

    /// The faults that were caught so.
    pub fn caught(&self, how: Caught) -> impl Iterator<Item = &FaultRow> {
        self.faults.iter().filter(move |row| row.caught() == how)
    }
}

impl KillMatrix {
    /// The fault that `failed` resembles most, if it resembles one enough ([`ALIKE`]). Only cases that were `played` count, and
    /// of the clauses none that is `excused`.
    #[must_use]
    pub fn resembled<'k>(
        &'k self,
        failed: &'k [Kill],
        played: impl Fn(&str) -> bool,
        excused: &BTreeSet<&str>,
    ) -> Option<Likeness> {
        let counts = |(_, clause): &&(usize, String)| !excused.contains(clause.as_str());
        let facts = |kills: &'k [Kill]| -> BTreeSet<Fact<'k>> {
            let played = kills.iter().filter(|kill| played(&kill.case));
            let of_kill = |kill: &'k Kill| {
                kill.violated.iter().filter(counts).map(|(step, clause)| (kill.case.as_str(), *step, clause.as_str()))
            };
            played.flat_map(of_kill).collect()
        };
        let here = facts(failed);
        let likeness = |row: &'k FaultRow| {
            let there = facts(&row.kills);
            here.intersection(&there).count() as f64 / here.union(&there).count().max(1) as f64
        };
        // Of equals the first: the order of the faults is part of the matrix.
        let (row, alike) = self
            .faults
            .iter()
            .map(|row| (row, likeness(row)))
            .reduce(|best, next| if next.1 > best.1 { next } else { best })?;
        let (fault, clause, text) = (row.fault.clone(), row.clause.clone(), row.text.clone());
        (alike >= ALIKE).then(|| Likeness { fault, clause, text, alike: (alike * 100.0).round() / 100.0 })
    }
}

impl KillMatrix {
    /// The fault by which a case fails just so, in these steps and under these clauses, if it is the only one.
    #[must_use]
    pub fn only(&self, kill: &Kill) -> Option<&FaultRow> {
        let mut alike = self.faults.iter().filter(|row| row.kills.contains(kill));
        alike.next().filter(|_| alike.next().is_none())
    }
}

/// A case, a step and a clause that was violated in it.
type Fact<'k> = (&'k str, usize, &'k str);

impl FaultRow {
    /// What the cases made of a fault.
    #[must_use]
    pub fn new(fault: &str, clause: &str, text: &str, results: &[CaseResult]) -> Self {
        let could_not_run =
            results.iter().filter(|result| result.verdict == crate::verdict::Verdict::CouldNotRun).count();
        let kills = results.iter().filter_map(Kill::of).collect();
        Self { fault: fault.to_owned(), clause: clause.to_owned(), text: text.to_owned(), kills, could_not_run }
    }

    /// How it was caught, at best.
    #[must_use]
    pub fn caught(&self) -> Caught {
        self.kills.iter().map(|kill| kill.caught(&self.clause)).max().unwrap_or(Caught::Not)
    }

    /// The first case that caught it in the best way.
    #[must_use]
    pub fn first(&self) -> Option<&Kill> {
        let best = self.caught();
        self.kills.iter().find(|kill| kill.caught(&self.clause) == best)
    }
}

impl Kill {
    /// How a case failed, if it did.
    #[must_use]
    pub fn of(result: &CaseResult) -> Option<Self> {
        let violated: BTreeSet<(usize, String)> =
            result.accusations().map(|found| (found.step, found.clause.clone())).collect();
        (!violated.is_empty()).then(|| Self { case: result.id.clone(), violated })
    }

    /// The first step that differed.
    #[must_use]
    pub fn step(&self) -> usize {
        self.violated.first().map_or(0, |(step, _)| *step)
    }

    /// The clauses that were violated, each once.
    #[must_use]
    pub fn clauses(&self) -> Vec<&str> {
        let clauses: BTreeSet<&str> = self.violated.iter().map(|(_, clause)| clause.as_str()).collect();
        clauses.into_iter().collect()
    }

    fn caught(&self, clause: &str) -> Caught {
        match self.clauses().as_slice() {
            [only] if *only == clause => Caught::Alone,
            all if all.contains(&clause) => Caught::ForItsClause,
            _ => Caught::ByAccident,
        }
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature is serde's")]
fn is_zero(count: &usize) -> bool {
    *count == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kill(case: &str, violated: &[(usize, &str)]) -> Kill {
        let violated = violated.iter().map(|(step, clause)| (*step, (*clause).to_owned())).collect();
        Kill { case: case.to_owned(), violated }
    }

    fn row(fault: &str, kills: Vec<Kill>) -> FaultRow {
        FaultRow { kills, ..FaultRow::new(fault, "box.stays", "a box goes", &[]) }
    }

    #[test]
    fn what_is_caught_by_accident_alone_is_a_hole_and_what_others_catch_is_caught_elsewhere() {
        let caught = row("caught", vec![kill("a", &[(1, "box.stays")]), kill("b", &[(2, "box.goes")])]);
        let by_accident = row("by-accident", vec![kill("a", &[(1, "box.goes")])]);
        let matrix = |rows: &[&FaultRow]| KillMatrix::new("boxes", "strict", rows.iter().copied().cloned().collect());
        assert!(!matrix(&[&caught]).has_holes());
        assert!(matrix(&[&caught, &by_accident]).has_holes());
        assert!(matrix(&[&row("missed", Vec::new())]).has_holes());
        let elsewhere = |fault: &str| matrix(&[&caught, &by_accident]).caught_elsewhere(fault, |case| case == "a");
        assert_eq!(["caught", "by-accident", "missed"].map(elsewhere), [1, 0, 0]);
    }

    #[test]
    fn the_only_fault_that_fails_a_case_just_so_is_named_and_one_of_several_is_not() {
        let matrix = KillMatrix::new(
            "boxes",
            "strict",
            vec![
                row("one", vec![kill("a", &[(1, "box.stays")]), kill("b", &[(1, "box.stays")])]),
                row("other", vec![kill("a", &[(1, "box.stays")]), kill("b", &[(2, "box.stays")])]),
            ],
        );
        let only = |case: &str, violated: &[(usize, &str)]| matrix.only(&kill(case, violated)).map(|row| &*row.fault);
        assert_eq!(only("b", &[(1, "box.stays")]), Some("one"));
        assert_eq!(only("a", &[(1, "box.stays")]), None, "two faults do so");
        assert_eq!(only("b", &[(1, "box.stays"), (2, "box.stays")]), None, "none does just so");
    }
}
