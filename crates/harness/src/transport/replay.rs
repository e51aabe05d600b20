//! The transport of a run that was: every request is answered as it was answered then, and what was never asked has no answer.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use countermand_event::Exchange;

use super::{BoxFuture, CaseId, Transport, TransportError};

/// Answers from exchanges that were kept. Within a case the first that was not used yet and asks for the same is the answer;
/// what was done for no case, log-ins for one, answers as often as it is asked.
#[derive(Debug, Default)]
pub(crate) struct Replay {
    /// Per case, in the order in which they ended; under the empty name what was done for no case.
    exchanges: Mutex<BTreeMap<String, Vec<Kept>>>,
}

#[derive(Debug)]
struct Kept {
    exchange: Exchange,
    used: bool,
}

impl Replay {
    /// Of the exchanges of each case, by its id.
    pub(crate) fn new(exchanges: BTreeMap<String, Vec<Exchange>>) -> Self {
        let kept = |list: Vec<Exchange>| list.into_iter().map(|exchange| Kept { exchange, used: false }).collect();
        Self { exchanges: Mutex::new(exchanges.into_iter().map(|(case, list)| (case, kept(list))).collect()) }
    }

    fn find(&self, request: &http::Request<Bytes>) -> Option<Exchange> {
        let case = request.extensions().get::<CaseId>().map(|case| case.0.clone()).unwrap_or_default();
        let mut exchanges = self.exchanges.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = exchanges.get_mut(&case)?;
        let found =
            kept.iter_mut().find(|kept| (!kept.used || case.is_empty()) && asks_the_same(&kept.exchange, request))?;
        found.used = true;
        Some(found.exchange.clone())
    }
}

fn asks_the_same(exchange: &Exchange, request: &http::Request<Bytes>) -> bool {
    let path = request.uri().path_and_query().map_or("/", http::uri::PathAndQuery::as_str);
    // What is kept shows a secret as `$NAME`, and so is it sent here; in a path the mark is written as a code.
    let plain = |path: &str| path.replace("%24", "$");
    exchange.method == request.method().as_str()
        && plain(&exchange.path) == plain(path)
        && exchange.request_body.as_deref().unwrap_or_default().as_bytes() == request.body()
}

impl Transport for Replay {
    fn send(
        &self,
        request: http::Request<Bytes>,
        _: Duration,
    ) -> BoxFuture<'_, Result<http::Response<Bytes>, TransportError>> {
        Box::pin(async move {
            let Some(exchange) = self.find(&request) else {
                let path = request.uri().path_and_query().map_or("/", http::uri::PathAndQuery::as_str);
                return Err(TransportError::NotRecorded(format!("{} {path}", request.method())));
            };
            // As long as it took then: what a run waits for comes at the same time again.
            tokio::time::sleep(Duration::try_from_secs_f64(exchange.millis / 1000.0).unwrap_or_default()).await;
            let Some(status) = exchange.status else {
                return Err(TransportError::Recorded(exchange.error.unwrap_or_default()));
            };
            let mut response = http::Response::builder().status(status);
            for (name, value) in &exchange.response_headers {
                response = response.header(name, value);
            }
            let body = Bytes::from(exchange.response_body.unwrap_or_default());
            response.body(body).map_err(|error| TransportError::Broken(error.to_string()))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exchange(path: &str, body: &str, answer: &str) -> Exchange {
        Exchange {
            system: None,
            method: "POST".to_owned(),
            base: "http://then".to_owned(),
            path: path.to_owned(),
            request_headers: Vec::new(),
            request_body: Some(body.to_owned()),
            status: Some(200),
            response_headers: Vec::new(),
            response_body: Some(answer.to_owned()),
            millis: 3.0,
            error: None,
        }
    }

    fn ask(replay: &Replay, case: &str, path: &str, body: &str) -> Result<Bytes, TransportError> {
        let request = http::Request::post(format!("http://now{path}")).extension(CaseId(case.to_owned()));
        let request = request.body(Bytes::from(body.to_owned())).expect("a request");
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
        let answer = runtime.expect("a runtime").block_on(replay.send(request, Duration::ZERO));
        answer.map(http::Response::into_body)
    }

    #[test]
    fn every_answer_is_given_once_and_only_to_what_asked_for_it() {
        let of_case = vec![exchange("/a", "1", "first"), exchange("/a", "1", "second"), exchange("/a", "2", "other")];
        let replay = Replay::new(BTreeMap::from([("case".to_owned(), of_case)]));
        assert_eq!(ask(&replay, "case", "/a", "2").expect("kept"), "other");
        assert_eq!(ask(&replay, "case", "/a", "1").expect("kept"), "first");
        assert_eq!(ask(&replay, "case", "/a", "1").expect("kept"), "second");
        assert_eq!(ask(&replay, "case", "/a", "1"), Err(TransportError::NotRecorded("POST /a".to_owned())));
        assert!(ask(&replay, "another", "/a", "2").is_err());
    }

    #[test]
    fn what_was_done_for_no_case_answers_again() {
        let replay = Replay::new(BTreeMap::from([(String::new(), vec![exchange("/login?key=$KEY", "", "in")])]));
        for _ in 0..2 {
            assert_eq!(ask(&replay, "", "/login?key=%24KEY", "").expect("kept"), "in");
        }
    }
}
