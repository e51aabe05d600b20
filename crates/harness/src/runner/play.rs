//! A case under way: what is known of its orders, what has been played and found. What is done with it stands in the files beside.

use std::collections::BTreeSet;
use std::sync::Arc;

use countermand_event::{Blame, Finding, Mismatch, Unjudged};
use tokio::time::Instant;

use super::breaker::Purpose;
use super::halt::Halt;
use super::hearing::Hearing;
use super::session::{Session, Stop};
use super::witness::Witness;
use super::{RunContext, record};
use crate::check::{Doubts, Names, StateView};
use crate::scenario::Case;
use crate::target::Target;
use crate::template::{Data, Scope};
use crate::transport::TransportError;

/// A case under way.
pub(super) struct Play<'p> {
    pub(super) case: &'p Case,
    pub(super) session: Session<'p>,
    pub(super) profile: &'p str,
    pub(super) context: &'p RunContext,
    /// Takes its webhooks, where it wants to hear something.
    pub(super) hearing: Option<Hearing>,
    /// Makes what is created for this case unlike what is created for any other.
    pub(super) key: String,
    /// From 0; more than one round only where a step says `repeat`.
    pub(super) round: u64,
    pub(super) captured: Vec<Scope>,
    pub(super) names: Arc<Vec<Names>>,
    pub(super) views: Arc<Vec<StateView>>,
    /// The views after the set-up.
    pub(super) first: Arc<Vec<StateView>>,
    pub(super) doubts: Doubts,
    /// What a call changed was once not to be seen at once: what is not seen yet may still come.
    pub(super) is_late: bool,
    pub(super) mismatches: Vec<Mismatch>,
    pub(super) unjudged: Vec<Unjudged>,
    pub(super) clauses: BTreeSet<String>,
    pub(super) findings: Vec<Finding>,
    pub(super) played: Vec<record::Played>,
    /// The calls that were accepted so far, with the order of each.
    pub(super) accepted: Vec<(usize, Data)>,
    pub(super) last_call: Instant,
}

/// A short name of a case that stays the same whatever else is played.
fn case_key(id: &str) -> String {
    // FNV-1a: the standard library's hashes may change from one release to the next.
    let hash = id
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    format!("{:010x}", hash >> 24)
}

impl<'p> Play<'p> {
    pub(super) fn new(
        case: &'p Case,
        target: &'p Target,
        profile: &'p str,
        context: &'p RunContext,
        witness: Option<&'p dyn Witness>,
    ) -> Self {
        Self {
            case,
            session: Session { target, breaker: &context.breaker, spec: &case.spec.name, case_id: &case.id, witness },
            profile,
            context,
            hearing: None,
            key: case_key(&case.id),
            round: 0,
            captured: Vec::new(),
            names: Arc::default(),
            views: Arc::default(),
            first: Arc::default(),
            doubts: Doubts::default(),
            is_late: false,
            mismatches: Vec::new(),
            unjudged: Vec::new(),
            clauses: BTreeSet::new(),
            findings: Vec::new(),
            played: Vec::new(),
            accepted: Vec::new(),
            last_call: Instant::now(),
        }
    }

    /// What is no other order's, in this round or another.
    pub(super) fn order_key(&self, order: usize) -> String {
        format!("{}-{}-{order}", self.key, self.round)
    }

    /// What every request of the case can name.
    pub(super) fn base_scope(&self, order: usize) -> Scope {
        let mut scope = self.session.target.scope();
        scope.set("run_id", Data::from(self.context.run_id.as_str()));
        scope.set("case_key", Data::from(self.order_key(order)));
        if let Some(url) = self.hearing.as_ref().and_then(|hearing| hearing.url(order)) {
            scope.set("webhook_url", Data::from(url));
        }
        scope.set("now", Data::from(self.context.started.as_str()));
        scope
    }

    /// Whose a stop is.
    pub(super) fn halt(&self, stop: Stop, purpose: Purpose) -> Halt {
        let target = self.session.target;
        match stop {
            Stop::Down => {
                Halt::new(Blame::Transport, format!("{} does not answer any more: not asked again", target.base_url))
            }
            Stop::Transport(error, raw) => {
                let recorded = !matches!(error, TransportError::NotRecorded(_));
                let blame = if recorded { Blame::Transport } else { Blame::Scenario };
                Halt::new(blame, error.to_string()).after(Some(&raw), target)
            }
            Stop::Unusable(message, raw) => {
                let blame = if purpose == Purpose::SetUp { Blame::Setup } else { Blame::Transport };
                Halt::new(blame, message).after(Some(&raw), target)
            }
            Stop::Login(message, raw) => {
                Halt::setup(format!("the log-in can't be used: {message}")).after(raw.as_deref(), target)
            }
            Stop::Expression(error, raw) => {
                let message = format!("{} ({})", error.message, error.place);
                // What is asked for after an answer may not fit that answer.
                let is_of_answer = purpose != Purpose::SetUp && error.is_of_values && raw.is_some();
                let blame = if is_of_answer { Blame::Transport } else { Blame::Setup };
                Halt::new(blame, message).at(*error.place).after(raw.as_deref(), target)
            }
        }
    }
}
