//! Whose fault it is: whatever breaks on the way, at the log-in, the set-up, the read or the call itself, a run that could not
//! tell is neither green nor an accusation. Each fault stays from its nth occurrence on.

use std::io::{self, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use countermand_event::{Blame, Event, Verdict};

use crate::between::{Between, Place, Request, answer, hang, reset};
use crate::folder::Folder;
use crate::program::{Told, countermand, told};
use crate::served::Served;

/// What comes in place of an answer.
type Fault = fn(&mut TcpStream) -> io::Result<()>;

/// Stands between the program and the mock: what `strikes` says is met by the fault, from its `nth` time on.
struct Faulty {
    between: Between,
    met: Arc<AtomicUsize>,
}

impl Faulty {
    fn start(mock: &Served, strikes: fn(&Request) -> bool, nth: usize, fault: Fault) -> Self {
        let (upstream, met) = (mock.address, Arc::new(AtomicUsize::new(0)));
        let counted = Arc::clone(&met);
        let between = Between::start(move |request, stream| {
            if strikes(request) && counted.fetch_add(1, Ordering::SeqCst) + 1 >= nth {
                return fault(stream);
            }
            if is_log_in(request) {
                return stream.write_all(&json_answer("200 OK", r#"{"token":"seller-key"}"#));
            }
            stream.write_all(&request.pass_to(upstream)?)
        });
        Self { between, met }
    }

    /// How many requests the fault was meant for.
    fn met(&self) -> usize {
        self.met.load(Ordering::SeqCst)
    }
}

fn is_log_in(request: &Request) -> bool {
    request.head.starts_with("POST /login ")
}

fn json_answer(status: &str, body: impl AsRef<[u8]>) -> Vec<u8> {
    answer(status, "content-type: application/json\r\n", body)
}

const SET_UP: fn(&Request) -> bool = |request| request.place() == Place::SetUp;
const READ: fn(&Request) -> bool = |request| request.place() == Place::Read;
const CALL: fn(&Request) -> bool = |request| request.place() == Place::Call;

/// A proof creates two orders, reads them some twenty times, and makes the call once: `beyond` leads past all of it.
struct Spot {
    name: &'static str,
    strikes: fn(&Request) -> bool,
    nths: &'static [usize],
    beyond: usize,
}

const BEFORE_AND_AFTER: [Spot; 2] = [
    Spot { name: "set-up", strikes: SET_UP, nths: &[1, 3], beyond: 2 },
    Spot { name: "read", strikes: READ, nths: &[1, 2, 3, 5], beyond: 20 },
];
const AT_THE_CALL: Spot = Spot { name: "call", strikes: CALL, nths: &[1, 2], beyond: 1 };

/// Three equal cases, one after the other: what was told, and which of it is no pass.
fn run(url: &str, proof: bool, timeout: &str) -> Told {
    let args = ["run", "three", "--jobs", "1", "--timeout", timeout, "--target", url];
    let more: &[&str] = if proof { &[] } else { &["--no-proof"] };
    told(&mut countermand(args.into_iter().chain(more.iter().copied())))
}

/// The blame of whatever did not pass, of the target's proof too.
fn blames(run: &Told) -> Vec<Blame> {
    let mut blames = Vec::new();
    for event in &run.events {
        match event {
            Event::TargetProved(proof) => {
                blames.extend(
                    proof.checks.iter().filter_map(|check| check.trouble.as_ref()).map(|trouble| trouble.blame),
                );
            }
            Event::CaseFinished(case) => {
                blames.extend(case.trouble.iter().map(|trouble| trouble.blame));
                blames.extend(case.mismatches.iter().map(|mismatch| mismatch.blame));
            }
            _ => {}
        }
    }
    blames
}

#[track_caller]
fn accuses_nobody(run: &Told, what: &str) {
    let blames = blames(run);
    assert!(!blames.is_empty(), "{what}: {}", run.ended.stdout);
    let innocent = |blame: &Blame| matches!(blame, Blame::Setup | Blame::Transport);
    assert!(blames.iter().all(innocent), "{what}: {blames:?} {}", run.ended.stdout);
    for case in run.cases() {
        let fits = matches!(case.verdict, Verdict::Passed | Verdict::CouldNotRun);
        assert!(fits, "{what}: {}", run.ended.stdout);
        assert_eq!(case.verdict == Verdict::CouldNotRun, case.trouble.is_some(), "{what}");
    }
    run.ended.exits(3);
}

#[track_caller]
fn check(spots: &[Spot], timeout: &str, fault: Fault) {
    let mock = Served::start(&["--quiet"]);
    for Spot { name, strikes, nths, beyond } in spots {
        let unproved = nths.iter().map(|nth| (false, *nth));
        for (proof, nth) in unproved.chain([(true, 1), (true, beyond + 1)]) {
            let faulty = Faulty::start(&mock, *strikes, nth, fault);
            let run = run(&faulty.between.url(), proof, timeout);
            let what = format!("{name}, from number {nth} on, {}", if proof { "proved" } else { "not proved" });
            assert!(faulty.met() >= nth, "{what}: never met");
            accuses_nobody(&run, &what);
            // What the proof runs into is told once; what comes after it, case by case.
            assert_eq!(run.cases().count(), if proof && nth == 1 { 0 } else { 3 }, "{what}: {}", run.ended.stdout);
        }
    }
}

/// Far more than an answer takes, where nobody waits for it.
const AMPLE: &str = "10000";

#[test]
fn a_reset() {
    let fault: Fault = |stream| reset(stream);
    check(&BEFORE_AND_AFTER, AMPLE, fault);
    check(&[AT_THE_CALL], AMPLE, fault);
}

#[test]
fn an_answer_that_does_not_come_in_time() {
    let first = |spot: Spot| Spot { nths: &[1], ..spot };
    let [set_up, read] = BEFORE_AND_AFTER;
    check(&[set_up, read, AT_THE_CALL].map(first), "700", hang);
}

#[test]
fn an_answer_that_is_cut_off() {
    let fault: Fault = |stream| {
        stream.write_all(
            b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 99\r\n\r\n{\"_id\":\"17\"",
        )
    };
    check(&BEFORE_AND_AFTER, AMPLE, fault);
    check(&[AT_THE_CALL], AMPLE, fault);
}

#[test]
fn json_that_is_cut_off_whatever_its_kind_is_called() {
    let fault: Fault = |stream| {
        let kind = "content-type: application/json; charset=utf-8\r\n";
        stream.write_all(&answer("200 OK", kind, b"{\"_id\": \"17\", \"cancelled\": tr"))
    };
    check(&BEFORE_AND_AFTER, AMPLE, fault);
    check(&[AT_THE_CALL], AMPLE, fault);
}

#[test]
fn bytes_that_are_no_text() {
    let fault: Fault = |stream| stream.write_all(&json_answer("200 OK", b"{\"_id\":\"\xff\xfe\"}"));
    check(&BEFORE_AND_AFTER, AMPLE, fault);
    check(&[AT_THE_CALL], AMPLE, fault);
}

#[test]
fn bytes_of_an_encoding_that_nobody_asked_for() {
    let gzip = |stream: &mut TcpStream| {
        let headers = "content-type: application/json\r\ncontent-encoding: gzip\r\n";
        stream.write_all(&answer("200 OK", headers, b"\x1f\x8b\x08\x00\x00\x00\x00\x00"))
    };
    check(&BEFORE_AND_AFTER, AMPLE, gzip);
    check(&[AT_THE_CALL], AMPLE, gzip);
}

#[test]
fn a_crash_before_or_after_the_call() {
    check(&BEFORE_AND_AFTER, AMPLE, |stream| {
        stream.write_all(&answer("500 Internal Server Error", "content-type: text/html\r\n", "<h1>Oh no</h1>"))
    });
}

#[test]
fn a_key_that_is_not_known_any_more() {
    check(&BEFORE_AND_AFTER, AMPLE, |stream| {
        stream.write_all(&json_answer("401 Unauthorized", r#"{"errors":{"key":["unknown"]}}"#))
    });
}

fn asks_to_wait(stream: &mut TcpStream, status: &str) -> io::Result<()> {
    let headers = "content-type: text/html\r\nretry-after: 3600\r\n";
    stream.write_all(&answer(status, headers, "<h1>Come back later</h1>"))
}

#[test]
fn a_limit_of_the_rate() {
    let fault: Fault = |stream| asks_to_wait(stream, "429 Too Many Requests");
    check(&BEFORE_AND_AFTER, AMPLE, fault);
    check(&[AT_THE_CALL], AMPLE, fault);
}

#[test]
fn a_bad_gateway() {
    let fault: Fault = |stream| asks_to_wait(stream, "502 Bad Gateway");
    check(&BEFORE_AND_AFTER, AMPLE, fault);
    check(&[AT_THE_CALL], AMPLE, fault);
}

#[test]
fn a_service_that_is_not_there() {
    let fault: Fault = |stream| asks_to_wait(stream, "503 Service Unavailable");
    check(&BEFORE_AND_AFTER, AMPLE, fault);
    check(&[AT_THE_CALL], AMPLE, fault);
}

#[test]
fn a_gateway_that_waited_in_vain() {
    let fault: Fault = |stream| asks_to_wait(stream, "504 Gateway Timeout");
    check(&BEFORE_AND_AFTER, AMPLE, fault);
    check(&[AT_THE_CALL], AMPLE, fault);
}

/// The other way round: what is the target's own is not excused.
#[test]
fn a_crash_at_the_call_is_the_targets_own() {
    let mock = Served::start(&["--quiet"]);
    for proof in [false, true] {
        let faulty = Faulty::start(&mock, CALL, 1, |stream| {
            stream.write_all(&json_answer("500 Internal Server Error", r#"{"error":"null pointer"}"#))
        });
        let run = run(&faulty.between.url(), proof, AMPLE);
        run.ended.exits(1);
        assert_eq!(run.cases().count(), 3);
        for case in run.cases() {
            assert_eq!((case.verdict, case.trouble.as_ref()), (Verdict::Failed, None), "{}", run.ended.stdout);
            let clauses: Vec<&str> = case.mismatches.iter().map(|mismatch| mismatch.clause.as_str()).collect();
            assert!(clauses.contains(&"refusal.client-error"), "{clauses:?}");
            assert!(case.mismatches.iter().all(|mismatch| mismatch.blame == Blame::Target));
        }
    }
}

/// A target file whose seller logs in before every single request.
fn logging_in(folder: &Folder, url: &str) -> String {
    let text = format!(
        "format: 1
target: guarded
spec: modern-dropship
base_url: {url}
callers:
  seller:
    session:
      requests: {{ post: /login, capture: {{ token: body.token }} }}
      headers: {{ Authorization: \"{{{{ token }}}}\" }}
      lasts: 0
"
    );
    folder.write("guarded.yaml", &text).display().to_string()
}

#[test]
fn a_log_in_that_breaks() {
    let faults: [Fault; 9] = [
        |stream| reset(stream),
        |stream| stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{\"token\":"),
        |stream| stream.write_all(&json_answer("200 OK", b"{\"token\":\"\xff\"}")),
        |stream| stream.write_all(&json_answer("200 OK", "{}")),
        |stream| stream.write_all(&json_answer("500 Internal Server Error", "{}")),
        |stream| stream.write_all(&json_answer("401 Unauthorized", "{}")),
        |stream| asks_to_wait(stream, "429 Too Many Requests"),
        |stream| asks_to_wait(stream, "502 Bad Gateway"),
        |stream| asks_to_wait(stream, "503 Service Unavailable"),
    ];
    let mock = Served::start(&["--quiet"]);
    let folder = Folder::new();
    for (number, fault) in faults.into_iter().enumerate() {
        // The first four log-ins of a case are for its first read, its call, and the reads after it.
        for (proof, nth) in [(true, 1), (false, 1), (false, 2), (false, 3), (false, 6)] {
            let faulty = Faulty::start(&mock, is_log_in, nth, fault);
            let target = logging_in(&folder, &faulty.between.url());
            let run = run(&target, proof, AMPLE);
            let what = format!("fault {number} from log-in {nth} on");
            assert!(faulty.met() >= nth, "{what}: never met");
            accuses_nobody(&run, &what);
            if proof {
                assert_eq!((faulty.met(), blames(&run).len(), run.cases().count()), (1, 1, 0), "{what}: told once");
            }
        }
    }
    let whole = Faulty::start(&mock, is_log_in, usize::MAX, hang);
    run(&logging_in(&folder, &whole.between.url()), true, AMPLE).ended.exits(0);
}

/// Counted, not timed: each request that is never answered costs one time-out.
#[test]
fn an_endpoint_that_never_answers_costs_two_time_outs_at_most() {
    let everything: fn(&Request) -> bool = |_| true;
    let mock = Served::start(&["--quiet"]);
    for (name, strikes) in [("everything", everything), ("set-up", SET_UP), ("read", READ), ("call", CALL)] {
        for (proof, most) in [(false, 2), (true, 1)] {
            let faulty = Faulty::start(&mock, strikes, 1, hang);
            let run = run(&faulty.between.url(), proof, "700");
            accuses_nobody(&run, name);
            assert!(blames(&run).iter().all(|blame| *blame == Blame::Transport), "{name}");
            assert_eq!(faulty.met(), most, "{name}");
            assert_eq!(run.cases().count(), if proof { 0 } else { 3 }, "{name}");
        }
    }
}
