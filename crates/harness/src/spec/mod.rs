//! A spec: a contract as data. What clauses it has, what it leaves open, what its entities and calls are called, what must
//! always hold, and how it is spoken over HTTP by default. Contains no rule of any contract.

mod file;
mod load;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use countermand_event::Level;
use countermand_text::SourceFile;
use serde_json::Value;

use crate::target::template::{Expr, Text};
use crate::target::{Binding, BindingPart};

#[cfg(test)]
pub(crate) use file::read as read_spec;
pub(crate) use file::read_format;
pub(crate) use load::parse;

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
    pub(crate) frame: Frame,
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

/// A contract, loaded and checked.
#[derive(Debug)]
pub struct Spec {
    /// Its name: the folder, and the first part of every case id.
    pub name: String,
    /// What it is.
    pub title: String,
    /// Its profiles; the first is the default.
    pub profiles: Vec<Profile>,
    /// Its clauses, in the order of the file.
    pub clauses: Vec<Clause>,
    /// What it leaves open, in the order of the file.
    pub choices: Vec<Choice>,
    pub(crate) file: Arc<SourceFile>,
    pub(crate) unknown_order: Value,
    pub(crate) order_fields: Vec<Field>,
    /// The fields of the order that a scenario can ask for in its set-up. Not every target can make such orders.
    pub(crate) order_set_up: Vec<String>,
    pub(crate) order_label: Option<Text>,
    pub(crate) kinds: Vec<Kind>,
    pub(crate) groups: Vec<Group>,
    pub(crate) callers: Vec<String>,
    pub(crate) calls: Vec<Call>,
    pub(crate) invariants: Vec<Invariant>,
    /// What its webhooks tell, where it has some.
    pub(crate) webhooks: Option<WebhookWords>,
    /// How it is spoken over HTTP unless a target file says otherwise; nothing where every system speaks in its own way.
    pub(crate) binding: Option<Arc<Binding>>,
    /// The same as the file says it: what a target file is laid over.
    pub(crate) part: BindingPart,
}

impl Spec {
    /// Whether it says how it is spoken over HTTP; where not, it is played through target files only.
    #[must_use]
    pub fn is_bound(&self) -> bool {
        self.binding.is_some()
    }

    /// Whether entities of it are nested in others.
    #[must_use]
    pub fn is_nested(&self) -> bool {
        self.kinds.iter().any(|kind| kind.parent.is_some())
    }

    /// The clause with this id.
    #[must_use]
    pub fn clause(&self, id: &str) -> Option<&Clause> {
        self.clauses.iter().find(|clause| clause.id == id)
    }

    /// The level of a clause in a profile; MAY where the profile says nothing of it.
    #[must_use]
    pub fn level(&self, clause: &str, profile: &str) -> Level {
        self.clause(clause).and_then(|clause| clause.levels.get(profile)).copied().unwrap_or(Level::May)
    }

    /// The clauses of a level in a profile, in the order of the file.
    pub fn clauses_at(&self, profile: &str, level: Level) -> impl Iterator<Item = &str> {
        self.clauses
            .iter()
            .filter(move |clause| self.level(&clause.id, profile) == level)
            .map(|clause| clause.id.as_str())
    }

    /// The clauses that an implementation openly departs from which takes these options.
    pub fn departures<'o>(&self, options: impl IntoIterator<Item = (&'o str, &'o str)>) -> BTreeSet<&str> {
        let of_option = |(choice, option): (&str, &str)| self.choice(choice)?.departs.get(option);
        options.into_iter().filter_map(of_option).flatten().map(String::as_str).collect()
    }

    /// The choice with this name.
    #[must_use]
    pub fn choice(&self, name: &str) -> Option<&Choice> {
        self.choices.iter().find(|choice| choice.name == name)
    }

    /// The profile of this name, or the default one.
    #[must_use]
    pub fn profile(&self, name: Option<&str>) -> Option<&Profile> {
        match name {
            Some(name) => self.profiles.iter().find(|profile| profile.name == name),
            None => self.profiles.first(),
        }
    }

    pub(crate) fn kind(&self, name: &str) -> Option<&Kind> {
        self.kinds.iter().find(|kind| kind.name == name)
    }

    pub(crate) fn group(&self, name: &str) -> Option<&Group> {
        self.groups.iter().find(|group| group.name == name)
    }

    pub(crate) fn call(&self, name: &str) -> Option<&Call> {
        self.calls.iter().find(|call| call.name == name)
    }

    /// Whether nothing is nested in a kind: only such a kind stands for a product.
    #[must_use]
    pub fn is_leaf(&self, kind: &str) -> bool {
        self.kinds_in(Some(kind)).next().is_none()
    }

    /// Whether some group adds up this field of a kind.
    pub(crate) fn is_summed(&self, kind: &str, field: &str) -> bool {
        let sums =
            |group: &Group| group.fields.iter().any(|(name, sum)| name == field && matches!(sum, Aggregate::Sum));
        self.groups.iter().filter(|group| group.of == kind).any(sums)
    }

    /// The kinds directly below `parent`, or those at the top.
    pub(crate) fn kinds_in(&self, parent: Option<&str>) -> impl Iterator<Item = &Kind> {
        self.kinds.iter().filter(move |kind| kind.parent.as_deref() == parent)
    }
}

impl Choice {
    /// Whether a profile allows the option.
    #[must_use]
    pub fn allows(&self, profile: &str, option: &str) -> bool {
        self.only.get(profile).is_none_or(|allowed| allowed.iter().any(|known| known == option))
    }
}
