//! A YAML document as a tree with places, and the reader that takes it apart key by key and collects every problem on the way.
//!
//! One pass reports all that is wrong in a file, each with its place and the nearest right word. Knows no format: what keys
//! there are is said by `spec/file.rs`, `target/file.rs` and `scenario/file.rs`.

use std::cell::RefCell;
use std::sync::Arc;

use serde_json::{Number, Value};

use crate::source::{Problem, SourceFile, Span};
use crate::suggest;

/// A value and where it stands.
#[derive(Debug, Clone)]
pub(crate) struct Node {
    pub(crate) at: Span,
    pub(crate) tree: Tree,
}

/// The value of a [`Node`].
#[derive(Debug, Clone)]
pub(crate) enum Tree {
    Null,
    Bool(bool),
    Number(Number),
    Text(String),
    List(Vec<Node>),
    Map(Vec<(Key, Node)>),
}

/// A key of a map and where it stands.
#[derive(Debug, Clone)]
pub(crate) struct Key {
    pub(crate) at: Span,
    pub(crate) text: String,
}

impl Node {
    /// The value without its places.
    pub(crate) fn to_json(&self) -> Value {
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
    pub(crate) fn as_text(&self) -> Option<&str> {
        match &self.tree {
            Tree::Text(text) => Some(text),
            _ => None,
        }
    }

    fn type_name(&self) -> &'static str {
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

/// Reads the nodes of one file and keeps the problems.
#[derive(Debug)]
pub(crate) struct Reader {
    pub(crate) file: Arc<SourceFile>,
    problems: RefCell<Vec<Problem>>,
    /// What every map was asked for, by what it holds: tests hold the schemas to it.
    #[cfg(test)]
    pub(crate) asked: RefCell<std::collections::BTreeMap<&'static str, std::collections::BTreeSet<&'static str>>>,
}

impl Reader {
    pub(crate) fn new(file: Arc<SourceFile>) -> Self {
        Self {
            file,
            problems: RefCell::default(),
            #[cfg(test)]
            asked: RefCell::default(),
        }
    }

    /// Keeps a problem.
    pub(crate) fn problem(&self, at: Span, message: impl Into<String>, hint: Option<String>) {
        self.problems.borrow_mut().push(Problem { place: self.file.place(at), message: message.into(), hint });
    }

    /// Keeps a problem of another file that this one names.
    pub(crate) fn add(&self, problem: Problem) {
        self.problems.borrow_mut().push(problem);
    }

    /// What was wrong, in the order of the file.
    pub(crate) fn into_problems(self) -> Vec<Problem> {
        let mut problems = self.problems.into_inner();
        // The rows of a table find the same problem once each.
        let key = |problem: &Problem| (problem.place.line, problem.place.column, problem.message.clone());
        problems.sort_by_key(key);
        problems.dedup();
        problems
    }

    pub(crate) fn has_problems(&self) -> bool {
        !self.problems.borrow().is_empty()
    }

    fn wrong_type(&self, node: &Node, expected: &str) {
        self.problem(node.at, format!("expected {expected}, found {}", node.type_name()), None);
    }

    pub(crate) fn text<'n>(&self, node: &'n Node, expected: &str) -> Option<&'n str> {
        if let Some(text) = node.as_text() {
            return Some(text);
        }
        self.wrong_type(node, expected);
        None
    }

    /// A whole number from 0 on.
    pub(crate) fn count(&self, node: &Node, expected: &str) -> Option<u64> {
        let count = match &node.tree {
            Tree::Number(number) => number.as_u64(),
            _ => None,
        };
        if count.is_none() {
            let found =
                if let Tree::Number(number) = &node.tree { number.to_string() } else { node.type_name().to_owned() };
            self.problem(node.at, format!("expected {expected}, a whole number from 0 on, found {found}"), None);
        }
        count
    }

    /// `true` or `false`.
    pub(crate) fn flag(&self, node: &Node) -> bool {
        match node.tree {
            Tree::Bool(value) => value,
            _ => {
                self.wrong_type(node, "`true` or `false`");
                false
            }
        }
    }

