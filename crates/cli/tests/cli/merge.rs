//! A run that is played in parts, cut off, played again or shown beside others is told as one run that was not.

use std::fs;
use std::path::{Path, PathBuf};

use crate::folder::{Folder, fixtures};
use crate::program::{Ended, countermand, end, ends, report};
use crate::text::stable;

/// Plays to a file.
fn played(folder: &Folder, name: &str, args: &[&str]) -> (PathBuf, Ended) {
    let path = folder.file(name);
    let report = report(&path);
    let ended = ends(&[&["run", "three", "wrong", "-q"], args, &[&report]].concat());
    (path, ended)
}

/// What `merge` writes of these files without times.
fn page(folder: &Folder, files: &[&Path]) -> (String, Ended) {
    let path = folder.file("page.txt");
    let report = format!("--report=text={}", path.display());
    let files: Vec<String> = files.iter().map(|file| file.display().to_string()).collect();
    let args = ["merge", "-q", &report].into_iter().chain(files.iter().map(String::as_str));
    let ended = end(&mut countermand(args));
    (stable(&fs::read_to_string(path).unwrap_or_default()), ended)
}

/// The ids of the cases of a file.
fn cases(path: &Path) -> Vec<String> {
    let text = fs::read_to_string(path).unwrap();
    let lines = text.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    lines.filter_map(|line| Some(line.get("id")?.as_str()?.to_owned())).collect()
}

#[test]
fn shards_make_the_report_of_one_run() {
    let folder = Folder::new();
    let (whole, _) = played(&folder, "whole.jsonl", &[]);
    let shards = ["1/3", "2/3", "3/3"];
    let shards = shards.map(|shard| played(&folder, &format!("{}.jsonl", &shard[..1]), &["--shard", shard]).0);
    assert!(shards.iter().all(|shard| !cases(shard).is_empty()), "every shard plays something");
    let (expected, _) = page(&folder, &[&whole]);
    let (joined, ended) = page(&folder, &[&shards[2], &shards[0], &shards[1]]);
    ended.exits(1);
    assert_eq!(joined, expected);
    assert!(expected.contains("1 failed"), "{expected}");
}

#[test]
fn shards_that_are_not_one_run_are_refused() {
    let folder = Folder::new();
    let (one, _) = played(&folder, "1.jsonl", &["--shard", "1/2"]);
    let (other, _) = played(&folder, "2.jsonl", &["--shard", "2/3"]);
    let (_, gap) = page(&folder, &[&one]);
    assert!(gap.exits(3).stderr.contains("error: shard 2/2 is missing"), "{}", gap.stderr);
    let (_, mixed) = page(&folder, &[&one, &other]);
    assert!(mixed.exits(3).stderr.contains("it has another number of shards than"), "{}", mixed.stderr);
    let (_, twice) = page(&folder, &[&one, &one]);
    assert!(twice.exits(3).stderr.contains("was played by"), "{}", twice.stderr);
}

#[test]
fn shards_of_files_that_were_changed_in_between_are_refused() {
    let folder = Folder::new();
    let suite = folder.file("suite");
    fs::create_dir(&suite).unwrap();
    let text = |name: &str| fs::read_to_string(fixtures().join("three").join(name)).unwrap();
    for name in ["a.yaml", "b.yaml"] {
        fs::write(suite.join(name), text(name)).unwrap();
    }
    let play = |shard: &str| {
        let told = folder.file(&format!("{}.jsonl", &shard[..1]));
        let jsonl = format!("--report=jsonl={}", told.display());
        ends(&["run", suite.to_str().unwrap(), "-q", "--shard", shard, &jsonl]).exits(0);
        told
    };
    let one = play("1/2");
    fs::write(suite.join("a.yaml"), text("a.yaml") + "# edited\n").unwrap();
    let other = play("2/2");
    let (_, mixed) = page(&folder, &[&one, &other]);
    assert!(mixed.exits(3).stderr.contains("it has other scenarios under the same names than"), "{}", mixed.stderr);
    let (_, whole) = page(&folder, &[&play("1/2"), &other]);
    whole.exits(0);
}

#[test]
fn shards_take_equally_long_by_the_times_of_an_earlier_run() {
    let folder = Folder::new();
    let (whole, _) = played(&folder, "whole.jsonl", &[]);
    let text = fs::read_to_string(&whole).unwrap();
    let slow = cases(&whole).remove(3);
    let timed = text.lines().map(|line| {
        let mut line: serde_json::Value = serde_json::from_str(line).unwrap();
        if line.get("id").is_some() {
            line["millis"] = if line["id"] == slow.as_str() { 900.0 } else { 1.0 }.into();
        }
        line.to_string() + "\n"
    });
    let times = folder.write("times.jsonl", &timed.collect::<String>());
    let (first, _) = played(&folder, "1.jsonl", &["--shard", "1/2", "--times", times.to_str().unwrap()]);
    assert_eq!(cases(&first), [slow]);
}

