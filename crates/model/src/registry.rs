//! From a spec's name to its model. What the specs say is theirs; this only finds and builds them.

use crate::choice::{ChoiceInfo, Choices};
use crate::error::ModelError;
use crate::fault::FaultInfo;
use crate::laws::{self, Laws};
use crate::model::{Model, Settings};
use crate::modern_dropship::{self, ModernDropship};
use crate::trendyol::{self, Trendyol};

/// Longer than a change that [`is_late`] takes to be seen, milliseconds.
pub const LATEST_MS: u64 = 400;

/// What the registry knows of one spec.
struct Entry {
    spec: &'static str,
    choices: &'static [ChoiceInfo],
    faults: &'static [FaultInfo],
    build: fn(Choices, &[&str], Settings) -> Box<dyn Model>,
}

const ENTRIES: &[Entry] = &[
    Entry {
        spec: "laws",
        choices: laws::INFOS,
        faults: &[],
        build: |choices, _, settings| Box::new(Laws::new(choices, settings)),
    },
    Entry {
        spec: "modern-dropship",
        choices: modern_dropship::INFOS,
        faults: modern_dropship::FAULTS,
        build: |choices, faults, settings| {
            Box::new(ModernDropship::new(choices, modern_dropship::Fault::named(faults), settings))
        },
    },
    Entry {
        spec: "trendyol",
        choices: trendyol::INFOS,
        faults: trendyol::FAULTS,
        build: |choices, faults, settings| Box::new(Trendyol::new(choices, trendyol::Fault::named(faults), settings)),
    },
];

/// The names of the specs that have a model.
#[must_use]
pub fn specs() -> Vec<&'static str> {
    ENTRIES.iter().map(|entry| entry.spec).collect()
}

/// Those whose model can be built with a fault.
#[must_use]
pub fn specs_with_faults() -> Vec<&'static str> {
    ENTRIES.iter().filter(|entry| !entry.faults.is_empty()).map(|entry| entry.spec).collect()
}

fn entry(spec: &str) -> Option<&'static Entry> {
    ENTRIES.iter().find(|entry| entry.spec == spec)
}

/// The points a spec leaves open, or nothing if there is no such spec.
#[must_use]
pub fn choices(spec: &str) -> Option<&'static [ChoiceInfo]> {
    entry(spec).map(|entry| entry.choices)
}

/// Whether, with these picks of choice and option, a change is seen some 100 ms after it was accepted.
#[must_use]
pub fn is_late<'p>(spec: &str, picks: impl IntoIterator<Item = (&'p String, &'p String)>) -> bool {
    let infos = choices(spec).unwrap_or_default();
    let option = |(choice, option): (&String, &String)| {
        let info = infos.iter().find(|info| info.name == choice)?;
        info.options.iter().find(|known| known.name == option)
    };
    picks.into_iter().filter_map(option).any(|option| option.late)
}

/// The faults that the model of a spec can be built with, or nothing if there is no such spec.
#[must_use]
pub fn faults(spec: &str) -> Option<&'static [FaultInfo]> {
    entry(spec).map(|entry| entry.faults)
}

/// Builds the model of a spec. `picks` are pairs of choice and option; what they leave out takes its default. For
/// each of the `faults` the model reads one rule wrong; their order makes no difference.
///
/// # Errors
/// When the spec, a choice, an option or a fault has no such name, or one choice is given two different options.
pub fn build(
    spec: &str,
    picks: &[(String, String)],
    faults: &[&str],
    settings: Settings,
) -> Result<Box<dyn Model>, ModelError> {
    let entry = entry(spec).ok_or_else(|| ModelError::UnknownSpec { spec: spec.to_owned(), known: specs() })?;
    let known = || entry.faults.iter().map(|info| info.name);
    if let Some(unknown) = faults.iter().find(|name| known().all(|known| known != **name)) {
        return Err(ModelError::UnknownFault { fault: (*unknown).to_owned(), known: known().collect() });
    }
    Ok((entry.build)(Choices::pick(entry.choices, picks)?, faults, settings))
}
