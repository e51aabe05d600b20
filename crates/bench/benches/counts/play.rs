//! Cases that are ready to be played, in virtual time and by this thread alone: what they ask is answered by the built-in mock,
//! or by the answers it gave before.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use countermand_event::{Event, Verdict};
use countermand_harness::{InProcess, Run, Target, TargetOptions, Transport};
use countermand_mock::{Clock, World};
use tokio::runtime::{Builder, Runtime};

use crate::load::Files;

const SPEC: &str = "modern-dropship";
const CASE: &str = "partial/splits-the-item";
/// When virtual time stands still, milliseconds of Unix time.
const YEAR_2026: u64 = 1_767_225_600_000;

/// A run, and what it is to be played on.
pub(crate) struct Ready {
    runtime: Runtime,
    run: Run,
}

/// What was told of a run. The runtime is kept so that its end is not counted.
pub(crate) struct Played {
    pub(crate) events: Vec<Event>,
    _runtime: Runtime,
}

impl Ready {
    /// The cases of the scenarios whose name begins like this.
    pub(crate) fn new(start: &str, transport: impl Transport + 'static) -> Self {
        let suite = Files::some(SPEC, start).load().suite;
        let spec = suite.specs.get(SPEC).expect("the spec is embedded");
        let profile = spec.profile(None).expect("a spec has a profile").name.clone();
        let options = TargetOptions {
            name: "mock".to_owned(),
            base_url: Some("http://mock".to_owned()),
            transport: Some(Arc::new(transport)),
            settle: Some(Duration::ZERO),
            ..TargetOptions::default()
        };
        let target = Target::new(spec, None, options, &|_| None).expect("the mock is a target");
        let run = Run {
            targets: BTreeMap::from([(SPEC.to_owned(), Arc::new(target))]),
            profiles: BTreeMap::from([(SPEC.to_owned(), profile)]),
            cases: suite.cases,
            jobs: 1,
            run_id: "counts".to_owned(),
            started: "2026-01-01T00:00:00Z".to_owned(),
            ..Run::default()
        };
        let runtime = Builder::new_current_thread().enable_time().start_paused(true).build();
        Self { runtime: runtime.expect("a runtime"), run }
    }

    /// Plays to the end.
    pub(crate) fn play(self) -> Played {
        let mut events = Vec::new();
        let mut told = |event| events.push(event);
        self.runtime.block_on(self.run.play(std::future::pending(), &mut told));
        Played { events, _runtime: self.runtime }
    }
}

/// One case, as `run` plays it.
pub(crate) fn in_process() -> Ready {
    let world = mock(None);
    Ready::new(CASE, InProcess(move |request| world.respond(request)))
}

/// The same with the answers that the mock gave when it was played before: the harness alone.
pub(crate) fn canned() -> Ready {
    let answers = Arc::new(Mutex::new(VecDeque::new()));
    let kept = Arc::clone(&answers);
    let world = mock(None);
    let keep = move |request| {
        let answer: http::Response<Bytes> = world.respond(request);
        kept.lock().unwrap_or_else(PoisonError::into_inner).push_back(answer.clone());
        answer
    };
    must_have_passed(Ready::new(CASE, InProcess(keep)).play());
    let next = move |_| answers.lock().unwrap_or_else(PoisonError::into_inner).pop_front().unwrap_or_default();
    Ready::new(CASE, InProcess(next))
}

/// One case and no more was played, and it passed.
pub(crate) fn must_have_passed(played: Played) {
    let verdicts: Vec<Verdict> = played.events.iter().filter_map(Event::case).map(|case| case.verdict).collect();
    assert_eq!(verdicts, [Verdict::Passed], "this is not what was to be counted");
}

/// The mock, right or with a fault.
pub(crate) fn mock(fault: Option<&str>) -> World {
    let model = countermand_model::build(SPEC, &[], fault.as_slice(), countermand_model::Settings::default());
    World::new(model.expect("the spec has a model"), Clock::new(|| YEAR_2026))
}
