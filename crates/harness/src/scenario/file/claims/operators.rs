//! The operators of a claim: what a value must be. A bare value means equal, with type.

use countermand_text::{Key, Node, Span, Tree, suggest};
use serde_json::Value;

use super::Claims;
use crate::scenario::claim::{JsonType, Test};

/// The operators a value can be tested with; `new` and `absent` also stand where an entity is claimed.
pub(crate) const OPERATORS: [&str; 12] =
    ["any_of", "not", "present", "absent", "type", "same_as", "changed", "gt", "gte", "lt", "lte", "matches"];

impl Claims<'_, '_> {
    /// A bare value, or a map with one operator.
    pub(super) fn test(&mut self, node: &Node, subject: Option<&str>) -> Option<Test> {
        let reader = self.roles.reader;
        let entries = match &node.tree {
            Tree::Map(entries) => entries,
            Tree::List(_) => {
                let hint = Some("one of several values is `any_of: [...]`".to_owned());
                reader.problem(node.at, "expected a value or an operator, found a list", hint);
                return None;
            }
            _ => return Some(Test::Equals(reader.value(node))),
        };
        let [(operator, operand)] = entries.as_slice() else {
            let found: Vec<&str> = entries.iter().map(|(key, _)| key.text.as_str()).collect();
            let message = match found.is_empty() {
                true => "expected a value or an operator, found an empty map".to_owned(),
                false => format!("expected one operator, found {}", suggest::quoted(&found)),
            };
            reader.problem(node.at, message, suggest::hint("", OPERATORS));
            return None;
        };
        reader.known(operator.at, "operator", &operator.text, OPERATORS).then_some(())?;
        self.operator(operator, operand, subject)
    }

    fn operator(&mut self, operator: &Key, operand: &Node, subject: Option<&str>) -> Option<Test> {
        let reader = self.roles.reader;
        let number = |node: &Node| {
            let number = node.to_json().as_f64();
            if number.is_none() {
                reader.problem(
                    node.at,
                    format!("`{}` compares with a number", operator.text),
                    Some(format!("write `{}: 1`", operator.text)),
                );
            }
            number
        };
        match operator.text.as_str() {
            "any_of" => {
                let list = reader.list(operand, "a list of values");
                if list.is_empty() {
                    reader.problem(
                        operand.at,
                        "`any_of` of nothing never holds",
                        Some("write `any_of: [one, other]`".to_owned()),
                    );
                }
                Some(Test::AnyOf(list.iter().filter_map(|node| self.test(node, subject)).collect()))
            }
            "not" => self.test(operand, subject).map(|test| Test::Not(Box::new(test))),
            "present" | "absent" => self
                .truth(operator, operand)
                .then(|| if operator.text == "present" { Test::Present } else { Test::Absent }),
            "type" => reader.word(operand, "type", &JsonType::WORDS).and_then(JsonType::from_word).map(Test::Type),
            "same_as" => self.same_as(operand, subject),
            "changed" => match operand.to_json() {
                Value::Bool(changed) => Some(Test::Changed(changed)),
                _ => {
                    reader.problem(operand.at, "`changed` is `true` or `false`", reader.unquoted(operand));
                    None
                }
            },
            "gt" => number(operand).map(Test::Gt),
            "gte" => number(operand).map(Test::Gte),
            "lt" => number(operand).map(Test::Lt),
            "lte" => number(operand).map(Test::Lte),
            "matches" => {
                let pattern = reader.text(operand, "a regular expression")?;
                match regex_lite::Regex::new(pattern) {
                    Ok(regex) => Some(Test::Matches(regex)),
                    Err(error) => {
                        let hint = Some("a `\\` before a sign takes it as it is, in single quotes: `'\\('`".to_owned());
                        reader.problem(operand.at, format!("not a regular expression: {error}"), hint);
                        None
                    }
                }
            }
            // A word of the list that nothing reads must not be a claim that nobody asks.
            other => {
                reader.problem(operator.at, format!("nothing is known of the operator `{other}`"), None);
                None
            }
        }
    }

    fn truth(&self, operator: &Key, operand: &Node) -> bool {
        let is_true = matches!(operand.tree, Tree::Bool(true));
        if !is_true {
            let opposite = if operator.text == "present" { "absent" } else { "present" };
            let opposite = || Some(format!("write `{opposite}: true` for the opposite"));
            let hint = self.roles.reader.unquoted_true(operand).or_else(opposite);
            self.roles.reader.problem(operand.at, format!("`{}` is always `true`", operator.text), hint);
        }
        is_true
    }

    fn same_as(&self, operand: &Node, subject: Option<&str>) -> Option<Test> {
        let role = self.roles.reader.text(operand, "a role")?;
        if subject == Some(role) {
            self.always_true(operand.at, role);
            return None;
        }
        self.roles.role(operand.at, role).map(|_| Test::SameAs(role.to_owned()))
    }

    fn always_true(&self, at: Span, role: &str) {
        let hint = Some("name another role, or write `changed: false` for what must stay as it was".to_owned());
        self.roles.reader.problem(at, format!("the claim is always true: it compares `{role}` with itself"), hint);
    }
}