#[test]
fn a_run_that_was_cut_off_is_incomplete_and_goes_on_from_there() {
    let folder = Folder::new();
    let (whole, _) = played(&folder, "whole.jsonl", &[]);
    let text = fs::read_to_string(&whole).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    // In the middle of a line, as kill -9 may leave it.
    let cut = folder.write("cut.jsonl", &format!("{}\n{}\n{}", lines[0], lines[1], &lines[2][..40]));
    let (told, ended) = page(&folder, &[&cut]);
    ended.exits(3);
    assert!(told.contains("3 not played"), "{told}");
    let (resumed, ended) = played(&folder, "resumed.jsonl", &["--resume", cut.to_str().unwrap()]);
    ended.exits(1);
    assert_eq!(cases(&resumed), cases(&whole));
    assert_eq!(fs::read_to_string(&resumed).unwrap().lines().nth(1), Some(lines[1]), "it was not played again");
    assert_eq!(page(&folder, &[&resumed]).0, page(&folder, &[&whole]).0);
    let (_, other) = played(&folder, "other.jsonl", &["--resume", cut.to_str().unwrap(), "--profile", "guide"]);
    assert!(other.exits(2).stderr.contains("it was another run"), "{}", other.stderr);
}

#[test]
fn only_what_did_not_pass_is_played_again() {
    let folder = Folder::new();
    let (whole, _) = played(&folder, "whole.jsonl", &[]);
    let (again, ended) = played(&folder, "again.jsonl", &["--rerun", whole.to_str().unwrap()]);
    ended.exits(1);
    assert_eq!(cases(&again).len(), 1, "{:?}", cases(&again));
}

#[test]
fn known_failures_pass_as_long_as_they_are_so() {
    let folder = Folder::new();
    let (whole, _) = played(&folder, "whole.jsonl", &[]);
    let (whole, known) = (whole.to_str().unwrap().to_owned(), folder.file("known.yaml"));
    let known = known.to_str().unwrap();
    let unsaid = ends(&["baseline", known, "--update", &whole]);
    assert!(unsaid.exits(2).stderr.contains("say with `--reason`"), "{}", unsaid.stderr);
    let listed = ends(&["baseline", known, "--update", &whole, "--reason", "ACME-4711"]);
    assert_eq!(listed.exits(0).stdout, "added    modern-dropship/a-wrong-number\n");
    let (_, aside) = played(&folder, "aside.jsonl", &["--baseline", known]);
    assert!(aside.exits(0).stdout.ends_with("held: every MUST that was played, known failures aside\n"));
    assert!(aside.stdout.contains("3 passed · 1 known to fail"), "{}", aside.stdout);
    let text = fs::read_to_string(known).unwrap();
    folder.write("known.yaml", &text.replace("a-wrong-number", "a"));
    let (_, stale) = played(&folder, "stale.jsonl", &["--baseline", known]);
    stale.exits(1);
    for says in
        ["STALE  modern-dropship/a  is listed as a known failure, and passed\n", "violated: partial.new-quantity"]
    {
        assert!(stale.stdout.contains(says), "{}", stale.stdout);
    }
    let expired = format!("{text}    expires: 2020-01-31\n");
    folder.write("known.yaml", &expired);
    let (_, stale) = played(&folder, "expired.jsonl", &["--baseline", known]);
    assert!(stale.exits(1).stdout.contains("was put up with until 2020-01-31"), "{}", stale.stdout);
    folder.write("known.yaml", "format: 1\nknown:\n  a: { violates: [x] }\n");
    let (_, wrong) = played(&folder, "wrong.jsonl", &["--baseline", known]);
    assert!(wrong.exits(2).stderr.contains("known.yaml:3:"), "{}", wrong.stderr);
}

#[test]
fn files_that_tell_of_no_run_are_told_with_their_line() {
    let folder = Folder::new();
    for (text, says) in [
        ("", "a run begins with `run-started`"),
        ("{}\n", "line 1 is no event of a run"),
        ("[\n", "line 1 is no event of a run"),
        (r#"{"event":"run-started","format":9,"version":"","target":"","profiles":{},"cases":0}"#, "it has format 9"),
    ] {
        let (_, ended) = page(&folder, &[&folder.write("wrong.jsonl", text)]);
        assert!(ended.code != Some(0) && ended.stderr.contains(says), "{text}: {}", ended.stderr);
    }
    let (_, ended) = page(&folder, &[&folder.file("absent.jsonl")]);
    assert!(ended.exits(2).stderr.contains("there is no such file or folder"), "{}", ended.stderr);
}

/// The board that is committed shows what the mock does today, and what the committed runs of others say.
#[test]
fn the_board_is_current() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let folder = Folder::new();
    let runs = ["reference", "guide", "laws", "domestic", "international"].map(|profile| {
        let path = folder.file(&format!("{profile}.jsonl"));
        let report = report(&path);
        ends(&["run", "-q", "--profile", profile, &report]).exits(0);
        path
    });
    let fresh = folder.file("board.html");
    let vendure = root.join("reports/vendure-3.7.3/run.jsonl");
    let files = runs.iter().chain([&vendure]).map(|path| path.to_str().unwrap());
    end(&mut countermand(["board", "-o", fresh.to_str().unwrap()].into_iter().chain(files))).exits(0);
    let committed = fs::read_to_string(root.join("reports/board.html")).unwrap();
    assert!(fs::read_to_string(fresh).unwrap() == committed, "reports/README.md says how to write it anew");
}
