//! The spec files and target files of this repository, wherever they stand.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

/// A file, and where relative paths in it begin.
pub(crate) struct File {
    pub(crate) path: String,
    pub(crate) folder: PathBuf,
    pub(crate) root: Value,
}

pub(crate) fn specs() -> Vec<File> {
    let found = all(|root| root.get("clauses").is_some());
    assert!(found.len() >= 5, "those of the suite, of the benchmark and of the harness's tests");
    found
}

pub(crate) fn targets() -> Vec<File> {
    let found = all(|root| root.get("target").is_some() && root.get("spec").is_some());
    assert!(found.len() >= 6, "those of the suite, of the driver and of `init`");
    found
}

fn all(wanted: impl Fn(&Value) -> bool) -> Vec<File> {
    let repository = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut paths = Vec::new();
    for folder in ["crates", "examples", "scenarios", "targets"] {
        below(&repository.join(folder), &mut paths);
    }
    paths.sort();
    let file = |path: PathBuf| {
        // What `init` writes is for whatever spec is asked for.
        let text = fs::read_to_string(&path).ok()?.replace("spec: SPEC", "spec: trendyol");
        // What is no YAML is a test of those who read it.
        let root: Value = serde_yaml::from_str(&text).ok()?;
        let folder = path.parent().map(Path::to_owned).unwrap_or_default();
        wanted(&root).then(|| File { path: path.display().to_string(), folder, root })
    };
    paths.into_iter().filter_map(file).collect()
}

fn below(folder: &Path, paths: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder of the repository").flatten() {
        let path = entry.path();
        match path.extension() {
            _ if path.is_dir() && !path.ends_with("node_modules") => below(&path, paths),
            Some(ending) if ending == "yaml" => paths.push(path),
            _ => {}
        }
    }
}
