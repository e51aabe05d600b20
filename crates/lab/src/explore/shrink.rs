//! Makes a sequence smaller while it stays refuted: fewer calls, fewer lines, lower quantities. Plays nothing itself.

use crate::contracts::Contract;
use crate::sequence::{Sequence, product_of};

/// So many smaller sequences are tried.
const TRIALS: usize = 300;

/// The smallest sequence found that `still` is refuted. `still` gives the part of it that is needed, or nothing.
///
/// # Errors
/// What `still` fails with.
pub(super) fn shrink<E>(
    contract: &Contract,
    sequence: Sequence,
    mut still: impl FnMut(&Sequence) -> Result<Option<Sequence>, E>,
) -> Result<Sequence, E> {
    let mut smallest = sequence;
    let mut left = TRIALS;
    'again: loop {
        for candidate in smaller(contract, &smallest) {
            if left == 0 {
                break 'again;
            }
            left -= 1;
            if let Some(needed) = still(&candidate)? {
                smallest = needed;
                continue 'again;
            }
        }
        break;
    }
    Ok(smallest)
}

/// Every sequence that is one step smaller, those first that are smaller by most.
fn smaller(contract: &Contract, sequence: &Sequence) -> Vec<Sequence> {
    let mut out = Vec::new();
    for at in (0..sequence.calls.len()).filter(|at| sequence.calls[*at].name != contract.read) {
        out.push(sequence.without(|index, _| index == at));
        if sequence.calls[at].at_once {
            let mut after = sequence.clone();
            after.calls[at].at_once = false;
            out.push(after);
        }
    }
    for line in &sequence.lines {
        let gone = |role: &str| product_of(role, &sequence.lines) == line.role || role == line.role;
        let mut without =
            sequence.without(|_, call| call.on.as_deref().is_some_and(gone) || (contract.concerns)(call, line));
        without.lines.retain(|other| other.role != line.role && other.product.as_ref() != Some(&line.role));
        if !without.lines.is_empty() {
            out.push(without);
        }
    }
    for at in 0..sequence.lines.len() {
        let line = &sequence.lines[at];
        let fewer = |fulfilled: u64, quantity: u64| {
            let mut fewer = sequence.clone();
            (fewer.lines[at].fulfilled, fewer.lines[at].quantity) = (fulfilled, quantity);
            fewer
        };
        out.extend((0..line.fulfilled).map(|fulfilled| fewer(fulfilled, line.quantity)));
        out.extend((line.fulfilled.max(1)..line.quantity).map(|quantity| fewer(line.fulfilled, quantity)));
    }
    for (at, call) in sequence.calls.iter().enumerate() {
        for simple in (contract.simpler)(call) {
            let mut simpler = sequence.clone();
            simpler.calls[at] = simple;
            out.push(simpler);
        }
    }
    out
}
