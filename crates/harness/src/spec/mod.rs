//! A spec: a contract as data. What clauses it has, what it leaves open, what its entities and calls are called, what must
//! always hold, and how it is spoken over HTTP by default. Contains no rule of any contract.

pub(crate) mod binding;
mod file;
mod load;
mod shapes;
mod shown;
pub(crate) mod words;

use std::collections::BTreeSet;
use std::sync::Arc;

use countermand_event::Level;
use countermand_text::SourceFile;
use serde_json::Value;

use self::binding::{Binding, BindingPart, SpecNames};
use crate::template::Text;

#[cfg(test)]
pub(crate) use file::read as read_spec;
pub(crate) use file::read_format;
pub(crate) use load::parse;
pub(crate) use words::{Aggregate, Call, Each, Field, Group, Invariant, Kind, Parameter, WHILE, WebhookWords};
pub use words::{Choice, Clause, Holds, Profile};

/// A contract, loaded and checked.
#[derive(Debug, Clone)]
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

    /// What a binding may name of it.
    pub(crate) fn names(&self) -> SpecNames<'_> {
        SpecNames {
            callers: &self.callers,
            calls: &self.calls,
            clauses: &self.clauses,
            kinds: &self.kinds,
            order_fields: &self.order_fields,
            order_set_up: &self.order_set_up,
            views: &self.part.views,
            webhooks: self.webhooks.as_ref(),
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
