//! `run` against the mock: what it prints, and how it ends. The scenarios are those beside this file, so that the suite can
//! grow without a change here.

use std::fs;
use std::io::{BufRead, BufReader};
use std::process::Stdio;

use countermand_event::{Event, Verdict};
use insta::assert_snapshot;

use crate::folder::Folder;
use crate::program::{Ended, countermand, end, ends, told};
use crate::text::stable;

/// Standard output where it ended so, and standard error is empty.
#[track_caller]
fn stdout(ended: &Ended, code: i32) -> String {
    ended.exits(code);
    assert_eq!(ended.stderr, "");
    stable(&ended.stdout)
}

/// The message of a command that was refused before anything was played.
#[track_caller]
fn refused(args: &[&str]) -> String {
    let ended = ends(args);
    ended.exits(2);
    assert_eq!(ended.stdout, "");
    stable(&ended.stderr)
}

#[test]
fn all_passed() {
    assert_snapshot!(stdout(&ends(&["run", "three"]), 0));
}

#[test]
fn the_whole_suite_holds() {
    let ended = ends(&["run", "-q"]);
    ended.exits(0);
    assert!(ended.stdout.ends_with("held: every MUST that was played\n"), "{}", ended.stdout);
}

#[test]
fn the_whole_suite_holds_in_the_other_profile() {
    ends(&["run", "-q", "--profile", "guide"]).exits(0);
}

#[test]
fn quiet() {
    assert_snapshot!(stdout(&ends(&["run", "three", "-q"]), 0));
}

#[test]
fn quiet_with_a_failure() {
    assert_snapshot!(stdout(&ends(&["run", "three", "wrong", "-q"]), 1));
}

#[test]
fn verbose() {
    assert_snapshot!(stdout(&ends(&["run", "three", "--filter", "/b", "-v"]), 0));
}

#[test]
fn a_profile() {
    let text = stdout(&ends(&["run", "three", "--profile", "guide"]), 0);
    assert!(text.starts_with("playing 3 cases of modern-dropship (guide) against mock\n"), "{text}");
}

#[test]
fn filters() {
    let run = |args: &[&str]| stdout(&ends(&[&["run", "three"], args].concat()), 0);
    assert!(run(&["--filter", "/a"]).contains("\n1 passed "));
    assert!(run(&["--filter", "/a", "--filter", "/c"]).contains("\n2 passed "));
    assert!(run(&["--spec", "modern-dropship"]).contains("\n3 passed "));
}

#[test]
fn a_failure() {
    assert_snapshot!(stdout(&ends(&["run", "wrong"]), 1));
}

#[test]
fn a_failure_in_full() {
    assert_snapshot!(stdout(&ends(&["run", "wrong", "-v"]), 1));
}

#[test]
fn a_failure_is_an_event() {
    let run = told(&mut countermand(["run", "wrong"]));
    run.ended.exits(1);
    let case = run.case("/a-wrong-number");
    assert_eq!(case.verdict, Verdict::Failed);
    let [mismatch] = &case.mismatches[..] else { panic!("{:?}", case.mismatches) };
    assert_eq!((mismatch.clause.as_str(), mismatch.path.as_str()), ("partial.new-quantity", "items.mug-rest.quantity"));
    assert_eq!((mismatch.place.file.as_str(), mismatch.place.line), ("wrong/a-wrong-number.yaml", 16));
    assert_eq!(mismatch.actual, Some(3.into()));
}

#[test]
fn a_violated_should_warns() {
    assert_snapshot!(stdout(&ends(&["run", "three/a.yaml", "--choice", "success-status=201"]), 0));
}

#[test]
fn a_violated_should_fails_a_strict_run() {
    let text = stdout(&ends(&["run", "three", "-q", "--choice", "success-status=201", "--strict"]), 1);
    assert!(text.contains("3 warned"), "{text}");
    assert!(text.ends_with("violated: answer.status-200\n"), "{text}");
}

#[test]
fn the_first_failure_ends_the_run() {
    let text = stdout(&ends(&["run", "wrong", "three", "--fail-fast", "--jobs", "1", "-q"]), 1);
    assert_snapshot!(text);
}

#[test]
fn events_start_and_end_with_the_run() {
    let run = told(&mut countermand(["run", "three", "wrong"]));
    run.ended.exits(1);
    let [Event::RunStarted(started), cases @ .., Event::RunFinished(finished)] = &run.events[..] else {
        panic!("{}", run.jsonl)
    };
    assert_eq!((started.cases, cases.len()), (4, 4));
    assert!(cases.iter().all(|event| matches!(event, Event::CaseFinished(_))));
    assert_eq!(finished.verdicts.get(&Verdict::Passed), Some(&3));
    assert_eq!(finished.verdicts.get(&Verdict::Failed), Some(&1));
}

#[test]
fn an_event_has_the_same_form_in_and_out() {
    let run = told(&mut countermand(["run", "three", "wrong", "-v"]));
    for (line, event) in run.jsonl.lines().zip(&run.events) {
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        assert_eq!(serde_json::to_value(event).unwrap(), line);
    }
}

#[test]
fn as_many_at_once_as_one_likes() {
    let run = |jobs| stdout(&ends(&["run", "three", "wrong", "-v", "--jobs", jobs]), 1);
    assert_eq!(run("1"), run("8"));
    // Which case is told first does not hang on which ended first.
    let ids = |jobs| {
        let run = told(&mut countermand(["run", "--jobs", jobs]));
        run.cases().map(|case| (case.id.clone(), case.verdict)).collect::<Vec<_>>()
    };
    assert_eq!(ids("1"), ids("8"));
}

