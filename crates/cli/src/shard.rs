//! Which part of a run is played here: `--shard`, from the command line or from what CI says of its machines. The same cases
//! go to the same shard on every machine.

use std::collections::BTreeMap;
use std::sync::Arc;

use countermand_event::Shard;
use countermand_harness::{WaitingCase, suite_print};

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

/// Keeps the cases of one part. The longest go first to the part that has least; of what nobody timed, a case takes as long as
/// they do on average.
pub(crate) fn keep(
    cases: &mut Vec<Arc<WaitingCase>>,
    (index, of): (usize, usize),
    millis: &BTreeMap<String, f64>,
) -> Shard {
    let all: Vec<String> = cases.iter().map(|case| case.id.clone()).collect();
    let suite = suite_print(cases);
    let parts = parts(&all, of, millis);
    let mut part = parts.into_iter();
    cases.retain(|_| part.next() == Some(index));
    Shard { index, of, cases: all, suite }
}

/// The part that each case belongs to, from 1.
fn parts(cases: &[String], of: usize, millis: &BTreeMap<String, f64>) -> Vec<usize> {
    let known: Vec<f64> = cases.iter().filter_map(|case| millis.get(case).copied()).collect();
    let average = if known.is_empty() { 1.0 } else { known.iter().sum::<f64>() / known.len() as f64 };
    let takes = |case: &String| millis.get(case).copied().unwrap_or(average);
    let mut longest_first: Vec<usize> = (0..cases.len()).collect();
    longest_first.sort_by(|&a, &b| takes(&cases[b]).total_cmp(&takes(&cases[a])).then(a.cmp(&b)));
    let mut loads = vec![0.0; of];
    let mut parts = vec![1; cases.len()];
    for case in longest_first {
        let least = loads.iter().enumerate().min_by(|(_, a), (_, b)| f64::total_cmp(a, b)).map_or(0, |(part, _)| part);
        loads[least] += takes(&cases[case]);
        parts[case] = least + 1;
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(count: usize) -> Vec<String> {
        (0..count).map(|n| format!("case-{n}")).collect()
    }

    #[test]
    fn every_case_is_in_one_part_and_the_parts_weigh_the_same() {
        let cases = ids(100);
        let millis = cases.iter().take(50).zip(1..).map(|(case, n)| (case.clone(), f64::from(n) * 10.0)).collect();
        let parts = parts(&cases, 3, &millis);
        let load = |part| {
            let of_part = cases.iter().zip(&parts).filter(|(_, at)| **at == part);
            of_part.map(|(case, _)| millis.get(case).copied().unwrap_or(255.0)).sum::<f64>()
        };
        let loads = [1, 2, 3].map(load);
        assert!(loads.iter().all(|load| (load - loads[0]).abs() <= 255.0), "{loads:?}");
        assert_eq!(super::parts(&ids(4), 2, &BTreeMap::new()), [1, 2, 1, 2]);
        assert_eq!(super::parts(&ids(1), 3, &BTreeMap::new()), [1]);
    }

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
