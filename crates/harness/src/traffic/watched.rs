//! One order from read to read.

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;
use serde_json::Value;

use super::heard::Heard;
use super::names;
use crate::check::{self, Found, Made, Moment, Names, StateView, read_view};
use crate::event::Mismatch;
use crate::runner::state;
use crate::scenario::{CallUse, Case, On, OrderRef, RequestOverride, Step, product_of};
use crate::source::Span;
use crate::spec::{Each, Invariant, Spec};
use crate::target::template::Data;
use crate::target::{OrderKeys, Reply, Target, order_data};

/// An order that is watched.
pub struct Watched {
    case: Case,
    target: Arc<Target>,
    profile: String,
    /// What is known of it by name.
    order: OrderKeys,
    /// Whether nothing had happened to it when it was first seen: what speaks of the beginning is asked only then.
    from_beginning: bool,
    first: Vec<StateView>,
    last: Vec<StateView>,
    names: Vec<Names>,
    accepted: Vec<(usize, Data)>,
}

/// What an order holds at first: an entity that is nested in no other.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// Its role.
    pub role: String,
    /// The role whose product it shares, where that is another's.
    pub product: Option<String>,
    /// Its units: the one thing that a scenario has to say of it.
    pub units: Option<u64>,
    /// What the view shows of it.
    pub fields: BTreeMap<String, Value>,
}

/// What one read says, in one of the ways in which what is new can be called. Nothing is kept of it until it is
/// [taken over](Watched::keep).
pub struct Look {
    /// The whole state by role: `{order: {…}, items: {mug: {…}}}`.
    pub state: Value,
    /// The role that each of the calls was made on; nothing where it was made on the order, or on what nobody has seen.
    pub on: Vec<Option<String>>,
    /// The invariants that do not hold.
    pub mismatches: Vec<Mismatch>,
    view: StateView,
    names: Names,
}

impl Watched {
    /// Begins with what a read shows. `order` is what is known of the order by name.
    ///
    /// # Errors
    /// Why the read can't be used: it is refused, or it does not fit the view.
    pub fn begin(
        spec: &Arc<Spec>,
        target: &Arc<Target>,
        profile: &str,
        order: OrderKeys,
        response: &http::Response<Bytes>,
    ) -> Result<Self, String> {
        let view = read(spec, target, &order, response)?;
        Ok(Self {
            case: Case::empty(spec),
            target: Arc::clone(target),
            profile: profile.to_owned(),
            order,
            from_beginning: true,
            names: vec![names::first(&view)],
            first: vec![view.clone()],
            last: vec![view],
            accepted: Vec::new(),
        })
    }

    /// Says that something had happened to the order before it was first seen.
    pub fn not_from_beginning(&mut self) {
        self.from_beginning = false;
    }

    /// What it held when it was first seen.
    #[must_use]
    pub fn rows(&self) -> Vec<Row> {
        let Some((view, names)) = self.first.first().zip(self.names.first()) else { return Vec::new() };
        let role = |entity: &check::Entity| {
            names.roles.iter().find(|(_, ident)| **ident == entity.ident).map(|(role, _)| role.clone())
        };
        let row = |entity: &check::Entity| {
            let role = role(entity)?;
            let product = names.products.iter().find(|(_, same)| **same == entity.same).map(|(name, _)| name.clone());
            let product = product.filter(|product| *product != role);
            let set_up = self.case.spec.kind(&entity.kind).map(|kind| &kind.set_up).into_iter().flatten();
            let mut needed = set_up.filter(|(_, otherwise)| otherwise.is_none()).map(|(name, _)| name);
            let units = needed.next().and_then(|name| entity.fields.get(name)?.as_u64());
            Some(Row { role, product, units, fields: entity.fields.clone() })
        };
        view.entities.iter().filter(|entity| entity.parent.is_none()).filter_map(row).collect()
    }

