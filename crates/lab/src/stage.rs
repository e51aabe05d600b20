//! Plays cases against a model in this process, in virtual time: a second of settling costs nothing, and the same calls
//! come out the same. Judges nothing.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use countermand_event::CaseResult;
use countermand_harness::{
    BoxFuture, Inbox, Run, Spec, Target, TargetError, TargetFile, TargetOptions, Transport, TransportError, WaitingCase,
};
use countermand_mock::{Arrival, Clock, World, deliver_within};
use countermand_model::{ModelError, Settings};

use crate::settings::Setting;
use crate::workers::each;

/// When virtual time begins, milliseconds of Unix time.
const YEAR_2026: u64 = 1_767_225_600_000;
/// Longer than a mock takes to show a change that it shows late.
const SETTLE: Duration = Duration::from_millis(countermand_model::LATEST_MS);
/// Cases under way at once. In one thread they only take turns; what one of them waits for holds no other up.
const JOBS: usize = 64;

/// A spec to be played, and the model it is played against.
#[derive(Debug, Clone)]
pub struct Stage {
    /// The spec.
    pub spec: Arc<Spec>,
    /// The spec of the model; another one where the spec is played through a target file.
    pub model: String,
    /// How the model is spoken to, where not by the spec's own binding.
    pub file: Option<Arc<TargetFile>>,
    /// The profile.
    pub profile: String,
}

/// Why nothing could be played.
#[derive(Debug)]
pub enum StageError {
    /// The model can't be built.
    Model(ModelError),
    /// The target can't be made.
    Target(TargetError),
    /// The clock can't be started.
    Runtime(std::io::Error),
}

