//! Carries out one call: finds what its path names, reads its body, asks the rules, and shows what came of it. Decides
//! nothing about an order itself. What a cancel does stands in `cancel_calls`.

use serde::Serialize;

use super::ModernDropship;
use super::body;
use super::choices::{OrderAnswer, OrderEnvelope};
use super::faults::{self, Fault, done};
use super::fulfil::{self, Parcel};
use super::patch::Patch;
use super::place::{self, Wish};
use super::refusal::{Cause, Refusal};
use super::render;
use super::route::{self, Call, Caller};
use super::shape::{Data, Made};
use super::state::{BuyerOrder, Item, Order, Party, Stored};
use crate::model::Request;
use crate::wire::reply::bytes;

const DEFAULT_LIMIT: usize = 50;
const MAX_LIMIT: usize = 100;

/// What an accepted call answers: JSON, as text.
pub(super) enum Answer {
    /// A read.
    Shown(Vec<u8>),
    /// Something that was made.
    Created(Vec<u8>),
    /// A change, with what is told about it.
    Changed(Option<Vec<u8>>),
}

impl ModernDropship {
    pub(super) fn call(&mut self, request: &Request<'_>, now: u64) -> Result<Answer, Refusal> {
        let caller = route::caller(request)?;
        let within = self.limiter.count(caller.key, now);
        within.map_err(|rate| {
            Refusal::general(Cause::TooMany(rate), format!("this key may send {rate} requests per second"))
        })?;
        match route::route(caller, request)? {
            Call::ListOrders => self.list(caller, request.query, now),
            Call::ReadOrder(id) => self.read(caller, id, now),
            Call::PatchOrder(id) => self.patch(caller, id, request, now),
            Call::Fulfil(id) => self.fulfil(caller, id, request, now),
            Call::CancelOrder(id) => {
                self.sellers_own(caller, id)?;
                self.cancel_orders(&[id.to_owned()], caller.party, request, now)?;
                let shown = |model: &Self| model.store.orders.get(id).map(|o| model.for_seller(o));
                Ok(Answer::Changed(self.order_answer(shown)))
            }
            Call::CancelItem { order, item } => {
                self.sellers_own(caller, order)?;
                self.cancel_item(order, item, caller.party, request, now)
            }
            Call::PlaceBuyerOrder => {
                let wish = Wish::read(&body::read(request, &self.choices)?, &self.choices)?;
                let id = place::place(wish, &mut self.store, &mut self.ids, now);
                Ok(Answer::Created(bytes(&Data { data: Made { id: &id } })))
            }
            Call::ReadBuyerOrder(id) => {
                let order = self.buyers_own(id)?;
                Ok(Answer::Shown(self.for_buyer(order, |stored| stored.shown(now))))
            }
            Call::CancelBuyerOrder(id) => {
                let parts = self.buyers_own(id)?.seller_orders.clone();
                self.cancel_orders(&parts, caller.party, request, now)?;
                let shown = |model: &Self| Some(model.for_buyer(model.store.buyer_orders.get(id)?, Stored::current));
                Ok(Answer::Changed(self.order_answer(shown)))
            }
            Call::RegisterWebhook => {
                let id = self.ids.next();
                let fields = body::read(request, &self.choices)?;
                self.webhooks.register(id.clone(), caller, &fields)?;
                Ok(Answer::Created(bytes(&Data { data: Made { id: &id } })))
            }
            Call::RemoveWebhook(id) => {
                self.webhooks.remove(id, caller)?;
                Ok(Answer::Changed(Some(render::acknowledgement())))
            }
            Call::CancelBuyerItem { buyer_order, order, item } => {
                if !self.buyers_own(buyer_order)?.seller_orders.iter().any(|part| part == order) {
                    return Err(unknown("seller order"));
                }
                self.cancel_item(order, item, caller.party, request, now)
            }
        }
    }

    fn list(&self, caller: Caller, query: Option<&str>, now: u64) -> Result<Answer, Refusal> {
        let page = number(query, "page")?.unwrap_or(0);
        let limit = number(query, "limit")?.unwrap_or(DEFAULT_LIMIT).min(MAX_LIMIT);
        if limit == 0 {
            return Err(Refusal::invalid("limit", "must be above 0"));
        }
        let newest_first = self.store.orders.values().rev();
        let orders: Vec<_> = newest_first
            .filter(|stored| stored.current().seller_company == caller.company)
            .skip(page.saturating_mul(limit))
            .take(limit)
            .map(|stored| render::seller_order(stored.shown(now), &self.choices))
            .collect();
        Ok(Answer::Shown(self.enveloped(orders)))
    }

