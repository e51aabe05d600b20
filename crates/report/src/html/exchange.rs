//! One request and its answer, folded up, and how to send it again.

use countermand_event::Exchange;
use maud::{Markup, html};

use crate::{curl, text};

/// How much is shown of a body.
const BODY: usize = 8_000;

/// What was sent, what came back, and the line that sends it again.
pub(super) fn folded(exchange: &Exchange) -> Markup {
    let status = exchange.status.map_or_else(|| "no answer".to_owned(), |status| status.to_string());
    html! {
        details.exchange {
            summary {
                code { (text::short(&exchange.method)) " " (text::short(&exchange.path)) } " → " (status)
                " " span.dim { (text::duration(exchange.millis)) }
            }
            (message(&exchange.request_headers, exchange.request_body.as_deref()))
            (message(&exchange.response_headers, exchange.response_body.as_deref()))
            @if let Some(error) = &exchange.error { p { (text::short(error)) } }
            pre.again { (curl::command(exchange)) }
        }
    }
}

fn message(headers: &[(String, String)], body: Option<&str>) -> Markup {
    html! {
        pre {
            @for (name, value) in headers { (text::short(name)) ": " (text::short(value)) "\n" }
            @if let Some(body) = body { "\n" (text::body(body, BODY)) }
        }
    }
}
