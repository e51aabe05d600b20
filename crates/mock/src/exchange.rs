//! What is remembered of the last exchanges, and what is told about each. Data only: whoever prints a path makes it
//! safe to print.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::time::Duration;

use serde_json::{Value, json};

/// How many exchanges are kept.
const KEPT: usize = 100;
/// How much is kept of a body, and of a path.
const EXCERPT: usize = 2 * 1024;

/// One answered request, for a log. The path is as it was sent: make it safe before it goes to a terminal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogLine {
    /// The method.
    pub method: String,
    /// The path, with its query.
    pub path: String,
    /// The status it was answered with.
    pub status: u16,
    /// How long the answer took to find, without any delay that was asked for.
    pub duration: Duration,
    /// The ids of the orders that made room for newer ones.
    pub evicted: Vec<String>,
}

/// An exchange as it is kept: headers are not, so that no key is.
#[derive(Clone, Debug)]
pub(crate) struct Exchange {
    number: u64,
    method: String,
    path: Excerpt,
    status: u16,
    duration: Duration,
    request: Excerpt,
    response: Excerpt,
}

/// The beginning of a text, and how long the whole was. Whether it is text at all is asked only when it is shown.
#[derive(Clone, Debug)]
pub(crate) struct Excerpt {
    start: Box<[u8]>,
    bytes: usize,
}

impl Excerpt {
    pub(crate) fn of(whole: &[u8]) -> Self {
        Self { start: whole[..whole.len().min(EXCERPT)].into(), bytes: whole.len() }
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
    pub(crate) fn record(&mut self, line: &LogLine, request: Excerpt, response: Excerpt) {
        self.answered += 1;
        if self.kept.len() == KEPT {
            self.kept.pop_front();
        }
        self.kept.push_back(Exchange {
            number: self.answered,
            method: line.method.clone(),
            path: Excerpt::of(line.path.as_bytes()),
            status: line.status,
            duration: line.duration,
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
                "method": exchange.method,
                "path": exchange.path.text(),
                "status": exchange.status,
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
        let line = LogLine {
            method: "POST".to_owned(),
            path: format!("/{}", "o".repeat(5000)),
            status: 200,
            duration: Duration::ZERO,
            evicted: Vec::new(),
        };
        for _ in 0..150 {
            exchanges.record(&line, Excerpt::of(&[b'x'; 5000]), Excerpt::of("é".as_bytes()));
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
