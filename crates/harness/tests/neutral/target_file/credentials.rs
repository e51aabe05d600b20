//! By which credential a caller is known: what is sent, and what is shown in its place.

use std::sync::Arc;

use countermand_harness::TargetError;

use super::door::Door;
use super::through::{Through, drops, target};
use crate::toy::suite;

fn env(name: &str) -> Option<String> {
    match name {
        "ACME_USER" => Some("Aladdin".to_owned()),
        "ACME_KEY" => Some("open sesame".to_owned()),
        "ACME_HOST" => Some("acme.invalid".to_owned()),
        _ => None,
    }
}

/// The first request that a keeper of this kind sends, and everything that was told.
fn sent(keeper: &str) -> (super::door::Seen, String) {
    let door = Arc::new(Door::new(|_| None));
    let keys = format!("callers: {{ keeper: {keeper} }}\n");
    let told = Through { env, ..Through::default() }.play(&drops(1), &keys, Arc::<Door>::clone(&door));
    told.all_passed();
    (door.seen()[0].clone(), told.text())
}

#[track_caller]
fn hides(text: &str, shown: &str) {
    assert!(text.contains(shown), "{shown}: {text}");
    for secret in ["open sesame", "open%20sesame", "Aladdin", "QWxhZGRpbjpvcGVuIHNlc2FtZQ"] {
        assert!(!text.contains(secret), "{secret}: {text}");
    }
}

#[test]
fn basic_authentication_is_sent_encoded_and_shown_by_name() {
    let (sent, text) = sent("{ basic: { user: \"${ACME_USER}\", password: \"${ACME_KEY}\" } }");
    assert_eq!(sent.header("authorization"), Some("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="));
    hides(&text, "\"authorization\",\"Basic $AUTHORIZATION\"");
}

#[test]
fn a_bearer_token_is_shown_as_its_variable() {
    let (sent, text) = sent("{ bearer: \"${ACME_KEY}\" }");
    assert_eq!(sent.header("authorization"), Some("Bearer open sesame"));
    hides(&text, "\"authorization\",\"Bearer $ACME_KEY\"");
}

#[test]
fn an_api_key_may_stand_in_a_header() {
    let (sent, text) = sent("{ api_key: { header: X-Acme, value: \"${ACME_KEY}\" } }");
    assert_eq!(sent.header("x-acme"), Some("open sesame"));
    hides(&text, "\"x-acme\",\"$ACME_KEY\"");
}

#[test]
fn an_api_key_may_stand_in_the_query() {
    let (sent, text) = sent("{ api_key: { query: key, value: \"${ACME_KEY}\" } }");
    assert_eq!(sent.line, "POST /orders?key=open%20sesame");
    hides(&text, "/orders?key=$ACME_KEY");
}

#[test]
fn a_key_in_the_query_goes_behind_what_is_there() {
    let view = "views:
  single:
    reads: { as: keeper, get: \"/orders/{{ order.id }}?full=1\", capture: { o: body } }
    order: { open: o.open }
    box: { each: o.boxes, id: it.id, same: it.tag, fields: { void: it.void, size: it.size } }
    line: { each: parent.lines, id: it.id, same: it.sku, fields: { units: it.units, sku: it.sku } }
";
    let door = Arc::new(Door::new(|_| None));
    let keys = format!("callers: {{ keeper: {{ api_key: {{ query: key, value: a+b }} }} }}\n{view}");
    let told = Through::default().play(&drops(1), &keys, Arc::<Door>::clone(&door));
    told.all_passed();
    assert!(door.seen()[1].line.ends_with("?full=1&key=a%2Bb"), "{}", door.seen()[1].line);
    // One that is written out is no secret, but nobody who reads a report can know that.
    assert!(told.text().contains("?full=1&key=$KEY"), "{}", told.text());
}

#[test]
fn a_credential_that_is_written_out_is_shown_by_its_headers_name() {
    let (_, text) = sent("{ headers: { X-Api-Key: written, Authorization: \"Bearer written\" } }");
    assert!(!text.contains("written"), "{text}");
}

#[test]
fn a_variable_that_is_not_set_is_named() {
    for keys in [
        "callers: { keeper: { bearer: \"${MISSING}\" } }",
        "callers: { keeper: { basic: { user: me, password: \"${MISSING}\" } } }",
        "callers: { keeper: { api_key: { query: key, value: \"x${MISSING}\" } } }",
        "callers: { guest: { api_key: { header: X-Key, value: \"${MISSING}\" } } }",
        "headers: { X-Tenant: \"${MISSING}\" }",
        "base_url: \"http://${MISSING}\"",
        "vars: { tenant: \"${MISSING}\" }",
    ] {
        let error = target(&suite(&[]), &format!("{keys}\n"), Arc::new(Door::new(|_| None)), env).err();
        assert_eq!(error, Some(TargetError::MissingVariable("MISSING".to_owned())), "{keys}");
    }
    let message = TargetError::MissingVariable("MISSING".to_owned()).to_string();
    assert_eq!(message, "the environment variable `MISSING` is not set, and the binding gives no default");
}

#[test]
fn a_base_url_from_the_environment_is_none_of_the_reports_business() {
    let door = Arc::new(Door::new(|_| None));
    let keys = "base_url: \"http://${ACME_HOST}\"\n";
    let told = Through { env, ..Through::default() }.play(&drops(1), keys, Arc::<Door>::clone(&door));
    told.all_passed();
    assert!(!told.text().contains("acme.invalid"), "{}", told.text());
    assert!(told.text().contains("http://$ACME_HOST"), "{}", told.text());
}
