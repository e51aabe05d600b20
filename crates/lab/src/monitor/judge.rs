//! Takes what the proxy tells, makes reads and calls of it by the binding, and has the orders judged that they concern. Sums up what
//! came of it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use countermand_event::Level;
use countermand_harness::{Meaning, Overheard, Reading, Recognised, Recogniser, Sender, Target, Unknowable};

use super::exchange::{End, Event, Exchange, Mark};
use super::explainer::Explainer;
use super::orders::{Flight, MOST_ORDERS, Orders, text};
use super::readable::readable;
use super::sayable::{headers, unsayable};
use super::session::Session;
use super::told::{Gap, Summary, Told};
use super::watch::Made;
use crate::contracts::contract;
use crate::stage::Stage;

/// Judges what goes through a proxy.
pub struct Judge {
    recogniser: Recogniser,
    explainer: Explainer,
    orders: Orders,
    /// How many exchanges were missed up to now.
    missed: u64,
    is_crowded: bool,
    has_odd_reads: bool,
    /// The orders of which it was told that something can't be read; nothing for those that are not known.
    unreadable: BTreeSet<Option<String>>,
    save_all: bool,
    summary: Summary,
}

/// Why traffic of a target can't be judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JudgeError {
    /// No model of the spec is known here.
    Spec(String),
    /// The read by which a state is seen can't be known by its request.
    Reads(&'static str),
}

impl Judge {
    /// A judge of what is said to a target, by the model of a stage.
    ///
    /// # Errors
    /// Why nothing could be judged.
    pub fn new(stage: Stage, target: &Arc<Target>, settle: Duration, save_all: bool) -> Result<Self, JudgeError> {
        let contract = contract(&stage.spec.name).ok_or_else(|| JudgeError::Spec(stage.spec.name.clone()))?;
        let recogniser = Recogniser::new(&stage.spec, target);
        if !recogniser.knows_reads() {
            let why = recogniser.unknowable().first().map_or("there is no view", |unknowable| unknowable.why);
            return Err(JudgeError::Reads(why));
        }
        Ok(Self {
            recogniser,
            explainer: Explainer::new(stage, Arc::clone(target), contract, settle),
            orders: Orders::default(),
            missed: 0,
            is_crowded: false,
            has_odd_reads: false,
            unreadable: BTreeSet::new(),
            save_all,
            summary: Summary::default(),
        })
    }

    /// What of the spec can't be known by its requests, and so is not judged.
    #[must_use]
    pub fn unknowable(&self) -> &[Unknowable] {
        self.recogniser.unknowable()
    }

    /// Takes the next mark of an exchange.
    pub fn take(&mut self, event: Event) -> Vec<Told> {
        let mut out = Vec::new();
        if event.missed > self.missed {
            let missed = event.missed - self.missed;
            self.missed = event.missed;
            self.summary.missed = self.missed;
            self.lose_all(&format!("judging fell behind, and {missed} exchanges were not seen"), &mut out);
        }
        match event.mark {
            Mark::Begun { method, uri, at } => {
                let concern = self.recogniser.concern(&method, &uri);
                self.orders.begin(event.number, method, uri, at, concern);
            }
            Mark::Ended(end) => self.end(event.number, end, &mut out),
        }
        self.count(&out);
        out
    }

    /// Gives up on what is under way, as after a panic.
    pub fn start_anew(&mut self, why: &str) -> Vec<Told> {
        let mut out = Vec::new();
        self.lose_all(why, &mut out);
        self.count(&out);
        out
    }

    /// Nothing more comes: what is still open, and the sum of it all.
    pub fn close(mut self, missed: u64) -> (Vec<Told>, Summary) {
        let mut out = Vec::new();
        if missed > self.missed {
            let why = format!("judging fell behind, and {} exchanges were not seen", missed - self.missed);
            out.push(Told::Gap(Gap { order: None, why }));
            self.summary.missed = missed;
        }
        for session in self.orders.all_mut() {
            self.summary.unread += session.close(&mut self.explainer, self.save_all, &mut out);
        }
        self.count(&out);
        (out, self.summary)
    }

