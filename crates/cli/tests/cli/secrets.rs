//! Credentials come from the environment, and go to the endpoint alone: not to a screen, not to a report, not to a log,
//! whatever the endpoint makes of them.

use std::io::Write;
use std::process::Command;

use countermand_event::Verdict;

use crate::between::{Between, Place, Request, answer, nth, with_body, with_header};
use crate::folder::Folder;
use crate::program::{Told, countermand, ends, told};
use crate::served::Served;

/// With characters that look different in JSON, in a path and in what PHP makes of JSON.
const SELLER: &str = "s3ller/kéy+\"17\"\\=0123456789";
const BUYER: &str = "b0yer-key-fedcba9876543210";
const OTHER: &str = "0ther-key-cafe4217";

/// How a careless endpoint might send a credential back.
fn forms(secret: &str) -> Vec<String> {
    let json = serde_json::Value::from(secret).to_string();
    let json = json[1..json.len() - 1].to_owned();
    let percent = |keep: &str| {
        let byte = |byte: u8| {
            if byte.is_ascii_alphanumeric() || keep.as_bytes().contains(&byte) {
                char::from(byte).to_string()
            } else {
                format!("%{byte:02X}")
            }
        };
        secret.bytes().map(byte).collect::<String>()
    };
    // As Python and .NET write what is no plain ASCII letter or digit.
    let escaped = |c: char| {
        if c.is_ascii_alphanumeric() || "-_".contains(c) { c.to_string() } else { format!("\\u{:04X}", u32::from(c)) }
    };
    let escaped: String = secret.chars().map(escaped).collect();
    vec![secret.to_owned(), json.replace('/', "\\/"), json, escaped, percent("-._~"), percent("-._~/+=")]
}

fn with_keys(args: &[&str], url: &str) -> Command {
    let mut command = countermand(args.iter().copied().chain(["--target", url]));
    command.envs([
        ("COUNTERMAND_SELLER_KEY", SELLER),
        ("COUNTERMAND_BUYER_KEY", BUYER),
        ("COUNTERMAND_OTHER_SELLER_KEY", OTHER),
    ]);
    command
}

#[track_caller]
fn tells_none(text: &str) {
    for secret in [SELLER, BUYER, OTHER] {
        for form in forms(secret) {
            if let Some(at) = text.find(&form) {
                let start = text.floor_char_boundary(at.saturating_sub(200));
                panic!("{form} in …{}", &text[start..text.ceil_char_boundary((at + form.len() + 100).min(text.len()))]);
            }
        }
    }
}

#[track_caller]
fn is_silent(run: &Told) {
    tells_none(&run.ended.stdout);
    tells_none(&run.ended.stderr);
    tells_none(&run.jsonl);
    for word in ["\"authorization\",\"a-key", "uthorization: a-key"] {
        assert!(!run.jsonl.contains(word) && !run.ended.stdout.contains(word), "{word}");
    }
}

/// The request as the mock takes it: with its own keys, and without what [`echoing`] put into ids.
fn translated(request: &Request) -> Request {
    let keys = [(SELLER, "seller-key"), (BUYER, "buyer-key"), (OTHER, "other-seller-key")];
    // A header's bytes are not always text; the one with an accent is read as it was sent.
    let swap = |text: &str| keys.iter().fold(text.to_owned(), |text, (secret, key)| text.replace(secret, key));
    let head = request.head.replace(&format!("{BUYER}-"), "");
    let body = String::from_utf8_lossy(&request.body).replace(&format!("{BUYER}-"), "");
    Request { head: swap(&head), body: body.into_bytes() }
}

/// The mock's answer with the credentials all over it.
fn echoing(answer: &[u8]) -> Vec<u8> {
    let (json, ascii) = (forms(SELLER)[1].clone(), forms(SELLER)[3].clone());
    let change = |body: &str| {
        body.replace("\"_id\":\"", &format!("\"_id\":\"{BUYER}-"))
            .replace("\"cancelledReason\":\"", &format!("\"cancelledReason\":\"{json} "))
            .replace(
                "\"errors\":{",
                &format!("\"key\":\"{json}\",\"errors\":{{\"{json}\":[\"{BUYER}\"],\"{ascii}\":[],"),
            )
    };
    let answer = with_body(answer, change);
    let answer = with_header(&answer, format!("set-cookie: session={SELLER}").as_bytes());
    let answer = with_header(&answer, format!("www-authenticate: {OTHER}").as_bytes());
    with_header(&answer, format!("x-request-id: {BUYER}").as_bytes())
}

