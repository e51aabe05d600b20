//! The names of a scenario as far as it has been read: roles and their kinds, orders, products, choices. What is read with them
//! stands in the files beside: the set-up, steps and calls, claims.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use countermand_text::{Reader, Span, suggest};

use super::form::Form;
use crate::scenario::naming::product_of;
use crate::spec::Spec;

/// The name that stands for a well-formed id nobody has.
pub(super) const UNKNOWN: &str = "unknown";

/// The roles of a scenario as far as it has been read, and everything that is read with them.
pub(super) struct Roles<'r> {
    pub(super) reader: &'r Reader,
    pub(super) form: Form,
    pub(super) spec: &'r Arc<Spec>,
    /// Every role and its kind.
    pub(super) known: BTreeMap<String, String>,
    /// The names of the orders; empty where there is only one.
    pub(super) orders: Vec<String>,
    /// Roles that a step calls new, and the number of that step.
    pub(super) introduced: BTreeMap<String, usize>,
    /// How many steps were begun.
    pub(super) steps: usize,
    /// The choices that a step so far tells the options of.
    pub(super) told: BTreeSet<String>,
    /// The scenario's names of products, with the order's name before them where there are several.
    pub(super) products: Vec<String>,
}

impl<'r> Roles<'r> {
    pub(super) fn new(reader: &'r Reader, form: Form, spec: &'r Arc<Spec>) -> Self {
        Self {
            reader,
            form,
            spec,
            known: BTreeMap::new(),
            orders: Vec::new(),
            introduced: BTreeMap::new(),
            steps: 0,
            told: BTreeSet::new(),
            products: Vec::new(),
        }
    }
}

impl Roles<'_> {
    /// The roles of one kind.
    pub(super) fn roles_of(&self, kind: &str) -> Vec<&str> {
        self.known.iter().filter(|(_, of)| *of == kind).map(|(role, _)| role.as_str()).collect()
    }

    /// The kind of a role that is known, or that is nested in a known one by a product's name.
    pub(super) fn role(&self, at: Span, role: &str) -> Option<String> {
        if let Some(kind) = self.kind_of(role) {
            return Some(kind.clone());
        }
        if let Some((parent, local)) = role.rsplit_once('.')
            && let Some(parent_kind) = self.kind_of(parent)
            && let Some(child) = self.spec.kinds_in(Some(parent_kind)).next()
            && self.products.iter().any(|product| product.rsplit('.').next() == Some(local))
        {
            return Some(child.name.clone());
        }
        self.reader.problem(
            at,
            format!("unknown role `{role}`"),
            suggest::hint(role, self.known.keys().map(String::as_str)),
        );
        None
    }

    /// The kind of a role that is known, or that a sequence may bring about.
    fn kind_of(&self, role: &str) -> Option<&String> {
        let brought_about = || self.known.get(product_of(role)).filter(|_| self.form == Form::Sequence);
        self.known.get(role).or_else(brought_about)
    }

    /// The order a role or a product belongs to: the first part of its name, where there are several.
    pub(super) fn order_index(&self, role: &str) -> usize {
        let first = role.split('.').next().unwrap_or_default();
        self.orders.iter().position(|order| order == first).unwrap_or(0)
    }
}
