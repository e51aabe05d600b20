//! The proxy on real loopback sockets: nothing of the traffic changes, and nothing of it waits for judging.
#![expect(clippy::expect_used, clippy::unwrap_used, reason = "helpers of tests may fail as loudly as tests")]

#[path = "../../mock/tests/client/mod.rs"]
mod client;
mod setting_out;

use std::net::SocketAddr;
use std::sync::{Arc, mpsc};
use std::time::Duration;

use countermand_harness::{Target, TargetOptions};
use countermand_lab::{Judge, Room, Summary, Told, Upstream, monitor};
use countermand_mock::{Clock, ServeOptions, World, serve};
use countermand_model::{Settings, build};
use serde_json::Value;
use setting_out::{SPEC, stage, suite};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// A monitor on a port of its own.
struct Monitor {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    watching: JoinHandle<Result<Summary, String>>,
}

impl Monitor {
    async fn start(upstream: &str, room: Room, told: impl FnMut(Told) + Send + 'static) -> Self {
        let stage = stage(&suite(), SPEC, "reference");
        let options = TargetOptions { base_url: Some(upstream.to_owned()), ..TargetOptions::default() };
        let target = Target::new(&stage.spec, None, options, &|_| None).unwrap();
        let judge = Judge::new(stage, &Arc::new(target), Duration::ZERO, false).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel();
        let shutdown = async {
            let _told = stopped.await;
        };
        let upstream = Upstream::parse(upstream).unwrap();
        let watching = tokio::spawn(monitor(listener, upstream, judge, room, None, told, shutdown));
        Self { address, stop, watching }
    }

    async fn stop(self) -> Summary {
        self.stop.send(()).unwrap();
        self.watching.await.unwrap().unwrap()
    }
}

async fn mock(fault: Option<&str>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let world = Arc::new(World::new(build(SPEC, &[], fault.as_slice(), Settings::default()).unwrap(), Clock::system()));
    tokio::spawn(serve(listener, world, ServeOptions::default(), std::future::pending()));
    format!("http://{address}")
}

/// An endpoint that answers one connection with these bytes, and says what it was sent.
async fn answering(answer: Vec<u8>) -> (String, JoinHandle<Vec<u8>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let heard = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut heard = Vec::new();
        let mut part = vec![0; 1 << 16];
        while !is_whole(&heard) {
            let read = stream.read(&mut part).await.unwrap();
            assert_ne!(read, 0, "the request broke off");
            heard.extend_from_slice(&part[..read]);
        }
        stream.write_all(&answer).await.unwrap();
        stream.shutdown().await.unwrap();
        heard
    });
    (url, heard)
}

/// Whether the head and as much body as it announces are there.
fn is_whole(bytes: &[u8]) -> bool {
    let Some(head) = bytes.windows(4).position(|window| window == b"\r\n\r\n") else { return false };
    let text = String::from_utf8_lossy(&bytes[..head]).to_ascii_lowercase();
    let length = text.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse::<usize>().ok());
    bytes.len() >= head + 4 + length.unwrap_or(0)
}

/// Sends bytes and reads the answer until there is as much as `expected`, or the end.
async fn sent(address: SocketAddr, request: &[u8], expected: usize) -> Vec<u8> {
    let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
    stream.write_all(request).await.unwrap();
    let mut bytes = Vec::new();
    let mut part = vec![0; 1 << 16];
    while bytes.len() < expected {
        match stream.read(&mut part).await.unwrap() {
            0 => break,
            read => bytes.extend_from_slice(&part[..read]),
        }
    }
    bytes
}

/// Sends a request through to an endpoint that gives this answer: what either side gets.
async fn through(request: &[u8], answer: &[u8]) -> (Vec<u8>, Vec<u8>, Summary) {
    let (url, heard) = answering(answer.to_vec()).await;
    let monitor = Monitor::start(&url, Room::default(), |_| {}).await;
    let got = sent(monitor.address, request, answer.len()).await;
    (heard.await.unwrap(), got, monitor.stop().await)
}

