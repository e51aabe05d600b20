//! What is wrong in a target file is told with its place, with what would be right, and all of it at once.

use std::fs;
use std::path::PathBuf;

use countermand_harness::{TargetFile, load_target, parse_target};

use crate::toy::{problems, suite};

/// A right target file, to be spoilt.
const RIGHT: &str = "format: 1
target: acme
spec: boxes
base_url: http://acme.invalid
allow: [acme.invalid]
headers: { X-Tenant: \"${TENANT:-none}\" }
callers:
  keeper:
    session:
      requests: { post: /login, json: { user: keeper }, capture: { token: body.token } }
      headers: { Authorization: \"Bearer {{ token }}\" }
      expired: status == 401
      lasts: 60000
  guest: { api_key: { header: X-Key, value: \"${GUEST_KEY:-guest}\" } }
  helper: { basic: { user: helper, password: \"${HELPER:-secret}\" } }
vars: { size: 3, tenant: \"${TENANT:-none}\" }
limits: { rate: 5, in_flight: 2, timeout: 10000, settle: 100, retries: 2 }
calls:
  drop_order:
    requests:
      - { post: \"/orders/{{ order.id }}/hold\", when: vars.size > 2 }
      - { post: \"/orders/{{ order.id }}/drop\", json: \"{{ with }}\" }
    on_refusal: { post: \"/orders/{{ order.id }}/release\" }
lacks:
  split_box: acme never splits a box
  box.size: acme has one size
";

fn file(text: &str) -> Result<TargetFile, String> {
    let specs = suite(&[]).specs;
    parse_target("targets/acme.yaml", text.as_bytes(), PathBuf::new(), &specs).map_err(|found| problems(&found))
}

/// What a spoilt file has in place of a stretch of the right one.
const DEFECTS: [(&str, &str, &str); 49] = [
    ("unknown key", "lacks:\n", "laks:\n"),
    ("unknown key in limits", "in_flight: 2", "inflight: 2"),
    ("unknown key in a request", "post: /login, json:", "post: /login, body:"),
    ("unknown key in a call", "    on_refusal:", "    on_refused:"),
    ("a quantity of a call that has none", "    on_refusal:", "    quantity: left\n    on_refusal:"),
    ("unknown key in a session", "      expired:", "      expires:"),
    ("unknown key in a caller", "  guest: { api_key:", "  guest: { apikey:"),
    ("unknown spec", "spec: boxes", "spec: boxs"),
    ("no spec", "spec: boxes\n", ""),
    ("no name", "target: acme\n", ""),
    ("another format", "format: 1", "format: 2"),
    ("unknown call", "  drop_order:\n    requests", "  drop_orders:\n    requests"),
    (
        "unknown caller",
        "  - { post: \"/orders/{{ order.id }}/hold\",",
        "  - { as: keper, post: \"/orders/{{ order.id }}/hold\",",
    ),
    ("unknown call in lacks", "split_box: acme", "split_boxes: acme"),
    ("unknown field in lacks", "box.size: acme", "box.sise: acme"),
    ("lack without a reason", "split_box: acme never splits a box", "split_box: true"),
    ("lack of nothing", "split_box: acme never splits a box", "split_box:"),
    ("both bound and lacking", "split_box: acme", "drop_order: acme"),
    ("bad expression", "when: vars.size > 2", "when: vars.size >"),
    ("unknown name", "when: vars.size > 2", "when: var.size > 2"),
    ("unknown filter", "when: vars.size > 2", "when: vars.size | bigger(2)"),
    ("an argument too few", "when: vars.size > 2", "when: vars.size | where('a')"),
    ("a method", "when: vars.size > 2", "when: vars.size.rounded()"),
    ("what comes to nothing, whatever is there", "when: vars.size > 2", "when: 1 - 'a'"),
    ("unclosed braces", "{{ order.id }}/drop", "{{ order.id }/drop"),
    ("a variable of the environment in a template", "json: { user: keeper }", "json: { user: \"${KEEPER}\" }"),
    ("a variable that is not closed", "${HELPER:-secret}", "${HELPER:-secret"),
    ("a variable with a bad name", "${HELPER:-secret}", "${HELP ER}"),
    ("a secret in a path", "post: /login", "post: \"/login?key=${KEEPER}\""),
    ("a driver too", "base_url:", "driver: [./driver]\nbase_url:"),
    ("a mock too", "base_url:", "mock: boxes\nbase_url:"),
    ("an empty driver", "base_url: http://acme.invalid", "driver: []"),
    ("a certificate without its key", "base_url:", "tls: { certificate: Cargo.toml }\nbase_url:"),
    ("a certificate that is not there", "base_url:", "tls: { authority: no-such.pem }\nbase_url:"),
    ("a pool of nested kinds", "calls:\n", "provision: { pool: no-such.yaml }\ncalls:\n"),
    ("a key twice", "base_url:", "target: acme\nbase_url:"),
    ("a caller twice", "  guest: {", "  keeper: {}\n  guest: {"),
    ("a rate that is text", "rate: 5", "rate: fast"),
    ("a rate of nothing", "rate: 5", "rate: 0"),
    ("half a request at once", "in_flight: 2", "in_flight: 0.5"),
    ("nothing at once", "in_flight: 2", "in_flight: 0"),
    ("a time with a unit", "timeout: 10000", "timeout: 10s"),
    ("a time before now", "settle: 100", "settle: -1"),
    ("an API key nowhere", "{ header: X-Key, value:", "{ value:"),
    ("an API key in two places", "{ header: X-Key, value:", "{ header: X-Key, query: key, value:"),
    ("a header that is none", "header: X-Key", "header: X Key"),
    ("two methods", "{ post: /login,", "{ post: /login, get: /login,"),
    ("no method", "{ post: /login,", "{ path: /login,"),
    (
        "a session without a request",
        "requests: { post: /login, json: { user: keeper }, capture: { token: body.token } }",
        "requests: []",
    ),
];

#[test]
fn the_file_that_is_spoilt_is_right() {
    assert_eq!(
        file(RIGHT).map(|file| (file.name, file.spec, file.allow)),
        Ok(("acme".to_owned(), "boxes".to_owned(), vec!["acme.invalid".to_owned()]))
    );
}

#[test]
fn every_defect_of_a_target_file_is_told() {
    let told = |(name, from, to): &(&str, &str, &str)| {
        assert!(RIGHT.contains(from), "{name}: the file has no `{from}`");
        let told = file(&RIGHT.replacen(from, to, 1)).err().unwrap_or_else(|| "it is read\n".to_owned());
        format!("== {name}\n{told}")
    };
    let all: Vec<String> = DEFECTS.iter().map(told).collect();
    insta::assert_snapshot!(all.join("\n"));
}

#[test]
fn no_defect_hides_another() {
    let all = ["unknown key in limits", "unknown call in lacks", "bad expression", "an API key nowhere", "two methods"];
    let spoilt = DEFECTS.iter().filter(|(name, ..)| all.contains(name));
    let text = spoilt.fold(RIGHT.to_owned(), |text, (_, from, to)| text.replacen(from, to, 1));
    let told = file(&text).expect_err("five defects");
    assert_eq!(told.lines().filter(|line| line.starts_with("targets/acme.yaml:")).count(), all.len(), "{told}");
}

/// A spec without a binding of its own leaves everything to the target file.
#[test]
fn what_a_whole_binding_lacks_is_told() {
    let spec = include_str!("../toy/spec.yaml");
    let spec = spec.split("\nbinding:").next().expect("the contract").to_owned() + "\n";
    let suite = super::through::suite_of(&spec, &[]);
    let bytes = b"format: 1\ntarget: acme\nspec: boxes\nbase_url: http://acme.invalid\nlacks: { split_box: none }\n";
    let told = parse_target("targets/acme.yaml", bytes, PathBuf::new(), &suite.specs).expect_err("nearly nothing");
    insta::assert_snapshot!(problems(&told));
}

/// What spoils a file of orders.
const POOL_DEFECTS: [(&str, &str); 10] = [
    ("unknown key", "format: 1\nordrs: []\n"),
    ("another format", "format: 7\norders: []\n"),
    ("no list", "format: 1\norders: { id: 1 }\n"),
    ("nothing known of an order", "format: 1\norders:\n  - lines: [{ product: { sku: P-1 }, units: 1 }]\n"),
    ("unknown kind", "format: 1\norders:\n  - { order: { id: o-1 }, line: [{ product: { sku: P-1 }, units: 1 }] }\n"),
    ("unknown field", "format: 1\norders:\n  - { order: { id: o-1 }, lines: [{ product: { sku: P-1 }, unit: 1 }] }\n"),
    ("no units", "format: 1\norders:\n  - { order: { id: o-1 }, lines: [{ product: { sku: P-1 } }] }\n"),
    ("no product", "format: 1\norders:\n  - { order: { id: o-1 }, lines: [{ units: 1 }] }\n"),
    ("no YAML", "format: 1\norders: [\n"),
    ("empty", ""),
];

#[test]
fn every_defect_of_a_file_of_orders_is_told_where_it_stands() {
    let folder = std::env::temp_dir().join(format!("countermand-pool-{}", std::process::id()));
    fs::create_dir_all(&folder).expect("a folder");
    let target = folder.join("acme.yaml");
    let file = "format: 1\ntarget: acme\nspec: flat\nprovision: { pool: orders.yaml }\n";
    fs::write(&target, file).expect("a file");
    let specs = super::through::suite_of(super::pool::FLAT, &[]).specs;
    let told = |(name, text): &(&str, &str)| {
        fs::write(folder.join("orders.yaml"), text).expect("a file");
        let told = load_target(&target, &specs).map_or_else(|found| problems(&found), |_| "it is read\n".to_owned());
        format!("== {name}\n{}", told.replace(&folder.to_string_lossy().replace('\\', "/"), "FOLDER"))
    };
    let all: Vec<String> = POOL_DEFECTS.iter().map(told).collect();
    fs::remove_dir_all(&folder).expect("ours");
    insta::assert_snapshot!(all.join("\n"));
}

#[test]
fn a_file_of_orders_that_is_not_there_is_named_where_it_is_asked_for() {
    let text = b"format: 1\ntarget: acme\nspec: flat\nprovision: { pool: no-such.yaml }\n";
    let specs = super::through::suite_of(super::pool::FLAT, &[]).specs;
    let told = parse_target("targets/acme.yaml", text, PathBuf::from("targets"), &specs).expect_err("it is not there");
    let place = &told[0].place;
    assert_eq!((place.file.as_str(), place.line, place.column), ("targets/acme.yaml", 4, 20));
    assert!(told[0].message.starts_with("`targets/no-such.yaml`: there is no such file"), "{}", told[0].message);
}

#[test]
fn a_target_file_that_is_not_there_is_named() {
    let told = load_target(&PathBuf::from("targets/no-such.yaml"), &suite(&[]).specs).expect_err("it is not there");
    assert_eq!(told[0].place.file, "targets/no-such.yaml");
    assert!(told[0].message.starts_with("there is no such file"), "{}", told[0].message);
}
