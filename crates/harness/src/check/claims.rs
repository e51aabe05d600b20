//! Judges the claims of a step: binds its new roles, tests its fields, settles its choices.

mod webhooks;

use std::collections::BTreeSet;
use std::rc::Rc;

use countermand_event::{Difference, Finding};
use countermand_text::Span;
use serde_json::Value;

use super::bind::{NewRole, bind_new, product_key};
use super::value::{Context, describe, difference, holds};
use super::{Deviation, Found, Made, Moment, Names, StateView, differ, resolve_role, root};
use crate::scenario::{Claim, EntityClaim, Expectation, FieldClaim, Test};
use crate::spec::binding::Outcome;

/// What the claims of a step came to.
pub(super) struct Claimed {
    pub(super) differences: Vec<Found>,
    pub(super) findings: Vec<Finding>,
    pub(super) names: Vec<Names>,
    pub(super) named: Named,
    /// Whether the answer was accepted or refused as the claims say; the frame rule speaks only then.
    pub(super) outcome_as_expected: bool,
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
    subjects: Vec<String>,
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
    let names = Rc::new(names);
    let mut judge = Judge { moment, names, named: Named::default(), differences: Vec::new(), findings: Vec::new() };
    for Expectation { clause, claims } in expect {
        for claim in claims {
            judge.claim(clause, claim);
        }
    }
    let outcome_as_expected = !judge.differences.iter().any(|found| found.deviation.path == ANSWER);
    if !outcome_as_expected {
        // What the state should have become stands and falls with the answer.
        judge
            .differences
            .iter_mut()
            .filter(|found| found.deviation.path != ANSWER)
            .for_each(|found| found.follows = true);
    }
    let Judge { differences, findings, names, named, .. } = judge;
    Claimed { differences, findings, names: Rc::unwrap_or_clone(names), named, outcome_as_expected }
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
    names: Rc<Vec<Names>>,
    named: Named,
    differences: Vec<Found>,
    findings: Vec<Finding>,
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
        let file = std::sync::Arc::clone(&self.moment.case.file);
        let clause = clause.to_owned();
        self.differences.push(Found { deviation, clause, file, at, follows: false, always: false, heard: false });
    }

    /// Tests one value.
    fn test(&mut self, clause: &str, at: Span, test: &Test, sight: Sight<'_>) {
        let Sight { path, was, actual, of_role, subjects } = sight;
        if holds(test, actual, &Context { before: was, of_role }) {
            return;
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
        self.found(clause, at, Deviation { path, difference, expected, wanted, actual: actual.cloned(), subjects });
        if let (true, Some(last)) = (nothing_to_compare && self.differences.len() > 1, self.differences.last_mut()) {
            last.follows = true;
        }
    }

    /// The entities the calls were made on, and the order: what a wrong answer puts in doubt.
    fn subjects_of_call(&self) -> Vec<String> {
        let on: Option<Vec<&String>> = self.moment.made.iter().map(|made| made.on.as_ref()).collect();
        let all = || self.moment.after.iter().flat_map(|view| &view.entities).map(|entity| &entity.ident).collect();
        let idents = on.unwrap_or_else(all);
        idents.into_iter().map(|ident| root(&self.names, ident)).chain(["order".to_owned()]).collect()
    }

    /// How the calls were answered, one by one; what may be anything is nothing.
    fn outcomes(&mut self, clause: &str, expected: &[Option<Outcome>], at: Span) {
        let made = self.moment.made;
        let as_expected = |(made, expected): (&Made<'_>, &Option<Outcome>)| {
            expected.is_none_or(|outcome| made.answer.outcome == outcome)
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
            subjects: self.subjects_of_call(),
        };
        self.found(clause, at, deviation);
    }

    fn status(&mut self, clause: &str, test: &Test, at: Span) {
        let status = self.moment.single().map(|made| Value::from(made.answer.status));
        let path = format!("{ANSWER}.status");
        let sight = Sight { path, was: None, actual: status.as_ref(), of_role: &|_| None, subjects: Vec::new() };
        self.test(clause, at, test, sight);
    }

    fn order_field(&mut self, clause: &str, order: usize, field: &FieldClaim) {
        let (Some(before), Some(after)) = (self.moment.before.get(order), self.moment.after.get(order)) else { return };
        self.named.fields.insert((order, String::new(), field.name.clone()));
        let sight = Sight {
            path: format!("order.{}", field.name),
            was: before.order.get(&field.name),
            actual: after.order.get(&field.name),
            of_role: &|_| None,
            subjects: vec!["order".to_owned()],
        };
        self.test(clause, field.at, &field.test, sight);
    }

    fn entity(&mut self, clause: &str, claim: &EntityClaim) {
        let moment = self.moment;
        let (Some(before), Some(after)) = (moment.before.get(claim.order), moment.after.get(claim.order)) else {
            return;
        };
        let all = Rc::clone(&self.names);
        let Some(names) = all.get(claim.order) else { return };
        let path = differ::entity_path(&moment.case.spec, &claim.kind, &claim.role);
        let found = resolve_role(names, after, &claim.role);
        let origin =
            claim.new.as_ref().and_then(|origin| resolve_role(names, before, origin)).map(|origin| &origin.ident);
        let ident = found.map(|entity| &entity.ident).or_else(|| names.roles.get(&claim.role)).or(origin);
        let subjects = vec![ident.map_or_else(|| claim.role.clone(), |ident| names.root(ident).to_owned())];
        match (found, claim.absent) {
            (Some(entity), false) => {
                self.named.entities.insert((claim.order, entity.ident.clone()));
                let was = before.entity(&entity.ident);
                for field in &claim.fields {
                    self.named.fields.insert((claim.order, entity.ident.clone(), field.name.clone()));
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
                        subjects: subjects.clone(),
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
                    Deviation { path, difference: Difference::Unexpected, expected, wanted: None, actual, subjects },
                );
            }
            (None, true) => {
                self.named.entities.extend(ident.map(|ident| (claim.order, ident.clone())));
            }
            (None, false) => self.missing(clause, claim, path, subjects),
        }
    }

    /// One line for a role that is not there: what else is claimed of it follows from that.
    fn missing(&mut self, clause: &str, claim: &EntityClaim, path: String, subjects: Vec<String>) {
        let expected = match &claim.new {
            Some(origin) => format!("a new {} that comes of `{origin}`", claim.kind),
            None => format!("the {} `{}`", claim.kind, claim.role),
        };
        let said = self.differences.iter().any(|found| found.deviation.path == path);
        let parent = claim.role.rsplit_once('.').map(|(parent, _)| parent);
        let orphan = match (self.moment.after.get(claim.order), self.names.get(claim.order), parent) {
            (Some(after), Some(names), Some(parent))
                if self.moment.case.spec.kind(&claim.kind).is_some_and(|kind| kind.parent.is_some()) =>
            {
                resolve_role(names, after, parent).is_none()
            }
            _ => false,
        };
        self.found(
            clause,
            claim.at,
            Deviation { path, difference: Difference::Missing, expected, wanted: None, actual: None, subjects },
        );
        if let (true, Some(last)) = (said || orphan, self.differences.last_mut()) {
            last.follows = true;
        }
    }

    fn group(&mut self, clause: &str, group: &str, order: usize, product: &str, field: &FieldClaim) {
        let moment = self.moment;
        let (Some(before), Some(after), Some(names)) =
            (moment.before.get(order), moment.after.get(order), self.names.get(order))
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
        let rows = after.entities.iter().filter(|entity| Some(&entity.same) == same);
        let sight = Sight {
            path: format!("{plural}.{product}.{}", field.name),
            was: was.as_ref(),
            actual: actual.as_ref(),
            of_role: &|_| None,
            subjects: rows.map(|entity| names.root(&entity.ident).to_owned()).collect(),
        };
        self.test(clause, field.at, &field.test, sight);
    }

    /// Another view shows the same entities and, in the fields that both have, the same values.
    fn agrees(&mut self, clause: &str, view: &str, at: Span) {
        let moment = self.moment;
        let (Some(other), Some(own), Some(names)) = (moment.others.get(view), moment.after.first(), self.names.first())
        else {
            return;
        };
        for change in differ::between(&moment.case.spec, names, own, other) {
            let deviation = Deviation {
                path: format!("{view}.{}", change.path),
                difference: if change.after.is_none() { Difference::Missing } else { Difference::Differs },
                expected: change.before.as_ref().map_or_else(|| "nothing".to_owned(), ToString::to_string),
                wanted: change.before,
                actual: change.after,
                subjects: vec![change.subject],
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
            self.findings.push(Finding { step: self.moment.number, choice: choice.to_owned(), options });
        }
    }

    /// Judges each option by itself, and takes the best that holds; where none does, the nearest says what differs.
    /// Returns which held.
    fn alternatives(&mut self, clause: &str, options: &[&[Claim]], at: Span, expected: &str) -> Vec<usize> {
        let mut held = Vec::new();
        let mut nearest: Option<Judge<'_, '_>> = None;
        for (index, claims) in options.iter().enumerate() {
            let mut names = self.names.to_vec();
            let pairs: Vec<(&str, &Claim)> = claims.iter().map(|claim| (clause, claim)).collect();
            bind(self.moment, &pairs, &mut names);
            let mut trial = Judge {
                moment: self.moment,
                names: Rc::new(names),
                named: Named::default(),
                differences: Vec::new(),
                findings: Vec::new(),
            };
            claims.iter().for_each(|claim| trial.claim(clause, claim));
            if trial.differences.is_empty() {
                held.push(index);
            }
            // Of several that hold, the one that speaks of most: what it leaves unsaid the frame would take for a breach.
            let nearer = |best: &Judge<'_, '_>| {
                let rank =
                    |judge: &Judge<'_, '_>| (judge.differences.len(), std::cmp::Reverse(judge.named.entities.len()));
                rank(&trial) < rank(best)
            };
            if nearest.as_ref().is_none_or(nearer) {
                nearest = Some(trial);
            }
        }
        let Some(Judge { names, named, differences, findings, .. }) = nearest else {
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
                    subjects: Vec::new(),
                },
            );
            return held;
        };
        self.names = names;
        self.named.merge(named);
        self.differences.extend(differences);
        self.findings.extend(findings);
        held
    }
}
