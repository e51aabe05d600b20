//! Answers that were compressed are read as what they were, by a run and by both proxies; through a proxy they go as they came.
//! What can't be read is told, with the reason.

use std::fs;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};

use countermand_event::{Blame, Verdict};
use flate2::Compression;
use flate2::read::GzEncoder;

use crate::between::{Between, Place, answer};
use crate::folder::Folder;
use crate::program::{BOUND, countermand, ends, told};
use crate::served::Served;

const ORDER: &str = r#"{"items":[{"variantId":"V1","quantity":5}]}"#;

/// The same answer, compressed, and said to be `coding`.
fn compressed(whole: &[u8], coding: &str) -> Vec<u8> {
    let at = whole.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
    let head = String::from_utf8_lossy(&whole[..at]);
    let mut words = head.split_whitespace().skip(1);
    let status = words.next().unwrap();
    let mut body = Vec::new();
    GzEncoder::new(&whole[at + 4..], Compression::best()).read_to_end(&mut body).unwrap();
    let headers = format!("content-type: application/json\r\ncontent-encoding: {coding}\r\n");
    answer(&format!("{status} Whatever"), &headers, body)
}

/// The mock behind a server that compresses every answer, and calls that `coding`.
fn compressing(upstream: SocketAddr, coding: &'static str) -> Between {
    Between::start(move |request, stream| stream.write_all(&compressed(&request.pass_to(upstream)?, coding)))
}

/// One request through a proxy: the bytes of the answer's body.
fn ask(address: SocketAddr, method: &str, path: &str, key: &str, body: &str) -> Vec<u8> {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(BOUND)).unwrap();
    let head = format!("{method} {path} HTTP/1.1\r\nhost: mock\r\nauthorization: {key}\r\nconnection: close\r\n");
    let kind = format!("content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}", body.len());
    stream.write_all(format!("{head}{kind}").as_bytes()).unwrap();
    let mut whole = Vec::new();
    stream.read_to_end(&mut whole).unwrap();
    let at = whole.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
    whole.split_off(at + 4)
}

/// An order in the mock, by the paths of it and of its item.
fn placed(mock: &Served) -> (String, String) {
    let (_, placed) = mock.ask("POST", "/buyer/orders", "buyer-key", ORDER);
    let id = placed["data"]["id"].as_str().unwrap();
    let (_, buyers) = mock.ask("GET", &format!("/buyer/orders/{id}"), "buyer-key", "");
    let path = format!("/orders/{}", buyers["data"]["sellerOrders"][0]["id"].as_str().unwrap());
    let (_, order) = mock.ask("GET", &path, "seller-key", "");
    let item = format!("{path}/items/{}", order["items"][0]["_id"].as_str().unwrap());
    (path, item)
}