#[test]
fn nothing_listens() {
    // Port 1 is nobody's, and only an administrator could change that.
    let run = told(&mut countermand(["run", "three", "--no-proof", "--jobs", "1", "--target", "http://127.0.0.1:1"]));
    run.ended.exits(3);
    assert_eq!(run.cases().count(), 3);
    for case in run.cases() {
        assert_eq!(case.verdict, Verdict::CouldNotRun);
        assert_eq!(case.trouble.as_ref().unwrap().blame, countermand_event::Blame::Transport);
    }
    assert!(run.ended.stdout.contains("3 could not run (3 transport)"), "{}", run.ended.stdout);
    assert!(run.ended.stdout.ends_with("incomplete: 3 cases could not run\n"), "{}", run.ended.stdout);
}

#[test]
fn one_reason_is_told_once() {
    let ended =
        ends(&["run", "--spec", "modern-dropship", "--no-proof", "--jobs", "1", "--target", "http://127.0.0.1:1"]);
    ended.exits(3);
    assert_eq!(ended.stdout.matches("does not answer any more").count(), 2, "{}", ended.stdout);
    assert!(ended.stdout.contains(" cases could not run for one reason (-v names them): "), "{}", ended.stdout);
}

#[test]
fn colour_is_as_one_likes() {
    let run = |args: &[&str], variables: &[(&str, &str)]| {
        let mut command = countermand(["run", "three"].into_iter().chain(args.iter().copied()));
        end(command.envs(variables.iter().copied())).stdout.contains('\x1b')
    };
    assert!(!run(&[], &[]), "a pipe has no colour");
    assert!(run(&["--color", "always"], &[]));
    assert!(run(&["--color", "always"], &[("NO_COLOR", "1")]), "what is asked for outranks the environment");
    assert!(!run(&["--color", "never"], &[]));
    assert!(!run(&["--color", "auto"], &[("NO_COLOR", "1")]));
}

#[test]
fn colour_changes_no_word() {
    let coloured = ends(&["run", "wrong", "--color", "always"]);
    let plain = regex_lite::Regex::new("\x1b\\[[0-9;]*m").unwrap().replace_all(&coloured.stdout, "").into_owned();
    assert_eq!(stable(&plain), stable(&ends(&["run", "wrong"]).stdout));
}

#[test]
fn a_reader_that_leaves_is_no_failure() {
    let mut child = countermand(["run", "-v"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    // The pipe is closed here, while the program still has most of its lines to write.
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let ended = child.wait_with_output().unwrap();
    assert!(line.starts_with("playing "));
    assert_eq!(ended.status.code(), Some(0));
    assert_eq!(String::from_utf8_lossy(&ended.stderr), "");
}

#[test]
#[cfg(target_os = "linux")]
fn a_full_disk_is_a_failure() {
    // Every write to this device fails as it would on a full disk.
    let ended = ends(&["run", "three", "--report", "jsonl=/dev/full"]);
    ended.exits(2);
    assert!(ended.stderr.starts_with("error: a report could not be written: "), "{}", ended.stderr);
}

#[test]
fn wrong_arguments_say_what_is_right() {
    let refusals = [
        &["run", "--filter", "no-such-case"][..],
        &["run", "--profile", "nope"],
        &["run", "--spec", "nope"],
        &["run", "--target", "ftp://x"],
        &["run", "--target", "http://127.0.0.1:1"],
        &["run", "--profile", "guide", "--target", "http://"],
        &["run", "--profile", "guide", "--target", "http://127.0.0.1:1/?a=b"],
        &["run", "--profile", "guide", "--target", "http://127.0.0.1:99999"],
        &["run", "--profile", "guide", "--target", "http://someone:a-password@127.0.0.1:1"],
        &["run", "--profile", "guide", "--target", "http://127.0.0.1:1", "--choice", "success-status=201"],
        &["run", "--choice", "success-status"],
        &["run", "--choice", "success-status=7"],
        &["run", "--report", "pdf=x"],
        &["run", "--report", "jsonl"],
        &["run", "--report", "jsonl=no/such/folder/x"],
        &["run", "--jobs", "0"],
        &["run", "--timeout", "0"],
    ]
    .map(|args| format!("$ countermand {}\n{}", args.join(" "), refused(args)));
    assert_snapshot!(refusals.join("\n"));
}

#[test]
fn an_unknown_choice_is_told_which_there_are() {
    let text = refused(&["run", "--choice", "x=y"]);
    assert!(text.starts_with("error: there is no choice `x`: there is original-quantity, "), "{text}");
    assert!(text.contains(", success-status, "), "{text}");
}

#[test]
fn what_holds_no_scenario_is_never_green() {
    let folder = Folder::new();
    let empty = folder.file("empty");
    fs::create_dir(&empty).unwrap();
    folder.write("other.yaml", "name: something else\n");
    folder.write("broken.yaml", "format: 1\nspec: [\n");
    folder.write("binary.yaml", "\0\u{1}");
    let hidden = folder.path().display().to_string();
    let texts = ["empty", "other.yaml", "broken.yaml", "binary.yaml", "missing.yaml"].map(|name| {
        let path = folder.file(name).display().to_string();
        format!("$ countermand run {name}\n{}", refused(&["run", &path]).replace(&hidden, "[folder]"))
    });
    assert_snapshot!(texts.join("\n"));
}
