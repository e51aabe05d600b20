//! A spec as a target shows it: without the fields that it lacks, and without whatever reads them.

use std::collections::BTreeSet;

use super::words::Field;
use super::{Invariant, Spec};
use crate::template::{Expr, FieldName};

impl Spec {
    /// The same without these fields. What may move with one of them may move: whether that one moved can't be seen.
    pub(crate) fn without(&self, lacked: &[FieldName]) -> Self {
        let lacked: BTreeSet<FieldName> = lacked.iter().cloned().collect();
        let mut spec = self.clone();
        let is_lacked = |kind: &str, name: &str| {
            let (kind, name) = name.split_once('.').unwrap_or((kind, name));
            lacked.contains(&(kind.to_owned(), name.to_owned()))
        };
        let follows = |kind: &str, leaders: &[String]| leaders.iter().any(|leader| is_lacked(kind, leader));
        let thin = |kind: &str, fields: &mut Vec<Field>| {
            fields.retain(|field| !is_lacked(kind, &field.name));
            fields.iter_mut().for_each(|field| field.free |= follows(kind, &field.moves_with));
        };
        thin("", &mut spec.order_fields);
        for kind in &mut spec.kinds {
            thin(&kind.name, &mut kind.fields);
            kind.free = follows(&kind.name, &kind.moves_with);
        }
        for group in &mut spec.groups {
            let all = group.clone();
            group.fields.retain(|(name, _)| !all.reads(name).iter().any(|field| lacked.contains(field)));
        }
        let reads = |expr: &Expr| expr.reads().iter().any(|field| lacked.contains(field));
        let asked = |invariant: &Invariant| !invariant.when.iter().chain([&invariant.holds]).any(reads);
        spec.invariants.retain(asked);
        for choice in &mut spec.choices {
            choice.seen = choice.seen.take().filter(|seen| !reads(seen));
        }
        spec
    }
}
