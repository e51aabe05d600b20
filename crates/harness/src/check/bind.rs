//! Binds the scenario's names to the target's entities: always by best fit, never by position.

use std::collections::BTreeSet;

use super::value::{Context, holds};
use super::view::key;
use super::{Entity, Names, StateView};
use crate::scenario::{EntityClaim, RoleSetUp};
use crate::target::Binding;
use crate::target::template::{Data, ExprError, Scope};

/// Up to this many new roles in one step are matched by trying every assignment.
const EXHAUSTIVE: usize = 6;

/// The entity a role stands for: bound to it, or nested in a bound one by its product.
pub(crate) fn resolve_role<'v>(names: &Names, view: &'v StateView, role: &str) -> Option<&'v Entity> {
    if let Some(ident) = names.roles.get(role) {
        return view.entity(ident);
    }
    let (parent, local) = role.rsplit_once('.')?;
    let parent = resolve_role(names, view, parent)?;
    let product = names.products.get(local)?;
    view.entities.iter().find(|entity| entity.parent.as_ref() == Some(&parent.ident) && entity.same == *product)
}

/// Recognises the roles of a set-up. `Err(Ok(message))` says which can't be found.
pub(crate) fn bind_set_up(
    roles: &[(&RoleSetUp, Data)],
    view: &StateView,
    binding: &Binding,
    order: &Data,
) -> Result<Result<Names, String>, ExprError> {
    let mut names = Names::default();
    let mut used = BTreeSet::new();
    for (role, data) in roles {
        let parent = role.parent.as_ref().and_then(|parent| names.roles.get(parent));
        let mut best: Option<(&Entity, usize)> = None;
        for entity in
            view.of_kind(&role.kind).filter(|entity| !used.contains(&entity.ident) && entity.parent.as_ref() == parent)
        {
            if let Some(rule) = binding.bind.get(&role.kind) {
                let scope = Scope::default()
                    .with("it", entity.raw.clone())
                    .with("role", data.clone())
                    .with("order", order.clone());
                if !rule.holds(&scope)? {
                    continue;
                }
            }
            let fit = role.fields.iter().filter(|(name, value)| entity.fields.get(name) == Some(value)).count();
            if best.is_none_or(|(_, best)| fit > best) {
                best = Some((entity, fit));
            }
        }
        let Some((entity, _)) = best else {
            return Ok(Err(format!("the new order shows no {} that is `{}`", role.kind, role.role)));
        };
        used.insert(entity.ident.clone());
        names.roles.insert(role.role.clone(), entity.ident.clone());
        names.products.insert(role.product.clone(), entity.same.clone());
    }
    Ok(Ok(names))
}

/// A role that a step calls new, and everything the step claims of it and of what is nested in it.
pub(super) struct NewRole<'c> {
    pub(super) role: &'c str,
    pub(super) kind: &'c str,
    pub(super) origin: &'c str,
    pub(super) claims: Vec<&'c EntityClaim>,
}

