//! What is remembered of the last exchanges, and what is told about each. Data only: whoever prints a path makes it
//! safe to print.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::time::Duration;

use bytes::Bytes;
use http::uri::PathAndQuery;
use http::{Method, StatusCode, Uri};
use serde_json::{Value, json};

/// How many exchanges are kept.
const KEPT: usize = 100;
/// How much is kept of a body, and of a path.
const EXCERPT: usize = 2 * 1024;

/// One answered request, or one webhook that was posted, for a log. The path is as it was sent: make it safe before it goes to a terminal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogLine {
    /// The method; `webhook` of what was posted.
    pub method: String,
    /// The path, with its query; the whole URL of what was posted.
    pub path: String,
    /// The status it was answered with.
    pub status: u16,
    /// How long the answer took to find, without any delay that was asked for.
    pub duration: Duration,
    /// The ids of the orders that made room for newer ones.
    pub evicted: Vec<String>,
}

impl LogLine {
    /// Of a webhook that was posted: its status is 0 where no answer came.
    pub(crate) fn of_webhook(url: String, status: Option<StatusCode>, duration: Duration) -> Self {
        let status = status.map_or(0, |status| status.as_u16());
        Self { method: "webhook".to_owned(), path: url, status, duration, evicted: Vec::new() }
    }
}

/// What became of a request: with the request itself, all that a log is told.
#[derive(Debug)]
pub(crate) struct Told {
    pub(crate) status: StatusCode,
    pub(crate) duration: Duration,
    pub(crate) evicted: Vec<String>,
}

impl Told {
    pub(crate) fn of(self, method: &Method, uri: &Uri) -> LogLine {
        let Self { status, duration, evicted } = self;
        LogLine {
            method: method.to_string(),
            path: path_of(uri).to_owned(),
            status: status.as_u16(),
            duration,
            evicted,
        }
    }
}

/// The path, with its query.
pub(crate) fn path_of(uri: &Uri) -> &str {
    uri.path_and_query().map_or_else(|| uri.path(), PathAndQuery::as_str)
}

/// An exchange as it is kept: headers are not, so that no key is.
#[derive(Clone, Debug)]
pub(crate) struct Exchange {
    number: u64,
    method: Method,
    path: Excerpt,
    status: StatusCode,
    duration: Duration,
    request: Excerpt,
    response: Excerpt,
}

/// The beginning of a text, and how long the whole was. Whether it is text at all is asked only when it is shown.
#[derive(Clone, Debug)]
pub(crate) struct Excerpt {
    start: Bytes,
    bytes: usize,
}

impl Excerpt {
    pub(crate) fn of(whole: &[u8]) -> Self {
        Self { start: Bytes::copy_from_slice(&whole[..whole.len().min(EXCERPT)]), bytes: whole.len() }
    }

    /// The same of a body, which is shared where it is all kept: a copy of the start lets a large one go.
    pub(crate) fn of_body(whole: &Bytes) -> Self {
        if whole.len() > EXCERPT { Self::of(whole) } else { Self { start: whole.clone(), bytes: whole.len() } }
    }

    fn text(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(&self.start)
    }
}

/// The last exchanges, oldest first.
#[derive(Debug, Default)]
pub(crate) struct Exchanges {
    kept: VecDeque<Exchange>,
    answered: u64,
}

impl Exchanges {
    pub(crate) fn record(&mut self, method: &Method, path: Excerpt, told: &Told, request: Excerpt, response: Excerpt) {
        self.answered += 1;
        if self.kept.len() == KEPT {
            self.kept.pop_front();
        }
        self.kept.push_back(Exchange {
            number: self.answered,
            method: method.clone(),
            path,
            status: told.status,
            duration: told.duration,
            request,
            response,
        });
    }

    /// How many requests were answered since the start or the last reset.
    pub(crate) fn answered(&self) -> u64 {
        self.answered
    }

    pub(crate) fn to_json(&self) -> Value {
        let shown = |exchange: &Exchange| {
            json!({
                "number": exchange.number,
                "method": exchange.method.as_str(),
                "path": exchange.path.text(),
                "status": exchange.status.as_u16(),
                "micros": u64::try_from(exchange.duration.as_micros()).unwrap_or(u64::MAX),
                "request": { "body": exchange.request.text(), "bytes": exchange.request.bytes },
                "response": { "body": exchange.response.text(), "bytes": exchange.response.bytes },
            })
        };
        self.kept.iter().map(shown).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_the_last_hundred_and_the_start_of_paths_and_bodies() {
        let mut exchanges = Exchanges::default();
        let told = Told { status: StatusCode::OK, duration: Duration::ZERO, evicted: Vec::new() };
        let path = Excerpt::of(format!("/{}", "o".repeat(5000)).as_bytes());
        let sent = Excerpt::of_body(&Bytes::from_static(&[b'x'; 5000]));
        for _ in 0..150 {
            let got = Excerpt::of_body(&Bytes::from_static("é".as_bytes()));
            exchanges.record(&Method::POST, path.clone(), &told, sent.clone(), got);
        }
        let json = exchanges.to_json();
        assert_eq!(json.as_array().unwrap().len(), 100);
        assert_eq!(json[0]["number"], 51);
        assert_eq!(json[0]["path"].as_str().unwrap().len(), 2048);
        assert_eq!(json[0]["request"]["body"].as_str().unwrap().len(), 2048);
        assert_eq!(json[0]["request"]["bytes"], 5000);
        assert_eq!(json[0]["response"]["body"], "é");
    }

    #[test]
    fn a_body_cut_within_a_character_is_still_text() {
        let body = "é".repeat(2000);
        assert!(Excerpt::of(&body.as_bytes()[1..]).text().contains('é'));
    }
}
