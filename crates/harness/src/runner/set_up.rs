//! Brings the orders of a case about, recognises its roles and makes sure that they are what was asked for.

use std::collections::BTreeMap;
use std::sync::Arc;

use countermand_event::Blame;
use serde_json::Value;
use tokio::time::Instant;

use super::breaker::Purpose;
use super::halt::Halt;
use super::message::Sender;
use super::play::Play;
use super::read::POLL;
use super::session::Stop;
use crate::check::{Names, StateView, bind_set_up, says};
use crate::scenario::{OrderSetUp, RoleSetUp};
use crate::spec::binding::{Binding, Provision};
use crate::template::{self, Data, JsonTemplate, Scope};

/// One order as it stands: what was captured of it, its names and its state.
pub(super) struct ReadyOrder {
    pub(super) captured: Scope,
    pub(super) names: Names,
    pub(super) view: StateView,
}

impl Play<'_> {
    /// Brings the orders of the case about and reads them back.
    pub(super) async fn create_orders(&mut self) -> Result<(), Halt> {
        let mut ready = Vec::new();
        for order in &self.case.orders {
            self.can_be_made(order)?;
        }
        for index in 0..self.case.orders.len() {
            ready.push(self.set_up(index).await?);
        }
        self.captured = ready.iter().map(|order| order.captured.clone()).collect();
        let (names, views) = ready.into_iter().map(|order| (order.names, order.view)).unzip();
        (self.names, self.views) = (Arc::new(names), Arc::new(views));
        self.first = Arc::clone(&self.views);
        Ok(())
    }

    /// An order on the way to which a call is made that the target lacks is none that it can have.
    fn can_be_made(&self, order: &OrderSetUp) -> Result<(), Halt> {
        let binding = &self.session.target.binding;
        let Provision::Requests(requests) = &binding.provision else { return Ok(()) };
        for request in requests {
            let lack = request.needs.as_ref().and_then(|call| binding.lacks.get_key_value(call));
            let Some((call, reason)) = lack else { continue };
            let scope = self.set_up_scope(order)?;
            if request.when.as_ref().map_or(Ok(true), |when| when.holds(&scope))? {
                let message = format!("no such order can be made: the target has no `{call}`: {reason}");
                return Err(Halt::new(Blame::Target, message));
            }
        }
        Ok(())
    }

    /// Takes the state as it is now for what it was.
    pub(super) async fn look_again(&mut self) -> Result<(), Halt> {
        self.views = Arc::new(self.read_all().await?);
        Ok(())
    }

    /// Sets one order up.
    pub(super) async fn set_up(&self, index: usize) -> Result<ReadyOrder, Halt> {
        let order = &self.case.orders[index];
        let binding = Arc::clone(&self.session.target.binding);
        let mut captured = Scope::default();
        let roles = match &binding.provision {
            Provision::Requests(requests) => {
                let roles = self.roles(order)?;
                let scope = self.base_scope(index).with("roles", asked(order, &roles));
                let performed =
                    self.session.perform(Purpose::SetUp, requests, &scope, &mut captured, Sender::default()).await;
                performed.map_err(|stop| self.not_made(order, stop))?;
                roles
            }
            Provision::Pool { .. } => self.take_from_pool(order, &mut captured)?,
        };
        let binding = &binding;
        let placed = Instant::now();
        loop {
            let over = placed.elapsed() >= self.session.target.settle;
            let view = self.read_primary(&captured).await?;
            match recognise(order, &roles, &view, binding, &captured) {
                Ok(names) => return Ok(ReadyOrder { captured, names, view }),
                Err(halt) if over => return Err(halt),
                Err(_) => tokio::time::sleep(POLL.min(self.session.target.settle)).await,
            }
        }
    }

    /// Why an order did not come to exist. One that is asked to be something of its own may be refused for that.
    fn not_made(&self, order: &OrderSetUp, stop: Stop) -> Halt {
        let refused = matches!(stop, Stop::Unusable(..)) && !order.fields.is_empty();
        let halt = self.halt(stop, Purpose::SetUp);
        if refused {
            halt.lacking(&format!("the target makes no order with {}", in_words(&order.fields)))
        } else {
            halt
        }
    }

    /// What the requests of a set-up can name before the first of them is sent.
    pub(super) fn set_up_scope(&self, order: &OrderSetUp) -> Result<Scope, Halt> {
        Ok(self.session.target.scope().with("roles", asked(order, &self.roles(order)?)))
    }

    /// An order that was made beforehand, and the roles of it.
    fn take_from_pool<'o>(
        &self,
        order: &'o OrderSetUp,
        captured: &mut Scope,
    ) -> Result<Vec<(&'o RoleSetUp, Data)>, Halt> {
        let pool = self.session.target.file.as_ref().and_then(|file| file.pool.as_ref());
        let Some((found, products)) = pool.and_then(|pool| pool.take(order)) else {
            let wanted: Vec<String> = order.roles.iter().map(asked_for).collect();
            let message = format!("no order of the pool is left that holds just {}", wanted.join(" and "));
            return Err(Halt::setup(message));
        };
        for (name, value) in &found.known {
            captured.set(name, template::from_json(value));
        }
        Ok(with_nested(&order.roles.iter().zip(products).collect::<Vec<_>>()))
    }

    /// Every role with its product and its fields, as expressions see it.
    fn roles<'o>(&self, order: &'o OrderSetUp) -> Result<Vec<(&'o RoleSetUp, Data)>, Halt> {
        let products = &self.session.target.binding.products.0;
        // Products go by first mention over the whole case, so that two orders of it can share one.
        let mut places: BTreeMap<&str, usize> = BTreeMap::new();
        for role in
            self.case.orders.iter().flat_map(|order| &order.roles).filter(|role| self.case.spec.is_leaf(&role.kind))
        {
            let next = places.len();
            places.entry(&role.product).or_insert(next);
        }
        let scope = self.session.target.scope();
        let mut roles = Vec::new();
        for role in &order.roles {
            let product = match places.get(role.product.as_str()) {
                Some(place) => products.get(*place).ok_or_else(|| {
                    Halt::setup(format!(
                        "the binding names {} products, and the scenario needs {}",
                        products.len(),
                        places.len()
                    ))
                })?,
                None => &JsonTemplate::Fixed(Value::Null),
            };
            roles.push((role, product.value(&scope)?.unwrap_or_default()));
        }
        Ok(with_nested(&roles))
    }
}

