//! The keys of a binding: the `binding:` of a spec file, and most keys of a target file.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use countermand_text::{Fields, Key, Node, Tree};

use super::BindingFile;
use super::request::REQUEST_NAMES;
use crate::secrets::EnvText;
use crate::spec::binding::{
    BindingPart, Bootstrap, Call, KindView, Limits, OutcomePart, Products, Provision, Quantity, Setting, View, view_key,
};
use crate::spec::shapes;
use crate::spec::words::counting;
use crate::template::{Expr, JsonTemplate, Nameable, Record, Shape};

/// Requests per second beyond which a limit is none, and below which no run would end.
pub(crate) const RATES: std::ops::RangeInclusive<f64> = 0.001..=1e6;

impl BindingFile<'_> {
    /// Takes the keys of a binding; the others are left.
    pub(crate) fn part(&self, fields: &mut Fields<'_, '_>) -> BindingPart {
        let reader = self.reader;
        let (calls, views, lacks) = (fields.take("calls"), fields.take("views"), fields.take("lacks"));
        let calls = calls.map(|node| self.calls(node)).unwrap_or_default();
        let views = views.map(|node| self.views(node)).unwrap_or_default();
        let of_views = views.iter().map(|view| view_key(&view.name));
        let bound: Vec<String> = calls.keys().cloned().chain(of_views).collect();
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
            outcome: fields.take("outcome").map(|node| self.outcome(node)).unwrap_or_default(),
            limits: fields.take("limits").map(|node| self.limits(node)).unwrap_or_default(),
            unknown: fields.take("unknown").map(|node| self.unknown(node)).unwrap_or_default(),
            lacks: lacks.map(|node| self.lacks(node, &bound)).unwrap_or_default(),
            calls,
            views,
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
        let names = Nameable::of(REQUEST_NAMES).and(&captured);
        let done = fields.need("done").and_then(|node| Expr::parse(self.reader, node, &names));
        let requests = fields.need("requests").map(|node| self.requests(node, &mut Vec::new())).unwrap_or_default();
        fields.finish();
        Some(Bootstrap { probe, done: done?, requests })
    }

    fn products(&self, node: &Node) -> Products {
        let list = self.reader.list(node, "a list of products");
        let product = |node: &Node| JsonTemplate::parse(self.reader, node, &Nameable::of(["vars", "discovered"]));
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
        let roles = shapes::roles(self.names.kinds, self.names.order_set_up);
        Provision::Requests(self.requests_for(node, &mut Vec::new(), &Nameable::default().with("roles", roles)))
    }

    fn bind(&self, node: &Node) -> BTreeMap<String, Expr> {
        let mut bind = BTreeMap::new();
        for (key, node) in self.reader.entries(node, "a kind and its expression") {
            let kinds = self.names.kinds;
            self.reader.known(key.at, "kind", &key.text, kinds.iter().map(|kind| kind.name.as_str()));
            let kind = kinds.iter().find(|kind| kind.name == key.text);
            let role = kind.map(|kind| shapes::role(kinds, kind).into()).unwrap_or_default();
            if let Some(expr) = Expr::parse(self.reader, node, &Nameable::of(["it", "order"]).with("role", role)) {
                bind.insert(key.text.clone(), expr);
            }
        }
        bind
    }

    fn calls(&self, node: &Node) -> BTreeMap<String, Call> {
        let mut calls = BTreeMap::new();
        for (key, node) in self.reader.entries(node, "a call and its requests") {
            self.reader.known(key.at, "call", &key.text, self.names.call_names());
            calls.insert(key.text.clone(), self.call(key, node));
        }
        calls
    }

    /// Requests, or `{ requests: …, on_refusal: …, quantity: … }`.
    fn call(&self, key: &Key, node: &Node) -> Call {
        let place = Arc::new(self.reader.file.place(key.at));
        let mut captured = Vec::new();
        let names = self.call_names(&key.text);
        let is_whole =
            matches!(&node.tree, Tree::Map(entries) if entries.iter().any(|(key, _)| key.text == "requests"));
        if !is_whole {
            let requests = self.requests_for(node, &mut captured, &names);
            self.need_nothing(&requests);
            return Call { place, requests, on_refusal: Vec::new(), quantity: Quantity::Taken };
        }
        let mut fields = self.reader.fields(node, "a call");
        let mut list =
            |node: Option<&Node>| node.map(|node| self.requests_for(node, &mut captured, &names)).unwrap_or_default();
        let (requests, on_refusal) = (list(fields.need("requests")), list(fields.take("on_refusal")));
        self.need_nothing(&requests);
        self.need_nothing(&on_refusal);
        let quantity = match fields.take("quantity") {
            Some(node) => self.quantity(&key.text, node),
            None => Quantity::Taken,
        };
        fields.finish();
        Call { place, requests, on_refusal, quantity }
    }

    fn quantity(&self, call: &str, node: &Node) -> Quantity {
        let counting: Vec<&str> = counting(self.names.calls).collect();
        if !counting.contains(&call) {
            let hint = (!counting.is_empty()).then(|| format!("there is {}", counting.join(", ")));
            self.reader.problem(node.at, format!("the spec's `{call}` takes no quantity"), hint);
        }
        match self.reader.word(node, "quantity", &Quantity::WORDS) {
            Some("kept") => Quantity::Kept,
            _ => Quantity::Taken,
        }
    }

    /// What the requests of a call can name besides: what it is given, what it is made on, and all there is beside that.
    fn call_names(&self, name: &str) -> Nameable {
        let kinds = self.names.kinds;
        let plurals = kinds.iter().map(|kind| (&kind.plural, Shape::list(shapes::called(kinds, kind).into())));
        let names = plurals.fold(Nameable::default(), |names, (plural, shape)| names.with(plural, shape));
        let Some(call) = self.names.calls.iter().find(|call| call.name == name) else { return names };
        let on = kinds.iter().find(|kind| Some(&kind.name) == call.on.as_ref());
        let on = on.map(|kind| shapes::called(kinds, kind).into()).unwrap_or_default();
        names.with("target", on).with("with", shapes::arguments(call))
    }

    fn lacks(&self, node: &Node, bound: &[String]) -> BTreeMap<String, String> {
        let mut lacks = BTreeMap::new();
        let names: Vec<String> = self.names.lackable().into_iter().chain(bound.iter().cloned()).collect();
        for (key, node) in self.reader.entries(node, "what the target lacks and the reason") {
            if self.names.views.first().is_some_and(|view| view_key(&view.name) == key.text) {
                let message = format!("`{}` is read after every step: no target can do without it", key.text);
                let hint = Some("say under `views` how this target is read".to_owned());
                self.reader.problem(key.at, message, hint);
                continue;
            }
            let what = "call, caller, clause, view or field";
            self.reader.known(key.at, what, &key.text, names.iter().map(String::as_str));
            if bound.contains(&key.text) {
                let hint = Some("keep what is true of the target".to_owned());
                let place = if key.text.starts_with("view.") { "views" } else { "calls" };
                self.reader.problem(key.at, format!("`{}` stands under `{place}` and under `lacks`", key.text), hint);
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
        let names = Nameable::of(["order", "rows", "vars", "discovered"]).and(&captured);
        let order_fields: Vec<&str> = self.names.order_fields.iter().map(|field| field.name.as_str()).collect();
        let order =
            fields.take("order").map(|node| self.view_fields(node, "", &order_fields, &names)).unwrap_or_default();
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
            if let Some(view) = self.kind_view(node, &key.text, &kind_fields, &names) {
                kinds.insert(key.text.clone(), view);
            }
        }
        let of_order = order.iter().map(|(field, _)| (String::new(), field.clone()));
        let of_kinds = kinds.iter().flat_map(|(kind, view): (&String, &KindView)| {
            let names = view.fields.iter().map(|(field, _)| field.clone()).chain([String::new()]);
            names.map(move |field| (kind.clone(), field))
        });
        let mapped = Arc::new(of_order.chain(of_kinds).collect());
        View { name: key.text.clone(), reads, order, kinds, mapped }
    }

    fn kind_view(&self, node: &Node, kind: &str, known: &[&str], names: &Nameable) -> Option<KindView> {
        let reader = self.reader;
        let mut fields = reader.fields(node, "the view of a kind");
        let names = names.clone().and(["parent"]);
        let each = fields.need("each").and_then(|node| Expr::parse(reader, node, &names));
        let names = names.and(["it"]);
        let ident = fields.take("ident").and_then(|node| Expr::parse(reader, node, &names));
        let id = fields.need("id").and_then(|node| Expr::parse(reader, node, &names));
        let same = fields.need("same").and_then(|node| Expr::parse(reader, node, &names));
        let kind_fields =
            fields.need("fields").map(|node| self.view_fields(node, kind, known, &names)).unwrap_or_default();
        fields.finish();
        Some(KindView { each: each?, ident, id: id?, same: same?, fields: kind_fields })
    }

    /// The fields of a kind, or of the order where that is empty; each can name those before it as `fields.NAME`.
    fn view_fields(&self, node: &Node, kind: &str, known: &[&str], names: &Nameable) -> Vec<(String, Expr)> {
        let mut fields = Vec::new();
        let mut before = Record::default();
        let whose = if kind.is_empty() { "order" } else { "this kind" };
        for (key, node) in self.reader.entries(node, "a field and its expression") {
            self.reader.known(key.at, &format!("field of {whose}"), &key.text, known.iter().copied());
            let names = names.clone().with("fields", before.clone().into());
            before = before.showing(&key.text, [(kind.to_owned(), key.text.clone())]);
            if let Some(expr) = Expr::parse(self.reader, node, &names) {
                fields.push((key.text.clone(), expr));
            }
        }
        fields
    }

    fn outcome(&self, node: &Node) -> OutcomePart {
        let mut fields = self.reader.fields(node, "the outcome rules");
        let mut rule = |key| {
            fields
                .take(key)
                .and_then(|node| Expr::parse(self.reader, node, &Nameable::of(["status", "headers", "body", "reason"])))
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
