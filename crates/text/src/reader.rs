//! Takes a tree apart key by key, and collects every problem on the way: one pass reports all that is wrong in a file, each with its
//! place and the nearest right word. Knows no format: what keys there are is said by who reads with it.

use std::cell::RefCell;
use std::io;
use std::path::Path;
use std::sync::Arc;

use serde_json::Value;

use crate::disk::why_unreadable;
use crate::node::{Key, Node, Tree};
use crate::paths::shown;
use crate::source::{Problem, SourceFile, Span};
use crate::suggest;

/// Reads the nodes of one file and keeps the problems.
#[derive(Debug)]
pub struct Reader {
    /// The file that is read.
    pub file: Arc<SourceFile>,
    problems: RefCell<Vec<Problem>>,
    /// The maps that were read, by what they hold, each with every key that was asked for.
    pub asked: RefCell<Vec<(&'static str, Vec<&'static str>)>>,
    /// Keys that are near none of their map: the number of the problem, and the key.
    strays: RefCell<Vec<(usize, String)>>,
}

impl Reader {
    /// Reads the nodes of `file`.
    #[must_use]
    pub fn new(file: Arc<SourceFile>) -> Self {
        Self { file, problems: RefCell::default(), asked: RefCell::default(), strays: RefCell::default() }
    }

    /// Keeps a problem.
    pub fn problem(&self, at: Span, message: impl Into<String>, hint: Option<String>) {
        self.problems.borrow_mut().push(Problem { place: self.file.place(at), message: message.into(), hint });
    }

    /// Keeps that a file which is named here can't be read.
    pub fn unreadable(&self, at: Span, path: &Path, error: &io::Error) {
        let (message, hint) = why_unreadable(path, error);
        self.problem(at, format!("`{}`: {message}", shown(path)), hint);
    }

    /// Keeps a problem of another file that this one names.
    pub fn add(&self, problem: Problem) {
        self.problems.borrow_mut().push(problem);
    }

    /// What was wrong, in the order of the file.
    pub fn into_problems(self) -> Vec<Problem> {
        let mut problems = self.problems.into_inner();
        let maps = self.asked.into_inner();
        for (number, key) in self.strays.into_inner() {
            // What is right elsewhere was indented too far, or not far enough.
            let home = maps.iter().find(|(_, keys)| keys.contains(&key.as_str()));
            if let (Some((what, _)), Some(problem)) = (home, problems.get_mut(number)) {
                problem.hint = Some(format!("`{key}` is a key of {what}: mind the indentation"));
            }
        }
        // The rows of a table find the same problem once each.
        let key = |problem: &Problem| (problem.place.line, problem.place.column, problem.message.clone());
        problems.sort_by_key(key);
        problems.dedup();
        problems
    }

    /// Whether anything was wrong so far.
    pub fn has_problems(&self) -> bool {
        !self.problems.borrow().is_empty()
    }

    fn wrong_type(&self, node: &Node, expected: &str, mend: Option<String>) {
        self.problem(node.at, format!("expected {expected}, found {}", node.type_name()), mend);
    }

    /// What stands in the file at `at`.
    fn written(&self, at: Span) -> String {
        let place = self.file.place(at);
        place.text.chars().skip(place.column as usize - 1).take(place.width as usize).collect()
    }

