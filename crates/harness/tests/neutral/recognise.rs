//! A binding read backwards: what a request is that somebody else has sent.

use std::sync::Arc;

use bytes::Bytes;
use countermand_harness::{InProcess, Meaning, Recognised, Recogniser, Sender, Target, TargetOptions, parse_target};
use http::{Method, Request};
use serde_json::{Value, json};

use super::toy::load;

/// The toy's binding with some keys of a target file laid over it.
fn recogniser(keys: &str) -> Recogniser {
    let suite = load(&[]).expect("the toy is right");
    let text = format!("format: 1\ntarget: toy\nspec: boxes\n{keys}\n");
    let file = parse_target("toy.yaml", text.as_bytes(), Default::default(), &suite.specs);
    let file = file.unwrap_or_else(|problems| panic!("{}", super::toy::problems(&problems)));
    let options = TargetOptions {
        base_url: Some("http://toy".to_owned()),
        transport: Some(Arc::new(InProcess(|_| http::Response::new(Bytes::new())))),
        ..TargetOptions::default()
    };
    let spec = &suite.specs["boxes"];
    let target = Target::new(spec, Some(Arc::new(file)), options, &|_| None).expect("it can be made");
    Recogniser::new(spec, &Arc::new(target))
}

fn request(method: Method, path: &str, body: &str) -> Request<Bytes> {
    let request = Request::builder().method(method).uri(path).header("authorization", "Bearer keeper");
    let request = if body.is_empty() { request } else { request.header("content-type", "application/json") };
    request.body(Bytes::from(body.to_owned())).expect("it is one")
}

fn post(keys: &str, path: &str, body: &str) -> Option<Recognised> {
    recogniser(keys).recognise(&request(Method::POST, path, body))
}

fn call(name: &str) -> Meaning {
    Meaning::Call(name.to_owned())
}

