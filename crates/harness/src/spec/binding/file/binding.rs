//! The keys of a binding: the `binding:` of a spec file, and most keys of a target file.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use countermand_text::{Fields, Key, Node, Tree};

use super::BindingFile;
use super::request::REQUEST_NAMES;
use crate::secrets::EnvText;
use crate::spec::binding::{
    BindingPart, Bootstrap, Call, KindView, Limits, OutcomePart, Products, Provision, Quantity, Setting, View,
};
use crate::template::{Expr, JsonTemplate};

/// Requests per second beyond which a limit is none, and below which no run would end.
pub(crate) const RATES: std::ops::RangeInclusive<f64> = 0.001..=1e6;

impl BindingFile<'_> {
    /// Takes the keys of a binding; the others are left.
    pub(crate) fn part(&self, fields: &mut Fields<'_, '_>) -> BindingPart {
        let reader = self.reader;
        let (calls, lacks) = (fields.take("calls"), fields.take("lacks"));
        let calls = calls.map(|node| self.calls(node)).unwrap_or_default();
        let bound: Vec<&str> = calls.keys().map(String::as_str).collect();
        BindingPart {
            base_url: fields.take("base_url").and_then(|node| EnvText::parse(reader, node)),
            headers: fields.take("headers").map(|node| self.headers(node)).unwrap_or_default(),
            callers: fields.take("callers").map(|node| self.callers(node)).unwrap_or_default(),
            vars: fields.take("vars").map(|node| self.vars(node)).unwrap_or_default(),
            bootstrap: fields.take("bootstrap").and_then(|node| self.bootstrap(node)),
            discover: fields.take("discover").map(|node| self.requests(node, &mut Vec::new())),
            products: fields.take("products").map(|node| self.products(node)),
            provision: fields.take("provision").map(|node| self.provision(node)),
            bind: fields.take("bind").map(|node| self.bind(node)).unwrap_or_default(),
            views: fields.take("views").map(|node| self.views(node)).unwrap_or_default(),
            outcome: fields.take("outcome").map(|node| self.outcome(node)).unwrap_or_default(),
            limits: fields.take("limits").map(|node| self.limits(node)).unwrap_or_default(),
            unknown: fields.take("unknown").map(|node| self.unknown(node)).unwrap_or_default(),
            lacks: lacks.map(|node| self.lacks(node, &bound)).unwrap_or_default(),
            calls,
            webhooks: fields.take("webhooks").map(|node| self.webhooks(node)),
            cleanup: fields.take("cleanup").map(|node| self.requests(node, &mut Vec::new())),
        }
    }

    fn vars(&self, node: &Node) -> Vec<(String, Setting)> {
        let var = |(key, node): &(Key, Node)| {
            let value = match &node.tree {
                Tree::Text(_) => Setting::Text(EnvText::parse(self.reader, node)?),
                _ => Setting::Value(node.to_json()),
            };
            Some((key.text.clone(), value))
        };
        self.reader.entries(node, "a name and its value").iter().filter_map(var).collect()
    }

    /// `{ order: ID, KIND: ID }`.
    fn unknown(&self, node: &Node) -> BTreeMap<String, serde_json::Value> {
        let kinds = || self.names.kinds.iter().map(|kind| kind.name.as_str()).chain(["order"]);
        let entries = self.reader.entries(node, "a kind, or `order`, and an id that nobody has");
        let words: Vec<&str> = kinds().collect();
        let known = |(key, _): &&(Key, Node)| self.reader.known(key.at, "kind", &key.text, words.iter().copied());
        entries.iter().filter(known).map(|(key, node)| (key.text.clone(), node.to_json())).collect()
    }

    fn bootstrap(&self, node: &Node) -> Option<Bootstrap> {
        let mut fields = self.reader.fields(node, "the bootstrap");
        let mut captured = Vec::new();
        let probe = fields.need("probe").map(|node| self.requests(node, &mut captured)).unwrap_or_default();
        let names: Vec<&str> = REQUEST_NAMES.into_iter().chain(captured.iter().map(String::as_str)).collect();
        let done = fields.need("done").and_then(|node| Expr::parse(self.reader, node, &names));
        let requests = fields.need("requests").map(|node| self.requests(node, &mut Vec::new())).unwrap_or_default();
        fields.finish();
        Some(Bootstrap { probe, done: done?, requests })
    }

    fn products(&self, node: &Node) -> Products {
        let list = self.reader.list(node, "a list of products");
        let product = |node: &Node| JsonTemplate::parse(self.reader, node, &["vars", "discovered"]);
        Products(list.iter().filter_map(product).collect())
    }

    /// Requests, or `{ pool: FILE }`.
    fn provision(&self, node: &Node) -> Provision {
        if let Tree::Map(entries) = &node.tree
            && let [(key, path)] = entries.as_slice()
            && key.text == "pool"
        {
            let text = self.reader.text(path, "the file of the orders").unwrap_or_default();
            return Provision::Pool { path: text.to_owned(), at: path.at };
        }
        Provision::Requests(self.requests(node, &mut Vec::new()))
    }

    fn bind(&self, node: &Node) -> BTreeMap<String, Expr> {
        let mut bind = BTreeMap::new();
        for (key, node) in self.reader.entries(node, "a kind and its expression") {
            self.reader.known(key.at, "kind", &key.text, self.names.kinds.iter().map(|kind| kind.name.as_str()));
            if let Some(expr) = Expr::parse(self.reader, node, &["it", "role", "order"]) {
                bind.insert(key.text.clone(), expr);
            }
        }
        bind
    }

    fn calls(&self, node: &Node) -> BTreeMap<String, Call> {
        let mut calls = BTreeMap::new();
        for (key, node) in self.reader.entries(node, "a call and its requests") {
            self.reader.known(key.at, "call", &key.text, self.names.calls.iter().copied());
            calls.insert(key.text.clone(), self.call(key, node));
        }
        calls
    }

    /// Requests, or `{ requests: …, on_refusal: …, quantity: … }`.
    fn call(&self, key: &Key, node: &Node) -> Call {
        let place = Arc::new(self.reader.file.place(key.at));
        let mut captured = Vec::new();
        let is_whole =
            matches!(&node.tree, Tree::Map(entries) if entries.iter().any(|(key, _)| key.text == "requests"));
        if !is_whole {
            let requests = self.requests(node, &mut captured);
            return Call { place, requests, on_refusal: Vec::new(), quantity: Quantity::Taken };
        }
        let mut fields = self.reader.fields(node, "a call");
        let requests = fields.need("requests").map(|node| self.requests(node, &mut captured)).unwrap_or_default();
        let on_refusal = fields.take("on_refusal").map(|node| self.requests(node, &mut captured)).unwrap_or_default();
        let quantity = match fields.take("quantity") {
            Some(node) => self.quantity(&key.text, node),
            None => Quantity::Taken,
        };
        fields.finish();
        Call { place, requests, on_refusal, quantity }
    }

    fn quantity(&self, call: &str, node: &Node) -> Quantity {
        if !self.names.counting.contains(&call) {
            let hint =
                (!self.names.counting.is_empty()).then(|| format!("there is {}", self.names.counting.join(", ")));
            self.reader.problem(node.at, format!("the spec's `{call}` takes no quantity"), hint);
        }
        match self.reader.word(node, "quantity", &Quantity::WORDS) {
            Some("kept") => Quantity::Kept,
            _ => Quantity::Taken,
        }
    }

    fn lacks(&self, node: &Node, bound: &[&str]) -> BTreeMap<String, String> {
        let mut lacks = BTreeMap::new();
        let names = self.names.lackable();
        for (key, node) in self.reader.entries(node, "what the target lacks and the reason") {
            self.reader.known(key.at, "call, caller, clause or field", &key.text, names.iter().map(String::as_str));
            if bound.contains(&key.text.as_str()) {
                let hint = Some("keep what is true of the target".to_owned());
                self.reader.problem(key.at, format!("`{}` stands under `calls` and under `lacks`", key.text), hint);
            }
            if let Some(reason) = self.reader.text(node, "the reason, as text") {
                lacks.insert(key.text.clone(), reason.to_owned());
            }
        }
        lacks
    }

    fn views(&self, node: &Node) -> Vec<View> {
        let views: Vec<View> = self
            .reader
            .entries(node, "views: a name and how it is read")
            .iter()
            .map(|(key, node)| self.view(key, node))
            .collect();
        if views.is_empty() {
            let hint = Some("write `views: { single: { reads: { get: … }, … } }`".to_owned());
            self.reader.problem(node.at, "a binding has at least one view", hint);
        }
        views
    }

    fn view(&self, key: &Key, node: &Node) -> View {
        let reader = self.reader;
        let mut fields = reader.fields(node, "a view");
        let mut captured = Vec::new();
        let reads = fields.need("reads").map(|node| self.requests(node, &mut captured)).unwrap_or_default();
        let names: Vec<&str> = ["order", "fields", "rows", "vars", "discovered"]
            .into_iter()
            .chain(captured.iter().map(String::as_str))
            .collect();
        let order_fields: Vec<&str> = self.names.order_fields.iter().map(|field| field.name.as_str()).collect();
        let order =
            fields.take("order").map(|node| self.view_fields(node, "order", &order_fields, &names)).unwrap_or_default();
        let mut kinds = BTreeMap::new();
        for (key, node) in fields.rest() {
            let kind_names = self.names.kinds.iter().map(|kind| kind.name.as_str());
            if !reader.known(key.at, "kind", &key.text, kind_names) {
                continue;
            }
            let kind_fields: Vec<&str> = self
                .names
                .kinds
                .iter()
                .filter(|kind| kind.name == key.text)
                .flat_map(|kind| &kind.fields)
                .map(|field| field.name.as_str())
                .collect();
            if let Some(view) = self.kind_view(node, &kind_fields, &names) {
                kinds.insert(key.text.clone(), view);
            }
        }
        let of_order = order.iter().map(|(field, _)| (String::new(), field.clone()));
        let of_kinds = kinds.iter().flat_map(|(kind, view): (&String, &KindView)| {
            view.fields.iter().map(move |(field, _)| (kind.clone(), field.clone()))
        });
        let mapped = Arc::new(of_order.chain(of_kinds).collect());
        View { name: key.text.clone(), reads, order, kinds, mapped }
    }

    fn kind_view(&self, node: &Node, known: &[&str], names: &[&str]) -> Option<KindView> {
        let reader = self.reader;
        let mut fields = reader.fields(node, "the view of a kind");
        let mut names = names.to_vec();
        names.push("parent");
        let each = fields.need("each").and_then(|node| Expr::parse(reader, node, &names));
        names.push("it");
        let ident = fields.take("ident").and_then(|node| Expr::parse(reader, node, &names));
        let id = fields.need("id").and_then(|node| Expr::parse(reader, node, &names));
        let same = fields.need("same").and_then(|node| Expr::parse(reader, node, &names));
        let kind_fields =
            fields.need("fields").map(|node| self.view_fields(node, "this kind", known, &names)).unwrap_or_default();
        fields.finish();
        Some(KindView { each: each?, ident, id: id?, same: same?, fields: kind_fields })
    }

    fn view_fields(&self, node: &Node, whose: &str, known: &[&str], names: &[&str]) -> Vec<(String, Expr)> {
        let mut fields = Vec::new();
        for (key, node) in self.reader.entries(node, "a field and its expression") {
            self.reader.known(key.at, &format!("field of {whose}"), &key.text, known.iter().copied());
            if let Some(expr) = Expr::parse(self.reader, node, names) {
                fields.push((key.text.clone(), expr));
            }
        }
        fields
    }

    fn outcome(&self, node: &Node) -> OutcomePart {
        let mut fields = self.reader.fields(node, "the outcome rules");
        let mut rule = |key| {
            fields.take(key).and_then(|node| Expr::parse(self.reader, node, &["status", "headers", "body", "reason"]))
        };
        let (accepted, refused, busy) = (rule("accepted"), rule("refused"), rule("busy"));
        let (fault, reason) = (rule("fault"), rule("reason"));
        fields.finish();
        OutcomePart { accepted, refused, busy, fault, reason }
    }

    fn limits(&self, node: &Node) -> Limits {
        let reader = self.reader;
        let mut fields = reader.fields(node, "the limits");
        let rate = fields.take("rate").and_then(|node| {
            let rate = node.to_json().as_f64().filter(|rate| RATES.contains(rate));
            if rate.is_none() {
                reader.problem(node.at, "expected requests per second, such as 5 or 0.5, from 0.001 on", None);
            }
            rate
        });
        let mut count = |key, expected| fields.take(key).and_then(|node| reader.count(node, expected));
        let settle = count("settle", "milliseconds");
        let retries = count("retries", "how often a read is sent again");
        let mut at_least_one = |key, expected| {
            let node = fields.take(key)?;
            let count = reader.count(node, expected)?;
            if count == 0 {
                reader.problem(
                    node.at,
                    format!("nothing can be sent with `{key}: 0`"),
                    Some("leave it out for no limit".to_owned()),
                );
            }
            Some(count)
        };
        let in_flight = at_least_one("in_flight", "a number of requests");
        let timeout = at_least_one("timeout", "milliseconds");
        fields.finish();
        Limits {
            rate,
            in_flight: in_flight.map(|count| usize::try_from(count).unwrap_or(usize::MAX)),
            timeout: timeout.map(Duration::from_millis),
            settle: settle.map(Duration::from_millis),
            retries,
        }
    }
}
