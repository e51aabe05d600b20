//! Judges the claims of a step: binds its new roles, tests its fields, settles its choices.

mod rests;
mod webhooks;

use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::rc::Rc;

use countermand_event::{Difference, Finding};
use countermand_text::Span;
use serde_json::Value;

use super::bind::{NewRole, bind_new, product_key};
use super::value::{Context, describe, difference, holds};
use super::{Because, Deviation, Entity, Found, Made, Moment, Names, Spot, StateView, differ, regrouped, resolve_role};
use crate::scenario::{Claim, EntityClaim, Expectation, FieldClaim, Test};
use crate::spec::binding::Outcome;

/// What the claims of a step came to.
pub(super) struct Claimed {
    pub(super) differences: Vec<Found>,
    pub(super) findings: Vec<Finding>,
    pub(super) names: Vec<Names>,
    /// What the frame rule leaves alone: what the claims speak of, where the answer was what they say; nothing at all, where
    /// the call was refused; and where it was done against all claims, nobody can say what it may move.
    pub(super) named: Option<Named>,
    /// The gravest of the claims on the answer that it does not fit.
    pub(super) otherwise: Option<Because>,
}

/// What the claims of a step speak of: the frame rule leaves it alone.
#[derive(Debug, Default, Clone)]
pub(super) struct Named {
    /// `(order, identity, field)`; the identity is empty for fields of the order.
    pub(super) fields: BTreeSet<(usize, String, String)>,
    /// Entities that may appear or vanish.
    pub(super) entities: BTreeSet<(usize, String)>,
}

impl Named {
    fn merge(&mut self, other: Self) {
        self.fields.extend(other.fields);
        self.entities.extend(other.entities);
    }
}

/// The path of the answer's outcome.
pub(super) const ANSWER: &str = "answer";

/// A value to be tested, and what stands around it.
struct Sight<'s> {
    path: String,
    was: Option<&'s Value>,
    actual: Option<&'s Value>,
    /// The same field of another role.
    of_role: &'s dyn Fn(&str) -> Option<Value>,
    spots: Vec<Spot>,
}

/// Judges everything a step claims.
pub(super) fn judge(moment: &Moment<'_>) -> Claimed {
    let expect = &moment.step.expect;
    let base: Vec<(&str, &Claim)> =
        expect.iter().flat_map(|e| e.claims.iter().map(move |claim| (e.clause.as_str(), claim))).collect();
    let mut names = moment.names.to_vec();
    for (names, view) in names.iter_mut().zip(moment.before) {
        names.learn_parents(view);
    }
    for (names, view) in names.iter_mut().zip(moment.after) {
        names.learn_parents(view);
    }
    bind(moment, &base, &mut names);
    let after = regrouped(moment, moment.after, &names);
    let moment = &Moment { after: &after, ..*moment };
    let mut judge = Judge { moment, seen: Seen::by(names) };
    for Expectation { clause, claims, .. } in expect {
        for claim in claims {
            judge.claim(clause, claim);
        }
    }
    let answered = judge.seen.differences.iter().filter(|found| found.is_of_answer());
    let answered = answered.map(|found| moment.because(&found.clause));
    let otherwise = answered.reduce(|a, b| if b.level > a.level { b } else { a });
    if let Some(otherwise) = &otherwise {
        judge.rest_on_the_answer(otherwise);
    }
    let Seen { differences, findings, names, named } = judge.seen;
    let is_refused = moment.outcome() == Outcome::Refused && moment.made.iter().all(|made| made.is_one);
    let named = match otherwise {
        None => Some(named),
        Some(_) => is_refused.then(Named::default),
    };
    Claimed { differences, findings, names: Rc::unwrap_or_clone(names), named, otherwise }
}

