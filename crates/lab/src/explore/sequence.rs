//! A generated sequence as data: an order and calls, and its text as a file. Knows no call by name.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::ops::Range;
use std::sync::Arc;

use countermand_harness::{Spec, SuiteFile, WaitingCase, sequence};
use countermand_text::Problem;
use serde_json::{Map, Value};

use super::contract::{Contract, contract};

/// An order and the calls that are made on it.
#[derive(Debug, Clone, PartialEq)]
pub struct Sequence {
    /// What the order holds before the first call.
    pub lines: Vec<Line>,
    /// The calls, in their order.
    pub calls: Vec<Call>,
}

/// One line of the order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Its role.
    pub role: String,
    /// Whose product it is of, where not a product of its own.
    pub product: Option<String>,
    /// The units that are ordered.
    pub quantity: u64,
    /// The units that are fulfilled.
    pub fulfilled: u64,
}

/// One call.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    /// Its name.
    pub name: String,
    /// The role it is made on; nothing where that is the order.
    pub on: Option<String>,
    /// Its arguments; nothing where it has no body.
    pub with: Option<Map<String, Value>>,
    /// Headers that say something of it.
    pub headers: BTreeMap<String, String>,
    /// It is made at once with the call before it.
    pub at_once: bool,
}

impl Line {
    /// The product's name.
    #[must_use]
    pub fn product(&self) -> &str {
        self.product.as_deref().unwrap_or(&self.role)
    }
}

impl Call {
    /// A call without arguments.
    #[must_use]
    pub fn new(name: &str, on: Option<&str>) -> Self {
        Self { name: name.to_owned(), on: on.map(str::to_owned), with: None, headers: BTreeMap::new(), at_once: false }
    }

    /// The same with one argument.
    #[must_use]
    pub fn with(self, name: &str, value: impl Into<Value>) -> Self {
        let mut with = self.with.unwrap_or_default();
        with.insert(name.to_owned(), value.into());
        Self { with: Some(with), ..self }
    }

    /// The same, made at once with the call before it.
    #[must_use]
    pub fn at_once(self) -> Self {
        Self { at_once: true, ..self }
    }

    /// One of the arguments.
    #[must_use]
    pub fn argument(&self, name: &str) -> Option<&Value> {
        self.with.as_ref()?.get(name)
    }

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

impl Sequence {
    /// The same with the first calls only.
    #[must_use]
    pub fn prefix(&self, calls: usize) -> Self {
        Self { lines: self.lines.clone(), calls: self.calls.iter().take(calls).cloned().collect() }
    }

    /// The same without some of the calls. What was made at once with one of them is still made at once with the others.
    #[must_use]
    pub(super) fn without(&self, gone: impl Fn(usize, &Call) -> bool) -> Self {
        let mut calls: Vec<Call> = Vec::new();
        for step in self.steps() {
            let mut is_first = true;
            for index in step.filter(|index| !gone(*index, &self.calls[*index])) {
                calls.push(Call { at_once: !is_first, ..self.calls[index].clone() });
                is_first = false;
            }
        }
        Self { lines: self.lines.clone(), calls }
    }

    /// Its steps: calls that are made at once are one.
    #[must_use]
    pub fn steps(&self) -> Vec<Range<usize>> {
        let mut steps: Vec<Range<usize>> = Vec::new();
        for (index, call) in self.calls.iter().enumerate() {
            match steps.last_mut().filter(|_| call.at_once) {
                Some(step) => step.end = index + 1,
                None => steps.push(index..index + 1),
            }
        }
        steps
    }

    /// The last call of the step that a call is of.
    pub(crate) fn end_of_step(&self, call: usize) -> usize {
        self.steps().into_iter().find(|step| step.contains(&call)).map_or(call, |step| step.end - 1)
    }

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

/// The product of a role, be it one of the order's or one that came to be.
pub(super) fn product_of<'r>(role: &'r str, lines: &'r [Line]) -> &'r str {
    if let Some(line) = lines.iter().find(|line| line.role == role) {
        return line.product();
    }
    role.rsplit_once('-').map_or(role, |(product, _)| product)
}

/// Whether a role is that of a line that came to be on the way.
pub(super) fn is_new(role: &str, lines: &[Line]) -> bool {
    role.contains('-') && lines.iter().all(|line| line.role != role)
}

/// What stands before the steps of a file.
pub(super) fn head(contract: &dyn Contract, title: &str, lines: &[Line]) -> String {
    let order = contract.order(lines);
    format!("format: 1\nspec: {}\ntitle: {title}\norder:\n{order}steps:\n", contract.spec())
}

/// An order of nothing but lines.
pub(super) fn flat(plural: &str, units: &str, lines: &[Line]) -> String {
    let mut text = format!("  {plural}:\n");
    for line in lines {
        let product = line.product.iter().map(|product| format!("product: {product}"));
        let quantity = std::iter::once(format!("{units}: {}", line.quantity));
        let fulfilled = Some(format!("fulfilled: {}", line.fulfilled)).filter(|_| line.fulfilled > 0);
        let fields: Vec<String> = product.chain(quantity).chain(fulfilled).collect();
        let _ = writeln!(text, "    {}: {{ {} }}", line.role, fields.join(", "));
    }
    text
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
