//! The walls of the house: which crate may depend on which, which file alone names a crate of others, and that the rooms of a crate
//! depend on each other one way. The first two are data of the workspace's `Cargo.toml`; here they are held to.
#![expect(clippy::expect_used, clippy::panic, reason = "helpers of tests may fail as loudly as tests")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use regex_lite::Regex;
use serde_json::Value;

/// Whoever stands for it, and what it needs.
type Edges = BTreeMap<String, BTreeSet<String>>;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// What cargo knows of the workspace: its packages and its own data.
fn metadata() -> Value {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let asked = ["metadata", "--format-version=1", "--no-deps", "--offline"];
    let told = Command::new(cargo).args(asked).current_dir(root()).output().expect("cargo runs");
    serde_json::from_slice(&told.stdout).unwrap_or_else(|error| panic!("{error}: {told:?}"))
}

/// A crate by the name of its folder; crates of others are nothing.
fn room(package: &str) -> Option<String> {
    match package {
        "countermand" => Some("cli".to_owned()),
        other => other.strip_prefix("countermand-").map(str::to_owned),
    }
}

/// The lists under a key of the workspace's data.
fn data(metadata: &Value, key: &str) -> Edges {
    let lists = metadata["metadata"][key].as_object().unwrap_or_else(|| panic!("no [workspace.metadata.{key}]"));
    let names = |list: &Value| {
        list.as_array().into_iter().flatten().filter_map(|name| Some(name.as_str()?.to_owned())).collect()
    };
    lists.iter().map(|(name, list)| (name.clone(), names(list))).collect()
}

/// The Rust files below a folder, with their paths under the root, and without what stands in them only for tests.
fn sources(folder: &Path, found: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())).flatten() {
        let path = entry.path();
        // A file of its own for the tests of a room.
        let is_test = ["tests.rs", "samples.rs"].iter().any(|name| path.ends_with(name));
        if path.is_dir() {
            sources(&path, found);
        } else if !is_test && path.extension().is_some_and(|ending| ending == "rs") {
            let text = fs::read_to_string(&path).expect("a source is text");
            let text = text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default().to_owned();
            let shown = path.strip_prefix(root()).unwrap_or(&path).to_string_lossy().replace('\\', "/");
            found.push((shown, text));
        }
    }
}

#[test]
fn a_crate_depends_on_the_rooms_that_it_may_and_no_others() {
    let metadata = metadata();
    let (rooms, of_tests) = (data(&metadata, "rooms"), data(&metadata, "rooms-of-tests"));
    let mut seen = BTreeSet::new();
    for package in metadata["packages"].as_array().expect("packages") {
        let name = package["name"].as_str().and_then(room).expect("a crate of the workspace");
        let mut used_of = BTreeSet::new();
        let may = rooms.get(&name).unwrap_or_else(|| panic!("`{name}` has no line in [workspace.metadata.rooms]"));
        for dependency in package["dependencies"].as_array().expect("dependencies") {
            let Some(used) = dependency["name"].as_str().and_then(room) else { continue };
            let for_tests = dependency["kind"] == "dev" && of_tests.get(&name).is_some_and(|may| may.contains(&used));
            assert!(
                may.contains(&used) || for_tests,
                "`{name}` may not depend on `{used}`: see [workspace.metadata.rooms]"
            );
            used_of.insert(used);
        }
        let listed = may.iter().chain(of_tests.get(&name).into_iter().flatten());
        let unused: Vec<&String> = listed.filter(|room| !used_of.contains(*room)).collect();
        assert!(unused.is_empty(), "`{name}` does not depend on {unused:?}: its line can be shorter");
        seen.insert(name);
    }
    assert_eq!(seen, rooms.keys().cloned().collect(), "[workspace.metadata.rooms] lists the crates that there are");
}

#[test]
fn the_data_itself_goes_one_way() {
    assert_eq!(circle(&data(&metadata(), "rooms")), None);
}

