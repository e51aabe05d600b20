//! The specs and scenarios of this project, embedded: an installed program, or a test in another repository, needs no
//! checkout. Data, and which of it is taken where nobody says: what is in the files is read by the harness, and nothing is played here.

mod mocked;

use countermand_event::matrix::KillMatrix;
use countermand_harness::{Found, SuiteFile};
use include_dir::{Dir, include_dir};

pub use mocked::{own_mock, some_mock};

/// The spec that a command is about where none is named.
pub const DEFAULT_SPEC: &str = "modern-dropship";

static SCENARIOS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../scenarios");
static TEETH: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../reports/teeth");
static TARGETS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../targets");

/// Every file of the suite, as if it had been read from `scenarios/`.
#[must_use]
pub fn files() -> Found {
    let mut found = Found::default();
    for spec in SCENARIOS.dirs() {
        collect(spec, spec, &mut found);
    }
    found
}

/// The scenario of a spec to begin with: one that shows most of how a scenario is written.
#[must_use]
pub fn sample(spec: &str) -> Option<SuiteFile> {
    let folder = format!("scenarios/{spec}/");
    let of_spec = files().scenarios.into_iter().filter(|file| file.path.starts_with(&folder));
    // A partial cancel does.
    of_spec.min_by_key(|file| (!file.name.starts_with("partial/splits"), file.name.clone()))
}

/// The target files of this project, as if they had been read from `targets/`.
#[must_use]
pub fn targets() -> Vec<SuiteFile> {
    let target = |file: &'static include_dir::File<'static>| {
        let path = file.path();
        let name = path.with_extension("").to_string_lossy().into_owned();
        let is_yaml = path.extension().is_some_and(|ending| ending == "yaml");
        is_yaml.then(|| SuiteFile {
            path: format!("targets/{}", path.to_string_lossy()),
            name,
            content: file.contents().into(),
        })
    };
    TARGETS.files().filter_map(target).collect()
}

/// What the suite catches, as it was last written down: the kill matrix of a spec by a profile.
#[must_use]
pub fn teeth(spec: &str, profile: &str) -> Option<KillMatrix> {
    let file = TEETH.get_file(format!("{spec}.{profile}.json"))?;
    serde_json::from_slice(file.contents()).ok()
}

fn collect(spec: &Dir<'_>, folder: &Dir<'static>, found: &mut Found) {
    for file in folder.files() {
        let path = file.path();
        if path.extension().is_none_or(|ending| ending != "yaml") {
            continue;
        }
        let name = path.strip_prefix(spec.path()).unwrap_or(path).with_extension("");
        let name = name.to_string_lossy().replace('\\', "/");
        let suite_file = SuiteFile {
            path: format!("scenarios/{}", path.to_string_lossy().replace('\\', "/")),
            content: file.contents().into(),
            name: name.clone(),
        };
        if name == "spec" || name == "proof" { found.specs.push(suite_file) } else { found.scenarios.push(suite_file) }
    }
    for inner in folder.dirs() {
        collect(spec, inner, found);
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn the_program_carries_every_file_of_the_checkout() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scenarios");
        let on_disk = countermand_harness::discover(&[folder]).expect("the checkout has scenarios");
        let embedded = files();
        let names = |files: &[SuiteFile]| {
            let mut names: Vec<String> = files.iter().map(|file| file.name.clone()).collect();
            names.sort();
            names
        };
        assert_eq!(names(&embedded.scenarios), names(&on_disk.scenarios));
        assert_eq!(embedded.specs.len(), on_disk.specs.len());
    }

    #[test]
    fn a_spec_with_scenarios_has_one_to_begin_with() {
        let name = |spec: &str| sample(spec).map(|file| file.name);
        assert!(name("modern-dropship").expect("it has scenarios").starts_with("partial/splits"));
        assert!(name("laws").is_some());
        assert_eq!(name("no-such-spec"), None);
    }

    #[test]
    fn a_filter_finds_what_it_would_find_among_all_cases() {
        let files = files();
        let load = |filters: &[String]| {
            let suite = countermand_harness::load_some(&files.specs, files.scenarios.clone(), filters)
                .expect("the suite loads");
            suite.cases.iter().map(|case| case.id.clone()).collect::<Vec<_>>()
        };
        let all = load(&[]);
        let of_ids = all.iter().step_by(7).map(|id| id[id.len() / 3..].to_owned());
        for filter in of_ids.chain(["partial/".to_owned(), "/".to_owned(), "no-such-case".to_owned()]) {
            let expected: Vec<String> = all.iter().filter(|id| id.contains(&filter)).cloned().collect();
            assert_eq!(load(std::slice::from_ref(&filter)), expected, "{filter}");
        }
        let one =
            countermand_harness::needed(files.specs.clone(), &[], &files.scenarios, &["partial/splits-the".to_owned()]);
        assert!(one.iter().all(|file| file.path.contains("modern-dropship")) && !one.is_empty());
    }
}
