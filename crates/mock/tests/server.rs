//! The server on real loopback sockets: what it does with good requests, and with everything else.
#![expect(clippy::unwrap_used, reason = "helpers of tests may fail as loudly as tests")]

mod client;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use countermand_mock::{Clock, ServeOptions, World, serve};
use countermand_model::{Model, Reply, Request, Settings, build};
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

use client::{parse, read_to_end};

/// A server on a port of its own.
struct Server {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    serving: JoinHandle<std::io::Result<()>>,
}

impl Server {
    async fn start(model: Box<dyn Model>, options: ServeOptions) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel();
        let world = Arc::new(World::new(model, Clock::system()));
        let shutdown = async {
            let _told = stopped.await;
        };
        let serving = tokio::spawn(serve(listener, world, options, shutdown));
        Self { address, stop, serving }
    }

    async fn dropship(options: ServeOptions) -> Self {
        Self::start(build("modern-dropship", &[], &[], Settings::default()).unwrap(), options).await
    }

    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    async fn raw(&self, bytes: &[u8]) -> String {
        client::raw(self.address, bytes).await
    }

    async fn call(&self, key: &str, method: &str, path: &str, body: &str) -> (u16, Value) {
        client::call(self.address, key, method, path, body).await
    }

    async fn is_well(&self) {
        let (status, health) = self.call("", "GET", "/__countermand/health", "").await;
        assert_eq!((status, &health["status"]), (200, &json!("ok")));
    }

    async fn stop(self) {
        self.stop.send(()).unwrap();
        self.serving.await.unwrap().unwrap();
    }
}

/// Short patience, for tests that have to use it up.
fn impatient() -> ServeOptions {
    ServeOptions {
        header_timeout: Duration::from_millis(500),
        body_timeout: Duration::from_millis(500),
        ..ServeOptions::default()
    }
}

#[tokio::test]
async fn an_order_is_placed_split_and_read() {
    let server = Server::dropship(ServeOptions::default()).await;
    client::place_split_and_read(server.address).await;
    server.stop().await;
}

#[tokio::test]
async fn exchanges_are_remembered_without_keys_and_forgotten_on_reset() {
    let server = Server::dropship(ServeOptions::default()).await;
    server.call("seller-key", "GET", "/orders?page=0", "").await;
    let (_, told) = server.call("", "GET", "/__countermand/exchanges", "").await;
    let exchange = &told["exchanges"][0];
    assert_eq!((&exchange["method"], &exchange["path"]), (&json!("GET"), &json!("/orders?page=0")));
    assert_eq!((&exchange["status"], &exchange["response"]["body"]), (&json!(200), &json!("[]")));
    assert!(!told.to_string().contains("seller-key"));
    assert_eq!(server.call("", "POST", "/__countermand/reset", "").await.0, 200);
    let (_, told) = server.call("", "GET", "/__countermand/exchanges", "").await;
    assert_eq!(told, json!({ "exchanges": [] }));
    assert_eq!(server.call("", "GET", "/__countermand/reset", "").await.0, 405);
    assert_eq!(server.call("", "GET", "/__countermand/other", "").await.0, 404);
}

#[tokio::test]
async fn a_body_may_have_the_limit_and_no_byte_more() {
    let server = Server::dropship(ServeOptions::default()).await;
    let limit = ServeOptions::default().body_limit;
    assert_eq!(limit, 1024 * 1024);
    let (status, _) = server.call("buyer-key", "POST", "/buyer/orders", &"x".repeat(limit)).await;
    assert_eq!(status, 400, "read, and found not to be JSON");
    let (status, error) = server.call("buyer-key", "POST", "/buyer/orders", &"x".repeat(limit + 1)).await;
    assert_eq!((status, error["error"].is_string()), (413, true));
    server.is_well().await;
}

#[tokio::test]
async fn an_oversize_body_in_chunks_is_answered_and_the_connection_closed() {
    let server = Server::dropship(ServeOptions::default()).await;
    let mut request = b"POST /buyer/orders HTTP/1.1\r\nhost: mock\r\nauthorization: buyer-key\r\n\
        transfer-encoding: chunked\r\n\r\n"
        .to_vec();
    for _ in 0..17 {
        request.extend_from_slice(b"10000\r\n");
        request.extend_from_slice(&[b'x'; 0x10000]);
        request.extend_from_slice(b"\r\n");
    }
    request.extend_from_slice(b"0\r\n\r\n");
    let response = server.raw(&request).await;
    assert_eq!(parse(&response).0, 413);
    assert!(response.to_ascii_lowercase().contains("connection: close"));
    server.is_well().await;
}

#[tokio::test]
async fn slow_senders_are_let_go() {
    let server = Server::dropship(impatient()).await;
    let mut silent = server.connect().await;
    let half_a_head = server.raw(b"GET /orders HTTP/1.1\r\nhost:").await;
    assert_eq!(half_a_head, "", "closed without an answer");
    let half_a_body = b"POST /buyer/orders HTTP/1.1\r\nhost: mock\r\ncontent-length: 10\r\n\r\n{".as_slice();
    let (status, error) = parse(&server.raw(half_a_body).await);
    assert_eq!((status, error["error"].is_string()), (408, true));
    assert_eq!(read_to_end(&mut silent).await, "");
    server.is_well().await;
}

