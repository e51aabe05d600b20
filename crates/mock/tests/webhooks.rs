//! Webhooks as they leave the mock: again and again until somebody takes them, on time, and nowhere they should not go.
#![expect(clippy::unwrap_used, reason = "helpers of tests may fail as loudly as tests")]

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use countermand_mock::{Clock, PostOptions, ServeOptions, World, deliver, post, serve};
use countermand_model::{Delivery, Settings, build};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::time::Instant;

const RETRY: Duration = Duration::from_secs(300);

fn world(picks: &[(&str, &str)], clock: Clock) -> Arc<World> {
    let picks: Vec<_> = picks.iter().map(|(name, option)| ((*name).to_owned(), (*option).to_owned())).collect();
    let settings = Settings { webhook_retry_ms: RETRY.as_millis() as u64, ..Settings::default() };
    Arc::new(World::new(build("trendyol", &picks, &[], settings).unwrap(), clock))
}

/// A clock that stands still but for the sleeps of the runtime.
fn virtual_clock() -> Clock {
    let begin = Instant::now();
    Clock::new(move || 1_767_225_600_000 + begin.elapsed().as_millis() as u64)
}

fn ask(world: &World, method: &str, path: &str, body: &Value) -> Value {
    let request = http::Request::builder()
        .method(method)
        .uri(path)
        .header("authorization", "Basic c2VsbGVyLWtleTpzZWxsZXItc2VjcmV0")
        .header("user-agent", "1001 - Test")
        .header("sellerid", "1001")
        .body(Bytes::from(if body.is_null() { String::new() } else { body.to_string() }))
        .unwrap();
    let response = world.respond(request);
    assert_eq!(response.status(), 200, "{path}: {:?}", response.body());
    serde_json::from_slice(response.body()).unwrap_or_default()
}

fn register(world: &World, url: &str) {
    let wish = json!({
        "url": url, "authenticationType": "BASIC_AUTHENTICATION", "username": "me", "password": "pw",
        "subscribedStatuses": ["CANCELLED"],
    });
    ask(world, "POST", "/webhook/sellers/1001/webhooks", &wish);
}

fn statuses(world: &World) -> Value {
    let all = ask(world, "GET", "/webhook/sellers/1001/webhooks", &Value::Null);
    all.as_array().unwrap().iter().map(|it| it["status"].clone()).collect()
}

/// Cancels a package of its own as a whole.
fn cancel(world: &World) {
    let order = json!({ "lines": [{ "barcode": "b-1", "quantity": 1 }] });
    let order = ask(world, "POST", "/test/order/orders/core", &order);
    let path = format!("/order/sellers/1001/orders?orderNumber={}", order["orderNumber"].as_str().unwrap());
    let package = ask(world, "GET", &path, &Value::Null)["content"][0].clone();
    let lines = json!([{ "lineId": package["lines"][0]["lineId"], "quantity": 1 }]);
    let path = format!("/order/sellers/1001/shipment-packages/{}/items/unsupplied", package["shipmentPackageId"]);
    ask(world, "PUT", &path, &json!({ "lines": lines, "reasonId": 500 }));
}

#[tokio::test(start_paused = true)]
async fn what_nobody_takes_comes_again_until_the_webhook_is_given_up() {
    let world = world(&[], virtual_clock());
    register(&world, "http://127.0.0.1:9/hook");
    let (begin, posted) = (Instant::now(), Arc::new(Mutex::new(Vec::new())));
    let at = Arc::clone(&posted);
    let refusing = tokio::spawn(deliver(Arc::clone(&world), move |_: Delivery| {
        at.lock().unwrap().push(begin.elapsed().as_secs());
        async { false }
    }));
    cancel(&world);
    tokio::time::sleep(RETRY * 12 - Duration::from_secs(1)).await;
    assert_eq!(statuses(&world), json!(["ACTIVE"]));
    tokio::time::sleep(RETRY * 5).await;
    assert_eq!(statuses(&world), json!(["PASSIVE"]));
    let expected: Vec<u64> = (0..13).map(|number| number * RETRY.as_secs()).collect();
    assert_eq!(*posted.lock().unwrap(), expected);
    refusing.abort();
}

#[test]
fn it_is_quiet_once_everything_is_delivered() {
    let world = world(&[], Clock::new(|| 1_767_225_600_000));
    register(&world, "http://127.0.0.1:9/hook");
    assert!(world.is_quiet());
    cancel(&world);
    assert!(!world.is_quiet(), "it is due");
    let due = world.deliveries();
    assert!(!world.is_quiet(), "it is on its way");
    world.delivered(due[0].id, false);
    assert!(!world.is_quiet(), "it comes again");
    let other = self::world(&[], Clock::new(|| 1_767_225_600_000));
    register(&other, "http://127.0.0.1:9/hook");
    cancel(&other);
    other.deliveries().iter().for_each(|it| other.delivered(it.id, true));
    assert!(other.is_quiet());
    other.delivered(7, true);
    assert!(other.is_quiet(), "nobody handed that out");
}

