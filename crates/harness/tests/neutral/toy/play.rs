//! Plays cases of the toy contract against a toy, in virtual time.

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use countermand_event::{Event, RunSummary};
use countermand_harness::{Inbox, Run, Suite, SuiteFile, Target, TargetOptions, Transport, load_suite};
use serde_json::Value;

use super::server::Toy;
use super::wrong::{Setting, Wrong};

/// The toy contract.
const SPEC: &str = include_str!("spec.yaml");

/// The specs that toy scenarios are loaded with.
pub(crate) fn load(scenarios: &[SuiteFile]) -> Result<Suite, Vec<countermand_text::Problem>> {
    let spec =
        SuiteFile { path: "boxes/spec.yaml".to_owned(), name: "spec".to_owned(), content: SPEC.as_bytes().into() };
    load_suite(&[spec], scenarios.to_vec())
}

/// The same, of files that must be right.
pub(crate) fn suite(scenarios: &[SuiteFile]) -> Suite {
    load(scenarios).unwrap_or_else(|problems| panic!("{}", super::problems(&problems)))
}

/// How to play.
pub(crate) struct Play {
    pub(crate) profile: String,
    pub(crate) settle: Duration,
    pub(crate) webhook_settle: Option<Duration>,
    pub(crate) jobs: usize,
    pub(crate) fail_fast: bool,
    pub(crate) strict: bool,
    pub(crate) keep_steps: bool,
    pub(crate) env: fn(&str) -> Option<String>,
    pub(crate) inbox: Arc<Inbox>,
}

impl Default for Play {
    fn default() -> Self {
        Self {
            profile: "strict".to_owned(),
            settle: Duration::ZERO,
            webhook_settle: None,
            jobs: 1,
            fail_fast: false,
            strict: false,
            keep_steps: false,
            env: |_| None,
            inbox: Arc::new(Inbox::in_process()),
        }
    }
}

impl Play {
    /// A toy whose webhooks come here.
    pub(crate) fn toy(&self, setting: Setting, wrongs: &[Wrong]) -> Arc<Toy> {
        Arc::new(Toy::new(setting, wrongs).telling(&self.inbox))
    }

    /// Plays every case of a suite and gives back every event.
    pub(crate) fn against(&self, suite: &Suite, transport: Arc<dyn Transport>) -> Vec<Event> {
        self.until(std::future::pending(), suite, transport).0
    }

    /// The same, ended by `stop`.
    pub(crate) fn until(
        &self,
        stop: impl Future<Output = ()>,
        suite: &Suite,
        transport: Arc<dyn Transport>,
    ) -> (Vec<Event>, RunSummary) {
        let options = TargetOptions {
            name: "the toy".to_owned(),
            transport: Some(transport),
            timeout: Some(Duration::from_secs(5)),
            settle: Some(self.settle),
            webhook_settle: self.webhook_settle,
            ..TargetOptions::default()
        };
        let target = Target::new(&suite.specs["boxes"], None, options, &self.env).expect("a usable target");
        let run = Run {
            shard: None,
            baseline: None,
            earlier: vec![],
            cases: suite.cases.clone(),
            targets: BTreeMap::from([("boxes".to_owned(), Arc::new(target))]),
            profiles: BTreeMap::from([("boxes".to_owned(), self.profile.clone())]),
            jobs: self.jobs,
            fail_fast: self.fail_fast,
            strict: self.strict,
            keep_steps: self.keep_steps,
            proofs: BTreeMap::new(),
            witness: None,
            inbox: Arc::clone(&self.inbox),
            known_faults: None,
            run_id: "r".to_owned(),
            started: "2026-01-01T00:00:00Z".to_owned(),
        };
        // Time stands still but for sleeps, which take none: a settle time costs nothing and no slow machine runs out of it.
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
        let mut events = Vec::new();
        let summary = runtime.expect("a runtime").block_on(run.play(stop, &mut |event| events.push(event)));
        (events, summary)
    }
}

/// An event as JSON, without how long anything took.
pub(crate) fn timeless(event: &Event) -> Value {
    fn strip(value: &mut Value) {
        match value {
            Value::Object(map) => {
                map.remove("millis");
                map.values_mut().for_each(strip);
            }
            Value::Array(list) => list.iter_mut().for_each(strip),
            _ => {}
        }
    }
    let mut value = serde_json::to_value(event).expect("events are JSON");
    strip(&mut value);
    value
}
