//! A call that somebody else has made, with its answer.

use std::collections::BTreeMap;

use bytes::Bytes;
use countermand_text::Span;
use serde_json::{Map, Value};

use crate::check::{Entity, Names, StateView, key};
use crate::scenario::{CallUse, On, OrderRef, RequestOverride};
use crate::spec::Spec;
use crate::spec::binding::{Answer, Reply};
use crate::target::{Meaning, Recognised, Target};
use crate::template::{self, Data};

/// A call that was made on an order, and how it was answered.
#[derive(Debug, Clone)]
pub struct Overheard {
    call: String,
    caller: String,
    /// The kind it is made on; nothing where that is the order.
    kind: Option<String>,
    /// What it says of the entity it is made on.
    on: BTreeMap<String, Value>,
    with: Option<Map<String, Value>>,
    pub(super) answer: Answer,
}

impl Overheard {
    /// A call with its answer; nothing where the answer is none of the endpoint's own, so that nobody knows what came of it.
    ///
    /// # Errors
    /// What in the binding does not fit the answer.
    pub fn new(
        spec: &Spec,
        target: &Target,
        recognised: &Recognised,
        response: &http::Response<Bytes>,
    ) -> Result<Option<Self>, String> {
        let Meaning::Call(call) = &recognised.meaning else { return Ok(None) };
        let reply = Reply::new(response.status(), response.headers(), response.body());
        if reply.claims_json && !reply.is_json {
            return Err("the answer is not the JSON it says".to_owned());
        }
        let Some(answer) = reply.judge(&target.binding.outcome).map_err(|error| error.message)? else {
            return Ok(None);
        };
        let known = spec.call(call);
        Ok(Some(Self {
            call: call.clone(),
            caller: known.map(|call| call.caller.clone()).unwrap_or_default(),
            kind: known.and_then(|call| call.on.clone()),
            on: recognised.on.clone(),
            with: recognised.with.clone(),
            answer,
        }))
    }

    /// How the answer is read: accepted, refused or broken.
    #[must_use]
    pub fn outcome(&self) -> &'static str {
        self.answer.outcome.word()
    }

    /// Whether it is made on the order as a whole.
    #[must_use]
    pub fn is_on_order(&self) -> bool {
        self.kind.is_none()
    }

    /// What it is made on, where that is known by now.
    pub(super) fn entity<'v>(&self, view: &'v StateView) -> Option<&'v Entity> {
        let kind = self.kind.as_ref()?;
        let says = |entity: &Entity, (name, value): (&String, &Value)| {
            let own = match name.as_str() {
                "id" => Some(&entity.id),
                "same" => Some(&entity.same),
                name => entity.fields.get(name),
            };
            // In a path every value is a text.
            own.is_some_and(|own| key(own) == key(value))
        };
        let is_named = |entity: &Entity| !self.on.is_empty() && self.on.iter().all(|entry| says(entity, entry));
        view.entities.iter().find(|entity| entity.kind == *kind && is_named(entity))
    }

    /// The role it is made on.
    pub(super) fn role(&self, view: &StateView, names: &Names) -> Option<String> {
        let entity = self.entity(view)?;
        names.roles.iter().find(|(_, ident)| **ident == entity.ident).map(|(role, _)| role.clone())
    }

    /// The same call as a scenario would make it.
    pub(super) fn use_of(&self) -> CallUse {
        CallUse {
            name: self.call.clone(),
            at: Span::default(),
            on: On::Order,
            order: OrderRef::Named(0),
            with: None,
            caller: self.caller.clone(),
            request: RequestOverride::default(),
        }
    }

    /// The arguments as they were sent.
    pub(super) fn arguments(&self) -> Option<&Map<String, Value>> {
        self.with.as_ref()
    }

    /// The arguments as expressions see them.
    pub(super) fn with(&self) -> Data {
        let with = self.with.as_ref();
        with.map_or(Data::UNDEFINED, |with| template::from_json(&Value::Object(with.clone())))
    }
}
