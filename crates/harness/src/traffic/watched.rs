//! One order from read to read.

use std::collections::BTreeMap;
use std::sync::Arc;

use countermand_event::Mismatch;
use countermand_text::Span;
use serde_json::{Map, Value, json};

use super::names;
use super::overheard::Overheard;
use super::reading::Reading;
use crate::check::{self, Entity, Found, Made, Moment, Names, StateView, key};
use crate::runner::{role, state};
use crate::scenario::{CallUse, Case, On, OrderRef, RequestOverride, Step, product_of};
use crate::spec::{Each, Invariant, Spec};
use crate::target::{OrderKeys, Target};
use crate::template::Data;

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
    shape: Shape,
    /// Every id that a read has shown, with its kind and the role of what had it: the latest come last.
    ids: Vec<(String, Value, String)>,
}

/// What a scenario of the spec has to know of an order besides.
#[derive(Debug, Clone, Copy, Default)]
pub struct Shape {
    /// The role of the one entity that everything is nested in at first, where something is.
    pub whole: Option<&'static str>,
    /// The arguments that are ids, with the kind of what they name.
    pub ids: &'static [(&'static str, &'static str)],
}

/// What an order holds at first: an entity that nothing is nested in.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// Its role, or its name in what it is nested in.
    pub role: String,
    /// The role of what it is nested in.
    pub within: Option<String>,
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
    /// What each of the calls was.
    pub calls: Vec<Called>,
    /// The invariants that do not hold.
    pub mismatches: Vec<Mismatch>,
    view: StateView,
    names: Names,
}

