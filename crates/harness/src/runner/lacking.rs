//! What a case needs of its target, and whether the target declares that it lacks it.

use crate::scenario::{Case, Claim, Step};
use crate::spec::binding::{Binding, Quantity, WEBHOOKS};
use crate::template::{self, Data, ExprError, Scope};

/// What stands before a field of a webhook, as a kind before those of its entities.
const WEBHOOK: &str = "webhook";

/// What the case needs and the target declares it has not, in words.
pub(super) fn of(case: &Case, binding: &Binding) -> Option<String> {
    needs(case).into_iter().find_map(|(what, need)| {
        let reason = binding.lacks.get(&need)?;
        Some(match what {
            What::Clause => format!("the target does not take part in `{need}`: {reason}"),
            What::Other => format!("the target has no `{need}`: {reason}"),
        })
    })
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
    let is_mapped = |kind: &str, field: &str| mapped.contains(&(kind.to_owned(), field.to_owned()));
    let shown = fields(case).into_iter().filter(|(kind, _)| kind != WEBHOOK);
    let mut shown = shown;
    shown.find(|(kind, field)| !is_mapped(kind, field)).map(|(kind, field)| name(&kind, &field))
}

enum What {
    Clause,
    Other,
}

fn needs(case: &Case) -> Vec<(What, String)> {
    let calls = case.steps.iter().flat_map(Step::calls);
    let of_calls = calls.flat_map(|call| [call.name.clone(), call.caller.clone()]);
    let asked = case.orders.iter().flat_map(|order| order.fields.iter().map(|(field, _)| name("", field)));
    let of_fields = fields(case).into_iter().map(|(kind, field)| name(&kind, &field));
    let clauses = case.clauses().map(|clause| (What::Clause, clause.to_owned()));
    let heard = case.listens().then(|| WEBHOOKS.to_owned());
    of_calls.chain(heard).chain(asked).chain(of_fields).map(|need| (What::Other, need)).chain(clauses).collect()
}

fn name(kind: &str, field: &str) -> String {
    if kind.is_empty() { format!("order.{field}") } else { format!("{kind}.{field}") }
}

/// Every `(kind, field)` that the case claims anything of; of the order the kind is empty.
fn fields(case: &Case) -> Vec<(String, String)> {
    let mut out = Vec::new();
    let expectations = case.steps.iter().flat_map(|step| &step.expect);
    expectations.flat_map(|expectation| &expectation.claims).for_each(|claim| gather(claim, &mut out));
    out
}

fn gather(claim: &Claim, out: &mut Vec<(String, String)>) {
    match claim {
        Claim::Order { field, .. } => out.push((String::new(), field.name.clone())),
        Claim::Entity(entity) => {
            out.extend(entity.fields.iter().map(|field| (entity.kind.clone(), field.name.clone())));
        }
        Claim::Choice { options, .. } => options.iter().flat_map(|(_, claims)| claims).for_each(|c| gather(c, out)),
        Claim::AnyOf { options, .. } => options.iter().flatten().for_each(|claim| gather(claim, out)),
        Claim::Webhook(webhook) => {
            out.extend(webhook.fields.iter().map(|field| (WEBHOOK.to_owned(), field.name.clone())));
        }
        // What a sum is made of is the spec's to say; the others speak of no field.
        Claim::Group { .. }
        | Claim::Outcome { .. }
        | Claim::Outcomes { .. }
        | Claim::Status { .. }
        | Claim::Agrees { .. } => {}
    }
}
