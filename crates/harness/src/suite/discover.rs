//! Finds the files of a suite on disk. Looks at names only; what is in them is read elsewhere.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use countermand_text::{Problem, shown};

use super::file::SuiteFile;
use crate::scenario::PROOF;

/// Deeper folders than this are not looked into.
const MAX_DEPTH: usize = 16;

/// The files of a suite, specs apart.
#[derive(Debug, Default)]
pub struct Found {
    /// Every `spec.yaml` in or above the paths, and the `proof.yaml` beside it.
    pub specs: Vec<SuiteFile>,
    /// Every other YAML file in the paths.
    pub scenarios: Vec<SuiteFile>,
}

/// Collects the YAML files in `paths`, which may be files or folders. A `spec.yaml` is a spec, and the scenarios below it
/// are named by their path under its folder; others by their path under the folder that was given.
///
/// # Errors
/// A path that is not there or can't be read, and a path that holds no scenario: an empty run is never a green one.
pub fn discover(paths: &[PathBuf]) -> Result<Found, Vec<Problem>> {
    let mut finder = Finder::default();
    for path in paths {
        let mut files = Vec::new();
        let before = finder.found.scenarios.len();
        let specs_before = finder.found.specs.len();
        collect(path, 0, &mut files, &mut finder.problems);
        files.sort();
        let is_file = path.is_file();
        let base = if is_file { path.parent().unwrap_or(path) } else { path };
        for file in &files {
            finder.add(base, file);
        }
        let only_a_spec = finder.found.specs.len() > specs_before && is_file;
        if finder.found.scenarios.len() == before && !only_a_spec && finder.problems.is_empty() {
            let hint = Some("a scenario is a file that ends in .yaml".to_owned());
            finder.problems.push(Problem::of_file(&shown(path), "there is no scenario here", hint));
        }
    }
    if finder.problems.is_empty() { Ok(finder.found) } else { Err(finder.problems) }
}

fn collect(path: &Path, depth: usize, out: &mut Vec<PathBuf>, problems: &mut Vec<Problem>) {
    if !path.is_dir() {
        if let Err(error) = fs::metadata(path) {
            problems.push(Problem::unreadable(path, &error));
        } else if depth == 0 || is_yaml(path) {
            out.push(path.to_owned());
        }
        return;
    }
    if depth > MAX_DEPTH {
        problems.push(Problem::of_file(&shown(path), format!("more than {MAX_DEPTH} folders deep"), None));
        return;
    }
    match fs::read_dir(path) {
        Ok(entries) => {
            for entry in entries.flatten().filter(|entry| !entry.file_name().to_string_lossy().starts_with('.')) {
                let path = entry.path();
                // The folder says that it is a file: it need not be asked itself.
                if !entry.file_type().is_ok_and(|kind| kind.is_file()) {
                    collect(&path, depth + 1, out, problems);
                } else if is_yaml(&path) {
                    out.push(path);
                }
            }
        }
        Err(error) => problems.push(Problem::unreadable(path, &error)),
    }
}

fn is_yaml(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending == "yaml" || ending == "yml")
}

/// What was found so far.
#[derive(Default)]
struct Finder {
    found: Found,
    problems: Vec<Problem>,
    /// The paths of all files that were found, as they are shown.
    known: BTreeSet<String>,
    /// Of each folder the nearest with a `spec.yaml`, itself or above it.
    spec_folders: BTreeMap<PathBuf, Option<PathBuf>>,
}

impl Finder {
    fn add(&mut self, given: &Path, path: &Path) {
        if path.file_name().is_some_and(|name| name == "spec.yaml") {
            self.add_spec(path, "spec");
            return;
        }
        let spec_above = self.spec_folder(path.parent().unwrap_or(path));
        if spec_above.as_ref().is_some_and(|folder| path == folder.join("proof.yaml")) {
            return;
        }
        let base = spec_above.as_deref().unwrap_or(given);
        let name = shown(path.strip_prefix(base).unwrap_or(path).with_extension("").as_path());
        let scenario = self.file(path, name);
        self.found.scenarios.extend(scenario);
    }

    /// The nearest folder with a `spec.yaml`, from `folder` upwards. The spec and its proof are taken when it is first met.
    fn spec_folder(&mut self, folder: &Path) -> Option<PathBuf> {
        if let Some(known) = self.spec_folders.get(folder) {
            return known.clone();
        }
        let nearest = folder.ancestors().find(|folder| folder.join("spec.yaml").is_file()).map(Path::to_owned);
        if let Some(nearest) = &nearest {
            self.add_spec(&nearest.join("spec.yaml"), "spec");
            let proof = nearest.join("proof.yaml");
            if proof.is_file() {
                self.add_spec(&proof, PROOF);
            }
        }
        self.spec_folders.insert(folder.to_owned(), nearest.clone());
        nearest
    }

    fn add_spec(&mut self, path: &Path, name: &str) {
        let spec = self.file(path, name.to_owned());
        self.found.specs.extend(spec);
    }

    /// A file, unless it was found already.
    fn file(&mut self, path: &Path, name: String) -> Option<SuiteFile> {
        if !self.known.insert(shown(path)) {
            return None;
        }
        SuiteFile::on_disk(path, name).map_err(|problem| self.problems.push(problem)).ok()
    }
}
