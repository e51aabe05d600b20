//! What a spec is made of: profiles, clauses, choices, kinds and their fields, groups, calls, webhooks and invariants, apart from
//! how any of it is spoken.

use std::collections::BTreeMap;

use countermand_event::Level;
use serde_json::Value;

use crate::template::{Expr, Text};

/// A named strictness or edition of a spec.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    /// Its name.
    pub name: String,
    /// What it stands for.
    pub text: String,
}

/// One numbered demand.
#[derive(Debug, Clone)]
pub struct Clause {
    /// Its id: `partial.new-quantity`.
    pub id: String,
    /// Its level per profile.
    pub levels: BTreeMap<String, Level>,
    /// What must hold.
    pub text: String,
    /// Where the demand comes from.
    pub source: String,
}

/// A point the spec leaves open.
#[derive(Debug, Clone)]
pub struct Choice {
    /// Its name.
    pub name: String,
    /// What is left open, where the name alone does not say it.
    pub text: String,
    /// The options, the usual one first.
    pub options: Vec<String>,
    /// How far one decision should reach.
    pub holds: Holds,
    /// The options a profile allows, where not all.
    pub only: BTreeMap<String, Vec<String>>,
    /// The clauses of level SHOULD that an option departs from, where it does.
    pub departs: BTreeMap<String, Vec<String>>,
    pub(crate) seen: Option<Expr>,
    /// What else a target that chose an option may be seen to do: of a quick queue nobody sees that it is one.
    pub(crate) seen_as: BTreeMap<String, Vec<String>>,
}

/// How far one decision on a choice should reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holds {
    /// All through a run: an inconsistency is a warning.
    Run,
    /// For one call.
    Call,
    /// Nowhere: it is only recorded.
    Never,
}

impl Holds {
    /// Every reach, as the specs write it.
    pub(crate) const WORDS: [&'static str; 3] = ["run", "call", "never"];
}

/// A kind of entity: an item, a package, a line.
#[derive(Debug, Clone)]
pub(crate) struct Kind {
    pub(crate) name: String,
    pub(crate) plural: String,
    /// The kind it is nested in; its entities are then named by parent and product.
    pub(crate) parent: Option<String>,
    /// A well-formed id that nobody has.
    pub(crate) unknown: Option<Value>,
    /// What a scenario says of it in the set-up, with the value where it says nothing.
    pub(crate) set_up: BTreeMap<String, Option<Value>>,
    pub(crate) fields: Vec<Field>,
    /// Which of the parent's fields, when it moves, lets entities of this kind come and go.
    pub(crate) moves_with: Vec<String>,
    /// They may come and go with any accepted call: what they go along with can't be seen.
    pub(crate) free: bool,
    pub(crate) label: Option<Text>,
}

/// A field of a kind or of the order.
#[derive(Debug, Clone)]
pub(crate) struct Field {
    pub(crate) name: String,
    /// The fields that this one may move with: `cancelled` of the same entity, `box.status` of its parent or of any.
    pub(crate) moves_with: Vec<String>,
    /// It may move with any accepted call; only claims and invariants judge it then.
    pub(crate) free: bool,
    /// The calls that may come to something else where it differs: all, where nothing is said.
    pub(crate) matters_to: Option<Vec<String>>,
    /// All that it can be, where that is a closed set.
    pub(crate) values: Vec<Value>,
}

impl Field {
    /// A field of which no more is known than its name.
    pub(crate) fn named(name: impl Into<String>) -> Self {
        Self { name: name.into(), moves_with: Vec::new(), free: false, matters_to: None, values: Vec::new() }
    }
}

/// Rows of one product, summed over all entities of a kind.
#[derive(Debug, Clone)]
pub(crate) struct Group {
    pub(crate) name: String,
    pub(crate) plural: String,
    pub(crate) of: String,
    pub(crate) when: Option<Expr>,
    pub(crate) fields: Vec<(String, Aggregate)>,
}

/// How a group makes one number of many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Aggregate {
    Sum,
    Count,
}

impl Aggregate {
    /// Every aggregate, as the specs write it.
    pub(crate) const WORDS: [&'static str; 2] = ["sum", "count"];
}

/// A call of the contract, apart from how it is spoken.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub(crate) name: String,
    /// The kind it is made on; the order where absent.
    pub(crate) on: Option<String>,
    /// Who makes it unless a scenario says otherwise.
    pub(crate) caller: String,
    /// What it is given; nothing where the spec does not list it.
    pub(crate) arguments: Option<Vec<Parameter>>,
    /// What it does not take and is given on purpose, to see what becomes of that.
    pub(crate) strays: Vec<String>,
    pub(crate) frame: Frame,
    /// The fields, by kind, that it is there to move of what it is made on: where no claim names them no frame is breached.
    pub(crate) moves: Vec<(String, String)>,
    /// True of arguments that say nothing, or something right, to a target that takes the quantity to keep.
    pub(crate) unless_kept: Option<Expr>,
}

/// The calls that take a quantity which may run either way.
pub(crate) fn counting(calls: &[Call]) -> impl Iterator<Item = &str> {
    calls.iter().filter(|call| call.unless_kept.is_some()).map(|call| call.name.as_str())
}

/// What a call is given.
#[derive(Debug, Clone)]
pub(crate) struct Parameter {
    pub(crate) name: String,
    /// What each element of a list has, or the map that stands here.
    pub(crate) inside: Vec<Parameter>,
}

/// The clause that each kind of frame breach violates.
#[derive(Debug, Clone, Default)]
pub(crate) struct Frame {
    /// Something moved that no claim names, in an accepted call.
    pub(crate) accepted: String,
    /// Something moved in a refused call.
    pub(crate) refused: String,
    /// An entity appeared that no claim names.
    pub(crate) extra: String,
    /// An entity vanished.
    pub(crate) missing: String,
    /// What an accepted call changed was not visible to the first read after it.
    pub(crate) at_once: String,
    /// Something moved after the last step had settled.
    pub(crate) late: String,
}

/// What a webhook tells, apart from how that is written.
#[derive(Debug, Clone)]
pub(crate) struct WebhookWords {
    /// The kind it tells of; the order where absent.
    pub(crate) on: Option<String>,
    pub(crate) fields: Vec<Field>,
    /// The field by which it is known what was told of last: arrival tells nothing.
    pub(crate) last: Option<String>,
}

/// When an invariant is judged, as the specs write it.
pub(crate) const WHILE: [&str; 2] = ["always", "settled"];

/// What must hold after every step, said or unsaid.
#[derive(Debug, Clone)]
pub(crate) struct Invariant {
    pub(crate) clause: String,
    pub(crate) each: Each,
    /// Judged on every read, or on settled ones only.
    pub(crate) settled: bool,
    /// Whether it puts its whole clause to the test; one that sees only a part of it covers nothing.
    pub(crate) covers: bool,
    pub(crate) when: Option<Expr>,
    pub(crate) holds: Expr,
}

/// What an invariant is asked of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Each {
    Answer,
    Order,
    Kind(String),
    Group(String),
}

impl Choice {
    /// Whether a profile allows the option.
    #[must_use]
    pub fn allows(&self, profile: &str, option: &str) -> bool {
        self.only.get(profile).is_none_or(|allowed| allowed.iter().any(|known| known == option))
    }

    /// Whether a target that chose the option can be seen to do one of these.
    pub(crate) fn explains(&self, option: &str, seen: &[String]) -> bool {
        let others = self.seen_as.get(option).into_iter().flatten().map(String::as_str);
        std::iter::once(option).chain(others).any(|known| seen.iter().any(|seen| seen == known))
    }
}
