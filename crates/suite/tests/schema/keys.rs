//! A key that nobody knows, in every map of a file: the schema refuses it where the reader does, and takes it where that does.

use std::fmt::Write as _;

use countermand_text::Problem;
use jsonschema::Validator;
use serde_json::Value;

use crate::files::File;

/// What the reader says of the file with all the keys in it, and the schema of each by itself. `sees_names` where the schema knows
/// the names that a file can use; where not it sees the keys of the format alone.
pub(crate) fn are_judged_alike(
    schema: &Validator,
    file: &File,
    sees_names: bool,
    read: impl FnOnce(&[u8]) -> Vec<Problem>,
) {
    let mut everywhere = file.root.clone();
    let mut count = 0;
    insert(&mut everywhere, &mut count, None);
    // JSON is YAML, and with every key on a line of its own.
    let text = format!("{everywhere:#}");
    let problems = read(text.as_bytes());
    let mut wrong = String::new();
    let (mut refused, mut taken) = (0, 0);
    for number in 0..count {
        let key = name(number);
        let line = text.lines().position(|line| line.trim_start().starts_with(&format!("\"{key}\":")));
        let line = line.expect("the key is in the file") + 1;
        let is_unknown = problems.iter().any(|problem| {
            problem.message.contains(&format!("unknown key `{key}`"))
                || (sees_names
                    && problem.message.starts_with("there is no ")
                    && problem.message.contains(&format!("`{key}`")))
        });
        let is_taken = problems.iter().all(|problem| problem.place.line as usize != line);
        let mut with_it = file.root.clone();
        insert(&mut with_it, &mut 0, Some(number));
        let is_valid = schema.is_valid(&with_it);
        refused += usize::from(is_unknown);
        taken += usize::from(is_taken);
        if (is_unknown && is_valid) || (is_taken && !is_valid) {
            let said = if is_valid { "the schema takes it" } else { "the schema refuses it" };
            let _ = writeln!(wrong, "{said}:\n{}", around(&text, line));
        }
    }
    assert!(wrong.is_empty(), "{}: {wrong}", file.path);
    assert!(refused > 3 && taken + refused > count / 2, "{}: {refused} and {taken} of {count}", file.path);
}

fn name(number: usize) -> String {
    format!("zzz-{number}")
}

/// Into every map, or into the one of this number.
fn insert(value: &mut Value, count: &mut usize, only: Option<usize>) {
    match value {
        Value::Object(map) => {
            let number = *count;
            *count += 1;
            for value in map.values_mut() {
                insert(value, count, only);
            }
            if only.is_none_or(|only| only == number) {
                map.insert(name(number), Value::from(1));
            }
        }
        Value::Array(list) => list.iter_mut().for_each(|value| insert(value, count, only)),
        _ => {}
    }
}

fn around(text: &str, line: usize) -> String {
    text.lines().skip(line.saturating_sub(6)).take(6).collect::<Vec<_>>().join("\n")
}
