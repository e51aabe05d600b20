//! The rows of a table: `$name` in a scenario becomes the row's value.

use std::collections::BTreeSet;

use countermand_text::{Key, Node, Reader, Tree, suggest};

/// A row's name and the variables it sets.
pub(super) struct Row<'n> {
    pub(super) name: &'n str,
    key: &'n Key,
    variables: &'n [(Key, Node)],
}

pub(super) fn rows<'n>(reader: &Reader, node: &'n Node) -> Vec<Row<'n>> {
    let entries = reader.entries(node, "a table: a row's name and its variables");
    if entries.is_empty() && matches!(node.tree, Tree::Map(_)) {
        let hint = Some("write `table: { ROW: { VARIABLE: 1 } }`".to_owned());
        reader.problem(node.at, "the table has no rows", hint);
    }
    for (key, _) in entries {
        if key.text.is_empty() || key.text.contains(|c: char| c == '/' || c.is_whitespace()) {
            reader.problem(
                key.at,
                "a row's name is a word without spaces or slashes",
                Some("join its words with `-`".to_owned()),
            );
        }
    }
    entries
        .iter()
        .map(|(key, node)| Row { name: &key.text, key, variables: reader.entries(node, "the row's variables") })
        .collect()
}

/// The document with the row's values in place; without a row every `$name` is a problem.
pub(super) fn fill(reader: &Reader, root: &Node, row: Option<&Row<'_>>) -> Node {
    let mut used = BTreeSet::new();
    let filled = fill_node(reader, root, row, &mut used);
    for (key, _) in row.iter().flat_map(|row| row.variables) {
        if !used.contains(key.text.as_str()) {
            let hint = Some(format!("a variable stands for a whole value: write `KEY: ${}` in a step", key.text));
            reader.problem(key.at, format!("nothing in the scenario reads `${}`", key.text), hint);
        }
    }
    filled
}

fn fill_node(reader: &Reader, node: &Node, row: Option<&Row<'_>>, used: &mut BTreeSet<String>) -> Node {
    let tree = match &node.tree {
        Tree::Text(text) => match variable(text) {
            Some(name) => {
                used.insert(name.to_owned());
                value_of(reader, node, name, row)
            }
            None => node.tree.clone(),
        },
        Tree::List(list) => Tree::List(list.iter().map(|item| fill_node(reader, item, row, used)).collect()),
        Tree::Map(map) => {
            // The table itself is where the values come from.
            let entry = |(key, value): &(Key, Node)| (key.clone(), fill_node(reader, value, row, used));
            Tree::Map(map.iter().filter(|(key, _)| key.text != "table").map(entry).collect())
        }
        _ => node.tree.clone(),
    };
    Node { at: node.at, tree }
}

fn value_of(reader: &Reader, node: &Node, name: &str, row: Option<&Row<'_>>) -> Tree {
    let Some(row) = row else {
        let hint = Some(format!("write `table: {{ ROW: {{ {name}: … }} }}`"));
        reader.problem(node.at, format!("`${name}` is a variable, and the scenario has no table"), hint);
        return Tree::Null;
    };
    match row.variables.iter().find(|(key, _)| key.text == name) {
        Some((_, value)) => value.tree.clone(),
        None => {
            let hint = suggest::hint(name, row.variables.iter().map(|(key, _)| key.text.as_str()));
            reader.problem(
                row.key.at,
                format!("row `{}` lacks `{name}`, which line {} reads", row.name, node.at.line),
                hint,
            );
            Tree::Null
        }
    }
}

/// The name in `$name`, where the text is nothing else.
fn variable(text: &str) -> Option<&str> {
    let name = text.strip_prefix('$')?;
    let plain = name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    plain.then_some(name)
}
