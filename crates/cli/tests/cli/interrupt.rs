//! A person or a supervisor ends a run: what was played is reported, and the exit code says that it is not all.

use std::io::Write;
use std::sync::mpsc;

use countermand_event::{Event, Verdict};

use crate::between::{Between, Place, hang, nth};
use crate::folder::Folder;
use crate::program::{BOUND, Ended, Running, countermand, report};
use crate::served::Served;

/// Plays the three cases against an endpoint that hangs on one call, sends a signal once it does, and returns what came of
/// it, with the events.
#[track_caller]
fn interrupted(signal: &str, nth_call: usize, jobs: &str) -> (Ended, Vec<Event>) {
    let mock = Served::start(&["--quiet"]);
    let (reached, hangs) = mpsc::channel();
    let (upstream, strikes) = (mock.address, nth(Place::Call, nth_call));
    let between = Between::start(move |request, stream| {
        if strikes(request) {
            let _heard = reached.send(());
            hang(stream)
        } else {
            stream.write_all(&request.pass_to(upstream)?)
        }
    });
    let folder = Folder::new();
    let path = folder.file("run.jsonl");
    let args = [
        "run",
        "three",
        "--no-proof",
        "--timeout",
        "600000",
        "--jobs",
        jobs,
        "--target",
        &between.url(),
        &report(&path),
    ];
    let run = Running::start(&mut countermand(args));
    hangs.recv_timeout(BOUND).unwrap();
    run.signal(signal);
    let ended = run.end();
    let text = std::fs::read_to_string(&path).unwrap();
    (ended, text.lines().map(|line| serde_json::from_str(line).unwrap()).collect())
}

#[test]
fn what_was_played_is_reported() {
    for signal in ["INT", "TERM"] {
        let (ended, events) = interrupted(signal, 2, "1");
        ended.exits(3);
        assert_eq!(ended.stderr, "");
        let [Event::RunStarted(_), Event::CaseFinished(case), Event::RunFinished(sum)] = &events[..] else {
            panic!("{events:?}")
        };
        assert_eq!((case.id.as_str(), case.verdict), ("modern-dropship/a", Verdict::Passed));
        assert!(sum.interrupted && !sum.stopped_early);
        assert_eq!(sum.not_played, 2);
        assert_eq!(sum.verdicts.get(&Verdict::Passed), Some(&1));
        assert!(ended.stdout.contains("1 passed"), "{}", ended.stdout);
        assert!(ended.stdout.lines().last().unwrap().starts_with("incomplete: "), "{}", ended.stdout);
        assert!(ended.stdout.contains("interrupted"), "{}", ended.stdout);
    }
}

#[test]
fn nothing_was_played_yet() {
    let (ended, events) = interrupted("INT", 1, "1");
    ended.exits(3);
    assert_eq!(events.len(), 2, "{events:?}");
    assert!(ended.stdout.lines().last().unwrap().starts_with("incomplete: "), "{}", ended.stdout);
}

#[test]
fn cases_that_ended_behind_the_one_that_hangs_are_told_too() {
    let (ended, events) = interrupted("INT", 1, "3");
    ended.exits(3);
    let cases: Vec<&str> = events
        .iter()
        .filter_map(|event| match event {
            Event::CaseFinished(case) => Some(case.id.as_str()),
            _ => None,
        })
        .collect();
    let Some(Event::RunFinished(sum)) = events.last() else { panic!("{events:?}") };
    // How many of the others had ended by then is chance; that none is lost or told out of order is not.
    assert_eq!(cases.len() + sum.not_played, 3);
    assert!(cases.is_sorted(), "{cases:?}");
}
