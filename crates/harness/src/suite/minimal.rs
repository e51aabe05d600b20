//! The fewest cases that still claim every MUST clause which the whole suite claims: for endpoints that can bear few requests.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use countermand_event::Level;

use super::waiting::WaitingCase;

/// Chooses from `cases` those that together claim every MUST clause of their spec's profile that any of them claims. They come
/// by the names of their specs.
#[must_use]
pub fn minimal(cases: &[Arc<WaitingCase>], profiles: &BTreeMap<String, String>) -> Vec<Arc<WaitingCase>> {
    let of_spec = |(spec, profile): (&String, &String)| {
        let cases: Vec<Arc<WaitingCase>> = cases.iter().filter(|case| case.spec.name == *spec).cloned().collect();
        minimal_of_spec(&cases, profile)
    };
    profiles.iter().flat_map(of_spec).collect()
}

/// Those of one spec: time and again the case that adds most, of several the one with the fewest calls. In the order they came in.
fn minimal_of_spec(cases: &[Arc<WaitingCase>], profile: &str) -> Vec<Arc<WaitingCase>> {
    let must = |case: &WaitingCase| -> BTreeSet<String> {
        case.clauses().filter(|clause| case.spec.level(clause, profile) == Level::Must).map(str::to_owned).collect()
    };
    let claims: Vec<BTreeSet<String>> = cases.iter().map(|case| must(case)).collect();
    let mut left: BTreeSet<&String> = claims.iter().flatten().collect();
    let mut chosen = BTreeSet::new();
    while !left.is_empty() {
        let adds = |index: usize| claims[index].iter().filter(|clause| left.contains(clause)).count();
        let best = (0..cases.len()).max_by_key(|&index| (adds(index), std::cmp::Reverse((cases[index].calls, index))));
        let Some(best) = best.filter(|&best| adds(best) > 0) else { break };
        for clause in &claims[best] {
            left.remove(clause);
        }
        chosen.insert(best);
    }
    chosen.into_iter().map(|index| Arc::clone(&cases[index])).collect()
}