    /// The text of a value; `expected` says in a message what stands there.
    pub fn text<'n>(&self, node: &'n Node, expected: &str) -> Option<&'n str> {
        if let Some(text) = node.as_text() {
            return Some(text);
        }
        let mend = match &node.tree {
            Tree::Number(number) => Some(format!("write it in quotes: `\"{number}\"`")),
            _ => None,
        };
        self.wrong_type(node, expected, mend);
        None
    }

    /// A value that is compared or sent as it stands.
    pub fn value(&self, node: &Node) -> Value {
        if let Tree::Text(text) = &node.tree
            && let Some(meant) = boolean(text)
            && self.written(node.at) == *text
        {
            let mend = format!("write `{meant}`, or `\"{text}\"` for the word");
            self.problem(node.at, format!("`{text}` is text, and neither `true` nor `false`"), Some(mend));
        }
        node.to_json()
    }

    /// A number of any kind.
    pub fn number(&self, node: &Node, expected: &str) {
        if !matches!(node.tree, Tree::Number(_)) {
            let number = node.as_text().filter(|text| text.parse::<f64>().is_ok());
            self.wrong_type(node, expected, number.map(|text| format!("write it without quotes: `{text}`")));
        }
    }

    /// A whole number from 0 on.
    pub fn count(&self, node: &Node, expected: &str) -> Option<u64> {
        let count = match &node.tree {
            Tree::Number(number) => number.as_u64(),
            _ => None,
        };
        if count.is_none() {
            let found =
                if let Tree::Number(number) = &node.tree { number.to_string() } else { node.type_name().to_owned() };
            let mend = node.as_text().and_then(|text| {
                let is_number = text.parse::<u64>().is_ok();
                let has_unit = text.starts_with(|c: char| c.is_ascii_digit());
                let unit = || "write the number alone, without a unit".to_owned();
                if is_number { Some(format!("write it without quotes: `{text}`")) } else { has_unit.then(unit) }
            });
            self.problem(node.at, format!("expected {expected}, a whole number from 0 on, found {found}"), mend);
        }
        count
    }

    /// `true` or `false`.
    pub fn flag(&self, node: &Node) -> bool {
        match node.tree {
            Tree::Bool(value) => value,
            _ => {
                self.wrong_type(node, "`true` or `false`", self.unquoted(node));
                false
            }
        }
    }

    /// How to write `true` or `false` where a word for it was written.
    pub fn unquoted(&self, node: &Node) -> Option<String> {
        let meant = boolean(node.as_text()?)?;
        Some(format!("`{}` is text: write `{meant}`", self.written(node.at)))
    }

    /// The same where nothing but `true` is right.
    pub fn unquoted_true(&self, node: &Node) -> Option<String> {
        node.as_text().and_then(boolean).filter(|meant| *meant).and_then(|_| self.unquoted(node))
    }

    /// The parts of a list; none where it is no list.
    pub fn list<'n>(&self, node: &'n Node, expected: &str) -> &'n [Node] {
        if let Tree::List(list) = &node.tree {
            return list;
        }
        let mend = match &node.tree {
            Tree::Null => None,
            Tree::Map(_) => Some("begin each part of a list with `- `, or write `[…]` around them".to_owned()),
            _ => Some(format!("a list of one is `[{}]`", self.written(node.at))),
        };
        self.wrong_type(node, expected, mend);
        &[]
    }

    /// The keys and values of a map; none where it is no map.
    pub fn entries<'n>(&self, node: &'n Node, expected: &str) -> &'n [(Key, Node)] {
        if let Tree::Map(map) = &node.tree {
            return map;
        }
        let mend = node.as_text().and_then(suggest::spaced);
        let mend = mend.or_else(|| Some("a map is written `KEY: VALUE`, or `{ KEY: VALUE }`".to_owned()));
        self.wrong_type(node, expected, mend);
        &[]
    }

    /// One text or a list of texts.
    pub fn texts<'n>(&self, node: &'n Node, expected: &str) -> Vec<&'n str> {
        match &node.tree {
            Tree::Text(text) => vec![text],
            Tree::List(list) => list.iter().filter_map(|node| self.text(node, expected)).collect(),
            _ => {
                self.wrong_type(node, expected, None);
                Vec::new()
            }
        }
    }

    /// One of a closed set of words.
    pub fn word<'n>(&self, node: &'n Node, what: &str, words: &[&str]) -> Option<&'n str> {
        let text = self.text(node, &format!("{what} ({})", suggest::quoted(words)))?;
        self.known(node.at, what, text, words.iter().copied()).then_some(text)
    }

    /// Whether `word` is one of `words`; keeps a problem with the nearest where it is not.
    pub fn known<'w>(
        &self,
        at: Span,
        what: &str,
        word: &str,
        words: impl IntoIterator<Item = &'w str> + Clone,
    ) -> bool {
        self.one_of(at, word, words, || format!("there is no {what} `{word}`"))
    }

    /// The same for a field of `whose`.
    pub fn known_field<'w>(
        &self,
        at: Span,
        whose: &str,
        field: &str,
        fields: impl IntoIterator<Item = &'w str> + Clone,
    ) -> bool {
        self.one_of(at, field, fields, || format!("{whose} has no field `{field}`"))
    }

    fn one_of<'w>(
        &self,
        at: Span,
        word: &str,
        words: impl IntoIterator<Item = &'w str> + Clone,
        message: impl FnOnce() -> String,
    ) -> bool {
        let found = words.clone().into_iter().any(|known| known == word);
        if !found {
            self.problem(at, message(), suggest::spaced(word).or_else(|| suggest::hint(word, words)));
        }
        found
    }

    /// The keys of a map that holds `what`, to be taken one by one.
    pub fn fields<'r, 'n>(&'r self, node: &'n Node, what: &'static str) -> Fields<'r, 'n> {
        Fields {
            reader: self,
            what,
            at: node.at,
            is_map: matches!(node.tree, Tree::Map(_)),
            left: self.entries(node, what).iter().collect(),
            asked: Vec::new(),
            missing: Vec::new(),
        }
    }
}

