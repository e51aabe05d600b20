//! The keys of `order:`, what an order holds before the first step, and of `webhooks:`, by what they are registered.

use std::collections::BTreeMap;
use std::sync::Arc;

use countermand_text::{Key, Node, Span, Tree, suggest};
use serde_json::Value;

use super::closed;
use super::roles::{Roles, UNKNOWN};
use crate::scenario::case::{OrderSetUp, RoleSetUp};
use crate::spec::{Field, Kind};

impl Roles<'_> {
    pub(super) fn order(&mut self, name: String, at: Span, node: &Node) -> OrderSetUp {
        let prefix = if name.is_empty() { String::new() } else { format!("{name}.") };
        let mut roles = Vec::new();
        let entries = self.reader.entries(node, "the order's entities by kind");
        let is_own = |(key, _): &&(Key, Node)| self.spec.order_set_up.contains(&key.text);
        let fields = entries.iter().filter(is_own).map(|(key, node)| {
            self.can_be(&self.spec.order_fields, "the order", key, node);
            (key.text.clone(), self.reader.value(node))
        });
        let fields = fields.collect();
        self.entities(entries, None, &prefix, &mut roles);
        if matches!(&node.tree, Tree::Map(entries) if entries.is_empty()) {
            self.reader.problem(node.at, "the order is empty", Some(self.order_example()));
        }
        OrderSetUp { name, at, fields, roles }
    }

    /// What a set-up asks of a field that the view shows is something that it can be.
    fn can_be(&self, fields: &[Field], whose: &str, key: &Key, node: &Node) {
        let field = fields.iter().find(|field| field.name == key.text);
        field.into_iter().for_each(|field| closed::value(self.reader, whose, field, node));
    }

    /// How an order of this spec is written.
    pub(super) fn order_example(&self) -> String {
        let kind = self.spec.kinds_in(None).next().map_or("items", |kind| kind.plural.as_str());
        format!("write `order: {{ {kind}: {{ ROLE: {{ … }} }} }}`")
    }

    /// `items: {mug: {…}}`, at the top or nested in `parent`.
    fn entities(
        &mut self,
        entries: &[(Key, Node)],
        parent: Option<(&Kind, &str)>,
        prefix: &str,
        out: &mut Vec<RoleSetUp>,
    ) {
        let spec = Arc::clone(self.spec);
        let plurals = spec.kinds_in(parent.map(|(kind, _)| kind.name.as_str())).map(|kind| kind.plural.as_str());
        let own = spec.order_set_up.iter().map(String::as_str).filter(|_| parent.is_none());
        let known: Vec<&str> = plurals.chain(own).collect();
        for (key, node) in entries {
            if !self.reader.known(key.at, "kind", &key.text, known.iter().copied()) {
                continue;
            }
            let Some(kind) = spec.kinds.iter().find(|kind| kind.plural == key.text) else { continue };
            for (role, node) in self.reader.entries(node, "roles and what they are") {
                self.entity(kind, role, node, parent.map(|(_, role)| role), prefix, out);
            }
        }
    }

    fn entity(
        &mut self,
        kind: &Kind,
        key: &Key,
        node: &Node,
        parent: Option<&str>,
        prefix: &str,
        out: &mut Vec<RoleSetUp>,
    ) {
        let reader = self.reader;
        if key.text == UNKNOWN || key.text.contains('.') || key.text.is_empty() {
            let hint =
                Some(format!("a role is one word; `{UNKNOWN}` stands for an id nobody has, and a dot means nesting"));
            reader.problem(key.at, format!("`{}` can't be a role", key.text), hint);
        }
        let role = parent.map_or_else(|| format!("{prefix}{}", key.text), |parent| format!("{parent}.{}", key.text));
        if self.known.insert(role.clone(), kind.name.clone()).is_some() {
            let hint = Some("give one of the two another name".to_owned());
            reader.problem(key.at, format!("the role `{role}` stands here a second time"), hint);
        }
        let mut fields: BTreeMap<String, Value> = BTreeMap::new();
        let mut product = key.text.clone();
        let mut nested: Vec<(Key, Node)> = Vec::new();
        for (field, node) in reader.entries(node, "the entity's fields") {
            if field.text == "product" {
                product = reader.text(node, "the role whose product it shares").unwrap_or_default().to_owned();
            } else if self.spec.kinds_in(Some(&kind.name)).any(|child| child.plural == field.text) {
                nested.push((field.clone(), node.clone()));
            } else if kind.set_up.contains_key(&field.text) {
                if self.spec.is_summed(&kind.name, &field.text) {
                    reader.number(node, &format!("a number, as `{}` is summed", field.text));
                }
                self.can_be(&kind.fields, &format!("kind `{}`", kind.name), field, node);
                fields.insert(field.text.clone(), reader.value(node));
            } else {
                let children = self.spec.kinds_in(Some(&kind.name)).map(|child| child.plural.as_str());
                let words: Vec<&str> =
                    kind.set_up.keys().map(String::as_str).chain(["product"]).chain(children).collect();
                reader.problem(
                    field.at,
                    format!("unknown key `{}` in the set-up of kind `{}`", field.text, kind.name),
                    suggest::spaced(&field.text).or_else(|| suggest::hint(&field.text, words)),
                );
            }
        }
        for (name, default) in &kind.set_up {
            match (fields.contains_key(name), default) {
                (false, Some(default)) => drop(fields.insert(name.clone(), default.clone())),
                (false, None) => {
                    let hint = Some(format!("write `{}: {{ {name}: … }}`", key.text));
                    reader.problem(key.at, format!("`{role}` needs `{name}`"), hint);
                }
                (true, _) => {}
            }
        }
        let name = format!("{prefix}{product}");
        if self.spec.is_leaf(&kind.name) && !self.products.contains(&name) {
            self.products.push(name);
        }
        out.push(RoleSetUp {
            role: role.clone(),
            kind: kind.name.clone(),
            parent: parent.map(str::to_owned),
            product,
            fields: fields.into_iter().collect(),
        });
        self.entities(&nested, Some((kind, &role)), prefix, out);
    }

    /// What the webhooks are registered with, as the binding's `with`.
    pub(super) fn registration(&self, node: &Node) -> Value {
        let reader = self.reader;
        if self.spec.webhooks.is_none() {
            reader.problem(node.at, "the spec says nothing of webhooks", Some("leave it out".to_owned()));
        }
        let _ = reader.entries(node, "what webhooks are registered with: a map of arguments");
        node.to_json()
    }
}
