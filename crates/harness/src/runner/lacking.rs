//! What a case needs of its target, and what is left of it where the target declares that it lacks some of that.

use std::borrow::Cow;
use std::sync::Arc;

use super::reduce::Reduction;
use crate::scenario::{Case, Claim, Step};
use crate::spec::binding::{Binding, Quantity, WEBHOOKS, field_key};
use crate::target::Target;
use crate::template::{self, Data, ExprError, FieldName, Scope};

/// The case without the claims that read what the target lacks.
///
/// # Errors
/// Why it can't be played, or that nothing is left to claim: what the target has not, in words.
pub(super) fn left<'c>(case: &'c Case, target: &Target) -> Result<Cow<'c, Case>, String> {
    let binding = &target.binding;
    if let Some((what, reason)) = needs(case).into_iter().find_map(|(what, need)| {
        let reason = binding.lacks.get(&need)?;
        Some((what.in_words(&need), reason))
    }) {
        return Err(format!("{what}: {reason}"));
    }
    if binding.lacks.is_empty() {
        return Ok(Cow::Borrowed(case));
    }
    let mut reduction = Reduction::new(&case.spec, target);
    let steps = case.steps.iter().map(|step| reduction.step(step)).collect::<Result<Vec<Step>, String>>()?;
    match reduction.taken {
        None if Arc::ptr_eq(&case.spec, &target.spec) => Ok(Cow::Borrowed(case)),
        Some(what) if !steps.iter().flat_map(|step| &step.expect).any(|expectation| expectation.exercises) => Err(what),
        _ => Ok(Cow::Owned(Case { spec: Arc::clone(&target.spec), steps, ..case.clone() })),
    }
}

/// A call of the case that says nothing to a target which takes the quantity to keep, in words.
pub(super) fn meaningless(case: &Case, binding: &Binding) -> Result<Option<String>, ExprError> {
    for call in case.steps.iter().flat_map(Step::calls) {
        let is_kept = binding.calls.get(&call.name).is_some_and(|bound| bound.quantity == Quantity::Kept);
        let unless = case.spec.call(&call.name).and_then(|known| known.unless_kept.as_ref());
        let with = call.with.as_ref().map_or(Data::UNDEFINED, |with| template::from_json(&with.by_role()));
        if let (true, Some(unless)) = (is_kept, unless)
            && unless.holds(&Scope::default().with("with", with))?
        {
            let name = &call.name;
            let what = "what is wrong of the units to cancel may be right of that";
            return Ok(Some(format!("the target's `{name}` takes the quantity to keep: {what}")));
        }
    }
    Ok(None)
}

/// A field that the case claims and that the first view shows nothing of, though the target does not declare the lack.
pub(super) fn unshown(case: &Case, binding: &Binding) -> Option<String> {
    let mapped = &binding.views.first()?.mapped;
    fields(case).into_iter().find(|field| !mapped.contains(field)).map(|field| field_key(&field))
}

enum What {
    Clause,
    Other,
}

impl What {
    fn in_words(&self, need: &str) -> String {
        match self {
            Self::Clause => format!("the target does not take part in `{need}`"),
            Self::Other => format!("the target has no `{need}`"),
        }
    }
}

/// What nothing of the case can be played without. A clause is of these: a target that takes no part in one does
/// something else there, and what comes after rests on it.
fn needs(case: &Case) -> Vec<(What, String)> {
    let calls = case.steps.iter().flat_map(Step::calls);
    let of_calls = calls.flat_map(|call| [call.name.clone(), call.caller.clone()]);
    let asked = case.orders.iter().flat_map(|order| order.fields.iter().map(|(field, _)| format!("order.{field}")));
    let clauses = case.clauses().map(|clause| (What::Clause, clause.to_owned()));
    let heard = case.listens().then(|| WEBHOOKS.to_owned());
    of_calls.chain(heard).chain(asked).map(|need| (What::Other, need)).chain(clauses).collect()
}

/// Every field of the order or of an entity that the case claims anything of.
fn fields(case: &Case) -> Vec<FieldName> {
    let mut out = Vec::new();
    let expectations = case.steps.iter().flat_map(|step| &step.expect);
    expectations.flat_map(|expectation| &expectation.claims).for_each(|claim| gather(claim, &mut out));
    out
}

fn gather(claim: &Claim, out: &mut Vec<FieldName>) {
    match claim {
        Claim::Order { field, .. } => out.push((String::new(), field.name.clone())),
        Claim::Entity(entity) => {
            out.extend(entity.fields.iter().map(|field| (entity.kind.clone(), field.name.clone())));
        }
        Claim::Choice { .. } | Claim::AnyOf { .. } => {
            claim.options().into_iter().flatten().for_each(|claim| gather(claim, out));
        }
        // What a sum is made of is the spec's to say; the others speak of no field of a view.
        Claim::Group { .. }
        | Claim::Webhook(_)
        | Claim::Outcome { .. }
        | Claim::Outcomes { .. }
        | Claim::Status { .. }
        | Claim::Agrees { .. } => {}
    }
}
