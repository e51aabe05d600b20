//! Plays cases: how many at once, in which order their results are told, when to stop.

mod breaker;
mod call;
mod clean_up;
mod course;
mod exchange;
mod halt;
mod hearing;
mod lacking;
mod listening;
mod message;
mod plan;
mod play;
mod prove;
mod read;
mod record;
mod reduce;
mod resume;
mod sample;
mod session;
mod set_up;
mod settle;
mod witness;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use countermand_event::matrix::FindMatrix;
use countermand_event::{
    Baseline, Blame, CaseResult, Event, FORMAT, JudgedClause, Planned, Proof, RunStarted, RunSummary, Shard, Trouble,
    Verdict,
};
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::inbox::Inbox;
use crate::scenario::Case;
use crate::spec::{Clause, Spec};
use crate::suite::{Turn, Turns, WaitingCase, suite_print};
use crate::tally::{Known, Tally};
use crate::target::Target;

pub(crate) use record::{role, state};
pub use resume::ResumeError;
pub use sample::Samples;
pub use witness::Witness;

/// What to play, against what, and how.
#[derive(Default)]
pub struct Run {
    /// The cases, in the order in which their results are told.
    pub cases: Vec<Arc<WaitingCase>>,
    /// What an earlier run told of these before it was cut off: it is told again, and not played again.
    pub earlier: Vec<CaseResult>,
    /// Of which whole run they are a part, where they are.
    pub shard: Option<Shard>,
    /// The target per spec; a case whose spec has none could not run.
    pub targets: BTreeMap<String, Arc<Target>>,
    /// The profile per spec.
    pub profiles: BTreeMap<String, String>,
    /// How many cases are under way at once, at least 1.
    pub jobs: usize,
    /// Stop after the first case, in their order, that violates a MUST (or a SHOULD, where `strict`).
    pub fail_fast: bool,
    /// Let a SHOULD count as a MUST.
    pub strict: bool,
    /// Keep the steps of cases that passed.
    pub keep_steps: bool,
    /// What proves a target, per spec: played before its cases, and none of them where it does not hold.
    pub proofs: BTreeMap<String, Arc<Case>>,
    /// Is told of what happens on the way.
    pub witness: Option<Arc<dyn Witness>>,
    /// Where webhooks are received.
    pub inbox: Arc<Inbox>,
    /// The failures that are put up with.
    pub baseline: Option<Arc<Baseline>>,
    /// The kill matrix of a spec by a profile: what failures are compared with, once there are some.
    pub known_faults: Option<FindMatrix>,
    /// Makes references unique among runs.
    pub run_id: String,
    /// When the run began, RFC 3339: the date of the orders it creates.
    pub started: String,
}

/// What all cases of a run share.
struct RunContext {
    run_id: String,
    started: String,
    keep_steps: bool,
    witness: Option<Arc<dyn Witness>>,
    inbox: Arc<Inbox>,
    breaker: breaker::Breaker,
}

