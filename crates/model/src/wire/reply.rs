//! Writing an answer: a shape as JSON, and a body with its media type in a reply.

use serde::Serialize;

use crate::model::Reply;

/// The media type of JSON.
pub(crate) const JSON: &str = "application/json";

/// A body with its media type; none where there is none.
pub(crate) type Body = Option<(&'static str, Vec<u8>)>;

/// The bytes of a shape.
pub(crate) fn bytes(shape: &impl Serialize) -> Vec<u8> {
    // An order of a few items fits: nothing is copied while it is written.
    let mut bytes = Vec::with_capacity(1024);
    // Only maps with odd keys and failing writers make this fail, and here are neither.
    let _written = serde_json::to_writer(&mut bytes, shape);
    bytes
}

/// A body of JSON.
pub(crate) fn json(shape: &impl Serialize) -> Body {
    Some((JSON, bytes(shape)))
}

/// An answer with these headers, and that of its body after them.
pub(crate) fn reply(status: u16, mut headers: Vec<(&'static str, String)>, body: Body) -> Reply {
    let body = body.map(|(media_type, body)| {
        headers.push(("content-type", media_type.to_owned()));
        body
    });
    Reply { status, headers, body: body.unwrap_or_default(), evicted: Vec::new() }
}
