//! What a played step looks like in an event, made only where somebody wants to see it.

use std::collections::BTreeMap;
use std::sync::Arc;

use countermand_event::{CallRecord, Shown, StepRecord};
use serde_json::{Map, Value};

use super::exchange::RawExchange;
use crate::check::{Entity, Made, Names, StateView, resolve_role};
use crate::scenario::{On, OrderRef};
use crate::secrets::Redactor;
use crate::spec::Spec;
use crate::spec::binding::Outcome;
use crate::template::{self, Scope};

type State = (Arc<Vec<StateView>>, Arc<Vec<Names>>);

/// An order of the case and the identity of a thing in it; of the order itself that is empty.
type Key = (usize, String);

/// A step that was played.
pub(super) struct Played {
    pub(super) number: usize,
    pub(super) call: PlayedCall,
    pub(super) beside: Vec<PlayedCall>,
    pub(super) before: State,
    pub(super) after: State,
    pub(super) exchanges: Vec<RawExchange>,
    /// What was received since the step before it.
    pub(super) webhooks: Vec<RawExchange>,
}

/// A call of it, and the order and identity of what it was made on.
pub(super) struct PlayedCall {
    on: Option<Key>,
    record: CallRecord,
}

impl PlayedCall {
    pub(super) fn of(made: &Made<'_>) -> Self {
        let on = match &made.call.on {
            On::Role(role) => Some(role.clone()),
            On::Unknown(kind) => Some(format!("unknown {kind}")),
            On::Order => None,
        };
        let record = CallRecord {
            call: made.call.name.clone(),
            on,
            with: template::to_json(&made.with).ok().flatten(),
            outcome: made.answer.outcome.word().to_owned(),
        };
        let order = match made.call.order {
            OrderRef::Named(order) => Some((order, String::new())),
            OrderRef::Unknown => None,
        };
        Self { on: made.on.clone().or(order), record }
    }
}

impl Played {
    /// Whether every call of it was refused.
    pub(super) fn is_refused(&self) -> bool {
        std::iter::once(&self.call).chain(&self.beside).all(|call| call.record.outcome == Outcome::Refused.word())
    }

    /// The state that the step began with.
    pub(super) fn start(&self, spec: &Spec) -> Value {
        state(spec, &self.before.0, &self.before.1)
    }

    pub(super) fn show(&self, spec: &Spec, redactor: &Redactor) -> StepRecord {
        let before = labels(spec, &self.before.0, &self.before.1);
        let after = labels(spec, &self.after.0, &self.after.1);
        let moved = |key: &Key| before.get(key) != after.get(key);
        let called =
            |key: &Key| std::iter::once(&self.call).chain(&self.beside).any(|call| call.on.as_ref() == Some(key));
        let concerns = |key: &Key| moved(key) || called(key);
        let shown = |labels: &BTreeMap<Key, Shown>| {
            labels.iter().filter(|(key, _)| concerns(key)).map(|(_, shown)| shown.clone()).collect()
        };
        StepRecord {
            step: self.number,
            call: self.call.record.call.clone(),
            on: self.call.record.on.clone(),
            with: self.call.record.with.clone(),
            outcome: self.call.record.outcome.clone(),
            beside: self.beside.iter().map(|call| call.record.clone()).collect(),
            before: shown(&before),
            after: shown(&after),
            state: state(spec, &self.after.0, &self.after.1),
            exchanges: self.exchanges.iter().map(|raw| raw.show(redactor)).collect(),
            webhooks: self.webhooks.iter().map(|raw| raw.show(redactor)).collect(),
        }
    }
}

/// Every entity's role and label, and those of the orders.
fn labels(spec: &Spec, views: &[StateView], names: &[Names]) -> BTreeMap<Key, Shown> {
    let mut labels = BTreeMap::new();
    for (order, (view, names)) in views.iter().zip(names).enumerate() {
        let order_label = spec.order_label.as_ref().map(|label| render(label, &view.order)).unwrap_or_default();
        labels.insert((order, String::new()), Shown { role: of_order("order", order), label: order_label });
        for entity in &view.entities {
            let label =
                spec.kind(&entity.kind).and_then(|kind| kind.label.as_ref()).map(|label| render(label, &entity.fields));
            let shown = Shown { role: role(names, view, entity), label: label.unwrap_or_default() };
            labels.insert((order, entity.ident.clone()), shown);
        }
    }
    labels
}

fn render(label: &template::Text, fields: &BTreeMap<String, Value>) -> String {
    let mut scope = Scope::default();
    for (name, value) in fields {
        scope.set(name, template::from_json(value));
    }
    // A label is a courtesy: where a field it speaks of is missing, there is none.
    label.render(&scope, str::to_owned).unwrap_or_default()
}

/// The role of an entity; nested ones by their parent's role and their product.
pub(crate) fn role(names: &Names, view: &StateView, entity: &Entity) -> String {
    let direct = names.role_of(&entity.ident);
    if direct != entity.ident {
        return direct.to_owned();
    }
    let parent = entity.parent.as_ref().and_then(|parent| view.entity(parent));
    let product = names.products.iter().find(|(_, same)| **same == entity.same).map(|(name, _)| name);
    match (parent, product) {
        (Some(parent), Some(product)) => {
            let nested = format!("{}.{product}", role(names, view, parent));
            let found = resolve_role(names, view, &nested).is_some_and(|found| found.ident == entity.ident);
            if found { nested } else { entity.ident.clone() }
        }
        _ => entity.ident.clone(),
    }
}

/// What is told of an order under this name; of a further order of the case with its number.
fn of_order(name: &str, index: usize) -> String {
    if index == 0 { name.to_owned() } else { format!("{name} {}", index + 1) }
}

/// `{order: {…}, items: {mug: {…}}}`: the whole state by role.
pub(crate) fn state(spec: &Spec, views: &[StateView], names: &[Names]) -> Value {
    let mut state = Map::new();
    for (index, (view, names)) in views.iter().zip(names).enumerate() {
        state.insert(of_order("order", index), view.order.clone().into_iter().collect());
        for entity in &view.entities {
            let plural = spec.kind(&entity.kind).map_or(entity.kind.as_str(), |kind| kind.plural.as_str());
            let group = state.entry(plural).or_insert_with(|| Value::Object(Map::new()));
            if let Value::Object(group) = group {
                group.insert(role(names, view, entity), entity.fields.clone().into_iter().collect());
            }
        }
        for group in &spec.groups {
            let rows = view.groups.get(&group.name).into_iter().flatten();
            let shown = rows.map(|(key, fields)| {
                let product =
                    names.products.iter().find(|(_, same)| same.as_str() == Some(key) || same.to_string() == *key);
                (
                    product.map_or_else(|| key.clone(), |(name, _)| name.clone()),
                    fields.clone().into_iter().collect::<Value>(),
                )
            });
            state.insert(of_order(&group.plural, index), shown.collect());
        }
    }
    Value::Object(state)
}
