//! The one way YAML text becomes a [`Node`] tree: strict, bounded, every node with its place. The only file that names the YAML crate.

use std::fmt;
use std::sync::Arc;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::Number;
use serde_yaml::Spanned;

use crate::disk::MAX_BYTES;
use crate::node::{Key, Node, Tree};
use crate::source::{Problem, SourceFile, Span};
use crate::syntax;

const MAX_DEPTH: usize = 64;
const MAX_NODES: usize = 100_000;

/// What is wrong with a number.
const TOO_LARGE: &str = "a number this large loses digits";
const INFINITE: &str = "this is no finite number";

/// Parses one document. `path` is how the file is called in messages.
pub fn parse(path: &str, bytes: &[u8]) -> Result<(Arc<SourceFile>, Node), Problem> {
    let root = tree(path, bytes)?;
    Ok((source(path, bytes), root))
}

fn source(path: &str, bytes: &[u8]) -> Arc<SourceFile> {
    Arc::new(SourceFile { path: path.to_owned(), text: String::from_utf8_lossy(bytes).into_owned() })
}

fn tree(path: &str, bytes: &[u8]) -> Result<Node, Problem> {
    if bytes.len() > MAX_BYTES {
        let hint = Some("split it into several files".to_owned());
        return Err(Problem::of_file(
            path,
            format!("the file is larger than the {MAX_BYTES} bytes that are read"),
            hint,
        ));
    }
    let text = std::str::from_utf8(bytes).map_err(|error| not_utf8(path, bytes, error.valid_up_to()))?;
    let options = serde_yaml::options! {
        strict_booleans: true,
        merge_keys: serde_yaml::MergeKeyPolicy::Error,
        reject_unsupported_tags: true,
        budget: serde_yaml::budget! { max_depth: MAX_DEPTH, max_nodes: MAX_NODES },
    };
    match serde_yaml::from_str_with_options::<Spanned<Raw>>(text, options) {
        Ok(root) => Ok(root.into()),
        Err(error) => Err(problem(&source(path, bytes), &error)),
    }
}

fn not_utf8(path: &str, bytes: &[u8], valid: usize) -> Problem {
    let mut problem = Problem::of_file(path, "the file is not UTF-8 text", Some("save it as UTF-8".to_owned()));
    let line_start = bytes[..valid].iter().rposition(|byte| *byte == b'\n').map_or(0, |newline| newline + 1);
    problem.place.line = bytes[..valid].iter().filter(|byte| **byte == b'\n').count() as u32 + 1;
    problem.place.column = String::from_utf8_lossy(&bytes[line_start..valid]).chars().count() as u32 + 1;
    problem
}

fn problem(file: &Arc<SourceFile>, error: &serde_yaml::Error) -> Problem {
    use serde_yaml::Error;
    let error = error.without_snippet();
    let at = error.location().map_or(Span { line: 1, column: 1, width: 1 }, |location| Span {
        line: location.line() as u32,
        column: location.column() as u32,
        width: 1,
    });
    let at = match error {
        Error::UnsupportedTag { .. } => syntax::marked(file, at, '!'),
        _ => syntax::whole(file, at),
    };
    let (message, hint) = match error {
        Error::DuplicateMappingKey { key, .. } => (
            format!(
                "the key {}stands here a second time",
                key.as_deref().map(|key| format!("`{key}` ")).unwrap_or_default()
            ),
            Some("keep one of the two, with what both hold".to_owned()),
        ),
        Error::Budget { .. } | Error::AliasError { .. } => (
            format!("the document unfolds to more than the {MAX_NODES} values that are read"),
            Some("aliases count as what they stand for: write out what you need".to_owned()),
        ),
        Error::MultipleDocuments { .. } => {
            ("a second document begins here".to_owned(), Some("one file holds one document".to_owned()))
        }
        Error::UnsupportedTag { .. } => {
            ("a tag (`!…`) has no meaning here".to_owned(), Some("leave it out".to_owned()))
        }
        Error::MergeKeyNotAllowed { .. } => {
            ("a merge key (`<<`) has no meaning here".to_owned(), Some("write out what it stands for".to_owned()))
        }
        // What a number has to be is said below, where it is read.
        Error::Message { msg, .. } if TOO_LARGE == msg || INFINITE == msg => {
            (msg.clone(), Some("write it in quotes".to_owned()))
        }
        // The parser has no variant of its own for its nesting limit.
        other if other.to_string().starts_with("recursion limit") => {
            let hint = Some(format!("nest at most {MAX_DEPTH} lists and maps"));
            ("the document is nested deeper than is read".to_owned(), hint)
        }
        other => return syntax::problem(file, at, &plain(other)),
    };
    Problem { place: file.place(at), message, hint }
}

