//! What one needs against an endpoint that lives: a proof first, a plan, a pace, a ledger of what was created, and exchanges
//! that can be judged again.

use std::fs;

use crate::folder::Folder;
use crate::program::{countermand, end, ends};
use crate::served::Served;
use crate::text::stable;

/// The target file of a mock that is served, with these lines more.
fn target_file(folder: &Folder, url: &str, more: &str) -> String {
    let text = format!("format: 1\ntarget: served\nspec: modern-dropship\nbase_url: {url}\n{more}");
    folder.write("served.yaml", &text).display().to_string()
}

#[test]
fn a_doctor_shows_what_it_tried() {
    let mock = Served::start(&["--quiet"]);
    let ended = ends(&["doctor", "--spec", "modern-dropship", "--target", &mock.url()]);
    ended.exits(0);
    insta::assert_snapshot!(stable(&ended.stdout));
}

#[test]
fn a_call_that_is_refused_where_it_must_not_be_is_one_error_with_its_line() {
    let mock = Served::start(&["--quiet"]);
    let folder = Folder::new();
    let more = "calls:\n  cancel_item: { post: \"/orders/{{ order.id }}/items/{{ target.id }}/abort\", json: \"{{ with }}\" }\n";
    let file = target_file(&folder, &mock.url(), more);
    let doctor = ends(&["doctor", "--target", &file]);
    doctor.exits(3);
    assert!(doctor.stdout.contains("NO  the call `cancel_item`"), "{}", doctor.stdout);
    assert!(doctor.stdout.contains("served.yaml:6:3"), "{}", doctor.stdout);
    let run = ends(&["run", "three", "--target", &file]);
    run.exits(3);
    assert!(run.stdout.contains("3 not played"), "{}", run.stdout);
    assert!(
        run.stdout.ends_with("the target can't be used for modern-dropship, 3 cases were not played\n"),
        "{}",
        run.stdout
    );
}

#[test]
fn what_the_target_declares_lacking_is_not_tried() {
    let mock = Served::start(&["--quiet"]);
    let folder = Folder::new();
    let file = target_file(&folder, &mock.url(), "lacks: { cancel_item: only whole orders here }\n");
    let doctor = ends(&["doctor", "--target", &file]);
    doctor.exits(0);
    assert!(doctor.stdout.contains("--  the call `cancel_item`: only whole orders here"), "{}", doctor.stdout);
    let run = ends(&["run", "three", "--target", &file]);
    run.exits(0);
    assert!(run.stdout.contains("not covered"), "{}", run.stdout);
}

#[test]
fn a_plan_sends_nothing_and_tells_what_a_run_takes() {
    let mock = Served::start(&["--quiet"]);
    let folder = Folder::new();
    let file = target_file(&folder, &mock.url(), "limits: { rate: 50 }\n");
    let plan = ends(&["run", "three", "--no-proof", "--target", &file, "--plan"]);
    plan.exits(0);
    let said = plan.stdout.split(", ").nth(1).unwrap().to_owned();
    assert_eq!(plan.stdout, format!("3 cases, {said}, 1 s at 50/s: nothing was sent\n"));
    let sent = || mock.exchanges().as_array().unwrap().len();
    assert_eq!(sent(), 0);
    let run = ends(&["run", "three", "--no-proof", "--target", &file]);
    run.exits(0);
    assert!(run.stdout.contains(&format!("{said}, 1 s at 50/s")), "{}", run.stdout);
    assert_eq!(said, format!("{} requests", sent()));
}

