//! Listens for the webhooks of one case: registers them, waits for what comes, takes them away again. Judges nothing.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use countermand_event::Blame;
use http::{HeaderMap, Method};

use super::breaker::Purpose;
use super::exchange::RawExchange;
use super::halt::Halt;
use super::hearing::{Hearing, told_by};
use super::message::Sender;
use super::play::Play;
use super::session::Stop;
use crate::check::Heard;
use crate::inbox::Received;
use crate::scenario::Step;
use crate::secrets::{is_credential, stand_in_for};
use crate::template::{self, Data, Scope};

impl Play<'_> {
    /// Begins to listen, where the case wants to hear something.
    pub(super) async fn listen(&mut self) -> Result<(), Halt> {
        if !self.case.listens() {
            return Ok(());
        }
        let target = self.session.target;
        if let Some(reason) = self.context.inbox.is_deaf() {
            return Err(Halt::new(Blame::Target, format!("no webhook can be received: {reason}")));
        }
        if target.is_remote() && target.webhook_url.is_none() {
            let message = "a webhook of another machine can't reach this one: say with --webhook-url, or `webhook_url` in \
                           the target file, under which URL it does, or declare `lacks: { webhooks: REASON }`";
            return Err(Halt::setup(message));
        }
        let turn = match &target.webhook_turns {
            Some(turns) => Arc::clone(turns).acquire_owned().await.ok(),
            None => None,
        };
        let address = self.context.inbox.address().await.map_err(Halt::setup)?;
        let base = target.webhook_url.clone().unwrap_or(address);
        let key = |order| format!("{}-{}", self.context.run_id, self.order_key(order));
        let opened = self.context.inbox.open((0..self.case.orders.len()).map(key).collect());
        self.hearing = Some(Hearing::new(opened, base, turn));
        Ok(())
    }

    /// Has the webhooks of the case registered, one per order.
    pub(super) async fn register(&mut self) -> Result<(), Halt> {
        let binding = Arc::clone(&self.session.target.binding);
        let (Some(webhooks), true) = (&binding.webhooks, self.hearing.is_some()) else { return Ok(()) };
        for order in 0..self.captured.len() {
            let mut captured = self.captured[order].clone();
            let scope = self.hearing_scope(order);
            let sent = self
                .session
                .perform(Purpose::SetUp, &webhooks.register, &scope, &mut captured, Sender::default())
                .await;
            sent.map_err(|stop| self.not_registered(stop))?;
            self.captured[order] = captured;
        }
        Ok(())
    }

    /// Why no webhook was registered. A target that knows no such call has none.
    fn not_registered(&self, stop: Stop) -> Halt {
        let status = match &stop {
            Stop::Unusable(_, raw) => raw.answer.as_ref().map(|(status, ..)| status.as_u16()),
            _ => None,
        };
        let halt = self.halt(stop, Purpose::SetUp);
        match status {
            Some(404 | 405 | 501) => halt.lacking("the target registers no webhook"),
            _ => halt.because("no webhook can be registered"),
        }
    }

    /// Stops listening, and takes away what was registered. Where that can't be done nothing is to be said of the case.
    pub(super) async fn stop_listening(&mut self) {
        let binding = Arc::clone(&self.session.target.binding);
        if let (Some(webhooks), true) = (&binding.webhooks, self.hearing.is_some()) {
            for order in 0..self.captured.len() {
                let (scope, mut captured) = (self.hearing_scope(order), self.captured[order].clone());
                let requests = &webhooks.unregister;
                let _ = self.session.perform(Purpose::SetUp, requests, &scope, &mut captured, Sender::default()).await;
            }
        }
        self.hearing = None;
    }

    fn hearing_scope(&self, order: usize) -> Scope {
        let with = self.case.webhooks.as_ref().map_or(Data::UNDEFINED, template::from_json);
        self.base_scope(order).with("with", with)
    }

    /// Refuses the next webhooks, where a step wants to see them again.
    pub(super) fn refuse(&self, step: &Step) {
        let (binding, orders) = (Arc::clone(&self.session.target.binding), self.order_scopes());
        let Some(hearing) = self.hearing.as_ref().filter(|_| step.refuse > 0) else { return };
        let concern = move |received: &Received| {
            let webhooks = binding.webhooks.as_ref();
            let tells = |heard: &Heard| heard.unreadable.is_none();
            webhooks.is_some_and(|webhooks| told_by(webhooks, received, &orders).iter().any(tells))
        };
        hearing.opened.post_box.refuse(step.refuse, Box::new(concern));
    }

    /// How long after a call a webhook may come that a step claims something of: each that was refused has its time to come
    /// again. Whoever says how long a webhook may take says it of these too.
    pub(super) fn webhook_window(&self, step: &Step) -> Duration {
        let (Some(hearing), Some(webhooks)) = (&self.hearing, &self.session.target.binding.webhooks) else {
            return Duration::ZERO;
        };
        if step.webhooks().next().is_none() {
            return Duration::ZERO;
        }
        let bound = self.session.target.webhook_settle;
        let retry = bound.map_or(webhooks.retry, |bound| webhooks.retry.min(bound));
        bound.unwrap_or(webhooks.settle).saturating_add(retry.saturating_mul(hearing.refused()))
    }

    /// Whether what did not come had the time to come: nothing is to be said of a repeat that the run does not wait for.
    pub(super) fn waited_for_repeats(&self) -> Result<(), Halt> {
        let (Some(hearing), Some(webhooks)) = (&self.hearing, &self.session.target.binding.webhooks) else {
            return Ok(());
        };
        let bound = self.session.target.webhook_settle.filter(|bound| *bound < webhooks.retry);
        match bound.filter(|_| hearing.refused() > 0) {
            None => Ok(()),
            Some(bound) => Err(Halt::new(
                Blame::Target,
                format!(
                    "a webhook that was refused has {} ms to come again, and no webhook is waited for longer than {} ms here",
                    webhooks.retry.as_millis(),
                    bound.as_millis()
                ),
            )),
        }
    }

    /// What webhooks have told so far.
    pub(super) fn heard(&self) -> Vec<Heard> {
        match (&self.hearing, &self.session.target.binding.webhooks) {
            (Some(hearing), Some(webhooks)) => hearing.heard(webhooks, &self.order_scopes()),
            _ => Vec::new(),
        }
    }

    /// That none came which must not come can't be said where one can't be read, and nothing of what could not be kept.
    pub(super) fn all_heard(&self, heard: &[Heard], is_silent: bool) -> Result<(), Halt> {
        let unreadable = heard.iter().filter(|_| is_silent).find_map(|heard| heard.unreadable.as_ref());
        if let Some(why) = unreadable {
            let message = format!("whether a webhook came that must not come can't be told: one {why}");
            return Err(Halt::new(Blame::Transport, message));
        }
        match self.hearing.as_ref().is_some_and(|hearing| hearing.opened.post_box.is_too_many()) {
            true => Err(Halt::new(Blame::Transport, "more webhooks came for this case than are kept")),
            false => Ok(()),
        }
    }

    /// What came since the last step, as exchanges.
    pub(super) fn take_webhooks(&mut self) -> Vec<RawExchange> {
        let binding = Arc::clone(&self.session.target.binding);
        let (Some(hearing), Some(webhooks)) = (&mut self.hearing, &binding.webhooks) else { return Vec::new() };
        let received = hearing.opened.post_box.received();
        let read = hearing.read.lock().unwrap_or_else(PoisonError::into_inner);
        let fresh = received.iter().zip(read.iter()).skip(hearing.told);
        let place = Arc::new(webhooks.each.place());
        let exchanges = fresh
            .filter(|(_, told)| !told.is_empty())
            .map(|(received, _)| {
                let headers = shown(&received.headers);
                let body = received.body.clone();
                let mut raw =
                    RawExchange::sent(Method::POST, &hearing.base, &received.path, headers, body, Arc::clone(&place));
                raw.answer = Some((received.status, HeaderMap::new(), Bytes::new()));
                raw
            })
            .collect();
        hearing.told = read.len();
        exchanges
    }

    /// What expressions over webhooks know of each order.
    fn order_scopes(&self) -> Vec<Scope> {
        let common = self.session.target.scope();
        self.captured.iter().map(|known| common.with("order", Data::from_object(known.clone()))).collect()
    }
}

/// Headers as they may be shown.
fn shown(headers: &HeaderMap) -> BTreeMap<String, String> {
    let header = |(name, value): (&http::HeaderName, &http::HeaderValue)| {
        let value = match is_credential(name.as_str()) {
            true => stand_in_for(name.as_str()),
            false => String::from_utf8_lossy(value.as_bytes()).into_owned(),
        };
        (name.as_str().to_owned(), value)
    };
    headers.iter().map(header).collect()
}
