//! Sorts exchanges by the orders they concern, and has each order judged. What can't be laid to an order puts every order in
//! doubt that it may have changed.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use countermand_event::Level;
use countermand_harness::{Concern, Meaning, OrderKeys, Overheard, Recognised, Recogniser, Sender, Target, Unknowable};
use http::{Method, Request, Uri};
use serde_json::Value;

use super::exchange::{End, Event, Exchange, Mark};
use super::explainer::Explainer;
use super::session::{Made, Session};
use super::told::{Gap, Summary, Told};
use crate::contracts::contract;
use crate::stage::Stage;

/// So many orders are watched at once; of more, those that nothing has happened to for longest are forgotten.
const MOST_ORDERS: usize = 2_000;
/// The bytes of the shortest id that is looked for in a body: a shorter one stands there by chance.
const SHORTEST_ID: usize = 4;
/// The bytes of the longest arguments that a scenario can hold.
const LONGEST_ARGUMENTS: usize = 4_096;

/// Judges what goes through a proxy.
pub struct Judge {
    recogniser: Recogniser,
    explainer: Explainer,
    sessions: BTreeMap<String, Session>,
    /// The order that each entity is of, by its kind and its id, of the orders that are watched.
    owners: BTreeMap<(String, String), String>,
    /// What is known of orders by name, before anybody reads them.
    links: BTreeMap<String, OrderKeys>,
    flights: BTreeMap<u64, Flight>,
    /// How many exchanges have begun.
    begun: u64,
    /// How many exchanges were missed up to now.
    missed: u64,
    is_crowded: bool,
    has_odd_reads: bool,
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

/// An exchange under way.
struct Flight {
    method: Method,
    uri: Uri,
    began: Instant,
    /// Its place in the order in which they began.
    turn: u64,
    /// What its head says.
    concern: Concern,
    /// It began, or another began, while a call on the same order was under way.
    is_crossed: bool,
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
            sessions: BTreeMap::new(),
            owners: BTreeMap::new(),
            links: BTreeMap::new(),
            flights: BTreeMap::new(),
            begun: 0,
            missed: 0,
            is_crowded: false,
            has_odd_reads: false,
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
            Mark::Begun { method, uri, at } => self.begin(event.number, method, uri, at),
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
        for session in self.sessions.values_mut() {
            self.summary.unread += session.close(&mut self.explainer, self.save_all, &mut out);
        }
        self.count(&out);
        (out, self.summary)
    }

    fn begin(&mut self, number: u64, method: Method, uri: Uri, began: Instant) {
        let concern = self.recogniser.concern(&method, &uri);
        self.begun += 1;
        let mut flight = Flight { method, uri, began, turn: self.begun, concern, is_crossed: false };
        let mut others: Vec<(u64, Flight)> = std::mem::take(&mut self.flights).into_iter().collect();
        for (_, other) in &mut others {
            if (flight.changes() || other.changes()) && self.may_meet(&flight, other) {
                // Which of two calls came first is said of the later one.
                flight.is_crossed |= other.changes();
                other.is_crossed |= !other.changes();
            }
        }
        self.flights = others.into_iter().collect();
        if flight.changes() {
            // What was not made on an order that is known may have been made on any.
            match self.whose(&flight) {
                Some(id) => self.sessions.get_mut(&id).into_iter().for_each(Session::may_change),
                None => self.sessions.values_mut().for_each(Session::may_change),
            }
        }
        self.flights.insert(number, flight);
    }

