//! Which part of a run is played here: `--shard`, from the command line or from what CI says of its machines. Which cases are
//! of that part is decided elsewhere.

use crate::failure::Failure;

/// Of most that run parts of a job at once: the variable of the part's number, from which number it counts, and that of how many
/// there are.
const CI: [(&str, usize, &str); 4] = [
    ("CI_NODE_INDEX", 1, "CI_NODE_TOTAL"),
    ("CIRCLE_NODE_INDEX", 0, "CIRCLE_NODE_TOTAL"),
    ("BUILDKITE_PARALLEL_JOB", 0, "BUILDKITE_PARALLEL_JOB_COUNT"),
    ("JOB_COMPLETION_INDEX", 0, "JOB_COMPLETIONS"),
];
/// More parts than this are a slip of the pen.
const MOST: usize = 10_000;

/// The number of a part, from 1, and how many there are: `2/5`, or `auto` for what the environment says.
pub(crate) fn parse(text: &str, env: &dyn Fn(&str) -> Option<String>) -> Result<(usize, usize), Failure> {
    if text == "auto" {
        return from_ci(env);
    }
    let numbers = text.split_once('/').and_then(|(index, of)| Some((index.parse().ok()?, of.parse().ok()?)));
    numbers.filter(|(index, of)| is_part(*index, *of)).ok_or_else(|| {
        Failure::Message(format!("`{text}` is no shard: write `2/5` for the second of five, or `auto` in CI"))
    })
}

fn is_part(index: usize, of: usize) -> bool {
    (1..=of).contains(&index) && of <= MOST
}

fn from_ci(env: &dyn Fn(&str) -> Option<String>) -> Result<(usize, usize), Failure> {
    let number = |name: &str| env(name)?.parse::<usize>().ok();
    let found = CI.iter().find_map(|(index, first, of)| {
        let counted = (number(index)? + 1).checked_sub(*first)?;
        Some((counted, number(of)?))
    });
    found.filter(|(index, of)| is_part(*index, *of)).ok_or_else(|| {
        let known: Vec<String> = CI.iter().map(|(index, _, of)| format!("{index} and {of}")).collect();
        Failure::Message(format!(
            "`--shard auto` finds no shard in the environment: it needs one of {}",
            known.join(", ")
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_read_from_the_command_line_or_from_ci() {
        let none = |_: &str| None;
        assert!(matches!(parse("2/5", &none), Ok((2, 5))));
        for wrong in ["", "2", "0/5", "6/5", "1/0", "a/b", "1/99999", "-1/2"] {
            assert!(parse(wrong, &none).is_err(), "{wrong}");
        }
        assert!(parse("auto", &none).is_err());
        let circle = |name: &str| match name {
            "CIRCLE_NODE_INDEX" => Some("0".to_owned()),
            "CIRCLE_NODE_TOTAL" => Some("4".to_owned()),
            _ => None,
        };
        assert!(matches!(parse("auto", &circle), Ok((1, 4))));
        let gitlab = |name: &str| match name {
            "CI_NODE_INDEX" => Some("4".to_owned()),
            "CI_NODE_TOTAL" => Some("4".to_owned()),
            _ => None,
        };
        assert!(matches!(parse("auto", &gitlab), Ok((4, 4))));
    }
}
