//! The state as a view shows it: entities with their fields, sums per product, the order's own fields.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::Value;

use crate::spec::binding::View;
use crate::spec::{Aggregate, Group, Kind, Spec};
use crate::template::{self, Data, ExprError, Scope, Sum};

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
    /// What stands where the entities of a kind should be listed, where that is neither a list nor nothing.
    pub(crate) unlisted: BTreeMap<String, Value>,
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

    /// Of a product that the order had at first and that nothing of it is listed of, there are no units: its sums are 0, unless
    /// nothing is listed at all.
    pub(crate) fn keep_products(&mut self, spec: &Spec, first: &Self) {
        let mut changed = false;
        for group in &spec.groups {
            let rows = self.groups.entry(group.name.clone()).or_default();
            for key in first.groups.get(&group.name).into_iter().flat_map(BTreeMap::keys) {
                if !rows.contains_key(key) {
                    let shown = group.fields.iter().filter(|(name, aggregate)| {
                        *aggregate == Aggregate::Count || self.mapped.contains(&(group.of.clone(), name.clone()))
                    });
                    let none = self.unlisted.get(&group.of).cloned().unwrap_or_else(|| 0.into());
                    rows.insert(key.clone(), shown.map(|(name, _)| (name.clone(), none.clone())).collect());
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
        let mut counted = self.clone();
        let recount = |entity: &mut Entity| entity.same = other(entity).unwrap_or_else(|| entity.same.clone());
        counted.entities.iter_mut().for_each(recount);
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

/// Applies a view's expressions to what its reads captured, whatever that is: what can't be read is not there. An order that
/// was just set up, and of which the fields can't be worked out, is an error: then the view does not fit the target.
pub(crate) fn read_view(spec: &Spec, view: &View, captured: &Scope, is_set_up: bool) -> Result<StateView, ExprError> {
    let mapped = Arc::clone(&view.mapped);
    let mut state = StateView { order: fields(&view.order, captured, is_set_up)?, mapped, ..StateView::default() };
    let reads = Reads { spec, view, captured, is_set_up };
    for kind in spec.kinds_in(None) {
        reads.entities(kind, None, &mut state)?;
    }
    for group in &spec.groups {
        state.groups.insert(group.name.clone(), sums(group, &state)?);
    }
    state.raw = Data::from_object(captured.clone());
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

/// What the entities of an order are read from.
struct Reads<'r> {
    spec: &'r Spec,
    view: &'r View,
    captured: &'r Scope,
    is_set_up: bool,
}

impl Reads<'_> {
    fn entities(&self, kind: &Kind, parent: Option<&Entity>, out: &mut StateView) -> Result<(), ExprError> {
        let Some(mapping) = self.view.kinds.get(&kind.name) else { return Ok(()) };
        let scope = match parent {
            Some(parent) => self.captured.with("parent", parent.raw.clone()),
            None => self.captured.clone(),
        };
        let mut seen: BTreeMap<String, usize> = BTreeMap::new();
        let listed = mapping.each.answered().eval(&scope)?;
        let Some(rows) = template::elements(&listed) else {
            // A new order may list nothing, and not list nothing at all.
            if self.is_set_up && !listed.is_none() {
                mapping.each.list(&scope)?;
            }
            if let Some(odd) = template::to_json(&listed).ok().flatten().filter(|odd| !odd.is_null()) {
                out.unlisted.insert(kind.name.clone(), odd);
            }
            return Ok(());
        };
        for raw in rows {
            let scope = scope.with("it", raw.clone());
            let id = mapping.id.answered().json(&scope)?.unwrap_or(Value::Null);
            let same = mapping.same.answered().json(&scope)?.unwrap_or(Value::Null);
            let name = match parent {
                Some(parent) => format!("{}/{}", parent.ident, key(&same)),
                None => {
                    let ident = mapping.ident.as_ref().map_or(Ok(None), |ident| ident.answered().json(&scope))?;
                    key(&ident.unwrap_or_else(|| id.clone()))
                }
            };
            // Two rows with one name stay two: the second is another entity.
            let count = seen.entry(name.clone()).or_default();
            *count += 1;
            let ident = if *count == 1 { name } else { format!("{name}#{count}") };
            let parent_ident = parent.map(|parent| parent.ident.clone());
            let fields = fields(&mapping.fields, &scope, self.is_set_up)?;
            let shown = entity_data(&fields, &id, &same, parent);
            let kind_name = kind.name.clone();
            let entity = Entity { kind: kind_name, ident, id, same, parent: parent_ident, fields, raw, shown };
            out.entities.push(entity.clone());
            for child in self.spec.kinds_in(Some(&kind.name)) {
                self.entities(child, Some(&entity), out)?;
            }
        }
        Ok(())
    }
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

/// Evaluates fields in the order of the file; later ones can name earlier ones as `fields.NAME`. One that can't be worked out is
/// not there, or an error where `is_strict`.
pub(super) fn fields(
    mapping: &[(String, template::Expr)],
    scope: &Scope,
    is_strict: bool,
) -> Result<Fields, ExprError> {
    let mut out = Fields::new();
    for (name, expr) in mapping {
        let own;
        let scope = match expr.mentions("fields") {
            true => {
                own = scope.with("fields", data(&out));
                &own
            }
            false => scope,
        };
        let value = if is_strict { expr.json(scope)? } else { expr.answered().json(scope)? };
        if let Some(value) = value {
            out.insert(name.clone(), value);
        }
    }
    Ok(out)
}

/// The sums of a group by product. What is to be added and is no number is what the sum is instead; of a field that the view
/// says nothing of there is none.
fn sums(group: &Group, state: &StateView) -> Result<BTreeMap<String, Fields>, ExprError> {
    let mut sums: BTreeMap<String, BTreeMap<&str, Sum>> = BTreeMap::new();
    for entity in state.of_kind(&group.of) {
        let counts = match &group.when {
            Some(when) => {
                let parent = entity.parent.as_ref().and_then(|ident| state.entity(ident));
                let parent = parent.map_or(Data::UNDEFINED, |parent| data(&parent.fields));
                let scope = Scope::default().with("it", data(&entity.fields)).with("parent", parent);
                when.answered().holds(&scope)?
            }
            None => true,
        };
        let row = sums.entry(key(&entity.same)).or_default();
        let of_view = |(field, aggregate): &&(String, Aggregate)| {
            matches!(aggregate, Aggregate::Count) || state.maps(&group.of, field)
        };
        for (field, aggregate) in group.fields.iter().filter(of_view) {
            let sum = row.entry(field).or_default();
            match (counts, aggregate) {
                (false, _) => {}
                (true, Aggregate::Count) => sum.add(Data::from(1)),
                (true, Aggregate::Sum) => {
                    sum.add(entity.fields.get(field).map_or(Data::UNDEFINED, template::from_json));
                }
            }
        }
    }
    // What is missing of one may be of any product.
    if let Some(odd) = state.unlisted.get(&group.of) {
        sums.values_mut().flat_map(BTreeMap::values_mut).for_each(|sum| sum.add(template::from_json(odd)));
    }
    let total = |(field, sum): (&str, Sum)| Some((field.to_owned(), template::to_json(&sum.total()).ok().flatten()?));
    Ok(sums.into_iter().map(|(key, row)| (key, row.into_iter().filter_map(total).collect())).collect())
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