    fn end(&mut self, number: u64, end: End, out: &mut Vec<Told>) {
        let Some(flight) = self.orders.end(number) else { return };
        self.summary.exchanges += 1;
        let line = || format!("{} {}", flight.method, flight.uri.path());
        match end {
            End::Unsent => {}
            End::Lost if flight.changes() => {
                self.orders.doubt(&flight, &format!("what came of {} is not known: the connection broke", line()), out);
            }
            End::Lost => {}
            End::Answered(exchange) => match readable(*exchange) {
                Ok(exchange) => self.answered(&flight, &exchange, out),
                Err(why) => self.unreadable(&flight, &format!("{}: {why}", line()), out),
            },
        }
        if flight.changes() {
            for id in self.orders.concerned(&flight) {
                let is_quiet = self.orders.is_quiet(&id);
                if is_quiet && let Some(session) = self.orders.get_mut(&id) {
                    session.all_answered(&mut self.explainer, out);
                }
            }
        }
    }

    /// An exchange that can't be read: what it did or showed nobody knows. Said of each order once, until it can be read again.
    fn unreadable(&mut self, flight: &Flight, why: &str, out: &mut Vec<Told>) {
        let (told, order) = (out.len(), self.orders.whose(flight));
        let is_new = flight.concern.is_known && !self.unreadable.contains(&order);
        if flight.changes() || is_new {
            self.orders.doubt(flight, why, out);
        }
        if is_new && self.unreadable.len() < MOST_ORDERS {
            self.unreadable.insert(order.clone());
            if out.len() == told {
                out.push(Told::Gap(Gap { order, why: why.to_owned() }));
            }
        }
    }

    fn answered(&mut self, flight: &Flight, exchange: &Exchange, out: &mut Vec<Told>) {
        self.orders.learn(self.recogniser.learn(&exchange.request, &exchange.response));
        let Some(recognised) = self.recogniser.recognise(&exchange.request) else {
            if flight.changes() && !exchange.response.status().is_client_error() {
                let why = format!("{} {} is no call of the spec", flight.method, flight.uri.path());
                self.orders.doubt(flight, &why, out);
                self.orders.doubt_named(&exchange.request, &why, out);
            }
            return;
        };
        match &recognised.meaning {
            Meaning::Read => {
                if let Some(odd) = recognised.odd {
                    if !std::mem::replace(&mut self.has_odd_reads, true) {
                        out.push(Told::Gap(Gap { order: None, why: format!("a read of an order is not used: {odd}") }));
                    }
                    return;
                }
                let Some(id) = recognised.order.get("id").map(text).filter(|_| !flight.is_crossed) else { return };
                self.read(&id, flight, recognised, exchange, out);
            }
            Meaning::Call(name) if flight.changes() => self.call(flight, name, &recognised, exchange, out),
            Meaning::Call(_) => {}
        }
    }

    fn read(&mut self, id: &str, flight: &Flight, recognised: Recognised, exchange: &Exchange, out: &mut Vec<Told>) {
        // What somebody else is shown may be less than there is.
        if recognised.sender == Sender::Another {
            return;
        }
        self.session(id, out);
        if let Some(why) = Reading::new(exchange.response.clone()).unreadable(&self.explainer.target) {
            return self.unreadable(flight, &format!("{} {}: {why}", flight.method, flight.uri.path()), out);
        }
        self.unreadable.remove(&Some(id.to_owned()));
        let Self { orders, explainer, .. } = self;
        let Some(session) = orders.get_mut(id) else { return };
        let reading = session.pages.add(recognised.page, flight.began, &exchange.response, &explainer.target);
        let Some((reading, began)) = reading else { return };
        let is_strange = recognised.sender == Sender::Unknown;
        if is_strange && reading.is_empty(explainer.spec(), &explainer.target, &session.order) {
            return;
        }
        let before = session.is_watched();
        session.read(began, &reading, explainer, out);
        self.summary.orders += u64::from(!before && session.is_watched());
        orders.own(id);
    }

