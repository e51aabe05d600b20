//! What a differing claim stands and falls with in its own step, and what it puts in doubt of the state.

use super::{ANSWER, Judge};
use crate::check::{Because, Made, Spot, differ, resolve_role};
use crate::scenario::{EntityClaim, OrderRef};
use crate::spec::binding::Outcome;

impl Judge<'_, '_> {
    /// What the state should have become stands and falls with the answer. That nothing becomes of what should have been
    /// refused is another matter: it is demanded whatever the answer is, but for the clause of what refusals leave alone.
    pub(super) fn rest_on_the_answer(&mut self, otherwise: &Because) {
        let moment = self.moment;
        let is_done = moment.outcome() == Outcome::Accepted;
        let of_refusals = moment.call().map(|call| &call.frame.refused);
        for found in self.seen.differences.iter_mut().filter(|found| !found.is_of_answer()) {
            let is_shape_of_answer = found.deviation.path.starts_with(ANSWER);
            let level = moment.level(&found.clause);
            let rests =
                !is_done || otherwise.level >= level || is_shape_of_answer || of_refusals == Some(&found.clause);
            if rests {
                found.rests_on = Some(otherwise.clone());
            }
        }
    }

    /// Says of the last difference that it stands and falls with another one of the step, which weighs as much.
    pub(super) fn rests(&mut self) {
        if let Some(last) = self.seen.differences.last() {
            let because = self.moment.because(&last.clause);
            self.rests_on(because);
        }
    }

    pub(super) fn rests_on(&mut self, because: Because) {
        self.seen.differences.iter_mut().last().into_iter().for_each(|last| last.rests_on = Some(because.clone()));
    }

    /// What calls that were answered otherwise than `expected` put in doubt. What should have been refused, and was done, is
    /// seen: what moved is in doubt, and nothing else. What should have been done, and was not, is all of what it was made on.
    pub(super) fn in_doubt(&self, expected: &[Option<Outcome>]) -> Vec<Spot> {
        let moment = self.moment;
        if expected.iter().all(|outcome| *outcome == Some(Outcome::Refused)) {
            return self.moved();
        }
        let of = |made: &Made<'_>| match (&made.on, made.call.order) {
            (Some((order, ident)), _) => vec![Spot::of_thing(*order, &self.seen.names, ident), Spot::of_order(*order)],
            (None, OrderRef::Unknown) => Vec::new(),
            (None, OrderRef::Named(order)) => {
                let entities = moment.after.get(order).into_iter().flat_map(|view| &view.entities);
                let things = entities.map(|entity| Spot::of_thing(order, &self.seen.names, &entity.ident));
                things.chain([Spot::of_order(order)]).collect()
            }
        };
        moment.made.iter().flat_map(of).collect()
    }

    /// Everything that moved in the step.
    pub(super) fn moved(&self) -> Vec<Spot> {
        let (moment, spec) = (self.moment, &self.moment.case.spec);
        let states = moment.before.iter().zip(moment.after).zip(self.seen.names.iter()).enumerate();
        states
            .flat_map(|(order, ((before, after), names))| {
                let changes = differ::between(spec, names, before, after);
                changes.into_iter().map(move |change| change.spot(spec, order, &self.seen.names))
            })
            .collect()
    }

    /// The clause under which it is told that something which had this role is there no more.
    pub(super) fn gone(&self, role: &str) -> Option<Because> {
        let is_known = self.seen.names.iter().any(|names| names.roles.contains_key(role));
        let missing = &self.moment.call()?.frame.missing;
        is_known.then(|| self.moment.because(missing))
    }

    /// That an entity was there before and is gone is told under the frame's own clause for that: what is claimed of it stands
    /// and falls with it.
    pub(super) fn vanished(&self, clause: &str, claim: &EntityClaim) -> Option<Because> {
        let moment = self.moment;
        if claim.present {
            return None;
        }
        let (before, names) = (moment.before.get(claim.order)?, self.seen.names.get(claim.order)?);
        let missing = &moment.call()?.frame.missing;
        resolve_role(names, before, &claim.role).filter(|_| missing != clause)?;
        Some(moment.because(missing))
    }

    /// The gravest of what this step has told of a path.
    pub(super) fn told(&self, path: &str) -> Option<Because> {
        let told = self.seen.differences.iter().filter(|found| found.deviation.path == path);
        told.map(|found| self.moment.because(&found.clause)).max_by_key(|because| because.level)
    }
}
