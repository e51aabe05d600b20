//! The keys of a `spec.yaml`: from the tree of the file to a [`Spec`]. Reads no file and judges nothing but the form. Each part is read
//! in the file of its subject: clauses and choices, kinds and fields, calls and invariants; the binding in `spec/binding`.

mod clauses;
mod kinds;
mod rules;

use std::cell::RefCell;
use std::sync::Arc;

use countermand_text::{Fields, Node, Reader, Span};

use self::clauses::{read_clauses, read_profiles};
use self::kinds::Follower;
use super::Spec;
use super::binding::{self, SpecNames};
use super::shapes;
use super::words::{Call, Clause, Field, Group, Kind, Profile};
use crate::template::{Nameable, Record, Shape};

/// What is told of every step and its answer: whatever an endpoint sends, or one word or number.
const STEP_NAMES: [&str; 10] =
    ["outcome", "reason", "call", "caller", "unknown", "reads", "parallel", "status", "headers", "body"];

pub(crate) fn read(reader: &Reader, root: &Node) -> Option<Spec> {
    let mut fields = reader.fields(root, "a spec");
    read_format(reader, &mut fields);
    let name = fields.need("spec").and_then(|node| reader.text(node, "the spec's name"));
    let title = fields.need("title").and_then(|node| reader.text(node, "a title"));
    let profiles = fields.need("profiles").map(|node| read_profiles(reader, node)).unwrap_or_default();
    let clauses = fields.need("clauses").map(|node| read_clauses(reader, node, &profiles)).unwrap_or_default();
    let (followers, mattering) = (RefCell::default(), RefCell::default());
    let vocabulary = Vocabulary { reader, clauses: &clauses, profiles: &profiles, followers, mattering };
    let kinds = fields.take("kinds").map(|node| vocabulary.kinds(node)).unwrap_or_default();
    let groups = fields.take("groups").map(|node| vocabulary.groups(node, &kinds)).unwrap_or_default();
    let order = fields.need("order").and_then(|node| vocabulary.order(node, &kinds));
    vocabulary.check_followers(&kinds);
    let callers: Vec<String> = fields
        .need("callers")
        .map(|node| reader.texts(node, "a caller's name"))
        .unwrap_or_default()
        .into_iter()
        .map(str::to_owned)
        .collect();
    let frame = fields.need("frame").and_then(|node| vocabulary.frame(node, None));
    // Without a frame the file is refused anyway; the calls are read all the same, so that nothing else looks wrong for it.
    let frame = frame.unwrap_or_default();
    let calls = fields.need("calls").map(|node| vocabulary.calls(node, &kinds, &callers, &frame)).unwrap_or_default();
    vocabulary.check_matters_to(&calls);
    let order_fields = order.as_ref().map(|order| order.fields.as_slice()).unwrap_or_default();
    let order_set_up = order.as_ref().map(|order| order.set_up.as_slice()).unwrap_or_default();
    let step_names = step_names(&kinds, &groups, order_fields, &calls);
    let choices = fields.take("choices").map(|node| vocabulary.choices(node, &step_names)).unwrap_or_default();
    let invariants = fields
        .take("invariants")
        .map(|node| vocabulary.invariants(node, &kinds, &groups, &step_names))
        .unwrap_or_default();
    let webhooks = fields.take("webhooks").map(|node| vocabulary.webhooks(node, &kinds));
    let names = SpecNames {
        callers: &callers,
        calls: &calls,
        clauses: &clauses,
        kinds: &kinds,
        order_fields,
        order_set_up,
        views: &[],
        webhooks: webhooks.as_ref(),
    };
    let bound = fields.take("binding").map(|node| {
        let part = binding::read_binding(reader, node, &names);
        (part.clone(), part.complete(reader, node.at, &names))
    });
    fields.finish();
    let order = order?;
    let (part, binding) = match bound {
        Some((part, binding)) => (part, Some(Arc::new(binding?))),
        None => (binding::BindingPart::default(), None),
    };
    Some(Spec {
        name: name?.to_owned(),
        title: title?.to_owned(),
        profiles,
        choices,
        file: Arc::clone(&reader.file),
        unknown_order: order.unknown,
        order_fields: order.fields,
        order_set_up: order.set_up,
        order_label: order.label,
        kinds,
        groups,
        callers,
        calls,
        invariants,
        webhooks,
        binding,
        part,
        clauses,
    })
}

/// The names of a step, with the entities and sums after it, before it, and after the set-up.
fn step_names(kinds: &[Kind], groups: &[Group], order: &[Field], calls: &[Call]) -> Nameable {
    let called = kinds.iter().filter(|kind| calls.iter().any(|call| call.on.as_ref() == Some(&kind.name)));
    let on = shapes::any(called.map(|kind| shapes::entity(kinds, kind).into()));
    let with = shapes::any(calls.iter().map(shapes::arguments));
    let accepted = Record::default().with("call", Shape::Any).with("product", Shape::Any);
    let accepted = Shape::list(accepted.with("with", with.clone()).with("on", on.clone()).into());
    let mut names = Nameable::of(STEP_NAMES).with("with", with).with("on", on).with("accepted", accepted);
    names.set("order", shapes::order(order));
    names.set("was_order", shapes::order(order));
    let of_kinds = kinds.iter().map(|kind| (&kind.plural, Shape::list(shapes::entity(kinds, kind).into())));
    let of_groups = groups.iter().map(|group| (&group.plural, Shape::map(shapes::row(group).into())));
    for (plural, shape) in of_kinds.chain(of_groups) {
        for prefix in ["", "was_", "first_"] {
            names.set(&format!("{prefix}{plural}"), shape.clone());
        }
    }
    names
}

/// `format: 1`: the only one there is.
pub(crate) fn read_format(reader: &Reader, fields: &mut Fields<'_, '_>) {
    if let Some(node) = fields.need_as("format", "format: 1")
        && let Some(format) = reader.count(node, "the format's number").filter(|format| *format != 1)
    {
        let hint = Some("write `format: 1`, or use a program that is newer".to_owned());
        reader.problem(node.at, format!("this program reads format 1, and not {format}"), hint);
    }
}

/// Reads the parts of a spec that name its clauses and profiles.
struct Vocabulary<'s> {
    reader: &'s Reader,
    clauses: &'s [Clause],
    profiles: &'s [Profile],
    /// Every `moves_with`: where it stands, what it names, and the fields it can name without a kind.
    followers: RefCell<Vec<Follower>>,
    /// Every call in a `matters_to`, and where it stands.
    mattering: RefCell<Vec<(Span, String)>>,
}

impl Vocabulary<'_> {
    /// A clause by its id.
    fn clause(&self, node: &Node) -> Option<String> {
        let id = self.reader.text(node, "a clause's id")?;
        let ids = self.clauses.iter().map(|clause| clause.id.as_str());
        self.reader.known(node.at, "clause", id, ids).then(|| id.to_owned())
    }
}
