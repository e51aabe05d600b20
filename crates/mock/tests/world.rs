//! A world under many callers and many requests, without a socket.
#![expect(clippy::unwrap_used, reason = "helpers of tests may fail as loudly as tests")]

use std::collections::BTreeSet;
use std::sync::Barrier;
use std::thread;

use bytes::Bytes;
use countermand_mock::{Clock, World};
use countermand_model::{LoadError, Settings, build};
use serde_json::{Value, json};

const BUYER: &str = "buyer-key";
const SELLER: &str = "seller-key";
const ORDER: &str = r#"{"items":[{"variantId":"V1","quantity":5}]}"#;

fn world() -> World {
    World::new(build("modern-dropship", &[], &[], Settings::default()).unwrap(), Clock::system())
}

fn ask(world: &World, key: &str, method: &str, path: &str, body: &str) -> (u16, Value) {
    let request = http::Request::builder()
        .method(method)
        .uri(path)
        .header("authorization", key)
        .header("content-type", "application/json")
        .body(Bytes::copy_from_slice(body.as_bytes()))
        .unwrap();
    let response = world.respond(request);
    (response.status().as_u16(), serde_json::from_slice(response.body()).unwrap())
}

/// An order of 5, and calls to it that are at odds with each other.
struct Race {
    order: String,
    calls: [(String, &'static str); 3],
}

impl Race {
    fn new(world: &World) -> Self {
        let (_, placed) = ask(world, BUYER, "POST", "/buyer/orders", ORDER);
        let path = format!("/buyer/orders/{}", placed["data"]["id"].as_str().unwrap());
        let whole = ask(world, BUYER, "GET", &path, "").1;
        let part = &whole["data"]["sellerOrders"][0];
        let order = format!("/orders/{}", part["id"].as_str().unwrap());
        let item = part["items"][0]["id"].as_str().unwrap();
        let calls = [
            (format!("{order}/items/{item}/cancel"), r#"{"newQuantity":3}"#),
            (format!("{order}/cancel"), r#"{"unfulfilledOnly":true}"#),
            (format!("{order}/fulfillments"), r#"{"items":[{"sku":"S-V1","quantity":2}]}"#),
        ];
        Self { order, calls }
    }

    fn call(&self, world: &World, at: usize) -> u16 {
        let (path, body) = &self.calls[at];
        ask(world, SELLER, "POST", path, body).0
    }

    /// What came of it: the answers, and all of the order that does not differ between two orders.
    fn end(&self, world: &World, statuses: [u16; 3]) -> String {
        let (_, order) = ask(world, SELLER, "GET", &self.order, "");
        let items: Vec<_> =
            order["items"].as_array().unwrap().iter().map(|it| (&it["quantity"], &it["cancelled"])).collect();
        let fulfilled = &order["fulfillments"];
        let units: Vec<_> = fulfilled.as_array().unwrap().iter().map(|it| &it["items"][0]["quantity"]).collect();
        json!([statuses, items, units, order["hasCancellations"], order["shipped"]]).to_string()
    }
}

#[test]
fn calls_at_once_end_as_calls_in_some_sequence() {
    let sequences = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];
    let explained: BTreeSet<String> = sequences
        .into_iter()
        .map(|sequence| {
            let world = world();
            let race = Race::new(&world);
            let mut statuses = [0; 3];
            for at in sequence {
                statuses[at] = race.call(&world, at);
            }
            race.end(&world, statuses)
        })
        .collect();
    assert!(explained.len() > 3, "the calls are at odds: {explained:#?}");

    let shared = world();
    for _ in 0..300 {
        let race = Race::new(&shared);
        let start = Barrier::new(3);
        let statuses = thread::scope(|scope| {
            let callers = [0, 1, 2].map(|at| {
                let (race, start, shared) = (&race, &start, &shared);
                scope.spawn(move || {
                    start.wait();
                    race.call(shared, at)
                })
            });
            callers.map(|caller| caller.join().unwrap())
        });
        let end = race.end(&shared, statuses);
        assert!(explained.contains(&end), "{end} is none of {explained:#?}");
    }
}

/// Every id that something has, not those by which others refer to it.
fn collect_ids(value: &Value, ids: &mut Vec<String>) {
    match value {
        Value::Array(list) => list.iter().for_each(|value| collect_ids(value, ids)),
        Value::Object(map) => {
            ids.extend(map.get("_id").and_then(Value::as_str).map(str::to_owned));
            map.values().for_each(|value| collect_ids(value, ids));
        }
        _ => {}
    }
}

#[test]
fn ids_stay_unique_under_many_callers() {
    let world = world();
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for _ in 0..50 {
                    let race = Race::new(&world);
                    assert_eq!([2, 0].map(|at| race.call(&world, at)), [200, 200]);
                }
            });
        }
    });
    let mut ids = Vec::new();
    for page in 0..5 {
        let list = ask(&world, SELLER, "GET", &format!("/orders?limit=100&page={page}"), "").1;
        collect_ids(&list, &mut ids);
    }
    // An order, its item, what was split off, a fulfilment and its line.
    assert_eq!(ids.len(), 8 * 50 * 5);
    assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len());
}

#[test]
fn what_is_remembered_of_requests_is_bounded() {
    let world = world();
    let long = format!("/orders?{}", "x".repeat(10_000));
    let body = "x".repeat(10_000);
    for _ in 0..10_000 {
        assert_eq!(ask(&world, SELLER, "POST", &long, &body).0, 405);
    }
    let (_, told) = ask(&world, "", "GET", "/__countermand/exchanges", "");
    let exchanges = told["exchanges"].as_array().unwrap();
    assert_eq!((exchanges.len(), &exchanges[99]["number"]), (100, &json!(10_000)));
    let length = |text: &Value| text.as_str().unwrap().len();
    for exchange in exchanges {
        assert_eq!((length(&exchange["path"]), length(&exchange["request"]["body"])), (2048, 2048));
        assert_eq!(exchange["request"]["bytes"], 10_000);
    }
}

#[test]
fn a_reset_makes_the_orders_of_the_file_again() {
    let world = world();
    let list = |world: &World| ask(world, SELLER, "GET", "/orders", "").1;
    assert_eq!(world.load_orders(Bytes::from(format!("[{ORDER},{ORDER}]"))), Ok(2));
    let loaded = list(&world);
    assert_eq!(ask(&world, BUYER, "POST", "/buyer/orders", ORDER).0, 201);
    let path = format!("/orders/{}/cancel", loaded[0]["_id"].as_str().unwrap());
    assert_eq!(ask(&world, SELLER, "POST", &path, "").0, 200);
    world.reset();
    let again = list(&world);
    assert_eq!(again.as_array().unwrap().len(), 2);
    assert_eq!(
        (&again[0]["_id"], &again[0]["hasCancellations"]),
        (&loaded[0]["_id"], &json!(false)),
        "under the same ids"
    );
    assert!(matches!(world.load_orders(Bytes::from("{}")), Err(LoadError::NotAList { .. })));
}