/// Everything of a run against the echoing endpoint, where `change` has the last word on an answer.
#[track_caller]
fn run_with(args: &[&str], change: impl Fn(&Request, Vec<u8>) -> Vec<u8> + Send + Sync + 'static) -> Told {
    let mock = Served::start(&[]);
    let upstream = mock.address;
    let between = Between::start(move |request, stream| {
        let answer = echoing(&translated(request).pass_to(upstream)?);
        stream.write_all(&change(request, answer))
    });
    let run = told(&mut with_keys(args, &between.url()));
    tells_none(&mock.exchanges().to_string());
    assert!(mock.exchanges()[0]["path"].is_string(), "the mock was spoken to");
    mock.signal("TERM");
    let (lines, ..) = mock.end();
    tells_none(&lines.join("\n"));
    for key in ["seller-key", "buyer-key"] {
        assert!(!lines.join("\n").contains(key));
    }
    run
}

#[track_caller]
fn verdicts(run: &Told) -> Vec<Verdict> {
    run.cases().map(|case| case.verdict).collect()
}

#[test]
fn the_keys_are_used() {
    let run = run_with(&["run", "three"], |_, answer| answer);
    assert_eq!(verdicts(&run), [Verdict::Passed; 3], "{}", run.ended.stdout);
    is_silent(&run);
}

#[test]
fn failed_and_passed_cases_tell_none() {
    for more in [&[][..], &["-v"], &["-q"]] {
        let run = run_with(&[&["run", "three", "wrong"], more].concat(), |_, answer| answer);
        run.ended.exits(1);
        assert!(verdicts(&run).contains(&Verdict::Failed));
        is_silent(&run);
    }
}

#[test]
fn warned_cases_tell_none() {
    for more in [&[][..], &["-v"]] {
        let run = run_with(&[&["run", "three"], more].concat(), |request, answer| match request.place() {
            Place::Call => String::from_utf8_lossy(&answer).replacen(" 200 OK", " 201 Created", 1).into_bytes(),
            _ => answer,
        });
        assert_eq!(verdicts(&run), [Verdict::Warned; 3], "{}", run.ended.stdout);
        is_silent(&run);
    }
}

#[test]
fn the_whole_suite_tells_none() {
    let run = run_with(&["run", "--spec", "modern-dropship", "-v"], |_, answer| answer);
    assert!(run.cases().count() > 5);
    is_silent(&run);
}

fn error_page() -> Vec<u8> {
    let page = format!("your key {SELLER} or {BUYER} is odd: {}", forms(SELLER).join(", "));
    answer("500 Internal Server Error", &format!("x-request-id: {OTHER}\r\nlocation: /{BUYER}\r\n"), page)
}

#[test]
fn cases_that_could_not_run_tell_none() {
    for place in [Place::SetUp, Place::Read, Place::Call] {
        let strikes = nth(place, 2);
        let change = move |request: &Request, answer| if strikes(request) { error_page() } else { answer };
        let run = run_with(&["run", "three", "-v", "--jobs", "1"], change);
        // A trouble while the target is proved leaves no case at all.
        let passed = verdicts(&run).iter().filter(|verdict| **verdict == Verdict::Passed).count();
        assert!(passed < 3, "{}", run.ended.stdout);
        is_silent(&run);
    }
}

#[test]
fn answers_that_are_no_http_tell_none() {
    let noise = [
        format!("HTTP/1.1 {BUYER}\r\n\r\n"),
        format!("{SELLER}\r\n\r\n"),
        format!("HTTP/1.1 200 OK\r\n{BUYER}\r\n\r\n"),
        format!("HTTP/1.1 200 OK\r\ncontent-length: {BUYER}\r\n\r\n"),
        format!("HTTP/1.1 200 {BUYER}\r\ncontent-length: 99999\r\n\r\n{{\"key\":\"{SELLER}"),
    ];
    for bytes in noise {
        let strikes = nth(Place::Call, 2);
        let change = move |request: &Request, answer| {
            if strikes(request) { bytes.clone().into_bytes() } else { answer }
        };
        let run = run_with(&["run", "three", "-v", "--jobs", "1"], change);
        run.ended.exits(3);
        is_silent(&run);
    }
}

