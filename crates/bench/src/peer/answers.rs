//! A bare axum server that answers what another server was heard to answer: the same bytes by route, and no thought.

use std::collections::BTreeMap;
use std::fs;

use anyhow::{Context, Result};
use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::header::{CONTENT_TYPE, HeaderValue};
use axum::http::{HeaderName, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde_json::{Value, json};

use crate::args::AnswersArgs;
use crate::shop::serve_router;

/// The calls that are answered, by what they are called in the file.
pub(crate) const READ: &str = "read";
/// See [`READ`].
pub(crate) const PLACE: &str = "place";
/// See [`READ`].
pub(crate) const BUYER_CANCEL: &str = "buyer-cancel";
/// See [`READ`].
pub(crate) const BUYER_READ: &str = "buyer-read";

/// A recorded answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Recorded {
    pub(crate) status: u16,
    pub(crate) body: String,
}

/// The recorded answers as the text of a file.
pub(crate) fn to_text(answers: &BTreeMap<&str, Recorded>) -> String {
    let shown = |(call, answer): (&&str, &Recorded)| {
        ((*call).to_owned(), json!({ "status": answer.status, "body": answer.body }))
    };
    answers.iter().map(shown).collect::<Value>().to_string()
}

/// Serves the answers of a file until the process is stopped.
pub(crate) fn serve(args: &AnswersArgs) -> Result<()> {
    let file: Value = serde_json::from_slice(&fs::read(&args.file)?)?;
    let read = answer(&file, READ)?;
    let buyer_read = answer(&file, BUYER_READ)?;
    let router = Router::new()
        .route("/orders/{order}", get(known).with_state(read))
        .route("/buyer/orders", post(placed).with_state(answer(&file, PLACE)?))
        .route("/buyer/orders/{order}", get(known).with_state(buyer_read))
        .route("/buyer/orders/{order}/cancel", post(changed).with_state(answer(&file, BUYER_CANCEL)?));
    serve_router(router)
}

#[derive(Clone)]
struct Answer {
    status: StatusCode,
    body: Bytes,
}

fn answer(file: &Value, call: &str) -> Result<Answer> {
    let status = file[call]["status"].as_u64().and_then(|status| u16::try_from(status).ok());
    let status = status.and_then(|status| StatusCode::from_u16(status).ok());
    let (status, body) = status.zip(file[call]["body"].as_str()).with_context(|| format!("no answer to {call}"))?;
    Ok(Answer { status, body: Bytes::from(body.to_owned()) })
}

async fn known(State(answer): State<Answer>, Path(_order): Path<String>) -> Answer {
    answer
}

async fn placed(State(answer): State<Answer>, _body: Bytes) -> Answer {
    answer
}

async fn changed(State(answer): State<Answer>, Path(_order): Path<String>, _body: Bytes) -> Answer {
    answer
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        // The headers that the mock sends.
        let headers = [
            (HeaderName::from_static("x-request-id"), HeaderValue::from_static("request-1000000")),
            (CONTENT_TYPE, HeaderValue::from_static("application/json")),
        ];
        (self.status, headers, self.body).into_response()
    }
}
