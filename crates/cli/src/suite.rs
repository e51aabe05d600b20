//! Which cases a command is about: the embedded suite or the paths of the user, narrowed by `--spec` and `--filter`.

use countermand_harness::{Spec, Suite, discover, load_some};

use crate::args::Selection;
use crate::exit::Failure;

/// Loads the selected cases.
pub(crate) fn load(selection: &Selection) -> Result<Suite, Failure> {
    let embedded = countermand_suite::files();
    let mut suite = if selection.paths.is_empty() {
        load_some(&embedded.specs, &embedded.scenarios, &selection.filters)?
    } else {
        let found = discover(&selection.paths)?;
        // A spec beside the scenarios stands in for the embedded one of its name.
        let specs: Vec<_> = embedded.specs.into_iter().chain(found.specs).collect();
        load_some(&specs, &found.scenarios, &selection.filters)?
    };
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

/// Keeps the cases of one spec, of which there must be some: an empty run is never a green one.
pub(crate) fn keep_spec(suite: &mut Suite, spec: &str) -> Result<(), Failure> {
    suite.cases.retain(|case| case.spec.name == spec);
    match suite.cases.is_empty() {
        true => Err(Failure::Message(format!("none of the cases is of spec `{spec}`, which the target speaks"))),
        false => Ok(()),
    }
}

/// The profile of a spec that was asked for, or its first.
pub(crate) fn profile(spec: &Spec, wanted: Option<&str>) -> Result<String, Failure> {
    spec.profile(wanted).map(|profile| profile.name.clone()).ok_or_else(|| {
        let known: Vec<&str> = spec.profiles.iter().map(|profile| profile.name.as_str()).collect();
        let wanted = wanted.unwrap_or_default();
        Failure::Message(format!("spec `{}` has no profile `{wanted}`: there is {}", spec.name, known.join(", ")))
    })
}
