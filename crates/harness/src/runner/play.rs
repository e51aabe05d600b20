//! Plays one case: set-up, then step by step send, read, judge; at its end one more read that must show nothing new.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Map, Value};
use tokio::time::Instant;

use super::RunContext;
use super::breaker::Purpose;
use super::exchange::RawExchange;
use super::message::Sender;
use super::record;
use super::session::{Session, Stop};
use crate::check::{self, Found, Judgement, Moment, Names, StateView, read_view, resolve_role};
use crate::event::{CaseResult, Exchange, Finding, Mismatch, StepRecord, Trouble};
use crate::scenario::{Argument, Case, Claim, On, OrderRef, Step};
use crate::target::template::{self, Data, Scope};
use crate::target::{Target, View};
use crate::verdict::{self, Blame};

/// Between two reads of a state that has not settled yet.
pub(super) const POLL: Duration = Duration::from_millis(20);

/// Why a case could not go on.
pub(super) struct Halt {
    pub(super) blame: Blame,
    pub(super) message: String,
    pub(super) exchange: Option<Box<Exchange>>,
}

impl Halt {
    pub(super) fn setup(message: String) -> Self {
        Self { blame: Blame::Setup, message, exchange: None }
    }

    fn scenario(message: String) -> Self {
        Self { blame: Blame::Scenario, message, exchange: None }
    }
}

/// A case under way.
pub(super) struct Play<'p> {
    pub(super) case: &'p Case,
    pub(super) session: Session<'p>,
    profile: &'p str,
    context: &'p RunContext,
    number: usize,
    captured: Vec<Scope>,
    names: Arc<Vec<Names>>,
    views: Arc<Vec<StateView>>,
    /// The views after the set-up.
    first: Arc<Vec<StateView>>,
    /// Root identities, or `order`, that an earlier mismatch put in doubt.
    diverged: BTreeSet<String>,
    mismatches: Vec<Mismatch>,
    clauses: BTreeSet<String>,
    findings: Vec<Finding>,
    played: Vec<record::Played>,
    last_call: Instant,
}

/// Plays a case to its end, or as far as it goes.
pub(super) async fn play(
    case: &Case,
    target: &Target,
    profile: &str,
    context: &RunContext,
    number: usize,
) -> CaseResult {
    let begin = Instant::now();
    let session = Session { target, breaker: &context.breaker, case_id: &case.id };
    let mut play = Play {
        case,
        session,
        profile,
        context,
        number,
        captured: Vec::new(),
        names: Arc::default(),
        views: Arc::default(),
        first: Arc::default(),
        diverged: BTreeSet::new(),
        mismatches: Vec::new(),
        clauses: BTreeSet::new(),
        findings: Vec::new(),
        played: Vec::new(),
        last_call: begin,
    };
    let trouble = play.whole().await.err();
    let verdict = verdict::of_case(&play.mismatches, trouble.as_ref());
    let wanted = context.keep_steps || !play.mismatches.is_empty() || trouble.is_some();
    let steps: Vec<StepRecord> = if wanted {
        play.played.iter().map(|played| played.show(&case.spec, &target.redactor)).collect()
    } else {
        Vec::new()
    };
    let mut result = CaseResult {
        id: case.id.clone(),
        spec: case.spec.name.clone(),
        title: case.title.clone(),
        file: case.file.path.clone(),
        steps_planned: case.steps.len(),
        verdict,
        millis: begin.elapsed().as_secs_f64() * 1000.0,
        clauses: play.clauses.into_iter().collect(),
        mismatches: play.mismatches,
        findings: play.findings,
        trouble,
        steps,
    };
    target.redactor.clean(&mut result);
    result
}

/// Whether the case can go on to its next step.
enum Next {
    Go,
    /// An earlier mismatch left nothing to make the next call on.
    NothingLeft,
}

