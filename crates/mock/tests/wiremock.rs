//! The world on a `wiremock` server.
#![expect(clippy::unwrap_used, reason = "helpers of tests may fail as loudly as tests")]

mod client;

use std::sync::Arc;

use countermand_mock::{Clock, World, wiremock::mount};
use countermand_model::{Settings, build};
use serde_json::json;
use wiremock::matchers::path;
use wiremock::{Mock, MockServer, ResponseTemplate};

use client::{call, place_split_and_read, whole_call};

async fn mounted() -> MockServer {
    let server = MockServer::start().await;
    let model = build("modern-dropship", &[], &[], Settings::default()).unwrap();
    mount(&server, Arc::new(World::new(model, Clock::system()))).await;
    server
}

#[tokio::test]
async fn an_order_is_placed_split_and_read() {
    place_split_and_read(*mounted().await.address()).await;
}

#[tokio::test]
async fn queries_and_headers_get_through_both_ways() {
    let server = mounted().await;
    let address = *server.address();
    assert_eq!(call(address, "seller-key", "GET", "/orders?limit=0", "").await.0, 400);
    let answer = whole_call(address, "seller-key", "DELETE", "/orders", "").await.to_ascii_lowercase();
    assert!(answer.starts_with("http/1.1 405 "), "{answer}");
    for header in ["allow: get\r\n", "x-request-id: request-2\r\n", "content-type: application/json\r\n"] {
        assert_eq!(answer.matches(header).count(), 1, "{answer}");
    }
    let (_, told) = call(address, "", "GET", "/__countermand/exchanges", "").await;
    assert_eq!(told["exchanges"][0]["path"], "/orders?limit=0");
}

#[tokio::test]
async fn answers_of_a_tests_own_come_first() {
    let server = mounted().await;
    Mock::given(path("/orders/down")).respond_with(ResponseTemplate::new(503)).mount(&server).await;
    assert_eq!(call(*server.address(), "seller-key", "GET", "/orders/down", "").await.0, 503);
    assert_eq!(call(*server.address(), "seller-key", "GET", "/orders", "").await, (200, json!([])));
}