    pub(crate) fn list<'n>(&self, node: &'n Node, expected: &str) -> &'n [Node] {
        if let Tree::List(list) = &node.tree {
            return list;
        }
        self.wrong_type(node, expected);
        &[]
    }

    pub(crate) fn entries<'n>(&self, node: &'n Node, expected: &str) -> &'n [(Key, Node)] {
        if let Tree::Map(map) = &node.tree {
            return map;
        }
        self.wrong_type(node, expected);
        &[]
    }

    /// One text or a list of texts.
    pub(crate) fn texts<'n>(&self, node: &'n Node, expected: &str) -> Vec<&'n str> {
        match &node.tree {
            Tree::Text(text) => vec![text],
            Tree::List(list) => list.iter().filter_map(|node| self.text(node, expected)).collect(),
            _ => {
                self.wrong_type(node, expected);
                Vec::new()
            }
        }
    }

    /// One of a closed set of words.
    pub(crate) fn word<'n>(&self, node: &'n Node, what: &str, words: &[&str]) -> Option<&'n str> {
        let text = self.text(node, &format!("{what} ({})", suggest::quoted(words)))?;
        self.known(node.at, what, text, words.iter().copied()).then_some(text)
    }

    /// Whether `word` is one of `words`; keeps a problem with the nearest where it is not.
    pub(crate) fn known<'w>(
        &self,
        at: Span,
        what: &str,
        word: &str,
        words: impl IntoIterator<Item = &'w str> + Clone,
    ) -> bool {
        let found = words.clone().into_iter().any(|known| known == word);
        if !found {
            self.problem(at, format!("there is no {what} `{word}`"), suggest::hint(word, words));
        }
        found
    }

    /// The keys of a map that holds `what`, to be taken one by one.
    pub(crate) fn fields<'r, 'n>(&'r self, node: &'n Node, what: &'static str) -> Fields<'r, 'n> {
        Fields { reader: self, what, at: node.at, left: self.entries(node, what).iter().collect(), asked: Vec::new() }
    }
}

/// The keys of one map. What was not asked for when it ends is a problem.
pub(crate) struct Fields<'r, 'n> {
    reader: &'r Reader,
    what: &'static str,
    at: Span,
    left: Vec<&'n (Key, Node)>,
    asked: Vec<&'static str>,
}

impl<'n> Fields<'_, 'n> {
    /// The value of `key`, where it is there.
    pub(crate) fn take(&mut self, key: &'static str) -> Option<&'n Node> {
        self.take_entry(key).map(|(_, node)| node)
    }

    /// The same, with the key's place.
    pub(crate) fn take_entry(&mut self, key: &'static str) -> Option<(&'n Key, &'n Node)> {
        self.asked.push(key);
        let index = self.left.iter().position(|(found, _)| found.text == key)?;
        let (key, node) = self.left.remove(index);
        Some((key, node))
    }

    /// The value of `key`, which must be there.
    pub(crate) fn need(&mut self, key: &'static str) -> Option<&'n Node> {
        let found = self.take(key);
        if found.is_none() {
            self.reader.problem(self.at, format!("{} needs `{key}`", self.what), None);
        }
        found
    }

    /// The keys that nobody asked for yet, for maps whose other keys are names.
    pub(crate) fn rest(&mut self) -> Vec<&'n (Key, Node)> {
        self.keep_asked();
        std::mem::take(&mut self.left)
    }

    fn keep_asked(&self) {
        #[cfg(test)]
        self.reader.asked.borrow_mut().entry(self.what).or_default().extend(self.asked.iter().copied());
    }

    /// Ends the map: every key left is unknown.
    pub(crate) fn finish(self) {
        self.keep_asked();
        for (key, _) in &self.left {
            let hint = suggest::hint(&key.text, self.asked.iter().copied());
            self.reader.problem(key.at, format!("unknown key `{}` in {}", key.text, self.what), hint);
        }
    }
}
