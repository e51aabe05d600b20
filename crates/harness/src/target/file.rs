//! The keys of a binding: the `binding:` of a spec file, and of a target file once there are any.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use super::template::{Expr, JsonTemplate, Text};
use super::{Binding, EnvText, KindView, OutcomeRules, Pages, Request, View};
use crate::node::{Fields, Key, Node, Reader};
use crate::spec::{Field, Kind};

/// What a binding may name of its spec.
pub(crate) struct SpecNames<'s> {
    pub(crate) callers: &'s [String],
    pub(crate) calls: &'s [&'s str],
    pub(crate) kinds: &'s [Kind],
    pub(crate) order_fields: &'s [Field],
}

/// The names every request can use.
const REQUEST_NAMES: [&str; 8] = ["order", "roles", "run_id", "case_no", "now", "target", "with", "caller"];
/// And what its answer adds.
const ANSWER_NAMES: [&str; 5] = ["body", "status", "headers", "page", "rows"];

pub(crate) fn read_binding(reader: &Reader, node: &Node, names: &SpecNames<'_>) -> Option<Binding> {
    let file = BindingFile { reader, names };
    let mut fields = reader.fields(node, "a binding");
    let base_url = fields.need("base_url").and_then(|node| EnvText::parse(reader, node));
    let headers = fields.take("headers").map(|node| file.headers(node)).unwrap_or_default();
    let callers = fields.need("callers").map(|node| file.callers(node)).unwrap_or_default();
    let products = fields.need("products").map(|node| reader.list(node, "a list of products")).unwrap_or_default();
    let provision = fields.need("provision").map(|node| file.requests(node, &mut Vec::new())).unwrap_or_default();
    let bind = fields.need("bind").map(|node| file.bind(node)).unwrap_or_default();
    let calls = fields.need("calls").map(|node| file.calls(node)).unwrap_or_default();
    let views = fields.need("views").map(|node| file.views(node)).unwrap_or_default();
    let outcome = fields.need("outcome").and_then(|node| file.outcome(node));
    let settle = fields.take("settle").and_then(|node| reader.count(node, "milliseconds")).unwrap_or(0);
    let lacks = fields.take("lacks").map(|node| file.lacks(node)).unwrap_or_default();
    fields.finish();
    for call in names.calls {
        if !calls.contains_key(*call) && !lacks.contains_key(*call) {
            reader.problem(
                node.at,
                format!("the binding neither has the call `{call}` nor declares that it lacks it"),
                None,
            );
        }
    }
    Some(Binding {
        base_url: base_url?,
        headers,
        callers,
        products: products.iter().map(Node::to_json).collect(),
        provision,
        bind,
        calls,
        views,
        outcome: outcome?,
        settle: Duration::from_millis(settle),
        lacks,
    })
}

struct BindingFile<'s> {
    reader: &'s Reader,
    names: &'s SpecNames<'s>,
}

