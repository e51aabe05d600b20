//! What stands in the lines to and from a driver. Pure: bytes in, bytes out.

use std::borrow::Cow;
use std::collections::BTreeMap;

use bytes::Bytes;
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;

use crate::transport::TransportError;

/// Up to so much of a line is shown, bytes.
const EXCERPT: usize = 200;

#[derive(Serialize)]
struct QuestionLine<'q> {
    id: u64,
    method: &'q str,
    path: &'q str,
    headers: BTreeMap<&'q str, String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    body: Option<Box<RawValue>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<Cow<'q, str>>,
}

#[derive(Deserialize)]
struct Addressee {
    id: u64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AnswerLine<'a> {
    #[serde(rename = "id")]
    _id: IgnoredAny,
    status: u16,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    #[serde(borrow)]
    body: Option<&'a RawValue>,
    text: Option<String>,
}

/// The line of a request, with its end.
pub(super) fn question(id: u64, request: &http::Request<Bytes>) -> Result<Vec<u8>, TransportError> {
    let mut headers: BTreeMap<&str, String> = BTreeMap::new();
    for (name, value) in request.headers() {
        let value = String::from_utf8_lossy(value.as_bytes());
        let all = headers.entry(name.as_str()).or_default();
        all.push_str(if all.is_empty() { "" } else { ", " });
        all.push_str(&value);
    }
    let body = json(request.body());
    let text = (body.is_none() && !request.body().is_empty()).then(|| String::from_utf8_lossy(request.body()));
    let path = request.uri().path_and_query().map_or("/", http::uri::PathAndQuery::as_str);
    let line = QuestionLine { id, method: request.method().as_str(), path, headers, body, text };
    let mut line = serde_json::to_vec(&line).map_err(|error| TransportError::Broken(error.to_string()))?;
    line.push(b'\n');
    Ok(line)
}

/// The body as it is, digit for digit, if any reader of JSON can be trusted with it; in one line.
fn json(body: &[u8]) -> Option<Box<RawValue>> {
    let text = std::str::from_utf8(body).ok()?;
    serde_json::from_str::<Value>(text).ok()?;
    // Between the quotes of JSON there are no line ends, and elsewhere they are blanks.
    RawValue::from_string(text.replace(['\n', '\r'], " ")).ok()
}

/// Whom a line answers.
pub(super) fn addressee(line: &[u8]) -> Result<u64, String> {
    let addressee: Result<Addressee, _> = serde_json::from_slice(line);
    addressee.map(|addressee| addressee.id).map_err(|_| {
        let excerpt = excerpt(line);
        format!("the driver wrote what is no answer (only answers go to stdout, all else to stderr): {excerpt}")
    })
}

/// The answer that a line carries.
pub(super) fn answer(line: &[u8]) -> Result<http::Response<Bytes>, String> {
    read(line).map_err(|why| format!("the driver's answer can't be used: {why}: {}", excerpt(line)))
}

fn read(line: &[u8]) -> Result<http::Response<Bytes>, String> {
    let answer: AnswerLine<'_> = serde_json::from_slice(line).map_err(|error| error.to_string())?;
    let mut reply = http::Response::builder().status(answer.status);
    for (name, value) in &answer.headers {
        reply = reply.header(name, value);
    }
    let body = match (answer.body, answer.text) {
        (Some(_), Some(_)) => return Err("it has `body` and `text`, leave one out".to_owned()),
        (Some(body), None) => Bytes::copy_from_slice(body.get().as_bytes()),
        (None, text) => text.map(Bytes::from).unwrap_or_default(),
    };
    reply.body(body).map_err(|error| error.to_string())
}

/// The beginning of a line, fit to be shown. It is cut between words: half a secret would not be known for one.
pub(super) fn excerpt(line: &[u8]) -> String {
    let line = line.trim_ascii();
    let cut = line.get(..EXCERPT).map(|start| {
        let is_between = |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b'"' | b'\'' | b',');
        &start[..start.iter().rposition(is_between).unwrap_or(0)]
    });
    let mut shown = String::new();
    for character in String::from_utf8_lossy(cut.unwrap_or(line)).chars() {
        if character.is_control() {
            shown.extend(character.escape_default());
        } else {
            shown.push(character);
        }
    }
    shown.push_str(if cut.is_some() { "…" } else { "" });
    shown
}