#[tokio::test]
async fn what_is_sent_arrives_byte_for_byte_but_for_the_host() {
    let request =
        b"PATCH //odd/../path/%7e?a=1&&b=%zz HTTP/1.1\r\nHost: client.example\r\nX-Twice: one\r\nX-Twice: two\r\n\
        aUthorization: a-key\r\nX-Odd: caf\xe9\r\nContent-Type: text/odd\r\nContent-Length: 5\r\n\r\n\x00\xff\r\n!";
    let answer = b"HTTP/1.1 418 I'm a teapot\r\nSet-Cookie: a=1\r\nset-cookie: b=2\r\nX-ODD: \xe9\r\n\
        Content-Encoding: gzip\r\nContent-Length: 4\r\n\r\n\x1f\x8b\x00\xff";
    let (heard, got, summary) = through(request, answer).await;
    let host = String::from_utf8_lossy(&heard).lines().find_map(|line| Some(line.strip_prefix("Host: ")?.to_owned()));
    let host = host.expect("the endpoint's own");
    assert_ne!(host, "client.example");
    let as_sent = String::from_utf8_lossy(request).replace("client.example", &host);
    assert_eq!(String::from_utf8_lossy(&heard), as_sent);
    assert_eq!(String::from_utf8_lossy(&got), String::from_utf8_lossy(answer));
    assert_eq!((heard.len() + "client.example".len(), got.as_slice()), (request.len() + host.len(), answer.as_slice()));
    assert_eq!(summary.exchanges, 1);
}

#[tokio::test]
async fn an_answer_without_a_body_stays_one() {
    for answer in [
        b"HTTP/1.1 204 No Content\r\nX-Request-Id: 7\r\n\r\n".as_slice(),
        b"HTTP/1.1 304 Not Modified\r\nETag: \"x\"\r\n\r\n",
        b"HTTP/1.1 301 Moved Permanently\r\nLocation: http://elsewhere.example/\r\nContent-Length: 0\r\n\r\n",
    ] {
        let (_, got, _) = through(b"GET /orders/o-1 HTTP/1.1\r\nHost: a\r\n\r\n", answer).await;
        assert_eq!(String::from_utf8_lossy(&got), String::from_utf8_lossy(answer));
    }
}

#[tokio::test]
async fn the_length_that_a_head_request_asks_for_is_told() {
    let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 1234\r\n\r\n";
    let (heard, got, _) = through(b"HEAD /orders/o-1 HTTP/1.1\r\nHost: a\r\n\r\n", answer).await;
    assert!(heard.starts_with(b"HEAD /orders/o-1 HTTP/1.1\r\n"));
    assert_eq!(String::from_utf8_lossy(&got), String::from_utf8_lossy(answer));
}

#[tokio::test]
async fn what_is_between_neighbours_does_not_go_on() {
    let request = b"GET /x HTTP/1.1\r\nHost: a\r\nConnection: X-Hop, close\r\nX-Hop: 1\r\nTE: trailers\r\n\
        Keep-Alive: timeout=5\r\nAccept: */*\r\n\r\n";
    let answer = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
    let (heard, _, _) = through(request, answer).await;
    let heard = String::from_utf8(heard).unwrap().to_ascii_lowercase();
    assert!(heard.contains("accept: */*"));
    for gone in ["x-hop", "te: ", "keep-alive"] {
        assert!(!heard.contains(gone), "{heard}");
    }
}