/// The crate's own message without the place that we print ourselves.
fn plain(error: &serde_yaml::Error) -> String {
    let text = error.to_string();
    text.split(" at line ").next().unwrap_or(&text).to_owned()
}

/// What the YAML crate hands over, before it becomes a [`Node`].
enum Raw {
    Null,
    Bool(bool),
    Number(Number),
    Text(String),
    List(Vec<Spanned<Raw>>),
    Map(Vec<(Spanned<String>, Spanned<Raw>)>),
}

impl From<Spanned<Raw>> for Node {
    fn from(raw: Spanned<Raw>) -> Self {
        let at = span(&raw.referenced);
        let tree = match raw.value {
            Raw::Null => Tree::Null,
            Raw::Bool(value) => Tree::Bool(value),
            Raw::Number(value) => Tree::Number(value),
            Raw::Text(value) => Tree::Text(value),
            Raw::List(list) => Tree::List(exactly(list.into_iter().map(Node::from))),
            Raw::Map(entries) => {
                let key = |key: Spanned<String>| Key { at: span(&key.referenced), text: key.value };
                Tree::Map(exactly(entries.into_iter().map(|(k, v)| (key(k), Node::from(v)))))
            }
        };
        // A map without brackets has no mark of its own: it begins with its first key.
        let at = match &tree {
            Tree::Map(entries) => match entries.first() {
                Some((key, _)) if (key.at.line, key.at.column) == (at.line, at.column) => key.at,
                _ => at,
            },
            _ => at,
        };
        Node { at, tree }
    }
}

/// Collects into room of its own: the room of what the YAML crate hands over, which is several times as large, would be kept.
fn exactly<T>(items: impl ExactSizeIterator<Item = T>) -> Vec<T> {
    let mut list = Vec::with_capacity(items.len());
    list.extend(items);
    list
}

fn span(location: &serde_yaml::Location) -> Span {
    Span {
        line: location.line() as u32,
        column: location.column() as u32,
        width: (location.span().len() as u32).max(1),
    }
}

impl<'de> Deserialize<'de> for Raw {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(RawVisitor)
    }
}

struct RawVisitor;

impl<'de> Visitor<'de> for RawVisitor {
    type Value = Raw;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Raw, E> {
        Ok(Raw::Null)
    }

    fn visit_none<E>(self) -> Result<Raw, E> {
        Ok(Raw::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Raw, E> {
        Ok(Raw::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Raw, E> {
        Ok(Raw::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Raw, E> {
        Ok(Raw::Number(value.into()))
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Raw, E> {
        // Beyond this not every whole number has a float of its own.
        if value.abs() >= 9_007_199_254_740_992.0 {
            return Err(E::custom(TOO_LARGE));
        }
        Number::from_f64(value).map(Raw::Number).ok_or_else(|| E::custom(INFINITE))
    }

    fn visit_str<E>(self, value: &str) -> Result<Raw, E> {
        Ok(Raw::Text(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Raw, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Raw::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Raw, A::Error> {
        let mut map = Vec::new();
        while let Some(entry) = entries.next_entry()? {
            map.push(entry);
        }
        Ok(Raw::Map(map))
    }
}
