//! `teeth`: what scenarios catch and whom they accuse, what a mock with a fault looks like, and what is said of wrong words.

use crate::folder::Folder;
use crate::program::{countermand, ends, told};
use crate::served::Served;

/// Claims more than the contract does: that a split leaves the original's quantity as it was.
const TOO_STRICT: &str = "format: 1
spec: modern-dropship
title: A split leaves the quantity of the original as it was
order: { items: { mug: { quantity: 5 } } }
steps:
  - call: cancel_item
    on: mug
    with: { newQuantity: 3 }
    expect:
      partial.original-cancelled: { answer: accepted, items: { mug: { cancelled: true, quantity: 5 } } }
      partial.one-new-item:       { items: { rest: { new: mug, quantity: 3 } } }
";

#[test]
fn every_fault_is_listed_with_its_clause_and_what_it_does() {
    let list = ends(&["teeth", "--list"]);
    list.exits(0);
    assert!(list.stdout.contains("new-quantity-is-removed  partial.new-quantity\n    newQuantity is taken for"));
    assert!(list.stdout.lines().count() >= 160, "{}", list.stdout);
}

#[test]
fn a_target_with_a_known_fault_is_told_what_it_looks_like() {
    let served = Served::start(&["--quiet", "--fault", "new-quantity-is-removed"]);
    let run = told(&mut countermand(["run", "--spec", "modern-dropship", "--target", &served.url()]));
    run.ended.exits(1);
    let summary = "looks like  new-quantity-is-removed  (modern-dropship)\n";
    assert!(run.ended.stdout.contains(summary), "{}", run.ended.stdout);
    assert!(run.ended.stdout.contains("newQuantity is taken for the units to cancel (partial.new-quantity)"));
}

#[test]
fn calls_at_the_same_time_meet_in_a_served_mock_that_races() {
    let served = Served::start(&["--quiet", "--fault", "lost-update-under-race"]);
    let run = ends(&["run", "--strict", "--filter", "race/two-items", "--target", &served.url()]);
    run.exits(1);
    assert!(run.stdout.contains("race.one-winner"), "{}", run.stdout);
}

#[test]
fn a_part_of_the_suite_leaves_survivors() {
    let part = ends(&["teeth", "--filter", "partial/above-quantity", "--verbose"]);
    part.exits(1);
    assert!(part.stdout.contains("SURVIVED  new-quantity-is-removed  partial.new-quantity"), "{}", part.stdout);
    assert!(part.stdout.contains("caught  above-quantity-accepted  partial.above-refused"), "{}", part.stdout);
}

#[test]
fn an_author_is_told_what_a_scenario_catches() {
    let folder = Folder::new();
    let file = folder.write("keeps.yaml", TOO_STRICT).display().to_string();
    let caught = ends(&["teeth", "--scenario", &file]);
    caught.exits(0);
    assert!(
        caught.stdout.contains("new-quantity-is-removed  partial.new-quantity  (also caught by "),
        "{}",
        caught.stdout
    );
}

#[test]
fn a_scenario_that_claims_too_much_is_named_with_the_choice_it_forgot() {
    let folder = Folder::new();
    let file = folder.write("keeps.yaml", TOO_STRICT).display().to_string();
    let alarm = ends(&["teeth", "--sound", "--n", "3", &file]);
    alarm.exits(1);
    let forgotten = "partial.original-cancelled step 1 with original-quantity=reduce\n";
    assert!(
        alarm.stderr.contains("FALSE ALARM  modern-dropship/keeps\n") && alarm.stderr.contains(forgotten),
        "{}",
        alarm.stderr
    );
    ends(&["teeth", "--sound", "--n", "3", "--filter", "list/"]).exits(0);
}

#[test]
fn the_matrix_is_written_for_machines_and_for_people() {
    let folder = Folder::new();
    let (json, page) = (folder.file("teeth.json"), folder.file("teeth.md"));
    let [as_json, as_page] =
        [("json", &json), ("markdown", &page)].map(|(format, path)| format!("{format}={}", path.display()));
    ends(&["teeth", "--filter", "partial/above-quantity", "--report", &as_json, "--report", &as_page]).exits(1);
    let matrix: serde_json::Value = serde_json::from_slice(&std::fs::read(json).unwrap()).unwrap();
    assert_eq!(matrix["spec"], "modern-dropship");
    assert!(std::fs::read_to_string(page).unwrap().starts_with("# Teeth: modern-dropship (reference)\n"));
}

#[test]
fn a_part_of_the_suite_does_not_tell_faults_in_pairs() {
    let folder = Folder::new();
    let [json, page] = ["pairs.json", "pairs.md"].map(|name| folder.file(name));
    let [as_json, as_page] =
        [("json", &json), ("markdown", &page)].map(|(format, path)| format!("{format}={}", path.display()));
    let args = ["--n", "12", "--seed", "3", "--verbose", "--report", &as_json, "--report", &as_page];
    let part = ends(&[&["teeth", "--pairs", "--filter", "list/"], &args[..]].concat());
    part.exits(1);
    assert!(part.stdout.starts_with("modern-dropship (reference): 12 of "), "{}", part.stdout);
    let told: serde_json::Value = serde_json::from_slice(&std::fs::read(json).unwrap()).unwrap();
    let count = |list: &str| told[list].as_array().unwrap().len() as u64;
    assert_eq!(told["told"].as_u64().unwrap() + count("masked") + count("hidden"), 12);
    assert!(count("masked") > 0, "what two files do not see is masked: {}", part.stdout);
    assert!(std::fs::read_to_string(page).unwrap().starts_with("# Faults in pairs: modern-dropship (reference)\n"));
}

#[test]
fn wrong_words_are_told() {
    let wrong = |args: &[&str], words: &str| {
        let told = ends(args);
        told.exits(2);
        assert!(told.stderr.contains(words), "{}", told.stderr);
    };
    wrong(
        &["serve", "modern-dropship", "--fault", "new-quantity"],
        "no fault `new-quantity`; `countermand teeth --list`",
    );
    wrong(&["teeth", "--spec", "laws"], "none of these scenarios is of a spec with a mock");
    wrong(&["teeth", "--list", "--spec", "trendy"], "with faults of the spec `trendy`: did you mean `trendyol`?");
    wrong(&["teeth", "--filter", "list/", "--report", "pdf=x"], "`pdf=x` is no report of teeth");
    wrong(&["teeth", "--scenario", "no-such-file.yaml"], "no-such-file.yaml");
    wrong(&["teeth", "--n", "5"], "--sound");
    wrong(&["teeth", "--pairs", "--sound"], "cannot be used with");
    wrong(&["teeth", "--pairs", "--filter", "list/", "--n", "0", "--report", "pdf=x"], "`pdf=x` is no report of teeth");
}
