//! The kill matrix of a suite, as data: which deliberate fault was seen by which case, and under which clauses. It is made
//! elsewhere; here is what can be read off it.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::{CaseResult, Likeness};

/// The version of the format.
pub const FORMAT: u32 = 1;
/// So much of what differs here or under a fault has to differ in both: the same steps of the same cases violate the same clauses.
const ALIKE: f64 = 0.6;
/// So much of what a fault shows has to differ here.
const SHOWN: f64 = 0.9;
/// So much less has to be shared with any other fault.
const APART: f64 = 0.2;

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
    /// The fault that `failed` resembles, if it can be told: one that shows nearly all of what it shows ([`SHOWN`]), which is much
    /// of what differs ([`ALIKE`]), and no other comes near it ([`APART`]). Only cases that were `played` count, and of the
    /// clauses none that is `excused`.
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
        let mut rows: Vec<(f64, usize, usize, &FaultRow)> = Vec::new();
        for row in &self.faults {
            let there = facts(&row.kills);
            let shown = here.intersection(&there).count();
            let alike = shown as f64 / (here.len() + there.len() - shown).max(1) as f64;
            rows.push((alike, shown, there.len(), row));
        }
        rows.sort_by(|one, other| other.0.total_cmp(&one.0));
        let &(alike, shown, of, row) = rows.first()?;
        let next = rows.get(1).map_or(0.0, |next| next.0);
        let is_told = alike >= ALIKE && shown as f64 >= SHOWN * of as f64 && alike - next >= APART;
        is_told.then(|| Likeness {
            fault: row.fault.clone(),
            clause: row.clause.clone(),
            text: row.text.clone(),
            shown,
            of,
            beside: here.len() - shown,
        })
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

    /// A fault with so many differences, the first of them the one of this number.
    fn shows(fault: &str, first: usize, count: usize) -> FaultRow {
        row(fault, (first..first + count).map(|step| kill("a", &[(step, "box.stays")])).collect())
    }

    #[test]
    fn a_fault_is_named_where_it_shows_nearly_whole_and_no_other_comes_near() {
        let matrix = KillMatrix::new("boxes", "strict", vec![shows("one", 1, 20), shows("other", 101, 20)]);
        let named = |failed: &[Kill], excused: &[&str]| {
            matrix.resembled(failed, |case| case == "a", &excused.iter().copied().collect())
        };
        let failed = |first, count| shows("here", first, count).kills;
        let likeness = named(&failed(1, 20), &[]);
        assert!(likeness.is_some_and(|it| (&*it.fault, it.shown, it.of, it.beside) == ("one", 20, 20, 0)));
        let likeness = named(&failed(2, 24), &[]);
        assert!(likeness.is_some_and(|it| (&*it.fault, it.shown, it.of, it.beside) == ("one", 19, 20, 5)));
        assert_eq!(named(&failed(1, 10), &[]), None, "half of it is missing");
        assert_eq!(named(&failed(1, 60), &[]), None, "most of it is something else");
        assert_eq!(named(&failed(1, 20), &["box.stays"]), None, "nothing of it counts");
        assert_eq!(named(&[], &[]), None);
        let twins = KillMatrix::new("boxes", "strict", vec![shows("one", 1, 20), shows("twin", 1, 22)]);
        assert_eq!(twins.resembled(&failed(1, 20), |_| true, &BTreeSet::new()), None, "it may be either");
    }
}