#[test]
fn a_body_that_is_cut_within_a_credential_tells_no_part_of_it() {
    // Bodies are kept up to a size; a credential across that mark must not leave its first half behind.
    for kept in [64 << 10, 500, 200] {
        let strikes = nth(Place::Call, 2);
        let change = move |request: &Request, reply| {
            if !strikes(request) {
                return reply;
            }
            let padding = "x".repeat(kept - BUYER.len() / 2);
            answer("500 Internal Server Error", "", format!("{padding}{BUYER}{BUYER}"))
        };
        let run = run_with(&["run", "three", "-v", "--jobs", "1"], change);
        run.ended.exits(1);
        is_silent(&run);
        let half = &BUYER[..BUYER.len() / 2 - 1];
        assert!(!run.ended.stdout.contains(half), "{}", run.ended.stdout);
        assert!(!run.jsonl.contains(half), "the report keeps `{half}` of a body cut near {kept}");
    }
}

#[test]
fn the_keys_of_the_mock_are_not_in_what_it_tells() {
    let mock = Served::start(&[]);
    let run = told(&mut countermand(["run", "three", "wrong", "-v", "--target", &mock.url()]));
    run.ended.exits(1);
    let exchanges = mock.exchanges().to_string();
    mock.signal("TERM");
    let (lines, ..) = mock.end();
    for key in ["seller-key", "buyer-key", "other-seller-key"] {
        for text in [&run.ended.stdout, &run.jsonl, &exchanges, &lines.join("\n")] {
            assert!(!text.contains(key), "{key} in {text}");
        }
    }
}

#[test]
fn a_credential_in_the_target_is_refused_without_being_repeated() {
    let run = crate::program::ends(&["run", "three", "--target", "http://someone:hunter2-4711@127.0.0.1:1"]);
    run.exits(2);
    assert!(!run.stderr.contains("hunter2-4711"), "{}", run.stderr);
    assert!(run.stderr.contains("credential"), "{}", run.stderr);
}

/// What a log-in answers tells the session before anybody can know it for a secret: it stands in no kept exchange, and the
/// kept ones can be judged again.
#[test]
fn a_session_is_kept() {
    const SESSION: &str = "sess10n-token-31415926";
    let mock = Served::start(&["--quiet"]);
    let upstream = mock.address;
    let between = Between::start(move |request, stream| {
        let logs_in = request.head.starts_with("GET /orders HTTP");
        let head = request.head.replace(SESSION, "seller-key");
        let head = if logs_in { head.replacen("\r\n", "\r\nauthorization: seller-key\r\n", 1) } else { head };
        let answer = Request { head, body: request.body.clone() }.pass_to(upstream)?;
        let header = if logs_in { format!("x-session: {SESSION}") } else { "x-other: 1".to_owned() };
        stream.write_all(&with_header(&answer, header.as_bytes()))
    });
    let folder = Folder::new();
    let url = between.url();
    let text = format!(
        "format: 1
target: between
spec: modern-dropship
base_url: {url}
callers:
  seller:
    session:
      requests: {{ get: /orders, capture: {{ session: \"headers['x-session']\" }} }}
      headers: {{ Authorization: \"{{{{ session }}}}\" }}
"
    );
    let target = folder.write("between.yaml", &text).display().to_string();
    let kept = folder.file("kept").display().to_string();
    let run = ends(&["run", "three", "--target", &target, "--save-exchanges", &kept]);
    run.exits(0);
    let texts: Vec<String> = std::fs::read_dir(&kept)
        .expect("a folder of exchanges")
        .map(|entry| std::fs::read_to_string(entry.expect("an entry").path()).expect("text"))
        .collect();
    assert!(texts.iter().any(|text| text.contains("[\"x-session\",\"$SESSION\"]")), "{texts:?}");
    assert!(!texts.iter().any(|text| text.contains(SESSION)), "{texts:?}");
    ends(&["replay", &kept, "three"]).exits(0);
}