    /// The state as it was last seen.
    #[must_use]
    pub fn state(&self) -> Value {
        state(&self.case.spec, &self.last, &self.names)
    }

    /// The role that a call is made on, as far as anybody has seen.
    #[must_use]
    pub fn role_of(&self, call: &Heard) -> Option<String> {
        self.last.first().zip(self.names.first()).and_then(|(view, names)| call.role(view, names))
    }

    /// What the answer to a call violates by itself, whatever is read afterwards.
    ///
    /// # Errors
    /// What in the spec does not fit it.
    pub fn answered(&self, call: &Heard) -> Result<Vec<Mismatch>, String> {
        let (Some(view), Some(names)) = (self.last.first(), self.names.first()) else { return Ok(Vec::new()) };
        let calls = std::slice::from_ref(call);
        self.mismatches(calls, view, names, |invariant| self.is_of_answer_alone(invariant))
    }

    /// What a read shows after these calls: once for each way in which what is new can be called, the likely one first.
    ///
    /// # Errors
    /// Why the read can't be used, or what in the spec does not fit it.
    pub fn looks(&self, calls: &[Heard], response: &http::Response<Bytes>) -> Result<Vec<Look>, String> {
        let spec = &self.case.spec;
        let view = read(spec, &self.target, &self.order, response)?;
        let known = self.names.first().cloned().unwrap_or_default();
        let called = self.last.first().and_then(|last| calls.iter().find_map(|call| call.role(last, &known)));
        let ways = names::further(&known, &view, called.as_deref().map(product_of));
        ways.into_iter().map(|names| self.look(calls, view.clone(), names)).collect()
    }

    /// Takes over what a read has shown.
    pub fn keep(&mut self, calls: &[Heard], look: Look) {
        let uses: Vec<CallUse> = calls.iter().map(Heard::use_of).collect();
        let accepted =
            self.made(calls, &uses).iter().filter_map(|made| check::accepted(made, &self.last)).collect::<Vec<_>>();
        self.accepted.extend(accepted);
        (self.last, self.names) = (vec![look.view], vec![look.names]);
    }

    fn look(&self, calls: &[Heard], view: StateView, names: Names) -> Result<Look, String> {
        let counts = |invariant: &Invariant| self.can_be_asked(invariant, calls.len());
        let mismatches = self.mismatches(calls, &view, &names, counts)?;
        let on = calls.iter().map(|call| {
            // What has vanished since is still known by what it was.
            let before = || call.role(self.last.first()?, self.names.first()?);
            call.role(&view, &names).or_else(before)
        });
        let on = on.collect();
        let shown = state(&self.case.spec, std::slice::from_ref(&view), std::slice::from_ref(&names));
        Ok(Look { state: shown, on, mismatches, view, names })
    }

    /// The invariants that do not hold from the last read to this state, of those that count.
    fn mismatches(
        &self,
        calls: &[Heard],
        after: &StateView,
        names: &Names,
        counts: impl Fn(&Invariant) -> bool,
    ) -> Result<Vec<Mismatch>, String> {
        let uses: Vec<CallUse> = calls.iter().map(Heard::use_of).collect();
        let made = self.made(calls, &uses);
        let accepted = made.iter().filter_map(|made| check::accepted(made, &self.last));
        let accepted: Vec<(usize, Data)> = self.accepted.iter().cloned().chain(accepted).collect();
        let moment = Moment {
            case: &self.case,
            profile: &self.profile,
            step: &nothing(),
            number: 1,
            first: &self.first,
            before: &self.last,
            after: std::slice::from_ref(after),
            names: &self.names,
            made: &made,
            others: &BTreeMap::new(),
            reads: 1,
            accepted: &accepted,
            heard: &[],
            lacks: &self.target.binding.lacks,
        };
        let judged = check::watch_named(&moment, vec![names.clone()]).map_err(|error| error.message)?;
        let spec = &self.case.spec;
        let invariant = |found: &Found| spec.invariants.iter().find(|invariant| invariant.holds.at() == found.at);
        let found = judged.found.into_iter().filter(|found| invariant(found).is_some_and(&counts));
        let mut mismatches: Vec<Mismatch> = found.map(|found| check::mismatch(found, spec, &self.profile, 1)).collect();
        mismatches.iter_mut().for_each(|mismatch| self.target.redactor().mismatch(mismatch));
        Ok(mismatches)
    }

