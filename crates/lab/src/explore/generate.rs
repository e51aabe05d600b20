//! Makes the sequences that are played: each from dice of its own, so the same seed gives the same ones. What the calls of a spec
//! are its contract says.

use std::collections::BTreeSet;
use std::time::Instant;

use crate::contracts::{Contract, contract};
use crate::dice::Dice;
use crate::sequence::{Call, Sequence, is_new};

/// What to generate.
#[derive(Debug, Clone, Default)]
pub struct Plan {
    /// What the sequences are made from.
    pub seed: u64,
    /// How many there are.
    pub cases: usize,
    /// The most calls of one.
    pub max_steps: usize,
    /// The calls and clauses that the target has not.
    pub lacks: BTreeSet<String>,
    /// End with the first that is refuted.
    pub stop_at_first: bool,
    /// End, with what was found so far, when it is as late as this.
    pub until: Option<Instant>,
}

/// The sequences of a plan for a spec; none for one that can't be explored.
pub fn sequences(spec: &str, plan: &Plan) -> impl Iterator<Item = Sequence> + use<> {
    let Plan { seed, cases, max_steps, ref lacks, .. } = *plan;
    let (contract, lacks) = (contract(spec), lacks.clone());
    // Each has dice of its own: how long the others are makes no difference to it.
    let dice = move |index: usize| Dice::new(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ index as u64);
    let sequence = move |index: usize| {
        let mut dice = dice(index);
        let sequence = drawn(contract?, &mut dice, max_steps.max(1), &lacks);
        Some(some_at_once(contract?, &mut dice, sequence))
    };
    (0..cases).map_while(sequence)
}

/// An order and up to so many of the calls that the target has.
fn drawn(contract: &Contract, dice: &mut Dice, max_calls: usize, lacks: &BTreeSet<String>) -> Sequence {
    let lines = (contract.lines)(dice);
    let mut guesses = (contract.guesses)(&lines);
    let mut calls = vec![Call::new(contract.read, None)];
    // Short sequences are there too: what two calls show is told best by two calls.
    let wanted = dice.between(max_calls.div_ceil(2) as u64, max_calls as u64);
    for _ in 0..wanted {
        let call = guesses.next(dice);
        if !lacks.contains(&call.name) {
            guesses.guess(&call);
            calls.push(call);
        }
    }
    Sequence { lines, calls }
}

/// In one of four sequences, some of the calls are made at once: calls on what is there from the beginning.
fn some_at_once(contract: &Contract, dice: &mut Dice, mut sequence: Sequence) -> Sequence {
    let Sequence { lines, calls } = &mut sequence;
    let first = 1 + dice.below(calls.len());
    if !dice.percent(25) {
        return sequence;
    }
    let is_there = |call: &Call| call.on.as_ref().is_none_or(|role| !is_new(role, lines));
    let several = dice.between(2, 3) as usize;
    let mut end = first;
    while end < calls.len() && end < first + several {
        let call = &calls[end];
        let can_meet = calls[first..end].iter().all(|other| (contract.can_meet)(call, other));
        if !is_there(call) || !can_meet {
            break;
        }
        calls[end].at_once = end > first;
        end += 1;
    }
    sequence
}
