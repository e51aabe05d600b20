//! The keys of a `spec.yaml`: from the tree of the file to a [`Spec`]. Reads no file and judges nothing but the form.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;

use countermand_event::Level;
use countermand_text::{Fields, Key, Node, Reader, Span, Tree};
use serde_json::Value;

use super::Spec;
use super::binding::{self, SpecNames};
use super::words::{
    Aggregate, Call, Choice, Clause, Each, Field, Frame, Group, Holds, Invariant, Kind, Profile, WHILE, WebhookWords,
};
use crate::template::{Expr, Text};

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
    let vocabulary = Vocabulary { reader, clauses: &clauses, profiles: &profiles, followers: RefCell::default() };
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

fn read_profiles(reader: &Reader, node: &Node) -> Vec<Profile> {
    let entries = reader.entries(node, "profiles: a name and what it stands for");
    let profile = |(key, node): &(Key, Node)| Profile {
        name: key.text.clone(),
        text: reader.text(node, "what the profile stands for").unwrap_or_default().to_owned(),
    };
    if entries.is_empty() {
        let hint = Some("write `profiles: { PROFILE: what it stands for }`".to_owned());
        reader.problem(node.at, "a spec has at least one profile", hint);
    }
    entries.iter().map(profile).collect()
}

fn read_clauses(reader: &Reader, node: &Node, profiles: &[Profile]) -> Vec<Clause> {
    let mut clauses = Vec::new();
    for (key, node) in reader.entries(node, "clauses: an id and what it demands") {
        let mut fields = reader.fields(node, "a clause");
        let levels = fields.need("level").map(|node| read_levels(reader, node, profiles)).unwrap_or_default();
        let text = fields.need("text").and_then(|node| reader.text(node, "the clause's statement")).unwrap_or_default();
        let source =
            fields.need("source").and_then(|node| reader.text(node, "the clause's source")).unwrap_or_default();
        fields.finish();
        clauses.push(Clause { id: key.text.clone(), levels, text: text.to_owned(), source: source.to_owned() });
    }
    clauses
}

/// `MUST`, or one level per profile.
fn read_levels(reader: &Reader, node: &Node, profiles: &[Profile]) -> BTreeMap<String, Level> {
    let level = |node: &Node| reader.word(node, "level", Level::NAMES).and_then(Level::of_name);
    let Tree::Map(entries) = &node.tree else {
        let all = level(node);
        return profiles.iter().filter_map(|profile| Some((profile.name.clone(), all?))).collect();
    };
    let names = profiles.iter().map(|profile| profile.name.as_str());
    for profile in profiles {
        if !entries.iter().any(|(key, _)| key.text == profile.name) {
            let hint = Some(format!("write `{}: MUST`, `SHOULD` or `MAY`", profile.name));
            reader.problem(node.at, format!("no level for profile `{}`", profile.name), hint);
        }
    }
    let known = entries.iter().filter(|(key, _)| reader.known(key.at, "profile", &key.text, names.clone()));
    known.filter_map(|(key, node)| Some((key.text.clone(), level(node)?))).collect()
}

struct OrderPart {
    unknown: Value,
    fields: Vec<Field>,
    set_up: Vec<String>,
    label: Option<Text>,
}

/// Reads the parts of a spec that name its clauses and profiles.
struct Vocabulary<'s> {
    reader: &'s Reader,
    clauses: &'s [Clause],
    profiles: &'s [Profile],
    /// Every `moves_with`: where it stands, what it names, and the fields it can name without a kind.
    followers: RefCell<Vec<Follower>>,
}

/// A field named in a `moves_with`, to be looked up once all kinds are known.
struct Follower {
    at: Span,
    name: String,
    own: Vec<String>,
}

