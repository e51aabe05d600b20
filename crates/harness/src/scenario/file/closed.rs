//! What a spec lists in full: all that a field can be, and all that a call is given. A slip in either would be blamed on the
//! target.

use countermand_text::{Key, Node, Reader, Tree, suggest};
use serde_json::Value;

use super::form::Form;
use super::roles::{Roles, UNKNOWN};
use crate::spec::{Call, Field, Parameter};

/// What can be written of a field: one of its values, or an operator over some.
pub(super) fn value(reader: &Reader, whose: &str, field: &Field, node: &Node) {
    match &node.tree {
        _ if field.values.is_empty() => {}
        Tree::Map(entries) => {
            let of_values = |key: &Key| ["any_of", "not"].contains(&key.text.as_str());
            entries.iter().filter(|(key, _)| of_values(key)).for_each(|(_, node)| value(reader, whose, field, node));
        }
        Tree::List(list) => list.iter().for_each(|node| value(reader, whose, field, node)),
        _ => {
            let found = node.to_json();
            // Any field may not be there; a word that somebody takes for `true` is told where it is read.
            if !found.is_null() && !field.values.contains(&found) && reader.unquoted(node).is_none() {
                let known: Vec<String> = field.values.iter().map(in_words).collect();
                let message = format!("`{}` of {whose} is never {found}", field.name);
                reader.problem(node.at, message, suggest::hint(&in_words(&found), known.iter().map(String::as_str)));
            }
        }
    }
}

fn in_words(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

impl Roles<'_> {
    /// Every name in the arguments of a call is one that it is given, or one that it is known not to take. What somebody else
    /// has sent may have any.
    pub(super) fn arguments(&self, call: &Call, node: &Node) {
        if let (Some(known), true) = (&call.arguments, self.form != Form::Sequence) {
            self.given(call, known, node);
        }
    }

    fn given(&self, call: &Call, known: &[Parameter], node: &Node) {
        match &node.tree {
            Tree::List(list) => list.iter().for_each(|node| self.given(call, known, node)),
            Tree::Map(entries) if stands_for_an_id(entries) => {}
            Tree::Map(entries) => {
                for (key, node) in entries {
                    match known.iter().find(|one| one.name == key.text) {
                        Some(one) if !one.inside.is_empty() => self.given(call, &one.inside, node),
                        Some(_) => {}
                        None if call.strays.contains(&key.text) => {}
                        None => self.not_given(call, known, key),
                    }
                }
            }
            _ => {}
        }
    }

    fn not_given(&self, call: &Call, known: &[Parameter], key: &Key) {
        let names: Vec<&str> = known.iter().map(|one| one.name.as_str()).collect();
        let on_purpose = || Some(format!("if it is meant, list it under `strays` of `{}` in the spec", call.name));
        let nearest = suggest::nearest(&key.text, &names).map(|best| format!("did you mean `{best}`?"));
        let hint = suggest::spaced(&key.text).or(nearest).or_else(on_purpose);
        self.reader.problem(key.at, format!("`{}` is given no `{}`", call.name, key.text), hint);
    }
}

/// `{id: ROLE}`, or `{unknown: KIND}`.
fn stands_for_an_id(entries: &[(Key, Node)]) -> bool {
    matches!(entries, [(key, _)] if key.text == "id" || key.text == UNKNOWN)
}
