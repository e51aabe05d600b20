//! A generated sequence as data: an order and calls, and its text as a file. Knows no call by name.

use std::fmt::Write;
use std::sync::Arc;

use countermand_harness::{Problem, Spec, SuiteFile, WaitingCase, sequence};
use serde_json::{Map, Value};

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
        Self { name: name.to_owned(), on: on.map(str::to_owned), with: None }
    }

    /// The same with one argument.
    #[must_use]
    pub fn with(self, name: &str, value: impl Into<Value>) -> Self {
        let mut with = self.with.unwrap_or_default();
        with.insert(name.to_owned(), value.into());
        Self { with: Some(with), ..self }
    }

    /// One of the arguments.
    #[must_use]
    pub fn argument(&self, name: &str) -> Option<&Value> {
        self.with.as_ref()?.get(name)
    }

    /// The keys of a step: `call`, `on` and `with`.
    pub(super) fn entries(&self) -> Vec<String> {
        let on = self.on.iter().map(|role| format!("on: {role}"));
        let with = self.with.iter().map(|with| format!("with: {}", flow(with)));
        std::iter::once(format!("call: {}", self.name)).chain(on).chain(with).collect()
    }
}

impl Sequence {
    /// The same with the first calls only.
    #[must_use]
    pub fn prefix(&self, calls: usize) -> Self {
        Self { lines: self.lines.clone(), calls: self.calls.iter().take(calls).cloned().collect() }
    }

    /// Its text as a file without expectations.
    #[must_use]
    pub fn text(&self, spec: &str) -> String {
        let mut text = head(spec, "A generated sequence", &self.lines);
        for call in &self.calls {
            let _ = writeln!(text, "  - {{ {} }}", call.entries().join(", "));
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

/// What stands before the steps of a file.
pub(super) fn head(spec: &str, title: &str, lines: &[Line]) -> String {
    let mut text = format!("format: 1\nspec: {spec}\ntitle: {title}\norder:\n  items:\n");
    for line in lines {
        let product = line.product.iter().map(|product| format!("product: {product}"));
        let quantity = std::iter::once(format!("quantity: {}", line.quantity));
        let fulfilled = Some(format!("fulfilled: {}", line.fulfilled)).filter(|_| line.fulfilled > 0);
        let fields: Vec<String> = product.chain(quantity).chain(fulfilled).collect();
        let _ = writeln!(text, "    {}: {{ {} }}", line.role, fields.join(", "));
    }
    text.push_str("steps:\n");
    text
}

/// A map on one line.
fn flow(map: &Map<String, Value>) -> String {
    if map.is_empty() {
        return "{}".to_owned();
    }
    // JSON is YAML.
    let entries: Vec<String> = map.iter().map(|(name, value)| format!("{name}: {value}")).collect();
    format!("{{ {} }}", entries.join(", "))
}