#[test]
fn the_fewest_cases_claim_every_must_clause_that_all_do() {
    let clauses = |args: &[&str]| {
        let folder = Folder::new();
        let report = folder.file("run.jsonl");
        ends(&[&["run", "--report", &format!("jsonl={}", report.display())], args].concat()).exits(0);
        let text = fs::read_to_string(report).unwrap();
        (text.lines().filter(|line| line.contains("case-finished")).count(), ends(&[&["run"], args].concat()).stdout)
    };
    let (all, told) = clauses(&["--spec", "modern-dropship"]);
    let (few, told_of_few) = clauses(&["--spec", "modern-dropship", "--minimal"]);
    assert!(few * 3 < all, "{few} of {all}");
    let coverage = |told: &str| told.lines().find(|line| line.contains("coverage")).unwrap().to_owned();
    assert_eq!(coverage(&told), coverage(&told_of_few));
}

#[test]
fn orders_are_written_down_and_cleaned_up() {
    let mock = Served::start(&["--quiet"]);
    let folder = Folder::new();
    let ledger = folder.file("orders.jsonl").display().to_string();
    let run = ends(&["run", "three", "--target", &mock.url(), "--ledger", &ledger]);
    run.exits(0);
    assert!(run.stderr.contains("orders were created: `countermand cleanup "), "{}", run.stderr);
    let entries = fs::read_to_string(&ledger).unwrap();
    assert!(entries.lines().all(|line| line.contains("\"buyer_id\"")), "{entries}");
    let cleaned = ends(&["cleanup", &ledger, "--target", &mock.url()]);
    cleaned.exits(0);
    assert!(cleaned.stdout.ends_with(" orders are cleaned up\n"), "{}", cleaned.stdout);
    assert_eq!(fs::read_to_string(&ledger).unwrap(), "");
    let (status, orders) = mock.ask("GET", "/orders?limit=50", "seller-key", "");
    assert_eq!(status, 200);
    let orders = orders.as_array().or(orders["data"].as_array()).unwrap();
    let live = |item: &&serde_json::Value| item["cancelled"] != true;
    let left = orders.iter().flat_map(|order| order["items"].as_array().unwrap()).filter(live).count();
    let fulfilled =
        orders.iter().flat_map(|order| order["fulfillments"].as_array().cloned().unwrap_or_default()).count();
    assert!(orders.len() > 3 && left <= fulfilled, "{left} live items and {fulfilled} fulfilments are left");
}

#[test]
fn what_could_not_be_cleaned_up_stays_in_the_ledger() {
    let folder = Folder::new();
    let line = r#"{"target":"x","spec":"modern-dropship","case":"c","key":"k","order":{"id":"1"}}"#;
    let ledger = folder.write("orders.jsonl", &format!("{line}\n")).display().to_string();
    let ended = ends(&["cleanup", &ledger, "--target", "http://127.0.0.1:1"]);
    ended.exits(3);
    assert!(ended.stderr.contains("not cleaned up"), "{}", ended.stderr);
    assert_eq!(fs::read_to_string(&ledger).unwrap(), format!("{line}\n"));
    let broken = folder.write("broken.jsonl", "no JSON\n").display().to_string();
    let ended = ends(&["cleanup", &broken, "--target", "http://127.0.0.1:1"]);
    ended.exits(2);
    assert!(ended.stderr.contains("broken.jsonl: line 1: "), "{}", ended.stderr);
}

#[test]
fn exchanges_that_were_kept_are_judged_again_without_the_endpoint() {
    let mock = Served::start(&["--quiet", "--choice", "success-status=201"]);
    let folder = Folder::new();
    let kept = folder.file("kept").display().to_string();
    let run = ends(&["run", "three", "wrong", "--target", &mock.url(), "--save-exchanges", &kept]);
    run.exits(1);
    drop(mock);
    let report = |name: &str| folder.file(name).display().to_string();
    let replayed = |name: &str| {
        let to = format!("jsonl={}", report(name));
        let ended = ends(&["replay", &kept, "three", "wrong", "--report", &to]);
        ended.exits(1);
        ended.stdout
    };
    let counts =
        |text: &str| text.lines().find(|line| line.contains(" passed ") || line.contains(" failed ")).map(stable);
    assert_eq!(counts(&replayed("one.jsonl")), counts(&run.stdout));
    replayed("two.jsonl");
    let read = |name: &str| fs::read(report(name)).unwrap();
    assert!(read("one.jsonl") == read("two.jsonl"), "two replays of one run differ");
    // Into a folder that holds a run no second one goes.
    let again = ends(&["run", "three", "--save-exchanges", &kept]);
    again.exits(2);
    assert!(again.stderr.contains("it holds the exchanges of another run"), "{}", again.stderr);
}

