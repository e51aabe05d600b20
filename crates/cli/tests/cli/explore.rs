//! `countermand explore`: nothing is refuted of the mock, and what is refuted of a faulty one `run` plays.

use std::fs;

use crate::folder::Folder;
use crate::program::ends;
use crate::served::Served;

#[test]
fn nothing_is_refuted_of_the_mock() {
    let ended = ends(&["explore", "--cases", "40", "--seed", "5"]);
    ended.exits(0);
    assert!(ended.stdout.contains("40 sequences of seed 5"), "{}", ended.stdout);
    assert!(ended.stdout.contains("0 refuted"), "{}", ended.stdout);
    assert_eq!(
        ended.stdout,
        ends(&["explore", "--cases", "40", "--seed", "5"]).stdout,
        "the same seed, the same words"
    );
}

#[test]
fn what_the_mock_chooses_is_told_and_not_refuted() {
    let ended = ends(&["explore", "--cases", "20", "--choice", "original-quantity=reduce"]);
    ended.exits(0);
    assert!(ended.stdout.contains("chooses original-quantity: reduce"), "{}", ended.stdout);
}

#[test]
fn what_is_refuted_is_a_scenario_that_fails_there_and_passes_elsewhere() {
    let folder = Folder::new();
    let found = folder.file("found");
    let served = Served::start(&["--fault", "order-skips-split-items"]);
    let url = served.url();
    let ended = ends(&["explore", "--target", &url, "--cases", "120", "--out", found.to_str().unwrap()]);
    ended.exits(1);
    assert!(ended.stdout.contains("MUST order.cancels-the-rest"), "{}", ended.stdout);
    let scenarios: Vec<_> = fs::read_dir(&found).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert!(!scenarios.is_empty());
    for scenario in scenarios {
        let scenario = scenario.to_str().unwrap();
        ends(&["run", scenario, "--target", &url]).exits(1);
        ends(&["run", scenario]).exits(0);
    }
}

#[test]
fn an_endpoint_that_is_not_there_could_not_run() {
    ends(&["explore", "--target", "http://127.0.0.1:9", "--timeout", "2000"]).exits(3);
}
