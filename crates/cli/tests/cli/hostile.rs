//! Endpoints that misbehave on the wire: at the set-up, at the call, at the read. The run must end, say whose it is, and
//! play the other cases; nothing an endpoint sends may act on the terminal or lead anywhere else.

use std::io::Write;
use std::net::{SocketAddr, TcpStream};

use countermand_event::{Blame, Verdict};
use insta::assert_snapshot;

use crate::between::{Between, Place, Request, answer, hang, nth, reset, with_body, with_header};
use crate::program::{Told, countermand, told};
use crate::served::Served;
use crate::text::{is_harmless, stable};

/// What stands in for the mock's answer to one request.
type Trouble = fn(&Request, SocketAddr, &mut TcpStream) -> std::io::Result<()>;

/// How the case must end that met the trouble.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ends {
    /// It could not run, and this is to blame.
    Incomplete(Blame),
    /// It failed: what the endpoint answered to the call is its own doing.
    Failed,
    /// The same, where the spec only says SHOULD.
    Warned,
    /// It passed: the spec does not mind.
    Passed,
}

use Blame::{Setup, Transport};
use Ends::{Failed, Incomplete, Passed, Warned};

/// Plays three equal cases, one after the other; the second meets the trouble.
#[track_caller]
fn meets(trouble: Trouble, place: Place, more: &[&str]) -> Told {
    let mock = Served::start(&["--quiet"]);
    // A case reads after the set-up, after its step and at its end: the fifth read is the second case's after its step.
    let strikes = nth(place, if place == Place::Read { 5 } else { 2 });
    let upstream = mock.address;
    let between = Between::start(move |request, stream| {
        if strikes(request) {
            trouble(request, upstream, stream)
        } else {
            stream.write_all(&request.pass_to(upstream)?)
        }
    });
    let url = between.url();
    let args = ["run", "three", "--no-proof", "--jobs", "1", "--timeout", "2000", "--target", &url];
    told(&mut countermand(args.into_iter().chain(more.iter().copied())))
}

#[track_caller]
fn check(trouble: Trouble, set_up: Ends, call: Ends, read: Ends) {
    for (place, ends) in [(Place::SetUp, set_up), (Place::Call, call), (Place::Read, read)] {
        let run = meets(trouble, place, &["-v"]);
        let case = run.case("/b");
        let trouble = case.trouble.as_ref().map(|trouble| trouble.blame);
        let seen = match (case.verdict, trouble) {
            (Verdict::CouldNotRun, Some(blame)) => Incomplete(blame),
            (Verdict::Failed, None) => Failed,
            (Verdict::Warned, None) => Warned,
            (Verdict::Passed, None) => Passed,
            other => panic!("{other:?}"),
        };
        assert_eq!(seen, ends, "at {place:?}: {}", run.ended.stdout);
        run.ended.exits(match ends {
            Incomplete(_) => 3,
            Failed => 1,
            Warned | Passed => 0,
        });
        for other in ["/a", "/c"] {
            assert_eq!(run.case(other).verdict, Verdict::Passed, "at {place:?}: {}", run.ended.stdout);
        }
        is_harmless(&run.ended.stdout);
        assert_eq!(run.ended.stderr, "");
    }
}

#[test]
fn an_answer_that_is_cut_off() {
    let trouble: Trouble =
        |_, _, stream| stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n{\"_id\":\"17\",");
    check(trouble, Incomplete(Transport), Incomplete(Transport), Incomplete(Transport));
}

#[test]
fn an_answer_that_is_too_large() {
    let trouble: Trouble = |_, _, stream| stream.write_all(&answer("200 OK", "", vec![b' '; (8 << 20) + 1]));
    check(trouble, Incomplete(Transport), Incomplete(Transport), Incomplete(Transport));
}

