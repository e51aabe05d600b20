//! The mock's own paths, beside those of the API it plays: is it there, forget everything, what was exchanged. They
//! take no key, because the mock is a tool on the loopback. What they do is done by the world.

use bytes::Bytes;
use http::{Method, Request, Response, StatusCode};
use serde_json::json;

use crate::json::json_response;

/// Paths below this are the mock's own.
const PREFIX: &str = "/__countermand/";

/// What can be asked of the mock itself.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Control {
    /// Whether it is there.
    Health,
    /// What was exchanged last.
    Exchanges,
    /// To forget everything.
    Reset,
}

/// What a request asks of the mock itself, or what is wrong with it; nothing where it is one of the API's.
pub(crate) fn asked(request: &Request<Bytes>) -> Option<Result<Control, Response<Bytes>>> {
    let name = request.uri().path().strip_prefix(PREFIX)?;
    let (method, control) = match name {
        "health" => (Method::GET, Control::Health),
        "exchanges" => (Method::GET, Control::Exchanges),
        "reset" => (Method::POST, Control::Reset),
        _ => {
            let error = json!({ "error": "there is health, exchanges and reset here" });
            return Some(Err(json_response(StatusCode::NOT_FOUND, &error)));
        }
    };
    if request.method() != method {
        let error = json!({ "error": format!("use {method} here") });
        return Some(Err(json_response(StatusCode::METHOD_NOT_ALLOWED, &error)));
    }
    Some(Ok(control))
}
