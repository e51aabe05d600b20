//! A run through a target file, in virtual time.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use countermand_event::{Blame, CaseResult, Check, Event, Exchange, Trouble, Verdict};
use countermand_harness::{
    Run, Suite, SuiteFile, Target, TargetError, TargetFile, TargetOptions, Transport, Witness, load_suite, parse_target,
};
use countermand_text::Problem;
use serde_json::Value;

use crate::toy::{problems, suite};

/// What every target file of the toy begins with.
pub(crate) const HEAD: &str = "format: 1\ntarget: the toy\nspec: boxes\n";

/// A scenario of one step that drops the order.
pub(crate) const DROP: &str = "format: 1
spec: boxes
title: Everything is dropped
order: { boxes: { crate: { lines: { mug: { units: 2 } } } } }
steps:
  - call: drop_order
    expect:
      drop.voids-all: { answer: accepted, boxes: { crate: { void: true } } }
";

pub(crate) fn file(name: &str, text: &str) -> SuiteFile {
    SuiteFile { path: format!("{name}.yaml"), name: name.to_owned(), content: text.as_bytes().to_vec().into() }
}

/// So many equal cases, named `0`, `1`, …
pub(crate) fn drops(count: usize) -> Suite {
    suite(&(0..count).map(|number| file(&number.to_string(), DROP)).collect::<Vec<_>>())
}

/// A suite of these scenarios, named `0`, `1`, …
pub(crate) fn cases(texts: &[&str]) -> Suite {
    suite(&texts.iter().enumerate().map(|(number, text)| file(&number.to_string(), text)).collect::<Vec<_>>())
}

/// A suite of another spec.
pub(crate) fn suite_of(spec: &str, scenarios: &[&str]) -> Suite {
    let spec =
        SuiteFile { path: "spec.yaml".to_owned(), name: "spec".to_owned(), content: spec.as_bytes().to_vec().into() };
    let scenarios: Vec<SuiteFile> =
        scenarios.iter().enumerate().map(|(number, text)| file(&number.to_string(), text)).collect();
    load_suite(&[spec], scenarios).unwrap_or_else(|found| panic!("{}", problems(&found)))
}

/// The keys of a target file under the head of one.
pub(crate) fn parse(suite: &Suite, keys: &str) -> Result<TargetFile, Vec<Problem>> {
    parse_target("targets/toy.yaml", format!("{HEAD}{keys}").as_bytes(), PathBuf::new(), &suite.specs)
}

/// A target by those keys.
pub(crate) fn target(
    suite: &Suite,
    keys: &str,
    transport: Arc<dyn Transport>,
    env: fn(&str) -> Option<String>,
) -> Result<Target, TargetError> {
    let file = parse(suite, keys).unwrap_or_else(|found| panic!("{}", problems(&found)));
    by_file(suite, file, Some(transport), env)
}

pub(crate) fn by_file(
    suite: &Suite,
    file: TargetFile,
    transport: Option<Arc<dyn Transport>>,
    env: fn(&str) -> Option<String>,
) -> Result<Target, TargetError> {
    let options = TargetOptions { name: "the toy".to_owned(), transport, ..TargetOptions::default() };
    let spec = Arc::clone(&suite.specs[&file.spec]);
    Target::new(&spec, Some(Arc::new(file)), options, &env)
}

/// How to play.
pub(crate) struct Through {
    pub(crate) jobs: usize,
    /// Prove the target by dropping an order.
    pub(crate) proof: bool,
    pub(crate) env: fn(&str) -> Option<String>,
}

impl Default for Through {
    fn default() -> Self {
        Self { jobs: 1, proof: false, env: |_| None }
    }
}

impl Through {
    /// Plays every case through the target file.
    pub(crate) fn play(&self, suite: &Suite, keys: &str, transport: Arc<dyn Transport>) -> Told {
        self.on(suite, target(suite, keys, transport, self.env).expect("a usable target"))
    }

    pub(crate) fn on(&self, suite: &Suite, target: Target) -> Told {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
        runtime.expect("a runtime").block_on(self.run(suite, target))
    }

