//! Makes the calls of a step: whom they are made on, with what arguments, in which order; alone or at once.

use std::sync::Arc;

use countermand_event::Blame;
use futures_util::future::join_all;
use serde_json::{Map, Value};

use super::breaker::Purpose;
use super::exchange::RawExchange;
use super::halt::Halt;
use super::message::Sender;
use super::play::Play;
use crate::check::{Entity, Made, resolve_role};
use crate::scenario::{Argument, CallUse, On, OrderRef, Step};
use crate::spec::binding::Outcome;
use crate::template::{self, Data, Scope};

/// What a call is made on, as expressions see it; and its order and identity, where it is an entity.
type MadeOn = (Data, Option<(usize, String)>);

/// A call whose roles are found and whose arguments are filled in.
struct Ready<'c> {
    call: &'c CallUse,
    target: Data,
    on: Option<(usize, String)>,
    with: Data,
}

impl<'p> Play<'p> {
    /// Makes the calls of a step, all at once. Nothing where a mismatch left nothing to make one on.
    pub(super) async fn make(&self, step: &'p Step) -> Result<Option<(Vec<Made<'p>>, Vec<RawExchange>)>, Halt> {
        let mut ready = Vec::new();
        for call in step.calls() {
            match self.ready(call)? {
                Some(call) => ready.push(call),
                None => return Ok(None),
            }
        }
        let answered = join_all(ready.into_iter().map(|call| self.one(call))).await;
        let mut made = Vec::new();
        let mut exchanges = Vec::new();
        for answered in answered {
            let (one, raw) = answered?;
            made.push(one);
            exchanges.extend(raw);
        }
        Ok(Some((made, exchanges)))
    }

