//! Plays cases against a model in this process, in virtual time: a second of settling costs nothing, and the same calls
//! come out the same. Judges nothing.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use countermand_harness::event::{CaseResult, Event};
use countermand_harness::{
    BoxFuture, Case, Run, Spec, Target, TargetError, TargetFile, TargetOptions, Transport, TransportError,
};
use countermand_mock::{Clock, World};
use countermand_model::{ModelError, Settings};

use crate::settings::Setting;

/// When virtual time begins, milliseconds of Unix time.
const YEAR_2026: u64 = 1_767_225_600_000;
/// Longer than a mock takes to show a change that it shows late.
const SETTLE: Duration = Duration::from_millis(400);
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
    /// Plays cases against a model with these choices and this fault, each case on orders of its own.
    ///
    /// # Errors
    /// When the model has no such choice or fault, or the target can't be made.
    pub fn play(
        &self,
        cases: &[Arc<Case>],
        setting: &Setting,
        fault: Option<&str>,
    ) -> Result<Vec<CaseResult>, StageError> {
        let picks: Vec<(String, String)> = setting.iter().map(|(name, option)| (name.clone(), option.clone())).collect();
        let delayed = fault.is_some() || setting.get("visibility").is_some_and(|option| option == "delayed");
        let model =
            countermand_model::build(&self.model, &picks, fault, Settings::default()).map_err(StageError::Model)?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
        runtime.map_err(StageError::Runtime)?.block_on(async {
            let begin = tokio::time::Instant::now();
            let clock = Clock::new(move || YEAR_2026 + begin.elapsed().as_millis() as u64);
            let options = TargetOptions {
                name: "mock".to_owned(),
                base_url: Some("http://mock".to_owned()),
                transport: Some(Arc::new(Meeting(World::new(model, clock)))),
                settle: delayed.then_some(SETTLE),
                ..TargetOptions::default()
            };
            let target = Target::new(&self.spec, self.file.clone(), options, &|_| None).map_err(StageError::Target)?;
            let run = Run {
                cases: cases.to_vec(),
                targets: BTreeMap::from([(self.spec.name.clone(), Arc::new(target))]),
                profiles: BTreeMap::from([(self.spec.name.clone(), self.profile.clone())]),
                jobs: JOBS,
                run_id: "lab".to_owned(),
                started: "2026-01-01T00:00:00Z".to_owned(),
                ..Run::default()
            };
            let mut results = Vec::new();
            run.play(std::future::pending(), &mut |event| {
                if let Event::CaseFinished(result) = event {
                    results.push(*result);
                }
            })
            .await;
            Ok(results)
        })
    }
}

/// Calls that are made at once meet here: all of them have arrived before the first is answered.
struct Meeting(World);

impl Transport for Meeting {
    fn send(
        &self,
        request: http::Request<Bytes>,
        _: Duration,
    ) -> BoxFuture<'_, Result<http::Response<Bytes>, TransportError>> {
        let arrival = self.0.arrival();
        Box::pin(async move {
            tokio::task::yield_now().await;
            Ok(self.0.respond_since(&request, arrival))
        })
    }
}
