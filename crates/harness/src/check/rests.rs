//! What stands and falls with something else that the same step has shown: rules with the answer, sums with what is summed, what
//! is told with what came to be.

use countermand_event::Difference;

use super::{Because, Found, Moment, Spot};

/// A claim on what is there no more rests on the frame's own clause for that only where the frame has told it: what may come
/// and go with something else is missed by the claim alone.
pub(super) fn on_what_vanished(found: &mut [Found], moment: &Moment<'_>) {
    let Some(call) = moment.call() else { return };
    let is_own = |found: &Found| found.clause == call.frame.missing;
    let told: Vec<Spot> = found.iter().filter(|it| is_own(it)).flat_map(|it| it.deviation.spots.clone()).collect();
    for found in found.iter_mut().filter(|found| found.is_missing() && !is_own(found)) {
        let rests = found.rests_on.as_ref().is_some_and(|because| because.clause == call.frame.missing);
        let is_told = found.deviation.spots.iter().any(|spot| told.iter().any(|other| other.is_beside(spot)));
        if rests && !is_told {
            found.rests_on = None;
        }
    }
}

/// What a call does is said of a right one: where it was done against all claims, and these weigh less, nobody can say what it
/// should have done.
pub(super) fn on_the_answer(found: &mut [Found], otherwise: &Because, moment: &Moment<'_>) {
    let speaks_of_outcome = |found: &Found| {
        let asked = moment.case.spec.invariants.iter().find(|invariant| invariant.holds.at() == found.at);
        asked.and_then(|invariant| invariant.when.as_ref()).is_some_and(|when| when.mentions("outcome"))
    };
    for found in found.iter_mut().filter(|found| found.deviation.difference == Difference::Rule) {
        if moment.level(&found.clause) > otherwise.level && speaks_of_outcome(found) {
            found.rests_on = Some(otherwise.clone());
        }
    }
}

/// What is counted or summed over an order tells nothing new where something of it is there no more, and that weighs
/// less.
pub(super) fn on_the_shape(found: &mut [Found], moment: &Moment<'_>) {
    let is_whole = |found: &&Found| {
        let whole = |spot: &Spot| spot.root.is_some() && spot.field.is_none();
        found.is_vanishing(moment) && found.deviation.spots.iter().any(whole)
    };
    let shapes: Vec<(Because, Vec<usize>)> = found
        .iter()
        .filter(is_whole)
        .map(|found| {
            let orders = found.deviation.spots.iter().map(|spot| spot.order).collect();
            (moment.because(&found.clause), orders)
        })
        .collect();
    for found in found.iter_mut().filter(|found| found.is_derived && found.rests_on.is_none()) {
        let level = moment.level(&found.clause);
        let is_of = |orders: &[usize]| found.deviation.spots.iter().all(|spot| orders.contains(&spot.order));
        let shape = shapes.iter().find(|(because, orders)| because.level < level && is_of(orders));
        found.rests_on = shape.map(|(because, _)| because.clone());
    }
}

/// What did not come to be can't be told: a webhook that differs where the state does follows from that.
pub(super) fn on_the_state(found: &mut [Found], moment: &Moment<'_>) {
    let of_state: Vec<(Because, Vec<Spot>)> = found
        .iter()
        .filter(|found| !found.heard && found.rests_on.is_none())
        .map(|found| (moment.because(&found.clause), found.deviation.spots.clone()))
        .collect();
    // What was not told, and should have been, leaves open what would have been told last.
    let untold: Vec<(Because, Vec<Spot>)> = found
        .iter()
        .filter(|found| found.heard && found.is_missing() && found.rests_on.is_none())
        .map(|found| (moment.because(&found.clause), found.deviation.spots.clone()))
        .collect();
    for heard in found.iter_mut().filter(|found| found.heard && found.rests_on.is_none()) {
        let least = moment.level(&heard.clause);
        let is_about =
            |spots: &[Spot]| spots.iter().any(|spot| heard.deviation.spots.iter().any(|own| own.is_beside(spot)));
        let graver = of_state.iter().find(|(because, spots)| because.level >= least && is_about(spots));
        let lesser = untold.iter().find(|(because, spots)| because.level < least && is_about(spots));
        heard.rests_on = graver.or(lesser).map(|(because, _)| because.clone());
    }
}
