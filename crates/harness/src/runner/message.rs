//! Builds one request: the binding's template, the caller's credentials, and what a scenario changes of both.

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, USER_AGENT};
use http::{HeaderMap, HeaderName, HeaderValue};

use super::exchange::RawExchange;
use crate::scenario::RequestOverride;
use crate::secrets::{is_credential, stand_in_for};
use crate::spec::binding::Request;
use crate::target::{Header, LoggedIn, Target};
use crate::template::{self, ExprError, Scope};

/// Who sends, and what a scenario changes of the request.
#[derive(Default, Clone, Copy)]
pub(super) struct Sender<'s> {
    pub(super) caller: Option<&'s str>,
    pub(super) changes: Option<&'s RequestOverride>,
    /// Without a session: of a log-in itself.
    pub(super) anonymous: bool,
}

impl Sender<'_> {
    /// Whether the scenario sends a credential of its own, or none.
    pub(super) fn changes_credentials(&self) -> bool {
        self.changes.is_some_and(|changes| changes.headers.iter().any(|(name, _)| is_credential(name.as_str())))
    }
}

/// A request ready to be sent, and the record of it.
pub(super) struct Message {
    /// An error where no HTTP request can look like this.
    pub(super) request: Result<http::Request<Bytes>, http::Error>,
    pub(super) record: RawExchange,
}

/// Builds the request. Fails where an expression does.
pub(super) fn build(
    target: &Target,
    case_id: &str,
    request: &Request,
    scope: &Scope,
    sender: Sender<'_>,
    session: Option<&LoggedIn>,
) -> Result<Message, ExprError> {
    let mut path = request.path.render(scope, template::in_path)?;
    let mut shown_path = path.clone();
    let json = request.json.as_ref().map_or(Ok(None), |json| json.value(scope))?;
    let changes = sender.changes;
    let method = changes.and_then(|changes| changes.method.clone()).unwrap_or_else(|| request.method.clone());
    let raw_body = changes.and_then(|changes| changes.body.clone());
    let body = raw_body.or_else(|| json.map(|json| json.to_string()));
    let caller = sender.caller.or(request.caller.as_deref());
    let mut headers = Headers::default();
    headers.set(&USER_AGENT, user_agent(case_id), concat!("countermand/", env!("CARGO_PKG_VERSION")));
    if body.is_some() {
        headers.set(&CONTENT_TYPE, HeaderValue::from_static("application/json"), "application/json");
    }
    let identity = caller.and_then(|caller| target.callers.get(caller));
    let of_caller = identity.map(|identity| identity.headers.as_slice()).unwrap_or_default();
    let of_session = session.map(|session| session.headers.as_slice()).unwrap_or_default();
    for Header { name, value, shown } in target.headers.iter().chain(of_caller).chain(of_session) {
        headers.set(name, value.clone(), shown);
    }
    for (name, text) in &request.headers {
        let text = text.render(scope, str::to_owned)?;
        if let Ok(value) = HeaderValue::try_from(text.as_str()) {
            let shown = if is_credential(name.as_str()) { stand_in_for(name.as_str()) } else { text };
            headers.set(name, value, &shown);
        }
    }
    for (name, value, shown) in identity.map(|identity| identity.query.as_slice()).unwrap_or_default() {
        let mark = if path.contains('?') { '&' } else { '?' };
        path.push_str(&format!("{mark}{name}={}", template::in_path(value)));
        shown_path.push_str(&format!("{mark}{name}={shown}"));
    }
    for (name, value) in changes.map(|changes| changes.headers.as_slice()).unwrap_or_default() {
        headers.change(name, value.as_ref());
    }
    let body = body.map(Bytes::from).unwrap_or_default();
    let record = RawExchange::sent(
        method.clone(),
        &target.base_url,
        &shown_path,
        headers.shown,
        body.clone(),
        Arc::clone(&request.place),
    );
    let request = http::Request::builder().method(method).uri(format!("{}{path}", target.base_url)).body(body);
    let request = request.map(|mut request| {
        *request.headers_mut() = headers.sent;
        request
    });
    Ok(Message { request, record })
}

/// Headers as they are sent, and as they may be shown.
#[derive(Default)]
struct Headers {
    sent: HeaderMap,
    shown: BTreeMap<String, String>,
}

impl Headers {
    fn set(&mut self, name: &HeaderName, value: HeaderValue, shown: &str) {
        self.sent.insert(name.clone(), value);
        self.shown.insert(name.as_str().to_owned(), shown.to_owned());
    }

    /// Sets what a scenario says, or leaves the header out.
    fn change(&mut self, name: &HeaderName, value: Option<&HeaderValue>) {
        match value {
            Some(value) if is_credential(name.as_str()) => self.set(name, value.clone(), &stand_in_for(name.as_str())),
            Some(value) => self.set(name, value.clone(), &String::from_utf8_lossy(value.as_bytes())),
            None => {
                self.sent.remove(name);
                self.shown.remove(name.as_str());
            }
        }
    }
}

fn user_agent(case_id: &str) -> HeaderValue {
    let plain: String = case_id.chars().map(|c| if c.is_ascii_graphic() { c } else { '_' }).collect();
    HeaderValue::try_from(format!("countermand/{} ({plain})", env!("CARGO_PKG_VERSION")))
        .unwrap_or_else(|_| HeaderValue::from_static("countermand"))
}
