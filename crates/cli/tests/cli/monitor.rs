//! `countermand monitor`: traffic goes through, and what is wrong with it is told while it does.

use std::fs;

use crate::folder::Folder;
use crate::program::{countermand, ends};
use crate::served::Served;
use crate::tls;

const ORDER: &str = r#"{"items":[{"variantId":"V1","quantity":5}]}"#;

/// Places an order through the proxy, splits its item and reads it before and after. Gives back the order's path.
fn split(through: &Served) -> String {
    let (status, placed) = through.ask("POST", "/buyer/orders", "buyer-key", ORDER);
    assert_eq!(status, 201);
    let id = placed["data"]["id"].as_str().unwrap();
    let (_, buyers) = through.ask("GET", &format!("/buyer/orders/{id}"), "buyer-key", "");
    let path = format!("/orders/{}", buyers["data"]["sellerOrders"][0]["id"].as_str().unwrap());
    let (_, before) = through.ask("GET", &path, "seller-key", "");
    let item = before["items"][0]["_id"].as_str().unwrap();
    let (status, _) = through.ask("POST", &format!("{path}/items/{item}/cancel"), "seller-key", r#"{"newQuantity":2}"#);
    assert_eq!(status, 200);
    through.ask("GET", &path, "seller-key", "");
    path
}

#[test]
fn a_conforming_endpoint_is_told_nothing_of_and_its_orders_are_saved() {
    let folder = Folder::new();
    let out = folder.file("seen");
    let served = Served::start(&["--quiet"]);
    let monitor = Served::monitor(&served.url(), &["--out", out.to_str().unwrap(), "--save-all"]);
    split(&monitor);
    monitor.signal("INT");
    let (lines, stderr, code) = monitor.end();
    assert_eq!(
        (lines.join("\n").as_str(), stderr.as_str(), code),
        ("5 exchanges, 1 calls judged on 1 orders: 0 violations of a MUST, 0 of a SHOULD, 0 gaps", "", Some(0))
    );
    let saved: Vec<_> = fs::read_dir(&out).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert_eq!(saved.len(), 1);
    ends(&["run", saved[0].to_str().unwrap(), "--target", &served.url()]).exits(0);
}

#[test]
fn what_a_client_does_is_recorded_as_a_scenario() {
    let folder = Folder::new();
    let out = folder.file("recorded");
    let served = Served::start(&["--quiet"]);
    let recorder = Served::recorder(&served.url(), &["--out", out.to_str().unwrap()]);
    split(&recorder);
    split(&recorder);
    recorder.signal("INT");
    let (lines, stderr, code) = recorder.end();
    assert_eq!(
        (lines.last().unwrap().as_str(), stderr.as_str(), code),
        ("2 scenarios of 2 calls on 2 orders", "", Some(0))
    );
    let text = fs::read_to_string(&lines[0]).unwrap();
    assert!(
        text.contains("  - call: cancel_item\n    on: item_s_v1\n    with: { newQuantity: 2 }\n    expect:\n"),
        "{text}"
    );
    let shown = out.to_str().unwrap();
    ends(&["run", shown, "--target", &served.url()]).exits(0);
    ends(&["fmt", "--check", shown]).exits(0);
}

/// Who only makes calls is recorded too: the recorder reads for itself.
#[test]
fn a_client_that_reads_nothing_is_recorded() {
    let folder = Folder::new();
    let out = folder.file("recorded");
    let served = Served::start(&["--quiet"]);
    let (_, placed) = served.ask("POST", "/buyer/orders", "buyer-key", ORDER);
    let id = placed["data"]["id"].as_str().unwrap();
    let (_, buyers) = served.ask("GET", &format!("/buyer/orders/{id}"), "buyer-key", "");
    let path = format!("/orders/{}", buyers["data"]["sellerOrders"][0]["id"].as_str().unwrap());
    let (_, order) = served.ask("GET", &path, "seller-key", "");
    let item = format!("{path}/items/{}", order["items"][0]["_id"].as_str().unwrap());
    let recorder = Served::recorder(&served.url(), &["--out", out.to_str().unwrap()]);
    assert_eq!(recorder.ask("POST", &format!("{item}/cancel"), "seller-key", r#"{"newQuantity":2}"#).0, 200);
    assert_eq!(recorder.ask("POST", &format!("{path}/cancel"), "seller-key", "{}").0, 200);
    recorder.signal("INT");
    let (lines, _, code) = recorder.end();
    assert_eq!((lines.last().unwrap().as_str(), code), ("1 scenarios of 2 calls on 1 orders", Some(0)));
    let text = fs::read_to_string(&lines[0]).unwrap();
    assert!(text.contains("{ item_s_v1-2: { quantity: 2 } }") && text.contains("  - call: cancel_order\n"), "{text}");
    ends(&["run", out.to_str().unwrap(), "--target", &served.url()]).exits(0);
}

#[test]
fn an_order_that_does_not_begin_as_a_scenario_can_is_not_recorded() {
    let folder = Folder::new();
    let served = Served::start(&["--quiet"]);
    let path = split(&served);
    let recorder = Served::recorder(&served.url(), &["--out", folder.file("recorded").to_str().unwrap()]);
    recorder.ask("POST", &format!("{path}/cancel"), "seller-key", "{}");
    recorder.signal("INT");
    let (lines, _, code) = recorder.end();
    assert_eq!((lines.last().unwrap().as_str(), code), ("0 scenarios of 0 calls on 0 orders", Some(3)));
    assert!(lines.iter().any(|line| line.contains("in part, when it was first read")), "{lines:?}");
}

#[test]
fn a_violation_is_told_at_once_and_fails_again_when_it_is_played() {
    let folder = Folder::new();
    let out = folder.file("seen");
    let served = Served::start(&["--quiet", "--fault", "new-quantity-is-removed"]);
    let monitor = Served::monitor(&served.url(), &["--out", out.to_str().unwrap()]);
    let path = split(&monitor);
    let id = path.rsplit('/').next().unwrap();
    assert_eq!(monitor.line(), format!("VIOLATED  order {id}  cancel_item on item_s_v1  MUST partial.new-quantity"));
    assert_eq!(monitor.line(), "  newQuantity is the quantity that remains");
    let differences = [monitor.line(), monitor.line(), monitor.line()];
    assert!(differences.contains(&"  items.item_s_v1-2.quantity: expected 2, is 3".to_owned()), "{differences:?}");
    let file = monitor.line();
    split(&monitor);
    assert!(monitor.line().ends_with("MUST partial.new-quantity  (told before)"));
    monitor.signal("INT");
    let (lines, _, code) = monitor.end();
    assert_eq!((lines.len(), code), (1, Some(1)), "{lines:?}");
    ends(&["run", file.trim(), "--target", &served.url()]).exits(1);
    ends(&["run", file.trim()]).exits(0);
}

#[test]
fn what_is_not_judged_ends_with_3() {
    let served = Served::start(&["--quiet"]);
    let monitor = Served::monitor(&served.url(), &[]);
    let path = "/orders/%1b%5b31m/cancel";
    monitor.ask("POST", path, "seller-key", "");
    monitor.signal("TERM");
    let (lines, _, code) = monitor.end();
    assert_eq!(code, Some(3), "{lines:?}");
    assert_eq!(lines[0], "NOT JUDGED  order \\u{1b}[31m: a call was made on it before anybody had read it");
}

#[test]
fn what_can_not_be_monitored_says_why() {
    let refused = |args: &[&str]| {
        let ended = ends(&[&["monitor"], args].concat());
        ended.exits(2);
        ended.stderr
    };
    assert!(refused(&[]).contains("--upstream"));
    for url in ["nowhere", "ftp://a", "http://a/?b", "http://key@a"] {
        assert!(refused(&["--upstream", url]).starts_with("error: "), "{url}");
    }
    assert!(refused(&["--upstream", "http://a", "--spec", "acme"]).contains("there is no spec `acme`"));
    assert!(refused(&["--upstream", "http://a", "--profile", "strict"]).contains("there is no profile `strict`"));
    assert!(refused(&["--upstream", "http://a", "--save-all"]).contains("--out"));
    let taken = Served::start(&["--quiet"]);
    let listen = taken.address.to_string();
    assert!(refused(&["--upstream", "http://a", "--listen", &listen]).contains("can't listen on"));
    assert!(countermand(["monitor", "--help"]).output().unwrap().status.success());
}

/// An authority that only the target file names is trusted by both, and by neither without it.
#[test]
fn an_endpoint_over_tls_is_trusted_as_the_target_file_says() {
    let served = Served::start(&["--quiet"]);
    let port = tls::before(served.address);
    let (folder, url) = (Folder::new(), format!("https://localhost:{port}"));
    let authority = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/certificates/authority.pem");
    let text = format!(
        "format: 1\ntarget: over-tls\nspec: modern-dropship\nbase_url: {url}\ntls: {{ authority: {authority} }}\n"
    );
    let file = folder.write("over-tls.yaml", &text).display().to_string();
    ends(&["run", "--filter", "partial/splits-the-item", "--target", &file]).exits(0);
    let monitor = Served::monitor(&url, &["--target", &file]);
    split(&monitor);
    monitor.signal("INT");
    let (lines, stderr, code) = monitor.end();
    assert_eq!((code, stderr.as_str()), (Some(0), ""), "{lines:?}");
    let monitor = Served::monitor(&url, &[]);
    let (status, _) = monitor.ask("GET", "/orders/o-1", "seller-key", "");
    assert_eq!(status, 502);
}