/// Binds new roles to entities that were not there before.
pub(super) fn bind_new(roles: &[NewRole<'_>], before: &StateView, after: &StateView, names: &mut Names) {
    let bound: BTreeSet<String> = names.roles.values().cloned().collect();
    let fresh: Vec<&Entity> = after
        .entities
        .iter()
        .filter(|entity| before.entity(&entity.ident).is_none() && !bound.contains(&entity.ident))
        .collect();
    let fits: Vec<Vec<Option<usize>>> =
        roles.iter().map(|role| fresh.iter().map(|entity| fit(role, entity, before, after, names)).collect()).collect();
    let assignment = if roles.len() <= EXHAUSTIVE {
        best_assignment(&fits, &mut vec![false; fresh.len()]).1
    } else {
        greedy(&fits, fresh.len())
    };
    for (role, choice) in roles.iter().zip(assignment) {
        let Some(entity) = choice.map(|index| fresh[index]) else { continue };
        if let Some(origin) = resolve_role(names, before, role.origin) {
            names.origins.insert(entity.ident.clone(), origin.ident.clone());
        }
        names.roles.insert(role.role.to_owned(), entity.ident.clone());
    }
}

/// How well an entity fits a role; nothing where it is of another kind. The product weighs more than any one field.
fn fit(role: &NewRole<'_>, entity: &Entity, before: &StateView, after: &StateView, names: &Names) -> Option<usize> {
    if entity.kind != role.kind {
        return None;
    }
    let same_product = resolve_role(names, before, role.origin).is_some_and(|origin| origin.same == entity.same);
    let tests = role.claims.iter().map(|claim| {
        let Some(seen) = claimed_entity(role, claim, entity, after, names) else { return 0 };
        let held = claim.fields.iter().filter(|field| {
            let of_role =
                |other: &str| resolve_role(names, after, other).and_then(|o| o.fields.get(&field.name)).cloned();
            holds(&field.test, seen.fields.get(&field.name), &Context { before: None, of_role: &of_role })
        });
        1 + held.count()
    });
    Some(1 + tests.sum::<usize>() + if same_product { 3 } else { 0 })
}

/// What a claim on a role, or on one nested in it, would speak of if the role were `candidate`.
fn claimed_entity<'v>(
    role: &NewRole<'_>,
    claim: &EntityClaim,
    candidate: &'v Entity,
    after: &'v StateView,
    names: &Names,
) -> Option<&'v Entity> {
    let nested = claim.role.strip_prefix(role.role)?;
    nested.split('.').skip(1).try_fold(candidate, |parent, local| {
        let product = names.products.get(local)?;
        after.entities.iter().find(|entity| entity.parent.as_ref() == Some(&parent.ident) && entity.same == *product)
    })
}

/// The assignment of roles to entities with the highest sum of fits.
fn best_assignment(fits: &[Vec<Option<usize>>], taken: &mut Vec<bool>) -> (usize, Vec<Option<usize>>) {
    let Some((first, rest)) = fits.split_first() else { return (0, Vec::new()) };
    let mut best = best_assignment(rest, taken);
    best.1.insert(0, None);
    for (index, fit) in first.iter().enumerate() {
        let Some(fit) = fit else { continue };
        if taken[index] {
            continue;
        }
        taken[index] = true;
        let (sum, mut chosen) = best_assignment(rest, taken);
        taken[index] = false;
        if sum + fit > best.0 {
            chosen.insert(0, Some(index));
            best = (sum + fit, chosen);
        }
    }
    best
}

/// Role by role the best entity still free: for steps with more new roles than can be tried out.
fn greedy(fits: &[Vec<Option<usize>>], entities: usize) -> Vec<Option<usize>> {
    let mut taken = vec![false; entities];
    let mut chosen = Vec::new();
    for fit in fits {
        let best =
            fit.iter().enumerate().filter(|(index, fit)| fit.is_some() && !taken[*index]).max_by_key(|(_, fit)| **fit);
        let best = best.map(|(index, _)| index);
        if let Some(index) = best {
            taken[index] = true;
        }
        chosen.push(best);
    }
    chosen
}

/// The key by which groups know a product of the scenario.
pub(super) fn product_key(names: &Names, product: &str) -> Option<String> {
    names.products.get(product).map(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_sum_wins_over_the_first_come() {
        // Role 0 fits both; role 1 only the first: first come would leave role 1 with nothing.
        let fits = vec![vec![Some(5), Some(4)], vec![Some(5), None]];
        assert_eq!(best_assignment(&fits, &mut vec![false; 2]), (9, vec![Some(1), Some(0)]));
    }

    #[test]
    fn a_role_may_stay_without_an_entity() {
        assert_eq!(best_assignment(&[vec![None], vec![Some(1)]], &mut vec![false; 1]).1, vec![None, Some(0)]);
        assert_eq!(greedy(&[vec![Some(1)], vec![Some(9)]], 1), vec![Some(0), None]);
    }
}