impl std::fmt::Display for StageError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Model(error) => error.fmt(f),
            Self::Target(error) => error.fmt(f),
            Self::Runtime(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for StageError {}

impl Stage {
    /// Plays cases against a model with these choices and these faults, each case on orders of its own.
    ///
    /// # Errors
    /// When the model has no such choice or fault, or the target can't be made.
    pub fn play(
        &self,
        cases: &[Arc<WaitingCase>],
        setting: &Setting,
        faults: &[&str],
    ) -> Result<Vec<CaseResult>, StageError> {
        let late = !faults.is_empty() || countermand_model::is_late(&self.model, setting);
        Ok(self.perform(cases, setting, faults, late, None)?.results)
    }

    /// Plays sequences as [`play`](Self::play) does cases, and tells too which choices the model has read.
    ///
    /// # Errors
    /// When the model has no such choice, or the target can't be made.
    pub(crate) fn watch(
        &self,
        cases: &[Arc<WaitingCase>],
        setting: &Setting,
    ) -> Result<(Vec<CaseResult>, Vec<&'static str>), StageError> {
        // What is shown late is no matter of the state: the oracle knows it at once.
        let at_once = setting.iter().filter(|pick| !countermand_model::is_late(&self.model, [*pick]));
        let at_once = at_once.map(|(c, o)| (c.clone(), o.clone())).collect();
        let played = self.perform(cases, &at_once, &[], false, None)?;
        Ok((played.results, played.consulted))
    }

    /// What a model with these choices and faults is asked by each of the cases, and what it answers: a script for
    /// [`differing`](Self::differing).
    ///
    /// # Errors
    /// When the model has no such choice or fault, or the target can't be made.
    pub fn rehearse(
        &self,
        cases: &[Arc<WaitingCase>],
        setting: &Setting,
        faults: &[&str],
    ) -> Result<Vec<Script>, StageError> {
        each(cases, |case| self.script(case, setting, faults))
    }

    fn script(&self, case: &Arc<WaitingCase>, setting: &Setting, faults: &[&str]) -> Result<Script, StageError> {
        let lines: Arc<Mutex<Vec<Line>>> = Arc::default();
        let settled = Some(Arc::clone(&lines));
        let mut played = self.perform(std::slice::from_ref(case), setting, faults, true, settled)?;
        let lines = std::mem::take(&mut *lock(&lines));
        Ok(Script { case: Arc::clone(case), lines, listens: played.listened, result: played.results.pop() })
    }

    /// The cases that a model with these choices and faults answers otherwise than the one of the scripts: a case that is
    /// answered alike to the last byte comes out alike, and need not be played.
    ///
    /// # Errors
    /// When the model has no such choice or fault.
    pub fn differing(
        &self,
        scripts: &[Script],
        setting: &Setting,
        faults: &[&str],
    ) -> Result<Vec<Arc<WaitingCase>>, StageError> {
        let mut differing = Vec::new();
        for script in scripts {
            // What a model tells besides its answers stands in no script that can be read to it.
            if script.listens || !self.is_answered_alike(script, setting, faults)? {
                differing.push(Arc::clone(&script.case));
            }
        }
        Ok(differing)
    }

    /// Whether nothing that the cases of the scripts can see tells a model with these choices and faults from theirs: each
    /// answer, and each webhook, is the same to the last byte.
    ///
    /// # Errors
    /// When the model has no such choice or fault, or the target can't be made.
    pub(crate) fn is_alike(&self, scripts: &[Script], setting: &Setting, faults: &[&str]) -> Result<bool, StageError> {
        for script in scripts {
            let alike = match script.listens {
                true => self.script(&script.case, setting, faults)?.lines == script.lines,
                false => self.is_answered_alike(script, setting, faults)?,
            };
            if !alike {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn is_answered_alike(&self, script: &Script, setting: &Setting, faults: &[&str]) -> Result<bool, StageError> {
        let now = Arc::new(AtomicU64::new(YEAR_2026));
        let clock = Arc::clone(&now);
        let world = self.world(setting, faults, Clock::new(move || clock.load(Ordering::Relaxed)))?;
        Ok(script.is_answered_alike(&world, &now))
    }

    fn world(&self, setting: &Setting, faults: &[&str], clock: Clock) -> Result<World, StageError> {
        let picks: Vec<(String, String)> =
            setting.iter().map(|(name, option)| (name.clone(), option.clone())).collect();
        let model = countermand_model::build(&self.model, &picks, faults, Settings::default());
        Ok(World::new(model.map_err(StageError::Model)?, clock))
    }

    fn perform(
        &self,
        cases: &[Arc<WaitingCase>],
        setting: &Setting,
        faults: &[&str],
        late: bool,
        lines: Option<Arc<Mutex<Vec<Line>>>>,
    ) -> Result<Played, StageError> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
        runtime.map_err(StageError::Runtime)?.block_on(async {
            let begin = tokio::time::Instant::now();
            let now = move || YEAR_2026 + begin.elapsed().as_millis() as u64;
            let world = Arc::new(self.world(setting, faults, Clock::new(now))?);
            let inbox = Arc::new(Inbox::in_process());
            let meeting = Arc::new(Meeting {
                world: Arc::clone(&world),
                now: Box::new(now),
                answered: AtomicUsize::new(0),
                lines,
            });
            let (postbox, teller) = (Arc::clone(&inbox), Arc::clone(&meeting));
            tokio::spawn(deliver_within(Arc::clone(&world), move |request| teller.tell(request, &postbox)));
            let options = TargetOptions {
                name: "mock".to_owned(),
                base_url: Some("http://mock".to_owned()),
                transport: Some(meeting),
                settle: Some(if late { SETTLE } else { Duration::ZERO }),
                ..TargetOptions::default()
            };
            let target = Target::new(&self.spec, self.file.clone(), options, &|_| None).map_err(StageError::Target)?;
            let run = Run {
                cases: cases.to_vec(),
                targets: BTreeMap::from([(self.spec.name.clone(), Arc::new(target))]),
                profiles: BTreeMap::from([(self.spec.name.clone(), self.profile.clone())]),
                jobs: JOBS,
                keep_steps: cases.iter().any(|case| case.is_sequence),
                inbox: Arc::clone(&inbox),
                run_id: "lab".to_owned(),
                started: "2026-01-01T00:00:00Z".to_owned(),
                ..Run::default()
            };
            let results = run.results().await;
            Ok(Played { results, consulted: world.consulted(), listened: inbox.is_used() })
        })
    }
}

/// What came of cases.
struct Played {
    results: Vec<CaseResult>,
    /// The choices that the model has read.
    consulted: Vec<&'static str>,
    /// Some case took webhooks.
    listened: bool,
}

/// Everything that a case asked of a model, alone, with the answers and what came of it.
#[derive(Debug)]
pub struct Script {
    /// The case.
    case: Arc<WaitingCase>,
    /// In the order in which they were answered.
    lines: Vec<Line>,
    /// It took webhooks.
    listens: bool,
    /// How it ended.
    result: Option<CaseResult>,
}

/// One request and its answer: one of the case's to the model, or a webhook of the model's to the case.
#[derive(Debug)]
struct Line {
    request: http::Request<Bytes>,
    /// How many others had been answered when it arrived.
    arrived: usize,
    /// When it was answered, milliseconds.
    now: u64,
    response: http::Response<Bytes>,
}

impl PartialEq for Line {
    fn eq(&self, other: &Self) -> bool {
        let (asked, told) = (&self.request, &other.request);
        (asked.method(), asked.uri(), asked.headers(), asked.body())
            == (told.method(), told.uri(), told.headers(), told.body())
            && self.is_answered(&other.response)
    }
}

impl Line {
    fn is_answered(&self, response: &http::Response<Bytes>) -> bool {
        let said = &self.response;
        response.status() == said.status() && response.headers() == said.headers() && response.body() == said.body()
    }
}

impl Script {
    /// How the case ended.
    pub(crate) fn result(&self) -> Option<&CaseResult> {
        self.result.as_ref()
    }

    fn is_answered_alike(&self, world: &World, clock: &AtomicU64) -> bool {
        let mut arrivals: Vec<Option<Arrival>> = vec![None; self.lines.len()];
        self.lines.iter().enumerate().all(|(index, line)| {
            for (later, arrival) in self.lines.iter().zip(&mut arrivals).skip(index) {
                if later.arrived == index {
                    *arrival = Some(world.arrival());
                }
            }
            clock.store(line.now, Ordering::Relaxed);
            let arrival = arrivals.get(index).copied().flatten().unwrap_or_else(|| world.arrival());
            line.is_answered(&world.respond_since(&line.request, arrival))
        })
    }
}

/// A mock that calls which are made at once meet in: all of them have arrived before the first is answered.
struct Meeting {
    world: Arc<World>,
    now: Box<dyn Fn() -> u64 + Send + Sync>,
    answered: AtomicUsize,
    /// What is asked and answered, where it is wanted.
    lines: Option<Arc<Mutex<Vec<Line>>>>,
}

impl Meeting {
    /// Passes a webhook on, and takes note of how it was answered.
    fn tell(&self, request: http::Request<Bytes>, inbox: &Inbox) -> http::StatusCode {
        let status = inbox.post(request.clone());
        let mut response = http::Response::new(Bytes::new());
        *response.status_mut() = status;
        self.note(request, self.answered.load(Ordering::Relaxed), response);
        status
    }

    fn note(&self, request: http::Request<Bytes>, arrived: usize, response: http::Response<Bytes>) {
        if let Some(lines) = &self.lines {
            lock(lines).push(Line { request, arrived, now: (self.now)(), response });
        }
    }
}

impl Transport for Meeting {
    fn send(
        &self,
        request: http::Request<Bytes>,
        _: Duration,
    ) -> BoxFuture<'_, Result<http::Response<Bytes>, TransportError>> {
        let arrival = self.world.arrival();
        let arrived = self.answered.load(Ordering::Relaxed);
        Box::pin(async move {
            tokio::task::yield_now().await;
            let response = self.world.respond_since(&request, arrival);
            self.answered.fetch_add(1, Ordering::Relaxed);
            self.note(request, arrived, response.clone());
            Ok(response)
        })
    }
}

/// Nothing that is locked here is left half done by a panic.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
