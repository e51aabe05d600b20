//! Settings of the choices that a spec leaves open: one by one, in pairs, at random.

use std::collections::{BTreeMap, BTreeSet};

use countermand_harness::{Choice, Spec};

use crate::dice::Dice;

/// An option per choice; a choice that is not named stays as it is.
pub type Setting = BTreeMap<String, String>;

/// Every option that the profile allows, alone.
#[must_use]
pub fn singles(spec: &Spec, profile: &str) -> Vec<Setting> {
    options(spec, profile).map(|(choice, option)| Setting::from([(choice.name.clone(), option.clone())])).collect()
}

/// Settings in which every pair of options stands together at least once: each is filled up, choice by choice, with the
/// option that meets most partners it has not met.
#[must_use]
pub fn pairs(spec: &Spec, profile: &str) -> Vec<Setting> {
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

/// So many combinations of what the profile allows, the same for the same seed.
#[must_use]
pub fn random(spec: &Spec, profile: &str, count: usize, seed: u64) -> Vec<Setting> {
    let mut dice = Dice::new(seed);
    let mut setting = || -> Setting {
        let pick = |choice: &Choice| {
            let allowed: Vec<&String> = choice.options.iter().filter(|option| choice.allows(profile, option)).collect();
            (choice.name.clone(), allowed[dice.below(allowed.len())].clone())
        };
        spec.choices.iter().filter(|choice| !choice.options.is_empty()).map(pick).collect()
    };
    (0..count).map(|_| setting()).collect()
}

/// Every option that the profile allows, alone, and so many combinations at random: what a suite is asked to be sound under.
#[must_use]
pub fn singles_and_random(spec: &Spec, profile: &str, count: usize, seed: u64) -> Vec<Setting> {
    [singles(spec, profile), random(spec, profile, count, seed)].concat()
}

/// The options that a profile allows.
fn options<'s>(spec: &'s Spec, profile: &'s str) -> impl Iterator<Item = (&'s Choice, &'s String)> {
    let of_choice = move |choice: &'s Choice| choice.options.iter().map(move |option| (choice, option));
    spec.choices.iter().flat_map(of_choice).filter(move |(choice, option)| choice.allows(profile, option))
}
