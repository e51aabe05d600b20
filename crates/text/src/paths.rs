//! Paths as they are shown, and the nearest that is there to one that is not. Of the disk it reads names only.

use std::fs;
use std::path::{Component, Path, PathBuf};

use crate::suggest::{LISTED, near, quoted};

/// A path as it is shown and as ids are made of it: with forward slashes.
#[must_use]
pub fn shown(path: &Path) -> String {
    path.to_string_lossy().replace('\\', "/")
}

/// The nearest to a file or folder that is not there, or what there is beside it where that is short.
pub(crate) fn path_hint(path: &Path) -> Option<String> {
    if let Some(near) = nearest_path(path) {
        return Some(format!("did you mean `{near}`?"));
    }
    let (folder, missing, _) = departure(path)?;
    // Of all that lies there only what is of its kind can have been meant.
    let paths = entries(&folder).into_iter().map(|entry| folder.join(entry)).filter(|path| is_like(path, &missing));
    let paths: Vec<String> = paths.map(|path| shown(&path)).collect();
    (1..=LISTED).contains(&paths.len()).then(|| format!("there is {}", quoted(&paths)))
}

/// The nearest path that is there to one that is not.
#[must_use]
pub fn nearest_path(path: &Path) -> Option<String> {
    let (folder, missing, rest) = departure(path)?;
    let name = missing.file_name()?.to_string_lossy();
    let entries = entries(&folder);
    let names: Vec<&str> = entries.iter().map(String::as_str).collect();
    let near: Vec<PathBuf> = near(&name, &names).into_iter().map(|near| folder.join(near)).collect();
    let whole = near.iter().map(|near| if rest.as_os_str().is_empty() { near.clone() } else { near.join(&rest) });
    // Of several that are near, the one is meant that holds the rest of the path.
    let best = whole.into_iter().find(|path| fs::metadata(path).is_ok());
    best.or_else(|| near.first().cloned()).map(|best| shown(&best))
}

/// Where a path leaves the disk: the last folder that is there, the first that is not, and what comes after it.
fn departure(path: &Path) -> Option<(PathBuf, PathBuf, PathBuf)> {
    let mut found = PathBuf::new();
    let mut parts = path.components();
    for part in parts.by_ref() {
        let next = found.join(part);
        // Names are all that can be misspelt.
        if matches!(part, Component::Normal(_)) && fs::metadata(&next).is_err() {
            return Some((found, next, parts.as_path().to_owned()));
        }
        found = next;
    }
    None
}

/// A folder is like what has no ending, and a file like another of its ending.
fn is_like(path: &Path, wanted: &Path) -> bool {
    path.extension() == wanted.extension() && (wanted.extension().is_some() || path.is_dir())
}

/// The names in a folder.
fn entries(folder: &Path) -> Vec<String> {
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let read = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut names: Vec<String> = read.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.retain(|name| !name.starts_with('.'));
    names.sort();
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_looked_for_where_it_leaves_the_disk() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let hint = |path: &str| path_hint(&root.join(path)).map(|hint| hint.replace(&shown(root), "ROOT"));
        assert_eq!(hint("src/pahts.rs").as_deref(), Some("did you mean `ROOT/src/paths.rs`?"));
        assert_eq!(hint("scr/paths.rs").as_deref(), Some("did you mean `ROOT/src/paths.rs`?"));
        assert_eq!(hint("scr/pahts.rs").as_deref(), Some("did you mean `ROOT/src`?"));
        assert_eq!(hint("src/paths").as_deref(), Some("did you mean `ROOT/src/paths.rs`?"));
        assert_eq!(hint("zebra.toml").as_deref(), Some("there is `ROOT/Cargo.toml`"));
        assert_eq!(hint("src/paths.rs"), None);
    }
}
