//! Which cases of a run are played here, where it is played in parts. The same cases go to the same part on every machine.

use std::collections::BTreeMap;
use std::sync::Arc;

use countermand_event::Shard;

use super::waiting::{WaitingCase, suite_print};

/// Keeps the cases of the part `index`, from 1, of `of`. The longest go first to the part that has least; of what nobody timed,
/// a case takes as long as they do on average.
pub fn keep_shard(
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
}
