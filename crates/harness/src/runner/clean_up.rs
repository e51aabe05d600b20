//! Takes orders away again that an earlier run created: the `cleanup` of the binding, once per order.

use std::sync::Arc;

use countermand_event::Trouble;
use serde_json::Value;

use super::Run;
use super::breaker::Purpose;
use super::halt::Halt;
use super::message::Sender;
use super::play::Play;
use crate::scenario::Case;
use crate::spec::Spec;
use crate::template::{self, Scope};

impl Run {
    /// Cleans one order up; `order` is what a [`super::Witness`] was told of it. Plays no case.
    ///
    /// # Errors
    /// Why it could not be done, or that the target has no `cleanup`.
    pub async fn clean_up(&self, spec: &Arc<Spec>, order: &Value) -> Result<(), Trouble> {
        let missing = |message: String| Halt::setup(message).trouble(0);
        let Some(target) = self.targets.get(&spec.name) else {
            return Err(missing(format!("there is no target for spec `{}`", spec.name)));
        };
        let requests = &target.binding.cleanup;
        if requests.is_empty() {
            return Err(missing("the target does not say how an order is cleaned up: give it a `cleanup`".to_owned()));
        }
        let context = self.context();
        let case = Case::empty(spec);
        let play = Play::new(&case, target, "", &context, None);
        let mut known = Scope::default();
        for (name, value) in order.as_object().into_iter().flatten() {
            known.set(name, template::from_json(value));
        }
        let scope = play.base_scope(0);
        let sent = play.session.perform(Purpose::SetUp, requests, &scope, &mut known, Sender::default()).await;
        sent.map(drop).map_err(|stop| play.halt(stop, Purpose::SetUp).trouble(0))
    }
}