#[tokio::test]
async fn garbage_harms_only_its_own_connection() {
    let server = Server::dropship(ServeOptions::default()).await;
    for garbage in [
        b"\x16\x03\x01\x02\x00\x01\x00".as_slice(),
        b"\0\0\0\0\r\n\r\n",
        b"GET\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"POST /orders HTTP/1.1\r\ncontent-length: -1\r\n\r\n",
        b"POST /orders HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
        b"POST /orders HTTP/1.1\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nx",
    ] {
        let response = server.raw(garbage).await;
        assert!(!response.contains(" 200 ") && !response.contains(" 500 "), "{response}");
        server.is_well().await;
    }
}

#[tokio::test]
async fn a_connection_serves_many_requests() {
    let server = Server::dropship(ServeOptions::default()).await;
    let mut stream = server.connect().await;
    let one = "GET /__countermand/health HTTP/1.1\r\nhost: mock\r\n\r\n";
    let last = "GET /__countermand/health HTTP/1.1\r\nhost: mock\r\nconnection: close\r\n\r\n";
    stream.write_all(format!("{one}{one}{last}").as_bytes()).await.unwrap();
    assert_eq!(read_to_end(&mut stream).await.matches("HTTP/1.1 200").count(), 3);
}

#[tokio::test]
async fn connections_beyond_the_bound_wait_for_their_turn() {
    let options = ServeOptions { max_connections: 1, ..ServeOptions::default() };
    let server = Server::dropship(options).await;
    let first = server.connect().await;
    let mut waiting = server.connect().await;
    let request = b"GET /__countermand/health HTTP/1.1\r\nhost: mock\r\nconnection: close\r\n\r\n";
    waiting.write_all(request).await.unwrap();
    drop(first);
    assert_eq!(parse(&read_to_end(&mut waiting).await).0, 200);
}

/// Panics when asked for `/panic`, and is fine otherwise.
struct Fragile;

impl Model for Fragile {
    fn handle_since(&mut self, request: &Request<'_>, _: u64, _: u64) -> Reply {
        assert_ne!(request.path, "/panic", "as the test wants it");
        let evicted = vec!["o-1".to_owned()];
        Reply { status: 200, headers: Vec::new(), body: b"{}".to_vec(), evicted }
    }

    fn reset(&mut self) {}
}

#[tokio::test]
async fn a_panic_of_the_model_is_one_bad_answer() {
    let server = Server::start(Box::new(Fragile), ServeOptions::default()).await;
    let (status, error) = server.call("", "GET", "/panic", "").await;
    assert_eq!((status, error["error"].is_string()), (500, true));
    assert_eq!(server.call("", "GET", "/fine", "").await.0, 200);
    server.is_well().await;
}

#[tokio::test]
async fn the_log_is_told_of_requests_and_evictions() {
    let (tell, mut told) = mpsc::unbounded_channel();
    let log = Arc::new(move |line: &countermand_mock::LogLine| tell.send(line.clone()).unwrap());
    let options = ServeOptions { log: Some(log), ..impatient() };
    let server = Server::start(Box::new(Fragile), options).await;
    server.call("", "GET", "/fine?x=1", "").await;
    let line = told.recv().await.unwrap();
    assert_eq!((line.method.as_str(), line.path.as_str(), line.status), ("GET", "/fine?x=1", 200));
    assert_eq!(line.evicted, ["o-1"]);
    server.raw(b"POST /late HTTP/1.1\r\nhost: mock\r\ncontent-length: 9\r\n\r\n").await;
    assert_eq!(told.recv().await.unwrap().status, 408);
}

/// A server that holds its replies back, with one request that the world has answered and the client has not seen.
async fn with_one_in_flight(delay: Duration, stop_timeout: Duration) -> (Server, TcpStream) {
    let (tell, mut told) = mpsc::unbounded_channel();
    let log = Arc::new(move |_: &countermand_mock::LogLine| tell.send(()).unwrap());
    let options = ServeOptions { delay, stop_timeout, log: Some(log), ..ServeOptions::default() };
    let server = Server::start(Box::new(Fragile), options).await;
    let mut stream = server.connect().await;
    stream.write_all(b"GET /fine HTTP/1.1\r\nhost: mock\r\n\r\n").await.unwrap();
    told.recv().await.unwrap();
    (server, stream)
}

#[tokio::test]
async fn a_stop_lets_requests_in_flight_finish() {
    let (server, mut stream) = with_one_in_flight(Duration::from_millis(200), Duration::from_secs(60)).await;
    server.stop().await;
    assert_eq!(parse(&read_to_end(&mut stream).await).0, 200);
}

#[tokio::test]
async fn a_stop_does_not_wait_for_ever() {
    let (server, mut stream) = with_one_in_flight(Duration::from_secs(3600), Duration::from_millis(20)).await;
    server.stop().await;
    assert_eq!(read_to_end(&mut stream).await, "");
}

#[tokio::test]
async fn a_stop_does_not_wait_for_idle_connections() {
    let server =
        Server::dropship(ServeOptions { stop_timeout: Duration::from_secs(3600), ..ServeOptions::default() }).await;
    let mut idle = server.connect().await;
    server.is_well().await;
    server.stop().await;
    assert_eq!(read_to_end(&mut idle).await, "");
}
