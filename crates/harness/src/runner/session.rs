//! Sends the request lists of a binding: captures, repeats, pages, log-ins. Knows what was asked for, not what must come of it.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use tokio::time::Instant;

use super::breaker::{Breaker, Purpose};
use super::exchange::RawExchange;
use super::message::{self, Message, Sender};
use super::witness::Witness;
use crate::spec::binding::{Reply, Request};
use crate::target::{LoggedIn, LoginState, Target, captured_secret, logged_in};
use crate::template::{self, Data, ExprError, Scope};
use crate::transport::{CaseId, TransportError};

/// The first pause before a request is sent again; it doubles up to a quarter of a second.
const FIRST_PAUSE: Duration = Duration::from_millis(5);

/// A connection of one case, or of the proof before them, to the target.
pub(super) struct Session<'s> {
    pub(super) target: &'s Target,
    pub(super) breaker: &'s Breaker,
    pub(super) spec: &'s str,
    pub(super) case_id: &'s str,
    pub(super) witness: Option<&'s dyn Witness>,
}

/// Why a list of requests did not come to its end.
#[derive(Debug)]
pub(super) enum Stop {
    /// The endpoint was silent so often that it is not asked any more.
    Down,
    Transport(TransportError, Box<RawExchange>),
    /// An answer came, and can't be used for what it was asked for.
    Unusable(String, Box<RawExchange>),
    /// The log-in came to nothing that requests can be sent with.
    Login(String, Option<Box<RawExchange>>),
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
    /// Sends a list: of set-up and reads every request must be accepted, a call ends with the first that is not. `order`
    /// receives what is captured as `order.NAME`.
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
                if !wanted.map_err(|error| expression(error, &performed))? {
                    continue;
                }
                let before = performed.last.clone();
                let sent = performed.exchanges.len();
                let ended = self.one(purpose, request, scope, order, sender, &mut performed).await;
                if sender.anonymous {
                    performed.exchanges[sent..].iter().for_each(|raw| self.tell_exchanged("", raw));
                }
                ended?;
                if purpose == Purpose::Call && !self.last_accepted(&performed)? {
                    if !request.optional {
                        return Ok(performed);
                    }
                    performed.last = before;
                }
            }
        }
        performed.scope.set("order", Data::from_object(order.clone()));
        Ok(performed)
    }

    fn last_accepted(&self, performed: &Performed) -> Result<bool, Stop> {
        let Some(reply) = &performed.last else { return Ok(true) };
        reply.is_accepted(&self.target.binding.outcome).map_err(|error| expression(error, performed))
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
            reply.tell(&mut scope);
            performed.last = Some(reply);
            if let Some(pages) = &request.pages {
                let listed = match purpose {
                    Purpose::SetUp => pages.rows.list(&scope),
                    Purpose::View | Purpose::Call => pages.rows.answered().list(&scope),
                };
                rows.extend(listed.map_err(|error| expression(error, performed))?);
                scope.set("rows", Data::from(rows.clone()));
                let is_last = pages.is_last(&scope).map_err(|error| expression(error, performed))?;
                page += 1;
                if !is_last && page - pages.from < pages.at_most {
                    continue;
                }
                // A set-up may need no more than there is on the first of them.
                if !is_last && purpose == Purpose::View {
                    return Err(unusable(
                        format!("goes on after {} pages, and no more are read", pages.at_most),
                        performed,
                    ));
                }
            }
            let Some(until) = &request.until else { break };
            let is_met = match purpose {
                Purpose::SetUp => until.holds(&scope),
                Purpose::View | Purpose::Call => until.answered().holds(&scope),
            };
            if is_met.map_err(|error| expression(error, performed))? {
                break;
            }
            // What is read again is read from its first page on.
            page = request.pages.as_ref().map_or(0, |pages| pages.from);
            rows.clear();
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
            // Without its captures no set-up is one. Of a read or a call what can't be captured is not there.
            let value = match purpose {
                Purpose::SetUp => expr.eval(&scope),
                Purpose::View | Purpose::Call => expr.answered().eval(&scope),
            };
            let value = value.map_err(|error| expression(error, performed))?;
            if sender.anonymous {
                self.target.keep_secret(captured_secret(name, &value).into_iter().collect());
            }
            match name.strip_prefix("order.") {
                Some(field) => order.set(field, value),
                None => {
                    scope.set(name, value.clone());
                    performed.scope.set(name, value);
                }
            }
        }
        if purpose == Purpose::SetUp && request.capture.iter().any(|(name, _)| name.starts_with("order.")) {
            self.tell_created(&scope, order);
        }
        if request.pages.is_some() {
            performed.scope.set("rows", Data::from(rows));
        }
        Ok(())
    }

    /// Tells of an exchange that has ended.
    fn tell_exchanged(&self, case_id: &str, raw: &RawExchange) {
        if let Some(witness) = self.witness {
            witness.exchanged(self.spec, case_id, raw.clone().keep(&self.target.redactor()));
        }
    }

    /// Tells of an order that has come to exist: whatever happens next, it has to be cleaned up.
    fn tell_created(&self, scope: &Scope, order: &Scope) {
        let Some(witness) = self.witness else { return };
        let key = scope.get("case_key").and_then(Data::as_str).unwrap_or_default();
        if let Ok(Some(mut known)) = template::to_json(&Data::from_object(order.clone())) {
            self.target.redactor().value(&mut known);
            witness.order_created(self.spec, self.case_id, key, &known);
        }
    }

    /// Sends one request. What asks to wait is sent again, within the time-out, and so is a read that broke off, but never a
    /// call: a cancellation can't be undone.
    async fn send(
        &self,
        purpose: Purpose,
        request: &Request,
        scope: &Scope,
        sender: Sender<'_>,
        performed: &mut Performed,
    ) -> Result<Reply, Stop> {
        let deadline = Instant::now() + self.target.timeout;
        let mut again = if purpose == Purpose::View { self.target.retries } else { 0 };
        loop {
            let reply = match self.once(purpose, request, scope, sender, performed).await {
                Err(Stop::Transport(error, _)) if again > 0 && !matches!(error, TransportError::TimedOut(_)) => {
                    again -= 1;
                    continue;
                }
                reply => reply?,
            };
            if purpose == Purpose::Call {
                return match reply.claims_json && !reply.is_json {
                    true => Err(unusable(
                        format!("answered {} with a body that is not the JSON it says", reply.status),
                        performed,
                    )),
                    false => Ok(reply),
                };
            }
            let busy = reply.is_busy(&self.target.binding.outcome).map_err(|error| expression(error, performed))?;
            let pause = reply.asks_to_wait();
            if !busy || Instant::now() + pause > deadline {
                self.usable(request, &reply).map_err(|message| unusable(message, performed))?;
                return Ok(reply);
            }
            tokio::time::sleep(pause).await;
        }
    }

    /// Sends one request, logged in; where the session was over it logs in again, and sends again what is no call.
    async fn once(
        &self,
        purpose: Purpose,
        request: &Request,
        scope: &Scope,
        sender: Sender<'_>,
        performed: &mut Performed,
    ) -> Result<Reply, Stop> {
        let caller = sender.caller.or(request.caller.as_deref());
        let login = caller.and_then(|caller| self.target.callers.get(caller)).and_then(|caller| caller.login.as_ref());
        // What a scenario sends with credentials of its own says nothing of the session.
        let Some(login) = login.filter(|_| !sender.anonymous && !sender.changes_credentials()) else {
            return self.exchange(purpose, request, scope, sender, None, performed).await;
        };
        for last in [false, true] {
            let session = self.log_in(login).await?;
            let reply = self.exchange(purpose, request, scope, sender, Some(&session), performed).await?;
            let over =
                login.login.expired.as_ref().map_or(Ok(false), |expired| expired.answered().holds(&reply.scope()));
            if !over.map_err(|error| expression(error, performed))? {
                return Ok(reply);
            }
            login.forget(&session).await;
            if purpose == Purpose::Call {
                return Err(unusable(
                    "says that the session is over; a call is never sent twice".to_owned(),
                    performed,
                ));
            }
            if last {
                break;
            }
        }
        Err(unusable("says that the session is over, right after a log-in".to_owned(), performed))
    }

    /// The session of a caller: the one there is, or a new one.
    pub(super) fn log_in<'a>(&'a self, state: &'a LoginState) -> BoxFuture<'a, Result<Arc<LoggedIn>, Stop>> {
        // A log-in sends requests, and requests log in.
        Box::pin(async move {
            let mut current = state.current.lock().await;
            if let Some(session) = current.as_ref().filter(|session| session.is_fresh(&state.login)) {
                return Ok(Arc::clone(session));
            }
            let sender = Sender { anonymous: true, ..Sender::default() };
            let scope = self.target.scope();
            let requests = &state.login.requests;
            let performed = self.perform(Purpose::SetUp, requests, &scope, &mut Scope::default(), sender).await;
            // Whatever it was needed for: that nobody can log in is no doing of a read or a call.
            let performed = performed.map_err(|stop| match stop {
                Stop::Unusable(message, raw) => Stop::Login(message, Some(raw)),
                stop => stop,
            })?;
            let (session, secrets) = logged_in(&state.login, &performed.scope).map_err(|error| match error {
                Ok(message) => Stop::Login(message, None),
                Err(error) => expression(error, &performed),
            })?;
            self.target.keep_secret(secrets);
            let session = Arc::new(session);
            *current = Some(Arc::clone(&session));
            Ok(session)
        })
    }

    /// One request and its answer, in its turn.
    async fn exchange(
        &self,
        purpose: Purpose,
        request: &Request,
        scope: &Scope,
        sender: Sender<'_>,
        session: Option<&LoggedIn>,
        performed: &mut Performed,
    ) -> Result<Reply, Stop> {
        if self.breaker.is_open(purpose) {
            return Err(Stop::Down);
        }
        let built = message::build(self.target, self.case_id, request, scope, sender, session);
        let Message { request: message, record: mut raw } = built.map_err(|error| expression(error, performed))?;
        // A log-in serves every case.
        let case_id = if sender.anonymous { "" } else { self.case_id };
        raw.is_login = sender.anonymous;
        let message = match message {
            Ok(mut message) => {
                message.extensions_mut().insert(CaseId(case_id.to_owned()));
                message
            }
            Err(error) => return Err(Stop::Unusable(format!("the request can't be built: {error}"), Box::new(raw))),
        };
        let turn = self.target.pacer.turn().await;
        let begin = Instant::now();
        let answer = self.target.transport.send(message, self.target.timeout).await;
        drop(turn);
        raw.millis = super::millis(begin.elapsed());
        self.breaker.note(purpose, answer.as_ref().err());
        let ended = match answer {
            Err(error) => {
                raw.error = Some(error.to_string());
                Err(Stop::Transport(error, Box::new(raw.clone())))
            }
            Ok(answer) => {
                let (parts, body) = answer.into_parts();
                let reply = Reply::new(parts.status, &parts.headers, &body);
                raw.answer = Some((parts.status, parts.headers, body));
                Ok(reply)
            }
        };
        // What a log-in answers is told once it is known what of it is secret.
        if !sender.anonymous || ended.is_err() {
            self.tell_exchanged(case_id, &raw);
        }
        if ended.is_ok() {
            performed.exchanges.push(raw);
        }
        ended
    }

    /// Set-up and views need an accepting answer, and one that can be read where something is read from it.
    fn usable(&self, request: &Request, reply: &Reply) -> Result<(), String> {
        if !request.optional && !reply.is_accepted(&self.target.binding.outcome).map_err(|error| error.message)? {
            return Err(format!("answered {}", reply.told(&self.target.binding.outcome)));
        }
        let is_read = !request.capture.is_empty() || request.until.is_some() || request.pages.is_some();
        if is_read && !request.optional && !reply.is_json {
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
