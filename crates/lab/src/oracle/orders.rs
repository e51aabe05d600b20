//! The orders in which calls that were made at once may have been worked off.

use super::seen::{Calls, Seen};
use crate::sequence::Sequence;

/// More orders than so many are not tried.
const MOST: usize = 120;

/// One order of a sequence's calls: the places that they have in the sequence.
#[derive(Debug, Clone)]
pub(super) struct Order(Vec<usize>);

/// Every order of the calls of each step; none where there are too many.
pub(super) fn orders(sequence: &Sequence) -> Vec<Order> {
    let mut orders = vec![Vec::new()];
    for step in sequence.steps() {
        let ways = permutations(&step.collect::<Vec<usize>>());
        if orders.len() * ways.len() > MOST {
            return Vec::new();
        }
        let longer = |order: &Vec<usize>| -> Vec<Vec<usize>> {
            ways.iter().map(|way| order.iter().chain(way).copied().collect()).collect()
        };
        orders = orders.iter().flat_map(longer).collect();
    }
    orders.into_iter().map(Order).collect()
}

/// All of them where they are not too many, else the first ones.
fn permutations(places: &[usize]) -> Vec<Vec<usize>> {
    let [first, rest @ ..] = places else { return vec![Vec::new()] };
    let mut all = Vec::new();
    for way in permutations(rest) {
        for at in 0..=way.len() {
            let mut way = way.clone();
            way.insert(at, *first);
            all.push(way);
        }
        if all.len() > MOST {
            break;
        }
    }
    all
}

impl Order {
    /// The sequence with its calls one after the other in this order.
    pub(super) fn of(&self, sequence: &Sequence) -> Sequence {
        let call = |place: &usize| {
            let mut call = sequence.calls[*place].clone();
            call.at_once = false;
            call
        };
        Sequence { lines: sequence.lines.clone(), calls: self.0.iter().map(call).collect() }
    }

    /// What was seen of the sequence, in this order: the state after a step is that after the last of its calls.
    pub(super) fn seen(&self, seen: &[Option<Seen>]) -> Calls {
        let outcome = |place: &usize| seen.get(*place)?.as_ref().map(|seen| seen.outcome.clone());
        let state = |index: usize| seen.get(index)?.as_ref()?.state.clone();
        let in_order = |(index, place)| Some(Seen { outcome: outcome(place)?, state: state(index) });
        self.0.iter().enumerate().map(in_order).collect()
    }

    /// What was seen in this order, as it is of the sequence: what stands between calls of one step nobody sees.
    pub(super) fn back(&self, sequence: &Sequence, seen: &[Option<Seen>]) -> Calls {
        let mut back = vec![None; self.0.len()];
        for (place, seen) in self.0.iter().zip(seen) {
            back[*place] = seen.as_ref().map(|seen| Seen { outcome: seen.outcome.clone(), state: None });
        }
        for step in sequence.steps() {
            let state = seen.get(step.end - 1).and_then(|seen| seen.as_ref()?.state.clone());
            if let Some(Some(last)) = back.get_mut(step.end - 1) {
                last.state = state;
            }
        }
        back
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sequence::Call;

    fn sequence(at_once: &[bool]) -> Sequence {
        let call =
            |(index, at_once): (usize, &bool)| Call { at_once: *at_once, ..Call::new(&format!("c{index}"), None) };
        Sequence { lines: Vec::new(), calls: at_once.iter().enumerate().map(call).collect() }
    }

    fn names(sequence: &Sequence) -> Vec<&str> {
        sequence.calls.iter().map(|call| call.name.as_str()).collect()
    }

    #[test]
    fn calls_of_one_step_come_in_every_order_and_those_of_others_stay() {
        let sequence = sequence(&[false, false, true, false]);
        let ordered: Vec<Sequence> = orders(&sequence).iter().map(|order| order.of(&sequence)).collect();
        let all: Vec<Vec<&str>> = ordered.iter().map(names).collect();
        assert_eq!(all, [["c0", "c1", "c2", "c3"], ["c0", "c2", "c1", "c3"]]);
        assert!(ordered.iter().flat_map(|sequence| &sequence.calls).all(|call| !call.at_once));
        assert_eq!(orders(&Sequence { lines: Vec::new(), calls: Vec::new() }).len(), 1);
    }

    #[test]
    fn too_many_orders_are_none() {
        assert_eq!(orders(&sequence(&[false, true, true, true, true])).len(), 120);
        assert!(orders(&sequence(&[false, true, true, true, true, true])).is_empty());
        assert!(orders(&sequence(&[false; 12])).len() == 1);
    }

    #[test]
    fn outcomes_go_with_their_calls_and_states_with_their_places() {
        let sequence = sequence(&[false, true]);
        let order = &orders(&sequence)[1];
        let state = |quantity: u64| [("items.mug.quantity".to_owned(), quantity.into())].into();
        let seen = [
            Some(Seen { outcome: "accepted".to_owned(), state: None }),
            Some(Seen { outcome: "refused".to_owned(), state: Some(state(2)) }),
        ];
        let in_order = order.seen(&seen);
        assert_eq!(in_order[0], Some(Seen { outcome: "refused".to_owned(), state: None }));
        assert_eq!(in_order[1], Some(Seen { outcome: "accepted".to_owned(), state: Some(state(2)) }));
        assert_eq!(order.back(&sequence, &in_order), seen);
    }
}
