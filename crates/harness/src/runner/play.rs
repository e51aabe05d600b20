//! Plays one case: set-up, then step by step send, read, judge; at its end one more read that must show nothing new.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use countermand_event::{Blame, CaseResult, Difference, Exchange, Finding, Level, Mismatch, StepRecord, Trouble};
use countermand_text::Place;
use tokio::time::Instant;

use super::breaker::Purpose;
use super::exchange::RawExchange;
use super::hearing::Hearing;
use super::session::{Session, Stop};
use super::witness::Witness;
use super::{RunContext, lacking, record};
use crate::check::{self, Found, Judgement, Made, Moment, Names, StateView};
use crate::scenario::{Case, Step};
use crate::target::Target;
use crate::template::{Data, ExprError, Scope};
use crate::transport::TransportError;

/// No pause between two reads grows longer.
const LONGEST_POLL: Duration = Duration::from_millis(250);
/// The first pause between two reads of a state that has not settled yet; it doubles each time.
pub(super) const POLL: Duration = Duration::from_millis(20);

/// Why a case could not go on.
pub(super) struct Halt {
    pub(super) blame: Blame,
    message: String,
    exchange: Option<Box<Exchange>>,
    place: Option<Place>,
}

impl Halt {
    pub(super) fn new(blame: Blame, message: impl Into<String>) -> Self {
        Self { blame, message: message.into(), exchange: None, place: None }
    }

    pub(super) fn setup(message: impl Into<String>) -> Self {
        Self::new(Blame::Setup, message)
    }

    pub(super) fn scenario(message: impl Into<String>) -> Self {
        Self::new(Blame::Scenario, message)
    }

    /// The same, as something that the target has not; `what` says what.
    pub(super) fn lacking(self, what: &str) -> Self {
        Self { blame: Blame::Target, message: format!("{what}: {}", self.message), ..self }
    }

    /// After this exchange, which the binding asked for.
    pub(super) fn after(self, raw: Option<&RawExchange>, target: &Target) -> Self {
        let exchange = raw.map(|raw| Box::new(raw.show(&target.redactor())));
        Self { exchange, place: self.place.or_else(|| raw.map(|raw| Place::clone(&raw.place))), ..self }
    }

    pub(super) fn at(self, place: Place) -> Self {
        Self { place: Some(place), ..self }
    }

    /// The same, as why something else can't be done.
    pub(super) fn because(self, what: &str) -> Self {
        Self { message: format!("{what}: {}", self.message), ..self }
    }

    /// The public form; step 0 is the set-up.
    pub(super) fn trouble(self, step: usize) -> Trouble {
        let Self { blame, message, exchange, place } = self;
        Trouble { blame, message, step, exchange: exchange.map(|exchange| *exchange), place }
    }
}

/// An expression that fails on what the target sends does not fit the target: the set-up's fault.
impl From<ExprError> for Halt {
    fn from(error: ExprError) -> Self {
        Self::setup(format!("{}: {}", error.place, error.message)).at(*error.place)
    }
}

/// A case under way.
pub(super) struct Play<'p> {
    pub(super) case: &'p Case,
    pub(super) session: Session<'p>,
    profile: &'p str,
    pub(super) context: &'p RunContext,
    /// Takes its webhooks, where it wants to hear something.
    pub(super) hearing: Option<Hearing>,
    /// Makes what is created for this case unlike what is created for any other.
    key: String,
    /// From 0; more than one round only where a step says `repeat`.
    round: u64,
    pub(super) captured: Vec<Scope>,
    pub(super) names: Arc<Vec<Names>>,
    pub(super) views: Arc<Vec<StateView>>,
    /// The views after the set-up.
    pub(super) first: Arc<Vec<StateView>>,
    /// Root identities, or `order`, that an earlier mismatch put in doubt, and the gravest level of such a mismatch.
    diverged: BTreeMap<String, Level>,
    /// A mismatch graver than the earlier one that it may follow from: the case can't tell whether it does.
    undecided: Option<(usize, String)>,
    pub(super) mismatches: Vec<Mismatch>,
    clauses: BTreeSet<String>,
    findings: Vec<Finding>,
    pub(super) played: Vec<record::Played>,
    /// The calls that were accepted so far, with the order of each.
    accepted: Vec<(usize, Data)>,
    last_call: Instant,
}

