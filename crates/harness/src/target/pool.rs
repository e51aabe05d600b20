//! Orders that were made beforehand, for endpoints where nobody can create one: each is used once.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use countermand_text::{Fields, Node, Reader, Span, read_file, shown, yaml};
use serde_json::Value;

use crate::scenario::{OrderSetUp, RoleSetUp};
use crate::spec::{Kind, Spec};

/// The orders of a file, and which of them were used.
#[derive(Debug)]
pub(crate) struct Pool {
    orders: Mutex<Vec<Option<Arc<PoolOrder>>>>,
}

/// One order that is there already.
#[derive(Debug)]
pub(crate) struct PoolOrder {
    /// What is known of it, as if it had been captured: `order.NAME`.
    pub(crate) known: BTreeMap<String, Value>,
    entities: Vec<PoolEntity>,
}

/// What is in it.
#[derive(Debug)]
struct PoolEntity {
    kind: String,
    product: Value,
    fields: BTreeMap<String, Value>,
}

impl Pool {
    /// Takes an order that is what a scenario asks for, and the product of each of its roles, in their order.
    pub(crate) fn take(&self, wanted: &OrderSetUp) -> Option<(Arc<PoolOrder>, Vec<Value>)> {
        let mut orders = self.orders.lock().unwrap_or_else(PoisonError::into_inner);
        orders.iter_mut().find_map(|slot| {
            let products = slot.as_ref()?.fits(&wanted.roles)?;
            Some((slot.take()?, products))
        })
    }
}

impl PoolOrder {
    /// The product of each role, where the order holds just what the roles ask for. Roles that share a product share one here.
    fn fits(&self, roles: &[RoleSetUp]) -> Option<Vec<Value>> {
        if roles.len() != self.entities.len() {
            return None;
        }
        let mut free: Vec<&PoolEntity> = self.entities.iter().collect();
        let mut chosen: BTreeMap<&str, &Value> = BTreeMap::new();
        let mut products = Vec::new();
        for role in roles {
            let known = chosen.get(role.product.as_str()).copied();
            let fits = |entity: &&PoolEntity| {
                let shared = known.map_or_else(
                    || !chosen.values().any(|product| **product == entity.product),
                    |product| *product == entity.product,
                );
                entity.kind == role.kind
                    && entity.fields.iter().eq(role.fields.iter().map(|(name, value)| (name, value)))
                    && shared
            };
            let entity = free.remove(free.iter().position(fits)?);
            chosen.insert(&role.product, &entity.product);
            products.push(entity.product.clone());
        }
        Some(products)
    }
}

/// Reads the file that `at` names.
pub(super) fn read(reader: &Reader, at: Span, path: &Path, spec: &Spec) -> Option<Pool> {
    if let Some(kind) = spec.kinds.iter().find(|kind| kind.parent.is_some()) {
        let message = format!("spec `{}` nests kinds (`{}`): its orders can't come from a pool", spec.name, kind.name);
        reader.problem(at, message, Some("create them with requests".to_owned()));
        return None;
    }
    let shown = shown(path);
    let bytes = match read_file(path) {
        Ok(bytes) => bytes,
        Err(error) => {
            reader.unreadable(at, path, &error);
            return None;
        }
    };
    let (source, root) = yaml::parse(&shown, &bytes).map_err(|problem| reader.add(problem)).ok()?;
    let pool_reader = Reader::new(source);
    let mut fields = pool_reader.fields(&root, "a file of orders");
    crate::spec::read_format(&pool_reader, &mut fields);
    let orders = fields.need("orders").map(|node| pool_reader.list(node, "a list of orders")).unwrap_or_default();
    let orders = orders.iter().map(|node| Some(Arc::new(read_order(&pool_reader, node, spec)))).collect();
    fields.finish();
    pool_reader.into_problems().into_iter().for_each(|problem| reader.add(problem));
    Some(Pool { orders: Mutex::new(orders) })
}

/// `{ order: { id: … }, items: [ { product: …, quantity: 3 } ] }`.
fn read_order(reader: &Reader, node: &Node, spec: &Spec) -> PoolOrder {
    let mut fields = reader.fields(node, "an order");
    let known = fields
        .need_as("order", "order: { id: … }")
        .map(|node| reader.entries(node, "what is known of the order"))
        .unwrap_or_default();
    let known = known.iter().map(|(key, node)| (key.text.clone(), node.to_json())).collect();
    let mut entities = Vec::new();
    for (key, node) in fields.rest() {
        let plurals: Vec<&str> = spec.kinds.iter().map(|kind| kind.plural.as_str()).collect();
        if !reader.known(key.at, "kind", &key.text, plurals.iter().copied()) {
            continue;
        }
        let Some(kind) = spec.kinds.iter().find(|kind| kind.plural == key.text) else { continue };
        let list = reader.list(node, "a list of what is in the order");
        entities.extend(list.iter().map(|node| read_entity(reader, node, kind)));
    }
    fields.finish();
    PoolOrder { known, entities }
}

fn read_entity(reader: &Reader, node: &Node, kind: &Kind) -> PoolEntity {
    let mut fields: Fields<'_, '_> = reader.fields(node, "an entity");
    let product = fields.need("product").map(Node::to_json).unwrap_or_default();
    let mut values: BTreeMap<String, Value> =
        kind.set_up.iter().filter_map(|(name, default)| Some((name.clone(), default.clone()?))).collect();
    for (key, node) in fields.rest() {
        if reader.known_field(
            key.at,
            &format!("the set-up of kind `{}`", kind.name),
            &key.text,
            kind.set_up.keys().map(String::as_str),
        ) {
            values.insert(key.text.clone(), node.to_json());
        }
    }
    for name in kind.set_up.keys().filter(|name| !values.contains_key(*name)) {
        reader.problem(node.at, format!("the {} needs `{name}`", kind.name), None);
    }
    PoolEntity { kind: kind.name.clone(), product, fields: values }
}
