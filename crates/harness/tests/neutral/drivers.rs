//! The transport to a driver: whatever the child does, every request gets an answer or hears why not, and no other's.

use std::path::Path;
use std::time::Duration;

use bytes::Bytes;
use countermand_harness::{Driver, Transport, TransportError};
use serde_json::{Value, json};
use tokio::task::spawn_blocking;

/// Far more than anything here takes.
const AMPLE: Duration = Duration::from_secs(60);

/// `answer LINE` answers a request with its own line and the number of this process.
const ANSWER: &str = r#"
id_of() { rest=${1#*:}; printf %s "${rest%%,*}"; }
answer() { printf '{"id":%s,"status":200,"headers":{"x-pid":"%s"},"body":%s}\n' "$(id_of "$1")" $$ "$1"; }
"#;

/// Does what the path says, and answers else.
const OBEDIENT: &str = r#"
while read -r line; do
    case $line in
        */die*) echo first >&2; printf 'it \033[1mbroke\n\n' >&2; exit 3 ;;
        */close*) exec tail -f /dev/null >/dev/null ;;
        */hang*) ;;
        */rubbish*) printf 'hello \033[1mworld\n' ;;
        */other*) printf '{"id":99,"status":200}\n' ;;
        */long*) head -c 9000000 /dev/zero | tr '\0' x; echo ;;
        */half*) printf '{"id":%s' "$(id_of "$line")"; exit ;;
        */odd*) printf '{"id":%s,"status":200,"boddy":1}\n' "$(id_of "$line")" ;;
        */noisy*) head -c 1000000 /dev/zero | tr '\0' x >&2; answer "$line" ;;
        */chatty*) answer "$line"; echo debug ;;
        *) answer "$line" ;;
    esac
done
"#;

fn sh(script: &str, arguments: &[&str]) -> Driver {
    let command = ["sh", "-c", &format!("{ANSWER}{script}"), "sh"].map(str::to_owned).into_iter();
    Driver::new(command.chain(arguments.iter().map(|&argument| argument.to_owned())).collect(), None)
}

async fn send(driver: &Driver, method: &str, path: &str, body: &str) -> Result<http::Response<Bytes>, TransportError> {
    let request = http::Request::builder().method(method).uri(format!("http://driver{path}"));
    let request = request.header("authorization", "Bearer k").header("x-a", "1").header("x-a", "2");
    driver.send(request.body(Bytes::from(body.to_owned())).expect("a request"), AMPLE).await
}

/// The line that the driver got, and its process.
async fn echo(driver: &Driver, path: &str) -> Result<(Value, String), TransportError> {
    let answer = send(driver, "GET", path, "").await?;
    let pid = answer.headers()["x-pid"].to_str().expect("text").to_owned();
    Ok((serde_json::from_slice(answer.body()).expect("JSON"), pid))
}

async fn path(driver: &Driver, path: &str) -> Result<Value, TransportError> {
    Ok(echo(driver, path).await?.0["path"].clone())
}

fn broken(why: &str) -> TransportError {
    TransportError::Broken(why.to_owned())
}

fn definition(name: &str) -> jsonschema::Validator {
    let mut schema: Value = serde_json::from_str(include_str!("../../../../schema/driver.schema.json")).expect("JSON");
    jsonschema::draft202012::meta::validate(&schema).expect("a schema");
    let members = schema.as_object_mut().expect("an object");
    members.remove("oneOf");
    members.insert("$ref".to_owned(), json!(format!("#/$defs/{name}")));
    jsonschema::draft202012::new(&schema).expect("the schema compiles")
}

/// A pipe with a name, of this test alone.
struct Fifo(String);

impl Fifo {
    fn new(name: &str) -> Self {
        let name = format!("countermand-driver-{}-{name}", std::process::id());
        let path = std::env::temp_dir().join(name).display().to_string();
        let made = std::process::Command::new("mkfifo").arg(&path).status().expect("mkfifo");
        assert!(made.success(), "{path}");
        Self(path)
    }
}

