//! Sends the request lists of a binding: captures, repeats, pages. Knows what was asked for, not what must come of it.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use bytes::Bytes;
use serde_json::Value;

use super::breaker::{Breaker, Purpose};
use crate::check::Answer;
use crate::event;
use crate::scenario::{Outcome, RequestOverride};
use crate::target::template::{self, Data, ExprError, Scope};
use crate::target::{Request, Target, is_credential, stand_in_for};
use crate::transport::TransportError;

/// Bodies are shown up to this many bytes.
const SHOWN_BODY: usize = 64 << 10;
/// The first pause before a request is sent again; it doubles up to a quarter of a second.
const FIRST_PAUSE: Duration = Duration::from_millis(5);

/// A connection of one case to its target.
pub(super) struct Session<'s> {
    pub(super) target: &'s Target,
    pub(super) breaker: &'s Breaker,
    pub(super) case_id: &'s str,
}

/// Why a list of requests did not come to its end.
#[derive(Debug)]
pub(super) enum Stop {
    /// The endpoint was silent so often that it is not asked any more.
    Down,
    Transport(TransportError, Box<RawExchange>),
    /// An answer came, and can't be used for what it was asked for.
    Unusable(String, Box<RawExchange>),
    Expression(ExprError, Option<Box<RawExchange>>),
}

/// What a list of requests came to.
#[derive(Debug)]
pub(super) struct Performed {
    /// The names it captured, on top of those it was given.
    pub(super) scope: Scope,
    pub(super) last: Option<Reply>,
    pub(super) exchanges: Vec<RawExchange>,
}

/// One answer.
#[derive(Debug, Clone)]
pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) headers: Data,
    pub(super) body: Data,
    pub(super) is_json: bool,
}

/// An exchange as it went over the wire, kept cheaply until somebody wants to see it.
#[derive(Debug, Clone)]
pub(super) struct RawExchange {
    method: http::Method,
    base: String,
    path: String,
    headers: Vec<(String, String)>,
    body: Bytes,
    answer: Option<(http::StatusCode, http::HeaderMap, Bytes)>,
    millis: f64,
    error: Option<String>,
}

/// Who sends, and what a scenario changes of the request.
#[derive(Default, Clone, Copy)]
pub(super) struct Sender<'s> {
    pub(super) caller: Option<&'s str>,
    pub(super) changes: Option<&'s RequestOverride>,
}

