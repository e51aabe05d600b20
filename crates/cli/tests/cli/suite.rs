//! `list`, `check` and `--help`: what there is, and whether it is well written.

use std::io::{BufRead, BufReader};
use std::process::Stdio;

use insta::assert_snapshot;

use crate::folder::Folder;
use crate::program::{countermand, ends};

#[test]
fn list_has_one_id_a_line() {
    let ended = ends(&["list", "three", "wrong"]);
    ended.exits(0);
    assert_snapshot!(ended.stdout);
}

#[test]
fn the_suite_in_the_program_has_cases() {
    let ended = ends(&["list"]);
    ended.exits(0);
    assert!(ended.stdout.lines().any(|line| line == "modern-dropship/partial/splits-the-item"), "{}", ended.stdout);
    let narrowed = ends(&["list", "--filter", "splits-the-item"]);
    assert_eq!(narrowed.stdout, "modern-dropship/partial/splits-the-item\n");
}

#[test]
fn list_ends_with_its_reader() {
    let mut child = countermand(["list"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let ended = child.wait_with_output().unwrap();
    assert_eq!((ended.status.code(), ended.stderr.as_slice()), (Some(0), b"".as_slice()));
}

#[test]
fn check_counts_what_is_well() {
    let ended = ends(&["check", "three"]);
    ended.exits(0);
    assert_eq!(ended.stdout, "3 cases in 3 files: nothing wrong with them\n");
}

const FAULTY: &str = "\
format: 1
spec: modern-dropship
title: Three things are wrong here
order:
  items:
    mug: { quantity: 5 }
    tee: { quantity: 1 }
steps:
  - call: cancel_item
    on: mugg
    with: { newQuantity: 3 }
    expect:
      answer.succes: { answer: accepted }
      item.cancels:  { items: { mug: { canceled: true } } }
";

#[test]
fn check_points_at_what_is_wrong() {
    let folder = Folder::new();
    let path = folder.write("faulty.yaml", FAULTY);
    let ended = ends(&["check", &path.display().to_string()]);
    ended.exits(2);
    assert_eq!(ended.stdout, "");
    assert_snapshot!(ended.stderr.replace(&folder.path().display().to_string(), "[folder]"));
}

#[test]
fn check_does_not_let_the_last_of_two_equal_keys_win() {
    let folder = Folder::new();
    let path = folder.write("twice.yaml", &FAULTY.replace("title:", "title: One\ntitle:"));
    let ended = ends(&["check", &path.display().to_string()]);
    ended.exits(2);
    assert!(ended.stderr.contains("title"), "{}", ended.stderr);
    assert!(ended.stderr.contains("twice.yaml:4:1"), "{}", ended.stderr);
}

#[test]
fn every_command_has_an_example() {
    let help = ends(&["--help"]).stdout;
    let commands = help.split_once("Commands:\n").unwrap().1.split_once("\n\n").unwrap().0;
    let commands = commands.lines().filter_map(|line| line.strip_prefix("  ")?.split(' ').next());
    let commands: Vec<&str> = commands.filter(|command| !command.is_empty() && *command != "help").collect();
    assert!(commands.len() > 15, "{commands:?}");
    for command in commands {
        let ended = ends(&[command, "--help"]);
        ended.exits(0);
        let examples = ended.stdout.split_once("Examples:\n").unwrap_or_else(|| panic!("{}", ended.stdout)).1;
        assert!(examples.contains(&format!("  countermand {command}")), "{}", ended.stdout);
    }
}

#[test]
fn examples_are_understood() {
    // Only whether the command line is well formed: what it would play or serve is tried elsewhere.
    for command in ["list", "check"] {
        let help = ends(&[command, "--help"]).stdout;
        let examples = help.lines().filter_map(|line| line.strip_prefix("  countermand "));
        for example in examples.filter(|example| !example.contains("my-scenarios")) {
            ends(&example.split(' ').collect::<Vec<_>>()).exits(0);
        }
    }
}

/// The files of a suite that is begun, each with the format that it is of.
fn begun(folder: &str) -> [(&'static str, String); 2] {
    let scenario = std::fs::read_dir(format!("{folder}/scenarios")).unwrap().flatten().next().unwrap().path();
    let target = format!("{folder}/targets/mine.yaml").into();
    [("scenario", scenario), ("target", target)].map(|(format, path)| {
        assert!(std::fs::exists(format!("{folder}/{format}.schema.json")).unwrap());
        (format, std::fs::read_to_string(path).unwrap())
    })
}

#[test]
fn a_suite_that_is_begun_works_against_the_mock() {
    let folder = Folder::new();
    let path = folder.path().display().to_string();
    for spec in ["modern-dropship", "trendyol", "laws"] {
        let inside = format!("{path}/{spec}");
        ends(&["init", &inside, "--spec", spec]).exits(0);
        let scenarios = format!("{inside}/scenarios");
        ends(&["check", &scenarios]).exits(0);
        for (format, file) in begun(&inside) {
            let line = format!("# yaml-language-server: $schema=../{format}.schema.json\n");
            assert!(file.starts_with(&line), "{file}");
        }
        let played = ends(&["run", &scenarios]);
        assert!(played.exits(0).stdout.contains(" passed"), "{}", played.stdout);
        let again = ends(&["init", &inside, "--spec", spec]);
        assert!(again.exits(2).stderr.contains("nothing was written"), "{}", again.stderr);
    }
    let planned = ends(&["run", "--target", &format!("{path}/modern-dropship/targets/mine.yaml"), "--plan"]);
    assert!(planned.exits(0).stdout.contains("nothing was sent"), "{}", planned.stdout);
    assert!(ends(&["init", &path, "--spec", "acme"]).exits(2).stderr.contains("there is no spec `acme`"));
}

#[test]
fn a_case_is_told_in_plain_sentences() {
    let ended = ends(&["explain", "--filter", "modern-dropship/partial/splits-the-item"]);
    assert_snapshot!(ended.exits(0).stdout);
    let all = ends(&["explain"]);
    assert!(all.exits(0).stdout.matches("\n# ").count() > 400, "every case of every spec");
}

#[test]
fn a_spec_is_told_as_a_page() {
    let ended = ends(&["book", "--spec", "trendyol", "--profile", "international"]);
    let page = &ended.exits(0).stdout;
    for part in ["# ", "## Clauses\n", "## What is left open\n", "## Scenarios\n", "### "] {
        assert!(page.contains(part), "{part}");
    }
}

#[test]
fn a_page_shows_the_calls_of_each_case_as_requests() {
    let cases = ["modern-dropship/partial/splits-the-item", "trendyol/partial/successor-is-picked"];
    let mut requests = String::new();
    for case in cases {
        let ended = ends(&["book", "--filter", case]);
        let page = &ended.exits(0).stdout;
        let (_, folded) = page.split_once("<details>").unwrap();
        requests.push_str(&format!("{case}{}", folded.split_once("</details>").unwrap().0));
    }
    assert_snapshot!(requests);
    let laws = ends(&["book", "--spec", "laws"]);
    let page = &laws.exits(0).stdout;
    assert_eq!(page.matches("no binding of its own").count(), 1);
    assert!(!page.contains("curl"), "{page}");
}

#[test]
fn help_names_every_command_and_exit_code() {
    let ended = ends(&["--help"]);
    ended.exits(0);
    assert_snapshot!(ended.stdout);
}

#[test]
fn no_command_and_no_such_command() {
    ends(&[]).exits(2);
    let ended = ends(&["rum"]);
    ended.exits(2);
    assert!(ended.stderr.contains("a similar subcommand exists: 'run'"), "{}", ended.stderr);
}

#[test]
fn every_format_has_a_schema_and_says_so() {
    for (format, title) in [("scenario", "scenario"), ("spec", "spec"), ("target", "target file")] {
        let ended = ends(&["schema", format]);
        let schema: serde_json::Value = serde_json::from_str(&ended.exits(0).stdout).unwrap();
        assert_eq!(schema["title"], format!("Countermand {title}"));
    }
    ends(&["schema"]).exits(2);
    assert!(ends(&["schema", "targets"]).exits(2).stderr.contains("[possible values: scenario, spec, target]"));
    assert!(ends(&["schema", "spec", "."]).exits(2).stderr.contains("leave the folders out"));
}