    fn call(&mut self, flight: &Flight, name: &str, recognised: &Recognised, exchange: &Exchange, out: &mut Vec<Told>) {
        let status = exchange.response.status().as_u16();
        let heard = match Overheard::new(self.explainer.spec(), &self.explainer.target, recognised, &exchange.response)
        {
            Ok(Some(heard)) => heard,
            // Who is asked to wait was not served.
            Ok(None) if status == 429 => return,
            Ok(None) => {
                let why = format!("what came of {name} is not known: {status} is no answer of the endpoint's own");
                return self.orders.doubt(flight, &why, out);
            }
            Err(why) => return self.unreadable(flight, &format!("{name}: {why}"), out),
        };
        let may_name = !self.explainer.contract.ids.is_empty();
        let odd = recognised.odd.or_else(|| unsayable(recognised, may_name));
        let (headers, odd) = match headers(&exchange.request, self.explainer.contract.headers) {
            Ok(headers) => (headers, odd),
            Err(why) => (BTreeMap::new(), odd.or(Some(why))),
        };
        let odd = odd.or(match recognised.sender {
            Sender::Another => Some("its credentials are those of somebody else"),
            // Whom an endpoint does not know either it turns away.
            Sender::Unknown if [401, 403, 404].contains(&status) => Some("its credentials are not known here"),
            _ if !recognised.is_plain && [401, 403, 406].contains(&status) => Some("it lacks headers of the binding"),
            Sender::Unknown | Sender::Expected => None,
        });
        if let Some(odd) = odd {
            self.summary.aside += 1;
            // What is refused changes nothing, whatever it meant.
            if heard.outcome() != "refused" {
                self.orders.doubt(flight, &format!("a {name} is not judged: {odd}"), out);
            }
            return;
        }
        let ids = self.orders.concerned(flight);
        let id = match (self.orders.whose(flight), ids.as_slice()) {
            (Some(id), _) => id,
            (None, [id]) if flight.entity().is_some() || self.is_all(id, flight) => id.clone(),
            _ if heard.outcome() == "refused" => return,
            (None, []) => {
                let why =
                    format!("of which order a {name} was made is not known: {} {}", flight.method, flight.uri.path());
                return out.push(Told::Gap(Gap { order: None, why }));
            }
            _ => return self.orders.doubt(flight, &format!("of which order a {name} was made is not known"), out),
        };
        let made = Made {
            turn: flight.turn,
            name: name.to_owned(),
            headers,
            at_once: flight.is_crossed,
            answered: exchange.answered,
            heard,
        };
        let is_judged = self.session(&id, out).call(made, out);
        self.summary.calls += u64::from(is_judged);
    }

    /// The session of an order. Of too many those are forgotten that nothing has happened to for longest.
    fn session(&mut self, id: &str, out: &mut Vec<Told>) -> &mut Session {
        if self.orders.is_full_for(id) {
            if !std::mem::replace(&mut self.is_crowded, true) {
                let why = format!("there are more than {MOST_ORDERS} orders: those not seen for longest are forgotten");
                out.push(Told::Gap(Gap { order: None, why }));
            }
            if let Some(mut session) = self.orders.forget_oldest() {
                self.summary.unread += session.close(&mut self.explainer, self.save_all, out);
            }
        }
        let session = self.orders.session(id);
        session.used = self.summary.exchanges;
        session
    }

    /// Whether the order is all that goes by the names that an exchange says.
    fn is_all(&self, id: &str, flight: &Flight) -> bool {
        self.orders.is_all_of(id, &flight.concern.order, self.explainer.contract.elsewhere)
    }

    fn lose_all(&mut self, why: &str, out: &mut Vec<Told>) {
        self.orders.lose_all(why);
        out.push(Told::Gap(Gap { order: None, why: why.to_owned() }));
    }

    fn count(&mut self, out: &[Told]) {
        for told in out {
            match told {
                Told::Violation(violation) => match violation.level {
                    Level::Must => self.summary.must += 1,
                    Level::Should => self.summary.should += 1,
                    Level::May => self.summary.may += 1,
                },
                Told::Gap(_) => self.summary.gaps += 1,
                Told::Watched(_) => {}
            }
        }
    }
}

impl std::fmt::Display for JudgeError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Spec(spec) => write!(f, "there is no model of `{spec}` that traffic can be judged by"),
            Self::Reads(why) => write!(f, "the read of an order can't be known by its request: {why}"),
        }
    }
}

impl std::error::Error for JudgeError {}

impl std::fmt::Debug for Judge {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Judge").field("summary", &self.summary).finish_non_exhaustive()
    }
}
