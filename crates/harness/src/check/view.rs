//! The state as a view shows it: entities with their fields, sums per product, the order's own fields.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::Value;

use crate::spec::binding::View;
use crate::spec::{Aggregate, Group, Kind, Spec};
use crate::template::{self, Data, ExprError, Scope};

/// Fields by name; a field the target does not show is absent.
pub(super) type Fields = BTreeMap<String, Value>;

/// One entity of the order.
#[derive(Debug, Clone)]
pub(crate) struct Entity {
    pub(crate) kind: String,
    /// What it is known by from read to read: its id, or for nested kinds parent and product.
    pub(crate) ident: String,
    /// The id that a call uses.
    pub(crate) id: Value,
    /// The target's key of its product.
    pub(crate) same: Value,
    pub(crate) parent: Option<String>,
    pub(crate) fields: Fields,
    /// The element of the answer it was read from.
    pub(crate) raw: Data,
    /// Its fields, its id and its product, as expressions see them.
    pub(crate) shown: Data,
}

/// The state of one order.
#[derive(Debug, Clone, Default)]
pub(crate) struct StateView {
    pub(crate) order: Fields,
    pub(crate) entities: Vec<Entity>,
    /// Group → the target's key of a product → sums.
    pub(crate) groups: BTreeMap<String, BTreeMap<String, Fields>>,
    /// What the view's reads captured, for expressions over the raw answer.
    pub(crate) raw: Data,
    /// Every `(kind, field)` the view maps; of the order the kind is empty.
    pub(crate) mapped: Arc<BTreeSet<(String, String)>>,
    pub(crate) shown: Shown,
}

/// A state as expressions see it: made once, when it is read, and asked many times.
#[derive(Debug, Clone, Default)]
pub(crate) struct Shown {
    pub(crate) order: Data,
    /// The entities of each kind, in the order of the spec's kinds.
    pub(crate) kinds: Vec<Data>,
    /// The rows of each group by product, in the order of the spec's groups.
    pub(crate) groups: Vec<Data>,
}

impl StateView {
    pub(crate) fn entity(&self, ident: &str) -> Option<&Entity> {
        self.entities.iter().find(|entity| entity.ident == ident)
    }

    pub(crate) fn of_kind<'v>(&'v self, kind: &'v str) -> impl Iterator<Item = &'v Entity> {
        self.entities.iter().filter(move |entity| entity.kind == kind)
    }

    /// Of a product that the order had at first and that nothing of it is listed of, there are no units: its sums are 0.
    pub(crate) fn keep_products(&mut self, spec: &Spec, first: &Self) {
        let mut changed = false;
        for group in &spec.groups {
            let rows = self.groups.entry(group.name.clone()).or_default();
            for key in first.groups.get(&group.name).into_iter().flat_map(BTreeMap::keys) {
                if !rows.contains_key(key) {
                    rows.insert(key.clone(), group.fields.iter().map(|(name, _)| (name.clone(), 0.into())).collect());
                    changed = true;
                }
            }
        }
        if changed {
            self.shown = shown(spec, self);
        }
    }

    /// The same with every sum made by what entities count as; nothing where that is what they are.
    pub(super) fn regrouped(
        &self,
        spec: &Spec,
        counts_as: &BTreeMap<String, Value>,
    ) -> Result<Option<Self>, ExprError> {
        let other = |entity: &Entity| counts_as.get(&entity.ident).filter(|same| **same != entity.same).cloned();
        if self.entities.iter().all(|entity| other(entity).is_none()) {
            return Ok(None);
        }
        let mut counted = self.entities.clone();
        counted.iter_mut().for_each(|entity| entity.same = other(entity).unwrap_or_else(|| entity.same.clone()));
        let mut view = self.clone();
        for group in &spec.groups {
            view.groups.insert(group.name.clone(), sums(group, &counted)?);
        }
        view.shown = shown(spec, &view);
        Ok(Some(view))
    }

    /// Whether the view says anything of a field.
    pub(crate) fn maps(&self, kind: &str, field: &str) -> bool {
        self.mapped.contains(&(kind.to_owned(), field.to_owned()))
    }

    /// Whether the view says anything of a kind.
    pub(crate) fn maps_kind(&self, kind: &str) -> bool {
        self.mapped.iter().any(|(known, _)| known == kind)
    }
}

/// Applies a view's expressions to what its reads captured.
pub(crate) fn read_view(spec: &Spec, view: &View, captured: &Scope) -> Result<StateView, ExprError> {
    let mut state = StateView { order: fields(&view.order, captured)?, ..StateView::default() };
    for kind in spec.kinds_in(None) {
        kind_entities(spec, view, kind, None, captured, &mut state.entities)?;
    }
    for group in &spec.groups {
        state.groups.insert(group.name.clone(), sums(group, &state.entities)?);
    }
    state.raw = Data::from_object(captured.clone());
    state.mapped = Arc::clone(&view.mapped);
    state.shown = shown(spec, &state);
    Ok(state)
}