#[tokio::test]
async fn a_body_larger_than_what_is_kept_goes_through_whole() {
    let body: Vec<u8> = (0..3_000_000_u32).map(|n| (n % 251) as u8).collect();
    let head = |line: &str| format!("{line}\r\nHost: a\r\nContent-Length: {}\r\n\r\n", body.len()).into_bytes();
    let request = [head("POST /blob HTTP/1.1"), body.clone()].concat();
    let answer =
        [format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", body.len()).into_bytes(), body.clone()].concat();
    let (heard, got, summary) = through(&request, &answer).await;
    assert!(heard.ends_with(&body) && got == answer);
    assert_eq!((summary.exchanges, summary.gaps), (1, 0), "it is nobody's order");
}

#[tokio::test]
async fn an_endpoint_that_is_not_there_is_a_bad_gateway() {
    let gone = {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        format!("http://{}", listener.local_addr().unwrap())
    };
    let monitor = Monitor::start(&gone, Room::default(), |_| {}).await;
    let answer =
        client::raw(monitor.address, b"GET /orders/o-1 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").await;
    assert!(answer.starts_with("HTTP/1.1 502 ") && answer.contains("the endpoint can't be reached: "), "{answer}");
    assert_eq!(monitor.stop().await.gaps, 0, "nothing was asked of it");
}

#[tokio::test]
async fn what_is_wrong_is_told_as_it_happens() {
    let (tell, told) = mpsc::channel();
    let url = mock(Some("new-quantity-is-removed")).await;
    let monitor = Monitor::start(&url, Room::default(), move |one| tell.send(one).unwrap()).await;
    split(monitor.address, 5, 2).await;
    let Told::Violation(violation) = tokio::task::spawn_blocking(move || told.recv().unwrap()).await.unwrap() else {
        panic!("that is no violation");
    };
    assert_eq!(
        (violation.clause.as_str(), violation.call.as_str()),
        ("partial.new-quantity", "cancel_item on item_s_v1")
    );
    let quantity = violation.differences.iter().find(|difference| difference.path.ends_with(".quantity")).unwrap();
    assert_eq!((&quantity.expected, &quantity.actual), (&Some(Value::from(2)), &Some(Value::from(3))));
    let summary = monitor.stop().await;
    assert_eq!((summary.must, summary.gaps, summary.calls, summary.orders), (1, 0, 1, 1));
}

#[tokio::test]
async fn nothing_is_told_where_nothing_is_wrong() {
    let url = mock(None).await;
    let monitor = Monitor::start(&url, Room::default(), |told| panic!("{told:?}")).await;
    split(monitor.address, 5, 2).await;
    let summary = monitor.stop().await;
    assert_eq!((summary.calls, summary.orders, summary.must, summary.gaps), (1, 1, 0, 0));
}

#[tokio::test]
async fn a_call_before_anybody_has_read_is_a_gap() {
    let url = mock(None).await;
    let (tell, told) = mpsc::channel();
    let monitor = Monitor::start(&url, Room::default(), move |one| tell.send(one).unwrap()).await;
    client::place_split_and_read(monitor.address).await;
    let summary = monitor.stop().await;
    assert_eq!((summary.calls, summary.gaps, summary.must), (0, 1, 0));
    let told: Vec<Told> = told.iter().collect();
    assert!(matches!(told.as_slice(), [Told::Gap(gap)] if gap.why.contains("before anybody had read it")), "{told:?}");
}

#[tokio::test]
async fn traffic_does_not_wait_for_a_judge_that_is_behind() {
    let url = mock(Some("new-quantity-is-removed")).await;
    let (let_go, held) = mpsc::channel::<()>();
    let (tell, told) = mpsc::channel();
    // Whoever is told takes for ever over the first thing.
    let slow = move |one: Told| {
        tell.send(one).unwrap();
        let _let_go = held.recv();
    };
    let room = Room { marks: 30, ..Room::default() };
    let monitor = Monitor::start(&url, room, slow).await;
    split(monitor.address, 5, 2).await;
    let (first, told) = tokio::task::spawn_blocking(move || (told.recv().unwrap(), told)).await.unwrap();
    assert!(matches!(first, Told::Violation(_)), "{first:?}");
    for _ in 0..30 {
        let (status, _) = client::call(monitor.address, "seller-key", "GET", "/orders?page=0", "").await;
        assert_eq!(status, 200);
    }
    drop(let_go);
    let summary = monitor.stop().await;
    assert!(summary.missed > 0 && summary.gaps > 0, "{summary:?}");
    let gap = told.iter().any(|one| matches!(&one, Told::Gap(gap) if gap.why.contains("fell behind")));
    assert!(gap, "it is told");
}

/// Places an order of a line with so many units, keeps some of them, and reads before and after.
async fn split(address: SocketAddr, quantity: u64, keep: u64) {
    let order = format!(r#"{{"items":[{{"variantId":"V1","quantity":{quantity}}}]}}"#);
    let (status, placed) = client::call(address, "buyer-key", "POST", "/buyer/orders", &order).await;
    assert_eq!(status, 201);
    let path = format!("/buyer/orders/{}", placed["data"]["id"].as_str().unwrap());
    let (_, buyers) = client::call(address, "buyer-key", "GET", &path, "").await;
    let path = format!("/orders/{}", buyers["data"]["sellerOrders"][0]["id"].as_str().unwrap());
    let (_, before) = client::call(address, "seller-key", "GET", &path, "").await;
    let item = format!("{path}/items/{}/cancel", before["items"][0]["_id"].as_str().unwrap());
    let (status, _) = client::call(address, "seller-key", "POST", &item, &format!(r#"{{"newQuantity":{keep}}}"#)).await;
    assert_eq!(status, 200);
    client::call(address, "seller-key", "GET", &path, "").await;
}
