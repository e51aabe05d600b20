//! Sends the request lists of a binding: captures, repeats, pages. Knows what was asked for, not what must come of it.

use std::time::Duration;

use tokio::time::Instant;

use super::breaker::{Breaker, Purpose};
use super::exchange::{RawExchange, Reply};
use super::message::{self, Message, Sender};
use crate::target::template::{Data, ExprError, Scope};
use crate::target::{Request, Target};
use crate::transport::TransportError;

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

    /// Sends one request. What asks to wait is sent again, within the time-out, but never a call: a cancellation can't be
    /// undone.
    async fn send(
        &self,
        purpose: Purpose,
        request: &Request,
        scope: &Scope,
        sender: Sender<'_>,
        performed: &mut Performed,
    ) -> Result<Reply, Stop> {
        let deadline = Instant::now() + self.target.timeout;
        loop {
            let reply = self.once(purpose, request, scope, sender, performed).await?;
            if purpose == Purpose::Call {
                return Ok(reply);
            }
            let busy =
                self.target.binding.outcome.busy.holds(&reply.scope()).map_err(|error| expression(error, performed))?;
            let pause = reply.asks_to_wait();
            if !busy || Instant::now() + pause > deadline {
                self.usable(request, &reply).map_err(|message| unusable(message, performed))?;
                return Ok(reply);
            }
            tokio::time::sleep(pause).await;
        }
    }

    async fn once(
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
        let built = message::build(self.target, self.case_id, request, scope, sender);
        let Message { request: message, record: mut raw } = built.map_err(|error| expression(error, performed))?;
        let message = match message {
            Ok(message) => message,
            Err(error) => return Err(Stop::Unusable(format!("the request can't be built: {error}"), Box::new(raw))),
        };
        let begin = Instant::now();
        let answer = self.target.transport.send(message, self.target.timeout).await;
        raw.millis = super::millis(begin.elapsed());
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
                Ok(reply)
            }
        }
    }

    /// Set-up and views need an accepting answer, and one that can be read where something is read from it.
    fn usable(&self, request: &Request, reply: &Reply) -> Result<(), String> {
        let rules = &self.target.binding.outcome;
        let scope = reply.scope();
        let accepted = rules.accepted.holds(&scope).map_err(|error| error.message)?;
        if !accepted {
            return Err(format!("answered {}", reply.status));
        }
        let is_read = !request.capture.is_empty() || request.until.is_some() || request.pages.is_some();
        if is_read && !reply.is_json {
            return Err(format!("answered {} with a body that is no JSON", reply.status));
        }
        Ok(())
    }
}

fn expression(error: ExprError, performed: &Performed) -> Stop {
    Stop::Expression(error, performed.exchanges.last().cloned().map(Box::new))
}

fn unusable(message: String, performed: &Performed) -> Stop {
    match performed.exchanges.last() {
        Some(exchange) => Stop::Unusable(format!("{} {message}", exchange.name()), Box::new(exchange.clone())),
        None => Stop::Down,
    }
}