#[test]
fn an_answer_without_an_end() {
    let trouble: Trouble = |_, _, stream| {
        stream.write_all(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")?;
        let chunk = [b"10000\r\n".as_slice(), &[b' '; 1 << 16], b"\r\n"].concat();
        loop {
            stream.write_all(&chunk)?;
        }
    };
    check(trouble, Incomplete(Transport), Incomplete(Transport), Incomplete(Transport));
}

#[test]
fn headers_without_an_end() {
    let trouble: Trouble = |_, _, stream| {
        stream.write_all(b"HTTP/1.1 200 OK\r\n")?;
        loop {
            stream.write_all(b"x-more: and more\r\n")?;
        }
    };
    check(trouble, Incomplete(Transport), Incomplete(Transport), Incomplete(Transport));
}

#[test]
fn an_answer_that_is_no_json() {
    let trouble: Trouble = |request, upstream, stream| {
        stream.write_all(&with_body(&request.pass_to(upstream)?, |_| "it is done".to_owned()))
    };
    check(trouble, Incomplete(Setup), Incomplete(Transport), Incomplete(Transport));
}

#[test]
fn an_answer_without_a_body() {
    let trouble: Trouble =
        |request, upstream, stream| stream.write_all(&with_body(&request.pass_to(upstream)?, |_| String::new()));
    check(trouble, Incomplete(Setup), Passed, Incomplete(Transport));
}

#[test]
fn an_answer_that_is_another_kind_of_json() {
    let trouble: Trouble = |_, _, stream| stream.write_all(&answer("200 OK", "", "[[[17]]]"));
    check(trouble, Incomplete(Setup), Failed, Failed);
}

#[test]
fn an_answer_that_is_nested_without_end() {
    let trouble: Trouble = |_, _, stream| stream.write_all(&answer("200 OK", "", "[".repeat(1 << 20)));
    check(trouble, Incomplete(Setup), Failed, Incomplete(Transport));
}

#[test]
fn items_that_are_a_text() {
    let trouble: Trouble = |request, upstream, stream| {
        let change = |body: &str| match body.find("\"items\":[") {
            Some(at) => format!("{}\"items\":\"none\"}}", &body[..at]),
            None => r#"{"data":{"id":["no id"],"items":"none"}}"#.to_owned(),
        };
        stream.write_all(&with_body(&request.pass_to(upstream)?, change))
    };
    check(trouble, Incomplete(Setup), Warned, Failed);
}

#[test]
fn items_that_are_null() {
    let trouble: Trouble = |request, upstream, stream| {
        let change = |body: &str| match body.find("\"items\":[") {
            Some(at) => format!("{}\"items\":null}}", &body[..at]),
            None => body.to_owned(),
        };
        stream.write_all(&with_body(&request.pass_to(upstream)?, change))
    };
    check(trouble, Passed, Passed, Failed);
}

/// What a quantity may be that is no number of units: each is a value of the endpoint's, and differs.
#[test]
fn a_quantity_that_is_no_number() {
    let text: Trouble = |request, upstream, stream| {
        let change = |body: &str| body.replace("\"quantity\":4", "\"quantity\":\"4\"");
        stream.write_all(&with_body(&request.pass_to(upstream)?, change))
    };
    let huge: Trouble = |request, upstream, stream| {
        let change = |body: &str| body.replace("\"quantity\":4", "\"quantity\":1.8e19");
        stream.write_all(&with_body(&request.pass_to(upstream)?, change))
    };
    let half: Trouble = |request, upstream, stream| {
        let change = |body: &str| body.replace("\"quantity\":4", "\"quantity\":1.5");
        stream.write_all(&with_body(&request.pass_to(upstream)?, change))
    };
    let null: Trouble = |request, upstream, stream| {
        let change = |body: &str| body.replace("\"quantity\":4", "\"quantity\":null");
        stream.write_all(&with_body(&request.pass_to(upstream)?, change))
    };
    for trouble in [text, huge, half, null] {
        check(trouble, Passed, Warned, Failed);
    }
}

#[test]
fn a_quantity_that_is_written_with_a_point() {
    let trouble: Trouble = |request, upstream, stream| {
        let change = |body: &str| body.replace("\"quantity\":4", "\"quantity\":4.0");
        stream.write_all(&with_body(&request.pass_to(upstream)?, change))
    };
    check(trouble, Passed, Passed, Passed);
}

#[test]
fn a_mark_of_the_byte_order() {
    let trouble: Trouble = |request, upstream, stream| {
        stream.write_all(&with_body(&request.pass_to(upstream)?, |body| format!("\u{feff}{body}")))
    };
    check(trouble, Passed, Passed, Passed);
}

#[test]
fn a_quantity_that_is_a_map() {
    let trouble: Trouble = |request, upstream, stream| {
        let change = |body: &str| body.replace("\"quantity\":4", "\"quantity\":{\"amount\":4}");
        stream.write_all(&with_body(&request.pass_to(upstream)?, change))
    };
    // The view is readable, and what it says is wrong.
    check(trouble, Passed, Warned, Failed);
}

#[test]
fn a_redirect() {
    let trouble: Trouble =
        |_, _, stream| stream.write_all(&answer("302 Found", "location: http://127.0.0.1:9/\r\n", ""));
    check(trouble, Incomplete(Setup), Failed, Incomplete(Transport));
}

#[test]
fn an_error_page() {
    let trouble: Trouble = |_, _, stream| {
        let page = "<html><body><h1>Internal Server Error</h1></body></html>";
        stream.write_all(&answer("500 Internal Server Error", "content-type: text/html\r\n", page))
    };
    check(trouble, Incomplete(Setup), Failed, Incomplete(Transport));
}

#[test]
fn a_limit_of_the_rate() {
    let trouble: Trouble =
        |_, _, stream| stream.write_all(&answer("429 Too Many Requests", "retry-after: 3600\r\n", ""));
    check(trouble, Incomplete(Setup), Incomplete(Transport), Incomplete(Transport));
}

#[test]
fn a_reset() {
    let trouble: Trouble = |_, _, stream| reset(stream);
    check(trouble, Incomplete(Transport), Incomplete(Transport), Incomplete(Transport));
}

#[test]
fn an_end_without_an_answer() {
    let trouble: Trouble = |_, _, _| Ok(());
    check(trouble, Incomplete(Transport), Incomplete(Transport), Incomplete(Transport));
}

#[test]
fn no_answer_at_all() {
    let trouble: Trouble = |_, _, stream| hang(stream);
    check(trouble, Incomplete(Transport), Incomplete(Transport), Incomplete(Transport));
}

#[test]
fn an_answer_drop_by_drop() {
    let trouble: Trouble = |_, _, stream| {
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n{")?;
        hang(stream)
    };
    check(trouble, Incomplete(Transport), Incomplete(Transport), Incomplete(Transport));
}

#[test]
fn no_http_at_all() {
    let trouble: Trouble = |_, _, stream| stream.write_all(b"SSH-2.0-OpenSSH_9.6\r\n\x00\x1b[31m\xff\xfe");
    check(trouble, Incomplete(Transport), Incomplete(Transport), Incomplete(Transport));
}

#[test]
fn escapes_in_a_header() {
    let trouble: Trouble = |request, upstream, stream| {
        stream.write_all(&with_header(&request.pass_to(upstream)?, b"x-request-id: \x1b[31mred"))
    };
    check(trouble, Incomplete(Transport), Incomplete(Transport), Incomplete(Transport));
}

#[test]
fn a_header_that_turns_the_line_around() {
    let trouble: Trouble = |request, upstream, stream| {
        stream.write_all(&with_header(&request.pass_to(upstream)?, "x-request-id: a\u{202e}b\u{9b}31m".as_bytes()))
    };
    check(trouble, Passed, Passed, Passed);
}

const ESCAPES: &str = "\u{1b}[2J\u{1b}]0;title\u{7}\u{202e}reversed\u{2066}\u{200b}\r\n";

#[test]
fn a_body_of_escapes() {
    let trouble: Trouble = |_, _, stream| stream.write_all(&answer("500 Internal Server Error", "", ESCAPES));
    check(trouble, Incomplete(Setup), Failed, Incomplete(Transport));
}

#[test]
fn escapes_in_json() {
    let trouble: Trouble = |request, upstream, stream| {
        let text = serde_json::Value::from(ESCAPES).to_string();
        let change = |body: &str| body.replace("\"out of stock\"", &text).replace("\"S-V1\"", &text);
        stream.write_all(&with_body(&request.pass_to(upstream)?, change))
    };
    check(trouble, Passed, Passed, Failed);
}

/// What a person reads where a case could not run, or failed by an answer alone.
#[test]
fn troubles_as_they_are_told() {
    let page: Trouble = |_, _, stream| stream.write_all(&answer("500 Internal Server Error", "", "<h1>Oh no</h1>"));
    let cut: Trouble = |_, _, stream| stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{\"_id\":");
    let list: Trouble = |_, _, stream| stream.write_all(&answer("200 OK", "", "[17]"));
    let told = [
        ("an error page", page, Place::SetUp),
        ("an error page", page, Place::Call),
        ("an error page", page, Place::Read),
        ("a list", list, Place::SetUp),
        ("a list", list, Place::Call),
        ("a list", list, Place::Read),
        ("a cut", cut, Place::Call),
        ("nothing", |_, _, stream| hang(stream), Place::Read),
        ("a limit", |_, _, stream| stream.write_all(&answer("429 Too Many Requests", "", "")), Place::Call),
    ]
    .map(|(name, trouble, place)| {
        let text = stable(&meets(trouble, place, &[]).ended.stdout);
        // From the first heading to the sums, which are looked at elsewhere.
        let start = text.find("\n\n").unwrap();
        let end = text.find("modern-dropship (reference)\n").unwrap();
        format!("# {name} at {place:?}{}", text[start..end].trim_end())
    });
    assert_snapshot!(told.join("\n\n"));
}

#[test]
fn no_redirect_is_followed() {
    for (place, code) in [(Place::SetUp, 3), (Place::Call, 1), (Place::Read, 3)] {
        let mock = Served::start(&["--quiet"]);
        let other = Between::start(|_, stream| stream.write_all(&answer("200 OK", "", "{}")));
        let (upstream, elsewhere) = (mock.address, other.url());
        let between = Between::start(move |request, stream| {
            if request.place() == place {
                stream.write_all(&answer("307 Temporary Redirect", &format!("location: {elsewhere}/\r\n"), ""))
            } else {
                stream.write_all(&request.pass_to(upstream)?)
            }
        });
        told(&mut countermand(["run", "three", "--no-proof", "--target", &between.url()])).ended.exits(code);
        assert_eq!(other.connections(), 0);
    }
}

#[test]
fn an_endpoint_that_hangs_on_everything_is_left_alone() {
    let between = Between::start(|_, stream| hang(stream));
    let run = told(&mut countermand([
        "run",
        "--spec",
        "modern-dropship",
        "--no-proof",
        "--jobs",
        "2",
        "--timeout",
        "300",
        "--target",
        &between.url(),
    ]));
    run.ended.exits(3);
    assert!(run.cases().count() > 20, "{}", run.ended.stdout);
    for case in run.cases() {
        assert_eq!(case.verdict, Verdict::CouldNotRun);
        assert_eq!(case.trouble.as_ref().unwrap().blame, Transport);
    }
    assert!(between.connections() <= 6, "{} connections", between.connections());
    assert_eq!(run.ended.stderr, "");
}
