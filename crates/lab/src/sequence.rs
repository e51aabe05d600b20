//! A sequence as data: an order and the calls that are made on it. Knows no call by name, and no spec.

use std::collections::BTreeMap;
use std::ops::Range;

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

    /// What is made, and on what: `cancel_item on mug`.
    #[must_use]
    pub fn made(&self) -> String {
        match &self.on {
            Some(role) => format!("{} on {role}", self.name),
            None => self.name.clone(),
        }
    }

    /// One of the arguments.
    #[must_use]
    pub fn argument(&self, name: &str) -> Option<&Value> {
        self.with.as_ref()?.get(name)
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
    pub(crate) fn without(&self, gone: impl Fn(usize, &Call) -> bool) -> Self {
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

    /// The step that a call is of.
    pub(crate) fn step_of(&self, call: usize) -> Range<usize> {
        self.steps().into_iter().find(|step| step.contains(&call)).unwrap_or(call..call + 1)
    }

    /// The last call of the step that a call is of.
    pub(crate) fn end_of_step(&self, call: usize) -> usize {
        self.step_of(call).end - 1
    }
}

/// The product of a role, be it one of the order's or one that came to be.
pub(crate) fn product_of<'r>(role: &'r str, lines: &'r [Line]) -> &'r str {
    if let Some(line) = lines.iter().find(|line| line.role == role) {
        return line.product();
    }
    role.rsplit_once('-').map_or(role, |(product, _)| product)
}

/// Whether a role is that of a line that came to be on the way.
pub(crate) fn is_new(role: &str, lines: &[Line]) -> bool {
    role.contains('-') && lines.iter().all(|line| line.role != role)
}