    fn ready<'c>(&self, call: &'c CallUse) -> Result<Option<Ready<'c>>, Halt> {
        let Some((target, on)) = self.call_target(call)? else { return Ok(None) };
        let with = match &call.with {
            Some(argument) => match self.argument(argument)? {
                Some(value) => template::from_json(&value),
                None => return Ok(None),
            },
            None => Data::UNDEFINED,
        };
        Ok(Some(Ready { call, target, on, with }))
    }

    async fn one<'c>(&self, ready: Ready<'c>) -> Result<(Made<'c>, Vec<RawExchange>), Halt> {
        let Ready { call, target, on, with } = ready;
        let order = match call.order {
            OrderRef::Named(index) => index,
            OrderRef::Unknown => 0,
        };
        let mut scope = self.base_scope(order);
        scope.set("target", target);
        scope.set("with", with.clone());
        scope.set("caller", Data::from(call.caller.as_str()));
        if let Some(view) = self.views.get(order) {
            for kind in &self.case.spec.kinds {
                let entities = view.of_kind(&kind.name).map(|entity| self.entity_data(order, entity));
                scope.set(&kind.plural, entities.collect::<Vec<_>>().into());
            }
        }
        let mut captured = self.call_order(call.order);
        let binding = Arc::clone(&self.session.target.binding);
        let Some(bound) = binding.calls.get(&call.name) else {
            return Err(Halt::setup(format!("the binding has no call `{}`", call.name)));
        };
        let sender = Sender { caller: Some(&call.caller), changes: Some(&call.request), ..Sender::default() };
        let performed = self.session.perform(Purpose::Call, &bound.requests, &scope, &mut captured, sender).await;
        let performed = performed.map_err(|stop| self.halt(stop, Purpose::Call))?;
        let Some(reply) = &performed.last else {
            // A call that is made of others has nothing to send where there is nothing to make them on.
            let (blame, message) = match bound.requests.iter().any(|request| request.each.is_some()) {
                true => (Blame::Target, "is made of other calls, and there is nothing to send here"),
                false => (Blame::Setup, "sent no request"),
            };
            return Err(Halt::new(blame, format!("the binding's `{}` {message}", call.name)));
        };
        let Some(answer) = reply.judge(&self.session.target.binding.outcome)? else {
            let message = format!("no answer of the target's own ({}); a call is never sent twice", reply.status);
            let halt = Halt::new(Blame::Transport, message);
            return Err(halt.after(performed.exchanges.last(), self.session.target));
        };
        if answer.outcome != Outcome::Accepted && !bound.on_refusal.is_empty() {
            let sender = Sender { caller: Some(&call.caller), ..Sender::default() };
            let tidied =
                self.session.perform(Purpose::SetUp, &bound.on_refusal, &performed.scope, &mut captured, sender).await;
            tidied.map_err(|stop| self.halt(stop, Purpose::SetUp))?;
        }
        let is_one = matches!(bound.requests.as_slice(), [request] if request.each.is_none());
        Ok((Made { call, on, with, answer, is_one }, performed.exchanges))
    }

    /// What a call is made on, as expressions see it, and its identity. Nothing where a mismatch left it unbound.
    fn call_target(&self, call: &CallUse) -> Result<Option<MadeOn>, Halt> {
        match &call.on {
            On::Order => Ok(Some((Data::UNDEFINED, None))),
            On::Unknown(kind) => Ok(Some((template::map([("id", template::from_json(self.unknown_id(kind)?))]), None))),
            On::Role(role) => {
                let Some((order, entity)) = self.entity(role) else { return self.nothing_left(role).map(|()| None) };
                Ok(Some((self.entity_data(order, entity), Some((order, entity.ident.clone())))))
            }
        }
    }

    /// A well-formed id of this kind that nobody has: the target's, or the spec's.
    fn unknown_id(&self, kind: &str) -> Result<&Value, Halt> {
        let of_spec = || self.case.spec.kind(kind).and_then(|kind| kind.unknown.as_ref());
        let id = self.session.target.binding.unknown.get(kind).or_else(of_spec);
        id.ok_or_else(|| Halt::scenario(format!("kind `{kind}` has no unknown id")))
    }

    /// An entity as the requests of a call see it.
    fn entity_data(&self, order: usize, entity: &Entity) -> Data {
        let field = |(name, value): (&'_ String, &Value)| (name.clone(), template::from_json(value));
        let mut fields: Vec<(String, Data)> = entity.fields.iter().map(field).collect();
        fields.push(("id".to_owned(), template::from_json(&entity.id)));
        fields.push(("same".to_owned(), template::from_json(&entity.same)));
        let parent = entity.parent.as_ref().and_then(|parent| self.views.get(order)?.entity(parent));
        if let Some(parent) = parent {
            fields.push(("parent".to_owned(), template::map([("id", template::from_json(&parent.id))])));
        }
        template::map(fields)
    }

    /// The entity a role stands for, and its order, as it was last listed: what is listed no more has an id that can be called
    /// all the same.
    fn entity(&self, role: &str) -> Option<(usize, &Entity)> {
        let earlier = self.played.iter().rev().map(|played| &played.before.0);
        std::iter::once(&self.views).chain(earlier).find_map(|views| {
            let states = self.names.iter().zip(views.iter()).enumerate();
            states.into_iter().find_map(|(order, (names, view))| Some((order, resolve_role(names, view, role)?)))
        })
    }

    /// An unbound role is the target's doing where anything differed before it, and else the scenario's. A sequence only
    /// guesses what will come to be.
    fn nothing_left(&self, role: &str) -> Result<(), Halt> {
        let counts = self.case.is_sequence || !self.mismatches.is_empty() || !self.unjudged.is_empty();
        let message = || format!("`{role}` never came to be, so the rest of the case can't be played");
        if counts { Ok(()) } else { Err(Halt::scenario(message())) }
    }

    /// Arguments with `{id: ROLE}` filled in.
    fn argument(&self, argument: &Argument) -> Result<Option<Value>, Halt> {
        Ok(Some(match argument {
            Argument::Value(value) => value.clone(),
            Argument::Id(role) => match self.entity(role) {
                Some((_, entity)) => entity.id.clone(),
                None => return self.nothing_left(role).map(|()| None),
            },
            Argument::Unknown(kind) => self.unknown_id(kind)?.clone(),
            Argument::List(list) => {
                let values: Result<Option<Vec<Value>>, Halt> =
                    list.iter().map(|item| self.argument(item).transpose()).map(Option::transpose).collect();
                match values? {
                    Some(values) => Value::Array(values),
                    None => return Ok(None),
                }
            }
            Argument::Map(entries) => {
                let mut map = Map::new();
                for (key, item) in entries {
                    let Some(value) = self.argument(item)? else { return Ok(None) };
                    map.insert(key.clone(), value);
                }
                Value::Object(map)
            }
        }))
    }

    /// What was captured of the order a call is made in; of an unknown one every capture is the unknown id.
    fn call_order(&self, order: OrderRef) -> Scope {
        match order {
            OrderRef::Named(index) => self.captured.get(index).cloned().unwrap_or_default(),
            OrderRef::Unknown => {
                let mut scope = self.captured.first().cloned().unwrap_or_default();
                let of_target = self.session.target.binding.unknown.get("order");
                scope.fill(&template::from_json(of_target.unwrap_or(&self.case.spec.unknown_order)));
                scope
            }
        }
    }
}
