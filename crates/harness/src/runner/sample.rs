//! The calls of a case as requests that nobody sends: the binding's own, with `$NAME` in the place of what only a target knows,
//! such as the id of a role. Built as the requests of a run are; what comes before and after a call is not here.

use std::sync::Arc;

use countermand_event::Exchange;
use serde_json::Value;

use super::message::{self, Sender};
use crate::scenario::{Argument, CallUse, Case, On, OrderRef, RoleSetUp, Step};
use crate::spec::Spec;
use crate::spec::binding::{Provision, Request};
use crate::suite::{Turns, WaitingCase};
use crate::target::{Target, TargetError, TargetOptions};
use crate::template::{self, Data, ExprError, Scope};

/// A place that no request leads to.
const NOWHERE: &str = "http://target.invalid";
/// Around a name while templates are filled in: neither a path nor JSON escapes it, and no spec writes it.
const MARK: char = '~';

/// Shows the calls of a spec's cases by its own binding.
pub struct Samples {
    target: Target,
}

impl Samples {
    /// Of a spec that says how it is spoken. The variables of the environment are not looked up: each stands as `$NAME`.
    ///
    /// # Errors
    /// That it has no binding, or one that can't be used.
    pub fn of(spec: &Arc<Spec>) -> Result<Self, TargetError> {
        let options = TargetOptions { base_url: Some(NOWHERE.to_owned()), ..TargetOptions::default() };
        Ok(Self { target: Target::new(spec, None, options, &|name| Some(marked(&[name])))? })
    }

    /// The requests of each step, those of its calls in order.
    ///
    /// # Errors
    /// That the case's file is no longer what was read, or that what a target answered is needed to say what is sent.
    pub fn requests(&self, case: &Arc<WaitingCase>) -> Result<Vec<Vec<Exchange>>, String> {
        let case = Turns::default().of(case).read()?;
        let of_step = |step: &Step| {
            let calls: Result<Vec<_>, ExprError> = step.calls().map(|call| self.call(&case, call)).collect();
            calls.map(|calls| calls.into_iter().flatten().collect()).map_err(|error| error.message)
        };
        case.steps.iter().map(of_step).collect()
    }

    fn call(&self, case: &Case, call: &CallUse) -> Result<Vec<Exchange>, ExprError> {
        let Some(bound) = self.target.binding.calls.get(&call.name) else { return Ok(Vec::new()) };
        let mut scope = self.scope(case, call);
        let mut sent = Vec::new();
        for request in &bound.requests {
            let rounds = match &request.each {
                Some(each) => each.list(&scope)?,
                None => vec![Data::UNDEFINED],
            };
            for it in rounds {
                let scope = if request.each.is_some() { scope.with("it", it) } else { scope.clone() };
                if request.when.as_ref().is_none_or(|when| when.holds(&scope).unwrap_or(true)) {
                    let sender =
                        Sender { caller: Some(&call.caller), changes: Some(&call.request), ..Sender::default() };
                    let message = message::build(&self.target, &case.id, request, &scope, sender, None)?;
                    sent.push(named(message.record.show(&self.target.redactor())));
                }
            }
            for (name, _) in &request.capture {
                scope.set(name, marked(&[name]).into());
            }
        }
        Ok(sent)
    }

    /// What the templates of a call can name.
    fn scope(&self, case: &Case, call: &CallUse) -> Scope {
        let spec = &case.spec;
        let mut scope = self.target.scope();
        for name in ["run_id", "case_key", "now"] {
            scope.set(name, marked(&[name]).into());
        }
        scope.set("caller", call.caller.as_str().into());
        scope.set("order", Data::from_object(self.order(case, call.order)));
        let with = call.with.as_ref().map(|with| template::from_json(&argument(spec, with)));
        scope.set("with", with.unwrap_or(Data::UNDEFINED));
        let target = match &call.on {
            On::Order => Data::UNDEFINED,
            On::Role(role) => entity(role, role.rsplit_once('.').map(|(parent, _)| parent), Vec::new()),
            On::Unknown(kind) => template::map([("id", template::from_json(&unknown(spec, kind)))]),
        };
        scope.set("target", target);
        let index = if let OrderRef::Named(index) = call.order { index } else { 0 };
        let roles = case.orders.get(index).map(|order| order.roles.as_slice()).unwrap_or_default();
        for kind in &spec.kinds {
            let of_kind = roles.iter().filter(|role| role.kind == kind.name);
            let mut entities: Vec<Data> = of_kind.map(set_up).collect();
            // What a call leaves behind holds something too, of which no more is known.
            if let On::Role(role) = &call.on
                && kind.parent.is_some()
                && !roles.iter().any(|known| known.role == *role)
            {
                let inner = format!("{role}.{}", kind.name);
                let field = |name: &String| (name.clone(), marked(&[&inner, name]).into());
                let fields = kind.fields.iter().map(|field_of| field(&field_of.name)).collect();
                entities.push(entity(&inner, Some(role), fields));
            }
            scope.set(&kind.plural, entities.into());
        }
        scope
    }

