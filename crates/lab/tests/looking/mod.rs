#![allow(dead_code, reason = "each of the programs that share this needs a part of it")]
//! Targets that no row of a kill matrix is of, and how they fail: two faults at once, a fault where other options are chosen, an
//! adapter that sends every cancel twice.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use countermand_event::matrix::Kill;
use countermand_event::{CaseResult, Level, Likeness};
use countermand_harness::{InProcess, Inbox, Run, Suite, Target, TargetOptions, WaitingCase};
use countermand_lab::{Script, Setting, Stage, random};
use countermand_mock::{Clock, World, deliver_within};
use countermand_model::{FaultInfo, Settings};

/// A target, and what is really wrong with it.
struct Odd {
    /// What kind of target it is.
    kind: Kind,
    /// Its faults.
    faults: Vec<&'static str>,
    /// What it chooses.
    setting: Setting,
}

/// The kinds of targets that are tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    /// One fault, where other options are chosen than when the matrix was made.
    Choosing,
    /// Two faults at once.
    Two,
    /// Two faults at once, where other options are chosen.
    TwoChoosing,
    /// No fault, but an adapter that sends every cancel twice.
    Twice,
    /// A fault behind such an adapter.
    FaultTwice,
}

impl Kind {
    pub(crate) const ALL: [Self; 5] = [Self::Choosing, Self::Two, Self::TwoChoosing, Self::Twice, Self::FaultTwice];

    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::Choosing => "one fault, random choices",
            Self::Two => "two faults",
            Self::TwoChoosing => "two faults, random choices",
            Self::Twice => "every cancel sent twice, random choices",
            Self::FaultTwice => "one fault, every cancel sent twice",
        }
    }

    fn is_twice(self) -> bool {
        matches!(self, Self::Twice | Self::FaultTwice)
    }
}

/// So many targets of each kind, the same for the same seed.
fn odd(stage: &Stage, counts: &[(Kind, usize)], seed: u64) -> Vec<Odd> {
    let faults = countermand_model::faults(&stage.model).expect("the spec has a model");
    let judged: Vec<&'static FaultInfo> =
        faults.iter().filter(|fault| stage.spec.level(fault.clause, &stage.profile) > Level::May).collect();
    let mut state = seed;
    let mut any = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        judged[(state >> 33) as usize % judged.len()].name
    };
    let mut all = Vec::new();
    for (kind, count) in counts {
        let settings = random(&stage.spec, &stage.profile, *count, seed.wrapping_add(*kind as u64 + 1));
        for (nth, setting) in settings.into_iter().enumerate() {
            let how_many = match kind {
                Kind::Two | Kind::TwoChoosing => 2,
                Kind::Choosing | Kind::FaultTwice => 1,
                Kind::Twice => 0,
            };
            let mut faults = Vec::new();
            while faults.len() < how_many {
                let fault = any();
                if !faults.contains(&fault) {
                    faults.push(fault);
                }
            }
            // The first of those that only send twice chooses as the matrix does.
            let chooses = matches!(kind, Kind::Choosing | Kind::TwoChoosing) || *kind == Kind::Twice && nth > 0;
            all.push(Odd { kind: *kind, faults, setting: if chooses { setting } else { Setting::new() } });
        }
    }
    all
}

/// A target that was tried, and what its run was told that it looks like.
#[derive(Debug)]
pub(crate) struct Tried {
    pub(crate) spec: String,
    pub(crate) kind: Kind,
    pub(crate) faults: Vec<&'static str>,
    pub(crate) setting: Setting,
    pub(crate) named: Option<Likeness>,
}

impl Tried {
    /// Whether a fault was named that is not there. One of two that are is no wrong name: what is told of it is only that all of
    /// it, or so much, is among what differs.
    pub(crate) fn is_wrong(&self) -> bool {
        self.named.as_ref().is_some_and(|named| !self.faults.contains(&named.fault.as_str()))
    }
}

/// Plays the suite against so many targets of each kind.
pub(crate) fn tried(suite: &Suite, spec: &str, profile: &str, counts: &[(Kind, usize)], seed: u64) -> Vec<Tried> {
    let stage = crate::setting_out::stage(suite, spec, profile);
    let matrix = countermand_suite::teeth(spec, profile).expect("it is written down");
    let cases: Vec<Arc<WaitingCase>> = suite.cases.iter().filter(|case| case.spec.name == spec).cloned().collect();
    let played: BTreeSet<&str> = cases.iter().map(|case| case.id.as_str()).collect();
    let scripts = stage.rehearse(&cases, &Setting::new(), &[]).expect("they can be played");
    let targets = odd(&stage, counts, seed);
    let (next, done) = (AtomicUsize::new(0), Mutex::new(BTreeMap::new()));
    let work = || {
        while let Some((nth, odd)) =
            Some(next.fetch_add(1, Ordering::Relaxed)).and_then(|nth| Some((nth, targets.get(nth)?)))
        {
            let failed = failed(&stage, &cases, &scripts, odd);
            let options = odd.setting.iter().map(|(choice, option)| (choice.as_str(), option.as_str()));
            let departs = stage.spec.departures(options);
            let named = matrix.resembled(&failed, |case| played.contains(case), &departs);
            done.lock().unwrap_or_else(PoisonError::into_inner).insert(nth, named);
        }
    };
    std::thread::scope(|scope| {
        scope.spawn(work);
        scope.spawn(work);
    });
    let named = done.into_inner().unwrap_or_else(PoisonError::into_inner).into_values();
    let tried = |(odd, named): (Odd, Option<Likeness>)| Tried {
        spec: spec.to_owned(),
        kind: odd.kind,
        faults: odd.faults,
        setting: odd.setting,
        named,
    };
    targets.into_iter().zip(named).map(tried).collect()
}