impl Run {
    /// Plays everything, tells `sink` what happens, in case order, and returns the sum. Ends early, with what was played
    /// reported, once `stop` is ready.
    pub async fn play(mut self, stop: impl Future<Output = ()>, sink: &mut dyn FnMut(Event)) -> RunSummary {
        let begin = Instant::now();
        let planned = self.cases.len();
        sink(Event::RunStarted(Box::new(self.started())));
        let mut tally = Tally::default();
        let mut summary = RunSummary::empty();
        tokio::pin!(stop);
        let context = Arc::new(self.context());
        let specs = self.specs();
        let proved = async {
            for (name, spec) in &specs {
                let Some(target) = self.targets.get(name) else { continue };
                let proof = prove::prove(spec, target, self.proofs.get(name).map(Arc::as_ref), &context).await;
                if !proof.holds() {
                    summary.unproved.push(name.clone());
                }
                if !proof.checks.is_empty() {
                    sink(Event::TargetProved(Box::new(proof)));
                }
            }
        };
        tokio::select! {
            () = &mut stop => { summary.interrupted = true; self.cases.clear(); }
            () = proved => {}
        }
        let known = Known::new(self.known_faults, self.profiles.clone());
        let mut known = known.with(self.baseline.take(), &self.started);
        let earlier = std::mem::take(&mut self.earlier);
        let told: BTreeSet<String> = earlier.iter().map(|result| result.id.clone()).collect();
        self.cases.retain(|case| !told.contains(&case.id));
        for mut result in earlier {
            tally.add(&mut result, &mut known);
            sink(Event::CaseFinished(Box::new(result)));
        }
        self.cases.retain(|case| !summary.unproved.contains(&case.spec.name));
        // A case goes when its result has been told, so that a long run has room for what its later cases need.
        let mut untold = VecDeque::from(std::mem::take(&mut self.cases));
        let cases = untold.len();
        let mut under_way: JoinSet<(usize, CaseResult)> = JoinSet::new();
        // Results wait here until every earlier one has been told.
        let mut waiting: BTreeMap<usize, CaseResult> = BTreeMap::new();
        let mut turns = Turns::default();
        let mut next_to_start = 0;
        let mut next_to_tell = 0;
        while next_to_tell < cases {
            while under_way.len() < self.jobs.max(1) && next_to_start < cases {
                let turn = turns.of(&untold[next_to_start - next_to_tell]);
                self.start(next_to_start, turn, &context, &mut under_way);
                next_to_start += 1;
            }
            let ended = tokio::select! {
                () = &mut stop => { summary.interrupted = true; break; }
                ended = under_way.join_next() => ended,
            };
            match ended {
                Some(Ok((index, result))) => drop(waiting.insert(index, result)),
                // The task panicked: a fault of ours. Which case it was is known by its being missing.
                Some(Err(_)) => {}
                None => fill_the_missing((next_to_tell..next_to_start).zip(&untold), &mut waiting),
            }
            let mut stopped = false;
            while let Some(mut result) = waiting.remove(&next_to_tell) {
                next_to_tell += 1;
                untold.pop_front();
                tally.add(&mut result, &mut known);
                stopped = self.fail_fast
                    && (result.verdict == Verdict::Failed || (self.strict && result.verdict == Verdict::Warned));
                sink(Event::CaseFinished(Box::new(result)));
                if stopped {
                    break;
                }
            }
            if stopped {
                summary.stopped_early = next_to_tell < cases;
                break;
            }
        }
        // What is under way is dropped; what ended out of order is still told, in order.
        under_way.abort_all();
        if summary.interrupted {
            for mut result in waiting.into_values() {
                next_to_tell += 1;
                tally.add(&mut result, &mut known);
                sink(Event::CaseFinished(Box::new(result)));
            }
        }
        summary.not_played = planned.saturating_sub(told.len() + next_to_tell);
        tally.compare(&mut known, &specs, &mut summary);
        tally.sum(&self.profiles, &specs, &mut summary);
        summary.millis = millis(begin.elapsed());
        sink(Event::RunFinished(Box::new(summary.clone())));
        summary
    }

    /// Plays everything and returns how each case ended, in case order.
    pub async fn results(self) -> Vec<CaseResult> {
        let mut results = Vec::new();
        let tell = &mut |event| {
            if let Event::CaseFinished(result) = event {
                results.push(*result);
            }
        };
        self.play(std::future::pending(), tell).await;
        results
    }

    /// Proves every target and plays no case: what was tried of each, in the order of the specs' names.
    pub async fn prove(&self) -> Vec<Proof> {
        let context = self.context();
        let mut proofs = Vec::new();
        for (name, case) in &self.proofs {
            if let Some(target) = self.targets.get(name) {
                proofs.push(prove::prove(&case.spec, target, Some(case.as_ref()), &context).await);
            }
        }
        proofs
    }

    /// How many requests the run will send, proofs included, as far as that can be told before it.
    #[must_use]
    pub fn planned_requests(&self) -> usize {
        let context = self.context();
        let of_case = |case: &Case| {
            let target = self.targets.get(&case.spec.name)?;
            Some(play::Play::new(case, target, "", &context, None).planned_requests())
        };
        let mut turns = Turns::default();
        // A case that can't be read any more sends nothing.
        let of_cases = self.cases.iter().filter_map(|case| of_case(&turns.of(case).read().ok()?));
        of_cases.sum::<usize>() + self.proofs.values().filter_map(|case| of_case(case)).sum::<usize>()
    }

