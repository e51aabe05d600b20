//! Where in the state something is: which thing of which order, and which field of it. Nothing is known by its identity alone:
//! two orders may hold things of one name.

use super::Names;
use crate::spec::Spec;

/// A thing of an order, or the order itself, as a whole or in one field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Spot {
    /// The order, by its place among the case's.
    pub(crate) order: usize,
    /// What the thing goes back to ([`Names::root`]); nothing for the order itself.
    pub(crate) root: Option<String>,
    /// The field; nothing where all of it is meant.
    pub(crate) field: Option<String>,
    /// The thing itself.
    ident: Option<String>,
    /// Whether the thing alone is meant, and nothing that comes of it.
    alone: bool,
    /// The calls that may come to something else where it differs; nothing where that is all.
    pub(crate) matters_to: Option<Vec<String>>,
}

impl Spot {
    /// An order in all its own fields.
    pub(crate) fn of_order(order: usize) -> Self {
        Self { order, root: None, field: None, ident: None, alone: false, matters_to: None }
    }

    /// A thing in all its fields.
    pub(crate) fn of_thing(order: usize, names: &[Names], ident: &str) -> Self {
        Self { root: Some(root(names, order, ident)), ident: Some(ident.to_owned()), ..Self::of_order(order) }
    }

    /// The same in one field of its kind; of the order the kind is empty.
    pub(crate) fn in_field(self, spec: &Spec, kind: &str, field: &str) -> Self {
        let fields = spec.kind(kind).map_or(&spec.order_fields, |kind| &kind.fields);
        let matters_to = fields.iter().find(|known| known.name == field).and_then(|known| known.matters_to.clone());
        Self { field: Some(field.to_owned()), matters_to, ..self }
    }

    /// That it is seen no more: no call comes to anything else for that, and what came of it is another matter.
    pub(crate) fn unseen(self) -> Self {
        Self { alone: true, matters_to: Some(Vec::new()), ..self }
    }

    /// Whether both are of the same thing, and of a field that both mean.
    pub(super) fn overlaps(&self, other: &Self) -> bool {
        let fields = match (&self.field, &other.field) {
            (Some(own), Some(other)) => own == other,
            // Of all of a thing only what matters counts.
            (None, Some(_)) => other.matters_to.as_ref().is_none_or(|calls| !calls.is_empty()),
            (Some(_), None) | (None, None) => true,
        };
        self.is_beside(other) && fields
    }

    /// Whether both are of the same thing.
    pub(super) fn is_beside(&self, other: &Self) -> bool {
        let is_one = !(self.alone || other.alone) || self.ident == other.ident;
        self.order == other.order && self.root == other.root && is_one
    }
}

/// What a thing of an order goes back to.
fn root(names: &[Names], order: usize, ident: &str) -> String {
    names.get(order).map_or(ident, |names| names.root(ident)).to_owned()
}