/// The measure as a page of Markdown.
pub(crate) fn page(all: &[Tried], specs: &[(&str, &str)], seed: u64) -> String {
    let specs: Vec<String> = specs.iter().map(|(spec, profile)| format!("{spec} ({profile})")).collect();
    let mut page = format!(
        "# Looks like\n\nWhat a whole run is told that it looks like, where its target is one that no row of the kill matrix is of:\n\
         {}, drawn by {seed}. A name is right where that fault is there; where another is there too, it is\n\
         told with the words \"among what differs is all that it shows\", or how much. Written by\n\
         `cargo run -p countermand-lab --example looks_like`.\n\n\
         | target | runs | right | of them among others | silent | wrong |\n|---|---|---|---|---|---|\n",
        specs.join(" and ")
    );
    let mut line = |words: &str, of: &[&Tried]| {
        let named = of.iter().filter(|tried| tried.named.is_some()).count();
        let wrong = of.iter().filter(|tried| tried.is_wrong()).count();
        let right = of.iter().filter(|tried| !tried.is_wrong()).filter_map(|tried| tried.named.as_ref());
        let among = right.filter(|named| named.shown < named.of || named.beside > 0).count();
        let (runs, right, silent) = (of.len(), named - wrong, of.len() - named);
        // Writing to a string cannot fail.
        let _ = writeln!(page, "| {words} | {runs} | {right} | {among} | {silent} | {wrong} |");
    };
    for kind in Kind::ALL {
        line(kind.words(), &all.iter().filter(|tried| tried.kind == kind).collect::<Vec<_>>());
    }
    line("all", &all.iter().collect::<Vec<_>>());
    for tried in all.iter().filter(|tried| tried.is_wrong()) {
        let named = tried.named.as_ref().map(|named| named.fault.as_str()).unwrap_or_default();
        let _ = writeln!(
            page,
            "\nWrong: {} with {} ({}) was told `{named}`.",
            tried.spec,
            if tried.faults.is_empty() { "no fault".to_owned() } else { format!("`{}`", tried.faults.join("` and `")) },
            tried.kind.words(),
        );
    }
    page
}

/// How the cases fail against such a target. `scripts` are of a conforming one.
fn failed(stage: &Stage, cases: &[Arc<WaitingCase>], scripts: &[Script], odd: &Odd) -> Vec<Kill> {
    let results = match odd.kind {
        kind if kind.is_twice() => sent_twice(stage, cases, odd),
        Kind::Two => {
            let cases = stage.differing(scripts, &odd.setting, &odd.faults).expect("they are faults");
            stage.play(&cases, &odd.setting, &odd.faults).expect("it can be played")
        }
        _ => stage.play(cases, &odd.setting, &odd.faults).expect("it can be played"),
    };
    results.iter().filter_map(Kill::of).collect()
}

/// The mock behind an adapter that sends each cancel twice, and tells the first answer.
fn sent_twice(stage: &Stage, cases: &[Arc<WaitingCase>], odd: &Odd) -> Vec<CaseResult> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
    runtime.expect("it starts").block_on(async {
        let begin = tokio::time::Instant::now();
        let now = move || 1_767_225_600_000 + u64::try_from(begin.elapsed().as_millis()).expect("not for ever");
        let picks: Vec<(String, String)> = odd.setting.iter().map(|(c, o)| (c.clone(), o.clone())).collect();
        let model = countermand_model::build(&stage.model, &picks, &odd.faults, Settings::default());
        let world = Arc::new(World::new(model.expect("there is one"), Clock::new(now)));
        let inbox = Arc::new(Inbox::in_process());
        let postbox = Arc::clone(&inbox);
        tokio::spawn(deliver_within(Arc::clone(&world), move |request| postbox.post(request)));
        let adapter = move |request: http::Request<Bytes>| {
            let path = request.uri().path();
            let cancels = request.method() != http::Method::GET
                && (path.ends_with("/cancel") || path.ends_with("/items/unsupplied"));
            let again = cancels.then(|| request.clone());
            let answer = world.respond(request);
            if let Some(again) = again {
                drop(world.respond(again));
            }
            answer
        };
        let options = TargetOptions {
            name: "mock".to_owned(),
            base_url: Some("http://mock".to_owned()),
            transport: Some(Arc::new(InProcess(adapter))),
            settle: Some(Duration::from_millis(400)),
            ..TargetOptions::default()
        };
        let target = Target::new(&stage.spec, None, options, &|_| None).expect("the binding is whole");
        let run = Run {
            cases: cases.to_vec(),
            targets: BTreeMap::from([(stage.spec.name.clone(), Arc::new(target))]),
            profiles: BTreeMap::from([(stage.spec.name.clone(), stage.profile.clone())]),
            jobs: 8,
            inbox,
            run_id: "twice".to_owned(),
            started: "2026-01-01T00:00:00Z".to_owned(),
            ..Run::default()
        };
        run.results().await
    })
}
