//! The keys of a scenario file: set-up and steps. Calls are read in `call.rs`, claims in `claims.rs`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use countermand_text::{Key, Node, Reader, Span, Tree, suggest};
use serde_json::Value;

use super::load::PROOF;
use super::{CallUse, Case, On, OrderRef, OrderSetUp, RoleSetUp, Step, claims, sequence};
use crate::spec::{Kind, Spec};

/// The name that stands for a well-formed id nobody has.
pub(super) const UNKNOWN: &str = "unknown";

/// What steps look like.
const STEPS: &str = "steps: [{ call: …, expect: { … } }]";
/// What is expected looks like this.
pub(super) const EXPECT: &str = "expect: { CLAUSE: { answer: accepted } }";

/// So often a case can be played for one step.
const MAX_REPEAT: u64 = 100;
/// So many webhooks can be refused: each may take its time to come again.
const MAX_REFUSED: u64 = 10;

/// What the steps of a file look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// They say what they expect.
    Scenario,
    /// They expect nothing but to be accepted.
    Proof,
    /// They expect nothing at all, and may be made on what an earlier one may bring about: `mug-2`.
    Sequence,
}

impl Form {
    /// The form of a file of a suite, by the id of a case in it.
    pub(super) fn of(id: &str, spec: &Spec) -> Self {
        let is_proof = id.strip_prefix(spec.name.as_str()).and_then(|rest| rest.strip_prefix('/')) == Some(PROOF);
        if is_proof { Self::Proof } else { Self::Scenario }
    }
}

/// Reads one case from the tree of a file whose variables are filled in.
pub(super) fn read(form: Form, reader: &Reader, root: &Node, spec: &Arc<Spec>, id: String) -> Option<Case> {
    let mut fields = reader.fields(root, "a scenario");
    crate::spec::read_format(reader, &mut fields);
    let _ = fields.need("spec");
    // Its rows were read before: the values stand in their places.
    let _ = fields.take("table");
    let title =
        fields.need_as("title", "title: what happens, in a few words").and_then(|node| reader.text(node, "a title"));
    let mut roles = Roles {
        reader,
        form,
        spec,
        known: BTreeMap::new(),
        orders: Vec::new(),
        introduced: BTreeMap::new(),
        steps: 0,
        told: BTreeSet::new(),
        products: Vec::new(),
    };
    let orders = match (fields.take("order"), fields.take_entry("orders")) {
        (Some(_), Some((key, _))) => {
            let hint = Some("put them all under `orders`, each with a name".to_owned());
            reader.problem(key.at, "both `order` and `orders`: one of the two", hint);
            return None;
        }
        (Some(node), None) => vec![roles.order(String::new(), node.at, node)],
        (None, Some((_, node))) => {
            let orders = reader.entries(node, "orders: a name and its set-up");
            roles.orders = orders.iter().map(|(key, _)| key.text.clone()).collect();
            orders.iter().map(|(key, node)| roles.order(key.text.clone(), key.at, node)).collect()
        }
        (None, None) => {
            let message = "a scenario needs `order`: what the order holds before the first step";
            reader.problem(root.at, message, Some(roles.order_example()));
            Vec::new()
        }
    };
    let webhooks = fields.take("webhooks").map(|node| roles.registration(node));
    let steps_node = fields.need_as("steps", STEPS);
    let nodes = steps_node.map(|node| reader.list(node, "a list of steps")).unwrap_or_default();
    if let Some(node) = steps_node
        && nodes.is_empty()
        && matches!(node.tree, Tree::List(_))
    {
        reader.problem(node.at, "the scenario has no steps", Some(format!("write `{STEPS}`")));
    }
    let steps: Vec<Step> = nodes.iter().filter_map(|node| roles.step(node)).collect();
    fields.finish();
    let case = Case {
        id,
        spec: Arc::clone(spec),
        title: title?.to_owned(),
        file: Arc::clone(&reader.file),
        orders,
        steps,
        webhooks,
        is_sequence: form == Form::Sequence,
    };
    unused_orders(reader, &case);
    Some(case)
}

