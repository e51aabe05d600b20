//! What stands before the toy: it notes every request with its time, answers some in its own way and passes on the others.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use countermand_harness::{BoxFuture, Transport, TransportError};
use http::{HeaderValue, Request, Response};
use serde_json::Value;
use tokio::time::Instant;

use crate::toy::{Setting, Toy};

pub(crate) type Answer = Result<Response<Bytes>, TransportError>;

/// A request as it came.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    /// `METHOD /path?query`.
    pub(crate) line: String,
    pub(crate) headers: BTreeMap<String, String>,
    /// As JSON, or null.
    pub(crate) body: Value,
    pub(crate) at: Instant,
    pub(crate) timeout: Duration,
}

impl Seen {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(String::as_str)
    }

    pub(crate) fn is(&self, begin: &str, end: &str) -> bool {
        self.line.starts_with(begin) && self.line.ends_with(end)
    }
}

type Rule = dyn Fn(&Seen) -> Option<Answer> + Send + Sync;

/// The toy behind a door.
pub(crate) struct Door {
    toy: Toy,
    seen: Mutex<Vec<Seen>>,
    under_way: AtomicUsize,
    most: AtomicUsize,
    /// How long every answer takes.
    takes: Duration,
    rule: Box<Rule>,
}

impl Door {
    /// Passes every request on for which `rule` has no answer.
    pub(crate) fn new(rule: impl Fn(&Seen) -> Option<Answer> + Send + Sync + 'static) -> Self {
        Self {
            toy: Toy::new(Setting::default(), &[]),
            seen: Mutex::default(),
            under_way: AtomicUsize::default(),
            most: AtomicUsize::default(),
            takes: Duration::ZERO,
            rule: Box::new(rule),
        }
    }

    pub(crate) fn taking(self, takes: Duration) -> Self {
        Self { takes, ..self }
    }

    pub(crate) fn over(self, toy: Toy) -> Self {
        Self { toy, ..self }
    }

    /// What its rule says to a request.
    pub(crate) fn answer(&self, seen: &Seen) -> Option<Answer> {
        (self.rule)(seen)
    }

    /// Every request so far.
    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// `METHOD /path?query` of every request so far.
    pub(crate) fn lines(&self) -> Vec<String> {
        self.seen().into_iter().map(|seen| seen.line).collect()
    }

    /// How many requests began and ended like this.
    pub(crate) fn count(&self, begin: &str, end: &str) -> usize {
        self.seen().iter().filter(|seen| seen.is(begin, end)).count()
    }

    /// The most requests that were under way at once.
    pub(crate) fn most(&self) -> usize {
        self.most.load(Ordering::SeqCst)
    }
}

impl Transport for Door {
    fn send(&self, request: Request<Bytes>, timeout: Duration) -> BoxFuture<'_, Answer> {
        Box::pin(async move {
            let header = |(name, value): (&http::HeaderName, &HeaderValue)| {
                (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
            };
            let path = request.uri().path_and_query().map(ToString::to_string).unwrap_or_default();
            let seen = Seen {
                line: format!("{} {path}", request.method()),
                headers: request.headers().iter().map(header).collect(),
                body: serde_json::from_slice(request.body()).unwrap_or_default(),
                at: Instant::now(),
                timeout,
            };
            self.seen.lock().unwrap_or_else(PoisonError::into_inner).push(seen.clone());
            let under_way = self.under_way.fetch_add(1, Ordering::SeqCst) + 1;
            self.most.fetch_max(under_way, Ordering::SeqCst);
            tokio::time::sleep(self.takes).await;
            let answer = match (self.rule)(&seen) {
                Some(answer) => answer,
                None => self.toy.send(with_key(request), timeout).await,
            };
            self.under_way.fetch_sub(1, Ordering::SeqCst);
            answer
        })
    }
}

/// The toy knows its keeper by a header, whatever the door is opened with.
fn with_key(mut request: Request<Bytes>) -> Request<Bytes> {
    let guest = request.headers().get("authorization").is_some_and(|key| key == "Bearer guest");
    if !guest {
        request.headers_mut().insert("authorization", HeaderValue::from_static("Bearer keeper"));
    }
    request
}

pub(crate) fn reply(status: u16, body: &Value) -> Option<Answer> {
    with_headers(status, &[("content-type", "application/json")], body)
}

pub(crate) fn with_headers(status: u16, headers: &[(&str, &str)], body: &Value) -> Option<Answer> {
    let answer =
        headers.iter().fold(Response::builder().status(status), |answer, (name, value)| answer.header(*name, *value));
    Some(Ok(answer.body(Bytes::from(body.to_string())).expect("an answer")))
}

/// The connection breaks.
pub(crate) fn broken() -> Option<Answer> {
    Some(Err(TransportError::Broken("reset".to_owned())))
}

/// True for its first `count` uses.
pub(crate) fn first(count: usize) -> impl Fn() -> bool + Send + Sync {
    let used = AtomicUsize::default();
    move || used.fetch_add(1, Ordering::SeqCst) < count
}
