//! Carries out one call: finds the package its path names, reads its body, asks the rules, and answers. Decides nothing
//! about a package itself.

use serde_json::json;

use super::Trendyol;
use super::auth::{self, Seller};
use super::faults::{listed, seen};
use super::query::Query;
use super::refusal::{Cause, Refusal};
use super::render;
use super::route::{self, Call, Split};
use super::state::{By, Moment, Package};
use super::status::Status;
use super::succession::{Succession, succeed};
use super::{cancel, push, read, split, stage, webhook};
use crate::model::Request;
use crate::wire::fields::Fields;
use crate::wire::reply::{Body, json};

impl Trendyol {
    pub(super) fn call(&mut self, request: &Request<'_>, now: u64) -> Result<Body, Refusal> {
        let caller = auth::caller(request, &self.choices)?;
        let within = self.limiter.count(caller, now);
        within.map_err(|rate| Refusal::new(Cause::TooMany, format!("more than {rate} requests per second")))?;
        match route::route(caller, request)? {
            Call::Read => {
                let query = Query::read(request.query, &self.choices)?;
                let mut found = read::find(&self.store, caller, &query, &self.choices, now);
                self.faults.iter().for_each(|fault| listed::misread(fault, &self.store, &query, &mut found));
                Ok(json(&read::page(found, &self.store, &query, &self.choices)))
            }
            Call::Cancel(id) => self.cancel(caller, id, request, now),
            Call::Push(id) => self.push(caller, id, request, now),
            Call::Split(way, id) => self.split(caller, way, id, request, now),
            Call::PlaceOrder => {
                let wish = stage::Wish::read(&Fields::of_body(request.body)?)?;
                let order = stage::place(wish, caller, &mut self.store, &self.choices, now);
                Ok(json(&json!({ "orderNumber": order.to_string() })))
            }
            Call::Stage(id) => self.stage(caller, id, request, now),
            Call::ListWebhooks => Ok(json(&self.webhooks.list(caller))),
            Call::AddWebhook => {
                let wish = webhook::Wish::read(&Fields::of_body(request.body)?)?;
                let id = self.store.next_id();
                self.webhooks.add(id, caller, wish, now)?;
                Ok(json(&json!({ "id": id.to_string() })))
            }
            Call::ChangeWebhook(id) => {
                let id = self.webhooks.own(caller, id)?;
                self.webhooks.change(id, webhook::Wish::read(&Fields::of_body(request.body)?)?, now);
                Ok(render::done(&self.choices))
            }
            Call::DropWebhook(id) => {
                let id = self.webhooks.own(caller, id)?;
                self.webhooks.remove(id);
                self.teller.forget(id);
                Ok(render::done(&self.choices))
            }
            Call::SwitchWebhook { id, on } => {
                let id = self.webhooks.own(caller, id)?;
                self.webhooks.switch(id, on, now);
                if !on {
                    self.teller.forget(id);
                }
                Ok(render::done(&self.choices))
            }
        }
    }

    fn cancel(&mut self, caller: Seller, id: &str, request: &Request<'_>, now: u64) -> Result<Body, Refusal> {
        let package = self.package(caller, id, request, now)?;
        let wish = cancel::Wish::read(&Fields::of_body(request.body)?, is_international(request))?;
        if let Some(cancel) = cancel::plan(&package, &wish, &self.choices)? {
            cancel::apply(&mut self.store, &package, cancel, &wish, &self.choices, now);
        }
        Ok(render::done(&self.choices))
    }

    fn push(&mut self, caller: Seller, id: &str, request: &Request<'_>, now: u64) -> Result<Body, Refusal> {
        let package = self.package(caller, id, request, now)?;
        let fields = Fields::of_body(request.body)?;
        let push = push::Push::read(&fields)?;
        if push::plan(&package, &push, &fields, &self.choices)?
            && let Some(package) = self.store.turn(package.id, Moment { at: now, status: push.status })
        {
            package.invoice = push.invoice;
        }
        Ok(render::done(&self.choices))
    }

    fn split(
        &mut self,
        caller: Seller,
        way: Split,
        id: &str,
        request: &Request<'_>,
        now: u64,
    ) -> Result<Body, Refusal> {
        let package = self.package(caller, id, request, now)?;
        let fields = Fields::of_body(request.body)?;
        let parts = split::plan(&package, &split::read(way, &fields)?)?;
        let keep_status = cancel::keep_status(&fields, is_international(request))?;
        succeed(&mut self.store, &package, &Succession { by: By::Split, parts, keep_status }, &self.choices, now);
        Ok(render::done(&self.choices))
    }

    fn stage(&mut self, caller: Seller, id: &str, request: &Request<'_>, now: u64) -> Result<Body, Refusal> {
        let package = self.package(caller, id, request, now)?;
        let status = stage::read_status(&Fields::of_body(request.body)?)?;
        stage::plan(&package, status, &self.choices)?;
        self.store.turn(package.id, Moment { at: now, status });
        Ok(render::done(&self.choices))
    }

    /// The seller's package of this id, if it is there by now and can be dealt with at all.
    fn package(&self, caller: Seller, id: &str, request: &Request<'_>, now: u64) -> Result<Package, Refusal> {
        let package = id.parse().ok().and_then(|id: u64| self.store.packages.get(&id));
        let last = package.and_then(|package| package.past(now).last());
        let (Some(package), Some(last)) = (package, last) else {
            return Err(Refusal::new(Cause::UnknownPackage, "there is no such package"));
        };
        if package.seller != caller {
            return Err(Refusal::new(Cause::ForeignPackage, "the package is another seller's"));
        }
        if last.status == Status::Awaiting {
            return Err(Refusal::state("the package awaits its payment"));
        }
        let at_arrival = || self.past.as_of(self.arrived, |it| it.id == package.id);
        let misread = |fault| seen::misread(fault, package, at_arrival(), request, &self.store);
        Ok(self.faults.iter().find_map(misread).unwrap_or_else(|| package.clone()))
    }
}

/// Calls of the international edition name the shop front they are about.
fn is_international(request: &Request<'_>) -> bool {
    request.header("storefrontcode").is_some_and(|code| !code.trim().is_empty())
}
