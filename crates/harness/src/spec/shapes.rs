//! The words of a spec as expressions see them: which fields the order, an entity, a sum and the arguments of a call have.

use super::words::{Aggregate, Call, Field, Group, Kind, Parameter};
use crate::template::{FieldName, Record, Shape};

/// The order.
pub(crate) fn order(fields: &[Field]) -> Shape {
    showing("", fields).into()
}

/// An entity with its id, its product and what it is nested in, as invariants see it.
pub(crate) fn entity(kinds: &[Kind], kind: &Kind) -> Record {
    let mut record = showing(&kind.name, &kind.fields).with("id", Shape::Any);
    if !record.has("product") {
        record = record.with("product", Shape::Any);
    }
    if kind.parent.is_none() || record.has("parent") {
        return record;
    }
    record.with("parent", parent(kinds, kind).map(|parent| entity(kinds, parent).into()).unwrap_or_default())
}

/// An entity as the requests of a call see it.
pub(crate) fn called(kinds: &[Kind], kind: &Kind) -> Record {
    let record = showing(&kind.name, &kind.fields).with("id", Shape::Any).with("same", Shape::Any);
    match parent(kinds, kind) {
        Some(_) => record.with("parent", Record::default().with("id", Shape::Any).into()),
        None => record,
    }
}

/// The fields of an entity and nothing else.
pub(crate) fn fields(kind: &Kind) -> Record {
    showing(&kind.name, &kind.fields)
}

/// The sums of one product.
pub(crate) fn row(group: &Group) -> Record {
    let row = Record::default().with("product", Shape::Any);
    group.fields.iter().fold(row, |row, (name, _)| row.showing(name, group.reads(name)))
}

/// A role as a set-up asks for it, with what is nested in it.
pub(crate) fn role(kinds: &[Kind], kind: &Kind) -> Record {
    let names = kind.set_up.keys().map(String::as_str).chain(["role", "parent", "product"]);
    let record = names.fold(Record::default(), |record, name| record.with(name, Shape::Any));
    let nested = kinds.iter().filter(|other| other.parent.as_ref() == Some(&kind.name));
    nested.fold(record, |record, other| record.with(&other.name, Shape::list(role(kinds, other).into())))
}

/// Everything that a set-up asks for: `roles.item`, `roles.order`.
pub(crate) fn roles(kinds: &[Kind], order_set_up: &[String]) -> Shape {
    let own = order_set_up.iter().fold(Record::default(), |record, name| record.with(name, Shape::Any));
    let all = Record::default().with("order", own.into());
    kinds.iter().fold(all, |all, kind| all.with(&kind.name, Shape::list(role(kinds, kind).into()))).into()
}

/// What a call is given; anything where the spec does not list it.
pub(crate) fn arguments(call: &Call) -> Shape {
    call.arguments.as_ref().map(|known| given_to(known, &call.strays)).unwrap_or_default()
}

/// What stands in a list of arguments, and what is given besides on purpose.
pub(crate) fn given_to(known: &[Parameter], strays: &[String]) -> Shape {
    let strays = strays.iter().fold(Record::default(), |record, name| record.with(name, Shape::Any));
    given(known).or(&strays.into())
}

fn given(parameters: &[Parameter]) -> Shape {
    let inside = |parameter: &Parameter| match parameter.inside.is_empty() {
        true => Shape::Any,
        false => Shape::list(given(&parameter.inside)),
    };
    parameters.iter().fold(Record::default(), |record, one| record.with(&one.name, inside(one))).into()
}

/// What several calls have in common is what any of them has.
pub(crate) fn any(shapes: impl IntoIterator<Item = Shape>) -> Shape {
    shapes.into_iter().reduce(|one, other| one.or(&other)).unwrap_or_default()
}

impl Group {
    /// The fields of the spec that a sum is made of.
    pub(crate) fn reads(&self, name: &str) -> Vec<FieldName> {
        let is_sum = self.fields.iter().any(|(field, sum)| field == name && matches!(sum, Aggregate::Sum));
        let summed = is_sum.then(|| (self.of.clone(), name.to_owned()));
        let counted = self.when.iter().flat_map(|when| when.reads());
        summed.into_iter().chain(counted.cloned()).collect()
    }
}

fn parent<'k>(kinds: &'k [Kind], kind: &Kind) -> Option<&'k Kind> {
    kinds.iter().find(|other| Some(&other.name) == kind.parent.as_ref())
}

fn showing(kind: &str, fields: &[Field]) -> Record {
    fields
        .iter()
        .fold(Record::default(), |record, field| record.showing(&field.name, [(kind.to_owned(), field.name.clone())]))
}
