//! No false alarm: whatever a conforming implementation chooses where the spec leaves a choice, the suite finds nothing to
//! say of it, but for the SHOULD clauses that an option openly departs from.
//!
//! Every option alone, every pair of options, and fifty random combinations per profile, against the mock in virtual time.
#![expect(clippy::expect_used, reason = "a test that can't be set up stops")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use countermand_harness::event::{CaseResult, Event};
use countermand_harness::{
    Choice, InProcess, Level, Run, Spec, Suite, Target, TargetFile, TargetOptions, Verdict, load_suite, parse_target,
};
use countermand_mock::{Clock, World};
use countermand_model::Settings;

/// An option per choice; a choice that is not named stays as it is.
type Setting = BTreeMap<String, String>;

const SPEC: &str = "modern-dropship";
/// When virtual time begins, milliseconds of Unix time.
const YEAR_2026: u64 = 1_767_225_600_000;
/// Longer than a delayed mock takes to show a change.
const SETTLE: Duration = Duration::from_millis(400);

#[test]
fn every_option_alone_by_the_reference() {
    all_hold("reference", singles);
}

#[test]
fn every_option_alone_by_the_guide() {
    all_hold("guide", singles);
}

#[test]
fn every_pair_and_random_combinations_by_the_reference() {
    all_hold("reference", |spec, profile| [pairs(spec, profile), random(spec, profile, 50)].concat());
}

#[test]
fn every_pair_and_random_combinations_by_the_guide() {
    all_hold("guide", |spec, profile| [pairs(spec, profile), random(spec, profile, 50)].concat());
}

/// The laws are played through a target file against the same mock: what it chooses is none of their business.
#[test]
fn every_option_alone_by_the_laws() {
    let suite = suite();
    let specs = BTreeMap::from([("laws".to_owned(), Arc::clone(&suite.specs["laws"]))]);
    let files = countermand_suite::targets();
    let file = files.iter().find(|file| file.name == "modern-dropship-as-laws").expect("it is in the suite");
    let file =
        parse_target(&file.path, &file.read().expect("it is here"), PathBuf::new(), &specs).expect("it is right");
    let file = Arc::new(file);
    for setting in singles(&suite.specs[SPEC], "reference") {
        let results = play(&suite, &suite.specs["laws"], Some(Arc::clone(&file)), "laws", &setting);
        let alarms = alarms(results, &BTreeSet::new());
        assert!(alarms.is_empty(), "false alarms under {setting:?}:\n{}", alarms.join("\n"));
    }
}

/// The spec and the mock speak of the same choices and options.
#[test]
fn the_mock_has_every_choice_of_the_spec() {
    let suite = suite();
    let of_spec: BTreeMap<&str, Vec<&str>> = suite.specs[SPEC]
        .choices
        .iter()
        .map(|choice| (choice.name.as_str(), choice.options.iter().map(String::as_str).collect()))
        .collect();
    let infos = countermand_model::choices(SPEC).expect("the spec has a model");
    let of_model: BTreeMap<&str, Vec<&str>> =
        infos.iter().map(|choice| (choice.name, choice.options.iter().map(|option| option.name).collect())).collect();
    assert_eq!(of_spec, of_model);
}

fn suite() -> Suite {
    let files = countermand_suite::files();
    load_suite(&files.specs, files.scenarios).expect("the suite loads")
}

fn all_hold(profile: &str, settings: impl Fn(&Spec, &str) -> Vec<Setting>) {
    let suite = suite();
    let spec = &suite.specs[SPEC];
    let settings = settings(spec, profile);
    assert!(settings.len() > 20, "too few settings to mean anything: {}", settings.len());
    for setting in settings {
        let departs: BTreeSet<&String> =
            setting.iter().filter_map(|(name, option)| spec.choice(name)?.departs.get(option)).flatten().collect();
        let alarms = alarms(play(&suite, spec, None, profile, &setting), &departs);
        assert!(alarms.is_empty(), "false alarms under {setting:?} by {profile}:\n{}", alarms.join("\n"));
    }
}

/// The options that a profile allows.
fn options<'s>(spec: &'s Spec, profile: &'s str) -> impl Iterator<Item = (&'s Choice, &'s String)> {
    let of_choice = move |choice: &'s Choice| choice.options.iter().map(move |option| (choice, option));
    spec.choices.iter().flat_map(of_choice).filter(move |(choice, option)| choice.allows(profile, option))
}

fn singles(spec: &Spec, profile: &str) -> Vec<Setting> {
    options(spec, profile).map(|(choice, option)| Setting::from([(choice.name.clone(), option.clone())])).collect()
}

