//! Takes away of a case what reads a field or a view that the target lacks, and nothing else. What is left must still be told
//! as surely as before: where that can't be, nothing is left.

use std::collections::{BTreeMap, BTreeSet};

use crate::scenario::{Claim, EntityClaim, Expectation, Step, WebhookClaim};
use crate::spec::Spec;
use crate::spec::binding::{Lacks, Outcome, field_key, view_key};
use crate::target::Target;

/// What is taken away of a case, step by step.
pub(super) struct Reduction<'l> {
    spec: &'l Spec,
    /// The spec as the target shows it.
    shown: &'l Spec,
    lacks: &'l Lacks,
    /// What was taken away first, and why.
    pub(super) taken: Option<String>,
    /// The choices that earlier steps claim, and whether they still tell which option it was.
    told: BTreeMap<String, bool>,
    /// The roles of which something was taken away, in this step.
    thinned: BTreeSet<String>,
}

impl<'l> Reduction<'l> {
    pub(super) fn new(spec: &'l Spec, target: &'l Target) -> Self {
        let (shown, lacks) = (&*target.spec, &target.binding.lacks);
        Self { spec, shown, lacks, taken: None, told: BTreeMap::new(), thinned: BTreeSet::new() }
    }

    /// # Errors
    /// What can't be told any more.
    pub(super) fn step(&mut self, step: &Step) -> Result<Step, String> {
        if let Some((choice, _)) = &step.condition {
            self.can_tell(choice)?;
        }
        self.thinned.clear();
        let expect = step.expect.iter().filter_map(|expectation| self.expectation(expectation)).collect();
        let step = Step { expect, ..step.clone() };
        let claims: Vec<&Claim> = step.expect.iter().flat_map(|expectation| &expectation.claims).collect();
        self.can_tell_apart(&claims)?;
        Ok(step)
    }

    fn expectation(&mut self, expectation: &Expectation) -> Option<Expectation> {
        let before = expectation.claims.len();
        let claims: Vec<Claim> = expectation.claims.iter().filter_map(|claim| self.claim(claim)).collect();
        let exercises = expectation.exercises && (before == 0 || claims.iter().any(can_fail));
        (before == 0 || !claims.is_empty()).then(|| Expectation {
            clause: expectation.clause.clone(),
            claims,
            exercises,
        })
    }

    fn claim(&mut self, claim: &Claim) -> Option<Claim> {
        match claim {
            Claim::Order { field, .. } => (!self.lacks_field("", &field.name)).then(|| claim.clone()),
            Claim::Group { group, field, .. } => {
                let reads = self.spec.group(group).map(|group| group.reads(&field.name)).unwrap_or_default();
                let is_lacked = reads.iter().any(|(kind, name)| self.lacks_field(kind, name));
                (!is_lacked).then(|| claim.clone())
            }
            Claim::Agrees { view, .. } => (!self.lacks(&view_key(view))).then(|| claim.clone()),
            Claim::Entity(entity) => self.entity(entity).map(Claim::Entity),
            Claim::Webhook(webhook) => self.webhook(webhook).map(Claim::Webhook),
            Claim::Choice { choice, options, at } => {
                let reduced: Vec<(String, Vec<Claim>)> =
                    options.iter().map(|(option, claims)| (option.clone(), self.claims(claims))).collect();
                let all = options.iter().zip(&reduced).all(|((_, before), (_, after))| size(before) == size(after));
                let tells = all
                    || reduced
                        .iter()
                        .map(|(_, claims)| outcome(claims))
                        .collect::<Option<BTreeSet<_>>>()
                        .is_some_and(|outcomes| outcomes.len() == reduced.len());
                *self.told.entry(choice.clone()).or_insert(true) &= tells;
                let is_empty = reduced.iter().all(|(_, claims)| claims.is_empty());
                (!is_empty).then(|| Claim::Choice { choice: choice.clone(), options: reduced, at: *at })
            }
            Claim::AnyOf { options, at } => {
                let options: Vec<Vec<Claim>> = options.iter().map(|claims| self.claims(claims)).collect();
                let is_empty = options.iter().all(Vec::is_empty);
                (!is_empty).then_some(Claim::AnyOf { options, at: *at })
            }
            Claim::Outcome { .. } | Claim::Outcomes { .. } | Claim::Status { .. } => Some(claim.clone()),
        }
    }

    fn claims(&mut self, claims: &[Claim]) -> Vec<Claim> {
        claims.iter().filter_map(|claim| self.claim(claim)).collect()
    }