/// Plays a case to its end, or as far as it goes.
pub(super) async fn play(case: &Case, target: &Target, profile: &str, context: &RunContext) -> CaseResult {
    let begin = Instant::now();
    let mut play = Play::new(case, target, profile, context, context.witness.as_deref());
    let trouble = play.rounds().await.err();
    let verdict = crate::tally::verdict(&play.mismatches, trouble.as_ref());
    let redactor = target.redactor();
    let wanted = context.keep_steps || !play.mismatches.is_empty() || trouble.is_some();
    let steps: Vec<StepRecord> =
        if wanted { play.played.iter().map(|played| played.show(&case.spec, &redactor)).collect() } else { Vec::new() };
    let mut result = CaseResult {
        id: case.id.clone(),
        spec: case.spec.name.clone(),
        title: case.title.clone(),
        file: case.file.path.clone(),
        steps_planned: case.steps.len(),
        verdict,
        millis: super::millis(begin.elapsed()),
        clauses: play.clauses.into_iter().collect(),
        mismatches: play.mismatches,
        findings: play.findings,
        trouble,
        start: play.played.first().filter(|_| wanted).map(|played| played.start(&case.spec)),
        steps,
        known: None,
        stale: None,
        looks_like: None,
    };
    redactor.clean(&mut result);
    result
}

/// A short name of a case that stays the same whatever else is played.
fn case_key(id: &str) -> String {
    // FNV-1a: the standard library's hashes may change from one release to the next.
    let hash = id
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    format!("{:010x}", hash >> 24)
}

