//! One request and its answer: kept cheaply as they went over the wire, shown on demand.

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;
use countermand_event::Exchange;
use countermand_text::Place;
use serde_json::Value;

use crate::secrets::{Redactor, hide_credentials, is_credential, stand_in_for};
use crate::transport::MAX_ANSWER;

/// Bodies are shown up to this many bytes.
const SHOWN_BODY: usize = 64 << 10;

/// An exchange as it went over the wire, kept cheaply until somebody wants to see it.
#[derive(Debug, Clone)]
pub(super) struct RawExchange {
    method: http::Method,
    base: String,
    /// As it may be shown.
    path: String,
    headers: Vec<(String, String)>,
    body: Bytes,
    pub(super) answer: Option<(http::StatusCode, http::HeaderMap, Bytes)>,
    pub(super) millis: f64,
    pub(super) error: Option<String>,
    /// Where the binding says that it is sent.
    pub(super) place: Arc<Place>,
    /// It logs in: what comes back with a success is a credential, whatever it is called.
    pub(super) is_login: bool,
}

/// The answer to a log-in in its shape alone: every text and number stands as its name. What is replayed can so be read again.
fn masked(body: &Bytes) -> String {
    fn mask(value: &mut Value, name: &str) {
        match value {
            Value::String(_) | Value::Number(_) => *value = Value::String(stand_in_for(name)),
            Value::Array(list) => list.iter_mut().for_each(|item| mask(item, name)),
            Value::Object(map) => map.iter_mut().for_each(|(name, value)| mask(value, name)),
            Value::Null | Value::Bool(_) => {}
        }
    }
    match serde_json::from_slice(body) {
        Ok(mut value) => {
            mask(&mut value, "LOGIN_ANSWER");
            value.to_string()
        }
        Err(_) => stand_in_for("LOGIN_ANSWER"),
    }
}

impl RawExchange {
    /// What is about to be sent.
    pub(super) fn sent(
        method: http::Method,
        base: &str,
        path: &str,
        headers: BTreeMap<String, String>,
        body: Bytes,
        place: Arc<Place>,
    ) -> Self {
        let headers = headers.into_iter().collect();
        Self {
            method,
            base: base.to_owned(),
            path: path.to_owned(),
            headers,
            body,
            answer: None,
            millis: 0.0,
            error: None,
            place,
            is_login: false,
        }
    }

    /// What it was, in a message.
    pub(super) fn name(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    /// The form that events carry.
    pub(super) fn show(&self, redactor: &Redactor) -> Exchange {
        self.show_up_to(redactor, SHOWN_BODY)
    }

    /// The form that is kept, to be judged again: whole, but for what is secret. Of a log-in that is what was captured, and
    /// what is called a credential.
    pub(super) fn keep(mut self, redactor: &Redactor) -> Exchange {
        let is_login = std::mem::take(&mut self.is_login);
        let mut exchange = self.show_up_to(redactor, MAX_ANSWER);
        redactor.exchange(&mut exchange);
        if is_login {
            hide_credentials(&mut exchange);
        }
        exchange
    }

    /// The same with bodies of so many bytes.
    fn show_up_to(&self, redactor: &Redactor, bytes: usize) -> Exchange {
        // Cleaned before it is cut: half a secret would not be known for one.
        let text = |body: &Bytes| {
            let mut text = redactor.text(&String::from_utf8_lossy(body));
            text.truncate(text.floor_char_boundary(bytes));
            (!text.is_empty()).then_some(text)
        };
        let is_secret = self.is_login && self.answer.as_ref().is_some_and(|(status, ..)| status.is_success());
        let header = |(name, value): (&http::HeaderName, &http::HeaderValue)| {
            let value = if is_secret || is_credential(name.as_str()) {
                stand_in_for(name.as_str())
            } else {
                String::from_utf8_lossy(value.as_bytes()).into_owned()
            };
            (name.as_str().to_owned(), value)
        };
        Exchange {
            system: None,
            method: self.method.to_string(),
            base: self.base.clone(),
            path: self.path.clone(),
            request_headers: self.headers.clone(),
            request_body: text(&self.body),
            status: self.answer.as_ref().map(|(status, ..)| status.as_u16()),
            response_headers: self.answer.iter().flat_map(|(_, headers, _)| headers.iter().map(header)).collect(),
            response_body: match &self.answer {
                Some((.., body)) if is_secret => (!body.is_empty()).then(|| masked(body)),
                answer => answer.as_ref().and_then(|(.., body)| text(body)),
            },
            millis: self.millis,
            error: self.error.clone(),
        }
    }
}
