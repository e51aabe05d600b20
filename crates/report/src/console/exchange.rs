//! The exchanges of a step: what was sent, what came back, and the line that sends it again.

use countermand_event::Exchange;

use super::Look;
use crate::style::Ink;
use crate::{curl, text};

/// How many writes are shown unless everything is asked for.
const WRITES: usize = 3;
/// How much of a request's body is shown; the line that sends it again has all of it.
const SENT: usize = 120;
/// Answer headers by which an endpoint's own log can be searched.
const REQUEST_ID: [&str; 5] = ["x-request-id", "request-id", "x-correlation-id", "x-trace-id", "x-amzn-requestid"];

/// The last writes and the very last exchange, within `room` columns; `with_answers` shows what came back even where it is
/// no error.
pub(super) fn lines(look: &Look, exchanges: &[&Exchange], room: usize, with_answers: bool) -> Vec<String> {
    let is_write = |exchange: &Exchange| exchange.method != "GET";
    let writes = exchanges.iter().filter(|exchange| is_write(exchange)).count();
    let (mut writes_left, last) = (writes, exchanges.len().saturating_sub(1));
    let mut lines = Vec::new();
    let mut hidden = 0;
    for (position, exchange) in exchanges.iter().enumerate() {
        let is_recent = is_write(exchange) && writes_left <= WRITES;
        writes_left -= usize::from(is_write(exchange));
        if !is_recent && position < last && !look.is_verbose() {
            hidden += 1;
            continue;
        }
        lines.extend(one(look, exchange, room, with_answers));
        // Sending a read again tells nothing, unless there is nothing else.
        if is_write(exchange) || (writes == 0 && position == last) {
            lines.push(format!("{}  {}", look.dim("again"), curl::command(exchange)));
        }
    }
    let hint = || look.dim(&format!("{} not shown (-v shows all)", text::count(hidden, "request")));
    lines.extend((hidden > 0).then(hint));
    lines
}

/// What was received meanwhile: all of it where everything is asked for, and how much otherwise.
pub(super) fn heard(look: &Look, webhooks: &[&Exchange]) -> Vec<String> {
    if !look.is_verbose() {
        let more = || look.dim(&format!("{} received (-v shows them)", text::count(webhooks.len(), "webhook")));
        return if webhooks.is_empty() { Vec::new() } else { vec![more()] };
    }
    let line = |webhook: &&Exchange| {
        let body = webhook.request_body.as_deref().map(|body| text::body(body, text::BODY)).unwrap_or_default();
        let status = webhook.status.map(|status| format!(", answered {status}")).unwrap_or_default();
        format!("{}  {}{status}  {body}", look.dim("heard"), text::short(&webhook.path)).trim_end().to_owned()
    };
    webhooks.iter().map(line).collect()
}

/// `sent … got …` on one line, on two where it is too wide or the answer's body is shown.
fn one(look: &Look, exchange: &Exchange, room: usize, with_answer: bool) -> Vec<String> {
    let body = exchange.request_body.as_deref().map(|body| text::body(body, SENT)).unwrap_or_default();
    let sent = format!("{} {} {body}", text::short(&exchange.method), text::short(&exchange.path));
    let sent = sent.trim_end();
    let got = came_back(look, exchange);
    let is_error = exchange.status.is_none_or(|status| status >= 400);
    let is_shown = with_answer || is_error || look.is_verbose();
    let answer = exchange.response_body.as_deref().filter(|_| is_shown);
    let answer = answer.map(|body| text::body(body, text::BODY)).unwrap_or_default();
    let columns = "sent   ".len() + text::columns(sent) + "      got ".len() + text::columns(&got);
    let got = match exchange.status {
        Some(_) => got,
        None => look.paint(Ink::Warn, &got),
    };
    let sent = format!("{}   {sent}", look.dim("sent"));
    let key = look.dim("got");
    if answer.is_empty() && columns <= room {
        return vec![format!("{sent}      {key} {got}")];
    }
    vec![sent, format!("{key}    {got}  {answer}").trim_end().to_owned()]
}

/// `200 in 1.2 ms`, with the endpoint's own id of the request where it gave one.
fn came_back(look: &Look, exchange: &Exchange) -> String {
    let status = exchange.status.map_or_else(|| "no answer".to_owned(), |status| status.to_string());
    let time = look.time(" in ", exchange.millis);
    let error = exchange.error.as_deref().map(|error| format!(": {}", text::short(error)));
    let is_id = |name: &str| REQUEST_ID.iter().any(|id| name.eq_ignore_ascii_case(id));
    let id = exchange.response_headers.iter().find(|(name, _)| is_id(name) && !look.stable);
    let id = id.map(|(name, id)| format!(" ({}: {})", text::short(name), text::short(id)));
    format!("{status}{time}{}{}", error.unwrap_or_default(), id.unwrap_or_default())
}