impl Drop for Fifo {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

#[tokio::test]
async fn a_request_is_one_line_of_the_published_form() {
    let driver = sh(OBEDIENT, &[]);
    let schema = definition("request");
    let lines = [
        ("GET", "/orders/o-1?x=1", "", json!({})),
        ("POST", "/a%20b", "{\"units\":\r\n 1}", json!({ "body": { "units": 1 } })),
        ("POST", "/", "null", json!({ "body": null })),
        ("POST", "/", "no \"JSON\"\n", json!({ "text": "no \"JSON\"\n" })),
        ("PUT", "/", "{\"n\":1e999}", json!({ "text": "{\"n\":1e999}" })),
    ];
    for (id, (method, path, body, expected)) in (1..).zip(lines) {
        let answer = send(&driver, method, path, body).await.expect("an answer");
        let line: Value = serde_json::from_slice(answer.body()).expect("JSON");
        let headers = json!({ "authorization": "Bearer k", "x-a": "1, 2" });
        let mut whole = json!({ "id": id, "method": method, "path": path, "headers": headers });
        whole.as_object_mut().expect("an object").extend(expected.as_object().expect("an object").clone());
        assert_eq!(line, whole);
        assert!(schema.is_valid(&line), "{line}");
    }
}

#[tokio::test]
async fn numbers_pass_digit_for_digit_both_ways() {
    let answer =
        send(&sh(OBEDIENT, &[]), "POST", "/", "{\"n\": 100000000000000000000001.10}").await.expect("an answer");
    let text = String::from_utf8_lossy(answer.body()).into_owned();
    assert!(text.contains("\"body\":{\"n\": 100000000000000000000001.10}"), "{text}");
}

#[tokio::test]
async fn what_the_schema_takes_for_an_answer_is_taken_for_one_and_nothing_else() {
    let answers = [
        (r#"{"id":1,"status":200}"#, Some("")),
        (r#"{"status":204,"id":1,"body":null,"text":null}"#, Some("")),
        (r#" {"id":1,"status":200,"headers":{"Retry-After":"1","x-b":"é\t"},"body":[1, {}]} "#, Some("[1, {}]")),
        (r#"{"id":1,"status":500,"text":"oh\nno"}"#, Some("oh\nno")),
        (r#"{"id":1,"status":500,"body":false}"#, Some("false")),
        (r#"{"id":1,"status":500,"body":1,"text":"1"}"#, None),
        (r#"{"id":1,"status":1000}"#, None),
        (r#"{"id":1,"status":99}"#, None),
        (r#"{"id":1,"status":-1}"#, None),
        (r#"{"id":1,"status":"200"}"#, None),
        (r#"{"id":1}"#, None),
        (r#"{"id":"1","status":200}"#, None),
        (r#"{"id":-1,"status":200}"#, None),
        (r#"{"status":200}"#, None),
        (r#"{"id":1,"status":200,"header":{}}"#, None),
        (r#"{"id":1,"status":200,"headers":{"a b":"c"}}"#, None),
        (r#"{"id":1,"status":200,"headers":{"a":"b\nc"}}"#, None),
        (r#"{"id":1,"status":200,"headers":{"a":1}}"#, None),
        (r#"[1, 200]"#, None),
        ("200", None),
    ];
    let schema = definition("answer");
    for (line, body) in answers {
        let value: Value = serde_json::from_str(line).expect("JSON");
        assert_eq!(schema.is_valid(&value), body.is_some(), "the schema on {line}");
        let answer = send(&sh(r#"read -r line; printf '%s\n' "$1"; read -r never"#, &[line]), "GET", "/", "").await;
        match (answer, body) {
            (Ok(answer), Some(body)) => assert_eq!((answer.body().as_ref(), line), (body.as_bytes(), line)),
            (Err(TransportError::Broken(why)), None) => assert!(why.contains(line), "{why}"),
            (answer, _) => panic!("{line}: {answer:?}"),
        }
    }
}

#[tokio::test]
async fn answers_may_come_in_any_order() {
    let backwards = r#"read -r a; read -r b; read -r c; answer "$c"; answer "$b"; answer "$a"; read -r never"#;
    let driver = sh(backwards, &[]);
    let (a, b, c) = tokio::join!(path(&driver, "/a"), path(&driver, "/b"), path(&driver, "/c"));
    assert_eq!([a, b, c], ["/a", "/b", "/c"].map(|path| Ok(json!(path))));
}

#[tokio::test(flavor = "multi_thread")]
async fn many_tasks_share_one_child() {
    let driver = std::sync::Arc::new(sh(OBEDIENT, &[]));
    let tasks: Vec<_> = (0..50)
        .map(|number| {
            let driver = std::sync::Arc::clone(&driver);
            tokio::spawn(async move {
                let (line, pid) = echo(&driver, &format!("/{number}")).await.expect("an answer");
                assert_eq!(line["path"], format!("/{number}"));
                pid
            })
        })
        .collect();
    let mut pids = Vec::new();
    for task in tasks {
        pids.push(task.await.expect("no panic"));
    }
    pids.dedup();
    assert_eq!(pids.len(), 1, "{pids:?}");
}

#[tokio::test]
async fn a_child_that_dies_tells_those_who_wait_and_is_started_again() {
    let driver = sh(OBEDIENT, &[]);
    let (_, first) = echo(&driver, "/a").await.expect("an answer");
    let (waiting, dying) = tokio::join!(echo(&driver, "/hang"), echo(&driver, "/die"));
    let end = broken("the driver ended (exit status: 3): it \\u{1b}[1mbroke");
    assert_eq!((waiting, dying), (Err(end.clone()), Err(end)));
    let (line, second) = echo(&driver, "/b").await.expect("a new child");
    assert_ne!(first, second);
    assert_eq!(line["id"], 4, "ids go on");
    assert_eq!(echo(&driver, "/half").await, Err(broken("the driver ended (exit status: 0)")));
    assert_eq!(path(&driver, "/c").await, Ok(json!("/c")));
}

#[tokio::test]
async fn a_child_that_closes_its_output_is_given_up() {
    let driver = sh(OBEDIENT, &[]);
    assert_eq!(echo(&driver, "/close").await, Err(broken("the driver closed its output")));
    assert_eq!(path(&driver, "/a").await, Ok(json!("/a")));
}

#[tokio::test]
async fn a_child_that_leaves_a_process_behind_is_known_to_have_ended() {
    let fifo = Fifo::new("behind");
    let driver = sh(r#"read -r line; (read -r x <"$1") & answer "$line"; read -r line; exit 5"#, &[&fifo.0]);
    assert_eq!(path(&driver, "/a").await, Ok(json!("/a")));
    assert_eq!(path(&driver, "/b").await, Err(broken("the driver ended (exit status: 5)")));
    std::fs::write(&fifo.0, "").expect("a reader");
}

#[tokio::test]
async fn a_child_that_dies_unasked_tells_the_next_request() {
    let driver = sh(r#"read -r line; answer "$line"; echo tired >&2; exit 4"#, &[]);
    for _ in 0..2 {
        assert_eq!(path(&driver, "/a").await, Ok(json!("/a")));
        assert_eq!(path(&driver, "/b").await, Err(broken("the driver ended (exit status: 4): tired")));
    }
}

#[tokio::test]
async fn a_request_that_is_never_answered_times_out_and_its_child_gets_no_more() {
    let driver = sh(OBEDIENT, &[]);
    let (_, first) = echo(&driver, "/a").await.expect("an answer");
    let request = || http::Request::get("http://driver/hang").body(Bytes::new()).expect("a request");
    let timeout = Duration::from_millis(100);
    // Each of those who wait for nothing says so: none of them is taken for a connection that broke.
    let both = tokio::join!(driver.send(request(), timeout), driver.send(request(), timeout));
    for answer in [both.0, both.1] {
        assert_eq!(answer.expect_err("a time-out"), TransportError::TimedOut(timeout));
    }
    let (_, second) = echo(&driver, "/a").await.expect("a new child");
    assert_ne!(first, second);
}

#[tokio::test]
async fn a_time_out_takes_no_answer_from_others_and_a_late_answer_is_nobodys() {
    let fifo = Fifo::new("late");
    let late = r#"read -r hung; read -r slow; cat "$1"; answer "$hung"; answer "$slow"; read -r never"#;
    let driver = sh(late, &[&fifo.0]);
    let hung = async {
        let request = http::Request::get("http://driver/hung").body(Bytes::new()).expect("a request");
        let answer = driver.send(request, Duration::from_millis(100)).await;
        let path = fifo.0.clone();
        spawn_blocking(move || std::fs::write(path, "")).await.expect("no panic").expect("a reader");
        answer.expect_err("a time-out")
    };
    let (hung, slow) = tokio::join!(hung, path(&driver, "/slow"));
    assert_eq!(hung, TransportError::TimedOut(Duration::from_millis(100)));
    assert_eq!(slow, Ok(json!("/slow")));
}

#[tokio::test]
async fn rubbish_fails_all_who_wait_and_the_child_is_replaced() {
    let rubbish = [
        (
            "/rubbish",
            "the driver wrote what is no answer (only answers go to stdout, all else to stderr): hello \\u{1b}[1mworld",
        ),
        ("/other", "the driver answered request 99, which is not under way: {\"id\":99,\"status\":200}"),
        ("/long", "the driver wrote a line of more than 8 MiB: …"),
    ];
    let driver = sh(OBEDIENT, &[]);
    for (what, why) in rubbish {
        let (_, first) = echo(&driver, "/a").await.expect("an answer");
        let (waiting, asked) = tokio::join!(echo(&driver, "/hang"), echo(&driver, what));
        assert_eq!((waiting, asked), (Err(broken(why)), Err(broken(why))));
        let (_, second) = echo(&driver, "/b").await.expect("a new child");
        assert_ne!(first, second);
    }
}

#[tokio::test]
async fn an_answer_that_cant_be_used_fails_its_own_request_alone() {
    let driver = sh(OBEDIENT, &[]);
    let (_, first) = echo(&driver, "/a").await.expect("an answer");
    let Err(TransportError::Broken(why)) = echo(&driver, "/odd").await else { panic!("it has an unknown member") };
    assert!(why.starts_with("the driver's answer can't be used: unknown field `boddy`"), "{why}");
    assert!(why.ends_with("{\"id\":2,\"status\":200,\"boddy\":1}"), "{why}");
    let (_, second) = echo(&driver, "/a").await.expect("an answer");
    assert_eq!(first, second);
}

#[tokio::test]
async fn a_line_that_nobody_asked_for_is_told_to_the_next_request() {
    let driver = sh(OBEDIENT, &[]);
    assert_eq!(path(&driver, "/chatty").await, Ok(json!("/chatty")));
    let Err(TransportError::Broken(why)) = path(&driver, "/a").await else { panic!("nobody was told") };
    assert!(why.ends_with(": debug"), "{why}");
    assert_eq!(path(&driver, "/b").await, Ok(json!("/b")));
}

#[tokio::test]
async fn a_child_may_say_much_on_stderr_and_its_long_last_line_is_cut_between_words() {
    let driver = sh(OBEDIENT, &[]);
    assert_eq!(path(&driver, "/noisy").await, Ok(json!("/noisy")));
    let long = r#"read -r l; head -c 5000 /dev/zero | tr '\0' s >&2; printf ' so %0250d over' 0 >&2; exit 1"#;
    assert_eq!(path(&sh(long, &[]), "/").await, Err(broken("the driver ended (exit status: 1): so…")));
}

#[tokio::test]
async fn a_driver_that_cant_be_started_is_a_target_that_cant_be_reached() {
    let missing = Path::new("/no/such/folder");
    let cases = [
        (Driver::new(vec!["no-such-driver".to_owned()], None), "the driver `no-such-driver` can't be started: "),
        (
            Driver::new(vec!["sh".to_owned()], Some(missing.to_owned())),
            "the driver `sh` can't be started in /no/such/folder: ",
        ),
        (Driver::new(Vec::new(), None), "the driver has no command"),
    ];
    for (driver, expected) in cases {
        let Err(TransportError::Connect(why)) = send(&driver, "GET", "/", "").await else { panic!("{expected}") };
        assert!(why.starts_with(expected), "{why}");
    }
}

#[tokio::test]
async fn a_driver_runs_in_its_folder() {
    let command = ["sh", "-c", "read -r line; pwd"].map(str::to_owned);
    let folder = std::fs::canonicalize(env!("CARGO_MANIFEST_DIR")).expect("a folder");
    let driver = Driver::new(command.to_vec(), Some(folder.clone()));
    let Err(TransportError::Broken(why)) = send(&driver, "GET", "/", "").await else { panic!("a path is no answer") };
    assert!(why.contains(&folder.display().to_string()), "{why}");
}

#[tokio::test]
async fn the_child_is_killed_with_its_driver() {
    let (alive, never) = (Fifo::new("alive"), Fifo::new("never"));
    // Holds `alive` open as long as it lives, and does not end with its stdin.
    let stubborn = r#"exec 3>"$1"; read -r line; answer "$line"; read -r x <"$2""#;
    let driver = sh(stubborn, &[&alive.0, &never.0]);
    let held = alive.0.clone();
    let use_and_drop = async {
        assert_eq!(path(&driver, "/a").await, Ok(json!("/a")));
        drop(driver);
    };
    let (read, ()) = tokio::join!(spawn_blocking(move || std::fs::read(held)), use_and_drop);
    assert_eq!(read.expect("no panic").expect("the end of the pipe"), b"");
}

#[test]
fn a_driver_outlives_the_runtime_it_was_started_in() {
    let driver = sh(OBEDIENT, &[]);
    for _ in 0..2 {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
        assert_eq!(runtime.expect("a runtime").block_on(path(&driver, "/a")), Ok(json!("/a")));
    }
}

/// Takes an order of 5 mugs and 2 tees through every call, each once accepted and once refused.
async fn order_system(driver: Driver) {
    let created = json!({ "lines": [{ "sku": "a mug", "units": 5 }, { "sku": "tee", "units": 2 }] });
    let mug = |units: Value| json!({ "lines": [{ "sku": "a mug", "units": units }, { "sku": "a mug", "units": 1 }] });
    let units = |units: Value| json!({ "units": units });
    // What is called, its status, and what then is cancelled and fulfilled of mugs and tees.
    let calls = [
        ("/o-1/lines/a%20mug/cancel", units(json!(1)), 200, [1, 0, 0, 0]),
        ("/o-1/lines/a%20mug/cancel?x=1", units(json!(5)), 409, [1, 0, 0, 0]),
        ("/o-1/lines/tee/cancel", units(json!(0)), 409, [1, 0, 0, 0]),
        ("/o-1/lines/tee/cancel", units(json!(1.5)), 409, [1, 0, 0, 0]),
        ("/o-1/lines/tee/cancel", units(json!(true)), 409, [1, 0, 0, 0]),
        ("/o-1/lines/tee/cancel", units(json!(-1)), 409, [1, 0, 0, 0]),
        ("/o-1/lines/tee/cancel", json!("1"), 409, [1, 0, 0, 0]),
        ("/o-1/lines/hat/cancel", units(json!(1)), 404, [1, 0, 0, 0]),
        ("/o-9/lines/tee/cancel", units(json!(1)), 404, [1, 0, 0, 0]),
        ("/o-1/cancel-lines", mug(json!(4)), 409, [1, 0, 0, 0]),
        (
            "/o-1/cancel-lines",
            json!({ "lines": [{ "sku": "tee", "units": 1 }, { "sku": "hat", "units": 1 }] }),
            404,
            [1, 0, 0, 0],
        ),
        ("/o-1/cancel-lines", json!({ "lines": [] }), 409, [1, 0, 0, 0]),
        ("/o-1/cancel-lines", mug(json!(1)), 200, [3, 0, 0, 0]),
        ("/o-1/lines/tee/fulfil", units(json!(1)), 200, [3, 0, 0, 1]),
        ("/o-1/lines/tee/fulfil", units(json!(2)), 409, [3, 0, 0, 1]),
        ("/o-1/lines/tee/cancel", units(json!(2)), 409, [3, 0, 0, 1]),
        ("/o-1/cancel", Value::Null, 409, [3, 0, 0, 1]),
        ("/o-1/cancel-rest", Value::Null, 200, [5, 0, 1, 1]),
        ("/o-1/cancel-rest", Value::Null, 409, [5, 0, 1, 1]),
        ("/o-1/sell", Value::Null, 404, [5, 0, 1, 1]),
    ];
    let json = |answer: &http::Response<Bytes>| serde_json::from_slice::<Value>(answer.body()).expect("JSON");
    for expected in ["o-1", "o-2"] {
        let answer = send(&driver, "POST", "/orders", &created.to_string()).await.expect("an answer");
        assert_eq!((answer.status().as_u16(), json(&answer)), (201, json!({ "id": expected })));
    }
    for (path, body, status, [mugs, mugs_out, tees, tees_out]) in calls {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let answer = send(&driver, "POST", &format!("/orders{path}"), &body).await.expect("an answer");
        assert_eq!(answer.status().as_u16(), status, "{path} {body}: {:?}", answer.body());
        assert_eq!(json(&answer)["error"].is_string(), status >= 400, "{path}");
        let seen = json(&send(&driver, "GET", "/orders/o-1", "").await.expect("an answer"));
        let lines = json!([
            { "sku": "a mug", "ordered": 5, "live": 5 - mugs, "cancelled": mugs, "fulfilled": mugs_out },
            { "sku": "tee", "ordered": 2, "live": 2 - tees, "cancelled": tees, "fulfilled": tees_out },
        ]);
        let complete = mugs + mugs_out == 5 && tees + tees_out == 2;
        assert_eq!(
            seen,
            json!({ "id": "o-1", "lines": lines, "cancelled": false, "complete": complete }),
            "{path} {body}"
        );
    }
    for (status, cancelled) in [(200, true), (409, true)] {
        let answer = send(&driver, "POST", "/orders/o-2/cancel", "").await.expect("an answer");
        assert_eq!(answer.status().as_u16(), status);
        let seen = json(&send(&driver, "GET", "/orders/o-2", "").await.expect("an answer"));
        assert_eq!((&seen["cancelled"], &seen["complete"]), (&json!(cancelled), &json!(true)));
    }
    for lines in [json!([]), json!([{ "sku": "tee" }]), json!([{ "units": 1 }]), json!("tee")] {
        let answer = send(&driver, "POST", "/orders", &json!({ "lines": lines }).to_string()).await.expect("an answer");
        assert_eq!(answer.status().as_u16(), 409, "{lines}");
    }
}

#[tokio::test]
async fn the_example_in_python_keeps_orders() {
    let command = ["python3", "driver.py"].map(str::to_owned).to_vec();
    let driver = Driver::new(command, Some(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/driver")));
    if let Err(TransportError::Connect(why)) = send(&driver, "GET", "/", "").await {
        panic!("this test needs python3 (3.10 or newer): {why}");
    }
    order_system(driver).await;
}

#[tokio::test]
async fn the_example_in_rust_keeps_orders() {
    // Cargo builds examples beside the folder of the tests.
    let tests = std::env::current_exe().expect("this program");
    let example = tests.parent().and_then(Path::parent).expect("a folder").join("examples/driver");
    assert!(example.exists(), "build it first: cargo build -p countermand-harness --example driver");
    order_system(Driver::new(vec![example.display().to_string()], None)).await;
}
