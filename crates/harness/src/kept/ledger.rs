//! The ledger of a run: the orders that it created, an entry a line, each written as soon as there is something to know of it.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, json};

/// A line of a ledger. Of one order there may be several, each with more; the last has all of it.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct LedgerEntry {
    /// The case that the order was created for.
    #[serde(default)]
    pub case: String,
    /// No other order's.
    pub key: String,
    /// What a clean-up needs to know of it.
    pub order: Value,
    /// The spec's name.
    pub spec: String,
    /// The target as the user named it.
    #[serde(default)]
    pub target: String,
}

impl LedgerEntry {
    /// Its line.
    #[must_use]
    pub fn line(&self) -> String {
        let Self { case, key, order, spec, target } = self;
        let line = json!({ "target": target, "spec": spec, "case": case, "key": key, "order": order });
        format!("{line}\n")
    }
}

/// The orders of a ledger by their keys, each with the last line that speaks of it.
///
/// # Errors
/// The first line that is none of a ledger.
pub fn read_ledger(text: &str) -> Result<BTreeMap<String, (LedgerEntry, &str)>, String> {
    let mut orders = BTreeMap::new();
    for (line, number) in text.lines().zip(1..) {
        let entry: LedgerEntry = serde_json::from_str(line).map_err(|error| format!("line {number}: {error}"))?;
        orders.insert(entry.key.clone(), (entry, line));
    }
    Ok(orders)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_an_order_the_last_line_counts() {
        let entry = |order: Value| LedgerEntry {
            case: "boxes/one".to_owned(),
            key: "k".to_owned(),
            order,
            spec: "boxes".to_owned(),
            target: "http://there".to_owned(),
        };
        let (less, more) = (entry(json!({ "id": 1 })), entry(json!({ "id": 1, "token": 2 })));
        let text = format!("{}{}", less.line(), more.line());
        let orders = read_ledger(&text).expect("a ledger");
        assert_eq!(orders["k"], (more.clone(), more.line().trim_end()));
        assert_eq!(orders.len(), 1);
    }

    #[test]
    fn a_line_needs_no_more_than_a_clean_up_does() {
        let orders = read_ledger(r#"{"spec":"boxes","key":"k","order":{}}"#).expect("a ledger");
        assert_eq!(orders["k"].0.spec, "boxes");
        assert!(read_ledger("{\"spec\":\"boxes\"}").expect_err("no order").starts_with("line 1: "));
    }
}
