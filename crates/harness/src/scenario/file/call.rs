//! The keys of a call: what is called, on what, by whom, and with which arguments.

use countermand_text::{Fields, Key, Node, Span, Tree, suggest};

use super::roles::{Roles, UNKNOWN};
use crate::scenario::case::{Argument, CallUse, On, OrderRef, RequestOverride};

/// So many calls can be made at once.
const MAX_PARALLEL: usize = 16;

impl Roles<'_> {
    /// The calls that are made at the same time.
    pub(super) fn parallel(&mut self, node: &Node) -> Vec<Option<CallUse>> {
        let reader = self.reader;
        let list = reader.list(node, "a list of calls");
        if !matches!(node.tree, Tree::List(_)) {
            return vec![None];
        }
        if !(2..=MAX_PARALLEL).contains(&list.len()) {
            let hint = Some("a call by itself is `call: …` in the step".to_owned());
            reader.problem(node.at, format!("`parallel` makes 2 to {MAX_PARALLEL} calls at once"), hint);
            return vec![None];
        }
        let mut calls = Vec::new();
        for node in list {
            let mut fields = reader.fields(node, "a call");
            calls.push(self.call(&mut fields));
            fields.finish();
        }
        calls
    }

    /// `call`, `on`, `in`, `with`, `as` and `request`.
    pub(super) fn call(&mut self, fields: &mut Fields<'_, '_>) -> Option<CallUse> {
        let reader = self.reader;
        let calls = || suggest::hint("", self.spec.calls.iter().map(|call| call.name.as_str()));
        let name = fields.need_or("call", calls).and_then(|node| {
            let name = reader.text(node, "a call")?;
            let calls = self.spec.calls.iter().map(|call| call.name.as_str());
            reader.known(node.at, "call", name, calls).then_some((node.at, name))
        });
        let (on, order) = (fields.take("on"), fields.take("in"));
        let with_node = fields.take("with");
        let with = with_node.and_then(|node| self.argument(node));
        let caller = fields.take("as").and_then(|node| {
            let caller = reader.text(node, "a caller")?;
            let callers = self.spec.callers.iter().map(String::as_str);
            reader.known(node.at, "caller", caller, callers).then(|| caller.to_owned())
        });
        let request = fields.take("request").map(|node| self.request(node)).unwrap_or_default();
        let (at, name) = name?;
        let call = self.spec.call(name)?;
        with_node.into_iter().for_each(|node| self.arguments(call, node));
        let on = self.on(on, call.on.as_deref(), at, name)?;
        let order = self.order_of(order, &on);
        let caller = caller.unwrap_or_else(|| call.caller.clone());
        Some(CallUse { name: name.to_owned(), at, on, order, with, caller, request })
    }

    fn on(&self, node: Option<&Node>, kind: Option<&str>, at: Span, call: &str) -> Option<On> {
        match (node, kind) {
            (None, None) => Some(On::Order),
            (None, Some(kind)) => {
                let hint = suggest::hint("", self.roles_of(kind));
                self.reader.problem(at, format!("`{call}` is made on one {kind}: say which with `on`"), hint);
                None
            }
            (Some(node), None) => {
                let hint = Some("leave `on` out, or name the order with `in`".to_owned());
                self.reader.problem(node.at, format!("`{call}` is made on the order"), hint);
                None
            }
            (Some(node), Some(kind)) => {
                let role = self.reader.text(node, "a role")?;
                if role == UNKNOWN {
                    return Some(On::Unknown(kind.to_owned()));
                }
                let found = self.role(node.at, role)?;
                if found != kind {
                    let hint = suggest::hint(role, self.roles_of(kind));
                    let message = format!("`{call}` is made on one {kind}, and `{role}` is a {found}");
                    self.reader.problem(node.at, message, hint);
                }
                Some(On::Role(role.to_owned()))
            }
        }
    }

    fn order_of(&self, node: Option<&Node>, on: &On) -> OrderRef {
        if let Some(node) = node
            && let Some(name) = self.reader.text(node, "an order's name")
        {
            if name == UNKNOWN {
                return OrderRef::Unknown;
            }
            let names: Vec<&str> = self.orders.iter().map(String::as_str).chain([UNKNOWN]).collect();
            if self.reader.known(node.at, "order", name, names.iter().copied()) {
                return OrderRef::Named(self.orders.iter().position(|order| order == name).unwrap_or(0));
            }
        }
        match on {
            On::Role(role) => OrderRef::Named(self.order_index(role)),
            _ => OrderRef::Named(0),
        }
    }

    fn argument(&self, node: &Node) -> Option<Argument> {
        Some(match &node.tree {
            Tree::Map(entries) => match entries.as_slice() {
                [(key, role)] if key.text == "id" && role.as_text().is_some() => {
                    let role_name = role.as_text()?;
                    self.role(role.at, role_name)?;
                    Argument::Id(role_name.to_owned())
                }
                [(key, kind)] if key.text == UNKNOWN && kind.as_text().is_some() => {
                    let name = kind.as_text()?;
                    let kinds = self.spec.kinds.iter().filter(|kind| kind.unknown.is_some());
                    let names: Vec<&str> = kinds.map(|kind| kind.name.as_str()).collect();
                    self.reader.known(kind.at, "kind", name, names.iter().copied()).then_some(())?;
                    Argument::Unknown(name.to_owned())
                }
                entries => {
                    let entry = |(key, node): &(Key, Node)| Some((key.text.clone(), self.argument(node)?));
                    Argument::Map(entries.iter().map(entry).collect::<Option<_>>()?)
                }
            },
            Tree::List(list) => Argument::List(list.iter().map(|node| self.argument(node)).collect::<Option<_>>()?),
            _ => Argument::Value(self.reader.value(node)),
        })
    }

    fn request(&self, node: &Node) -> RequestOverride {
        let reader = self.reader;
        let mut fields = reader.fields(node, "a request override");
        let method = fields.take("method").and_then(|node| {
            let word = reader.word(node, "method", &["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"])?;
            http::Method::from_bytes(word.as_bytes()).ok()
        });
        let mut headers = Vec::new();
        for (key, node) in fields.take("headers").map(|node| reader.entries(node, "headers")).unwrap_or_default() {
            let Ok(name) = http::HeaderName::try_from(&key.text) else {
                let hint = Some("a header's name has no spaces, such as `X-Note`".to_owned());
                reader.problem(key.at, format!("`{}` is no name of a header", key.text), hint);
                continue;
            };
            if matches!(node.tree, Tree::Null) {
                headers.push((name, None));
            } else if let Some(text) = reader.text(node, "the header's value, or null to leave it out") {
                match http::HeaderValue::try_from(text) {
                    Ok(value) => headers.push((name, Some(value))),
                    Err(_) => reader.problem(
                        node.at,
                        "no header can carry this value",
                        Some("write one line, without control characters".to_owned()),
                    ),
                }
            }
        }
        let body = fields
            .take("body")
            .and_then(|node| reader.text(node, "the body as raw text, such as `'{\"note\": 1}'`"))
            .map(str::to_owned);
        fields.finish();
        RequestOverride { method, headers, body }
    }
}