impl Session<'_> {
    /// Sends a list. `order` receives what is captured as `order.NAME`.
    pub(super) async fn perform(
        &self,
        purpose: Purpose,
        list: &[Request],
        scope: &Scope,
        order: &mut Scope,
        sender: Sender<'_>,
    ) -> Result<Performed, Stop> {
        let mut performed = Performed { scope: scope.clone(), last: None, exchanges: Vec::new() };
        for request in list {
            performed.scope.set("order", Data::from_object(order.clone()));
            let rounds = match &request.each {
                Some(each) => each.list(&performed.scope).map_err(|error| expression(error, &performed))?,
                None => vec![Data::UNDEFINED],
            };
            for it in rounds {
                let mut scope = performed.scope.clone();
                if request.each.is_some() {
                    scope.set("it", it);
                }
                let wanted = request.when.as_ref().map_or(Ok(true), |when| when.holds(&scope));
                if wanted.map_err(|error| expression(error, &performed))? {
                    self.one(purpose, request, scope, order, sender, &mut performed).await?;
                }
            }
        }
        performed.scope.set("order", Data::from_object(order.clone()));
        Ok(performed)
    }

    /// One request with its repeats and pages, and what it captures.
    async fn one(
        &self,
        purpose: Purpose,
        request: &Request,
        mut scope: Scope,
        order: &mut Scope,
        sender: Sender<'_>,
        performed: &mut Performed,
    ) -> Result<(), Stop> {
        let deadline = Instant::now() + self.target.timeout;
        let mut pause = FIRST_PAUSE;
        let mut page = request.pages.as_ref().map_or(0, |pages| pages.from);
        let mut rows: Vec<Data> = Vec::new();
        loop {
            scope.set("page", Data::from(page));
            let reply = self.send(purpose, request, &scope, sender, performed).await?;
            scope.set("status", Data::from(reply.status));
            scope.set("headers", reply.headers.clone());
            scope.set("body", reply.body.clone());
            performed.last = Some(reply);
            if let Some(pages) = &request.pages {
                rows.extend(pages.rows.list(&scope).map_err(|error| expression(error, performed))?);
                scope.set("rows", Data::from(rows.clone()));
                let last = pages.last.holds(&scope).map_err(|error| expression(error, performed))?;
                page += 1;
                if !last && page - pages.from < pages.at_most {
                    continue;
                }
            }
            let Some(until) = &request.until else { break };
            if until.holds(&scope).map_err(|error| expression(error, performed))? {
                break;
            }
            if Instant::now() + pause > deadline {
                return Err(unusable(
                    format!("`{}` did not come true within {} ms", until.source(), self.target.timeout.as_millis()),
                    performed,
                ));
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(Duration::from_millis(250));
        }
        for (name, expr) in &request.capture {
            let value = expr.eval(&scope).map_err(|error| expression(error, performed))?;
            match name.strip_prefix("order.") {
                Some(field) => order.set(field, value),
                None => {
                    scope.set(name, value.clone());
                    performed.scope.set(name, value);
                }
            }
        }
        if request.pages.is_some() {
            performed.scope.set("rows", Data::from(rows));
        }
        Ok(())
    }

    async fn send(
        &self,
        purpose: Purpose,
        request: &Request,
        scope: &Scope,
        sender: Sender<'_>,
        performed: &mut Performed,
    ) -> Result<Reply, Stop> {
        if self.breaker.is_open(purpose) {
            return Err(Stop::Down);
        }
        let (message, mut raw) = self.build(request, scope, sender).map_err(|error| expression(error, performed))?;
        let message = match message {
            Ok(message) => message,
            Err(error) => return Err(Stop::Unusable(format!("the request can't be built: {error}"), Box::new(raw))),
        };
        let begin = Instant::now();
        let answer = self.target.transport.send(message, self.target.timeout).await;
        raw.millis = begin.elapsed().as_secs_f64() * 1000.0;
        self.breaker.note(purpose, answer.as_ref().err());
        match answer {
            Err(error) => {
                raw.error = Some(error.to_string());
                Err(Stop::Transport(error, Box::new(raw)))
            }
            Ok(answer) => {
                let (parts, body) = answer.into_parts();
                let reply = Reply::new(parts.status, &parts.headers, &body);
                raw.answer = Some((parts.status, parts.headers, body));
                performed.exchanges.push(raw);
                if purpose != Purpose::Call {
                    self.usable(&reply).map_err(|message| unusable(message, performed))?;
                }
                Ok(reply)
            }
        }
    }

    /// Set-up and views need a plain, readable answer.
    fn usable(&self, reply: &Reply) -> Result<(), String> {
        let rules = &self.target.binding.outcome;
        let scope = reply.scope();
        let accepted = rules.accepted.holds(&scope).map_err(|error| error.message)?;
        if !accepted {
            return Err(format!("answered {}", reply.status));
        }
        if !reply.is_json {
            return Err(format!("answered {} with a body that is no JSON", reply.status));
        }
        Ok(())
    }

    #[expect(
        clippy::type_complexity,
        reason = "the message may be unbuildable, the expressions may fail: two different blames"
    )]
    fn build(
        &self,
        request: &Request,
        scope: &Scope,
        sender: Sender<'_>,
    ) -> Result<(Result<http::Request<Bytes>, http::Error>, RawExchange), ExprError> {
        let target = self.target;
        let path = request.path.render(scope, template::in_path)?;
        let json = request.json.as_ref().map_or(Ok(None), |json| json.value(scope))?;
        let changes = sender.changes;
        let method = changes.and_then(|changes| changes.method.clone()).unwrap_or_else(|| request.method.clone());
        let raw_body = changes.and_then(|changes| changes.body.clone());
        let body = raw_body.or_else(|| json.map(|json| json.to_string()));
        let mut headers = http::HeaderMap::new();
        let mut shown: BTreeMap<String, String> = BTreeMap::new();
        let mut put = |name: &http::HeaderName, value: http::HeaderValue, show: String| {
            headers.insert(name.clone(), value);
            shown.insert(name.as_str().to_owned(), show);
        };
        put(&http::header::USER_AGENT, user_agent(self.case_id), format!("countermand/{}", env!("CARGO_PKG_VERSION")));
        if body.is_some() {
            put(
                &http::header::CONTENT_TYPE,
                http::HeaderValue::from_static("application/json"),
                "application/json".to_owned(),
            );
        }
        let caller = sender.caller.or(request.caller.as_deref());
        let of_caller = caller.and_then(|caller| target.callers.get(caller)).map(Vec::as_slice).unwrap_or_default();
        for header in target.headers.iter().chain(of_caller) {
            put(&header.name, header.value.clone(), header.shown.clone());
        }
        for (name, value) in changes.map(|changes| changes.headers.as_slice()).unwrap_or_default() {
            match value {
                Some(value) => {
                    let show = if is_credential(name.as_str()) {
                        stand_in_for(name.as_str())
                    } else {
                        value.to_str().unwrap_or_default().to_owned()
                    };
                    headers.insert(name.clone(), value.clone());
                    shown.insert(name.as_str().to_owned(), show);
                }
                None => {
                    headers.remove(name);
                    shown.remove(name.as_str());
                }
            }
        }
        let body = body.map(Bytes::from).unwrap_or_default();
        let raw = RawExchange {
            method: method.clone(),
            base: target.base_url.clone(),
            path: path.clone(),
            headers: shown.into_iter().collect(),
            body: body.clone(),
            answer: None,
            millis: 0.0,
            error: None,
        };
        let message = http::Request::builder().method(method).uri(format!("{}{path}", target.base_url)).body(body);
        let message = message.map(|mut message| {
            *message.headers_mut() = headers;
            message
        });
        Ok((message, raw))
    }
}

