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
use super::words::{Clause, Group, Kind, Profile, counting};

/// What every invariant can name besides the entity's own `was` and `now`.
const STEP_NAMES: [&str; 17] = [
    "outcome",
    "reason",
    "accepted",
    "call",
    "with",
    "caller",
    "on",
    "unknown",
    "reads",
    "parallel",
    "status",
    "headers",
    "body",
    "was",
    "now",
    "order",
    "was_order",
];

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
    let step_names = step_names(&kinds, &groups);
    let choices = fields.take("choices").map(|node| vocabulary.choices(node, &step_names)).unwrap_or_default();
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
    let invariants = fields
        .take("invariants")
        .map(|node| vocabulary.invariants(node, &kinds, &groups, &step_names))
        .unwrap_or_default();
    let webhooks = fields.take("webhooks").map(|node| vocabulary.webhooks(node, &kinds));
    let order_fields = order.as_ref().map(|order| order.fields.as_slice()).unwrap_or_default();
    let call_names: Vec<&str> = calls.iter().map(|call| call.name.as_str()).collect();
    let names = SpecNames {
        callers: &callers,
        calls: call_names,
        counting: counting(&calls).collect(),
        clauses: &clauses,
        kinds: &kinds,
        order_fields,
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
fn step_names(kinds: &[Kind], groups: &[Group]) -> Vec<String> {
    let plurals = kinds.iter().map(|kind| &kind.plural).chain(groups.iter().map(|group| &group.plural));
    let states = plurals.flat_map(|plural| [plural.clone(), format!("was_{plural}"), format!("first_{plural}")]);
    STEP_NAMES.into_iter().map(str::to_owned).chain(states).collect()
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