#[tokio::test(start_paused = true)]
async fn no_more_than_a_few_are_on_their_way_at_once() {
    let world = world(&[("webhook-repeat", "twice")], virtual_clock());
    register(&world, "http://127.0.0.1:9/hook");
    (0..50).for_each(|_| cancel(&world));
    let (now, most, all) =
        (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let counters = (Arc::clone(&now), Arc::clone(&most), Arc::clone(&all));
    let slow = move |_: Delivery| {
        let (now, most, all) = (Arc::clone(&counters.0), Arc::clone(&counters.1), Arc::clone(&counters.2));
        async move {
            most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            tokio::time::sleep(Duration::from_secs(1)).await;
            now.fetch_sub(1, Ordering::SeqCst);
            all.fetch_add(1, Ordering::SeqCst);
            true
        }
    };
    let delivering = tokio::spawn(deliver(Arc::clone(&world), slow));
    tokio::time::sleep(RETRY).await;
    assert_eq!((most.load(Ordering::SeqCst), all.load(Ordering::SeqCst)), (16, 100));
    delivering.abort();
}

/// Takes one request, answers it with this head, and gives back what was asked.
async fn receive(listener: &TcpListener, answer: &str) -> String {
    let (mut stream, _) = listener.accept().await.unwrap();
    let mut asked = Vec::new();
    loop {
        let mut part = [0; 4096];
        let read = stream.read(&mut part).await.unwrap();
        asked.extend_from_slice(&part[..read]);
        let text = String::from_utf8_lossy(&asked).into_owned();
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap();
        if body.len() >= length.parse().unwrap() {
            stream.write_all(answer.as_bytes()).await.unwrap();
            return text;
        }
    }
}

const OK: &str = "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";

/// Both forms of a body, the credentials, and a second try that is made as soon as the clock says so, over real sockets.
#[tokio::test]
async fn a_served_mock_posts_its_webhooks_over_http() {
    for (form, begins) in [("envelope", "{\"page\":0,"), ("bare", "{\"")] {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let now = Arc::new(AtomicUsize::new(1_767_225_600_000));
        let clock = Arc::clone(&now);
        let world = world(&[("webhook-body", form)], Clock::new(move || clock.load(Ordering::SeqCst) as u64));
        let server = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (log, mut logged) = tokio::sync::mpsc::unbounded_channel();
        let tell = Arc::new(move |line: &countermand_mock::LogLine| {
            let _ = log.send((line.method.clone(), line.status));
        });
        let options = ServeOptions { log: Some(tell), ..ServeOptions::default() };
        let serving = tokio::spawn(serve(server, Arc::clone(&world), options, std::future::pending()));
        register(&world, &format!("http://{}/hooks/k?a=b", listener.local_addr().unwrap()));
        cancel(&world);
        let first = receive(&listener, "HTTP/1.1 503 Busy\r\ncontent-length: 0\r\n\r\n").await;
        assert_eq!(logged.recv().await, Some(("webhook".to_owned(), 503)));
        // The clock runs on, and the next call lets the mock look at it.
        now.fetch_add(RETRY.as_millis() as usize, Ordering::SeqCst);
        let _ = statuses(&world);
        let second = receive(&listener, OK).await;
        for asked in [first, second] {
            let (head, body) = asked.split_once("\r\n\r\n").unwrap();
            assert!(head.starts_with("POST /hooks/k?a=b HTTP/1.1\r\n"), "{head}");
            assert!(head.contains("\r\nauthorization: Basic bWU6cHc="), "{head}");
            assert!(head.contains("\r\ncontent-type: application/json"), "{head}");
            assert!(body.starts_with(begins) && body.contains("\"status\":\"Cancelled\""), "{body}");
        }
        assert_eq!(logged.recv().await, Some(("webhook".to_owned(), 200)));
        serving.abort();
    }
}

fn delivery(url: &str) -> Delivery {
    Delivery { id: 1, url: url.to_owned(), headers: vec![("x-api-key", "k".to_owned())], body: b"{}".to_vec() }
}

#[tokio::test]
async fn what_is_posted_stays_on_this_machine_and_follows_nothing() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/hooks/k", listener.local_addr().unwrap());
    let moved = format!("HTTP/1.1 307 Moved\r\nlocation: {url}\r\ncontent-length: 0\r\n\r\n");
    let (status, _) = tokio::join!(post(delivery(&url), PostOptions::default()), receive(&listener, &moved));
    assert_eq!(status.map(|status| status.as_u16()), Some(307));
    // An answer without end: its status is all that is read.
    let endless = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nffffff\r\nxxxx";
    let (status, _) = tokio::join!(post(delivery(&url), PostOptions::default()), receive(&listener, endless));
    assert_eq!(status.map(|status| status.as_u16()), Some(200));
    let strange = [
        "http://192.0.2.1/",
        "https://127.0.0.1/",
        "ftp://127.0.0.1/",
        "http://",
        "http:///x",
        "no url",
        "http://[::1",
    ];
    for url in strange {
        assert_eq!(post(delivery(url), PostOptions::default()).await, None, "{url}");
    }
    // Nobody answers: it ends all the same.
    let patience = PostOptions { timeout: Duration::from_millis(20), ..PostOptions::default() };
    assert_eq!(post(delivery(&url), patience).await, None);
}
