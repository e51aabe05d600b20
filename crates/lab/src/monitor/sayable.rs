//! What a scenario can say of a call that a client made, and why it can't say all of it. Whether the call was right is no matter here.

use std::collections::BTreeMap;

use bytes::Bytes;
use countermand_harness::Recognised;
use http::Request;
use serde_json::Value;

/// The bytes of the longest arguments that a scenario can hold.
const LONGEST_ARGUMENTS: usize = 4_096;

/// Why a scenario can't say what a call says.
pub(super) fn unsayable(recognised: &Recognised, may_name: bool) -> Option<&'static str> {
    let with = recognised.with.as_ref()?;
    let word = |name: &String| {
        name.starts_with(|c: char| c.is_ascii_alphabetic())
            && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
            && !["true", "false", "null", "yes", "no", "on", "off", "y", "n"]
                .contains(&name.to_ascii_lowercase().as_str())
    };
    let (own, nested): (Vec<&String>, Vec<&String>) =
        (with.keys().collect(), with.values().flat_map(names_in).collect());
    // What a scenario reads as a role is none of a client's.
    let is_role = |name: &&String| ["id", "unknown"].contains(&name.as_str());
    if !own.into_iter().chain(nested.iter().copied()).all(word) || nested.iter().any(is_role) {
        return Some("its arguments have names that no scenario has");
    }
    // The ids that a client knows are not those of the model.
    let names =
        |value: &Value| matches!(value, Value::Object(_)) || value.as_array().is_some_and(|list| !list.is_empty());
    if !may_name && with.values().any(names) {
        return Some("its arguments may name something by its id");
    }
    let is_long = Value::Object(with.clone()).to_string().len() > LONGEST_ARGUMENTS;
    is_long.then_some("its arguments are too long")
}

/// The headers of these names, each as a scenario can say it.
pub(super) fn headers(request: &Request<Bytes>, names: &[&str]) -> Result<BTreeMap<String, String>, &'static str> {
    let mut headers = BTreeMap::new();
    for name in names {
        let mut values = request.headers().get_all(*name).iter();
        let (first, second) = (values.next(), values.next());
        let Some(value) = first else { continue };
        let value = value.to_str().ok().filter(|_| second.is_none());
        headers.insert((*name).to_owned(), value.ok_or("a header of it is no text")?.to_owned());
    }
    Ok(headers)
}

/// Every name in a value, however deep.
fn names_in(value: &Value) -> Vec<&String> {
    match value {
        Value::Array(list) => list.iter().flat_map(names_in).collect(),
        Value::Object(map) => map.keys().chain(map.values().flat_map(names_in)).collect(),
        _ => Vec::new(),
    }
}