#[test]
fn a_call_is_known_by_its_path_and_says_what_stands_in_it() {
    let known = post("", "/orders/o%2F1/boxes/b-2/split", r#"{"units": 3}"#).expect("it is one");
    assert_eq!(known.meaning, call("split_box"));
    assert_eq!(known.order, [("id".to_owned(), json!("o/1"))].into());
    assert_eq!(known.on, [("id".to_owned(), json!("b-2"))].into());
    assert_eq!(known.with.map(Value::Object), Some(json!({ "units": 3 })));
    assert_eq!((known.sender, known.odd), (Sender::Expected, None));
}

#[test]
fn the_read_of_the_first_view_is_known_before_the_call_of_the_same_path() {
    let known = recogniser("").recognise(&request(Method::GET, "/orders/o-1", "")).expect("it is one");
    assert_eq!((known.meaning, known.with), (Meaning::Read, None));
}

#[test]
fn the_order_of_a_call_is_read_by_its_own_path() {
    let reading = |method, path: &str| recogniser("").reading(&method, &path.parse().expect("a path"));
    assert_eq!(reading(Method::POST, "/orders/o%2F1/boxes/b-2/split"), Some("/orders/o%2F1".to_owned()));
    assert_eq!(reading(Method::GET, "/orders/o-1"), None);
    assert_eq!(reading(Method::POST, "/orders"), None);
}

#[test]
fn what_is_no_call_is_none() {
    for path in ["/", "/orders", "/orders/o-1", "/orders//drop", "/orders/o-1/drop/", "/orders/o-1/boxes/b-2"] {
        assert_eq!(post("", path, ""), None, "{path}");
    }
    assert_eq!(recogniser("").recognise(&request(Method::PUT, "/orders/o-1/drop", "")), None);
}

#[test]
fn of_two_paths_the_more_specific_is_meant() {
    let keys = "calls: { drop_order: { post: \"/orders/{{ order.id }}/boxes/all/split\" } }";
    let meaning = |path: &str| post(keys, path, "").map(|known| known.meaning);
    assert_eq!(meaning("/orders/o-1/boxes/all/split"), Some(call("drop_order")));
    assert_eq!(meaning("/orders/o-1/boxes/one/split"), Some(call("split_box")));
}

#[test]
fn of_two_bodies_the_one_that_says_what_is_sent_is_meant() {
    let keys = "calls:\n  drop_order: { post: \"/orders/{{ order.id }}/do\", json: { what: drop } }\n  \
        split_box: { post: \"/orders/{{ order.id }}/do\", json: { what: split, box: \"{{ target.id }}\", units: \"{{ with.units }}\" } }";
    let drop = post(keys, "/orders/o-1/do", r#"{"what":"drop"}"#).expect("it is one");
    assert_eq!(drop.meaning, call("drop_order"));
    let split = post(keys, "/orders/o-1/do", r#"{"what":"split","box":7,"units":2,"note":"ours"}"#).expect("it is one");
    assert_eq!((split.meaning, split.on), (call("split_box"), [("id".to_owned(), json!(7))].into()));
    assert_eq!(split.with.map(Value::Object), Some(json!({ "units": 2 })));
}

#[test]
fn literals_are_the_senders_own_and_shapes_are_not() {
    let keys = "calls: { drop_order: { post: \"/orders/{{ order.id }}/drop\", json: { by: us, lines: [{ units: \"{{ with.units }}\" }] } } }";
    let known =
        post(keys, "/orders/o-1/drop", r#"{"by":"them","lines":[{"units":4,"sku":"P-1"}]}"#).expect("it is one");
    assert_eq!(known.with.map(Value::Object), Some(json!({ "units": 4 })));
    for other in [r#"{"by":"them"}"#, r#"{"lines":{}}"#, r#"{"lines":[]}"#, r#"{"lines":[{},{}]}"#, "[]"] {
        assert_eq!(post(keys, "/orders/o-1/drop", other), None, "{other}");
    }
}

#[test]
fn a_query_is_read_like_a_path() {
    let keys = "calls: { drop_order: { post: \"/do?what=drop&order={{ order.id }}\" } }";
    let known = post(keys, "/do?order=o%201&what=drop", "").expect("it is one");
    assert_eq!((known.order, known.odd), ([("id".to_owned(), json!("o 1"))].into(), None));
    assert_eq!(post(keys, "/do?what=keep&order=o-1", ""), None);
    let more = post(keys, "/do?what=drop&order=o-1&dry=true", "").expect("it is one");
    assert_eq!(more.odd, Some("its query says more than the binding would"));
}

#[test]
fn what_the_binding_would_not_send_is_odd() {
    let path = "/orders/o-1/drop";
    let odd = |body: &str| post("", path, body).expect("it is one").odd;
    assert_eq!(odd(""), None);
    assert_eq!(odd("{}"), None);
    for body in ["{", "[1]", "null", "\"x\""] {
        assert_eq!(odd(body), Some("its body is no JSON object"), "{body}");
    }
    let mut plain = request(Method::POST, path, "{}");
    plain.headers_mut().insert("content-type", "text/plain".parse().expect("it is one"));
    assert_eq!(recogniser("").recognise(&plain).expect("it is one").odd, Some("its body is not called JSON"));
}

#[test]
fn a_sender_is_known_by_its_credentials() {
    let sender = |key: Option<&str>| {
        let mut request = request(Method::POST, "/orders/o-1/drop", "");
        request.headers_mut().remove("authorization");
        if let Some(key) = key {
            request.headers_mut().insert("authorization", key.parse().expect("it is one"));
        }
        recogniser("").recognise(&request).expect("it is one").sender
    };
    assert_eq!(sender(Some("Bearer keeper")), Sender::Expected);
    assert_eq!(sender(Some("Bearer guest")), Sender::Another);
    assert_eq!(sender(None), Sender::Another);
    assert_eq!(sender(Some("Bearer of-their-own")), Sender::Unknown);
}

#[test]
fn what_is_computed_of_arguments_is_read_where_it_comes_out_the_same() {
    let keys = "calls:\n  drop_order:\n    post: \"/orders/{{ order.id }}/{{ 'some' if with.boxes else 'all' }}\"\n    \
        json: { boxes: { each: \"with.boxes or order.boxes\", json: { id: \"{{ it.id }}\" } }, \
        note: \"{{ {'text': with.text} if with.text else {} }}\" }";
    let known = |path: &str, body: &str| post(keys, &format!("/orders/o-1/{path}"), body);
    let some = known("some", r#"{"boxes":[{"id":7}],"note":{"text":"x"}}"#).expect("it is one");
    assert_eq!(some.with.map(Value::Object), Some(json!({ "boxes": [{ "id": 7 }], "text": "x" })));
    assert_eq!(some.odd, None);
    let odd = |path: &str, body: &str| known(path, body).expect("it is one").odd;
    assert_eq!(odd("some", r#"{"boxes":[{"id":7}]}"#), None, "what would be empty may be left out");
    let otherwise = Some("its body is not what the binding would make of it");
    assert_eq!(odd("some", r#"{"boxes":[{"id":7,"by":"me"}],"note":{}}"#), otherwise);
    assert_eq!(odd("some", r#"{"boxes":[{"id":7}],"note":{"text":"x","by":"me"}}"#), otherwise);
    assert_eq!(odd("all", r#"{"note":{}}"#), otherwise, "what stands for no argument is not known here");
    assert_eq!(known("all", r#"{"boxes":[{"id":7}]}"#), None);
}

#[test]
fn a_read_in_pages_is_known_whatever_their_size() {
    let keys = "views:\n  single:\n    reads:\n      get: \"/list?of={{ order.id }}&page={{ page }}&size=200&all=yes\"\n      \
        pages: { from: 1, rows: body.rows, last: body.last, at_most: 9 }\n    order: {}\n    \
        box: { each: rows, id: it.id, same: it.product, fields: {} }";
    let recogniser = recogniser(keys);
    let page = |path: &str| recogniser.recognise(&request(Method::GET, path, "")).filter(|it| it.odd.is_none());
    let number = |path: &str| page(path).and_then(|known| Some(known.page?.number));
    assert_eq!(number("/list?of=o-1&page=2&size=50&all=yes"), Some(1));
    assert_eq!(number("/list?all=yes&of=o-1"), Some(0));
    assert_eq!(number("/list?of=o-1&page=x&all=yes"), None);
    assert_eq!(number("/list?of=o-1&page=1"), None, "what is no number is no size");
    assert_eq!(number("/list?of=o-1&all=yes&status=open"), None);
    let of = |path: &str| page(path).and_then(|known| Some(known.page?.of));
    assert_eq!(of("/list?of=o-1&page=1&size=5&all=yes"), of("/list?size=5&of=o-1&page=2&all=yes"));
    assert_ne!(of("/list?of=o-1&page=1&size=5&all=yes"), of("/list?of=o-1&page=2&size=6&all=yes"));
}

#[test]
fn what_can_not_be_read_back_is_told() {
    let keys = "calls:\n  drop_order: [{ post: /one }, { post: /two }]\n  \
        split_box: { post: \"/orders/{{ order.id }}\", json: { units: \"{{ with.units + 1 }}\" } }\n  \
        remove_units: { post: \"/orders/{{ order.id | upper }}\" }";
    let recogniser = recogniser(keys);
    let told: Vec<String> =
        recogniser.unknowable().iter().map(|unknowable| format!("{}: {}", unknowable.what, unknowable.why)).collect();
    let expected = [
        "the call `drop_order`: it takes several requests",
        "the call `remove_units`: its path is computed",
        "the call `split_box`: its body is computed",
    ];
    assert_eq!(told, expected);
    assert!(recogniser.knows_reads());
}
