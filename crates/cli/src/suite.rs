//! Which cases a command is about: the embedded suite or the paths of the user, narrowed by `--spec` and `--filter`.

use std::collections::BTreeMap;
use std::sync::Arc;

use countermand_harness::{Spec, Suite, discover, load_some, needed};

use crate::args::Selection;
use crate::exit::Failure;

/// Loads the selected cases.
pub(crate) fn load(selection: &Selection) -> Result<Suite, Failure> {
    let embedded = countermand_suite::files();
    let (own, scenarios) = match selection.paths.is_empty() {
        true => (Vec::new(), embedded.scenarios),
        false => {
            let found = discover(&selection.paths)?;
            (found.specs, found.scenarios)
        }
    };
    // A spec that is asked for by name has to be looked for among all.
    let specs = match selection.spec {
        Some(_) => embedded.specs,
        None => needed(embedded.specs, &own, &scenarios, &selection.filters),
    };
    // A spec beside the scenarios stands in for the embedded one of its name.
    let specs: Vec<_> = specs.into_iter().chain(own).collect();
    let mut suite = load_some(&specs, scenarios, &selection.filters)?;
    if let Some(spec) = &selection.spec {
        if !suite.specs.contains_key(spec) {
            let known: Vec<&str> = suite.specs.keys().map(String::as_str).collect();
            return Err(Failure::Message(format!("there is no spec `{spec}`: there is {}", known.join(", "))));
        }
        suite.cases.retain(|case| case.spec.name == *spec);
    }
    if suite.cases.is_empty() && !selection.filters.is_empty() {
        let filters = selection.filters.join("` or `");
        return Err(Failure::Message(format!("no case id contains `{filters}`: `countermand list` shows them all")));
    }
    Ok(suite)
}

/// Keeps what an endpoint at a URL can be played with: of the suite in this program only specs that say how they are spoken.
pub(crate) fn keep_bound(suite: &mut Suite, selection: &Selection) {
    if selection.paths.is_empty() && selection.spec.is_none() {
        suite.cases.retain(|case| case.spec.is_bound());
        suite.proofs.retain(|_, case| case.spec.is_bound());
    }
}

/// Keeps the cases of one spec, of which there must be some: an empty run is never a green one.
pub(crate) fn keep_spec(suite: &mut Suite, spec: &str) -> Result<(), Failure> {
    suite.cases.retain(|case| case.spec.name == spec);
    match suite.cases.is_empty() {
        true => Err(Failure::Message(format!("none of the cases is of spec `{spec}`, which the target speaks"))),
        false => Ok(()),
    }
}

/// The profile per spec: the one that was asked for, or each spec's first. Of specs that have no such profile no case is kept.
pub(crate) fn profiles(suite: &mut Suite, wanted: Option<&str>) -> Result<BTreeMap<String, String>, Failure> {
    let specs = used_specs(suite);
    let profile = |spec: &Arc<Spec>| Some((spec.name.clone(), spec.profile(wanted)?.name.clone()));
    let profiles: BTreeMap<String, String> = specs.iter().filter_map(profile).collect();
    if profiles.is_empty() && !specs.is_empty() {
        let names = specs.iter().flat_map(|spec| &spec.profiles).map(|profile| profile.name.as_str());
        let known = names.collect::<Vec<_>>().join(", ");
        let wanted = wanted.unwrap_or_default();
        return Err(Failure::Message(format!("there is no profile `{wanted}`: there is {known}")));
    }
    suite.cases.retain(|case| profiles.contains_key(&case.spec.name));
    Ok(profiles)
}

/// The specs that some case belongs to.
pub(crate) fn used_specs(suite: &Suite) -> Vec<Arc<Spec>> {
    let is_used = |spec: &&Arc<Spec>| suite.cases.iter().any(|case| case.spec.name == spec.name);
    suite.specs.values().filter(is_used).cloned().collect()
}
