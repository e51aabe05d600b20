//! The fewest cases that still claim every MUST clause which the whole suite claims: for endpoints that can bear few requests.

use std::collections::BTreeSet;
use std::sync::Arc;

use countermand_event::Level;

use super::waiting::WaitingCase;

/// Chooses from `cases`, which are of one spec, those that together claim every MUST clause of the profile that any of them
/// claims: time and again the case that adds most, of several the one with the fewest calls. In the order they came in.
#[must_use]
pub fn minimal(cases: &[Arc<WaitingCase>], profile: &str) -> Vec<Arc<WaitingCase>> {
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
