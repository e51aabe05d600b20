//! `serve`: where it listens, what it tells, how it ends; and a run against it over a real socket.

use std::net::TcpListener;

use serde_json::json;

use crate::program::{countermand, ends, told};
use crate::served::Served;

const ORDER: &str = r#"{"buyerReference":"r-1","orderedDate":"2026-01-01T00:00:00Z",
    "address":{"name":"Pat Example","addressOne":"1 Example Street","city":"Toronto","state":"ON","country":"CA","zip":"M5V 2H1"},
    "items":[{"variantId":"V1","buyerReference":"mug","quantity":2}]}"#;

impl Served {
    /// Places an order and returns the seller's id of it, and of its item.
    fn order(&self) -> (String, String) {
        let (status, placed) = self.ask("POST", "/buyer/orders", "buyer-key", ORDER);
        assert!((200..300).contains(&status), "{status} {placed}");
        let id = placed["data"]["id"].as_str().or(placed["id"].as_str()).unwrap();
        let (_, read) = self.ask("GET", &format!("/buyer/orders/{id}"), "buyer-key", "");
        let seller = &read["data"]["sellerOrders"][0];
        (seller["id"].as_str().unwrap().to_owned(), seller["items"][0]["id"].as_str().unwrap().to_owned())
    }
}

#[test]
fn a_run_against_it_holds() {
    let served = Served::start(&["--quiet"]);
    assert_eq!(served.first_line, format!("modern-dropship is served on {} (stop with Ctrl-C)", served.url()));
    let over_http = told(&mut countermand(["run", "--spec", "modern-dropship", "--target", &served.url()]));
    over_http.ended.exits(0);
    let in_process = told(&mut countermand(["run", "--spec", "modern-dropship"]));
    let verdicts = |run: &crate::program::Told| {
        // Which of two calls wins a race, and so which clauses it puts to the test, is open.
        let settled = run.cases().filter(|case| !case.id.contains("/race/"));
        settled.map(|case| (case.id.clone(), case.verdict, case.clauses.clone())).collect::<Vec<_>>()
    };
    assert!(verdicts(&over_http) == verdicts(&in_process), "the socket changes something");
}

#[test]
fn a_choice_shows_in_what_it_answers() {
    let served = Served::start(&["--quiet", "--choice", "success-status=201"]);
    let (order, item) = served.order();
    let (status, _) = served.ask("POST", &format!("/orders/{order}/items/{item}/cancel"), "seller-key", "{}");
    assert_eq!(status, 201);
    let run = told(&mut countermand(["run", "three", "--target", &served.url()]));
    run.ended.exits(0);
    assert!(run.ended.stdout.contains("3 warned"), "{}", run.ended.stdout);
}

#[test]
fn health_exchanges_and_reset_are_the_tools_own() {
    let served = Served::start(&[]);
    assert_eq!(served.ask("GET", "/__countermand/health", "", "").0, 200);
    let (order, _) = served.order();
    let exchanges = served.exchanges();
    assert_eq!(exchanges[0]["method"], json!("POST"));
    assert_eq!(exchanges[0]["path"], json!("/buyer/orders"));
    assert_eq!(exchanges.as_array().unwrap().len(), 2, "{exchanges}");

    let read = format!("/orders/{order}");
    assert_eq!(served.ask("GET", &read, "seller-key", "").0, 200);
    assert!((200..300).contains(&served.ask("POST", "/__countermand/reset", "", "").0));
    assert_eq!(served.exchanges(), json!([]));
    assert_eq!(served.ask("GET", &read, "seller-key", "").0, 404, "the order is forgotten");
}

#[test]
fn the_log_has_a_line_per_request() {
    let served = Served::start(&[]);
    served.ask("GET", "/orders/x?page=1", "seller-key", "");
    let line = served.line();
    assert!(line.starts_with("404 GET /orders/x?page=1  "), "{line}");
    assert!(line.ends_with(" ms"), "{line}");
}

#[test]
fn a_full_store_says_what_it_drops() {
    let served = Served::start(&["--max-orders", "1"]);
    let (first, _) = served.order();
    let (second, _) = served.order();
    assert_eq!(served.ask("GET", &format!("/orders/{first}"), "seller-key", "").0, 404);
    assert_eq!(served.ask("GET", &format!("/orders/{second}"), "seller-key", "").0, 200);
    served.signal("TERM");
    let (lines, ..) = served.end();
    assert!(lines.iter().any(|line| line.ends_with("was dropped: the store is full (--max-orders)")), "{lines:?}");
}

#[test]
fn quiet_tells_only_where_it_is() {
    let served = Served::start(&["--quiet"]);
    served.ask("GET", "/orders/x", "seller-key", "");
    served.signal("INT");
    let (lines, stderr, code) = served.end();
    assert_eq!((lines.len(), stderr.as_str(), code), (0, "", Some(0)));
}

#[test]
fn signals_end_it_well() {
    for signal in ["INT", "TERM"] {
        let served = Served::start(&[]);
        served.signal(signal);
        let (_, stderr, code) = served.end();
        assert_eq!((stderr.as_str(), code), ("", Some(0)), "{signal}");
    }
}

#[test]
fn an_address_in_use() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let ended = ends(&["serve", "modern-dropship", "--listen", &address]);
    ended.exits(2);
    assert!(ended.stderr.starts_with(&format!("error: can't listen on {address}: ")), "{}", ended.stderr);
    assert_eq!(ended.stdout, "");
}

#[test]
fn wrong_arguments_say_what_is_right() {
    let ended = ends(&["serve", "modern-dropshp"]);
    ended.exits(2);
    assert!(ended.stderr.contains("modern-dropship"), "{}", ended.stderr);
    let ended = ends(&["serve", "modern-dropship", "--choice", "success-status=7"]);
    ended.exits(2);
    assert!(ended.stderr.contains("200, 201, 204"), "{}", ended.stderr);
    ends(&["serve", "modern-dropship", "--listen", "somewhere"]).exits(2);
    ends(&["serve"]).exits(2);
}