/// Reads an order, splits its item and reads it again, through a proxy before what answers in `coding`. What the proxy then says.
fn split(mock: &Served, proxy: Served, path: &str, item: &str) -> (Vec<String>, Option<i32>) {
    let before = ask(proxy.address, "GET", path, "seller-key", "");
    let as_it_is = ask(mock.address, "GET", path, "seller-key", "");
    let mut expected = Vec::new();
    GzEncoder::new(&*as_it_is, Compression::best()).read_to_end(&mut expected).unwrap();
    assert_eq!(before, expected, "what goes through is not touched");
    ask(proxy.address, "POST", &format!("{item}/cancel"), "seller-key", r#"{"newQuantity":2}"#);
    ask(proxy.address, "GET", path, "seller-key", "");
    proxy.signal("INT");
    let (lines, _, code) = proxy.end();
    (lines, code)
}

#[test]
fn a_run_reads_what_is_compressed() {
    let mock = Served::start(&["--quiet"]);
    let between = compressing(mock.address, "gzip");
    ends(&["run", "three", "--target", &between.url()]).exits(0);
}

#[test]
fn a_monitor_reads_what_is_compressed_and_passes_it_on_as_it_is() {
    let mock = Served::start(&["--quiet"]);
    let (path, item) = placed(&mock);
    let between = compressing(mock.address, "gzip");
    let (lines, code) = split(&mock, Served::monitor(&between.url(), &[]), &path, &item);
    let sum = "3 exchanges, 1 calls judged on 1 orders: 0 violations of a MUST, 0 of a SHOULD, 0 gaps";
    assert_eq!((lines.join("\n").as_str(), code), (sum, Some(0)));
}

#[test]
fn a_monitor_finds_what_is_wrong_in_what_is_compressed() {
    let mock = Served::start(&["--quiet", "--fault", "new-quantity-is-removed"]);
    let (path, item) = placed(&mock);
    let between = compressing(mock.address, "gzip");
    let (lines, code) = split(&mock, Served::monitor(&between.url(), &[]), &path, &item);
    assert!(lines[0].contains("MUST partial.new-quantity"), "{lines:?}");
    assert_eq!(code, Some(1));
}

#[test]
fn a_recorder_reads_what_is_compressed() {
    let (folder, mock) = (Folder::new(), Served::start(&["--quiet"]));
    let out = folder.file("recorded");
    let (path, item) = placed(&mock);
    let between = compressing(mock.address, "gzip");
    let recorder = Served::recorder(&between.url(), &["--out", out.to_str().unwrap()]);
    let (lines, code) = split(&mock, recorder, &path, &item);
    assert_eq!((lines.last().unwrap().as_str(), code), ("1 scenarios of 1 calls on 1 orders", Some(0)));
    assert!(fs::read_to_string(&lines[0]).unwrap().contains("with: { newQuantity: 2 }"));
}

#[test]
fn what_a_proxy_can_not_read_is_told_as_not_judged() {
    for (coding, why) in [
        ("snappy", "it is encoded as `snappy`, which is not known here"),
        ("zstd", "it says that it is zstd, and is not, or not all of it"),
    ] {
        let mock = Served::start(&["--quiet"]);
        let (path, item) = placed(&mock);
        let between = compressing(mock.address, coding);
        let (lines, code) = split(&mock, Served::monitor(&between.url(), &[]), &path, &item);
        let id = path.rsplit('/').next().unwrap();
        let told = format!("NOT JUDGED  order {id}: GET {path}: the body of the answer can't be read: {why}");
        assert_eq!((lines[0].as_str(), code), (told.as_str(), Some(3)), "{lines:?}");
        let out = Folder::new();
        let (path, item) = placed(&mock);
        let recorder = Served::recorder(&between.url(), &["--out", out.file("recorded").to_str().unwrap()]);
        let (lines, code) = split(&mock, recorder, &path, &item);
        assert!(lines.iter().any(|line| line.contains(why)), "{lines:?}");
        assert_eq!((lines.last().unwrap().as_str(), code), ("0 scenarios of 0 calls on 0 orders", Some(3)));
    }
}

#[test]
fn an_answer_that_shows_no_order_is_told_as_not_judged() {
    let mock = Served::start(&["--quiet"]);
    let (path, _) = placed(&mock);
    let between = Between::start(|_, stream| stream.write_all(&answer("200 OK", "", "<html>hello</html>")));
    let monitor = Served::monitor(&between.url(), &[]);
    for _ in 0..2 {
        ask(monitor.address, "GET", &path, "seller-key", "");
    }
    monitor.signal("INT");
    let (lines, _, code) = monitor.end();
    let id = path.rsplit('/').next().unwrap();
    assert_eq!(
        (lines[0].as_str(), code),
        (&*format!("NOT JUDGED  order {id}: GET {path}: the answer is no JSON"), Some(3))
    );
    assert_eq!(lines.len(), 2, "it is said once: {lines:?}");
}

#[test]
fn a_run_tells_why_it_can_not_read_an_answer() {
    let mock = Served::start(&["--quiet"]);
    let bomb = [b"HTTP/1.1 200 OK\r\n\r\n".as_slice(), &[b' '; 9 << 20]].concat();
    let bomb = compressed(&bomb, "gzip");
    assert!(bomb.len() < 1 << 16);
    let unknown = compressed(b"HTTP/1.1 200 OK\r\n\r\n{}", "snappy");
    for (odd, why) in [
        (bomb, "the body of the answer can't be read: decoded it is larger than 8 MiB"),
        (unknown, "the body of the answer can't be read: it is encoded as `snappy`, which is not known here"),
    ] {
        let upstream = mock.address;
        let between = Between::start(move |request, stream| match request.place() {
            Place::Call => stream.write_all(&odd),
            _ => stream.write_all(&request.pass_to(upstream)?),
        });
        let run = told(&mut countermand(["run", "three", "--no-proof", "--target", &between.url()]));
        run.ended.exits(3);
        let case = run.case("/b");
        let trouble = case.trouble.as_ref().unwrap();
        assert_eq!(
            (case.verdict, trouble.blame, trouble.message.as_str()),
            (Verdict::CouldNotRun, Blame::Transport, why)
        );
    }
}