/// Whether the case can go on to its next step.
enum Next {
    Go,
    /// An earlier mismatch left nothing to make the next call on.
    NothingLeft,
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
            diverged: BTreeMap::new(),
            undecided: None,
            mismatches: Vec::new(),
            clauses: BTreeSet::new(),
            findings: Vec::new(),
            played: Vec::new(),
            accepted: Vec::new(),
            last_call: Instant::now(),
        }
    }

    /// Plays the case as often as its steps ask for, each time on fresh orders; the first round that differs is the last.
    async fn rounds(&mut self) -> Result<(), Trouble> {
        let rounds = self.case.steps.iter().map(|step| step.repeat).max().unwrap_or(1);
        for round in 0..rounds {
            self.round = round;
            self.diverged.clear();
            self.played.clear();
            self.accepted.clear();
            let played = self.whole().await;
            self.stop_listening().await;
            played?;
            let violated = self.mismatches.iter().any(|mismatch| mismatch.level == Level::Must && !mismatch.follows);
            if let Some((step, clause)) = self.undecided.take().filter(|_| !violated) {
                let message = format!(
                    "`{clause}` differs, but after a mismatch of a lower level on the same thing: whether the one follows \
                     from the other can't be told"
                );
                return Err(Halt::scenario(message).trouble(step));
            }
            if !self.mismatches.is_empty() {
                break;
            }
        }
        Ok(())
    }

    async fn whole(&mut self) -> Result<(), Trouble> {
        if let Some(message) = lacking::of(self.case, &self.session.target.binding) {
            return Err(Halt::new(Blame::Target, message).trouble(0));
        }
        if let Some(field) = lacking::unshown(self.case, &self.session.target.binding) {
            let message = format!("the binding's first view shows no `{field}`: map it, or declare it under `lacks`");
            return Err(Halt::setup(message).trouble(0));
        }
        let in_step = |step| move |halt: Halt| halt.trouble(step);
        self.listen().await.map_err(in_step(0))?;
        self.create_orders().await.map_err(in_step(0))?;
        self.register().await.map_err(in_step(0))?;
        for (index, step) in self.case.steps.iter().enumerate() {
            match self.step(index + 1, step).await.map_err(in_step(index + 1))? {
                Next::Go => {}
                Next::NothingLeft => return Ok(()),
            }
        }
        self.last_look().await.map_err(in_step(self.case.steps.len()))
    }

    /// Brings the orders of the case about and reads them back.
    pub(super) async fn create_orders(&mut self) -> Result<(), Halt> {
        let mut ready = Vec::new();
        for index in 0..self.case.orders.len() {
            ready.push(self.set_up(index).await?);
        }
        self.captured = ready.iter().map(|order| order.captured.clone()).collect();
        let (names, views) = ready.into_iter().map(|order| (order.names, order.view)).unzip();
        (self.names, self.views) = (Arc::new(names), Arc::new(views));
        self.first = Arc::clone(&self.views);
        Ok(())
    }

    /// Takes the state as it is now for what it was.
    pub(super) async fn look_again(&mut self) -> Result<(), Halt> {
        self.views = Arc::new(self.read_all().await?);
        Ok(())
    }

    async fn step(&mut self, number: usize, step: &'p Step) -> Result<Next, Halt> {
        if let Some((choice, option)) = &step.condition
            && !self.chose(choice, option)?
        {
            return Ok(Next::Go);
        }
        self.refuse(step);
        let made = self.make(step).await;
        self.last_call = Instant::now();
        let Some((made, exchanges)) = made? else {
            return Ok(if self.case.is_sequence { Next::Go } else { Next::NothingLeft });
        };
        let before = Arc::clone(&self.views);
        self.accepted.extend(made.iter().filter_map(|made| check::accepted(made, &before)));
        let (judgement, after) = self.settle(number, step, &made, &before).await?;
        self.conclude(number, judgement, after, &made, exchanges);
        Ok(Next::Go)
    }

    /// Reads and judges until everything holds or the settle time is over.
    async fn settle(
        &self,
        number: usize,
        step: &Step,
        made: &[Made<'_>],
        before: &[StateView],
    ) -> Result<(Judgement, Vec<StateView>), Halt> {
        let settle = self.session.target.settle;
        if self.case.is_sequence {
            // Nothing tells when what is to be seen is there.
            self.wait_until_settled().await;
        }
        let claims_silence = step.webhooks().any(|claim| claim.absent);
        // What must never be seen, and was seen on a read that had not settled yet.
        let mut passing: Vec<Found> = Vec::new();
        let mut pause = POLL;
        // The read that showed what was expected of the state: what is read later is read for webhooks.
        let mut shown_at = None;
        // No webhook will come any more.
        let mut is_quiet = false;
        for read in 1.. {
            let window = self.webhook_window(step);
            let elapsed = self.last_call.elapsed();
            let (over, all_came) = (elapsed >= settle, is_quiet || elapsed >= window);
            let received = self.hearing.as_ref().map_or(0, Hearing::count);
            let (heard, unreadable) = self.heard();
            let after = self.read_all().await?;
            let others = self.read_others(step).await?;
            let (first, names) = (&self.first, &self.names);
            let (case, profile) = (self.case, self.profile);
            let moment = Moment {
                case,
                profile,
                step,
                number,
                first,
                before,
                after: &after,
                names,
                made,
                others: &others,
                heard: &heard,
                reads: shown_at.unwrap_or(read),
                accepted: &self.accepted,
                lacks: &self.session.target.binding.lacks,
            };
            if self.case.is_sequence {
                return Ok((check::watch(&moment)?, after));
            }
            let mut judgement = check::judge(&moment)?;
            let is_shown = judgement.found.iter().all(|found| found.heard);
            let is_told = judgement.found.iter().all(|found| !found.heard);
            if is_shown {
                shown_at.get_or_insert(read);
            }
            let answered_otherwise = judgement.found.iter().any(Found::is_of_answer);
            let told = all_came || answered_otherwise || (is_told && !claims_silence);
            if (over || is_shown) && told {
                if !window.is_zero() && !answered_otherwise && (!is_told || claims_silence) {
                    self.all_heard(unreadable)?;
                }
                passing.retain(|earlier| !judgement.found.iter().any(|found| found.is_same(earlier)));
                judgement.found.extend(passing);
                return Ok((judgement, after));
            }
            for found in judgement.found.into_iter().filter(|found| found.always) {
                if !passing.iter().any(|earlier| earlier.is_same(&found)) {
                    passing.push(found);
                }
            }
            let elapsed = self.last_call.elapsed();
            match &self.hearing {
                Some(hearing) if over || is_shown => {
                    tokio::select! {
                        () = hearing.wait(received, window.saturating_sub(elapsed)) => {}
                        () = self.session.target.transport.quiet() => is_quiet = true,
                    }
                }
                _ => {
                    tokio::time::sleep(pause.min(settle.saturating_sub(elapsed))).await;
                    pause = (pause * 2).min(LONGEST_POLL);
                }
            }
        }
        Err(Halt::new(Blame::Harness, "the state was read without end"))
    }

    /// Keeps what a step came to.
    fn conclude(
        &mut self,
        number: usize,
        judgement: Judgement,
        after: Vec<StateView>,
        made: &[Made<'_>],
        exchanges: Vec<RawExchange>,
    ) {
        // A call on something already in doubt, or on a whole order with something in doubt, proves nothing new.
        let doubt = made.iter().filter_map(|made| match &made.on {
            Some(ident) => self.diverged.get(&check::root(&judgement.names, ident)).copied(),
            None => self.diverged.values().max().copied(),
        });
        let doubt: Option<Level> = doubt.max();
        let mut touched: Vec<(String, Level)> = Vec::new();
        for mut found in judgement.found.into_iter().chain(judgement.late) {
            let level = self.case.spec.level(&found.clause, self.profile);
            let subjects = &found.deviation.subjects;
            // An invariant holds whatever a scenario expected before: only its own repetition follows from something.
            let is_rule = found.deviation.difference == Difference::Rule;
            let said = |earlier: &Mismatch| earlier.clause == found.clause && earlier.path == found.deviation.path;
            let earlier = match is_rule {
                true => self.mismatches.iter().any(said).then_some(level),
                false => subjects.iter().filter_map(|subject| self.diverged.get(subject)).chain(&doubt).max().copied(),
            };
            if let Some(earlier) = earlier.filter(|_| !found.follows) {
                found.follows = true;
                if earlier < level && self.undecided.is_none() {
                    self.undecided = Some((number, found.clause.clone()));
                }
            }
            // What nobody was told of may well be so.
            if !found.heard {
                touched.extend(subjects.iter().map(|subject| (subject.clone(), level)));
            }
            self.mismatches.push(check::mismatch(found, &self.case.spec, self.profile, number));
        }
        for (subject, level) in touched {
            let known = self.diverged.entry(subject).or_insert(level);
            *known = level.max(*known);
        }
        self.clauses.extend(judgement.clauses);
        self.findings.extend(judgement.findings);
        let webhooks = self.take_webhooks();
        let before = std::mem::replace(&mut self.views, Arc::new(after));
        let names_before = std::mem::replace(&mut self.names, Arc::new(judgement.names));
        let mut calls = made.iter().map(record::PlayedCall::of);
        let Some(call) = calls.next() else { return };
        self.played.push(record::Played {
            number,
            call,
            beside: calls.collect(),
            before: (before, names_before),
            after: (Arc::clone(&self.views), Arc::clone(&self.names)),
            exchanges,
            webhooks,
        });
    }

    async fn wait_until_settled(&self) {
        let left = self.session.target.settle.saturating_sub(self.last_call.elapsed());
        if !left.is_zero() {
            tokio::time::sleep(left).await;
        }
    }

    /// Late effects: one more read in full must equal the last state.
    async fn last_look(&mut self) -> Result<(), Halt> {
        self.wait_until_settled().await;
        let settled = self.read_all().await?;
        for ((last, settled), names) in self.views.iter().zip(&settled).zip(self.names.iter()) {
            let late = check::late_changes(self.case, self.profile, names, last, settled);
            let lacks = &self.session.target.binding.lacks;
            self.mismatches.extend(late.into_iter().filter(|mismatch| !lacks.contains_key(&mismatch.clause)));
        }
        if let Some(call) = self.case.steps.last().and_then(|step| self.case.spec.call(&step.call.name))
            && !self.session.target.binding.lacks.contains_key(&call.frame.late)
        {
            self.clauses.insert(call.frame.late.clone());
        }
        Ok(())
    }

    /// Whether the target was seen, in this case, to choose the option.
    fn chose(&self, choice: &str, option: &str) -> Result<bool, Halt> {
        let mut told = self.findings.iter().filter(|finding| finding.choice == choice).peekable();
        if told.peek().is_none() && self.mismatches.is_empty() {
            return Err(Halt::scenario(format!("nothing before this step told how the target chooses `{choice}`")));
        }
        Ok(told.all(|finding| finding.options.iter().any(|known| known == option)))
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
                Halt::setup(message).at(*error.place).after(raw.as_deref(), target)
            }
        }
    }
}