/// Settings in which every pair of options stands together at least once: each is filled up, choice by choice, with the
/// option that meets most partners it has not met.
fn pairs(spec: &Spec, profile: &str) -> Vec<Setting> {
    let all: Vec<(String, String)> =
        options(spec, profile).map(|(choice, option)| (choice.name.clone(), option.clone())).collect();
    let mut open: BTreeSet<(usize, usize)> = (0..all.len())
        .flat_map(|a| (a + 1..all.len()).map(move |b| (a, b)))
        .filter(|(a, b)| all[*a].0 != all[*b].0)
        .collect();
    let mut settings = Vec::new();
    while let Some(&(first, second)) = open.iter().next() {
        let mut chosen = vec![first, second];
        for choice in &spec.choices {
            if chosen.iter().any(|index| all[*index].0 == choice.name) {
                continue;
            }
            let met = |index: usize, other: usize| open.contains(&(index.min(other), index.max(other)));
            let gain = |index: &usize| chosen.iter().filter(|other| met(*index, **other)).count();
            let best = (0..all.len()).filter(|index| all[*index].0 == choice.name).max_by_key(gain);
            chosen.extend(best);
        }
        for a in &chosen {
            for b in &chosen {
                open.remove(&(*a.min(b), *a.max(b)));
            }
        }
        settings.push(chosen.into_iter().map(|index| all[index].clone()).collect());
    }
    settings
}

/// The same combinations every time: a linear congruential generator with a fixed seed.
fn random(spec: &Spec, profile: &str, count: usize) -> Vec<Setting> {
    let mut state: u64 = 0x5eed;
    let mut below = |bound: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % bound
    };
    let mut setting = || -> Setting {
        let pick = |choice: &Choice| {
            let allowed: Vec<&String> = choice.options.iter().filter(|option| choice.allows(profile, option)).collect();
            (choice.name.clone(), allowed[below(allowed.len())].clone())
        };
        spec.choices.iter().map(pick).collect()
    };
    (0..count).map(|_| setting()).collect()
}

/// What the suite says of a mock that it should not.
fn alarms(results: Vec<CaseResult>, departs: &BTreeSet<&String>) -> Vec<String> {
    let mut alarms = Vec::new();
    for result in results {
        let expected = |clause: &String| departs.contains(clause);
        // What is only recorded accuses nobody.
        let judged = result.mismatches.iter().filter(|mismatch| !mismatch.follows && mismatch.level > Level::May);
        let unexpected = judged.filter(|mismatch| !expected(&mismatch.clause));
        alarms.extend(
            unexpected.map(|found| format!("{} step {}: {} ({})", result.id, found.step, found.clause, found.path)),
        );
        if result.verdict == Verdict::CouldNotRun {
            alarms.push(format!("{}: {:?}", result.id, result.trouble.map(|trouble| trouble.message)));
        }
    }
    alarms
}

fn play(
    suite: &Suite,
    spec: &Arc<Spec>,
    file: Option<Arc<TargetFile>>,
    profile: &str,
    setting: &Setting,
) -> Vec<CaseResult> {
    let choices: Vec<(String, String)> = setting.iter().map(|(name, option)| (name.clone(), option.clone())).collect();
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().expect("a runtime");
    let delayed = setting.get("visibility").is_some_and(|option| option == "delayed");
    let mut results = Vec::new();
    runtime.block_on(async {
        let begin = tokio::time::Instant::now();
        let clock = Clock::new(move || YEAR_2026 + begin.elapsed().as_millis() as u64);
        let model = countermand_model::build(SPEC, &choices, Settings::default()).expect("options of the spec");
        let world = World::new(model, clock);
        let options = TargetOptions {
            name: "mock".to_owned(),
            base_url: Some("http://mock".to_owned()),
            transport: Some(Arc::new(InProcess(move |request| world.respond(request)))),
            settle: delayed.then_some(SETTLE),
            ..TargetOptions::default()
        };
        let target = Target::new(spec, file, options, &|_| None).expect("a target");
        let run = Run {
            cases: suite.cases.iter().filter(|case| case.spec.name == spec.name).cloned().collect(),
            targets: BTreeMap::from([(spec.name.clone(), Arc::new(target))]),
            profiles: BTreeMap::from([(spec.name.clone(), profile.to_owned())]),
            jobs: 64,
            fail_fast: false,
            strict: false,
            keep_steps: false,
            proofs: BTreeMap::new(),
            witness: None,
            run_id: "sound".to_owned(),
            started: "2026-01-01T00:00:00Z".to_owned(),
        };
        run.play(std::future::pending(), &mut |event| {
            if let Event::CaseFinished(result) = event {
                results.push(*result);
            }
        })
        .await;
    });
    results
}
