//! By what it is known that two sequences are refuted for one reason. Decides nothing about either.

use std::collections::BTreeSet;

use super::seen::{self, Seen};
use crate::contracts::Contract;
use crate::sequence::Sequence;

/// What sequences have in common that are refuted for the same reason: the call, its class, and what differs, without names.
pub(crate) fn looks(
    contract: &Contract,
    sequence: &Sequence,
    seen: &[Option<Seen>],
    should: &[Option<Seen>],
    last: usize,
    paths: &BTreeSet<String>,
) -> String {
    let kinds: BTreeSet<&str> = paths.iter().filter_map(|path| path.rsplit('.').next()).collect();
    let before = seen::before(seen, last);
    let outcome =
        |calls: &[Option<Seen>], index: usize| calls.get(index).and_then(|seen| Some(seen.as_ref()?.outcome.clone()));
    let call = |index: usize| {
        let call = &sequence.calls[index];
        let with: Vec<&str> = call.with.iter().flat_map(|with| with.keys().map(String::as_str)).collect();
        let class = (contract.class)(call, &before, &sequence.lines);
        format!("{} {with:?} {class} {:?} {:?}", call.name, outcome(seen, index), outcome(should, index))
    };
    let calls: Vec<String> = sequence.step_of(last).map(call).collect();
    format!("{} {kinds:?}", calls.join(" and "))
}
