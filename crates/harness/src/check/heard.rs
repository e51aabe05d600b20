//! What webhooks told, read by the rules of the binding.

use bytes::Bytes;
use http::HeaderMap;
use serde_json::Value;

use super::view::{Fields, fields};
use crate::spec::binding::Webhooks;
use crate::template::{self, Data, ExprError, Scope};

/// One thing that a webhook told of one of the case's orders.
#[derive(Debug, Clone)]
pub(crate) struct Heard {
    pub(crate) order: usize,
    /// The id of what it tells of.
    pub(crate) id: Option<Value>,
    pub(crate) fields: Fields,
    /// Of the request that told it, by name in lower case.
    pub(crate) headers: Fields,
}

/// What a request told of the case's orders: expressions see one of `orders` at a time, and `posted` is the one whose path it
/// was posted to. A body that can't be read fails in the first expression over it.
pub(crate) fn read_heard(
    webhooks: &Webhooks,
    (headers, body): (&HeaderMap, &Bytes),
    orders: &[Scope],
    posted: usize,
) -> Result<Vec<Heard>, ExprError> {
    let texts = headers.iter().map(|(name, value)| {
        (name.as_str().to_owned(), Value::String(String::from_utf8_lossy(value.as_bytes()).into_owned()))
    });
    let headers: Fields = texts.collect();
    let shown = template::map(headers.iter().map(|(name, value)| (name.as_str(), template::from_json(value))));
    let body = template::parse_json(body).unwrap_or(Data::UNDEFINED);
    let mut heard = Vec::new();
    for (order, known) in orders.iter().enumerate() {
        let scope = known.with("body", body.clone()).with("headers", shown.clone());
        for it in webhooks.each.each(&scope)? {
            let scope = scope.with("it", it);
            let is_own = webhooks.order.as_ref().map_or(Ok(order == posted), |rule| rule.holds(&scope))?;
            if !is_own {
                continue;
            }
            let id = webhooks.id.as_ref().map_or(Ok(None), |id| id.json(&scope))?;
            let fields = fields(&webhooks.fields, &scope)?;
            heard.push(Heard { order, id, fields, headers: headers.clone() });
        }
    }
    Ok(heard)
}