    fn end(&mut self, number: u64, end: End, out: &mut Vec<Told>) {
        let Some(flight) = self.flights.remove(&number) else { return };
        self.summary.exchanges += 1;
        let line = || format!("{} {}", flight.method, flight.uri.path());
        match end {
            End::Unsent => {}
            End::Lost if flight.changes() => {
                self.doubt(&flight, &format!("what came of {} is not known: the connection broke", line()), out);
            }
            End::Lost => {}
            End::Answered(exchange) if !exchange.is_whole => match flight.changes() {
                true => self.doubt(&flight, &format!("a body of {} is larger than what is kept", line()), out),
                false if flight.concern.is_known && flight.concern.order.contains_key("id") => {
                    let why = format!("the answer to {} is larger than what is kept", line());
                    self.doubt(&flight, &why, out);
                }
                false => {}
            },
            End::Answered(exchange) => self.answered(&flight, &exchange, out),
        }
        if flight.changes() {
            for id in self.concerned(&flight) {
                let is_quiet = !self.flights.values().any(|other| other.changes() && self.may_concern(other, &id));
                if is_quiet && let Some(session) = self.sessions.get_mut(&id) {
                    session.all_answered(&mut self.explainer, out);
                }
            }
        }
    }

    fn answered(&mut self, flight: &Flight, exchange: &Exchange, out: &mut Vec<Told>) {
        self.learn(exchange);
        let Some(recognised) = self.recogniser.recognise(&exchange.request) else {
            if flight.changes() && !exchange.response.status().is_client_error() {
                let why = format!("{} {} is no call of the spec", flight.method, flight.uri.path());
                self.doubt(flight, &why, out);
                self.doubt_named(&exchange.request, &why, out);
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
        let Self { sessions, explainer, owners, .. } = self;
        let Some(session) = sessions.get_mut(id) else { return };
        let reading = session.reading(recognised.page, flight.began, &exchange.response, &explainer.target);
        let Some((reading, began)) = reading else { return };
        let is_strange = recognised.sender == Sender::Unknown;
        if is_strange && reading.is_empty(explainer.spec(), &explainer.target, &session.order) {
            return;
        }
        let before = session.is_watched();
        session.read(began, &reading, explainer, out);
        self.summary.orders += u64::from(!before && session.is_watched());
        owners.extend(session.ids().into_iter().map(|(kind, own)| ((kind, text(&own)), id.to_owned())));
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
                return self.doubt(flight, &why, out);
            }
            Err(why) => return self.doubt(flight, &format!("{name}: {why}"), out),
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
                self.doubt(flight, &format!("a {name} is not judged: {odd}"), out);
            }
            return;
        }
        let ids = self.concerned(flight);
        let id = match (self.whose(flight), ids.as_slice()) {
            (Some(id), _) => id,
            (None, [id]) if flight.entity().is_some() || self.is_all_of(id, &flight.concern.order) => id.clone(),
            _ if heard.outcome() == "refused" => return,
            (None, []) => {
                let why =
                    format!("of which order a {name} was made is not known: {} {}", flight.method, flight.uri.path());
                return out.push(Told::Gap(Gap { order: None, why }));
            }
            _ => return self.doubt(flight, &format!("of which order a {name} was made is not known"), out),
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

    /// The session of an order: the one there is, or a new one.
    fn session(&mut self, id: &str, out: &mut Vec<Told>) -> &mut Session {
        if !self.sessions.contains_key(id) && self.sessions.len() >= MOST_ORDERS {
            if !std::mem::replace(&mut self.is_crowded, true) {
                let why = format!("there are more than {MOST_ORDERS} orders: those not seen for longest are forgotten");
                out.push(Told::Gap(Gap { order: None, why }));
            }
            let oldest = self.sessions.iter().min_by_key(|(_, session)| session.used).map(|(id, _)| id.clone());
            if let Some(mut session) = oldest.and_then(|id| self.sessions.remove(&id)) {
                self.summary.unread += session.close(&mut self.explainer, self.save_all, out);
                self.owners.retain(|_, owner| self.sessions.contains_key(owner));
            }
        }
        let mut order = self.links.get(id).cloned().unwrap_or_default();
        order.insert("id".to_owned(), Value::from(id));
        let session = self.sessions.entry(id.to_owned()).or_insert_with(|| Session::new(id, order));
        session.used = self.summary.exchanges;
        session
    }

    /// Remembers what an exchange tells of an order by name. What was said first stays.
    fn learn(&mut self, exchange: &Exchange) {
        let learned = self.recogniser.learn(&exchange.request, &exchange.response);
        let Some(id) = learned.get("id").map(text) else { return };
        if !self.links.contains_key(&id) && self.links.len() >= MOST_ORDERS {
            self.links.pop_first();
        }
        let known = self.links.entry(id.clone()).or_default();
        for (name, value) in learned {
            known.entry(name).or_insert(value);
        }
        if let Some(session) = self.sessions.get_mut(&id) {
            for (name, value) in known {
                session.order.entry(name.clone()).or_insert_with(|| value.clone());
            }
        }
    }

    /// Puts every order in doubt that an exchange may have changed.
    fn doubt(&mut self, flight: &Flight, why: &str, out: &mut Vec<Told>) {
        for id in self.concerned(flight) {
            if let Some(session) = self.sessions.get_mut(&id) {
                session.lose(why.to_owned(), out);
            }
        }
    }

    /// The same of every order that a request names somewhere in its query or its body.
    fn doubt_named(&mut self, request: &Request<Bytes>, why: &str, out: &mut Vec<Told>) {
        let body = String::from_utf8_lossy(request.body());
        let query = request.uri().query().unwrap_or_default();
        let says = |id: &str| id.len() >= SHORTEST_ID && (body.contains(id) || query.contains(id));
        let owned = self.owners.iter().filter(|((_, own), _)| says(own)).map(|(_, owner)| owner.clone());
        let named: BTreeSet<String> = owned.collect();
        let sessions = self.sessions.iter_mut().filter(|(id, _)| says(id) || named.contains(*id));
        sessions.for_each(|(_, session)| session.lose(why.to_owned(), out));
    }

    fn lose_all(&mut self, why: &str, out: &mut Vec<Told>) {
        self.flights.clear();
        let mut of_each = Vec::new();
        self.sessions.values_mut().for_each(|session| session.lose(why.to_owned(), &mut of_each));
        out.push(Told::Gap(Gap { order: None, why: why.to_owned() }));
    }

    /// The orders that an exchange may concern, of those that are watched.
    fn concerned(&self, flight: &Flight) -> Vec<String> {
        match self.whose(flight) {
            Some(id) => Some(id).filter(|id| self.sessions.contains_key(id)).into_iter().collect(),
            None => self.sessions.keys().filter(|id| self.may_concern(flight, id)).cloned().collect(),
        }
    }

    /// The order that an exchange concerns, where that is known: it names the order, or what a read has shown in it.
    fn whose(&self, flight: &Flight) -> Option<String> {
        let Concern { is_known, kind, order, .. } = &flight.concern;
        match order.get("id").filter(|_| *is_known) {
            Some(id) => Some(text(id)),
            None => self.owners.get(&(kind.clone()?, text(flight.entity()?))).cloned(),
        }
    }

    fn may_concern(&self, flight: &Flight, id: &str) -> bool {
        if let Some(own) = self.whose(flight) {
            return own == id;
        }
        let Concern { is_known, order, path, .. } = &flight.concern;
        if !is_known {
            let session = self.sessions.get(id);
            return path.iter().any(|part| part == id || session.is_some_and(|session| session.has_id(part)));
        }
        let known = self.known_of(id);
        let may_be_named = order.iter().all(|(name, value)| known.is_none_or(|known| agrees(known, name, value)));
        // What no read has shown can only be where something has happened since.
        may_be_named && (flight.entity().is_none() || self.is_open(id))
    }

    /// Whether there may be something in an order that no read has shown yet.
    fn is_open(&self, id: &str) -> bool {
        let is_under_way = |flight: &Flight| flight.changes() && self.whose(flight).is_some_and(|own| own == id);
        self.sessions.get(id).is_some_and(Session::is_open) || self.flights.values().any(is_under_way)
    }

    /// Whether two exchanges may concern one order.
    fn may_meet(&self, one: &Flight, other: &Flight) -> bool {
        match (self.whose(one), self.whose(other)) {
            (Some(id), _) => self.may_concern(other, &id),
            (None, Some(id)) => self.may_concern(one, &id),
            (None, None) => {
                let (one, other) = (&one.concern, &other.concern);
                one.is_known
                    && other.is_known
                    && one.order.iter().all(|(name, value)| agrees(&other.order, name, value))
            }
        }
    }

    fn known_of(&self, id: &str) -> Option<&OrderKeys> {
        self.sessions.get(id).map(|session| &session.order).or_else(|| self.links.get(id))
    }

    /// Whether an order is known to be all that goes by these names.
    fn is_all_of(&self, id: &str, names: &OrderKeys) -> bool {
        let Some(known) = self.known_of(id) else { return false };
        let elsewhere = self.explainer.contract.elsewhere.and_then(|name| known.get(name)).and_then(Value::as_u64);
        let reaches_further = elsewhere != Some(0);
        names.iter().all(|(name, value)| known.get(name) == Some(value)) && !reaches_further
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

impl Flight {
    /// Whether it may change anything (RFC 9110, 9.2.1).
    fn changes(&self) -> bool {
        !self.method.is_safe()
    }

    /// The id of the entity that it is made on.
    fn entity(&self) -> Option<&Value> {
        self.concern.on.get("id")
    }
}

/// Whether what is known does not speak against it.
fn agrees(known: &OrderKeys, name: &str, value: &Value) -> bool {
    known.get(name).is_none_or(|known| known == value)
}

/// Why a scenario can't say what a call says.
fn unsayable(recognised: &Recognised, may_name: bool) -> Option<&'static str> {
    let with = recognised.with.as_ref()?;
    let word = |name: &String| {
        name.starts_with(|c: char| c.is_ascii_alphabetic())
            && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
            && !["true", "false", "null", "yes", "no", "on", "off", "y", "n"]
                .contains(&name.to_ascii_lowercase().as_str())
    };
    let (own, nested): (Vec<&String>, Vec<&String>) =
        (with.keys().collect(), with.values().flat_map(names_in).collect());
    // What a scenario reads as a role is none of a client's.
    let is_role = |name: &&String| ["id", "unknown"].contains(&name.as_str());
    if !own.into_iter().chain(nested.iter().copied()).all(word) || nested.iter().any(is_role) {
        return Some("its arguments have names that no scenario has");
    }
    // The ids that a client knows are not those of the model.
    let names =
        |value: &Value| matches!(value, Value::Object(_)) || value.as_array().is_some_and(|list| !list.is_empty());
    if !may_name && with.values().any(names) {
        return Some("its arguments may name something by its id");
    }
    let is_long = Value::Object(with.clone()).to_string().len() > LONGEST_ARGUMENTS;
    is_long.then_some("its arguments are too long")
}

/// The headers of these names, each as a scenario can say it.
fn headers(request: &Request<Bytes>, names: &[&str]) -> Result<BTreeMap<String, String>, &'static str> {
    let mut headers = BTreeMap::new();
    for name in names {
        let mut values = request.headers().get_all(*name).iter();
        let (first, second) = (values.next(), values.next());
        let Some(value) = first else { continue };
        let value = value.to_str().ok().filter(|_| second.is_none());
        headers.insert((*name).to_owned(), value.ok_or("a header of it is no text")?.to_owned());
    }
    Ok(headers)
}

/// Every name in a value, however deep.
fn names_in(value: &Value) -> Vec<&String> {
    match value {
        Value::Array(list) => list.iter().flat_map(names_in).collect(),
        Value::Object(map) => map.keys().chain(map.values().flat_map(names_in)).collect(),
        _ => Vec::new(),
    }
}

/// An id as a text, whatever it is in JSON.
fn text(id: &Value) -> String {
    id.as_str().map_or_else(|| id.to_string(), str::to_owned)
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
