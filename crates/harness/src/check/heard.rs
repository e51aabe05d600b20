//! What webhooks told, read by the rules of the binding; and what came as one and can't be read.

use bytes::Bytes;
use http::HeaderMap;
use serde_json::Value;

use super::view::{Fields, fields};
use crate::coding::decoded;
use crate::spec::binding::Webhooks;
use crate::template::{self, Data, ExprError, Scope};
use crate::transport::MAX_ANSWER;

/// The characters of a body that are told where it can't be read.
const EXCERPT: usize = 120;

/// One thing that a webhook told of one of the case's orders.
#[derive(Debug, Clone)]
pub(crate) struct Heard {
    pub(crate) order: usize,
    /// The id of what it tells of.
    pub(crate) id: Option<Value>,
    pub(crate) fields: Fields,
    /// Of the request that told it, by name in lower case.
    pub(crate) headers: Fields,
    /// It came, and why nobody can read what it tells.
    pub(crate) unreadable: Option<String>,
}

/// What a request told of the case's orders: expressions see one of `orders` at a time, and `posted` is the one whose path it
/// was posted to. Whatever can't be read of it belongs to that one.
pub(crate) fn read_heard(
    webhooks: &Webhooks,
    (headers, body): (&HeaderMap, &Bytes),
    orders: &[Scope],
    posted: usize,
) -> Vec<Heard> {
    let texts = headers.iter().map(|(name, value)| {
        (name.as_str().to_owned(), Value::String(String::from_utf8_lossy(value.as_bytes()).into_owned()))
    });
    let headers_read: Fields = texts.collect();
    let unreadable = |why: String| {
        let (id, fields) = (None, Fields::new());
        vec![Heard { order: posted, id, fields, headers: headers_read.clone(), unreadable: Some(why) }]
    };
    let body = match decoded(headers, body, MAX_ANSWER) {
        Ok(body) => body,
        Err(why) => return unreadable(format!("came, and can't be read: {why}")),
    };
    // What has no body, like a call that only asks whether somebody is there, tells nothing.
    if body.trim_ascii().is_empty() {
        return Vec::new();
    }
    let Some(parsed) = template::parse_json(&body) else {
        return unreadable(format!("came, and is no JSON: {}", excerpt(&body)));
    };
    let read = |body: &Data| told(webhooks, &headers_read, body, orders, posted);
    let events = template::elements(&parsed).unwrap_or_default();
    let heard = match read(&parsed) {
        // Several may come in one body, each as it would come alone.
        Ok(none) if none.is_empty() => events.iter().map(read).collect::<Result<Vec<_>, _>>().map(|all| all.concat()),
        read => read,
    };
    heard.unwrap_or_else(|error| unreadable(format!("came, and can't be read: {}", error.message)))
}

fn told(
    webhooks: &Webhooks,
    headers: &Fields,
    body: &Data,
    orders: &[Scope],
    posted: usize,
) -> Result<Vec<Heard>, ExprError> {
    let shown = template::map(headers.iter().map(|(name, value)| (name.as_str(), template::from_json(value))));
    let mut heard = Vec::new();
    for (order, known) in orders.iter().enumerate() {
        let scope = known.with("body", body.clone()).with("headers", shown.clone());
        for it in webhooks.each.answered().each(&scope)? {
            let scope = scope.with("it", it);
            let is_own = webhooks.order.as_ref().map_or(Ok(order == posted), |rule| rule.answered().holds(&scope))?;
            if !is_own {
                continue;
            }
            let id = webhooks.id.as_ref().map_or(Ok(None), |id| id.answered().json(&scope))?;
            let fields = fields(&webhooks.fields, &scope, false)?;
            heard.push(Heard { order, id, fields, headers: headers.clone(), unreadable: None });
        }
    }
    Ok(heard)
}

/// The beginning of a body, with nothing in it that acts on whoever reads it.
fn excerpt(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(body);
    let mut kept: String = text.chars().take(EXCERPT).flat_map(char::escape_debug).collect();
    if text.chars().nth(EXCERPT).is_some() {
        kept.push('…');
    }
    kept
}
