//! Binds the scenario's names to the target's entities: always by best fit, never by position.

use std::collections::BTreeSet;

use serde_json::Value;

use super::value::{Context, holds, says};
use super::view::key;
use super::{Entity, Names, StateView};
use crate::scenario::{EntityClaim, RoleSetUp};
use crate::spec::binding::Binding;
use crate::template::{Data, ExprError, Scope};

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
                if !rule.answered().holds(&scope)? {
                    continue;
                }
            }
            let says = |(name, value): &&(String, Value)| entity.fields.get(name).is_some_and(|own| says(value, own));
            let fit = role.fields.iter().filter(says).count();
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
            let product = names.counts_as.get(&origin.ident).unwrap_or(&origin.same).clone();
            names.counts_as.insert(entity.ident.clone(), product);
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
    use serde_json::json;

    use super::*;
    use crate::scenario::{FieldClaim, Test};
    use countermand_text::Span;

    fn entity(ident: &str, same: &str, parent: Option<&str>, total: u64) -> Entity {
        Entity {
            kind: if parent.is_some() { "line" } else { "box" }.to_owned(),
            ident: ident.to_owned(),
            id: json!(ident),
            same: json!(same),
            parent: parent.map(str::to_owned),
            fields: [("size".to_owned(), json!("small")), ("total".to_owned(), json!(total))].into(),
            raw: Data::UNDEFINED,
            shown: Data::UNDEFINED,
        }
    }

    fn view(entities: Vec<Entity>) -> StateView {
        StateView { entities, ..StateView::default() }
    }

    fn claim(role: &str, kind: &str, field: &str, value: serde_json::Value) -> EntityClaim {
        let field = FieldClaim { name: field.to_owned(), test: Test::Equals(value), at: Span::default() };
        EntityClaim {
            kind: kind.to_owned(),
            role: role.to_owned(),
            order: 0,
            at: Span::default(),
            new: None,
            absent: false,
            present: false,
            fields: vec![field],
        }
    }

    fn new_role<'c>(role: &'c str, claims: &'c [EntityClaim]) -> NewRole<'c> {
        NewRole { role, kind: "box", origin: "old", claims: claims.iter().collect() }
    }

    /// The names of an order of which one box, `old` of the product `mug`, is known.
    fn names() -> Names {
        let mut names = Names::default();
        names.roles.insert("old".to_owned(), "b-0".to_owned());
        names.products.extend([("old".to_owned(), json!("mug")), ("tee".to_owned(), json!("tee"))]);
        names
    }

    /// What new roles are bound to, where these boxes came to `b-0`.
    fn bound(roles: &[NewRole<'_>], came: Vec<Entity>) -> Names {
        let (before, mut names) = (view(vec![entity("b-0", "mug", None, 5)]), names());
        let mut after = before.clone();
        after.entities.extend(came);
        bind_new(roles, &before, &after, &mut names);
        names
    }

    #[test]
    fn up_to_some_number_of_new_roles_every_assignment_is_tried() {
        let (small, three) = ([claim("a", "box", "size", json!("small"))], [claim("b", "box", "total", json!(3))]);
        // Role by role, `a` could take what only `b` fits in full.
        for totals in [[2, 3], [3, 2]] {
            let came = ["b-1", "b-2"].iter().zip(totals).map(|(ident, total)| entity(ident, "mug", None, total));
            let names = bound(&[new_role("a", &small), new_role("b", &three)], came.collect());
            let of_b = if totals[0] == 3 { "b-1" } else { "b-2" };
            assert_eq!(names.roles["b"], of_b);
            assert_ne!(names.roles["a"], of_b);
            assert_eq!(names.origins[of_b], "b-0");
        }
    }

    #[test]
    fn only_what_is_new_and_nameless_is_bound() {
        let names = bound(&[new_role("a", &[])], Vec::new());
        assert!(!names.roles.contains_key("a"), "the old box is no new one");
        let mut names = names;
        names.roles.insert("other".to_owned(), "b-1".to_owned());
        let after = view(vec![entity("b-1", "mug", None, 1)]);
        bind_new(&[new_role("a", &[])], &StateView::default(), &after, &mut names);
        assert!(!names.roles.contains_key("a"), "it is bound already");
    }

    #[test]
    fn the_product_of_its_origin_weighs_more_than_a_field() {
        let five = [claim("a", "box", "total", json!(5))];
        let came = |of_mug| vec![entity("b-1", "tee", None, 5), entity("b-2", "mug", None, of_mug)];
        assert_eq!(bound(&[new_role("a", &five)], came(4)).roles["a"], "b-2");
        let fields = [("size", json!("large")), ("total", json!(5))];
        let both: Vec<EntityClaim> = fields.map(|(field, value)| claim("a", "box", field, value)).into();
        assert_eq!(bound(&[new_role("a", &both)], came(5)).roles["a"], "b-2");
    }

    #[test]
    fn what_is_nested_speaks_for_what_it_is_nested_in() {
        let inside = [claim("a.tee", "line", "total", json!(2))];
        for mine in ["b-1", "b-2"] {
            let line = |parent: &str, same: &str, total| entity(&format!("{parent}/{same}"), same, Some(parent), total);
            let mut came = Vec::new();
            for parent in ["b-1", "b-2"] {
                // The other box has as many of another product, and another number of this one.
                let (tees, mugs) = if parent == mine { (2, 1) } else { (1, 2) };
                came.extend([entity(parent, "mug", None, 3), line(parent, "mug", mugs), line(parent, "tee", tees)]);
            }
            let mut names = bound(&[new_role("a", &inside)], came.clone());
            assert_eq!(names.roles["a"], mine);
            let seen = view(came);
            assert_eq!(
                resolve_role(&names, &seen, "a.tee").map(|line| line.ident.clone()),
                Some(format!("{mine}/tee"))
            );
            names.products.remove("tee");
            assert!(resolve_role(&names, &seen, "a.tee").is_none());
        }
    }

    #[test]
    fn what_is_there_at_all_is_better_than_nothing() {
        let other = bound(&[new_role("a", &[])], vec![entity("b-1", "tee", None, 5)]);
        assert_eq!(other.roles["a"], "b-1", "a new box of another product is new all the same");
        let inside = [EntityClaim { fields: Vec::new(), ..claim("a.tee", "line", "total", json!(1)) }];
        let tee = entity("b-2/tee", "tee", Some("b-2"), 1);
        let came = vec![entity("b-1", "mug", None, 1), entity("b-2", "mug", None, 1), tee];
        assert_eq!(bound(&[new_role("a", &inside)], came).roles["a"], "b-2", "a line counts that nothing is said of");
    }

    #[test]
    fn an_entity_of_another_kind_fits_no_role() {
        let names = bound(&[new_role("a", &[])], vec![entity("l-1", "mug", Some("b-0"), 1)]);
        assert!(!names.roles.contains_key("a"));
    }

    #[test]
    fn the_best_sum_wins_over_the_first_come() {
        // Role 0 fits both; role 1 only the first: first come would leave role 1 with nothing.
        let fits = vec![vec![Some(5), Some(4)], vec![Some(5), None]];
        assert_eq!(best_assignment(&fits, &mut vec![false; 2]), (9, vec![Some(1), Some(0)]));
        let fits = vec![vec![Some(5), Some(5)], vec![Some(2), Some(2)]];
        assert_eq!(best_assignment(&fits, &mut vec![false; 2]), (7, vec![Some(0), Some(1)]), "of equals the first");
    }

    #[test]
    fn a_role_may_stay_without_an_entity() {
        assert_eq!(best_assignment(&[vec![None], vec![Some(1)]], &mut vec![false; 1]).1, vec![None, Some(0)]);
        assert_eq!(greedy(&[vec![Some(1)], vec![Some(9)]], 1), vec![Some(0), None]);
        assert_eq!(greedy(&[vec![None, Some(1)], vec![Some(2), Some(3)]], 2), vec![Some(1), Some(0)]);
        assert_eq!(greedy(&[vec![None]], 1), vec![None]);
    }
}
