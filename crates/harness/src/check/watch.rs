//! What a step is seen to have done where nothing is expected of it: names for what is new, and whether the spec's invariants
//! hold. Knows no claim.

use super::{Entity, Judgement, Moment, Names, StateView, invariants};
use crate::scenario::{name_of, product_of};
use crate::template::ExprError;

/// Looks at one step of a sequence.
pub(crate) fn watch(moment: &Moment<'_>) -> Result<Judgement, ExprError> {
    let mut names = moment.names.to_vec();
    for (order, (names, view)) in names.iter_mut().zip(moment.after).enumerate() {
        let called = moment.made.iter().filter_map(|made| made.on.as_ref()).find(|(of, _)| *of == order);
        let called = called.map(|(_, ident)| product_of(names.role_of(ident)).to_owned());
        name_new(names, view, called);
    }
    watch_named(moment, names)
}

/// The same, with the names as they are after the step.
pub(crate) fn watch_named(moment: &Moment<'_>, names: Vec<Names>) -> Result<Judgement, ExprError> {
    let mut judgement = Judgement { names, ..Judgement::default() };
    let scopes = invariants::scopes(moment);
    invariants::judge(moment, &scopes, &judgement.names, &mut judgement.found, &mut judgement.clauses)?;
    judgement.found.retain(|found| !moment.lacks.contains_key(&found.clause));
    judgement.clauses.retain(|clause| !moment.lacks.contains_key(clause));
    Ok(judgement)
}

/// Names what no role is bound to after its product, or where that tells nothing after what was `called`. Of several of one
/// product the order is that of their fields, never that of the answer.
pub(crate) fn name_new(names: &mut Names, view: &StateView, called: Option<String>) {
    names.learn_parents(view);
    let is_bound = |entity: &&Entity| names.roles.values().any(|ident| *ident == entity.ident);
    let mut fresh: Vec<(&Entity, String)> = view
        .entities
        .iter()
        .filter(|entity| entity.parent.is_none() && !is_bound(entity))
        .map(|entity| (entity, entity.fields.values().map(ToString::to_string).collect()))
        .collect();
    fresh.sort_by(|(_, a), (_, b)| a.cmp(b));
    for (entity, _) in fresh {
        let product = names.products.iter().find(|(_, same)| **same == entity.same).map(|(product, _)| product);
        let Some(product) = product.or(called.as_ref()) else { continue };
        let name = (2..).map(|number| name_of(product, number)).find(|name| !names.roles.contains_key(name));
        if let Some(name) = name {
            names.roles.insert(name, entity.ident.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::Entity;
    use super::*;
    use crate::template::Data;

    fn entity(ident: &str, same: Value, parent: Option<&str>, units: u64) -> Entity {
        Entity {
            kind: "box".to_owned(),
            ident: ident.to_owned(),
            id: Value::Null,
            same,
            parent: parent.map(str::to_owned),
            fields: [("units".to_owned(), json!(units))].into(),
            raw: Data::UNDEFINED,
            shown: Data::UNDEFINED,
        }
    }

    #[test]
    fn what_is_new_is_named_after_its_product_in_the_order_of_its_fields() {
        let mut names = Names::default();
        names.roles.insert("mug".to_owned(), "1".to_owned());
        names.products.extend([("cup".to_owned(), json!("C")), ("mug".to_owned(), json!("M"))]);
        let entities = vec![
            entity("1", json!("M"), None, 9),
            entity("4", json!("M"), None, 4),
            entity("3", json!("M"), None, 3),
            entity("3/M", json!("M"), Some("3"), 1),
            entity("5", json!("C"), None, 5),
            entity("6", json!("?"), None, 6),
        ];
        let view = StateView { entities, ..StateView::default() };
        name_new(&mut names, &view, Some("pot".to_owned()));
        let named: Vec<(&str, &str)> = names.roles.iter().map(|(role, ident)| (&**role, &**ident)).collect();
        assert_eq!(named, [("cup-2", "5"), ("mug", "1"), ("mug-2", "3"), ("mug-3", "4"), ("pot-2", "6")]);
        names.roles.retain(|_, ident| ident != "6");
        name_new(&mut names, &view, None);
        assert_eq!(names.roles.len(), 4, "what nothing is known of stays nameless");
    }
}