    fn made<'m>(&self, calls: &[Heard], uses: &'m [CallUse]) -> Vec<Made<'m>> {
        let on = |call: &Heard| self.last.first().and_then(|view| call.entity(view)).map(|entity| entity.ident.clone());
        let made = |(call, of): (&Heard, &'m CallUse)| Made {
            call: of,
            on: on(call),
            with: call.with(),
            answer: call.answer.clone(),
        };
        calls.iter().zip(uses).map(made).collect()
    }

    /// Whether an invariant can be asked of a read: what speaks of the one call only where there was one, and what speaks of
    /// the beginning only where it was seen.
    fn can_be_asked(&self, invariant: &Invariant, calls: usize) -> bool {
        if self.is_of_answer_alone(invariant) {
            return false;
        }
        let of_call = invariant.each != Each::Answer && speaks_of(invariant, &["call", "outcome", "with", "on."]);
        let of_beginning = speaks_of(invariant, &["first_", "accepted"]);
        (calls == 1 || !of_call) && (self.from_beginning || !of_beginning)
    }

    /// Whether an invariant is about answers and asks for nothing that is read afterwards.
    fn is_of_answer_alone(&self, invariant: &Invariant) -> bool {
        let spec = &self.case.spec;
        let plurals = spec.kinds.iter().map(|kind| &kind.plural).chain(spec.groups.iter().map(|group| &group.plural));
        let states: Vec<&str> = plurals.map(String::as_str).chain(["order", "accepted"]).collect();
        invariant.each == Each::Answer && !speaks_of(invariant, &states)
    }
}

/// Whether an invariant names any of these. That `outcome` is the text `'accepted'` names nothing.
fn speaks_of(invariant: &Invariant, names: &[&str]) -> bool {
    let sources = invariant.when.iter().chain([&invariant.holds]).map(|expr| expr.source().replace("'accepted'", ""));
    sources.into_iter().any(|source| names.iter().any(|name| source.contains(name)))
}

/// The state that an answer shows.
fn read(
    spec: &Spec,
    target: &Target,
    order: &OrderKeys,
    response: &http::Response<Bytes>,
) -> Result<StateView, String> {
    let reply = Reply::new(response.status(), response.headers(), response.body());
    if !reply.is_accepted(target).map_err(|error| error.message)? {
        return Err(format!("it was answered {}", reply.told(target)));
    }
    if !reply.is_json {
        return Err("the answer is no JSON".to_owned());
    }
    let Some(view) = target.binding.views.first() else { return Err("there is no view".to_owned()) };
    let mut scope = target.scope();
    reply.tell(&mut scope);
    let mut order = order.clone();
    for (name, expr) in view.reads.iter().flat_map(|request| &request.capture) {
        scope.set("order", order_data(&order));
        let value = expr.eval(&scope).map_err(|error| error.message)?;
        match name.strip_prefix("order.") {
            Some(name) => drop(order.insert(name.to_owned(), expr.json(&scope).ok().flatten().unwrap_or_default())),
            None => scope.set(name, value),
        }
    }
    scope.set("order", order_data(&order));
    read_view(spec, view, &scope).map_err(|error| error.message)
}

/// A step that claims nothing.
fn nothing() -> Step {
    let call = CallUse {
        name: String::new(),
        at: Span::default(),
        on: On::Order,
        order: OrderRef::Named(0),
        with: None,
        caller: String::new(),
        request: RequestOverride::default(),
    };
    Step { condition: None, call, beside: Vec::new(), repeat: 1, refuse: 0, expect: Vec::new() }
}