    fn entity(&mut self, entity: &EntityClaim) -> Option<EntityClaim> {
        let mut left = entity.clone();
        left.fields.retain(|field| !self.lacks_field(&entity.kind, &field.name));
        if left.fields.len() == entity.fields.len() {
            return Some(left);
        }
        self.thinned.insert(entity.role.clone());
        // What is nested in something new is still named by it: whatever is not may not be in there.
        let is_nested = self.spec.kind(&entity.kind).is_some_and(|kind| kind.parent.is_some());
        (!left.fields.is_empty() || left.new.is_some() || left.absent || is_nested).then_some(left)
    }

    fn webhook(&mut self, webhook: &WebhookClaim) -> Option<WebhookClaim> {
        let last = self.spec.webhooks.as_ref().and_then(|words| words.last.as_deref()).filter(|_| webhook.agrees);
        if last.is_some_and(|last| self.lacks_field("webhook", last)) {
            return None;
        }
        let mut left = webhook.clone();
        left.fields.retain(|field| !self.lacks_field("webhook", &field.name));
        let is_whole = left.fields.len() == webhook.fields.len();
        // That none is like this says more the less is said of it.
        let says_nothing = webhook.absent || left.fields.is_empty() && left.headers.is_empty();
        (is_whole || !says_nothing).then_some(left)
    }

    fn lacks_field(&mut self, kind: &str, field: &str) -> bool {
        self.lacks(&field_key(&(kind.to_owned(), field.to_owned())))
    }

    fn lacks(&mut self, key: &str) -> bool {
        let reason = self.lacks.get(key);
        if let (Some(reason), None) = (reason, &self.taken) {
            self.taken = Some(format!("the target has no `{key}`: {reason}"));
        }
        reason.is_some()
    }

    /// Whether a step that asks for an option knows which it was.
    fn can_tell(&self, choice: &str) -> Result<(), String> {
        let seen = |spec: &Spec| spec.choice(choice).is_some_and(|choice| choice.seen.is_some());
        let tells = match self.told.get(choice) {
            Some(tells) => *tells,
            None => !seen(self.spec) || seen(self.shown),
        };
        match (tells, &self.taken) {
            (false, Some(taken)) => Err(format!("{taken} (it tells how the target chooses `{choice}`)")),
            (false, None) => Err(format!("the target does not show how it chooses `{choice}`")),
            (true, _) => Ok(()),
        }
    }

    /// Several new entities that came of the same can only be told apart by all that is claimed of them.
    fn can_tell_apart(&self, claims: &[&Claim]) -> Result<(), String> {
        let mut origins: BTreeMap<(usize, &str), BTreeSet<&str>> = BTreeMap::new();
        for claim in claims {
            if let Claim::Entity(entity) = claim
                && let Some(origin) = &entity.new
            {
                origins.entry((entity.order, origin)).or_default().insert(&entity.role);
            }
            for option in claim.options() {
                self.can_tell_apart(&claims.iter().copied().chain(option).filter(is_new).collect::<Vec<_>>())?;
            }
        }
        let is_thin = |role: &&str| {
            let nested = format!("{role}.");
            self.thinned.iter().any(|thin| thin == role || thin.starts_with(&nested))
        };
        let blurred = origins.values().filter(|roles| roles.len() > 1).flatten().find(|role| is_thin(role));
        match (blurred, &self.taken) {
            (Some(role), Some(taken)) => Err(format!("{taken} (it tells which of several new ones `{role}` is)")),
            _ => Ok(()),
        }
    }
}

fn is_new(claim: &&Claim) -> bool {
    matches!(claim, Claim::Entity(entity) if entity.new.is_some())
}

/// Whether a claim says more than that what it names is there, or may be so.
fn can_fail(claim: &Claim) -> bool {
    let any = |claims: &[Claim]| claims.iter().any(can_fail);
    match claim {
        Claim::Entity(entity) => entity.new.is_some() || entity.absent || !entity.fields.is_empty(),
        Claim::Choice { .. } | Claim::AnyOf { .. } => claim.options().into_iter().all(any),
        _ => true,
    }
}

/// How many things are claimed.
fn size(claims: &[Claim]) -> usize {
    let of = |claim: &Claim| match claim {
        Claim::Entity(entity) => 1 + entity.fields.len(),
        Claim::Webhook(webhook) => 1 + webhook.fields.len(),
        Claim::Choice { .. } | Claim::AnyOf { .. } => claim.options().into_iter().map(size).sum(),
        _ => 1,
    };
    claims.iter().map(of).sum()
}

/// How the step was answered, where the claims say it.
fn outcome(claims: &[Claim]) -> Option<&'static str> {
    claims.iter().find_map(|claim| match claim {
        Claim::Outcome { outcome, .. } => Some(Outcome::word(*outcome)),
        _ => None,
    })
}