impl Play<'_> {
    async fn whole(&mut self) -> Result<(), Trouble> {
        if let Some((call, reason)) = self.lacking() {
            return Err(Trouble {
                blame: Blame::Target,
                message: format!("the target has no `{call}`: {reason}"),
                step: 0,
                exchange: None,
            });
        }
        let in_step = |step| {
            move |halt: Halt| Trouble {
                blame: halt.blame,
                message: halt.message,
                step,
                exchange: halt.exchange.map(|e| *e),
            }
        };
        let mut ready = Vec::new();
        for index in 0..self.case.orders.len() {
            ready.push(self.set_up(index).await.map_err(in_step(0))?);
        }
        self.captured = ready.iter().map(|order| order.captured.clone()).collect();
        let (names, views) = ready.into_iter().map(|order| (order.names, order.view)).unzip();
        (self.names, self.views) = (Arc::new(names), Arc::new(views));
        self.first = Arc::clone(&self.views);
        for (index, step) in self.case.steps.iter().enumerate() {
            match self.step(index + 1, step).await.map_err(in_step(index + 1))? {
                Next::Go => {}
                Next::NothingLeft => return Ok(()),
            }
        }
        self.last_look().await.map_err(in_step(self.case.steps.len()))
    }

    /// A call of the case that the target declares it has not.
    fn lacking(&self) -> Option<(&str, &str)> {
        let lacks = &self.session.target.binding.lacks;
        self.case
            .steps
            .iter()
            .find_map(|step| lacks.get_key_value(&step.call.name))
            .map(|(call, reason)| (call.as_str(), reason.as_str()))
    }

    async fn step(&mut self, number: usize, step: &Step) -> Result<Next, Halt> {
        if let Some((choice, option)) = &step.condition
            && !self.chose(choice, option)?
        {
            return Ok(Next::Go);
        }
        let order = match step.call.order {
            OrderRef::Named(index) => index,
            OrderRef::Unknown => 0,
        };
        let Some((target_data, on)) = self.call_target(step)? else { return Ok(Next::NothingLeft) };
        let with = match &step.call.with {
            Some(argument) => match self.argument(argument)? {
                Some(value) => template::from_json(&value),
                None => return Ok(Next::NothingLeft),
            },
            None => Data::UNDEFINED,
        };
        let scope = self
            .base_scope(order)
            .with("target", target_data)
            .with("with", with.clone())
            .with("caller", Data::from(step.call.caller.as_str()));
        let mut captured = self.call_order(&step.call.order);
        let binding = Arc::clone(&self.session.target.binding);
        let requests = binding.calls.get(&step.call.name).map(Vec::as_slice).unwrap_or_default();
        let sender = Sender { caller: Some(&step.call.caller), changes: Some(&step.call.request) };
        let performed = self.session.perform(Purpose::Call, requests, &scope, &mut captured, sender).await;
        self.last_call = Instant::now();
        let performed = performed.map_err(|stop| self.halt(stop, Purpose::Call))?;
        let Some(reply) = &performed.last else {
            return Err(Halt::setup(format!("the binding's `{}` sent no request", step.call.name)));
        };
        let answer = reply
            .judge(self.session.target)
            .map_err(|error| Halt::setup(format!("{}: {}", error.place, error.message)))?;
        let Some(answer) = answer else {
            let exchange = performed.exchanges.last().map(|raw| Box::new(raw.show(&self.session.target.redactor)));
            let message = format!("the target asks to wait ({}); a call is never sent twice", reply.status);
            return Err(Halt { blame: Blame::Transport, message, exchange });
        };
        let before = Arc::clone(&self.views);
        let (judgement, after) = self.settle(number, step, &answer, on.as_deref(), &with, &before).await?;
        self.conclude(
            number,
            step,
            judgement,
            after,
            on,
            template::to_json(&with).ok().flatten(),
            answer.outcome.word(),
            performed.exchanges,
        );
        Ok(Next::Go)
    }

    /// Reads and judges until everything holds or the settle time is over.
    async fn settle(
        &self,
        number: usize,
        step: &Step,
        answer: &check::Answer,
        on: Option<&str>,
        with: &Data,
        before: &[StateView],
    ) -> Result<(Judgement, Vec<StateView>), Halt> {
        let settle = self.session.target.settle;
        // What must never be seen, and was seen on a read that had not settled yet.
        let mut passing: Vec<Found> = Vec::new();
        for reads in 1.. {
            let over = self.last_call.elapsed() >= settle;
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
                answer,
                on,
                with,
                others: &others,
                reads,
            };
            let judged = check::judge(&moment);
            let mut judgement = judged.map_err(|error| Halt::setup(format!("{}: {}", error.place, error.message)))?;
            if over || judgement.found.is_empty() {
                passing.retain(|earlier| !judgement.found.iter().any(|found| found.is_same(earlier)));
                judgement.found.extend(passing);
                return Ok((judgement, after));
            }
            for found in judgement.found.into_iter().filter(|found| found.always) {
                if !passing.iter().any(|earlier| earlier.is_same(&found)) {
                    passing.push(found);
                }
            }
            tokio::time::sleep(POLL.min(settle)).await;
        }
        Err(Halt { blame: Blame::Harness, message: "the state was read without end".to_owned(), exchange: None })
    }

    #[expect(clippy::too_many_arguments, reason = "everything a step came to, told once")]
    fn conclude(
        &mut self,
        number: usize,
        step: &Step,
        judgement: Judgement,
        after: Vec<StateView>,
        on: Option<String>,
        with: Option<Value>,
        outcome: &'static str,
        exchanges: Vec<RawExchange>,
    ) {
        // A call on something already in doubt, or on a whole order with something in doubt, proves nothing new.
        let doubtful = match &on {
            Some(ident) => self.diverged.contains(&check::root(&judgement.names, ident)),
            None => !self.diverged.is_empty(),
        };
        let mut touched = BTreeSet::new();
        for mut found in judgement.found.into_iter().chain(judgement.late) {
            let subjects = &found.deviation.subjects;
            found.follows = found.follows || doubtful || subjects.iter().any(|subject| self.diverged.contains(subject));
            touched.extend(subjects.iter().cloned());
            self.mismatches.push(check::mismatch(found, &self.case.spec, self.profile, number));
        }
        self.diverged.extend(touched);
        self.clauses.extend(judgement.clauses);
        self.findings.extend(judgement.findings);
        let before = std::mem::replace(&mut self.views, Arc::new(after));
        let names_before = std::mem::replace(&mut self.names, Arc::new(judgement.names));
        self.played.push(record::Played {
            number,
            call: step.call.name.clone(),
            on: match &step.call.on {
                On::Role(role) => Some(role.clone()),
                On::Unknown(kind) => Some(format!("unknown {kind}")),
                On::Order => None,
            },
            ident: on,
            with,
            outcome,
            before: (before, names_before),
            after: (Arc::clone(&self.views), Arc::clone(&self.names)),
            exchanges,
        });
    }

    /// Late effects: one more read in full must equal the last state.
    async fn last_look(&mut self) -> Result<(), Halt> {
        let left = self.session.target.settle.saturating_sub(self.last_call.elapsed());
        if !left.is_zero() {
            tokio::time::sleep(left).await;
        }
        let settled = self.read_all().await?;
        for ((last, settled), names) in self.views.iter().zip(&settled).zip(self.names.iter()) {
            self.mismatches.extend(check::late_changes(self.case, self.profile, names, last, settled));
        }
        if let Some(call) = self.case.steps.last().and_then(|step| self.case.spec.call(&step.call.name)) {
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

    /// What the call is made on, as expressions see it, and its identity. Nothing where a mismatch left it unbound.
    fn call_target(&self, step: &Step) -> Result<Option<(Data, Option<String>)>, Halt> {
        match &step.call.on {
            On::Order => Ok(Some((Data::UNDEFINED, None))),
            On::Unknown(kind) => {
                let unknown = self.case.spec.kind(kind).and_then(|kind| kind.unknown.as_ref());
                let id = unknown.ok_or_else(|| Halt::scenario(format!("kind `{kind}` has no unknown id")))?;
                Ok(Some((template::map([("id", template::from_json(id))]), None)))
            }
            On::Role(role) => {
                let Some(entity) =
                    self.names.iter().zip(self.views.iter()).find_map(|(names, view)| resolve_role(names, view, role))
                else {
                    return self.nothing_left(role).map(|()| None);
                };
                let mut fields: Vec<(&str, Data)> =
                    entity.fields.iter().map(|(name, value)| (name.as_str(), template::from_json(value))).collect();
                fields.push(("id", template::from_json(&entity.id)));
                fields.push(("same", template::from_json(&entity.same)));
                if let Some(parent) =
                    entity.parent.as_ref().and_then(|parent| self.views.iter().find_map(|view| view.entity(parent)))
                {
                    fields.push(("parent", template::map([("id", template::from_json(&parent.id))])));
                }
                Ok(Some((template::map(fields), Some(entity.ident.clone()))))
            }
        }
    }

    /// An unbound role is the target's doing where a mismatch that counts came before it, and else the scenario's.
    fn nothing_left(&self, role: &str) -> Result<(), Halt> {
        let counts =
            self.mismatches.iter().any(|mismatch| mismatch.level == crate::spec::Level::Must && !mismatch.follows);
        if counts {
            Ok(())
        } else {
            Err(Halt::scenario(format!("`{role}` never came to be, so the rest of the case can't be played")))
        }
    }

    /// Arguments with `{id: ROLE}` filled in.
    fn argument(&self, argument: &Argument) -> Result<Option<Value>, Halt> {
        Ok(Some(match argument {
            Argument::Value(value) => value.clone(),
            Argument::Id(role) => {
                match self.names.iter().zip(self.views.iter()).find_map(|(names, view)| resolve_role(names, view, role))
                {
                    Some(entity) => entity.id.clone(),
                    None => return self.nothing_left(role).map(|()| None),
                }
            }
            Argument::List(list) => {
                let mut values = Vec::new();
                for item in list {
                    let Some(value) = self.argument(item)? else { return Ok(None) };
                    values.push(value);
                }
                Value::Array(values)
            }
            Argument::Map(entries) => {
                let mut map = Map::new();
                for (key, item) in entries {
                    let Some(value) = self.argument(item)? else { return Ok(None) };
                    map.insert(key.clone(), value);
                }
                Value::Object(map)
            }
        }))
    }

    /// What was captured of the order a call is made in; of an unknown one every capture is the unknown id.
    fn call_order(&self, order: &OrderRef) -> Scope {
        match order {
            OrderRef::Named(index) => self.captured.get(*index).cloned().unwrap_or_default(),
            OrderRef::Unknown => {
                let mut scope = self.captured.first().cloned().unwrap_or_default();
                scope.fill(&template::from_json(&self.case.spec.unknown_order));
                scope
            }
        }
    }

    /// What every request of the case can name.
    pub(super) fn base_scope(&self, order: usize) -> Scope {
        let mut scope = Scope::default();
        scope.set("run_id", Data::from(self.context.run_id.as_str()));
        scope.set("case_no", Data::from(format!("{}-{order}", self.number)));
        scope.set("now", Data::from(self.context.started.as_str()));
        scope
    }

    async fn read_all(&self) -> Result<Vec<StateView>, Halt> {
        let mut views = Vec::with_capacity(self.captured.len());
        for captured in &self.captured {
            views.push(self.read_primary(captured).await?);
        }
        Ok(views)
    }

    pub(super) async fn read_primary(&self, captured: &Scope) -> Result<StateView, Halt> {
        match self.session.target.binding.views.first() {
            Some(view) => self.read(view, captured).await,
            None => Err(Halt::setup("the binding has no view".to_owned())),
        }
    }

    /// The other views that claims of this step speak of.
    async fn read_others(&self, step: &Step) -> Result<BTreeMap<String, StateView>, Halt> {
        let mut others = BTreeMap::new();
        let claims = step.expect.iter().flat_map(|expectation| &expectation.claims);
        for name in claims.flat_map(Claim::views) {
            let view = self.session.target.binding.views.iter().find(|view| view.name == name);
            let (Some(view), Some(captured)) = (view, self.captured.first()) else {
                return Err(Halt {
                    blame: Blame::Target,
                    message: format!("the target has no view `{name}`"),
                    exchange: None,
                });
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
        read_view(&self.case.spec, view, &performed.scope).map_err(|error| {
            let exchange = performed.exchanges.last().map(|raw| Box::new(raw.show(&self.session.target.redactor)));
            let message = format!(
                "the view `{}` does not fit what the target sends: {} ({})",
                view.name, error.message, error.place
            );
            Halt { blame: Blame::Setup, message, exchange }
        })
    }

    /// Whose a stop is.
    pub(super) fn halt(&self, stop: Stop, purpose: Purpose) -> Halt {
        let shown = |raw: Box<RawExchange>| Some(Box::new(raw.show(&self.session.target.redactor)));
        match stop {
            Stop::Down => {
                let message = format!("{} does not answer any more: not asked again", self.session.target.base_url);
                Halt { blame: Blame::Transport, message, exchange: None }
            }
            Stop::Transport(error, raw) => {
                Halt { blame: Blame::Transport, message: error.to_string(), exchange: shown(raw) }
            }
            Stop::Unusable(message, raw) => {
                let blame = if purpose == Purpose::SetUp { Blame::Setup } else { Blame::Transport };
                Halt { blame, message, exchange: shown(raw) }
            }
            Stop::Expression(error, raw) => {
                let message = format!("{} ({})", error.message, error.place);
                Halt { blame: Blame::Setup, message, exchange: raw.and_then(shown) }
            }
        }
    }
}
