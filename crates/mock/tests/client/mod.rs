//! A client of one request per connection, on bare sockets.

use std::net::SocketAddr;

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Sends these bytes on a connection of their own, and reads until the server closes it.
pub(crate) async fn raw(address: SocketAddr, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    // The server may close while this still sends: then what it has answered is what counts.
    let _sent = stream.write_all(bytes).await;
    read_to_end(&mut stream).await
}

/// A call with JSON or nothing, as it is answered.
pub(crate) async fn whole_call(address: SocketAddr, key: &str, method: &str, path: &str, body: &str) -> String {
    let typed = if body.is_empty() { "" } else { "content-type: application/json\r\n" };
    let request = format!(
        "{method} {path} HTTP/1.1\r\nhost: mock\r\nauthorization: {key}\r\nconnection: close\r\n\
         {typed}content-length: {}\r\n\r\n{body}",
        body.len()
    );
    raw(address, request.as_bytes()).await
}

/// A call with JSON or nothing, and its status and JSON.
pub(crate) async fn call(address: SocketAddr, key: &str, method: &str, path: &str, body: &str) -> (u16, Value) {
    parse(&whole_call(address, key, method, path, body).await)
}

pub(crate) async fn read_to_end(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    let _ended = stream.read_to_end(&mut bytes).await;
    String::from_utf8(bytes).unwrap()
}

pub(crate) fn parse(response: &str) -> (u16, Value) {
    let (head, body) = response.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    (status, serde_json::from_str(body).unwrap_or_default())
}

/// Places an order, splits an item of it, and reads it; then asks without a key.
pub(crate) async fn place_split_and_read(address: SocketAddr) {
    let order = r#"{"items":[{"variantId":"V1","quantity":5}]}"#;
    let (status, placed) = call(address, "buyer-key", "POST", "/buyer/orders", order).await;
    assert_eq!(status, 201);
    let path = format!("/buyer/orders/{}", placed["data"]["id"].as_str().unwrap());
    let (_, buyers) = call(address, "buyer-key", "GET", &path, "").await;
    let sellers = &buyers["data"]["sellerOrders"][0];
    let path = format!("/orders/{}", sellers["id"].as_str().unwrap());
    let item = format!("{path}/items/{}/cancel", sellers["items"][0]["id"].as_str().unwrap());
    let (status, _) = call(address, "seller-key", "POST", &item, r#"{"newQuantity":3}"#).await;
    assert_eq!(status, 200);
    let (_, seen) = call(address, "seller-key", "GET", &path, "").await;
    assert_eq!(seen["hasCancellations"], true);
    assert_eq!(seen["items"][1]["quantity"], 3);
    let (status, refused) = call(address, "no-key", "GET", &path, "").await;
    assert_eq!((status, refused["errors"].is_object()), (401, true));
}
