//! What differs between two states, entity by entity and field by field.

use serde_json::Value;

use super::value::type_of;
use super::{Entity, Names, Spot, StateView};
use crate::spec::Spec;

/// One difference between two states.
pub(super) struct Change {
    pub(super) path: String,
    /// The identity of the entity; empty for the order.
    pub(super) ident: String,
    /// The field; absent where the entity itself appeared or vanished.
    pub(super) field: Option<String>,
    pub(super) before: Option<Value>,
    pub(super) after: Option<Value>,
    /// The kind of the entity; empty for the order.
    kind: String,
}

impl Change {
    /// What it is about, in this order of the case.
    pub(super) fn spot(&self, spec: &Spec, order: usize, names: &[Names]) -> Spot {
        let spot = match self.ident.as_str() {
            "" => Spot::of_order(order),
            ident => Spot::of_thing(order, names, ident),
        };
        match &self.field {
            Some(field) => spot.in_field(spec, &self.kind, field),
            None => spot,
        }
    }

    /// Whether a field has another type than before; what is null has none.
    pub(super) fn is_retyped(&self) -> bool {
        match (&self.field, &self.before, &self.after) {
            (Some(_), Some(before), Some(after)) => {
                let types = (type_of(before), type_of(after));
                matches!(types, (Some(before), Some(after)) if before != after)
            }
            _ => false,
        }
    }
}

/// The path of an entity in messages: `items.mug`.
pub(super) fn entity_path(spec: &Spec, kind: &str, role: &str) -> String {
    format!("{}.{role}", spec.kind(kind).map_or(kind, |kind| kind.plural.as_str()))
}

/// Everything in which `after` differs from `before`, in what both views map.
pub(super) fn between(spec: &Spec, names: &Names, before: &StateView, after: &StateView) -> Vec<Change> {
    let mut changes = Vec::new();
    for field in &spec.order_fields {
        let (was, now) = (before.order.get(&field.name), after.order.get(&field.name));
        if was != now && before.maps("", &field.name) && after.maps("", &field.name) {
            changes.push(Change {
                path: format!("order.{}", field.name),
                ident: String::new(),
                field: Some(field.name.clone()),
                before: was.cloned(),
                after: now.cloned(),
                kind: String::new(),
            });
        }
    }
    for entity in before.entities.iter().filter(|entity| after.maps_kind(&entity.kind)) {
        match after.entity(&entity.ident) {
            Some(now) if now.fields == entity.fields => {}
            Some(now) => {
                let mapped = |field: &str| before.maps(&entity.kind, field) && after.maps(&entity.kind, field);
                changes.extend(fields(spec, names, entity, now, &mapped));
            }
            None => changes.push(whole(spec, names, entity, true)),
        }
    }
    let appeared =
        after.entities.iter().filter(|entity| before.maps_kind(&entity.kind) && before.entity(&entity.ident).is_none());
    changes.extend(appeared.map(|entity| whole(spec, names, entity, false)));
    changes
}

fn path(spec: &Spec, names: &Names, entity: &Entity) -> String {
    entity_path(spec, &entity.kind, names.role_of(&entity.ident))
}

fn fields(spec: &Spec, names: &Names, before: &Entity, after: &Entity, mapped: &dyn Fn(&str) -> bool) -> Vec<Change> {
    let known = spec.kind(&before.kind).map(|kind| kind.fields.as_slice()).unwrap_or_default();
    let changed = known
        .iter()
        .filter(|field| before.fields.get(&field.name) != after.fields.get(&field.name) && mapped(&field.name));
    changed
        .map(|field| Change {
            path: format!("{}.{}", path(spec, names, after), field.name),
            ident: before.ident.clone(),
            field: Some(field.name.clone()),
            before: before.fields.get(&field.name).cloned(),
            after: after.fields.get(&field.name).cloned(),
            kind: before.kind.clone(),
        })
        .collect()
}

fn whole(spec: &Spec, names: &Names, entity: &Entity, vanished: bool) -> Change {
    let value = serde_json::to_value(&entity.fields).ok();
    Change {
        path: path(spec, names, entity),
        ident: entity.ident.clone(),
        field: None,
        before: if vanished { value.clone() } else { None },
        after: if vanished { None } else { value },
        kind: entity.kind.clone(),
    }
}