/// Every role as expressions see it; what is nested in it stands in it, by kind: `role.line`.
fn with_nested<'o>(roles: &[(&'o RoleSetUp, Value)]) -> Vec<(&'o RoleSetUp, Data)> {
    let mut nested: BTreeMap<(&str, &str), Vec<Data>> = BTreeMap::new();
    let mut all = Vec::new();
    // What is nested in a role stands after it.
    for (role, product) in roles.iter().rev() {
        let own = nested.range((role.role.as_str(), "")..).take_while(|((parent, _), _)| *parent == role.role);
        let own = own.map(|((_, kind), list)| (*kind, list.iter().rev().cloned().collect::<Vec<_>>().into()));
        let data = role_data(role, product, own.collect());
        if let Some(parent) = &role.parent {
            nested.entry((parent, &role.kind)).or_default().push(data.clone());
        }
        all.push((*role, data));
    }
    all.reverse();
    all
}

fn role_data(role: &RoleSetUp, product: &Value, nested: Vec<(&str, Data)>) -> Data {
    let mut fields: Vec<(&str, Data)> =
        role.fields.iter().map(|(name, value)| (name.as_str(), template::from_json(value))).collect();
    fields.push(("role", Data::from(role.role.as_str())));
    fields.push(("parent", role.parent.as_deref().map_or(Data::UNDEFINED, Data::from)));
    fields.push(("product", template::from_json(product)));
    fields.extend(nested);
    template::map(fields)
}

/// A role in words: `a line with ordered 3`.
fn asked_for(role: &RoleSetUp) -> String {
    format!("a {} with {}", role.kind, in_words(&role.fields))
}

/// `roles.item`: the roles of each kind. `roles.order`: what is asked of the order itself.
fn asked(order: &OrderSetUp, roles: &[(&RoleSetUp, Data)]) -> Data {
    let mut kinds: BTreeMap<&str, Vec<Data>> = BTreeMap::new();
    for (role, data) in roles {
        kinds.entry(&role.kind).or_default().push(data.clone());
    }
    let own = order.fields.iter().map(|(name, value)| (name.as_str(), template::from_json(value)));
    let kinds = kinds.into_iter().map(|(kind, list)| (kind, Data::from(list)));
    template::map(kinds.chain([("order", template::map(own))]))
}

/// The names of an order that is what was asked for.
fn recognise(
    order: &OrderSetUp,
    roles: &[(&RoleSetUp, Data)],
    view: &StateView,
    binding: &Binding,
    captured: &Scope,
) -> Result<Names, Halt> {
    let bound = bind_set_up(roles, view, binding, &Data::from_object(captured.clone()))?;
    let names = bound.map_err(Halt::setup)?;
    as_asked(order, &names, view).map(|()| names)
}

/// The order must be what was asked for, or nothing that follows means anything. That a number of it is written as text is for
/// the clauses to mind.
fn as_asked(order: &OrderSetUp, names: &Names, view: &StateView) -> Result<(), Halt> {
    for (field, wanted) in &order.fields {
        let found = view.order.get(field);
        if !found.is_some_and(|found| says(wanted, found)) {
            let message = format!("{field} is {}", told(found));
            return Err(
                Halt::setup(message).lacking(&format!("the target makes no order with {}", in_words(&order.fields)))
            );
        }
    }
    for role in &order.roles {
        let Some(entity) = names.roles.get(&role.role).and_then(|ident| view.entity(ident)) else { continue };
        for (field, wanted) in role.fields.iter().filter(|(field, _)| view.maps(&role.kind, field)) {
            let found = entity.fields.get(field);
            if !found.is_some_and(|found| says(wanted, found)) {
                let message = format!(
                    "the new order is not what was asked for: {field} of `{}` should be {wanted} and is {}",
                    role.role,
                    told(found)
                );
                return Err(Halt::setup(message));
            }
        }
    }
    Ok(())
}

/// `quantity 3, fulfilled 1`
fn in_words(fields: &[(String, Value)]) -> String {
    let fields: Vec<String> = fields.iter().map(|(name, value)| format!("{name} {value}")).collect();
    fields.join(", ")
}

/// A value that was found, or that there is none.
fn told(found: Option<&Value>) -> String {
    found.map_or_else(|| "nothing".to_owned(), ToString::to_string)
}