    /// Whatever is captured of an order; of an unknown one it is the unknown id.
    fn order(&self, case: &Case, order: OrderRef) -> Scope {
        let binding = &self.target.binding;
        let provision: &[Request] = match &binding.provision {
            Provision::Requests(requests) => requests,
            Provision::Pool { .. } => &[],
        };
        let register = binding.webhooks.as_ref().map(|webhooks| webhooks.register.as_slice()).unwrap_or_default();
        let captures = provision.iter().chain(register).flat_map(|request| &request.capture);
        let name = match order {
            OrderRef::Named(index) => case.orders.get(index).map(|order| order.name.as_str()).unwrap_or_default(),
            OrderRef::Unknown => "",
        };
        let name = if name.is_empty() { "order" } else { name };
        let mut captured = Scope::default();
        for capture in captures.filter_map(|(capture, _)| capture.strip_prefix("order.")) {
            captured.set(capture, marked(&[name, capture]).into());
        }
        if let OrderRef::Unknown = order {
            captured.fill(&template::from_json(&case.spec.unknown_order));
        }
        captured
    }
}

/// `$MUG_ID` from here on, as [`named`] writes it.
fn marked(words: &[&str]) -> String {
    let word = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' };
    format!("{MARK}{}{MARK}", words.join("_").chars().map(word).collect::<String>())
}

/// An entity of a role: what it is known by, and what is known of it.
fn entity(role: &str, parent: Option<&str>, fields: Vec<(String, Data)>) -> Data {
    let id = |role: &str| Data::from(marked(&[role, "id"]));
    let known = [("id".to_owned(), id(role)), ("same".to_owned(), marked(&[role, "product"]).into())];
    let parent = parent.map(|parent| ("parent".to_owned(), template::map([("id", id(parent))])));
    template::map(fields.into_iter().chain(known).chain(parent).collect::<Vec<_>>())
}

/// The same of the set-up, which says what some fields are.
fn set_up(role: &RoleSetUp) -> Data {
    let fields = role.fields.iter().map(|(name, value)| (name.clone(), template::from_json(value)));
    entity(&role.role, role.parent.as_deref(), fields.collect())
}

fn argument(spec: &Spec, argument: &Argument) -> Value {
    match argument {
        Argument::Value(value) => value.clone(),
        Argument::Id(role) => marked(&[role, "id"]).into(),
        Argument::Unknown(kind) => unknown(spec, kind),
        Argument::List(list) => list.iter().map(|item| self::argument(spec, item)).collect(),
        Argument::Map(map) => map.iter().map(|(name, item)| (name.clone(), self::argument(spec, item))).collect(),
    }
}

fn unknown(spec: &Spec, kind: &str) -> Value {
    spec.kind(kind).and_then(|kind| kind.unknown.clone()).unwrap_or_default()
}

/// With `$NAME` for every marked name.
fn named(mut exchange: Exchange) -> Exchange {
    let named = |text: &str| {
        let mut parts = text.split(MARK);
        let mut out = parts.next().unwrap_or_default().to_owned();
        let mut is_open = false;
        for part in parts {
            let is_name =
                !part.is_empty() && part.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_');
            match (is_open, is_name) {
                (false, true) => {
                    out.push('$');
                    is_open = true;
                }
                (true, _) => is_open = false,
                (false, false) => out.push(MARK),
            }
            out.push_str(part);
        }
        out
    };
    exchange.path = named(&exchange.path);
    exchange.request_body = exchange.request_body.map(|body| named(&body));
    exchange.request_headers.iter_mut().for_each(|(_, value)| *value = named(value));
    exchange
}
