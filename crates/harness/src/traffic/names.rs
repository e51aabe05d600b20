//! Names for what an order holds: roles for what is there at first, and for what appears later every way in which it can be
//! called after its product.

use std::collections::BTreeMap;

use crate::check::{Names, StateView, key, name_new};
use crate::spec::Spec;

/// The characters of a product's name that a role takes over.
const LONGEST: usize = 24;
/// So many new entities of one product can be told apart.
const NEW_AT_ONCE: usize = 4;

/// A role for each entity at the top of the order. Those of one product share it; one that others are nested in is called as
/// the `whole` is. What is nested has the name of its product.
pub(super) fn first(spec: &Spec, view: &StateView, whole: Option<&str>) -> Names {
    let mut names = Names::default();
    names.learn_parents(view);
    let mut products: BTreeMap<String, String> = BTreeMap::new();
    for entity in &view.entities {
        let same = key(&entity.same);
        let wanted = match whole.filter(|_| !spec.is_leaf(&entity.kind)) {
            Some(whole) => whole.to_owned(),
            None => word(&same, &entity.kind),
        };
        let product = products.get(&same).cloned().unwrap_or_else(|| free(&names, &wanted));
        if entity.parent.is_some() {
            products.entry(same).or_insert_with(|| product.clone());
            names.products.insert(product, entity.same.clone());
            continue;
        }
        let role = match products.contains_key(&same) {
            true => free(&names, &format!("{product}-too")),
            false => product.clone(),
        };
        products.entry(same).or_insert_with(|| product.clone());
        names.roles.insert(role, entity.ident.clone());
        names.products.insert(product, entity.same.clone());
    }
    names
}

/// Everything that new entities can be called: the order in which they came to be is not seen.
pub(super) fn further(names: &Names, view: &StateView, called: Option<&str>) -> Vec<Names> {
    let mut usual = names.clone();
    name_new(&mut usual, view, called.map(str::to_owned));
    let mut groups: BTreeMap<&str, Vec<(String, String)>> = BTreeMap::new();
    let fresh = usual.roles.iter().filter(|(role, _)| !names.roles.contains_key(*role));
    for (role, ident) in fresh {
        let product = role.rsplit_once('-').map_or(role.as_str(), |(product, _)| product);
        groups.entry(product).or_default().push((role.clone(), ident.clone()));
    }
    let groups: Vec<Vec<(String, String)>> =
        groups.into_values().filter(|group| (2..=NEW_AT_ONCE).contains(&group.len())).collect();
    let mut all = vec![usual];
    for group in groups {
        let idents: Vec<&String> = group.iter().map(|(_, ident)| ident).collect();
        let mut more = Vec::new();
        for names in &all {
            for order in orders(&idents) {
                let mut names = names.clone();
                names.roles.extend(group.iter().zip(order).map(|((role, _), ident)| (role.clone(), ident.clone())));
                more.push(names);
            }
        }
        all = more;
    }
    all
}

/// Every order of some things, the one they have first.
fn orders<T: Copy>(things: &[T]) -> Vec<Vec<T>> {
    if things.is_empty() {
        return vec![Vec::new()];
    }
    let mut all = Vec::new();
    for index in 0..things.len() {
        let mut rest = things.to_vec();
        let first = rest.remove(index);
        all.extend(orders(&rest).into_iter().map(|order| [vec![first], order].concat()));
    }
    all
}

/// A word for a product: what a role may be called, no word that YAML reads as something else, and no name that something new
/// could get.
fn word(product: &str, kind: &str) -> String {
    let plain = product.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' });
    let plain: String = plain.take(LONGEST).collect();
    format!("{kind}_{}", plain.trim_matches('_')).trim_end_matches('_').to_owned()
}

/// The name, or one like it that nobody has.
fn free(names: &Names, wanted: &str) -> String {
    let taken = |name: &String| names.roles.contains_key(name) || names.products.contains_key(name);
    let numbered = (1..).map(|number| if number == 1 { wanted.to_owned() } else { format!("{wanted}_{number}") });
    numbered.into_iter().find(|name| !taken(name)).unwrap_or_else(|| wanted.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_order_is_there_once_and_the_own_one_first() {
        assert_eq!(orders(&[1, 2]), [[1, 2], [2, 1]]);
        assert_eq!(orders(&[1, 2, 3]).len(), 6);
    }

    #[test]
    fn a_word_is_one_that_a_role_may_be() {
        assert_eq!(word("S-V1", "item"), "item_s_v1");
        assert_eq!(word("\u{1b}[31m", "item"), "item_31m");
        assert_eq!(word("", "item"), "item");
    }
}
