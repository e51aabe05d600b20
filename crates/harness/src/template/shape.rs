//! What is known of the values that an expression names: which have fields of known names, and which are whatever an endpoint
//! sends.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// A field of a spec that an expression reads: its kind, which is empty for the order, and its name.
pub(crate) type FieldName = (String, String);

/// What is known of a value.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) enum Shape {
    /// Nothing: it has no names to check.
    #[default]
    Any,
    /// It is none, or empty: beside another value it says nothing of it.
    Empty,
    Record(Arc<Record>),
    List(Arc<Shape>),
    /// Values by names that nobody can know beforehand.
    Map(Arc<Shape>),
}

/// A value whose fields have known names.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Record {
    fields: BTreeMap<String, Member>,
}

#[derive(Debug, Clone, Default, PartialEq)]
struct Member {
    shape: Shape,
    /// The fields of the spec that whoever reads it reads.
    reads: BTreeSet<FieldName>,
}

impl Record {
    /// A field that is none of the spec's.
    pub(crate) fn with(mut self, name: &str, shape: Shape) -> Self {
        self.fields.insert(name.to_owned(), Member { shape, reads: BTreeSet::new() });
        self
    }

    /// A field that shows these fields of the spec.
    pub(crate) fn showing(mut self, name: &str, reads: impl IntoIterator<Item = FieldName>) -> Self {
        self.fields.insert(name.to_owned(), Member { shape: Shape::Any, reads: reads.into_iter().collect() });
        self
    }

    /// The same with the fields that only the other has.
    pub(crate) fn or(mut self, other: &Self) -> Self {
        for (name, member) in &other.fields {
            match self.fields.get_mut(name) {
                Some(own) => {
                    own.shape = std::mem::take(&mut own.shape).or(&member.shape);
                    own.reads.extend(member.reads.iter().cloned());
                }
                None => {
                    self.fields.insert(name.clone(), member.clone());
                }
            }
        }
        self
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.fields.contains_key(name)
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.fields.keys().map(String::as_str)
    }

    pub(super) fn get(&self, name: &str) -> Option<(&Shape, &BTreeSet<FieldName>)> {
        self.fields.get(name).map(|member| (&member.shape, &member.reads))
    }

    /// Everything that it shows of the spec.
    pub(super) fn reads(&self) -> impl Iterator<Item = &FieldName> {
        self.fields.values().flat_map(|member| &member.reads)
    }
}

impl From<Record> for Shape {
    fn from(record: Record) -> Self {
        Self::Record(Arc::new(record))
    }
}

impl Shape {
    pub(crate) fn list(of: Self) -> Self {
        Self::List(Arc::new(of))
    }

    pub(crate) fn map(of: Self) -> Self {
        Self::Map(Arc::new(of))
    }

    /// What is known of a value that is the one or the other.
    pub(crate) fn or(self, other: &Self) -> Self {
        match (self, other) {
            (Self::Empty, other) => other.clone(),
            (own, Self::Empty) => own,
            (Self::Record(own), Self::Record(other)) if own != *other => Arc::unwrap_or_clone(own).or(other).into(),
            (Self::List(own), Self::List(other)) if own != *other => Self::list(Arc::unwrap_or_clone(own).or(other)),
            (own, other) if own == *other => own,
            _ => Self::Any,
        }
    }

    /// What its elements are.
    pub(crate) fn element(&self) -> Self {
        match self {
            Self::List(of) | Self::Map(of) => (**of).clone(),
            _ => Self::Any,
        }
    }
}

/// What an expression can name, and what is known of it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Nameable(Vec<(String, Shape)>);

impl Nameable {
    /// Names of which nothing is known.
    pub(crate) fn of<S: AsRef<str>>(names: impl IntoIterator<Item = S>) -> Self {
        Self(names.into_iter().map(|name| (name.as_ref().to_owned(), Shape::Any)).collect())
    }

    pub(crate) fn set(&mut self, name: &str, shape: Shape) {
        match self.0.iter_mut().find(|(known, _)| known == name) {
            Some((_, known)) => *known = shape,
            None => self.0.push((name.to_owned(), shape)),
        }
    }

    pub(crate) fn with(mut self, name: &str, shape: Shape) -> Self {
        self.set(name, shape);
        self
    }

    /// The same with these names, of which nothing is known.
    pub(crate) fn and<S: AsRef<str>>(mut self, names: impl IntoIterator<Item = S>) -> Self {
        names.into_iter().for_each(|name| self.set(name.as_ref(), Shape::Any));
        self
    }

    /// The same, with what another knows of it.
    pub(crate) fn over(mut self, other: &Self) -> Self {
        other.0.iter().for_each(|(name, shape)| self.set(name, shape.clone()));
        self
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(name, _)| name.as_str())
    }

    /// What is known of a name.
    pub(crate) fn shape(&self, name: &str) -> Shape {
        self.get(name).cloned().unwrap_or_default()
    }

    pub(super) fn get(&self, name: &str) -> Option<&Shape> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, shape)| shape)
    }
}