/// What is meant by a word that other readers of YAML take for a boolean.
fn boolean(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "yes" | "on" => Some(true),
        "false" | "no" | "off" => Some(false),
        _ => None,
    }
}

/// The keys of one map. What was not asked for when it ends is a problem, and so is what was needed and is not there.
pub struct Fields<'r, 'n> {
    reader: &'r Reader,
    what: &'static str,
    at: Span,
    is_map: bool,
    left: Vec<&'n (Key, Node)>,
    asked: Vec<&'static str>,
    missing: Vec<(&'static str, Option<String>)>,
}

impl<'n> Fields<'_, 'n> {
    /// The value of `key`, where it is there.
    pub fn take(&mut self, key: &'static str) -> Option<&'n Node> {
        self.take_entry(key).map(|(_, node)| node)
    }

    /// The same, with the key's place.
    pub fn take_entry(&mut self, key: &'static str) -> Option<(&'n Key, &'n Node)> {
        self.asked.push(key);
        let index = self.left.iter().position(|(found, _)| found.text == key)?;
        let (key, node) = self.left.remove(index);
        Some((key, node))
    }

    /// The value of `key`, which must be there.
    pub fn need(&mut self, key: &'static str) -> Option<&'n Node> {
        self.need_or(key, || None)
    }

    /// The same with what to write where it is not.
    pub fn need_as(&mut self, key: &'static str, example: &str) -> Option<&'n Node> {
        self.need_or(key, || Some(format!("write `{example}`")))
    }

    /// The same with a hint where it is not.
    pub fn need_or(&mut self, key: &'static str, hint: impl FnOnce() -> Option<String>) -> Option<&'n Node> {
        let found = self.take(key);
        if found.is_none() {
            self.missing.push((key, hint()));
        }
        found
    }

    /// The keys that nobody asked for yet, for maps whose other keys are names.
    pub fn rest(&mut self) -> Vec<&'n (Key, Node)> {
        std::mem::take(&mut self.left)
    }

    /// Ends the map: every key left is unknown.
    pub fn finish(mut self) {
        for (key, _) in std::mem::take(&mut self.left) {
            let near = suggest::nearest(&key.text, &self.asked);
            // What is there under a misspelt key is not missing besides.
            self.missing.retain(|(missing, _)| near != Some(*missing));
            if near.is_none() {
                let number = self.reader.problems.borrow().len();
                self.reader.strays.borrow_mut().push((number, key.text.clone()));
            }
            let hint = suggest::spaced(&key.text).or_else(|| suggest::hint(&key.text, self.asked.iter().copied()));
            self.reader.problem(key.at, format!("unknown key `{}` in {}", key.text, self.what), hint);
        }
    }
}

impl Drop for Fields<'_, '_> {
    fn drop(&mut self) {
        // What is no map at all is told to be none, and nothing else.
        for (key, hint) in std::mem::take(&mut self.missing).into_iter().filter(|_| self.is_map) {
            self.reader.problem(self.at, format!("{} needs `{key}`", self.what), hint);
        }
        let mut maps = self.reader.asked.borrow_mut();
        match maps.iter_mut().find(|(what, _)| *what == self.what) {
            Some((_, keys)) => {
                for key in &self.asked {
                    if !keys.contains(key) {
                        keys.push(key);
                    }
                }
            }
            None => maps.push((self.what, std::mem::take(&mut self.asked))),
        }
    }
}