/// A call by the names of a scenario.
#[derive(Debug, Clone, PartialEq)]
pub struct Called {
    /// The role that it was made on; nothing where it was made on the order, or on what nobody has seen.
    pub on: Option<String>,
    /// Its arguments, in which ids are those of roles. What nobody has seen is called unknown.
    pub with: Option<Map<String, Value>>,
    /// Whether every id in them was seen.
    pub is_known: bool,
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
        shape: Shape,
        reading: &Reading,
    ) -> Result<Self, String> {
        let view = reading.state(spec, target, &order)?;
        let mut watched = Self {
            case: Case::empty(&target.spec),
            target: Arc::clone(target),
            profile: profile.to_owned(),
            order,
            from_beginning: true,
            names: vec![names::first(spec, &view, shape.whole)],
            first: vec![view.clone()],
            last: vec![view],
            accepted: Vec::new(),
            shape,
            ids: Vec::new(),
        };
        watched.learn_ids();
        Ok(watched)
    }

    /// Says that something had happened to the order before it was first seen.
    pub fn not_from_beginning(&mut self) {
        self.from_beginning = false;
    }

    /// What it held when it was first seen.
    #[must_use]
    pub fn rows(&self) -> Vec<Row> {
        let Some((view, names)) = self.first.first().zip(self.names.first()) else { return Vec::new() };
        let spec = &self.case.spec;
        let name_of = |entity: &Entity| {
            names.products.iter().find(|(_, same)| **same == entity.same).map(|(name, _)| name.clone())
        };
        let row = |entity: &Entity| {
            let parent = entity.parent.as_ref().and_then(|ident| view.entity(ident));
            let bound = || names.roles.iter().find(|(_, ident)| **ident == entity.ident).map(|(role, _)| role.clone());
            let own = if parent.is_some() { name_of(entity)? } else { bound()? };
            let product = name_of(entity).filter(|product| *product != own);
            let set_up = spec.kind(&entity.kind).map(|kind| &kind.set_up).into_iter().flatten();
            let mut needed = set_up.filter(|(_, otherwise)| otherwise.is_none()).map(|(name, _)| name);
            let units = needed.next().and_then(|name| entity.fields.get(name)?.as_u64());
            let within = parent.map(|parent| role(names, view, parent));
            Some(Row { role: own, within, product, units, fields: entity.fields.clone() })
        };
        view.entities.iter().filter(|entity| spec.is_leaf(&entity.kind)).filter_map(row).collect()
    }

    /// Whether it holds this entity, or has held it since it was first seen.
    #[must_use]
    pub fn holds(&self, kind: &str, id: &Value) -> bool {
        self.ids.iter().any(|(known, own, _)| known == kind && key(own) == key(id))
    }

    /// Whether anything in it has this id.
    #[must_use]
    pub fn has_id(&self, id: &str) -> bool {
        self.ids.iter().any(|(_, own, _)| key(own) == id)
    }

    /// Every id that a read has shown, with its kind.
    pub fn ids(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.ids.iter().map(|(kind, id, _)| (kind.as_str(), id))
    }

    /// The state as it was last seen.
    #[must_use]
    pub fn state(&self) -> Value {
        state(&self.case.spec, &self.last, &self.names)
    }

    /// A call by the names of a scenario, as far as anybody has seen.
    ///
    /// # Errors
    /// Why no scenario can say what it says.
    pub fn called(&self, call: &Overheard) -> Result<Called, &'static str> {
        let on = self.last.first().zip(self.names.first()).and_then(|(view, names)| call.role(view, names));
        self.with_arguments(call, on, &self.ids)
    }

    /// What the answer to a call violates by itself, whatever is read afterwards.
    ///
    /// # Errors
    /// What in the spec does not fit it.
    pub fn answered(&self, call: &Overheard) -> Result<Vec<Mismatch>, String> {
        let (Some(view), Some(names)) = (self.last.first(), self.names.first()) else { return Ok(Vec::new()) };
        let calls = std::slice::from_ref(call);
        self.mismatches(calls, view, names, |invariant| self.is_of_answer_alone(invariant))
    }

    /// What a read shows after these calls: once for each way in which what is new can be called, the likely one first.
    ///
    /// # Errors
    /// Why the read can't be used, or what in the spec does not fit it.
    pub fn looks(&self, calls: &[Overheard], reading: &Reading) -> Result<Vec<Look>, String> {
        let spec = &self.case.spec;
        let mut view = reading.state(spec, &self.target, &self.order)?;
        if let Some(first) = self.first.first() {
            view.keep_products(spec, first);
        }
        let known = self.names.first().cloned().unwrap_or_default();
        let called = self.last.first().and_then(|last| calls.iter().find_map(|call| call.role(last, &known)));
        let ways = names::further(&known, &view, called.as_deref().map(product_of));
        ways.into_iter().map(|names| self.look(calls, view.clone(), names)).collect()
    }

    /// Takes over what a read has shown.
    pub fn keep(&mut self, calls: &[Overheard], look: Look) {
        let uses: Vec<CallUse> = calls.iter().map(Overheard::use_of).collect();
        let accepted =
            self.made(calls, &uses).iter().filter_map(|made| check::accepted(made, &self.last)).collect::<Vec<_>>();
        self.accepted.extend(accepted);
        (self.last, self.names) = (vec![look.view], vec![look.names]);
        self.learn_ids();
    }

    fn learn_ids(&mut self) {
        let Some((view, names)) = self.last.first().zip(self.names.first()) else { return };
        let shown = ids(view, names);
        self.ids.retain(|known| !shown.contains(known));
        self.ids.extend(shown);
    }

    fn look(&self, calls: &[Overheard], view: StateView, names: Names) -> Result<Look, String> {
        let mismatches = self.mismatches(calls, &view, &names, |invariant| self.can_be_asked(invariant))?;
        let known: Vec<_> = self.ids.iter().cloned().chain(ids(&view, &names)).collect();
        let called = calls.iter().map(|call| {
            // What has vanished since is still known by what it was.
            let before = || call.role(self.last.first()?, self.names.first()?);
            self.with_arguments(call, call.role(&view, &names).or_else(before), &known).map_err(str::to_owned)
        });
        let called = called.collect::<Result<_, _>>()?;
        let shown = state(&self.case.spec, std::slice::from_ref(&view), std::slice::from_ref(&names));
        Ok(Look { state: shown, calls: called, mismatches, view, names })
    }

    fn with_arguments(
        &self,
        call: &Overheard,
        on: Option<String>,
        known: &[(String, Value, String)],
    ) -> Result<Called, &'static str> {
        let mut called = Called { on, with: None, is_known: true };
        let Some(with) = call.arguments() else { return Ok(called) };
        let mut is_known = true;
        let mut named = |name: &str, value: &Value| -> Result<Option<Value>, &'static str> {
            let Some((_, kind)) = self.shape.ids.iter().find(|(argument, _)| *argument == name) else {
                return Ok(None);
            };
            let like = || known.iter().rev().filter(|(of, own, _)| of == kind && key(own) == key(value));
            // An id may be that of several: whoever takes a package over may keep the ids of its lines.
            let is_inside = |role: &str| called.on.as_ref().is_some_and(|on| role.starts_with(&format!("{on}.")));
            match like().find(|(_, _, role)| is_inside(role)).or_else(|| like().next()) {
                Some((_, own, _)) if own != value => Err("it writes an id otherwise than the endpoint does"),
                Some((_, _, role)) => Ok(Some(json!({ "id": role }))),
                None if value.is_u64() || value.is_string() => {
                    is_known = false;
                    Ok(Some(json!({ "unknown": kind })))
                }
                None => Err("what stands in the place of an id is none"),
            }
        };
        let with = with.iter().map(|(name, value)| Ok((name.clone(), by_role(name, value, &mut named)?)));
        called.with = Some(with.collect::<Result<_, &'static str>>()?);
        called.is_known = is_known;
        Ok(called)
    }

    /// The invariants that do not hold from the last read to this state, of those that count.
    fn mismatches(
        &self,
        calls: &[Overheard],
        after: &StateView,
        names: &Names,
        counts: impl Fn(&Invariant) -> bool,
    ) -> Result<Vec<Mismatch>, String> {
        let uses: Vec<CallUse> = calls.iter().map(Overheard::use_of).collect();
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
        let mut mismatches: Vec<Mismatch> =
            found.map(|found| check::mismatch(found, spec, &self.profile, 1, false)).collect();
        mismatches.iter_mut().for_each(|mismatch| self.target.redactor().mismatch(mismatch));
        Ok(mismatches)
    }

    fn made<'m>(&self, calls: &[Overheard], uses: &'m [CallUse]) -> Vec<Made<'m>> {
        let on =
            |call: &Overheard| self.last.first().and_then(|view| call.entity(view)).map(|it| (0, it.ident.clone()));
        let made = |(call, of): (&Overheard, &'m CallUse)| Made {
            call: of,
            on: on(call),
            with: call.with(),
            answer: call.answer.clone(),
            is_one: true,
        };
        calls.iter().zip(uses).map(made).collect()
    }

    /// Whether an invariant can be asked of a read: what speaks of the beginning only where it was seen. Of several calls since
    /// the last read it is asked as of calls at once: what holds whichever came first holds as they came.
    fn can_be_asked(&self, invariant: &Invariant) -> bool {
        let of_beginning = || speaks_of(invariant, &["first_", "accepted"]);
        !self.is_of_answer_alone(invariant) && (self.from_beginning || !of_beginning())
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

/// Every id of a view with its kind and its role.
fn ids(view: &StateView, names: &Names) -> Vec<(String, Value, String)> {
    let of = |entity: &Entity| (entity.kind.clone(), entity.id.clone(), role(names, view, entity));
    view.entities.iter().map(of).collect()
}

/// A value in which each id, wherever it stands, is that of a role.
fn by_role(
    name: &str,
    value: &Value,
    named: &mut impl FnMut(&str, &Value) -> Result<Option<Value>, &'static str>,
) -> Result<Value, &'static str> {
    match value {
        Value::Array(list) => list.iter().map(|item| by_role(name, item, named)).collect(),
        Value::Object(map) => {
            map.iter().map(|(name, value)| Ok((name.clone(), by_role(name, value, named)?))).collect()
        }
        value => Ok(named(name, value)?.unwrap_or_else(|| value.clone())),
    }
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