fn shown(spec: &Spec, state: &StateView) -> Shown {
    let entities =
        |kind: &Kind| state.of_kind(&kind.name).map(|entity| entity.shown.clone()).collect::<Vec<_>>().into();
    let rows = |group: &Group| match state.groups.get(&group.name) {
        Some(rows) => template::map(rows.iter().map(|(key, fields)| (key.as_str(), data(fields)))),
        None => Data::UNDEFINED,
    };
    Shown {
        order: data(&state.order),
        kinds: spec.kinds.iter().map(entities).collect(),
        groups: spec.groups.iter().map(rows).collect(),
    }
}

fn kind_entities(
    spec: &Spec,
    view: &View,
    kind: &Kind,
    parent: Option<&Entity>,
    captured: &Scope,
    out: &mut Vec<Entity>,
) -> Result<(), ExprError> {
    let Some(mapping) = view.kinds.get(&kind.name) else { return Ok(()) };
    let scope = match parent {
        Some(parent) => captured.with("parent", parent.raw.clone()),
        None => captured.clone(),
    };
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for raw in mapping.each.list(&scope)? {
        let scope = scope.with("it", raw.clone());
        let id = mapping.id.json(&scope)?.unwrap_or(Value::Null);
        let same = mapping.same.json(&scope)?.unwrap_or(Value::Null);
        let name = match parent {
            Some(parent) => format!("{}/{}", parent.ident, key(&same)),
            None => {
                key(&mapping.ident.as_ref().map_or(Ok(None), |ident| ident.json(&scope))?.unwrap_or_else(|| id.clone()))
            }
        };
        // Two rows with one name stay two: the second is another entity.
        let count = seen.entry(name.clone()).or_default();
        *count += 1;
        let ident = if *count == 1 { name } else { format!("{name}#{count}") };
        let parent_ident = parent.map(|parent| parent.ident.clone());
        let fields = fields(&mapping.fields, &scope)?;
        let shown = entity_data(&fields, &id, &same, parent);
        let kind_name = kind.name.clone();
        let entity = Entity { kind: kind_name, ident, id, same, parent: parent_ident, fields, raw, shown };
        let mut nested = Vec::new();
        for child in spec.kinds_in(Some(&kind.name)) {
            kind_entities(spec, view, child, Some(&entity), captured, &mut nested)?;
        }
        out.push(entity);
        out.append(&mut nested);
    }
    Ok(())
}

/// An entity's fields, its id, and, where no field is called so, its product and what it is nested in.
fn entity_data(fields: &Fields, id: &Value, same: &Value, parent: Option<&Entity>) -> Data {
    let field = |(name, value): (&'_ String, &Value)| (name.clone(), template::from_json(value));
    let mut all: BTreeMap<String, Data> = fields.iter().map(field).collect();
    all.insert("id".to_owned(), template::from_json(id));
    all.entry("product".to_owned()).or_insert_with(|| template::from_json(same));
    if let Some(parent) = parent {
        all.entry("parent".to_owned()).or_insert_with(|| parent.shown.clone());
    }
    template::map(all)
}

/// Evaluates fields in the order of the file; later ones can name earlier ones as `fields.NAME`.
pub(super) fn fields(mapping: &[(String, template::Expr)], scope: &Scope) -> Result<Fields, ExprError> {
    let mut out = Fields::new();
    for (name, expr) in mapping {
        let value =
            if expr.mentions("fields") { expr.json(&scope.with("fields", data(&out)))? } else { expr.json(scope)? };
        if let Some(value) = value {
            out.insert(name.clone(), value);
        }
    }
    Ok(out)
}

fn sums(group: &Group, entities: &[Entity]) -> Result<BTreeMap<String, Fields>, ExprError> {
    let mut sums: BTreeMap<String, Fields> = BTreeMap::new();
    for entity in entities.iter().filter(|entity| entity.kind == group.of) {
        let counts = match &group.when {
            Some(when) => {
                let parent =
                    entity.parent.as_ref().and_then(|ident| entities.iter().find(|other| other.ident == *ident));
                let parent = parent.map_or(Data::UNDEFINED, |parent| data(&parent.fields));
                let scope = Scope::default().with("it", data(&entity.fields)).with("parent", parent);
                when.holds(&scope)?
            }
            None => true,
        };
        let row = sums.entry(key(&entity.same)).or_default();
        for (field, aggregate) in &group.fields {
            let add = match aggregate {
                Aggregate::Count => 1,
                Aggregate::Sum => entity.fields.get(field).and_then(Value::as_i64).unwrap_or(0),
            };
            let before = row.get(field).and_then(Value::as_i64).unwrap_or(0);
            let sum = if counts { before.saturating_add(add) } else { before };
            row.insert(field.clone(), Value::from(sum));
        }
    }
    Ok(sums)
}

/// Fields as one value of expressions.
fn data(fields: &Fields) -> Data {
    template::map(fields.iter().map(|(name, value)| (name.as_str(), template::from_json(value))))
}

/// The sums of a product and its key.
pub(super) fn row_data(key: &str, row: &Fields) -> Data {
    let mut all: BTreeMap<&str, Data> =
        row.iter().map(|(name, value)| (name.as_str(), template::from_json(value))).collect();
    all.insert("product", Data::from(key));
    template::map(all)
}

/// A value as a map key: texts as they are, anything else as JSON.
pub(crate) fn key(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
