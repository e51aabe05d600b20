//! Reads the state of a case's orders back, through the views of the binding.

use std::collections::BTreeMap;
use std::time::Duration;

use countermand_event::Blame;

use super::breaker::Purpose;
use super::halt::Halt;
use super::message::Sender;
use super::play::Play;
use crate::check::{StateView, read_view};
use crate::scenario::{Claim, Step};
use crate::spec::binding::View;
use crate::template::Scope;

/// The first pause between two reads of a state that has not settled yet; it doubles each time.
pub(super) const POLL: Duration = Duration::from_millis(20);

impl Play<'_> {
    /// Every order of the case, in the first view.
    pub(super) async fn read_all(&self) -> Result<Vec<StateView>, Halt> {
        let mut views = Vec::with_capacity(self.captured.len());
        for (index, captured) in self.captured.iter().enumerate() {
            let mut view = self.read_primary(captured).await?;
            if let Some(first) = self.first.get(index) {
                view.keep_products(&self.case.spec, first);
            }
            views.push(view);
        }
        Ok(views)
    }

    /// One order, in the first view.
    pub(super) async fn read_primary(&self, captured: &Scope) -> Result<StateView, Halt> {
        match self.session.target.binding.views.first() {
            Some(view) => self.read(view, captured).await,
            None => Err(Halt::setup("the binding has no view".to_owned())),
        }
    }

    /// The other views that claims of this step speak of.
    pub(super) async fn read_others(&self, step: &Step) -> Result<BTreeMap<String, StateView>, Halt> {
        let mut others = BTreeMap::new();
        let claims = step.expect.iter().flat_map(|expectation| &expectation.claims);
        for name in claims.flat_map(Claim::views) {
            let view = self.session.target.binding.views.iter().find(|view| view.name == name);
            let (Some(view), Some(captured)) = (view, self.captured.first()) else {
                return Err(Halt::new(Blame::Target, format!("the target has no view `{name}`")));
            };
            others.insert(name.to_owned(), self.read(view, captured).await?);
        }
        Ok(others)
    }

    async fn read(&self, view: &View, captured: &Scope) -> Result<StateView, Halt> {
        let mut order = captured.clone();
        let scope = self.base_scope(0);
        let performed = self.session.perform(Purpose::View, &view.reads, &scope, &mut order, Sender::default()).await;
        let performed = performed.map_err(|stop| self.halt(stop, Purpose::View))?;
        read_view(&self.case.spec, view, &performed.scope, self.first.is_empty()).map_err(|error| {
            let message = format!(
                "the view `{}` does not fit what the target sends: {} ({})",
                view.name, error.message, error.place
            );
            Halt::setup(message).at(*error.place).after(performed.exchanges.last(), self.session.target)
        })
    }
}