fn user_agent(case_id: &str) -> http::HeaderValue {
    let plain: String = case_id.chars().map(|c| if c.is_ascii_graphic() { c } else { '_' }).collect();
    http::HeaderValue::try_from(format!("countermand/{} ({plain})", env!("CARGO_PKG_VERSION")))
        .unwrap_or_else(|_| http::HeaderValue::from_static("countermand"))
}

fn expression(error: ExprError, performed: &Performed) -> Stop {
    Stop::Expression(error, performed.exchanges.last().cloned().map(Box::new))
}

fn unusable(message: String, performed: &Performed) -> Stop {
    match performed.exchanges.last() {
        Some(exchange) => {
            Stop::Unusable(format!("{} {} {message}", exchange.method, exchange.path), Box::new(exchange.clone()))
        }
        None => Stop::Down,
    }
}

impl Reply {
    fn new(status: http::StatusCode, headers: &http::HeaderMap, body: &Bytes) -> Self {
        let parsed = if body.is_empty() { None } else { template::parse_json(body).ok() };
        let pairs = headers
            .iter()
            .map(|(name, value)| (name.as_str(), Data::from(String::from_utf8_lossy(value.as_bytes()).into_owned())));
        Self {
            status: status.as_u16(),
            headers: template::map(pairs),
            is_json: parsed.is_some(),
            body: parsed.unwrap_or(Data::UNDEFINED),
        }
    }

    fn scope(&self) -> Scope {
        let mut scope = Scope::default();
        scope.set("status", Data::from(self.status));
        scope.set("headers", self.headers.clone());
        scope.set("body", self.body.clone());
        scope
    }

    /// The answer as the binding reads it; nothing where the target asks to wait.
    pub(super) fn judge(&self, target: &Target) -> Result<Option<Answer>, ExprError> {
        let rules = &target.binding.outcome;
        let scope = self.scope();
        if rules.busy.holds(&scope)? {
            return Ok(None);
        }
        let outcome = if rules.accepted.holds(&scope)? {
            Outcome::Accepted
        } else if rules.refused.holds(&scope)? {
            Outcome::Refused
        } else {
            Outcome::Broken
        };
        Ok(Some(Answer { outcome, status: self.status, headers: self.headers.clone(), body: self.body.clone() }))
    }
}

impl RawExchange {
    /// The form that events carry.
    pub(super) fn show(&self) -> event::Exchange {
        let text = |bytes: &Bytes| {
            let cut = &bytes[..bytes.len().min(SHOWN_BODY)];
            (!cut.is_empty()).then(|| String::from_utf8_lossy(cut).into_owned())
        };
        let header = |(name, value): (&http::HeaderName, &http::HeaderValue)| {
            let value = if is_credential(name.as_str()) {
                stand_in_for(name.as_str())
            } else {
                String::from_utf8_lossy(value.as_bytes()).into_owned()
            };
            (name.as_str().to_owned(), value)
        };
        event::Exchange {
            method: self.method.to_string(),
            base: self.base.clone(),
            path: self.path.clone(),
            request_headers: self.headers.clone(),
            request_body: text(&self.body),
            status: self.answer.as_ref().map(|(status, ..)| status.as_u16()),
            response_headers: self.answer.iter().flat_map(|(_, headers, _)| headers.iter().map(header)).collect(),
            response_body: self.answer.as_ref().and_then(|(.., body)| text(body)),
            millis: self.millis,
            error: self.error.clone(),
        }
    }
}

/// Arguments with role ids filled in, as JSON.
pub(super) fn as_json(data: &Data) -> Option<Value> {
    template::to_json(data).ok().flatten()
}
