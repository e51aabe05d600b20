//! The orders that are watched, what each goes by, and the exchanges under way: which orders an exchange may concern, and which
//! exchanges may meet. What can't be laid to one order puts every order in doubt that it may have changed. Judges none of them.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

use bytes::Bytes;
use countermand_harness::{Concern, OrderKeys};
use http::{Method, Request, Uri};
use serde_json::Value;

use super::session::Session;
use super::told::Told;

/// So many orders are watched at once; of more, those that nothing has happened to for longest are forgotten.
pub(super) const MOST_ORDERS: usize = 2_000;
/// The bytes of the shortest id that is looked for in a body: a shorter one stands there by chance.
const SHORTEST_ID: usize = 4;

/// The orders that are watched.
#[derive(Default)]
pub(super) struct Orders {
    sessions: BTreeMap<String, Session>,
    /// The order that each entity is of, by its kind and its id, of the orders that are watched.
    owners: BTreeMap<(String, String), String>,
    /// What is known of orders by name, before anybody reads them.
    links: BTreeMap<String, OrderKeys>,
    flights: BTreeMap<u64, Flight>,
    /// How many exchanges have begun.
    begun: u64,
}

/// An exchange under way.
pub(super) struct Flight {
    pub(super) method: Method,
    pub(super) uri: Uri,
    pub(super) began: Instant,
    /// Its place in the order in which they began.
    pub(super) turn: u64,
    /// What its head says.
    pub(super) concern: Concern,
    /// It began, or another began, while a call on the same order was under way.
    pub(super) is_crossed: bool,
}

impl Orders {
    /// An exchange begins.
    pub(super) fn begin(&mut self, number: u64, method: Method, uri: Uri, began: Instant, concern: Concern) {
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

    /// It is over.
    pub(super) fn end(&mut self, number: u64) -> Option<Flight> {
        self.flights.remove(&number)
    }

    /// Whether nothing is under way that may change an order.
    pub(super) fn is_quiet(&self, id: &str) -> bool {
        !self.flights.values().any(|other| other.changes() && self.may_concern(other, id))
    }

    pub(super) fn get_mut(&mut self, id: &str) -> Option<&mut Session> {
        self.sessions.get_mut(id)
    }

    pub(super) fn all_mut(&mut self) -> impl Iterator<Item = &mut Session> {
        self.sessions.values_mut()
    }

    /// Whether there is no room for an order.
    pub(super) fn is_full_for(&self, id: &str) -> bool {
        !self.sessions.contains_key(id) && self.sessions.len() >= MOST_ORDERS
    }

    /// Forgets the order that nothing has happened to for longest.
    pub(super) fn forget_oldest(&mut self) -> Option<Session> {
        let oldest = self.sessions.iter().min_by_key(|(_, session)| session.used).map(|(id, _)| id.clone())?;
        let session = self.sessions.remove(&oldest);
        self.owners.retain(|_, owner| self.sessions.contains_key(owner));
        session
    }

    /// The session of an order: the one there is, or a new one.
    pub(super) fn session(&mut self, id: &str) -> &mut Session {
        let mut order = self.links.get(id).cloned().unwrap_or_default();
        order.insert("id".to_owned(), Value::from(id));
        self.sessions.entry(id.to_owned()).or_insert_with(|| Session::new(id, order))
    }

    /// Remembers of which order that is what a read of it has shown.
    pub(super) fn own(&mut self, id: &str) {
        let ids = self.sessions.get(id).map(Session::ids).unwrap_or_default();
        self.owners.extend(ids.into_iter().map(|(kind, own)| ((kind, text(&own)), id.to_owned())));
    }

    /// Remembers what an exchange tells of an order by name. What was said first stays.
    pub(super) fn learn(&mut self, learned: OrderKeys) {
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
    pub(super) fn doubt(&mut self, flight: &Flight, why: &str, out: &mut Vec<Told>) {
        for id in self.concerned(flight) {
            if let Some(session) = self.sessions.get_mut(&id) {
                session.lose(why.to_owned(), out);
            }
        }
    }

    /// The same of every order that a request names somewhere in its query or its body.
    pub(super) fn doubt_named(&mut self, request: &Request<Bytes>, why: &str, out: &mut Vec<Told>) {
        let body = String::from_utf8_lossy(request.body());
        let query = request.uri().query().unwrap_or_default();
        let says = |id: &str| id.len() >= SHORTEST_ID && (body.contains(id) || query.contains(id));
        let owned = self.owners.iter().filter(|((_, own), _)| says(own)).map(|(_, owner)| owner.clone());
        let named: BTreeSet<String> = owned.collect();
        let sessions = self.sessions.iter_mut().filter(|(id, _)| says(id) || named.contains(*id));
        sessions.for_each(|(_, session)| session.lose(why.to_owned(), out));
    }

    /// Puts every order in doubt, and whatever is under way.
    pub(super) fn lose_all(&mut self, why: &str) {
        self.flights.clear();
        let mut of_each = Vec::new();
        self.sessions.values_mut().for_each(|session| session.lose(why.to_owned(), &mut of_each));
    }

    /// The orders that an exchange may concern, of those that are watched.
    pub(super) fn concerned(&self, flight: &Flight) -> Vec<String> {
        match self.whose(flight) {
            Some(id) => Some(id).filter(|id| self.sessions.contains_key(id)).into_iter().collect(),
            None => self.sessions.keys().filter(|id| self.may_concern(flight, id)).cloned().collect(),
        }
    }

    /// The order that an exchange concerns, where that is known: it names the order, or what a read has shown in it.
    pub(super) fn whose(&self, flight: &Flight) -> Option<String> {
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

    /// Whether an order is known to be all that goes by these names. What the binding calls the units that are `elsewhere` has to be
    /// none for that.
    pub(super) fn is_all_of(&self, id: &str, names: &OrderKeys, elsewhere: Option<&str>) -> bool {
        let Some(known) = self.known_of(id) else { return false };
        let elsewhere = elsewhere.and_then(|name| known.get(name)).and_then(Value::as_u64);
        names.iter().all(|(name, value)| known.get(name) == Some(value)) && elsewhere == Some(0)
    }
}

impl Flight {
    /// Whether it may change anything (RFC 9110, 9.2.1).
    pub(super) fn changes(&self) -> bool {
        !self.method.is_safe()
    }

    /// The id of the entity that it is made on.
    pub(super) fn entity(&self) -> Option<&Value> {
        self.concern.on.get("id")
    }
}

/// Whether what is known does not speak against it.
fn agrees(known: &OrderKeys, name: &str, value: &Value) -> bool {
    known.get(name).is_none_or(|known| known == value)
}

/// An id as a text, whatever it is in JSON.
pub(super) fn text(id: &Value) -> String {
    id.as_str().map_or_else(|| id.to_string(), str::to_owned)
}
