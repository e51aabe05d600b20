//! Judges the claims of a step: binds its new roles, tests its fields, settles its choices.

use std::collections::BTreeSet;

use serde_json::Value;

use super::bind::{NewRole, bind_new, product_key};
use super::value::{Context, describe, difference, holds};
use super::{Entity, Found, Moment, Names, StateView, differ, resolve_role};
use crate::event::{Difference, Finding};
use crate::scenario::{Claim, EntityClaim, Expectation, FieldClaim, Outcome, Test};
use crate::source::Span;

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

/// Judges everything a step claims.
pub(super) fn judge(moment: &Moment<'_>) -> Claimed {
    let expect = &moment.step.expect;
    let base: Vec<(&str, &Claim)> =
        expect.iter().flat_map(|e| e.claims.iter().map(move |claim| (e.clause.as_str(), claim))).collect();
    let mut names = moment.names.to_vec();
    bind(moment, &base, &mut names);
    let mut judge = Judge { moment, names, named: Named::default(), differences: Vec::new(), findings: Vec::new() };
    for Expectation { clause, claims } in expect {
        for claim in claims {
            judge.claim(clause, claim);
        }
    }
    let outcome_as_expected = !judge.differences.iter().any(|found| found.path == "answer");
    if !outcome_as_expected {
        // What the state should have become stands and falls with the answer.
        judge.differences.iter_mut().filter(|found| found.path != "answer").for_each(|found| found.follows = true);
    }
    let Judge { differences, findings, names, named, .. } = judge;
    Claimed { differences, findings, names, named, outcome_as_expected }
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
                let claims = entities.iter().filter(|other| other.role == entity.role).copied().collect();
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
    names: Vec<Names>,
    named: Named,
    differences: Vec<Found>,
    findings: Vec<Finding>,
}

impl Judge<'_, '_> {
    fn claim(&mut self, clause: &str, claim: &Claim) {
        match claim {
            Claim::Outcome { outcome, at } => self.outcome(clause, *outcome, *at),
            Claim::Status { test, at } => self.status(clause, test, *at),
            Claim::Order { order, field } => self.order_field(clause, *order, field),
            Claim::Entity(entity) => self.entity(clause, entity),
            Claim::Group { group, order, product, field } => self.group(clause, group, *order, product, field),
            Claim::Agrees { view, at } => self.agrees(clause, view, *at),
            Claim::Choice { choice, options, at } => self.choice(clause, choice, options, *at),
            Claim::AnyOf { options, at } => {
                let options: Vec<&[Claim]> = options.iter().map(Vec::as_slice).collect();
                let _ = self.alternatives(clause, &options, *at, "one of the claims");
            }
        }
    }

    fn found(
        &mut self,
        clause: &str,
        at: Span,
        path: String,
        difference: Difference,
        expected: String,
        actual: Option<Value>,
        subjects: Vec<String>,
    ) {
        let file = std::sync::Arc::clone(&self.moment.case.file);
        let clause = clause.to_owned();
        self.differences.push(Found { path, difference, expected, actual, file, at, clause, subjects, follows: false });
    }

    /// The entity the call was made on, and the order: what a wrong answer puts in doubt.
    fn subjects_of_call(&self) -> Vec<String> {
        let on = self.moment.on.map(|ident| {
            self.names.iter().map(|names| names.root(ident)).find(|root| *root != ident).unwrap_or(ident).to_owned()
        });
        let all = || self.moment.after.iter().flat_map(|view| &view.entities).map(|entity| entity.ident.clone());
        let mut subjects: Vec<String> = on.map_or_else(|| all().collect(), |on| vec![on]);
        subjects.push("order".to_owned());
        subjects
    }

    fn outcome(&mut self, clause: &str, expected: Outcome, at: Span) {
        let seen = self.moment.answer;
        if seen.outcome != expected {
            let actual = Value::String(format!("{} ({})", seen.outcome.word(), seen.status));
            let subjects = self.subjects_of_call();
            self.found(
                clause,
                at,
                "answer".to_owned(),
                Difference::Differs,
                expected.word().to_owned(),
                Some(actual),
                subjects,
            );
        }
    }

    fn status(&mut self, clause: &str, test: &Test, at: Span) {
        let actual = Value::from(self.moment.answer.status);
        if !holds(test, Some(&actual), &Context { before: None, of_role: &|_| None }) {
            self.found(
                clause,
                at,
                "answer.status".to_owned(),
                difference(test, Some(&actual)),
                describe(test),
                Some(actual),
                Vec::new(),
            );
        }
    }

    fn order_field(&mut self, clause: &str, order: usize, field: &FieldClaim) {
        let (Some(before), Some(after)) = (self.moment.before.get(order), self.moment.after.get(order)) else { return };
        self.named.fields.insert((order, String::new(), field.name.clone()));
        let (before, actual) = (before.order.get(&field.name), after.order.get(&field.name));
        if !holds(&field.test, actual, &Context { before, of_role: &|_| None }) {
            let path = format!("order.{}", field.name);
            self.found(
                clause,
                field.at,
                path,
                difference(&field.test, actual),
                describe(&field.test),
                actual.cloned(),
                vec!["order".to_owned()],
            );
        }
    }