/// Binds the roles that `claims` call new, each with everything the claims say of it.
fn bind(moment: &Moment<'_>, claims: &[(&str, &Claim)], names: &mut [Names]) {
    let entities: Vec<&EntityClaim> = claims
        .iter()
        .filter_map(|(_, claim)| match claim {
            Claim::Entity(entity) => Some(entity),
            _ => None,
        })
        .collect();
    for (order, names) in names.iter_mut().enumerate() {
        let mut roles: Vec<NewRole<'_>> = Vec::new();
        for entity in entities.iter().filter(|entity| entity.order == order) {
            if let Some(origin) = &entity.new
                && !roles.iter().any(|role| role.role == entity.role)
            {
                let nested = format!("{}.", entity.role);
                let concerns = |other: &&&EntityClaim| other.role == entity.role || other.role.starts_with(&nested);
                let claims = entities.iter().filter(concerns).copied().collect();
                roles.push(NewRole { role: &entity.role, kind: &entity.kind, origin, claims });
            }
        }
        if let (false, Some(before), Some(after)) =
            (roles.is_empty(), moment.before.get(order), moment.after.get(order))
        {
            bind_new(&roles, before, after, names);
        }
    }
}

struct Judge<'j, 'm> {
    moment: &'j Moment<'m>,
    seen: Seen,
}

/// What the claims have shown so far.
struct Seen {
    names: Rc<Vec<Names>>,
    named: Named,
    differences: Vec<Found>,
    findings: Vec<Finding>,
}

impl Seen {
    /// Nothing yet, by these names.
    fn by(names: Vec<Names>) -> Self {
        Self { names: Rc::new(names), named: Named::default(), differences: Vec::new(), findings: Vec::new() }
    }
}

impl Judge<'_, '_> {
    fn claim(&mut self, clause: &str, claim: &Claim) {
        match claim {
            Claim::Outcome { outcome, at } => self.outcomes(clause, &[Some(*outcome)], *at),
            Claim::Outcomes { outcomes, at } => self.outcomes(clause, outcomes, *at),
            Claim::Status { test, at } => self.status(clause, test, *at),
            Claim::Order { order, field } => self.order_field(clause, *order, field),
            Claim::Entity(entity) => self.entity(clause, entity),
            Claim::Group { group, order, product, field } => self.group(clause, group, *order, product, field),
            Claim::Webhook(webhook) => self.webhook(clause, webhook),
            Claim::Agrees { view, at } => self.agrees(clause, view, *at),
            Claim::Choice { choice, options, at } => self.choice(clause, choice, options, *at),
            Claim::AnyOf { options, at } => {
                let options: Vec<&[Claim]> = options.iter().map(Vec::as_slice).collect();
                let _ = self.alternatives(clause, &options, *at, "one of the claims");
            }
        }
    }

    fn found(&mut self, clause: &str, at: Span, deviation: Deviation) {
        self.seen.differences.push(Found::new(deviation, clause, &self.moment.case.file, at));
    }

    /// Says of the last difference that it is of what is counted or summed over the order.
    fn derived(&mut self) {
        self.seen.differences.iter_mut().last().into_iter().for_each(|last| last.is_derived = true);
    }

    /// Tests one value, and says whether it differs.
    fn test(&mut self, clause: &str, at: Span, test: &Test, sight: Sight<'_>) -> bool {
        let Sight { path, was, actual, of_role, spots } = sight;
        if holds(test, actual, &Context { before: was, of_role }) {
            return false;
        }
        let wanted = match test {
            Test::Equals(value) => Some(value.clone()),
            Test::SameAs(role) => of_role(role),
            _ => None,
        };
        let expected = match (test, &wanted) {
            (Test::SameAs(role), Some(value)) => format!("{value} as `{role}`"),
            _ => describe(test),
        };
        let difference = difference(test, actual);
        // Compared with a role that is not there: that it is missing is told where it is claimed.
        let nothing_to_compare = matches!(test, Test::SameAs(_)) && wanted.is_none();
        let gone = match test {
            Test::SameAs(role) if nothing_to_compare => self.gone(role),
            _ => None,
        };
        self.found(clause, at, Deviation { path, difference, expected, wanted, actual: actual.cloned(), spots });
        if nothing_to_compare {
            match gone {
                Some(because) => self.rests_on(because),
                None if self.seen.differences.len() > 1 => self.rests(),
                None => {}
            }
        }
        true
    }

