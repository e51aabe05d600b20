//! The keys of requests, in whatever list they stand.

use std::sync::Arc;

use countermand_text::{Fields, Key, Node, Tree};

use super::BindingFile;
use crate::spec::binding::{Pages, Request};
use crate::template::{Expr, JsonTemplate, Nameable, Shape, Text};

/// The names every request can use.
pub(super) const REQUEST_NAMES: [&str; 11] =
    ["order", "roles", "run_id", "case_key", "now", "target", "with", "caller", "vars", "discovered", "webhook_url"];
/// And what its answer adds.
const ANSWER_NAMES: [&str; 5] = ["body", "status", "headers", "page", "rows"];

impl BindingFile<'_> {
    /// One request or a list of them; `captured` gathers the names that later expressions can use.
    pub(super) fn requests(&self, node: &Node, captured: &mut Vec<String>) -> Vec<Request> {
        let list = self.requests_for(node, captured, &Nameable::default());
        self.need_nothing(&list);
        list
    }

    /// The same, where more is known of what some names stand for. What a request needs is the caller's to judge.
    pub(super) fn requests_for(&self, node: &Node, captured: &mut Vec<String>, known: &Nameable) -> Vec<Request> {
        let list = match &node.tree {
            Tree::List(list) => list.as_slice(),
            _ => std::slice::from_ref(node),
        };
        list.iter().filter_map(|node| self.request(node, captured, known)).collect()
    }

    /// Only an order that can't be made is not played.
    pub(super) fn need_nothing(&self, requests: &[Request]) {
        for request in requests.iter().filter(|request| request.needs.is_some()) {
            let hint = Some("a call that a target lacks is not made: leave `needs` out".to_owned());
            self.reader.problem(request.at, "`needs` is for the requests of `provision`", hint);
        }
    }

    fn request(&self, node: &Node, captured: &mut Vec<String>, known: &Nameable) -> Option<Request> {
        let reader = self.reader;
        let mut fields = reader.fields(node, "a request");
        let plurals = self.names.kinds.iter().map(|kind| &kind.plural);
        let mut names = Nameable::of(REQUEST_NAMES).and(plurals).over(known).and(&*captured);
        let each = fields.take("each").and_then(|node| Expr::parse(reader, node, &names));
        if let Some(each) = &each {
            names.set("it", each.shape().element());
        }
        let when = fields.take("when").and_then(|node| Expr::parse(reader, node, &names));
        let optional = fields.take("optional").is_some_and(|node| reader.flag(node));
        let needs = fields.take("needs").and_then(|node| {
            let call = reader.text(node, "a call")?;
            reader.known(node.at, "call", call, self.names.call_names()).then(|| call.to_owned())
        });
        let caller = fields.take("as").and_then(|node| self.caller_name(node));
        names.set("page", Shape::Any);
        let method_and_path = self.method_and_path(&mut fields, node, &names);
        let headers = fields.take("headers").map(|node| self.header_texts(node, &names)).unwrap_or_default();
        let json = fields.take("json").and_then(|node| JsonTemplate::parse(reader, node, &names));
        names = names.and(ANSWER_NAMES);
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
        let place = Arc::new(reader.file.place(node.at));
        let at = node.at;
        Some(Request {
            at,
            place,
            each,
            when,
            optional,
            needs,
            caller,
            method,
            path,
            headers,
            json,
            until,
            pages,
            capture,
        })
    }

    fn method_and_path(
        &self,
        fields: &mut Fields<'_, '_>,
        node: &Node,
        names: &Nameable,
    ) -> Option<(http::Method, Text)> {
        let methods = [("get", http::Method::GET), ("post", http::Method::POST), ("put", http::Method::PUT)];
        let more = [("patch", http::Method::PATCH), ("delete", http::Method::DELETE)];
        let mut found = None;
        for (key, method) in methods.into_iter().chain(more) {
            if let Some((key, path)) = fields.take_entry(key) {
                if found.is_some() {
                    self.reader.problem(
                        key.at,
                        "a request has one method: this is a second",
                        Some("make it a request of its own".to_owned()),
                    );
                }
                found = Some(Text::parse(self.reader, path, names).map(|path| (method, path)));
            }
        }
        if found.is_none() {
            self.reader.problem(
                node.at,
                "a request needs a method with its path",
                Some("write `get: /orders`, or another method".to_owned()),
            );
        }
        found.flatten()
    }

    /// Headers whose values are templates.
    pub(super) fn header_texts(&self, node: &Node, names: &Nameable) -> Vec<(http::HeaderName, Text)> {
        let entries = self.reader.entries(node, "headers: a name and its value");
        let header = |(key, node): &(Key, Node)| Some((self.header_name(key)?, Text::parse(self.reader, node, names)?));
        entries.iter().filter_map(header).collect()
    }

    fn pages(&self, node: &Node, names: &Nameable) -> Option<Pages> {
        let reader = self.reader;
        let mut fields = reader.fields(node, "pages");
        let from = fields.take("from").and_then(|node| reader.count(node, "the first page's number")).unwrap_or(0);
        let rows = fields.need("rows").and_then(|node| Expr::parse(reader, node, names));
        let last = fields.need("last").and_then(|node| Expr::parse(reader, node, names));
        let at_most = fields.need("at_most").and_then(|node| reader.count(node, "a number of pages"));
        fields.finish();
        Some(Pages { from, rows: rows?, last: last?, at_most: at_most? })
    }
}
