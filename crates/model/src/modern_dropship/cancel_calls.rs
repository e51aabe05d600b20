//! Carries out the cancel calls of either party: reads their body, asks the rules, changes the orders, and tells the webhooks.
//! Which cancel is allowed is decided in `cancel`.

use super::ModernDropship;
use super::body;
use super::calls::{Answer, unknown};
use super::cancel::{self, Plan};
use super::choices::{SplitAnswer, StrayFields};
use super::faults::{self, Fault, done};
use super::refusal::Refusal;
use super::render;
use super::route::BUYER_COMPANY;
use super::state::{Cancellation, Party, Stored};
use crate::choice::Choices;
use crate::model::Request;

impl ModernDropship {
    pub(super) fn cancel_item(
        &mut self,
        order: &str,
        item: &str,
        by: Party,
        request: &Request<'_>,
        now: u64,
    ) -> Result<Answer, Refusal> {
        let stored = self.store.orders.get(order).ok_or_else(|| unknown("order"))?;
        stored.current().item(item).ok_or_else(|| unknown("item"))?;
        let ask = CancelBody::read(request, "newQuantity", &self.choices)?;
        let splits = ask.new_quantity.is_some();
        let seen = self.seen(stored, |fault| fault.overlooks_in_item_call(splits, by));
        let target = seen.item(item).ok_or_else(|| unknown("item"))?;
        let plan = cancel::plan_item(seen, target, ask.new_quantity, &self.choices);
        let misread = |plan, fault| faults::item::decide(fault, seen, target, ask.new_quantity, by, plan);
        let plan = self.faults.iter().fold(plan, misread);
        let cancellation = Cancellation { by, reason: ask.reason, at: now };
        let cancels = plan.as_ref().is_ok_and(|plan| !plan.is_empty());
        let new_item = self.carry_out_item(order, item, plan, &cancellation)?;
        if cancels {
            self.tell_cancelled(order, now);
        }
        let stored = self.store.orders.get(order).ok_or_else(|| unknown("order"))?;
        let body = match self.choices.get() {
            SplitAnswer::Original => stored.current().item(item).map(|item| self.item_for(by, item)),
            SplitAnswer::NewItem => {
                let told = new_item.as_deref().unwrap_or(item);
                stored.current().item(told).map(|item| self.item_for(by, item))
            }
            SplitAnswer::Order if by == Party::Buyer => {
                let whole = self.store.buyer_orders.get(&stored.buyer_order);
                whole.map(|whole| self.for_buyer(whole, Stored::current))
            }
            SplitAnswer::Order => Some(self.for_seller(stored)),
            SplitAnswer::Ack => Some(render::acknowledgement()),
            SplitAnswer::None => None,
        };
        Ok(Answer::Changed(body))
    }

    /// One order cancel over one or more seller orders: all of them accept it, or none changes.
    pub(super) fn cancel_orders(
        &mut self,
        orders: &[String],
        by: Party,
        request: &Request<'_>,
        now: u64,
    ) -> Result<(), Refusal> {
        let ask = CancelBody::read(request, "unfulfilledOnly", &self.choices)?;
        let order = |id: &String| {
            let stored = self.store.orders.get(id).ok_or_else(|| unknown("order"))?;
            Ok(self.seen(stored, |fault| fault.overlooks_in_order_call(by)))
        };
        let parts = orders.iter().map(order).collect::<Result<Vec<_>, Refusal>>()?;
        let plans = cancel::plan_orders(&parts, ask.unfulfilled_only, &self.choices);
        let misread =
            |plans, fault| faults::order::decide(fault, &parts, ask.unfulfilled_only, by, &self.choices, plans);
        let plans = self.faults.iter().fold(plans, misread);
        let cancellation = Cancellation { by, reason: ask.reason, at: now };
        self.carry_out_order(orders, plans, &cancellation)
    }