    /// How the calls were answered, one by one; what may be anything is nothing.
    fn outcomes(&mut self, clause: &str, expected: &[Option<Outcome>], at: Span) {
        let made = self.moment.made;
        let as_expected = |(made, expected): (&Made<'_>, &Option<Outcome>)| {
            expected.is_none_or(|outcome| made.answer.outcome.fits(outcome))
        };
        if made.iter().zip(expected).all(as_expected) {
            return;
        }
        let words: Vec<&str> = expected.iter().map(|outcome| outcome.map_or("any", Outcome::word)).collect();
        let word = |made: &Made<'_>| match &made.answer.reason {
            Some(reason) => format!("{} ({}, {reason})", made.answer.outcome.word(), made.answer.status),
            None => format!("{} ({})", made.answer.outcome.word(), made.answer.status),
        };
        let seen: Vec<String> = made.iter().map(word).collect();
        let deviation = Deviation {
            path: ANSWER.to_owned(),
            difference: Difference::Differs,
            expected: words.join(", "),
            wanted: None,
            actual: Some(Value::String(seen.join(", "))),
            spots: self.in_doubt(expected),
        };
        self.found(clause, at, deviation);
    }

    fn status(&mut self, clause: &str, test: &Test, at: Span) {
        let status = self.moment.single().map(|made| Value::from(made.answer.status));
        let path = format!("{ANSWER}.status");
        let sight = Sight { path, was: None, actual: status.as_ref(), of_role: &|_| None, spots: Vec::new() };
        self.test(clause, at, test, sight);
    }

    fn order_field(&mut self, clause: &str, order: usize, field: &FieldClaim) {
        let (Some(before), Some(after)) = (self.moment.before.get(order), self.moment.after.get(order)) else { return };
        self.seen.named.fields.insert((order, String::new(), field.name.clone()));
        let sight = Sight {
            path: format!("order.{}", field.name),
            was: before.order.get(&field.name),
            actual: after.order.get(&field.name),
            of_role: &|_| None,
            spots: vec![Spot::of_order(order).in_field(&self.moment.case.spec, "", &field.name)],
        };
        self.test(clause, field.at, &field.test, sight).then(|| self.derived());
    }

    fn entity(&mut self, clause: &str, claim: &EntityClaim) {
        let moment = self.moment;
        let (Some(before), Some(after)) = (moment.before.get(claim.order), moment.after.get(claim.order)) else {
            return;
        };
        let all = Rc::clone(&self.seen.names);
        let Some(names) = all.get(claim.order) else { return };
        let path = differ::entity_path(&moment.case.spec, &claim.kind, &claim.role);
        let found = resolve_role(names, after, &claim.role);
        let origin =
            claim.new.as_ref().and_then(|origin| resolve_role(names, before, origin)).map(|origin| &origin.ident);
        let ident = found.map(|entity| &entity.ident).or_else(|| names.roles.get(&claim.role)).or(origin);
        let spot = Spot::of_thing(claim.order, &all, ident.unwrap_or(&claim.role));
        match (found, claim.absent) {
            (Some(entity), false) => {
                self.seen.named.entities.insert((claim.order, entity.ident.clone()));
                let was = before.entity(&entity.ident);
                for field in &claim.fields {
                    self.seen.named.fields.insert((claim.order, entity.ident.clone(), field.name.clone()));
                    let of_role = |role: &str| {
                        // A role of another order has its order's name before it.
                        let other =
                            all.iter().zip(moment.after).find_map(|(names, view)| resolve_role(names, view, role));
                        other.and_then(|other| other.fields.get(&field.name)).cloned()
                    };
                    let sight = Sight {
                        path: format!("{path}.{}", field.name),
                        was: was.and_then(|entity| entity.fields.get(&field.name)),
                        actual: entity.fields.get(&field.name),
                        of_role: &of_role,
                        spots: vec![spot.clone().in_field(&moment.case.spec, &claim.kind, &field.name)],
                    };
                    self.test(clause, field.at, &field.test, sight);
                }
            }
            (Some(entity), true) => {
                let actual = serde_json::to_value(&entity.fields).ok();
                let expected = "nothing".to_owned();
                self.found(
                    clause,
                    claim.at,
                    Deviation {
                        path,
                        difference: Difference::Unexpected,
                        expected,
                        wanted: None,
                        actual,
                        spots: vec![spot],
                    },
                );
            }
            (None, true) => {
                self.seen.named.entities.extend(ident.map(|ident| (claim.order, ident.clone())));
            }
            (None, false) => {
                // What never came to be is known by its role alone.
                let own = claim.new.as_ref().map(|_| Spot::of_thing(claim.order, &all, &claim.role));
                self.missing(clause, claim, path, [spot].into_iter().chain(own).collect());
            }
        }
    }

    /// One line for a role that is not there: what else is claimed of it follows from that.
    fn missing(&mut self, clause: &str, claim: &EntityClaim, path: String, spots: Vec<Spot>) {
        let expected = match &claim.new {
            Some(origin) => format!("a new {} that comes of `{origin}`", claim.kind),
            None => format!("the {} `{}`", claim.kind, claim.role),
        };
        let said = self.told(&path).filter(|because| because.level >= self.moment.level(clause));
        let parent = claim.role.rsplit_once('.').map(|(parent, _)| parent);
        let orphan = match (self.moment.after.get(claim.order), self.seen.names.get(claim.order), parent) {
            (Some(after), Some(names), Some(parent))
                if self.moment.case.spec.kind(&claim.kind).is_some_and(|kind| kind.parent.is_some()) =>
            {
                resolve_role(names, after, parent).is_none()
            }
            _ => false,
        };
        let actual = self.moment.after.get(claim.order).and_then(|after| after.unlisted.get(&claim.kind)).cloned();
        self.found(
            clause,
            claim.at,
            Deviation { path, difference: Difference::Missing, expected, wanted: None, actual, spots },
        );
        match (self.vanished(clause, claim), said, orphan) {
            (Some(because), ..) | (None, Some(because), _) => self.rests_on(because),
            (None, None, true) => self.rests(),
            (None, None, false) => {}
        }
    }

    fn group(&mut self, clause: &str, group: &str, order: usize, product: &str, field: &FieldClaim) {
        let moment = self.moment;
        let (Some(before), Some(after), Some(names)) =
            (moment.before.get(order), moment.after.get(order), self.seen.names.get(order))
        else {
            return;
        };
        let key = product_key(names, product);
        let row = |view: &StateView| -> Option<Value> {
            view.groups.get(group)?.get(key.as_ref()?)?.get(&field.name).cloned()
        };
        let (was, actual) = (row(before), row(after));
        let plural = moment.case.spec.group(group).map_or(group, |group| group.plural.as_str());
        let same = names.products.get(product);
        let gone = before.entities.iter().filter(|entity| after.entity(&entity.ident).is_none());
        let rows = after.entities.iter().chain(gone).filter(|entity| Some(&entity.same) == same);
        let kind = moment.case.spec.group(group).map_or("", |group| group.of.as_str());
        let spot = |entity: &Entity| {
            Spot::of_thing(order, &self.seen.names, &entity.ident).in_field(&moment.case.spec, kind, &field.name)
        };
        let sight = Sight {
            path: format!("{plural}.{product}.{}", field.name),
            was: was.as_ref(),
            actual: actual.as_ref(),
            of_role: &|_| None,
            spots: rows.map(spot).collect(),
        };
        self.test(clause, field.at, &field.test, sight).then(|| self.derived());
    }

    /// Another view shows the same entities and, in the fields that both have, the same values.
    fn agrees(&mut self, clause: &str, view: &str, at: Span) {
        let moment = self.moment;
        let (Some(other), Some(own), Some(names)) =
            (moment.others.get(view), moment.after.first(), self.seen.names.first())
        else {
            return;
        };
        for change in differ::between(&moment.case.spec, names, own, other) {
            let spot = change.spot(&moment.case.spec, 0, &self.seen.names);
            let deviation = Deviation {
                path: format!("{view}.{}", change.path),
                difference: if change.after.is_none() { Difference::Missing } else { Difference::Differs },
                expected: change.before.as_ref().map_or_else(|| "nothing".to_owned(), ToString::to_string),
                wanted: change.before,
                actual: change.after,
                spots: vec![spot],
            };
            self.found(clause, at, deviation);
        }
    }

    fn choice(&mut self, clause: &str, choice: &str, options: &[(String, Vec<Claim>)], at: Span) {
        let spec = &self.moment.case.spec;
        let allowed: Vec<&(String, Vec<Claim>)> = options
            .iter()
            .filter(|(option, _)| spec.choice(choice).is_some_and(|c| c.allows(self.moment.profile, option)))
            .collect();
        let claims: Vec<&[Claim]> = allowed.iter().map(|(_, claims)| claims.as_slice()).collect();
        let words: Vec<&str> = allowed.iter().map(|(option, _)| option.as_str()).collect();
        let held = self.alternatives(clause, &claims, at, &format!("{choice}: {}", words.join(" or ")));
        if !held.is_empty() {
            let options = held.into_iter().map(|index| allowed[index].0.clone()).collect();
            self.seen.findings.push(Finding { step: self.moment.number, choice: choice.to_owned(), options });
        }
    }

    /// Judges each option by itself, and takes the best that holds; where none does, the nearest says what differs.
    /// Returns which held.
    fn alternatives(&mut self, clause: &str, options: &[&[Claim]], at: Span, expected: &str) -> Vec<usize> {
        let mut held = Vec::new();
        let mut nearest: Option<Seen> = None;
        for (index, claims) in options.iter().enumerate() {
            let mut names = self.seen.names.to_vec();
            let pairs: Vec<(&str, &Claim)> = claims.iter().map(|claim| (clause, claim)).collect();
            bind(self.moment, &pairs, &mut names);
            let after = regrouped(self.moment, self.moment.after, &names);
            let moment = &Moment { after: &after, ..*self.moment };
            let mut trial = Judge { moment, seen: Seen::by(names) };
            claims.iter().for_each(|claim| trial.claim(clause, claim));
            if trial.seen.differences.is_empty() {
                held.push(index);
            }
            // Of several that hold, the one that speaks of most: what it leaves unsaid the frame would take for a breach.
            let rank = |seen: &Seen| (seen.differences.len(), Reverse(seen.named.entities.len()));
            if nearest.as_ref().is_none_or(|best| rank(&trial.seen) < rank(best)) {
                nearest = Some(trial.seen);
            }
        }
        let Some(Seen { names, named, differences, findings }) = nearest else {
            // The profile allows none of the options that the scenario speaks of: nothing was put to the test.
            let path = "choice".to_owned();
            let expected = expected.to_owned();
            self.found(
                clause,
                at,
                Deviation {
                    path,
                    difference: Difference::Differs,
                    expected,
                    wanted: None,
                    actual: None,
                    spots: Vec::new(),
                },
            );
            return held;
        };
        self.seen.names = names;
        self.seen.named.merge(named);
        self.seen.differences.extend(differences);
        self.seen.findings.extend(findings);
        held
    }
}