/// An order of `orders:` that no call is made in and no claim names only slows the scenario down: it was meant for something.
fn unused_orders(reader: &Reader, case: &Case) {
    // Among wrong names an order may only seem to be forgotten.
    if reader.has_problems() {
        return;
    }
    for (index, order) in case.orders.iter().enumerate() {
        let prefix = format!("{}.", order.name);
        let used = case.steps.iter().any(|step| {
            let called = step.calls().any(|call| call.order == OrderRef::Named(index));
            called
                || step.calls().any(|call| matches!(&call.on, On::Role(role) if role.starts_with(&prefix)))
                || claims::name_order(&step.expect, index)
        });
        if !used && case.orders.len() > 1 && !case.steps.is_empty() {
            let roles: Vec<&str> = order.roles.iter().map(|role| role.role.as_str()).collect();
            reader.problem(
                order.at,
                format!("the roles of order `{}` ({}) are never used", order.name, suggest::quoted(&roles)),
                Some("make a call on one of them, claim something of it, or leave the order out".to_owned()),
            );
        }
    }
}

/// The roles of a scenario as far as it has been read, and everything that is read with them.
pub(super) struct Roles<'r> {
    pub(super) reader: &'r Reader,
    form: Form,
    pub(super) spec: &'r Arc<Spec>,
    /// Every role and its kind.
    pub(super) known: BTreeMap<String, String>,
    /// The names of the orders; empty where there is only one.
    pub(super) orders: Vec<String>,
    /// Roles that a step calls new, and the number of that step.
    pub(super) introduced: BTreeMap<String, usize>,
    /// How many steps were begun.
    pub(super) steps: usize,
    /// The choices that a step so far tells the options of.
    pub(super) told: BTreeSet<String>,
    /// The scenario's names of products, with the order's name before them where there are several.
    pub(super) products: Vec<String>,
}

