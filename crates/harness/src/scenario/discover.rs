//! Finds the files of a suite on disk. Looks at names only; what is in them is read elsewhere.

use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use super::SuiteFile;
use super::load::PROOF;
use crate::source::Problem;
use crate::yaml::MAX_BYTES;

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
    let mut found = Found::default();
    let mut problems = Vec::new();
    for path in paths {
        let mut files = Vec::new();
        let before = found.scenarios.len();
        let specs_before = found.specs.len();
        collect(path, 0, &mut files, &mut problems);
        files.sort();
        for file in &files {
            add(path, file, &mut found, &mut problems);
        }
        let only_a_spec = found.specs.len() > specs_before && path.is_file();
        if found.scenarios.len() == before && !only_a_spec && problems.is_empty() {
            let hint = Some("a scenario is a file that ends in .yaml".to_owned());
            problems.push(Problem::of_file(&shown(path), "there is no scenario here", hint));
        }
    }
    if problems.is_empty() { Ok(found) } else { Err(problems) }
}

fn collect(path: &Path, depth: usize, out: &mut Vec<PathBuf>, problems: &mut Vec<Problem>) {
    let failed = |error: &std::io::Error| match error.kind() {
        std::io::ErrorKind::NotFound => Problem::of_file(&shown(path), "there is no such file or folder", None),
        _ => Problem::of_file(&shown(path), format!("can't be read: {error}"), None),
    };
    if !path.is_dir() {
        if let Err(error) = fs::metadata(path) {
            problems.push(failed(&error));
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
                collect(&entry.path(), depth + 1, out, problems);
            }
        }
        Err(error) => problems.push(failed(&error)),
    }
}

fn is_yaml(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending == "yaml" || ending == "yml")
}

fn add(given: &Path, path: &Path, found: &mut Found, problems: &mut Vec<Problem>) {
    let spec_above = spec_folder(path);
    if path.file_name().is_some_and(|name| name == "spec.yaml") {
        add_spec(path, "spec", found, problems);
        return;
    }
    if let Some(folder) = &spec_above {
        add_spec(&folder.join("spec.yaml"), "spec", found, problems);
        let proof = folder.join("proof.yaml");
        if proof.is_file() {
            add_spec(&proof, PROOF, found, problems);
        }
        if path == proof {
            return;
        }
    }
    let base = spec_above
        .unwrap_or_else(|| if given.is_dir() { given.to_owned() } else { given.parent().unwrap_or(given).to_owned() });
    let name = shown(path.strip_prefix(&base).unwrap_or(path).with_extension("").as_path());
    let shown_path = shown(path);
    if found.scenarios.iter().any(|known| known.path == shown_path) {
        return;
    }
    match read(path) {
        Ok(bytes) => found.scenarios.push(SuiteFile { path: shown_path, name, bytes }),
        Err(error) => problems.push(Problem::of_file(&shown_path, format!("can't be read: {error}"), None)),
    }
}

fn add_spec(path: &Path, name: &str, found: &mut Found, problems: &mut Vec<Problem>) {
    let shown_path = shown(path);
    if found.specs.iter().any(|known| known.path == shown_path) {
        return;
    }
    match read(path) {
        Ok(bytes) => found.specs.push(SuiteFile { path: shown_path, name: name.to_owned(), bytes }),
        Err(error) => problems.push(Problem::of_file(&shown_path, format!("can't be read: {error}"), None)),
    }
}

/// The nearest folder above a file that holds a `spec.yaml`.
fn spec_folder(path: &Path) -> Option<PathBuf> {
    path.ancestors().skip(1).find(|folder| folder.join("spec.yaml").is_file()).map(Path::to_owned)
}

/// One byte more than is read, so that a file that is too large is known to be.
fn read(path: &Path) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(MAX_BYTES as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The path as it is shown and as ids are made of it: with forward slashes.
fn shown(path: &Path) -> String {
    path.to_string_lossy().replace('\\', "/")
}
