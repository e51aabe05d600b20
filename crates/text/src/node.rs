//! A YAML document as a tree with places.

use serde_json::{Number, Value};

use crate::source::Span;

/// A value and where it stands.
#[derive(Debug, Clone)]
pub struct Node {
    /// Where it begins.
    pub at: Span,
    /// What it is.
    pub tree: Tree,
}

/// The value of a [`Node`].
#[derive(Debug, Clone)]
pub enum Tree {
    /// Nothing: `null`, `~`, or a key without a value.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number that loses no digit.
    Number(Number),
    /// Text, in quotes or not.
    Text(String),
    /// A list, in its order.
    List(Vec<Node>),
    /// A map, in the order of the file; no key stands in it twice.
    Map(Vec<(Key, Node)>),
}

/// A key of a map and where it stands.
#[derive(Debug, Clone)]
pub struct Key {
    /// Where it stands.
    pub at: Span,
    /// Its word.
    pub text: String,
}

impl Node {
    /// The value without its places.
    pub fn to_json(&self) -> Value {
        match &self.tree {
            Tree::Null => Value::Null,
            Tree::Bool(value) => Value::Bool(*value),
            Tree::Number(value) => Value::Number(value.clone()),
            Tree::Text(value) => Value::String(value.clone()),
            Tree::List(list) => Value::Array(list.iter().map(Node::to_json).collect()),
            Tree::Map(map) => Value::Object(map.iter().map(|(key, node)| (key.text.clone(), node.to_json())).collect()),
        }
    }

    /// The text, where the value is one.
    pub fn as_text(&self) -> Option<&str> {
        match &self.tree {
            Tree::Text(text) => Some(text),
            _ => None,
        }
    }

    /// What it is, as a message says it.
    pub(crate) fn type_name(&self) -> &'static str {
        match &self.tree {
            Tree::Null => "nothing",
            Tree::Bool(_) => "a boolean",
            Tree::Number(_) => "a number",
            Tree::Text(_) => "text",
            Tree::List(_) => "a list",
            Tree::Map(_) => "a map",
        }
    }
}