    /// The pace of the run, where a target limits it.
    #[must_use]
    pub fn planned(&self) -> Option<Planned> {
        let rate = self.targets.values().filter_map(|target| target.rate()).reduce(f64::min)?;
        Some(Planned { requests: self.planned_requests(), rate })
    }

    fn context(&self) -> RunContext {
        RunContext {
            run_id: self.run_id.clone(),
            started: self.started.clone(),
            keep_steps: self.keep_steps,
            witness: self.witness.clone(),
            inbox: Arc::clone(&self.inbox),
            breaker: breaker::Breaker::default(),
        }
    }

    /// How the run begins: what is going to be played.
    #[must_use]
    pub fn started(&self) -> RunStarted {
        let mut names: Vec<&str> = self.targets.values().map(|target| target.name.as_str()).collect();
        names.dedup();
        RunStarted {
            format: FORMAT,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            target: names.join(", "),
            profiles: self.profiles.clone(),
            cases: self.cases.len(),
            suite: suite_print(&self.cases),
            clauses: self.specs().values().map(|spec| self.judged(spec)).collect(),
            shard: self.shard.clone(),
            planned: self.planned(),
        }
    }

    /// The clauses that the profile of a spec judges.
    fn judged(&self, spec: &Spec) -> (String, Vec<JudgedClause>) {
        let judged = |clause: &Clause| {
            let level = self.profiles.get(&spec.name).and_then(|profile| clause.levels.get(profile).copied())?;
            let (clause, statement, source) = (clause.id.clone(), clause.text.clone(), clause.source.clone());
            Some(JudgedClause { clause, level, statement, source })
        };
        (spec.name.clone(), spec.clauses.iter().filter_map(judged).collect())
    }

    fn specs(&self) -> BTreeMap<String, Arc<Spec>> {
        let mut specs = BTreeMap::new();
        for case in &self.cases {
            if !specs.contains_key(&case.spec.name) {
                specs.insert(case.spec.name.clone(), Arc::clone(&case.spec));
            }
        }
        specs
    }

    fn start(&self, index: usize, turn: Turn, context: &Arc<RunContext>, under_way: &mut JoinSet<(usize, CaseResult)>) {
        let spec = &turn.case.spec.name;
        let context = Arc::clone(context);
        let profile = self.profiles.get(spec).cloned().unwrap_or_default();
        let target = self.targets.get(spec).map(Arc::clone);
        under_way.spawn(async move {
            let Some(target) = target else {
                let message = format!("there is no target for spec `{}`", turn.case.spec.name);
                return (index, could_not_run(&turn.case, Blame::Setup, message));
            };
            let result = match turn.read() {
                Ok(case) => course::play(&case, &target, &profile, &context).await,
                Err(reason) => could_not_run(&turn.case, Blame::Scenario, reason),
            };
            (index, result)
        });
    }
}

fn fill_the_missing<'c>(
    started: impl Iterator<Item = (usize, &'c Arc<WaitingCase>)>,
    waiting: &mut BTreeMap<usize, CaseResult>,
) {
    for (index, case) in started {
        let message = "the harness stumbled over this case: please report it".to_owned();
        waiting.entry(index).or_insert_with(|| could_not_run(case, Blame::Harness, message));
    }
}

/// Milliseconds to the microsecond: what a clock can tell, and what survives JSON unchanged.
fn millis(elapsed: Duration) -> f64 {
    elapsed.as_micros() as f64 / 1000.0
}

fn could_not_run(case: &WaitingCase, blame: Blame, message: String) -> CaseResult {
    CaseResult {
        id: case.id.clone(),
        spec: case.spec.name.clone(),
        title: case.title.to_string(),
        file: case.path().to_owned(),
        steps_planned: case.steps as usize,
        verdict: Verdict::CouldNotRun,
        millis: 0.0,
        clauses: Vec::new(),
        mismatches: Vec::new(),
        unjudged: Vec::new(),
        findings: Vec::new(),
        trouble: Some(Trouble { blame, message, step: 0, exchange: None, place: None }),
        steps: Vec::new(),
        start: None,
        known: None,
        stale: None,
    }
}
