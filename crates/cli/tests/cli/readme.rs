//! What the README tells a newcomer to type works, and its scenario passes.

use std::fs;
use std::path::Path;

use crate::folder::Folder;
use crate::program::ends;
use crate::served::Served;

fn readme() -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../README.md")).unwrap()
}

/// The text of the first block of a language.
fn block<'r>(readme: &'r str, language: &str) -> &'r str {
    let (_, rest) = readme.split_once(&format!("```{language}\n")).unwrap();
    rest.split_once("```").unwrap().0
}

#[test]
fn its_scenario_passes() {
    let folder = Folder::new();
    let file = folder.write("from-the-readme.yaml", block(&readme(), "yaml"));
    ends(&["run", &file.display().to_string()]).exits(0);
}

#[test]
fn its_two_commands_hold() {
    let readme = readme();
    for line in [
        "$ cargo run -- run\n",
        "$ cargo run -- serve modern-dropship --listen 127.0.0.1:4010\n",
        "$ cargo run -- run --target http://127.0.0.1:4010\n",
    ] {
        assert!(readme.contains(line), "the README no longer says {line}");
    }
    // The same, on a port that is free.
    let served = Served::start(&["--quiet"]);
    ends(&["run", "--target", &served.url()]).exits(0);
}

#[test]
fn its_test_command_is_what_is_checked() {
    let command = "cargo test --workspace";
    let checked = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../.ci/run")).unwrap();
    assert!(readme().contains(&format!("$ {command}\n")) && checked.lines().any(|line| line == command));
}