    fn entity(&mut self, clause: &str, claim: &EntityClaim) {
        let moment = self.moment;
        let (Some(before), Some(after)) = (moment.before.get(claim.order), moment.after.get(claim.order)) else {
            return;
        };
        let Some(names) = self.names.get(claim.order) else { return };
        let path = differ::entity_path(&moment.case.spec, &claim.kind, &claim.role);
        let found = resolve_role(names, after, &claim.role);
        let subject = |names: &Names| match (found, names.roles.get(&claim.role), &claim.new) {
            (Some(entity), ..) => names.root(&entity.ident).to_owned(),
            (None, Some(ident), _) => names.root(ident).to_owned(),
            (None, None, Some(origin)) => resolve_role(names, before, origin)
                .map_or_else(|| claim.role.clone(), |e| names.root(&e.ident).to_owned()),
            (None, None, None) => claim.role.clone(),
        };
        let subjects = vec![subject(names)];
        if claim.absent {
            if let Some(entity) = found {
                let shown = serde_json::to_value(&entity.fields).ok();
                self.found(clause, claim.at, path, Difference::Unexpected, "nothing".to_owned(), shown, subjects);
            } else if let Some(ident) = self.names[claim.order].roles.get(&claim.role) {
                self.named.entities.insert((claim.order, ident.clone()));
            }
            return;
        }
        let Some(entity) = found else {
            let expected = match &claim.new {
                Some(origin) => format!("a new {} that comes of `{origin}`", claim.kind),
                None => format!("the {} `{}`", claim.kind, claim.role),
            };
            // One line for a role that is not there: its fields follow from that.
            let said = self.differences.iter().any(|found| found.path == path);
            self.found(clause, claim.at, path, Difference::Missing, expected, None, subjects);
            if let (true, Some(last)) = (said, self.differences.last_mut()) {
                last.follows = true;
            }
            return;
        };
        self.named.entities.insert((claim.order, entity.ident.clone()));
        for field in &claim.fields {
            self.entity_field(clause, claim, field, entity, before, after, &path, &subjects);
        }
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "one field of one claim against one entity: all of it is needed, none belongs together elsewhere"
    )]
    fn entity_field(
        &mut self,
        clause: &str,
        claim: &EntityClaim,
        field: &FieldClaim,
        entity: &Entity,
        before: &StateView,
        after: &StateView,
        path: &str,
        subjects: &[String],
    ) {
        self.named.fields.insert((claim.order, entity.ident.clone(), field.name.clone()));
        let names = &self.names[claim.order];
        let of_role =
            |role: &str| resolve_role(names, after, role).and_then(|other| other.fields.get(&field.name)).cloned();
        let was = before.entity(&entity.ident).and_then(|entity| entity.fields.get(&field.name));
        let actual = entity.fields.get(&field.name);
        if !holds(&field.test, actual, &Context { before: was, of_role: &of_role }) {
            let expected = match &field.test {
                Test::SameAs(role) => format!("{} as `{role}`", of_role(role).unwrap_or(Value::Null)),
                test => describe(test),
            };
            let path = format!("{path}.{}", field.name);
            self.found(
                clause,
                field.at,
                path,
                difference(&field.test, actual),
                expected,
                actual.cloned(),
                subjects.to_vec(),
            );
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
        if !holds(&field.test, actual.as_ref(), &Context { before: was.as_ref(), of_role: &|_| None }) {
            let plural = moment.case.spec.group(group).map_or(group, |group| group.plural.as_str());
            let same = names.products.get(product);
            let rows = after.entities.iter().filter(|entity| Some(&entity.same) == same);
            let subjects = rows.map(|entity| names.root(&entity.ident).to_owned()).collect();
            let path = format!("{plural}.{product}.{}", field.name);
            self.found(
                clause,
                field.at,
                path,
                difference(&field.test, actual.as_ref()),
                describe(&field.test),
                actual,
                subjects,
            );
        }
    }

    /// Another view shows the same entities and, in the fields that both have, the same values.
    fn agrees(&mut self, clause: &str, view: &str, at: Span) {
        let moment = self.moment;
        let (Some(other), Some(own)) = (moment.others.get(view), moment.after.first()) else { return };
        let names = &self.names[0];
        let mut found = Vec::new();
        for difference in differ::between(&moment.case.spec, names, own, other) {
            found.push((format!("{view}.{}", difference.path), difference));
        }
        for (path, difference) in found {
            let expected = difference.before.map_or_else(|| "nothing".to_owned(), |value| value.to_string());
            let subjects = difference.subject.into_iter().collect();
            let kind = if difference.after.is_none() { Difference::Missing } else { Difference::Differs };
            self.found(clause, at, path, kind, expected, difference.after, subjects);
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

    /// Judges each option by itself, and takes the first that holds; where none does, the nearest says what differs.
    /// Returns which held.
    fn alternatives(&mut self, clause: &str, options: &[&[Claim]], at: Span, expected: &str) -> Vec<usize> {
        let mut held = Vec::new();
        let mut nearest: Option<Judge<'_, '_>> = None;
        for (index, claims) in options.iter().enumerate() {
            let mut names = self.names.clone();
            let pairs: Vec<(&str, &Claim)> = claims.iter().map(|claim| (clause, claim)).collect();
            bind(self.moment, &pairs, &mut names);
            let mut trial = Judge {
                moment: self.moment,
                names,
                named: Named::default(),
                differences: Vec::new(),
                findings: Vec::new(),
            };
            claims.iter().for_each(|claim| trial.claim(clause, claim));
            if trial.differences.is_empty() {
                held.push(index);
            }
            if nearest.as_ref().is_none_or(|best| trial.differences.len() < best.differences.len()) {
                nearest = Some(trial);
            }
        }
        let Some(Judge { names, named, differences, findings, .. }) = nearest else {
            self.found(clause, at, "choice".to_owned(), Difference::Differs, expected.to_owned(), None, Vec::new());
            return held;
        };
        self.names = names;
        self.named.merge(named);
        self.differences.extend(differences);
        self.findings.extend(findings);
        held
    }
}
