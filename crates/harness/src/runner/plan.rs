//! How many requests a run will send, as far as that can be told before it: what a limited endpoint has to bear.

use super::play::Play;
use crate::scenario::{Claim, OrderSetUp, Step};
use crate::spec::binding::{Provision, Request, View};
use crate::template::Scope;

impl Play<'_> {
    /// The requests of the case. Reads that have to be repeated until something settles are not in it, nor pages after the
    /// first; steps that hang on a choice are.
    pub(super) fn planned_requests(&self) -> usize {
        let binding = &self.session.target.binding;
        let reads = binding.views.first().map_or(0, |view| view.reads.len()) * self.case.orders.len();
        let provision: usize = self.case.orders.iter().map(|order| self.provisioning(order)).sum();
        let steps: usize = self.case.steps.iter().map(|step| self.calls(step) + reads + self.others(step)).sum();
        let rounds = self.case.steps.iter().map(|step| step.repeat).max().unwrap_or(1);
        // The state is read after the set-up and once more at the end.
        (provision + reads + steps + reads) * usize::try_from(rounds).unwrap_or(usize::MAX)
    }

    fn provisioning(&self, order: &OrderSetUp) -> usize {
        match &self.session.target.binding.provision {
            Provision::Requests(requests) => {
                let scope = self.set_up_scope(order).unwrap_or_default();
                requests.iter().map(|request| times(request, &scope)).sum()
            }
            Provision::Pool { .. } => 0,
        }
    }

    fn calls(&self, step: &Step) -> usize {
        let calls = &self.session.target.binding.calls;
        step.calls().filter_map(|call| calls.get(&call.name)).map(|call| call.requests.len()).sum()
    }

    /// The reads of other views that claims of the step ask for.
    fn others(&self, step: &Step) -> usize {
        let claims = step.expect.iter().flat_map(|expectation| &expectation.claims);
        let named = |name: &str| self.session.target.binding.views.iter().find(|view: &&View| view.name == name);
        claims.flat_map(Claim::views).filter_map(named).map(|view| view.reads.len()).sum()
    }
}

/// How often a request is sent; once where that hangs on an answer.
fn times(request: &Request, scope: &Scope) -> usize {
    let Some(each) = &request.each else { return sent(request, scope) };
    let Ok(list) = each.list(scope) else { return 1 };
    list.into_iter().map(|it| sent(request, &scope.with("it", it))).sum()
}

fn sent(request: &Request, scope: &Scope) -> usize {
    usize::from(request.when.as_ref().is_none_or(|when| when.holds(scope).unwrap_or(true)))
}
