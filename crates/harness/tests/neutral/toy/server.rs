//! The toy contract over HTTP requests and answers, in this process. Holds no rule of the contract: those stand in `order.rs`.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use countermand_harness::{BoxFuture, Inbox, Transport, TransportError};
use http::{Method, Request, Response};
use serde_json::{Value, json};

use super::order::{Order, Refusal};
use super::teller::Teller;
use super::wrong::{Setting, Wrong};

/// The orders on one page of the list.
const PAGE: usize = 3;

/// A server of the toy contract, right or wrong.
#[derive(Debug, Default)]
pub(crate) struct Toy {
    setting: Setting,
    wrongs: Vec<Wrong>,
    state: Mutex<State>,
    /// Who is told of changes, where anybody can be.
    teller: Option<Teller>,
}

#[derive(Debug, Default)]
struct State {
    orders: BTreeMap<String, Order>,
    /// Every request, as `METHOD /path`.
    log: Vec<String>,
    /// Some call was made: reads that go wrong do so from then on.
    called: bool,
}

type Answer = Result<Response<Bytes>, TransportError>;

impl Toy {
    /// A toy with these options and these defects.
    pub(crate) fn new(setting: Setting, wrongs: &[Wrong]) -> Self {
        Self { setting, wrongs: wrongs.to_vec(), state: Mutex::default(), teller: None }
    }

    /// The same, with webhooks that are posted to this inbox.
    pub(crate) fn telling(self, inbox: &Arc<Inbox>) -> Self {
        Self { teller: Some(Teller::new(Arc::clone(inbox), &self.wrongs)), ..self }
    }

    /// How many webhooks are registered.
    pub(crate) fn registered(&self) -> usize {
        self.teller.as_ref().map_or(0, Teller::registered)
    }

