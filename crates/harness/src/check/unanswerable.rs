//! Rules of a spec over what a target says, which may be anything: one that can't be worked out over the target's own values does
//! not hold. Where the arguments of a call are to blame, or the binding shows less than the rule speaks of, it is nobody's breach.

use super::{Moment, StateView};
use crate::spec::Spec;
use crate::template::{self, Data, Expr, ExprError, Scope};

/// Whether a rule holds; nothing where the target's values are such that nobody can tell.
pub(super) fn ask(
    rule: &Expr,
    scope: &Scope,
    moment: &Moment<'_>,
    after: &StateView,
) -> Result<Option<bool>, ExprError> {
    match rule.holds(scope) {
        Ok(held) => Ok(Some(held)),
        Err(error) if !error.is_of_values || is_unshown(rule, &moment.case.spec, after) => Err(error),
        Err(error) if fits_other_arguments(rule, scope) => Err(error),
        Err(_) => Ok(None),
    }
}

/// Whether a rule speaks of a field that the view says nothing of.
fn is_unshown(rule: &Expr, spec: &Spec, view: &StateView) -> bool {
    let of_order = spec.order_fields.iter().map(|field| ("", field));
    let of_kinds = spec.kinds.iter().flat_map(|kind| kind.fields.iter().map(|field| (kind.name.as_str(), field)));
    let speaks_of = |name: &str| rule.mentions(&format!(".{name}")) || rule.mentions(&format!("'{name}'"));
    of_order.chain(of_kinds).any(|(kind, field)| !view.maps(kind, &field.name) && speaks_of(&field.name))
}

/// Whether a rule can be worked out once nothing is wrong with the arguments of the calls: then it does not ask first what they are.
fn fits_other_arguments(rule: &Expr, scope: &Scope) -> bool {
    if !rule.mentions("with") && !rule.mentions("accepted") {
        return false;
    }
    let with = scope.get("with").cloned().unwrap_or_default();
    let accepted = scope.get("accepted").and_then(|calls| calls.try_iter().ok()).into_iter().flatten();
    let accepted: Vec<Data> = accepted.map(|call| with_numbers(&call)).collect();
    rule.holds(&scope.with("with", template::numbers(&with)).with("accepted", accepted.into())).is_ok()
}

/// An accepted call with other arguments.
fn with_numbers(call: &Data) -> Data {
    let member = |name: &str| call.get_attr(name).unwrap_or_default();
    let with = template::numbers(&member("with"));
    template::map([("call", member("call")), ("with", with), ("on", member("on")), ("product", member("product"))])
}
