//! The keys of kinds, groups, the order and webhooks: what entities there are and which fields they have.

use countermand_text::{Key, Node, Span, Tree};
use serde_json::Value;

use super::Vocabulary;
use crate::spec::shapes;
use crate::spec::words::{Aggregate, Call, Field, Group, Kind, WebhookWords};
use crate::template::{Expr, Nameable, Text};

/// What is said of the order itself.
pub(super) struct OrderPart {
    pub(super) unknown: Value,
    pub(super) fields: Vec<Field>,
    pub(super) set_up: Vec<String>,
    pub(super) label: Option<Text>,
}

/// A field named in a `moves_with`, to be looked up once all kinds are known.
pub(super) struct Follower {
    at: Span,
    name: String,
    own: Vec<String>,
}

impl Vocabulary<'_> {
    pub(super) fn kinds(&self, node: &Node) -> Vec<Kind> {
        let mut kinds: Vec<Kind> = Vec::new();
        for (key, node) in self.reader.entries(node, "kinds: a name and its description") {
            if let Some(kind) = self.kind(key, node, &kinds) {
                kinds.push(kind);
            }
        }
        kinds
    }

    fn kind(&self, key: &Key, node: &Node, before: &[Kind]) -> Option<Kind> {
        let reader = self.reader;
        let mut fields = reader.fields(node, "a kind");
        let plural = fields.need("plural").and_then(|node| reader.text(node, "the plural")).map(str::to_owned);
        let parent = fields.take("in").and_then(|node| reader.text(node, "a kind").map(|text| (node, text)));
        if let Some((node, parent)) = parent {
            reader.known(node.at, "kind", parent, before.iter().map(|kind| kind.name.as_str()));
        }
        let unknown = fields.take("unknown").map(Node::to_json);
        let set_up =
            fields.take("set_up").map(|node| reader.entries(node, "fields and their defaults")).unwrap_or_default();
        let set_up = set_up.iter().map(|(key, node)| {
            let required = matches!(&node.tree, Tree::Text(word) if word == "required");
            (key.text.clone(), (!required).then(|| node.to_json()))
        });
        let kind_fields = fields.need("fields").map(|node| self.fields_of(node)).unwrap_or_default();
        let own: Vec<String> = kind_fields.iter().map(|field: &Field| field.name.clone()).collect();
        let moves_with = fields.take("moves_with").map(|node| self.moves_with(node, &own)).unwrap_or_default();
        let label = fields.take("label").and_then(|node| self.label(node, &kind_fields));
        let kind = Kind {
            name: key.text.clone(),
            plural: plural?,
            parent: parent.map(|(_, name)| name.to_owned()),
            unknown,
            set_up: set_up.collect(),
            fields: kind_fields,
            moves_with,
            free: false,
            label,
        };
        fields.finish();
        Some(kind)
    }

    fn label(&self, node: &Node, fields: &[Field]) -> Option<Text> {
        Text::parse(self.reader, node, &Nameable::of(fields.iter().map(|field| &field.name)))
    }

    fn fields_of(&self, node: &Node) -> Vec<Field> {
        let entries = self.reader.entries(node, "fields");
        let own: Vec<String> = entries.iter().map(|(key, _)| key.text.clone()).collect();
        let mut fields = Vec::new();
        for (key, node) in entries {
            let mut parts = self.reader.fields(node, "a field");
            let moves_with = parts.take("moves_with").map(|node| self.moves_with(node, &own)).unwrap_or_default();
            let free = parts.take("free").is_some_and(|node| matches!(node.tree, Tree::Bool(true)));
            let matters_to = parts.take("matters_to").map(|node| self.matters_to(node));
            let values = parts.take("values").map(|node| self.values(node)).unwrap_or_default();
            parts.finish();
            fields.push(Field { name: key.text.clone(), moves_with, free, matters_to, values });
        }
        fields
    }

    /// Calls, which are looked up once all are known.
    fn matters_to(&self, node: &Node) -> Vec<String> {
        let names: Vec<String> = self.reader.texts(node, "a call").into_iter().map(str::to_owned).collect();
        self.mattering.borrow_mut().extend(names.iter().map(|name| (node.at, name.clone())));
        names
    }

    pub(super) fn check_matters_to(&self, calls: &[Call]) {
        for (at, name) in self.mattering.borrow().iter() {
            self.reader.known(*at, "call", name, calls.iter().map(|call| call.name.as_str()));
        }
    }

    /// Everything that a field can be.
    fn values(&self, node: &Node) -> Vec<Value> {
        let list = self.reader.list(node, "a list of all that the field can be");
        if list.is_empty() && matches!(node.tree, Tree::List(_)) {
            let hint = Some("leave `values` out where it can be anything".to_owned());
            self.reader.problem(node.at, "a field that can be nothing", hint);
        }
        list.iter().map(Node::to_json).collect()
    }

    /// One field or several: of the same entity, or `KIND.FIELD`.
    fn moves_with(&self, node: &Node, own: &[String]) -> Vec<String> {
        let names: Vec<String> = self.reader.texts(node, "a field").into_iter().map(str::to_owned).collect();
        let follower = |name: &String| Follower { at: node.at, name: name.clone(), own: own.to_vec() };
        self.followers.borrow_mut().extend(names.iter().map(follower));
        names
    }

    pub(super) fn check_followers(&self, kinds: &[Kind]) {
        let of_kind =
            |kind: &Kind| kind.fields.iter().map(|field| format!("{}.{}", kind.name, field.name)).collect::<Vec<_>>();
        let foreign: Vec<String> = kinds.iter().flat_map(of_kind).collect();
        for Follower { at, name, own } in self.followers.borrow().iter() {
            self.reader.known(*at, "field", name, own.iter().chain(&foreign).map(String::as_str));
        }
    }

    pub(super) fn order(&self, node: &Node, kinds: &[Kind]) -> Option<OrderPart> {
        let mut fields = self.reader.fields(node, "the order");
        let unknown = fields.need("unknown").map(Node::to_json);
        let order_fields = fields.need("fields").map(|node| self.fields_of(node)).unwrap_or_default();
        let set_up = fields.take("set_up").map(|node| self.order_set_up(node, &order_fields)).unwrap_or_default();
        let label = fields.take("label").and_then(|node| self.label(node, &order_fields));
        fields.finish();
        if kinds.is_empty() {
            let hint = Some("write `kinds: { item: { plural: items, fields: { … } } }`".to_owned());
            self.reader.problem(node.at, "a spec has at least one kind", hint);
        }
        Some(OrderPart { unknown: unknown?, fields: order_fields, set_up, label })
    }

    /// `{ on: KIND, fields: [NAME, …], last: NAME }`.
    pub(super) fn webhooks(&self, node: &Node, kinds: &[Kind]) -> WebhookWords {
        let reader = self.reader;
        let mut fields = reader.fields(node, "the webhooks");
        let on = fields.take("on").and_then(|node| {
            let kind = reader.text(node, "a kind")?;
            let names = kinds.iter().map(|kind| kind.name.as_str());
            reader.known(node.at, "kind", kind, names).then(|| kind.to_owned())
        });
        let names = fields.need("fields").map(|node| reader.texts(node, "the name of a field")).unwrap_or_default();
        let last = fields.take("last").and_then(|node| {
            let last = reader.text(node, "a field")?;
            reader.known_field(node.at, "a webhook", last, names.iter().copied()).then(|| last.to_owned())
        });
        fields.finish();
        // What one tells under the name of a field of what it tells of is that field.
        let of = on.as_ref().and_then(|on| kinds.iter().find(|kind| kind.name == *on));
        let like = |name: &str| of.and_then(|kind| kind.fields.iter().find(|field| field.name == name));
        let field = |name| like(name).cloned().unwrap_or_else(|| Field::named(name));
        WebhookWords { fields: names.into_iter().map(field).collect(), on, last }
    }

    /// One field or several of the order's own: what the set-up asks for is looked for in the view.
    fn order_set_up(&self, node: &Node, fields: &[Field]) -> Vec<String> {
        let names = self.reader.texts(node, "a field of the order");
        let own = || fields.iter().map(|field| field.name.as_str());
        names.into_iter().filter(|name| self.reader.known(node.at, "field", name, own())).map(str::to_owned).collect()
    }

    pub(super) fn groups(&self, node: &Node, kinds: &[Kind]) -> Vec<Group> {
        let reader = self.reader;
        let mut groups = Vec::new();
        for (key, node) in reader.entries(node, "groups") {
            let mut fields = reader.fields(node, "a group");
            let plural = fields.need("plural").and_then(|node| reader.text(node, "the plural"));
            let of = fields.need("of").and_then(|node| {
                let kind = reader.text(node, "a kind")?;
                reader.known(node.at, "kind", kind, kinds.iter().map(|kind| kind.name.as_str())).then_some(kind)
            });
            let when = fields.take("when").and_then(|node| {
                let summed = kinds.iter().find(|kind| Some(kind.name.as_str()) == of);
                let parent =
                    summed.and_then(|kind| kinds.iter().find(|other| Some(&other.name) == kind.parent.as_ref()));
                let shape = |kind: Option<&Kind>| kind.map(|kind| shapes::fields(kind).into()).unwrap_or_default();
                let names = Nameable::default().with("it", shape(summed)).with("parent", shape(parent));
                Expr::parse(reader, node, &names)
            });
            let mut aggregates = Vec::new();
            for (key, node) in fields.need("fields").map(|node| reader.entries(node, "fields")).unwrap_or_default() {
                match reader.word(node, "aggregate", &Aggregate::WORDS) {
                    Some("sum") => aggregates.push((key.text.clone(), Aggregate::Sum)),
                    Some(_) => aggregates.push((key.text.clone(), Aggregate::Count)),
                    None => {}
                }
            }
            fields.finish();
            if let (Some(plural), Some(of)) = (plural, of) {
                groups.push(Group {
                    name: key.text.clone(),
                    plural: plural.to_owned(),
                    of: of.to_owned(),
                    when,
                    fields: aggregates,
                });
            }
        }
        groups
    }
}