    /// Every request so far, as `METHOD /path`.
    pub(crate) fn log(&self) -> Vec<String> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).log.clone()
    }

    fn is(&self, wrong: Wrong) -> bool {
        self.wrongs.contains(&wrong)
    }

    fn answer(&self, request: &Request<Bytes>) -> Answer {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let path = request.uri().path();
        state.log.push(format!("{} {path}", request.method()));
        let key = request.headers().get(http::header::AUTHORIZATION).and_then(|key| key.to_str().ok());
        let parts: Vec<String> = path.split('/').skip(1).map(decoded).collect();
        let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
        let answer = match (request.method(), parts.as_slice()) {
            _ if key.is_none() => refusal(401, "who are you?"),
            (&Method::POST, ["orders"]) => return self.create(&mut state, request),
            (&Method::GET, ["orders"]) => self.list(&mut state, request.uri().query()),
            (&Method::GET, ["orders", id]) => return self.read(&mut state, id),
            (&Method::POST, ["hooks"]) => match &self.teller {
                Some(teller) => {
                    reply(201, &teller.register(&serde_json::from_slice(request.body()).unwrap_or_default()))
                }
                None => refusal(404, "nobody is told here"),
            },
            (&Method::DELETE, ["hooks", id]) => {
                self.teller.iter().for_each(|teller| teller.forget(id));
                reply(200, &json!({}))
            }
            (&Method::POST, ["orders", id, call @ ..]) => {
                return self.call(&mut state, id, call, key.unwrap_or_default(), request.body());
            }
            _ => refusal(405, "no such call"),
        };
        Ok(answer)
    }

    fn create(&self, state: &mut State, request: &Request<Bytes>) -> Answer {
        if self.is(Wrong::SilentSetUp) {
            return Err(TransportError::TimedOut(Duration::from_secs(5)));
        }
        if self.is(Wrong::SetUpFails) {
            return Ok(reply(500, &json!({ "error": "the shelf is on fire" })));
        }
        let asked: Value = serde_json::from_slice(request.body()).unwrap_or_default();
        if asked["note"].as_str().is_some_and(|note| note.len() > 20) {
            return Ok(reply(400, &json!({ "error": "a note has 20 characters at most" })));
        }
        let mut id = asked["reference"].as_str().unwrap_or_default().to_owned();
        if self.is(Wrong::EchoesKey) {
            id = format!("{id} {}", request.headers()["authorization"].to_str().unwrap_or_default());
        }
        state.orders.insert(id.clone(), Order::new(&id, &asked, &self.wrongs));
        Ok(reply(201, &json!({ "id": id })))
    }

    fn read(&self, state: &mut State, id: &str) -> Answer {
        let State { orders, called, .. } = state;
        let Some(order) = orders.get_mut(id) else { return Ok(refusal(404, "no such order")) };
        let shown = order.read(self.setting, &self.wrongs, true);
        let go_wrong = |wrong| *called && self.is(wrong);
        if self.is(Wrong::SilentReads) {
            return Err(TransportError::TimedOut(Duration::from_secs(5)));
        }
        Ok(if go_wrong(Wrong::TruncatedReads) {
            let text = shown.to_string();
            raw(200, "application/json", &text[..text.len() / 2])
        } else if go_wrong(Wrong::HtmlReads) {
            raw(200, "text/html", "<h1>Welcome</h1>")
        } else if go_wrong(Wrong::StrangeReads) {
            reply(200, &json!({ "data": shown }))
        } else if go_wrong(Wrong::FailingReads) {
            reply(503, &json!({ "error": "come back later" }))
        } else {
            reply(200, &shown)
        })
    }

    fn list(&self, state: &mut State, query: Option<&str>) -> Response<Bytes> {
        let page = query.and_then(|query| query.strip_prefix("page=")).and_then(|page| page.parse::<usize>().ok());
        let rows = state.orders.values_mut().skip((page.unwrap_or(1) - 1) * PAGE).take(PAGE);
        let rows = rows.map(|order| {
            let mut shown = order.read(self.setting, &self.wrongs, false);
            if self.is(Wrong::ListDiffers) {
                shown["note"] = json!("as listed");
            }
            shown
        });
        reply(200, &json!({ "orders": rows.collect::<Vec<_>>() }))
    }

    fn call(&self, state: &mut State, id: &str, call: &[&str], key: &str, body: &Bytes) -> Answer {
        let first = !std::mem::replace(&mut state.called, true);
        let calls = state.log.len();
        if self.is(Wrong::SilentCalls) || (self.is(Wrong::SilentLater) && !first) {
            return Err(TransportError::TimedOut(Duration::from_secs(5)));
        }
        if self.is(Wrong::Redirects) {
            return Ok(Response::builder().status(302).header("location", "/login").body(Bytes::new()).expect("plain"));
        }
        if self.is(Wrong::Busy) {
            return Ok(reply(429, &json!({ "error": "one at a time" })));
        }
        let mut outcome = Err(Refusal::Unknown);
        if key == "Bearer guest" {
            outcome = Err(Refusal::State("a guest looks and does not touch"));
        } else if let Some(order) = state.orders.get_mut(id) {
            let before = order.clone();
            order.begin_change();
            let body: Option<Value> =
                if body.is_empty() { Some(Value::Null) } else { serde_json::from_slice(body).ok() };
            outcome = match (call, body) {
                (_, None) => Err(Refusal::Unreadable),
                (["boxes", parcel, "remove"], Some(body)) => order.remove(parcel, &body, &self.wrongs),
                (["boxes", parcel, "split"], Some(body)) => order.split(parcel, &body, &self.wrongs),
                (["drop"], Some(body)) => order.drop_all(&body, self.setting, &self.wrongs),
                _ => Err(Refusal::Unknown),
            };
            if outcome.is_err() && !self.is(Wrong::RefusedStillRemoves) {
                *order = before;
            } else if let Some(teller) = &self.teller {
                teller.tell(id, &before.told(), &order.told());
            }
            if self.is(Wrong::EchoesKey) {
                order.scribble(
                    format!("{calls}: you said {key}"),
                    key.split(' ').next_back().and_then(|key| key.parse().ok()),
                );
            }
        }
        let mut answer = match outcome {
            Ok(()) if self.is(Wrong::Html) => raw(200, "text/html", "<h1>Done</h1>"),
            Ok(()) if self.setting.answers_ack => reply(200, &json!({ "ok": true })),
            Ok(()) => reply(200, &json!({ "order": id })),
            Err(_) if self.is(Wrong::RefusalIs200) => reply(200, &json!({ "ok": true })),
            Err(_) if self.is(Wrong::RefusalIs500) => reply(500, &json!({ "error": "null pointer" })),
            Err(_) if self.is(Wrong::RefusalIsMute) => raw(409, "text/plain", ""),
            Err(_) if self.is(Wrong::EchoesKey) => refusal(409, &format!("`{key}` may not")),
            Err(_) if self.is(Wrong::EchoesKeyFarOut) => {
                let secret = key.split(' ').next_back().unwrap_or_default();
                let before = "{\"error\":\"".len();
                refusal(409, &format!("{}{secret}", "x".repeat((64 << 10) - before - 10)))
            }
            Err(Refusal::Unknown) => refusal(404, "not here"),
            Err(Refusal::Unreadable) => refusal(400, "what is that?"),
            Err(Refusal::State(why)) => refusal(if self.setting.status_400 { 400 } else { 409 }, why),
        };
        if self.is(Wrong::EchoesKey) {
            let echo = http::HeaderValue::from_str(key).expect("it came as a header");
            answer.headers_mut().insert("x-echo", echo.clone());
            answer.headers_mut().insert("set-cookie", echo);
        }
        Ok(answer)
    }
}

impl Transport for Toy {
    fn send(&self, request: Request<Bytes>, _timeout: Duration) -> BoxFuture<'_, Answer> {
        Box::pin(async move {
            // Lets other cases in between, as a socket would.
            tokio::task::yield_now().await;
            self.answer(&request)
        })
    }
}

/// A part of a path without its percent signs.
fn decoded(path: &str) -> String {
    let mut parts = path.split('%');
    let mut bytes = parts.next().unwrap_or_default().as_bytes().to_vec();
    for part in parts {
        let (code, rest) = part.split_at(2);
        bytes.push(u8::from_str_radix(code, 16).expect("two digits"));
        bytes.extend(rest.as_bytes());
    }
    String::from_utf8(bytes).expect("text")
}

fn refusal(status: u16, why: &str) -> Response<Bytes> {
    reply(status, &json!({ "error": why }))
}

fn reply(status: u16, body: &Value) -> Response<Bytes> {
    raw(status, "application/json", &body.to_string())
}

fn raw(status: u16, kind: &str, body: &str) -> Response<Bytes> {
    let answer = Response::builder().status(status).header("content-type", kind);
    answer.body(Bytes::from(body.to_owned())).expect("a plain answer")
}