#[test]
fn a_crate_of_others_is_named_by_its_door_alone() {
    let mut files = Vec::new();
    for krate in fs::read_dir(root().join("crates")).expect("crates").flatten() {
        sources(&krate.path().join("src"), &mut files);
    }
    for (name, doors) in data(&metadata(), "doors") {
        let named = Regex::new(&format!(r"\b{name}::")).expect("a name");
        let by: Vec<&str> =
            files.iter().filter(|(_, text)| named.is_match(text)).map(|(path, _)| path.as_str()).collect();
        assert!(!by.is_empty(), "nobody names `{name}`: its door can go");
        for path in by {
            assert!(
                doors.iter().any(|door| path.starts_with(door)),
                "{path} may not name `{name}`: only {doors:?} may"
            );
        }
    }
}

#[test]
fn the_rooms_of_a_crate_depend_on_each_other_one_way() {
    let named = Regex::new(r"\bcrate::(?:\{([^;]*)\}|(\w+))").expect("an expression");
    let word = Regex::new(r"(?:^|,)\s*(\w+)").expect("an expression");
    for krate in fs::read_dir(root().join("crates")).expect("crates").flatten() {
        let folder = krate.path().join("src");
        let (mut files, mut edges) = (Vec::new(), Edges::new());
        sources(&folder, &mut files);
        let shown = folder.strip_prefix(root()).unwrap_or(&folder).to_string_lossy().into_owned();
        // `a.rs` and all that stands in `a/` is the room `a`.
        let room = |path: &str| {
            let within = path.strip_prefix(shown.as_str()).unwrap_or(path).trim_start_matches('/');
            within.split(['/', '.']).next().unwrap_or_default().to_owned()
        };
        let rooms: BTreeSet<String> = files.iter().map(|(path, _)| room(path)).collect();
        for (path, text) in &files {
            let own = room(path);
            for found in named.captures_iter(text) {
                let list = found.get(1).map(|list| without_braces(list.as_str()));
                let one = found.get(2).map(|one| one.as_str().to_owned());
                let used: Vec<String> = match list {
                    Some(list) => word.captures_iter(&list).map(|name| name[1].to_owned()).collect(),
                    None => one.into_iter().collect(),
                };
                let used = used.into_iter().filter(|used| *used != own && rooms.contains(used));
                edges.entry(own.clone()).or_default().extend(used);
            }
        }
        assert_eq!(circle(&edges), None, "{shown}");
    }
}

/// What stands between braces within a list left out: of `a::{b, c}, d` stays `a::, d`.
fn without_braces(list: &str) -> String {
    let mut depth = 0_u32;
    let mut kept = String::new();
    for character in list.chars() {
        match character {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            other if depth == 0 => kept.push(other),
            _ => {}
        }
    }
    kept
}

/// A way that comes back to where it began, where there is one.
fn circle(edges: &Edges) -> Option<Vec<String>> {
    fn walk(edges: &Edges, way: &mut Vec<String>, done: &mut BTreeSet<String>) -> Option<Vec<String>> {
        let here = way.last()?.clone();
        for next in edges.get(&here).into_iter().flatten() {
            if let Some(begin) = way.iter().position(|passed| passed == next) {
                return Some(way[begin..].to_vec());
            }
            if done.contains(next) {
                continue;
            }
            way.push(next.clone());
            if let Some(circle) = walk(edges, way, done) {
                return Some(circle);
            }
            way.pop();
        }
        done.insert(here);
        None
    }
    let mut done = BTreeSet::new();
    edges.keys().find_map(|start| walk(edges, &mut vec![start.clone()], &mut done))
}

#[test]
fn a_circle_is_found_wherever_it_stands() {
    let edges = |pairs: &[(&str, &[&str])]| -> Edges {
        let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        pairs.iter().map(|(from, to)| ((*from).to_owned(), names(to))).collect()
    };
    assert_eq!(circle(&edges(&[("a", &["b", "c"]), ("b", &["c"]), ("c", &[])])), None);
    let found = circle(&edges(&[("a", &["b"]), ("b", &["c"]), ("c", &["b"])]));
    assert_eq!(found, Some(vec!["b".to_owned(), "c".to_owned()]));
}

#[test]
fn a_list_of_names_is_read_without_what_is_below_them() {
    assert_eq!(without_braces("a::{b, c::{d}}, e").replace(' ', ""), "a::,e");
}
