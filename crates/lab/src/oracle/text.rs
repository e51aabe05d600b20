//! A sequence as the text of a scenario file without expectations, and as the case that is played. What is expected of it is
//! written elsewhere.

use std::fmt::Write;
use std::sync::Arc;

use countermand_harness::{Spec, SuiteFile, WaitingCase, sequence};
use countermand_text::Problem;
use serde_json::{Map, Value};

use crate::contracts::{Contract, contract};
use crate::sequence::{Call, Line, Sequence};

impl Sequence {
    /// Its text as a file without expectations.
    #[must_use]
    pub fn text(&self, spec: &str) -> String {
        let Some(contract) = contract(spec) else { return String::new() };
        let mut text = head(contract, "A generated sequence", &self.lines);
        for step in self.steps() {
            match &self.calls[step] {
                [call] => drop(writeln!(text, "  - {}", call.flow())),
                calls => text.push_str(&at_once(calls)),
            }
        }
        text
    }

    /// The case that is played.
    ///
    /// # Errors
    /// What is wrong with it: then the generator knows another spec than this one.
    pub fn case(&self, spec: &Arc<Spec>, name: &str) -> Result<Arc<WaitingCase>, Vec<Problem>> {
        let bytes = self.text(&spec.name).into_bytes();
        sequence(spec, &SuiteFile { path: format!("{name}.yaml"), name: name.to_owned(), content: bytes.into() })
    }
}

impl Call {
    /// The keys of a step: `call`, `on`, `with` and `request`.
    pub(super) fn entries(&self) -> Vec<String> {
        let on = self.on.iter().map(|role| format!("on: {role}"));
        let with = self.with.iter().map(|with| format!("with: {}", flow(with)));
        let headers = self.headers.iter().map(|(name, value)| format!("{name}: {}", Value::from(value.as_str())));
        let headers: Vec<String> = headers.collect();
        let request = format!("request: {{ headers: {{ {} }} }}", headers.join(", "));
        let request = Some(request).filter(|_| !headers.is_empty());
        std::iter::once(format!("call: {}", self.name)).chain(on).chain(with).chain(request).collect()
    }

    fn flow(&self) -> String {
        format!("{{ {} }}", self.entries().join(", "))
    }
}

/// What stands before the steps of a file.
pub(super) fn head(contract: &Contract, title: &str, lines: &[Line]) -> String {
    let order = (contract.order)(lines);
    format!("format: 1\nspec: {}\ntitle: {title}\norder:\n{order}steps:\n", contract.spec)
}

/// Calls that are made at once, as the beginning of a step.
pub(super) fn at_once(calls: &[Call]) -> String {
    let calls = calls.iter().map(|call| format!("      - {}\n", call.flow()));
    std::iter::once("  - parallel:\n".to_owned()).chain(calls).collect()
}

/// A map on one line, as it is written by hand.
fn flow(map: &Map<String, Value>) -> String {
    let entries: Vec<String> = map.iter().map(|(name, value)| format!("{name}: {}", flow_value(value))).collect();
    if entries.is_empty() { "{}".to_owned() } else { format!("{{ {} }}", entries.join(", ")) }
}

fn flow_value(value: &Value) -> String {
    match value {
        Value::Object(map) => flow(map),
        Value::Array(list) => format!("[{}]", list.iter().map(flow_value).collect::<Vec<_>>().join(", ")),
        // A role needs no quotes; any other text is safe in those of JSON.
        Value::String(word) if is_role(word) => word.clone(),
        other => other.to_string(),
    }
}

fn is_role(word: &str) -> bool {
    let is_name = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-._".contains(&byte);
    let means_else = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"].contains(&word);
    word.starts_with(|first: char| first.is_ascii_lowercase()) && word.bytes().all(is_name) && !means_else
}