impl BindingFile<'_> {
    fn headers(&self, node: &Node) -> Vec<(String, EnvText)> {
        let entries = self.reader.entries(node, "headers: a name and its value");
        let header = |(key, node): &(Key, Node)| {
            if http::HeaderName::try_from(&key.text).is_err() {
                self.reader.problem(key.at, format!("`{}` is no name of a header", key.text), None);
            }
            Some((key.text.clone(), EnvText::parse(self.reader, node)?))
        };
        entries.iter().filter_map(header).collect()
    }

    fn caller(&self, node: &Node) -> Option<String> {
        let caller = self.reader.text(node, "a caller")?;
        self.known_caller(node.at, caller).then(|| caller.to_owned())
    }

    fn known_caller(&self, at: crate::source::Span, caller: &str) -> bool {
        self.reader.known(at, "caller", caller, self.names.callers.iter().map(String::as_str))
    }

    fn callers(&self, node: &Node) -> BTreeMap<String, Vec<(String, EnvText)>> {
        let mut callers = BTreeMap::new();
        for (key, node) in self.reader.entries(node, "callers: a name and its headers") {
            self.known_caller(key.at, &key.text);
            let mut fields = self.reader.fields(node, "a caller");
            let headers = fields.take("headers").map(|node| self.headers(node)).unwrap_or_default();
            fields.finish();
            callers.insert(key.text.clone(), headers);
        }
        callers
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

    fn calls(&self, node: &Node) -> BTreeMap<String, Vec<Request>> {
        let mut calls = BTreeMap::new();
        for (key, node) in self.reader.entries(node, "a call and its requests") {
            self.reader.known(key.at, "call", &key.text, self.names.calls.iter().copied());
            calls.insert(key.text.clone(), self.requests(node, &mut Vec::new()));
        }
        calls
    }

    fn lacks(&self, node: &Node) -> BTreeMap<String, String> {
        let mut lacks = BTreeMap::new();
        for (key, node) in self.reader.entries(node, "a call and the reason it is lacking") {
            self.reader.known(key.at, "call", &key.text, self.names.calls.iter().copied());
            if let Some(reason) = self.reader.text(node, "the reason") {
                lacks.insert(key.text.clone(), reason.to_owned());
            }
        }
        lacks
    }

    /// One request or a list of them; `captured` gathers the names that later expressions can use.
    fn requests(&self, node: &Node, captured: &mut Vec<String>) -> Vec<Request> {
        let list = match &node.tree {
            crate::node::Tree::List(list) => list.as_slice(),
            _ => std::slice::from_ref(node),
        };
        list.iter().filter_map(|node| self.request(node, captured)).collect()
    }

    fn request(&self, node: &Node, captured: &mut Vec<String>) -> Option<Request> {
        let reader = self.reader;
        let mut fields = reader.fields(node, "a request");
        let before: Vec<String> = captured.clone();
        let mut names: Vec<&str> = REQUEST_NAMES.into_iter().chain(before.iter().map(String::as_str)).collect();
        let each = fields.take("each").and_then(|node| Expr::parse(reader, node, &names));
        if each.is_some() {
            names.push("it");
        }
        let when = fields.take("when").and_then(|node| Expr::parse(reader, node, &names));
        let caller = fields.take("as").and_then(|node| self.caller(node));
        names.push("page");
        let method_and_path = self.method_and_path(&mut fields, node, &names);
        let json = fields.take("json").and_then(|node| JsonTemplate::parse(reader, node, &names));
        names.extend(ANSWER_NAMES);
        let until = fields.take("until").and_then(|node| Expr::parse(reader, node, &names));
        let pages = fields.take("pages").and_then(|node| self.pages(node, &names));
        let mut capture = Vec::new();
        for (key, node) in
            fields.take("capture").map(|node| reader.entries(node, "a name and its expression")).unwrap_or_default()
        {
            if let Some(expr) = Expr::parse(reader, node, &names) {
                capture.push((key.text.clone(), expr));
            }
            if !key.text.contains('.') {
                captured.push(key.text.clone());
            } else if !key.text.starts_with("order.") {
                reader.problem(
                    key.at,
                    format!("`{}` can't be captured", key.text),
                    Some("a capture is a plain name, or `order.NAME`".to_owned()),
                );
            }
        }
        fields.finish();
        let (method, path) = method_and_path?;
        Some(Request { each, when, caller, method, path, json, until, pages, capture })
    }

    fn method_and_path(
        &self,
        fields: &mut Fields<'_, '_>,
        node: &Node,
        names: &[&str],
    ) -> Option<(http::Method, Text)> {
        let methods = [("get", http::Method::GET), ("post", http::Method::POST), ("put", http::Method::PUT)];
        let more = [("patch", http::Method::PATCH), ("delete", http::Method::DELETE)];
        let mut found = None;
        for (key, method) in methods.into_iter().chain(more) {
            if let Some(path) = fields.take(key) {
                found = Some(Text::parse(self.reader, path, names).map(|path| (method, path)));
            }
        }
        if found.is_none() {
            self.reader.problem(node.at, "a request needs a method with its path, such as `get: /orders`", None);
        }
        found.flatten()
    }

    fn pages(&self, node: &Node, names: &[&str]) -> Option<Pages> {
        let reader = self.reader;
        let mut fields = reader.fields(node, "pages");
        let from = fields.take("from").and_then(|node| reader.count(node, "the first page's number")).unwrap_or(0);
        let rows = fields.need("rows").and_then(|node| Expr::parse(reader, node, names));
        let last = fields.need("last").and_then(|node| Expr::parse(reader, node, names));
        let at_most = fields.need("at_most").and_then(|node| reader.count(node, "a number of pages"));
        fields.finish();
        Some(Pages { from, rows: rows?, last: last?, at_most: at_most? })
    }

    fn views(&self, node: &Node) -> Vec<View> {
        let views: Vec<View> = self
            .reader
            .entries(node, "views: a name and how it is read")
            .iter()
            .map(|(key, node)| self.view(key, node))
            .collect();
        if views.is_empty() {
            self.reader.problem(node.at, "a binding has at least one view", None);
        }
        views
    }

    fn view(&self, key: &Key, node: &Node) -> View {
        let reader = self.reader;
        let mut fields = reader.fields(node, "a view");
        let mut captured = Vec::new();
        let reads = fields.need("reads").map(|node| self.requests(node, &mut captured)).unwrap_or_default();
        let names: Vec<&str> =
            ["order", "fields", "rows"].into_iter().chain(captured.iter().map(String::as_str)).collect();
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
        let id = fields.need("id").and_then(|node| Expr::parse(reader, node, &names));
        let same = fields.need("same").and_then(|node| Expr::parse(reader, node, &names));
        let kind_fields =
            fields.need("fields").map(|node| self.view_fields(node, "this kind", known, &names)).unwrap_or_default();
        fields.finish();
        Some(KindView { each: each?, id: id?, same: same?, fields: kind_fields })
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

    fn outcome(&self, node: &Node) -> Option<OutcomeRules> {
        let mut fields = self.reader.fields(node, "the outcome rules");
        let mut rule =
            |key| fields.need(key).and_then(|node| Expr::parse(self.reader, node, &["status", "headers", "body"]));
        let (accepted, refused, busy) = (rule("accepted"), rule("refused"), rule("busy"));
        fields.finish();
        Some(OutcomeRules { accepted: accepted?, refused: refused?, busy: busy? })
    }
}
