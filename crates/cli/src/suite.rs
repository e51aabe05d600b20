//! Which cases a command is about: the embedded suite or the paths of the user, narrowed by `--spec` and `--filter`.

use std::collections::BTreeMap;
use std::sync::Arc;

use countermand_harness::{Spec, Suite, discover, load_some, needed};
use countermand_text::suggest::part_hint;

use crate::args::Selection;
use crate::failure::Failure;

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
            return Err(unknown_spec(&suite, spec));
        }
        suite.cases.retain(|case| case.spec.name == *spec);
    }
    if suite.cases.is_empty() && !selection.filters.is_empty() {
        return Err(no_such_case(selection));
    }
    Ok(suite)
}

/// That there is no such spec, with the nearest there is.
pub(crate) fn unknown_spec(suite: &Suite, name: &str) -> Failure {
    Failure::unknown("spec", name, suite.specs.keys().map(String::as_str))
}

/// That no case passes the filters, with those whose ids are nearest to them.
fn no_such_case(selection: &Selection) -> Failure {
    let filters = selection.filters.join("` or `");
    let all = load(&Selection { filters: Vec::new(), ..selection.clone() }).unwrap_or_default();
    let ids: Vec<&str> = all.cases.iter().map(|case| case.id.as_str()).collect();
    let near = selection.filters.iter().find_map(|filter| part_hint(filter, &ids));
    let hint = near.unwrap_or_else(|| "`countermand list` shows them all".to_owned());
    Failure::Message(format!("no case id contains `{filters}`: {hint}"))
}

/// Keeps of the suite in this program, as far as nothing was selected, what an endpoint at a URL can be played with.
pub(crate) fn keep_bound(suite: &mut Suite, selection: &Selection) {
    if selection.paths.is_empty() && selection.spec.is_none() {
        suite.keep_bound();
    }
}

/// Keeps the cases of one spec, of which there must be some: an empty run is never a green one.
pub(crate) fn keep_spec(suite: &mut Suite, spec: &str) -> Result<(), Failure> {
    if !suite.specs.contains_key(spec) {
        return Err(unknown_spec(suite, spec));
    }
    suite.cases.retain(|case| case.spec.name == spec);
    match suite.cases.is_empty() {
        true => Err(Failure::Message(format!("none of the cases is of spec `{spec}`, which the target speaks"))),
        false => Ok(()),
    }
}

/// A spec by its name and the profile it is judged by; of the cases only its own are kept.
pub(crate) fn of_spec(suite: &mut Suite, name: &str, profile: Option<&str>) -> Result<(Arc<Spec>, String), Failure> {
    keep_spec(suite, name)?;
    let profiles = profiles(suite, profile)?;
    let spec = suite.specs.get(name).cloned().ok_or_else(|| unknown_spec(suite, name))?;
    Ok((spec, profiles.get(name).cloned().unwrap_or_default()))
}

/// The profile per spec: the one that was asked for, or each spec's first. Of specs that have no such profile no case is kept.
pub(crate) fn profiles(suite: &mut Suite, wanted: Option<&str>) -> Result<BTreeMap<String, String>, Failure> {
    let (specs, profiles) = (suite.used_specs(), suite.profiles(wanted));
    if profiles.is_empty() && !specs.is_empty() {
        let known = specs.iter().flat_map(|spec| &spec.profiles).map(|profile| profile.name.as_str());
        return Err(Failure::unknown("profile", wanted.unwrap_or_default(), known));
    }
    suite.cases.retain(|case| profiles.contains_key(&case.spec.name));
    Ok(profiles)
}