    fn read(&self, caller: Caller, id: &str, now: u64) -> Result<Answer, Refusal> {
        let order = self.sellers_own(caller, id)?.shown(now);
        Ok(Answer::Shown(self.enveloped(render::seller_order(order, &self.choices))))
    }

    fn patch(&mut self, caller: Caller, id: &str, request: &Request<'_>, now: u64) -> Result<Answer, Refusal> {
        self.sellers_own(caller, id)?;
        let patch = Patch::read(&body::read(request, &self.choices)?, &self.choices)?;
        let keeping = self.keeping(now);
        let stored = self.store.orders.get_mut(id).ok_or_else(|| unknown("order"))?;
        if !patch.is_empty() {
            let order = stored.change(keeping);
            patch.apply(order, now);
            self.faults.iter().for_each(|fault| done::patch(fault, order));
        }
        let stored = self.sellers_own(caller, id)?;
        Ok(Answer::Changed(Some(self.for_seller(stored))))
    }

    fn fulfil(&mut self, caller: Caller, id: &str, request: &Request<'_>, now: u64) -> Result<Answer, Refusal> {
        let stored = self.sellers_own(caller, id)?;
        let parcel = Parcel::read(&body::read(request, &self.choices)?, &self.choices)?;
        let seen = self.seen(stored, |fault| fault == Fault::FulfilmentOverlooks);
        let taken = fulfil::plan(seen, &parcel, &self.choices);
        let misread = |taken, fault| faults::parcel::decide(fault, seen, parcel.contents(), taken);
        let taken = self.faults.iter().fold(taken, misread)?;
        let keeping = self.keeping(now);
        let stored = self.store.orders.get_mut(id).ok_or_else(|| unknown("order"))?;
        let order = stored.change(keeping);
        let fulfilment = fulfil::apply(&taken, parcel, order, now, &mut self.ids);
        self.faults.iter().for_each(|fault| done::fulfilment(fault, order, now));
        Ok(Answer::Changed(Some(self.enveloped(Made { id: &fulfilment }))))
    }

    fn order_answer(&self, order: impl FnOnce(&Self) -> Option<Vec<u8>>) -> Option<Vec<u8>> {
        match self.choices.get() {
            OrderAnswer::Order => order(self),
            OrderAnswer::Ack => Some(render::acknowledgement()),
            OrderAnswer::None => None,
        }
    }

    /// `refusal.other-company`: an order of another company is as unknown as one that does not exist.
    fn sellers_own(&self, caller: Caller, id: &str) -> Result<&Stored, Refusal> {
        let stored = self.store.orders.get(id);
        stored.filter(|stored| stored.current().seller_company == caller.company).ok_or_else(|| unknown("order"))
    }

    fn buyers_own(&self, id: &str) -> Result<&BuyerOrder, Refusal> {
        self.store.buyer_orders.get(id).ok_or_else(|| unknown("order"))
    }

    /// The order as it is after a call of its seller.
    pub(super) fn for_seller(&self, stored: &Stored) -> Vec<u8> {
        self.enveloped(render::seller_order(stored.current(), &self.choices))
    }

    pub(super) fn for_buyer<'a>(&'a self, order: &'a BuyerOrder, as_of: impl Fn(&'a Stored) -> &'a Order) -> Vec<u8> {
        let parts = order.seller_orders.iter().filter_map(|id| self.store.orders.get(id)).map(as_of);
        bytes(&Data { data: render::buyer_order(order, parts, &self.choices) })
    }

    pub(super) fn item_for(&self, party: Party, item: &Item) -> Vec<u8> {
        match party {
            Party::Seller => self.enveloped(render::seller_item(item, &self.choices)),
            Party::Buyer => bytes(&Data { data: render::buyer_item(item, &self.choices) }),
        }
    }

    /// The envelope of what sellers get; what buyers get always has one.
    fn enveloped(&self, shape: impl Serialize) -> Vec<u8> {
        match self.choices.get() {
            OrderEnvelope::Bare => bytes(&shape),
            OrderEnvelope::Data => bytes(&Data { data: shape }),
        }
    }
}

pub(super) fn unknown(what: &str) -> Refusal {
    Refusal::general(Cause::UnknownId, format!("no such {what}"))
}

/// A number in a query; the first of the name counts.
fn number(query: Option<&str>, name: &str) -> Result<Option<usize>, Refusal> {
    let pairs = query.unwrap_or_default().split('&');
    let Some(value) = pairs.filter_map(|pair| pair.split_once('=')).find(|(key, _)| *key == name) else {
        return Ok(None);
    };
    let refusal = || Refusal::invalid(name, "must be an integer of 0 or more");
    value.1.parse().map(Some).map_err(|_| refusal())
}