    /// Carries out what was decided of an item call, and tells the id of the new item.
    fn carry_out_item(
        &mut self,
        order: &str,
        item: &str,
        plan: Result<Plan, Refusal>,
        cancellation: &Cancellation,
    ) -> Result<Option<String>, Refusal> {
        let keeping = self.keeping_a_cancel(cancellation.at);
        let stored = self.store.orders.get_mut(order).ok_or_else(|| unknown("order"))?;
        if self.faults.is_empty() {
            let plan = plan?;
            let changed = (!plan.is_empty()).then(|| stored.change(keeping));
            return Ok(
                changed.and_then(|order| cancel::apply(&plan, order, cancellation, &mut self.ids, &self.choices))
            );
        }
        let (before, raced) = (stored.current().clone(), stored.as_of(self.arrived).clone());
        let order = stored.change(keeping);
        match plan {
            Ok(plan) => {
                if self.faults.has(Fault::LostUpdateUnderRace) {
                    *order = raced;
                }
                let new_item = cancel::apply(&plan, order, cancellation, &mut self.ids, &self.choices);
                for fault in self.faults.iter() {
                    done::item_call(fault, order, &before, item, &mut self.ids);
                }
                Ok(new_item)
            }
            Err(refusal) => {
                for fault in self.faults.iter() {
                    done::refused_item_call(fault, order, item, cancellation, &mut self.ids);
                }
                Err(refusal)
            }
        }
    }

    /// Carries out what was decided of an order call, for each of the orders.
    fn carry_out_order(
        &mut self,
        orders: &[String],
        plans: Result<Vec<Plan>, Refusal>,
        cancellation: &Cancellation,
    ) -> Result<(), Refusal> {
        let keeping = self.keeping_a_cancel(cancellation.at);
        if !self.faults.is_empty() && plans.is_err() {
            for id in orders {
                if let Some(order) = self.store.orders.get_mut(id).map(|stored| stored.change(keeping)) {
                    self.faults.iter().for_each(|fault| done::refused_order_call(fault, order, cancellation));
                }
            }
        }
        for (id, plan) in orders.iter().zip(plans?) {
            if let Some(stored) = self.store.orders.get_mut(id).filter(|_| !plan.is_empty()) {
                let before = (!self.faults.is_empty()).then(|| stored.current().clone());
                let order = stored.change(keeping);
                cancel::apply(&plan, order, cancellation, &mut self.ids, &self.choices);
                if let Some(before) = &before {
                    self.faults.iter().for_each(|fault| done::order_call(fault, order, before, &mut self.ids));
                }
                self.tell_cancelled(id, cancellation.at);
            }
        }
        Ok(())
    }

    /// Tells of an order in which something was cancelled.
    fn tell_cancelled(&mut self, id: &str, now: u64) {
        let is_told = !self.webhooks.is_empty() && !self.faults.has(Fault::OrderCancelledNeverSent);
        if let Some(order) = self.store.orders.get(id).map(Stored::current).filter(|_| is_told) {
            let choices = &self.choices;
            self.webhooks.tell([order.seller_company, BUYER_COMPANY], now, |id, topic, company| {
                render::event(id, topic, company, order, choices)
            });
        }
    }
}

/// The body of either cancel call.
struct CancelBody {
    new_quantity: Option<u64>,
    unfulfilled_only: bool,
    reason: String,
}

impl CancelBody {
    /// `own` is the field that this call has and the other has not. The other's is checked all the same: whoever
    /// sends a wrong value meant something by it (`refusal.unreadable-body`).
    fn read(request: &Request<'_>, own: &str, choices: &Choices) -> Result<Self, Refusal> {
        let fields = body::read(request, choices)?;
        let body = Self {
            new_quantity: body::count(&fields, "newQuantity", choices)?,
            unfulfilled_only: fields.flag("unfulfilledOnly")?.unwrap_or(false),
            reason: fields.text("reason")?.unwrap_or_default().to_owned(),
        };
        if let Some(stranger) = fields.stranger(&[own, "reason"])
            && choices.get::<StrayFields>() == StrayFields::Refuse
        {
            return Err(Refusal::invalid(stranger, "this call has no such field"));
        }
        Ok(body)
    }
}