impl Roles<'_> {
    fn order(&mut self, name: String, at: Span, node: &Node) -> OrderSetUp {
        let prefix = if name.is_empty() { String::new() } else { format!("{name}.") };
        let mut roles = Vec::new();
        let entries = self.reader.entries(node, "the order's entities by kind");
        let is_own = |(key, _): &&(Key, Node)| self.spec.order_set_up.contains(&key.text);
        let fields =
            entries.iter().filter(is_own).map(|(key, node)| (key.text.clone(), self.reader.value(node))).collect();
        self.entities(entries, None, &prefix, &mut roles);
        if matches!(&node.tree, Tree::Map(entries) if entries.is_empty()) {
            self.reader.problem(node.at, "the order is empty", Some(self.order_example()));
        }
        OrderSetUp { name, at, fields, roles }
    }

    /// How an order of this spec is written.
    fn order_example(&self) -> String {
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

    fn step(&mut self, node: &Node) -> Option<Step> {
        let reader = self.reader;
        self.steps += 1;
        let mut fields = reader.fields(node, "a step");
        let condition = fields.take("if").and_then(|node| self.condition(node));
        let calls = match fields.take("parallel") {
            Some(parallel) => {
                if let Some((key, _)) = fields.take_entry("call") {
                    let hint = Some("put them all under `parallel`".to_owned());
                    reader.problem(key.at, "both `call` and `parallel`: one of the two", hint);
                }
                self.parallel(parallel)
            }
            None => vec![self.call(&mut fields)],
        };
        let repeat = fields.take("repeat").and_then(|node| {
            let count = reader.count(node, "how often the case is played")?;
            if !(1..=MAX_REPEAT).contains(&count) {
                let hint = Some("leave it out to play the case once".to_owned());
                reader.problem(node.at, format!("`repeat` plays a case 1 to {MAX_REPEAT} times"), hint);
            }
            Some(count)
        });
        let refuse = fields.take("inbox").map(|node| self.inbox(node)).unwrap_or_default();
        let expect = if self.form == Form::Scenario { fields.need_as("expect", EXPECT) } else { None };
        fields.finish();
        // Expectations are read even where a call is wrong: one look at the file should find everything.
        let order = calls.first().and_then(Option::as_ref).map_or(OrderRef::Named(0), |call| call.order);
        let expect = expect.map(|node| claims::read(self, node, order, calls.len())).unwrap_or_default();
        let mut calls = calls.into_iter().collect::<Option<Vec<CallUse>>>()?.into_iter();
        let call = calls.next()?;
        let beside = calls.collect();
        let step = Step { condition, call, beside, repeat: repeat.unwrap_or(1), refuse, expect };
        if refuse > 0 && !step.webhooks().any(|claim| !claim.absent) {
            let hint = Some("claim it in the same step: `webhooks: [{ … }]`".to_owned());
            reader.problem(node.at, "the step refuses a webhook and claims none that comes again", hint);
        }
        Some(step)
    }

    /// What the webhooks are registered with, as the binding's `with`.
    fn registration(&self, node: &Node) -> Value {
        let reader = self.reader;
        if self.spec.webhooks.is_none() {
            reader.problem(node.at, "the spec says nothing of webhooks", Some("leave it out".to_owned()));
        }
        let _ = reader.entries(node, "what webhooks are registered with: a map of arguments");
        node.to_json()
    }

    /// `{ refuse: N }`.
    fn inbox(&self, node: &Node) -> u64 {
        let reader = self.reader;
        let mut fields = reader.fields(node, "the inbox");
        let node = fields.need("refuse");
        let refuse = node.and_then(|node| Some((node, reader.count(node, "a number of webhooks")?)));
        fields.finish();
        let Some((node, refuse)) = refuse else { return 0 };
        if !(1..=MAX_REFUSED).contains(&refuse) {
            let hint = Some("leave `inbox` out to refuse none".to_owned());
            reader.problem(node.at, format!("`refuse` is how many webhooks are refused: 1 to {MAX_REFUSED}"), hint);
        }
        refuse
    }

    /// `if: {choice: option}`.
    fn condition(&self, node: &Node) -> Option<(String, String)> {
        let [(choice, option)] = self.reader.entries(node, "a choice and its option") else {
            self.reader.problem(
                node.at,
                "`if` names one choice and one option",
                Some("write `if: { CHOICE: OPTION }`".to_owned()),
            );
            return None;
        };
        let choices = self.spec.choices.iter().map(|choice| choice.name.as_str());
        self.reader.known(choice.at, "choice", &choice.text, choices).then_some(())?;
        let known = self.spec.choice(&choice.text)?;
        if known.seen.is_none() && !self.told.contains(&choice.text) {
            let hint = Some(format!("claim `choice: {{ {}: … }}` in an earlier step", choice.text));
            self.reader.problem(choice.at, "no step before this one tells how that is chosen", hint);
        }
        let options = &known.options;
        let option_text = self.reader.text(option, "an option")?;
        let known = self.reader.known(option.at, "option", option_text, options.iter().map(String::as_str));
        known.then(|| (choice.text.clone(), option_text.to_owned()))
    }

    /// The roles of one kind.
    pub(super) fn roles_of(&self, kind: &str) -> Vec<&str> {
        self.known.iter().filter(|(_, of)| *of == kind).map(|(role, _)| role.as_str()).collect()
    }

    /// The kind of a role that is known, or that is nested in a known one by a product's name.
    pub(super) fn role(&self, at: Span, role: &str) -> Option<String> {
        if let Some(kind) = self.kind_of(role) {
            return Some(kind.clone());
        }
        if let Some((parent, local)) = role.rsplit_once('.')
            && let Some(parent_kind) = self.kind_of(parent)
            && let Some(child) = self.spec.kinds_in(Some(parent_kind)).next()
            && self.products.iter().any(|product| product.rsplit('.').next() == Some(local))
        {
            return Some(child.name.clone());
        }
        self.reader.problem(
            at,
            format!("unknown role `{role}`"),
            suggest::hint(role, self.known.keys().map(String::as_str)),
        );
        None
    }

    /// The kind of a role that is known, or that a sequence may bring about.
    fn kind_of(&self, role: &str) -> Option<&String> {
        let brought_about = || self.known.get(sequence::product_of(role)).filter(|_| self.form == Form::Sequence);
        self.known.get(role).or_else(brought_about)
    }

    /// The order a role or a product belongs to: the first part of its name, where there are several.
    pub(super) fn order_index(&self, role: &str) -> usize {
        let first = role.split('.').next().unwrap_or_default();
        self.orders.iter().position(|order| order == first).unwrap_or(0)
    }
}
