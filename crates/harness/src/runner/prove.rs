//! Proves a target before it is played against: what it needs once is done, then an order is created, read back, and every
//! call is tried. A broken binding is told once, with its place, and not once a case.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use countermand_event::{Check, CheckState, Exchange, Proof, Trouble};
use serde_json::Value;
use tokio::time::Instant;

use super::RunContext;
use super::breaker::Purpose;
use super::halt::Halt;
use super::message::Sender;
use super::play::Play;
use super::witness::Witness;
use crate::scenario::{Case, Step};
use crate::spec::Spec;
use crate::spec::binding::{Binding, Outcome, Request};
use crate::target::Target;
use crate::template::{Data, Scope};

/// Counts what is sent, and tells it on.
struct Counter<'w> {
    requests: AtomicUsize,
    witness: Option<&'w dyn Witness>,
}

impl Witness for Counter<'_> {
    fn order_created(&self, spec: &str, case: &str, key: &str, order: &Value) {
        if let Some(witness) = self.witness {
            witness.order_created(spec, case, key, order);
        }
    }

    fn exchanged(&self, spec: &str, case: &str, exchange: Exchange) {
        self.requests.fetch_add(1, Ordering::Relaxed);
        if let Some(witness) = self.witness {
            witness.exchanged(spec, case, exchange);
        }
    }
}

/// Prepares a target, and plays the proof of its spec where one is given.
pub(super) async fn prove(spec: &Arc<Spec>, target: &Target, proof: Option<&Case>, context: &RunContext) -> Proof {
    let begin = Instant::now();
    let counter = Counter { requests: AtomicUsize::new(0), witness: context.witness.as_deref() };
    let mut checks = Vec::new();
    if let Err(failed) = steps(spec, target, proof, context, &counter, &mut checks).await {
        checks.push(*failed);
    }
    let mut proof = Proof {
        spec: spec.name.clone(),
        target: target.name.clone(),
        checks,
        requests: counter.requests.into_inner(),
        millis: super::millis(begin.elapsed()),
    };
    target.redactor().clean_proof(&mut proof);
    proof
}

async fn steps(
    spec: &Arc<Spec>,
    target: &Target,
    proof: Option<&Case>,
    context: &RunContext,
    counter: &Counter<'_>,
    checks: &mut Vec<Check>,
) -> Result<(), Box<Check>> {
    let empty = Case::empty(spec);
    let before = Play::new(&empty, target, "", context, Some(counter));
    prepare(&before, &target.binding, target, checks).await?;
    let Some(case) = proof else { return Ok(()) };
    for (caller, identity) in &target.callers {
        if let Some(login) = &identity.login {
            let what = format!("the log-in of `{caller}`");
            let session = before.session.log_in(login).await;
            session.map_err(|stop| failed(&what, before.halt(stop, Purpose::SetUp), 0))?;
            checks.push(held(&what));
        }
    }
    let mut play = Play::new(case, target, "", context, Some(counter));
    play.create_orders()
        .await
        .map_err(|halt| failed("an order, created and read back as it was asked for", halt, 0))?;
    checks.push(held("an order, created and read back as it was asked for"));
    for (index, step) in case.steps.iter().enumerate() {
        checks.push(call(&mut play, step, index + 1).await?);
    }
    Ok(())
}

/// What has to be done once: the endpoint's own needs, and what a run has to look up.
async fn prepare(
    play: &Play<'_>,
    binding: &Binding,
    target: &Target,
    checks: &mut Vec<Check>,
) -> Result<(), Box<Check>> {
    if let Some(bootstrap) = &binding.bootstrap {
        let what = "what the endpoint needs once";
        let probed = send(play, &bootstrap.probe).await.map_err(|halt| failed(what, halt, 0))?;
        let done = bootstrap.done.holds(&probed).map_err(|error| failed(what, error.into(), 0))?;
        if !done {
            send(play, &bootstrap.requests).await.map_err(|halt| failed(what, halt, 0))?;
        }
        let note = if done { "was there already" } else { "is there now" };
        checks.push(Check { note: Some(note.to_owned()), ..held(what) });
    }
    if !binding.discover.is_empty() && target.discovered.get().is_none() {
        let what = "what a run has to look up";
        let found = send(play, &binding.discover).await.map_err(|halt| failed(what, halt, 0))?;
        // Whoever was first has found the same.
        let _ = target.discovered.set(Data::from_object(found));
        checks.push(held(what));
    }
    Ok(())
}

async fn send(play: &Play<'_>, requests: &[Request]) -> Result<Scope, Halt> {
    let (scope, mut order) = (play.base_scope(0), Scope::default());
    let sent = play.session.perform(Purpose::SetUp, requests, &scope, &mut order, Sender::default()).await;
    Ok(sent.map_err(|stop| play.halt(stop, Purpose::SetUp))?.scope)
}

/// Tries a call where it must be accepted. A refusal there can't be told from a binding that asks for the wrong thing.
async fn call<'p>(play: &mut Play<'p>, step: &'p Step, number: usize) -> Result<Check, Box<Check>> {
    let name = &step.call.name;
    let what = format!("the call `{name}`");
    let binding = Arc::clone(&play.session.target.binding);
    if let Some(reason) = binding.lacks.get(name).or_else(|| binding.lacks.get(&step.call.caller)) {
        return Ok(Check { what, state: CheckState::Lacking, note: Some(reason.clone()), trouble: None });
    }
    let made = play.make(step).await.map_err(|halt| failed(&what, halt, number))?;
    let Some((made, exchanges)) = made else { return Ok(held(&what)) };
    let check = match made.first().map(|made| &made.answer) {
        Some(answer) if answer.outcome == Outcome::Refused => {
            let told = answer
                .reason
                .as_ref()
                .map_or_else(|| answer.status.to_string(), |r| format!("{} ({r})", answer.status));
            let message = format!(
                "refused with {told}, where the spec has it accepted: the binding asks for something else, or the target \
                 lacks it (then declare it under `lacks`)"
            );
            let halt = Halt::setup(message).after(exchanges.last(), play.session.target);
            let place = binding.calls.get(name).map(|call| (*call.place).clone());
            *failed(&what, place.into_iter().fold(halt, Halt::at), number)
        }
        // What crashes is the target's own to answer for: the cases will tell.
        Some(answer) if answer.outcome == Outcome::Broken => Check {
            state: CheckState::Noted,
            note: Some(format!("broken ({}): the cases that need it will say so", answer.status)),
            ..held(&what)
        },
        _ => held(&what),
    };
    play.look_again().await.map_err(|halt| failed("the state, read back after a call", halt, number))?;
    Ok(check)
}

fn held(what: &str) -> Check {
    Check { what: what.to_owned(), state: CheckState::Held, note: None, trouble: None }
}

fn failed(what: &str, halt: Halt, step: usize) -> Box<Check> {
    let trouble: Trouble = halt.trouble(step);
    Box::new(Check { what: what.to_owned(), state: CheckState::Failed, note: None, trouble: Some(trouble) })
}
