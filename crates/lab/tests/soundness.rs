//! No false alarm: whatever a conforming implementation chooses where the spec leaves a choice, the suite finds nothing to
//! say of it, but for the SHOULD clauses that an option openly departs from.
//!
//! Every option alone, every pair of options, and fifty random combinations per profile, against the mock in virtual time.
#![expect(clippy::expect_used, reason = "a test that can't be set up stops")]

mod setting_out;

use std::collections::BTreeMap;

use countermand_harness::Spec;
use countermand_lab::{Setting, Stage, alarms, false_alarms, pairs, random, singles};
use setting_out::{LAWS, SPEC, TRENDYOL, packages, stage, suite, units};

/// Of the random combinations: any will do, as long as it stays the same.
const SEED: u64 = 0x5eed;

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
    all_hold("reference", |spec, profile| [pairs(spec, profile), random(spec, profile, 50, SEED)].concat());
}

#[test]
fn every_pair_and_random_combinations_by_the_guide() {
    all_hold("guide", |spec, profile| [pairs(spec, profile), random(spec, profile, 50, SEED)].concat());
}

#[test]
fn every_option_alone_of_trendyol() {
    all_of_them_hold(&stage(&suite(), TRENDYOL, "domestic"), singles);
}

/// The levels of a few clauses aside the profiles judge by the same: the pairs are left to one of them.
#[test]
fn random_combinations_of_trendyol() {
    for profile in ["domestic", "international"] {
        all_of_them_hold(&stage(&suite(), TRENDYOL, profile), |spec, profile| random(spec, profile, 25, SEED));
    }
}

/// The laws are played through target files against the same mocks: what they choose is none of their business.
#[test]
fn every_option_alone_by_the_laws() {
    let suite = suite();
    let cases = suite.cases.iter().filter(|case| case.spec.name == LAWS).cloned().collect::<Vec<_>>();
    for (laws, of, profile) in
        [(stage(&suite, LAWS, "laws"), SPEC, "reference"), (packages(&suite), TRENDYOL, "domestic")]
    {
        for setting in singles(&suite.specs[of], profile) {
            let results = laws.play(&cases, &setting, &[]).expect("options of the spec");
            let alarms = alarms(&suite.specs[of], &Setting::new(), &results);
            assert!(alarms.is_empty(), "false alarms under {setting:?}:\n{alarms:#?}");
        }
    }
}

/// And against their own mock, whatever they leave open.
#[test]
fn every_option_of_the_laws() {
    all_of_them_hold(&units(&suite()), |spec, profile| {
        [singles(spec, profile), pairs(spec, profile), random(spec, profile, 50, SEED)].concat()
    });
}

/// The specs and the mocks speak of the same choices and options.
#[test]
fn a_mock_has_every_choice_of_its_spec() {
    let suite = suite();
    for (name, spec) in &suite.specs {
        let choices = spec.choices.iter();
        let of_spec: BTreeMap<&str, Vec<&str>> =
            choices.map(|choice| (choice.name.as_str(), choice.options.iter().map(String::as_str).collect())).collect();
        let infos = countermand_model::choices(name).expect("the spec has a model").iter();
        let of_model: BTreeMap<&str, Vec<&str>> =
            infos.map(|choice| (choice.name, choice.options.iter().map(|option| option.name).collect())).collect();
        assert_eq!(of_spec, of_model, "{name}");
    }
}

fn all_hold(profile: &str, settings: impl Fn(&Spec, &str) -> Vec<Setting>) {
    all_of_them_hold(&stage(&suite(), SPEC, profile), settings);
}

fn all_of_them_hold(stage: &Stage, settings: impl Fn(&Spec, &str) -> Vec<Setting>) {
    let Stage { spec, profile, .. } = stage;
    let cases = suite().cases.iter().filter(|case| case.spec.name == spec.name).cloned().collect::<Vec<_>>();
    let settings = settings(spec, profile);
    assert!(settings.len() > 20, "too few settings to mean anything: {}", settings.len());
    let alarms = false_alarms(stage, &cases, &settings, &|| {}).expect("options of the spec");
    assert!(alarms.is_empty(), "false alarms by {profile}:\n{alarms:#?}");
}