#[test]
fn a_scenario_that_asks_what_was_never_asked_could_not_run() {
    let folder = Folder::new();
    let scenario = |quantity: u64| {
        let text = format!(
            "format: 1\nspec: modern-dropship\ntitle: An item\norder: {{ items: {{ mug: {{ quantity: 1 }} }} }}\nsteps:\n  \
             - call: cancel_item\n    on: mug\n    with: {{ newQuantity: {quantity} }}\n    expect: {{ partial.above-refused: {{ answer: refused }} }}\n"
        );
        folder.write("item.yaml", &text).display().to_string()
    };
    let kept = folder.file("kept").display().to_string();
    let path = scenario(5);
    ends(&["run", &path, "--save-exchanges", &kept]).exits(0);
    ends(&["replay", &kept, &path]).exits(0);
    scenario(6);
    let ended = ends(&["replay", &kept, &path]);
    ended.exits(3);
    assert!(
        ended.stdout.contains("no such request was sent when the run was recorded: POST /orders/"),
        "{}",
        ended.stdout
    );
    assert!(ended.stdout.contains("blame: scenario"), "{}", ended.stdout);
}

#[test]
fn another_machine_is_played_against_only_where_somebody_says_so() {
    let folder = Folder::new();
    // An address of a range that is nobody's.
    let with_keys = |args: &[&str]| {
        let keys = [("COUNTERMAND_SELLER_KEY", "a-key"), ("COUNTERMAND_BUYER_KEY", "another-key")];
        end(countermand(args.iter().copied()).envs(keys))
    };
    let ended = with_keys(&["run", "three", "--target", "http://192.0.2.1:9"]);
    ended.exits(2);
    assert!(ended.stderr.contains("`192.0.2.1` is not this machine"), "{}", ended.stderr);
    let file = target_file(&folder, "http://192.0.2.1:9", "allow: [192.0.2.1]\nlimits: { timeout: 1 }\n");
    let ledger = folder.file("orders.jsonl").display().to_string();
    with_keys(&["run", "three", "--target", &file, "--ledger", &ledger]).exits(3);
    with_keys(&["run", "three", "--target", "http://192.0.2.1:9", "--yes", "--timeout", "1", "--ledger", &ledger])
        .exits(3);
}

#[test]
fn the_laws_hold_of_a_driver() {
    let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/driver/laws.yaml");
    let run = ends(&["run", "--target", &file.display().to_string()]);
    run.exits(0);
    assert!(run.stdout.contains("coverage    21 of 21 MUST clauses exercised"), "{}", run.stdout);
}

#[test]
fn a_proxy_is_gone_through() {
    // The mock answers whatever host is asked for, as a proxy would.
    let proxy = Served::start(&["--quiet"]);
    let folder = Folder::new();
    let more = format!("proxy: {}\nallow: [sandbox.invalid]\n", proxy.url());
    let file = target_file(&folder, "http://sandbox.invalid", &more);
    let ledger = folder.file("orders.jsonl").display().to_string();
    // To the program this is another machine, which is not sent the mock's keys of itself.
    let keys = [("COUNTERMAND_SELLER_KEY", "seller-key"), ("COUNTERMAND_BUYER_KEY", "buyer-key")];
    end(countermand(["run", "three", "--target", &file, "--ledger", &ledger]).envs(keys)).exits(0);
    assert!(!proxy.exchanges().as_array().unwrap().is_empty());
}