    /// The same in a runtime of the caller's.
    pub(crate) async fn run(&self, suite: &Suite, target: Target) -> Told {
        let name = suite.specs.keys().next().expect("a spec").clone();
        let told = Arc::new(Told::default());
        let proof = proof();
        let run = Run {
            shard: None,
            baseline: None,
            earlier: vec![],
            cases: suite.cases.clone(),
            targets: BTreeMap::from([(name.clone(), Arc::new(target))]),
            profiles: BTreeMap::from([(name.clone(), suite.specs[&name].profiles[0].name.clone())]),
            jobs: self.jobs,
            fail_fast: false,
            strict: false,
            keep_steps: true,
            proofs: if self.proof { proof } else { BTreeMap::new() },
            witness: Some(Arc::<Told>::clone(&told)),
            inbox: Arc::default(),
            known_faults: None,
            run_id: "r".to_owned(),
            started: "2026-01-01T00:00:00Z".to_owned(),
        };
        run.play(std::future::pending(), &mut |event| lock(&told.events).push(event)).await;
        Arc::try_unwrap(told).unwrap_or_else(|told| Told {
            events: Mutex::new(lock(&told.events).clone()),
            exchanges: Mutex::new(lock(&told.exchanges).clone()),
        })
    }
}

/// A proof of the toy that drops an order.
fn proof() -> BTreeMap<String, Arc<countermand_harness::Case>> {
    let text = DROP.split("    expect:").next().expect("its beginning");
    let spec = include_str!("../toy/spec.yaml");
    let spec =
        SuiteFile { path: "boxes/spec.yaml".to_owned(), name: "spec".to_owned(), content: spec.as_bytes().into() };
    load_suite(&[spec, file("proof", text)], Vec::new()).unwrap_or_else(|found| panic!("{}", problems(&found))).proofs
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What was told of a run.
#[derive(Default)]
pub(crate) struct Told {
    events: Mutex<Vec<Event>>,
    exchanges: Mutex<Vec<Exchange>>,
}

impl Witness for Told {
    fn order_created(&self, _spec: &str, _case: &str, _key: &str, _order: &Value) {}

    fn exchanged(&self, _spec: &str, _case: &str, exchange: Exchange) {
        lock(&self.exchanges).push(exchange);
    }
}

impl Told {
    pub(crate) fn cases(&self) -> Vec<CaseResult> {
        let case = |event: &Event| match event {
            Event::CaseFinished(result) => Some((**result).clone()),
            _ => None,
        };
        lock(&self.events).iter().filter_map(case).collect()
    }

    pub(crate) fn verdicts(&self) -> Vec<Verdict> {
        self.cases().iter().map(|case| case.verdict).collect()
    }

    #[track_caller]
    pub(crate) fn all_passed(&self) {
        assert!(self.cases().iter().all(|case| case.verdict == Verdict::Passed), "{}", self.shown());
        assert!(
            !self.cases().is_empty() && self.checks().iter().all(|check| check.trouble.is_none()),
            "{}",
            self.shown()
        );
    }

    /// The only case could not run: whose fault it is, and why.
    #[track_caller]
    pub(crate) fn halted(&self) -> (Blame, Trouble) {
        let cases = self.cases();
        let [case] = cases.as_slice() else { panic!("one case: {}", self.shown()) };
        assert_eq!(case.verdict, Verdict::CouldNotRun, "{}", self.shown());
        assert!(case.mismatches.is_empty(), "{}", self.shown());
        let trouble = case.trouble.clone().expect("why");
        (trouble.blame, trouble)
    }

    /// What was tried to prove the target.
    pub(crate) fn checks(&self) -> Vec<Check> {
        let checks = |event: &Event| match event {
            Event::TargetProved(proof) => proof.checks.clone(),
            _ => Vec::new(),
        };
        lock(&self.events).iter().flat_map(checks).collect()
    }

    pub(crate) fn exchanges(&self) -> Vec<Exchange> {
        lock(&self.exchanges).clone()
    }

    /// Everything that was told, as JSON.
    pub(crate) fn text(&self) -> String {
        let events: String =
            lock(&self.events).iter().map(|event| serde_json::to_string(event).expect("JSON") + "\n").collect();
        events + &serde_json::to_string(&*lock(&self.exchanges)).expect("JSON")
    }

    fn shown(&self) -> String {
        crate::toy::outcome(&lock(&self.events))
    }
}
