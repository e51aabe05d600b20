//! The keys of profiles, clauses and choices: what is demanded, how much, and what is left open.

use std::collections::BTreeMap;

use countermand_event::Level;
use countermand_text::{Key, Node, Reader, Tree};

use super::Vocabulary;
use crate::spec::words::{Choice, Clause, Holds, Profile};
use crate::template::{Expr, Nameable};

pub(super) fn read_profiles(reader: &Reader, node: &Node) -> Vec<Profile> {
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

pub(super) fn read_clauses(reader: &Reader, node: &Node, profiles: &[Profile]) -> Vec<Clause> {
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

impl Vocabulary<'_> {
    pub(super) fn choices(&self, node: &Node, step_names: &Nameable) -> Vec<Choice> {
        let entries = self.reader.entries(node, "choices: a name and its options");
        entries.iter().filter_map(|(key, node)| self.choice(key, node, step_names)).collect()
    }

    fn choice(&self, key: &Key, node: &Node, step_names: &Nameable) -> Option<Choice> {
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
        let mut seen_as = BTreeMap::new();
        for (option, node) in
            fields.take("seen_as").map(|node| reader.entries(node, "an option and others")).unwrap_or_default()
        {
            reader.known(option.at, "option", &option.text, known());
            let others: Vec<String> =
                reader.list(node, "a list of options").iter().map(|node| scalar(reader, node)).collect();
            others.iter().for_each(|other| {
                reader.known(node.at, "option", other, known());
            });
            seen_as.insert(option.text.clone(), others);
        }
        let names = step_names.clone().and(["raw"]);
        let text = fields.take("text").and_then(|node| reader.text(node, "what is left open")).unwrap_or_default();
        let seen = fields.take("seen").and_then(|node| Expr::parse(reader, node, &names));
        fields.finish();
        Some(Choice { name: key.text.clone(), text: text.to_owned(), options, holds, only, departs, seen, seen_as })
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
