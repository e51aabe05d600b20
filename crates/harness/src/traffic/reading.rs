//! What somebody has read of an order: one answer, or the pages it came in. Judges nothing of it.

use bytes::Bytes;
use http::Response;

use crate::check::{StateView, read_view};
use crate::spec::Spec;
use crate::spec::binding::{Reply, Request, View};
use crate::target::{OrderKeys, Target, order_data};
use crate::template::{Data, ExprError, Scope};

/// A read of an order, in its pages.
#[derive(Debug, Clone)]
pub struct Reading(Vec<Response<Bytes>>);

impl Reading {
    /// A read that begins with this answer.
    #[must_use]
    pub fn new(response: Response<Bytes>) -> Self {
        Self(vec![response])
    }

    /// Adds the next page.
    pub fn add(&mut self, response: Response<Bytes>) {
        self.0.push(response);
    }

    /// How many pages there are.
    #[must_use]
    pub fn pages(&self) -> u64 {
        self.0.len() as u64
    }

    /// Whether no page is missing. Of what can't be read nothing more is awaited.
    #[must_use]
    pub fn is_whole(&self, target: &Target) -> bool {
        let Some(request) = view(target).and_then(|view| view.reads.first()) else { return true };
        self.told(target, request).map_or(true, |(_, is_last)| is_last)
    }

    /// Why it shows nothing, though it was answered with a success.
    #[must_use]
    pub fn unreadable(&self, target: &Target) -> Option<&'static str> {
        let is_unreadable = |response: &Response<Bytes>| {
            let reply = Reply::new(response.status(), response.headers(), response.body());
            !reply.is_json && reply.is_accepted(&target.binding.outcome).unwrap_or(false)
        };
        self.0.iter().any(is_unreadable).then_some("the answer is no JSON")
    }

    /// Whether it shows an order, and nothing in it.
    #[must_use]
    pub fn is_empty(&self, spec: &Spec, target: &Target, order: &OrderKeys) -> bool {
        self.state(spec, target, order).is_ok_and(|state| state.entities.is_empty())
    }

    /// The state that it shows.
    pub(super) fn state(&self, spec: &Spec, target: &Target, order: &OrderKeys) -> Result<StateView, String> {
        let Some(view) = view(target) else { return Err("there is no view".to_owned()) };
        let Some(request) = view.reads.first() else { return Err("the view reads nothing".to_owned()) };
        let (mut scope, is_last) = self.told(target, request)?;
        if !is_last {
            return Err("a page is missing".to_owned());
        }
        let mut order = order.clone();
        for (name, expr) in &request.capture {
            scope.set("order", order_data(&order));
            let value = expr.answered().eval(&scope).map_err(message)?;
            match name.strip_prefix("order.") {
                Some(name) => drop(order.insert(name.to_owned(), expr.json(&scope).ok().flatten().unwrap_or_default())),
                None => scope.set(name, value),
            }
        }
        scope.set("order", order_data(&order));
        read_view(spec, view, &scope, false).map_err(message)
    }

    /// What its answers tell, and whether they are all there are.
    fn told(&self, target: &Target, request: &Request) -> Result<(Scope, bool), String> {
        let mut scope = target.scope();
        let mut rows: Vec<Data> = Vec::new();
        let mut is_last = request.pages.is_none();
        for (response, page) in self.0.iter().zip(request.pages.as_ref().map_or(0, |pages| pages.from)..) {
            let reply = Reply::new(response.status(), response.headers(), response.body());
            if !reply.is_accepted(&target.binding.outcome).map_err(message)? {
                return Err(format!("it was answered {}", reply.told(&target.binding.outcome)));
            }
            if !reply.is_json {
                return Err("the answer is no JSON".to_owned());
            }
            reply.tell(&mut scope);
            let Some(pages) = &request.pages else { continue };
            scope.set("page", Data::from(page));
            rows.extend(pages.rows.answered().list(&scope).map_err(message)?);
            scope.set("rows", Data::from(rows.clone()));
            is_last = pages.is_last(&scope).map_err(message)?;
        }
        Ok((scope, is_last))
    }
}

/// The view that is read after every step.
fn view(target: &Target) -> Option<&View> {
    target.binding.views.first()
}

fn message(error: ExprError) -> String {
    error.message
}
