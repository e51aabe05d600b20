//! An exchange as whoever judges reads it: whole, and without what its bodies were compressed with. What went through is not touched.

use bytes::Bytes;
use countermand_harness::{MAX_ANSWER, decoded};
use http::HeaderMap;
use http::header::{CONTENT_ENCODING, CONTENT_LENGTH};

use super::exchange::Exchange;

/// The exchange with both bodies as they were before they were compressed.
///
/// # Errors
/// Why a body of it can't be read.
pub(super) fn readable(exchange: Exchange) -> Result<Exchange, String> {
    if !exchange.is_whole {
        return Err("a body is larger than what is kept".to_owned());
    }
    let Exchange { request, response, is_whole, answered } = exchange;
    let (mut asked, body) = request.into_parts();
    let sent = uncompressed(&mut asked.headers, &body).map_err(|why| format!("the body that was sent {why}"))?;
    let (mut told, body) = response.into_parts();
    let got = uncompressed(&mut told.headers, &body).map_err(|why| format!("the body of the answer {why}"))?;
    let (request, response) = (http::Request::from_parts(asked, sent), http::Response::from_parts(told, got));
    Ok(Exchange { request, response, is_whole, answered })
}

fn uncompressed(headers: &mut HeaderMap, body: &Bytes) -> Result<Bytes, String> {
    if !headers.contains_key(CONTENT_ENCODING) {
        return Ok(body.clone());
    }
    let decoded = decoded(headers, body, MAX_ANSWER).map_err(|why| format!("can't be read: {why}"))?;
    headers.remove(CONTENT_ENCODING);
    headers.remove(CONTENT_LENGTH);
    Ok(decoded)
}
