//! The keys of a caller: by which credential its requests are known, and how it logs in.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use countermand_text::{Key, Node, Span, Tree};

use super::BindingFile;
use super::request::REQUEST_NAMES;
use crate::secrets::EnvText;
use crate::spec::binding::{Caller, Login};
use crate::template::{Expr, Nameable};

impl BindingFile<'_> {
    pub(super) fn headers(&self, node: &Node) -> Vec<(String, EnvText)> {
        let entries = self.reader.entries(node, "headers: a name and its value");
        let header = |(key, node): &(Key, Node)| {
            let value = EnvText::parse(self.reader, node)?;
            self.header_name(key).map(|_| (key.text.clone(), value))
        };
        entries.iter().filter_map(header).collect()
    }

    pub(super) fn header_name(&self, key: &Key) -> Option<http::HeaderName> {
        let name = http::HeaderName::try_from(&key.text).ok();
        if name.is_none() {
            let hint = Some("a header's name has no spaces, such as `X-Key`".to_owned());
            self.reader.problem(key.at, format!("`{}` is no name of a header", key.text), hint);
        }
        name
    }

    pub(super) fn caller_name(&self, node: &Node) -> Option<String> {
        let caller = self.reader.text(node, "a caller")?;
        self.known_caller(node.at, caller).then(|| caller.to_owned())
    }

    fn known_caller(&self, at: Span, caller: &str) -> bool {
        self.reader.known(at, "caller", caller, self.callers.iter().map(String::as_str))
    }

    pub(super) fn callers(&self, node: &Node) -> BTreeMap<String, Caller> {
        let mut callers = BTreeMap::new();
        for (key, node) in self.reader.entries(node, "callers: a name and its credential") {
            self.known_caller(key.at, &key.text);
            callers.insert(key.text.clone(), self.caller(node));
        }
        callers
    }

    fn caller(&self, node: &Node) -> Caller {
        let reader = self.reader;
        let mut fields = reader.fields(node, "a caller");
        let mut caller = Caller::default();
        if let Some(node) = fields.take("headers") {
            caller.headers = self.headers(node);
        }
        if let Some(token) = fields.take("bearer").and_then(|node| EnvText::parse(reader, node)) {
            caller.headers.push(("Authorization".to_owned(), token.after("Bearer ")));
        }
        if let Some(node) = fields.take("basic") {
            let mut parts = reader.fields(node, "basic authentication");
            let user = parts.need("user").and_then(|node| EnvText::parse(reader, node));
            let password = parts.need("password").and_then(|node| EnvText::parse(reader, node));
            parts.finish();
            caller.basic = user.zip(password);
        }
        if let Some(node) = fields.take("api_key") {
            self.api_key(node, &mut caller);
        }
        caller.login = fields.take("session").and_then(|node| self.login(node)).map(Arc::new);
        fields.finish();
        caller
    }

    /// `{ header: NAME, value: … }` or `{ query: NAME, value: … }`.
    fn api_key(&self, node: &Node, caller: &mut Caller) {
        let reader = self.reader;
        let mut fields = reader.fields(node, "an API key");
        let header = fields.take("header").and_then(|node| Some((node, reader.text(node, "a header's name")?)));
        let query = fields.take("query").and_then(|node| reader.text(node, "a parameter's name"));
        let value = fields.need("value").and_then(|node| EnvText::parse(reader, node));
        fields.finish();
        match (header, query) {
            (Some((node, name)), None) => {
                let name = self.header_name(&Key { at: node.at, text: name.to_owned() });
                caller.headers.extend(name.zip(value).map(|(name, value)| (name.to_string(), value)));
            }
            (None, Some(name)) => caller.query.extend(value.map(|value| (name.to_owned(), value))),
            _ => reader.problem(
                node.at,
                "an API key goes into a `header` or into the `query`: name one of them",
                Some("write `api_key: { header: X-Key, value: … }`".to_owned()),
            ),
        }
    }

    fn login(&self, node: &Node) -> Option<Login> {
        let reader = self.reader;
        let mut fields = reader.fields(node, "a session");
        let mut captured = Vec::new();
        let list = fields.need("requests");
        let is_empty = list.is_some_and(|node| matches!(&node.tree, Tree::List(list) if list.is_empty()));
        let requests = list.map(|node| self.requests(node, &mut captured)).unwrap_or_default();
        let names = Nameable::of(REQUEST_NAMES).and(&captured);
        let headers = fields.need("headers").map(|node| self.header_texts(node, &names)).unwrap_or_default();
        let expired = fields
            .take("expired")
            .and_then(|node| Expr::parse(reader, node, &Nameable::of(["status", "headers", "body"])));
        let lasts = fields.take("lasts").and_then(|node| reader.count(node, "milliseconds")).map(Duration::from_millis);
        fields.finish();
        if is_empty {
            reader.problem(
                node.at,
                "a session needs a request that logs in",
                Some("write `requests: { post: /login, capture: { token: body.token } }`".to_owned()),
            );
        }
        (!requests.is_empty()).then_some(Login { requests, headers, expired, lasts })
    }
}