impl Vocabulary<'_> {
    fn clause(&self, node: &Node) -> Option<String> {
        let id = self.reader.text(node, "a clause's id")?;
        let ids = self.clauses.iter().map(|clause| clause.id.as_str());
        self.reader.known(node.at, "clause", id, ids).then(|| id.to_owned())
    }

    fn choices(&self, node: &Node, step_names: &[String]) -> Vec<Choice> {
        let entries = self.reader.entries(node, "choices: a name and its options");
        entries.iter().filter_map(|(key, node)| self.choice(key, node, step_names)).collect()
    }

    fn choice(&self, key: &Key, node: &Node, step_names: &[String]) -> Option<Choice> {
        let reader = self.reader;
        let mut fields = reader.fields(node, "a choice");
        let options: Vec<String> = match fields.need("options")?.tree {
            Tree::List(ref list) => list.iter().map(|node| scalar(reader, node)).collect(),
            _ => {
                reader.problem(
                    node.at,
                    "`options` is a list of names",
                    Some("write `options: [one, other]`".to_owned()),
                );
                Vec::new()
            }
        };
        let holds = match fields.need("holds").and_then(|node| reader.word(node, "reach", &Holds::WORDS)) {
            Some("run") => Holds::Run,
            Some("call") => Holds::Call,
            _ => Holds::Never,
        };
        let known = || options.iter().map(String::as_str);
        let mut only = BTreeMap::new();
        for (profile, node) in
            fields.take("only").map(|node| reader.entries(node, "a profile and its options")).unwrap_or_default()
        {
            reader.known(
                profile.at,
                "profile",
                &profile.text,
                self.profiles.iter().map(|profile| profile.name.as_str()),
            );
            let allowed: Vec<String> =
                reader.list(node, "a list of options").iter().map(|node| scalar(reader, node)).collect();
            allowed.iter().for_each(|option| {
                reader.known(node.at, "option", option, known());
            });
            only.insert(profile.text.clone(), allowed);
        }
        let mut departs = BTreeMap::new();
        for (option, node) in
            fields.take("departs").map(|node| reader.entries(node, "an option and its clauses")).unwrap_or_default()
        {
            reader.known(option.at, "option", &option.text, known());
            let clauses = match &node.tree {
                Tree::List(list) => list.iter().filter_map(|node| self.clause(node)).collect(),
                _ => self.clause(node).into_iter().collect(),
            };
            departs.insert(option.text.clone(), clauses);
        }
        let names: Vec<&str> = step_names.iter().map(String::as_str).chain(["raw"]).collect();
        let text = fields.take("text").and_then(|node| reader.text(node, "what is left open")).unwrap_or_default();
        let seen = fields.take("seen").and_then(|node| Expr::parse(reader, node, &names));
        fields.finish();
        Some(Choice { name: key.text.clone(), text: text.to_owned(), options, holds, only, departs, seen })
    }

    fn kinds(&self, node: &Node) -> Vec<Kind> {
        let mut kinds: Vec<Kind> = Vec::new();
        for (key, node) in self.reader.entries(node, "kinds: a name and its description") {
            if let Some(kind) = self.kind(key, node, &kinds) {
                kinds.push(kind);
            }
        }
        kinds
    }

    fn kind(&self, key: &Key, node: &Node, before: &[Kind]) -> Option<Kind> {
        let reader = self.reader;
        let mut fields = reader.fields(node, "a kind");
        let plural = fields.need("plural").and_then(|node| reader.text(node, "the plural")).map(str::to_owned);
        let parent = fields.take("in").and_then(|node| reader.text(node, "a kind").map(|text| (node, text)));
        if let Some((node, parent)) = parent {
            reader.known(node.at, "kind", parent, before.iter().map(|kind| kind.name.as_str()));
        }
        let unknown = fields.take("unknown").map(Node::to_json);
        let set_up =
            fields.take("set_up").map(|node| reader.entries(node, "fields and their defaults")).unwrap_or_default();
        let set_up = set_up.iter().map(|(key, node)| {
            let required = matches!(&node.tree, Tree::Text(word) if word == "required");
            (key.text.clone(), (!required).then(|| node.to_json()))
        });
        let kind_fields = fields.need("fields").map(|node| self.fields_of(node)).unwrap_or_default();
        let own: Vec<String> = kind_fields.iter().map(|field: &Field| field.name.clone()).collect();
        let moves_with = fields.take("moves_with").map(|node| self.moves_with(node, &own)).unwrap_or_default();
        let label = fields.take("label").and_then(|node| self.label(node, &kind_fields));
        let kind = Kind {
            name: key.text.clone(),
            plural: plural?,
            parent: parent.map(|(_, name)| name.to_owned()),
            unknown,
            set_up: set_up.collect(),
            fields: kind_fields,
            moves_with,
            label,
        };
        fields.finish();
        Some(kind)
    }

    fn label(&self, node: &Node, fields: &[Field]) -> Option<Text> {
        let names: Vec<&str> = fields.iter().map(|field| field.name.as_str()).collect();
        Text::parse(self.reader, node, &names)
    }

    fn fields_of(&self, node: &Node) -> Vec<Field> {
        let entries = self.reader.entries(node, "fields");
        let own: Vec<String> = entries.iter().map(|(key, _)| key.text.clone()).collect();
        let mut fields = Vec::new();
        for (key, node) in entries {
            let mut parts = self.reader.fields(node, "a field");
            let moves_with = parts.take("moves_with").map(|node| self.moves_with(node, &own)).unwrap_or_default();
            let free = parts.take("free").is_some_and(|node| matches!(node.tree, Tree::Bool(true)));
            parts.finish();
            fields.push(Field { name: key.text.clone(), moves_with, free });
        }
        fields
    }

    /// One field or several: of the same entity, or `KIND.FIELD`.
    fn moves_with(&self, node: &Node, own: &[String]) -> Vec<String> {
        let names: Vec<String> = self.reader.texts(node, "a field").into_iter().map(str::to_owned).collect();
        let follower = |name: &String| Follower { at: node.at, name: name.clone(), own: own.to_vec() };
        self.followers.borrow_mut().extend(names.iter().map(follower));
        names
    }

    fn check_followers(&self, kinds: &[Kind]) {
        let of_kind =
            |kind: &Kind| kind.fields.iter().map(|field| format!("{}.{}", kind.name, field.name)).collect::<Vec<_>>();
        let foreign: Vec<String> = kinds.iter().flat_map(of_kind).collect();
        for Follower { at, name, own } in self.followers.borrow().iter() {
            self.reader.known(*at, "field", name, own.iter().chain(&foreign).map(String::as_str));
        }
    }

    fn order(&self, node: &Node, kinds: &[Kind]) -> Option<OrderPart> {
        let mut fields = self.reader.fields(node, "the order");
        let unknown = fields.need("unknown").map(Node::to_json);
        let order_fields = fields.need("fields").map(|node| self.fields_of(node)).unwrap_or_default();
        let set_up = fields.take("set_up").map(|node| self.order_set_up(node, &order_fields)).unwrap_or_default();
        let label = fields.take("label").and_then(|node| self.label(node, &order_fields));
        fields.finish();
        if kinds.is_empty() {
            let hint = Some("write `kinds: { item: { plural: items, fields: { … } } }`".to_owned());
            self.reader.problem(node.at, "a spec has at least one kind", hint);
        }
        Some(OrderPart { unknown: unknown?, fields: order_fields, set_up, label })
    }

    /// `{ on: KIND, fields: [NAME, …], last: NAME }`.
    fn webhooks(&self, node: &Node, kinds: &[Kind]) -> WebhookWords {
        let reader = self.reader;
        let mut fields = reader.fields(node, "the webhooks");
        let on = fields.take("on").and_then(|node| {
            let kind = reader.text(node, "a kind")?;
            let names = kinds.iter().map(|kind| kind.name.as_str());
            reader.known(node.at, "kind", kind, names).then(|| kind.to_owned())
        });
        let names = fields.need("fields").map(|node| reader.texts(node, "the name of a field")).unwrap_or_default();
        let last = fields.take("last").and_then(|node| {
            let last = reader.text(node, "a field")?;
            reader.known_field(node.at, "a webhook", last, names.iter().copied()).then(|| last.to_owned())
        });
        fields.finish();
        let field = |name: &&str| Field { name: (*name).to_owned(), moves_with: Vec::new(), free: false };
        WebhookWords { on, fields: names.iter().map(field).collect(), last }
    }

    /// One field or several of the order's own: what the set-up asks for is looked for in the view.
    fn order_set_up(&self, node: &Node, fields: &[Field]) -> Vec<String> {
        let names = self.reader.texts(node, "a field of the order");
        let own = || fields.iter().map(|field| field.name.as_str());
        names.into_iter().filter(|name| self.reader.known(node.at, "field", name, own())).map(str::to_owned).collect()
    }

    fn groups(&self, node: &Node, kinds: &[Kind]) -> Vec<Group> {
        let reader = self.reader;
        let mut groups = Vec::new();
        for (key, node) in reader.entries(node, "groups") {
            let mut fields = reader.fields(node, "a group");
            let plural = fields.need("plural").and_then(|node| reader.text(node, "the plural"));
            let of = fields.need("of").and_then(|node| {
                let kind = reader.text(node, "a kind")?;
                reader.known(node.at, "kind", kind, kinds.iter().map(|kind| kind.name.as_str())).then_some(kind)
            });
            let when = fields.take("when").and_then(|node| Expr::parse(reader, node, &["it", "parent"]));
            let mut aggregates = Vec::new();
            for (key, node) in fields.need("fields").map(|node| reader.entries(node, "fields")).unwrap_or_default() {
                match reader.word(node, "aggregate", &Aggregate::WORDS) {
                    Some("sum") => aggregates.push((key.text.clone(), Aggregate::Sum)),
                    Some(_) => aggregates.push((key.text.clone(), Aggregate::Count)),
                    None => {}
                }
            }
            fields.finish();
            if let (Some(plural), Some(of)) = (plural, of) {
                groups.push(Group {
                    name: key.text.clone(),
                    plural: plural.to_owned(),
                    of: of.to_owned(),
                    when,
                    fields: aggregates,
                });
            }
        }
        groups
    }

    /// The spec's frame, or a call's changes to it.
    fn frame(&self, node: &Node, base: Option<&Frame>) -> Option<Frame> {
        let mut fields = self.reader.fields(node, "a frame");
        let mut part = |key: &'static str, base: Option<&String>| {
            let node = if base.is_some() { fields.take(key) } else { fields.need(key) };
            node.and_then(|node| self.clause(node)).or_else(|| base.cloned())
        };
        let accepted = part("accepted", base.map(|frame| &frame.accepted));
        let refused = part("refused", base.map(|frame| &frame.refused));
        let extra = part("extra", base.map(|frame| &frame.extra));
        let missing = part("missing", base.map(|frame| &frame.missing));
        let at_once = part("at_once", base.map(|frame| &frame.at_once));
        let late = part("late", base.map(|frame| &frame.late));
        fields.finish();
        Some(Frame {
            accepted: accepted?,
            refused: refused?,
            extra: extra?,
            missing: missing?,
            at_once: at_once?,
            late: late?,
        })
    }

    fn calls(&self, node: &Node, kinds: &[Kind], callers: &[String], frame: &Frame) -> Vec<Call> {
        let reader = self.reader;
        let mut calls = Vec::new();
        for (key, node) in reader.entries(node, "calls") {
            let mut fields = reader.fields(node, "a call");
            let on = fields.take("on").and_then(|node| {
                let kind = reader.text(node, "a kind")?;
                reader
                    .known(node.at, "kind", kind, kinds.iter().map(|kind| kind.name.as_str()))
                    .then(|| kind.to_owned())
            });
            let caller = fields.need("as").and_then(|node| {
                let caller = reader.text(node, "a caller")?;
                reader.known(node.at, "caller", caller, callers.iter().map(String::as_str)).then(|| caller.to_owned())
            });
            let frame =
                fields.take("frame").and_then(|node| self.frame(node, Some(frame))).unwrap_or_else(|| frame.clone());
            fields.finish();
            // A call with a fault in it is a call all the same: what speaks of it is not wrong for that.
            calls.push(Call { name: key.text.clone(), on, caller: caller.unwrap_or_default(), frame });
        }
        calls
    }

    fn invariants(&self, node: &Node, kinds: &[Kind], groups: &[Group], step_names: &[String]) -> Vec<Invariant> {
        let list = self.reader.list(node, "a list of invariants");
        list.iter().filter_map(|node| self.invariant(node, kinds, groups, step_names)).collect()
    }

    fn invariant(&self, node: &Node, kinds: &[Kind], groups: &[Group], step_names: &[String]) -> Option<Invariant> {
        let reader = self.reader;
        let mut fields = reader.fields(node, "an invariant");
        let clause = fields.need("clause").and_then(|node| self.clause(node));
        let each = fields.need("each").and_then(|node| {
            let word = reader.text(node, "what it is asked of")?;
            let kind_names = kinds.iter().map(|kind| kind.name.as_str());
            let group_names = groups.iter().map(|group| group.name.as_str());
            let words: Vec<&str> = ["order", "answer"].into_iter().chain(kind_names).chain(group_names).collect();
            reader.known(node.at, "thing to ask of", word, words.iter().copied()).then(|| match word {
                "order" => Each::Order,
                "answer" => Each::Answer,
                _ if kinds.iter().any(|kind| kind.name == word) => Each::Kind(word.to_owned()),
                _ => Each::Group(word.to_owned()),
            })
        });
        let settled = fields.need("while").and_then(|node| reader.word(node, "time", &WHILE)) == Some("settled");
        let names: Vec<&str> = step_names.iter().map(String::as_str).collect();
        let covers = !fields.take("covers").is_some_and(|node| matches!(node.tree, Tree::Bool(false)));
        let when = fields.take("when").and_then(|node| Expr::parse(reader, node, &names));
        let holds = fields.need("holds").and_then(|node| Expr::parse(reader, node, &names));
        fields.finish();
        Some(Invariant { clause: clause?, each: each?, settled, covers, when, holds: holds? })
    }
}

/// An option's name: `422` is one as well as `keep`.
fn scalar(reader: &Reader, node: &Node) -> String {
    match &node.tree {
        Tree::Text(text) => text.clone(),
        Tree::Number(number) => number.to_string(),
        Tree::Bool(value) => value.to_string(),
        _ => {
            reader.problem(node.at, "expected a name", None);
            String::new()
        }
    }
}
