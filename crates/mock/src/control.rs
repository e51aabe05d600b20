//! The mock's own paths, beside those of the API it plays: is it there, forget everything, what was exchanged. They
//! take no key, because the mock is a tool on the loopback.

use bytes::Bytes;
use http::{Method, Request, Response, StatusCode};
use serde_json::{Value, json};

use crate::world::{World, json_response};

/// Paths below this are the mock's own.
pub const PREFIX: &str = "/__countermand/";

/// Answers a request to one of these paths; any other is not for here.
pub(crate) fn respond(world: &World, request: &Request<Bytes>) -> Option<Response<Bytes>> {
    let name = request.uri().path().strip_prefix(PREFIX)?;
    let (method, answer): (Method, fn(&World) -> Value) = match name {
        "health" => (Method::GET, |world| json!({ "status": "ok", "answered": world.exchanges().answered() })),
        "exchanges" => (Method::GET, |world| json!({ "exchanges": world.exchanges().to_json() })),
        "reset" => (Method::POST, |world| {
            world.reset();
            json!({ "status": "ok" })
        }),
        _ => {
            let error = json!({ "error": "there is health, exchanges and reset here" });
            return Some(json_response(StatusCode::NOT_FOUND, &error));
        }
    };
    if request.method() != method {
        let error = json!({ "error": format!("use {method} here") });
        return Some(json_response(StatusCode::METHOD_NOT_ALLOWED, &error));
    }
    Some(json_response(StatusCode::OK, &answer(world)))
}
