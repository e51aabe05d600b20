//! What was counted beside what is committed: a table of all rows, and what is wrong with some of them. Pure.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Result, bail};

use super::committed::Committed;
use crate::table::{Table, grouped};

/// What a comparison came to.
#[derive(Debug)]
pub(super) struct Compared {
    /// Every row, committed or counted.
    pub(super) table: Table,
    /// Why the numbers can't stay as they are.
    pub(super) complaint: Option<String>,
}

/// Compares.
///
/// # Errors
/// Where nothing was counted at all: that is no set of numbers to compare, nor one to write.
pub(super) fn compare(committed: &Committed, counts: &BTreeMap<String, u64>, tools: &str) -> Result<Compared> {
    if counts.is_empty() {
        bail!("nothing was counted: the bench ran no row");
    }
    let mut table = Table::new("instructions", &["row", "committed", "now", "change"]);
    let mut wrong = Vec::new();
    let names: BTreeSet<&String> = committed.rows.keys().chain(counts.keys()).collect();
    for name in names {
        let (row, now) = (committed.rows.get(name), counts.get(name));
        let change = row.zip(now).map(|(row, now)| per_cent(row.count, *now));
        match (row, change) {
            (None, _) => wrong.push(format!("`{name}` is not committed")),
            (_, None) => wrong.push(format!("`{name}` is committed, and was not counted")),
            (Some(row), Some(change)) if change.abs() > row.limit => {
                wrong.push(format!("`{name}` moved by {change:+.2} %, its limit is {} %", row.limit));
            }
            _ => {}
        }
        let cell = |count: Option<u64>| count.map_or_else(|| "-".to_owned(), grouped);
        let change = change.map_or_else(|| "-".to_owned(), |change| format!("{change:+.2} %"));
        table.row(vec![name.clone(), cell(row.map(|row| row.count)), cell(now.copied()), change]);
    }
    let complaint = (!wrong.is_empty()).then(|| complaint(&wrong, &committed.tools, tools));
    Ok(Compared { table, complaint })
}

fn per_cent(committed: u64, now: u64) -> f64 {
    if committed == now { 0.0 } else { (now as f64 - committed as f64) * 100.0 / committed as f64 }
}

fn complaint(wrong: &[String], then: &str, now: &str) -> String {
    let mut text = format!("reports/counts.txt is no longer true:\n  {}\n", wrong.join("\n  "));
    if then != now {
        text += &format!("its numbers were made by {then}, these by {now}: what moved may be no more than that\n");
    }
    text += "if it is meant, write the numbers anew (`cargo run -p countermand-bench -- counts --write`) and commit them \
             with what moved them, the reason in the message";
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOOLS: &str = "rustc 1.95.0, valgrind-3.19.0";

    fn committed() -> Committed {
        let text = format!("# made by {TOOLS}\none 1,000 3 %\ntwo 2,000 3 %\n");
        Committed::parse(&text).unwrap()
    }

    fn complaint_of(counts: &[(&str, u64)], tools: &str) -> Option<String> {
        let counts = counts.iter().map(|(name, count)| ((*name).to_owned(), *count)).collect();
        compare(&committed(), &counts, tools).unwrap().complaint
    }

    #[test]
    fn within_the_limit_nothing_is_wrong() {
        for one in [970, 1_000, 1_030] {
            assert_eq!(complaint_of(&[("one", one), ("two", 2_000)], TOOLS), None);
        }
        assert_eq!(complaint_of(&[("one", 1_000), ("two", 2_000)], "another rustc"), None);
    }

    #[test]
    fn beyond_the_limit_a_row_is_named_whichever_way_it_moved() {
        for (one, change) in [(1_031, "+3.10"), (969, "-3.10"), (0, "-100.00")] {
            let complaint = complaint_of(&[("one", one), ("two", 2_000)], TOOLS).unwrap();
            assert!(complaint.contains(&format!("`one` moved by {change} %, its limit is 3 %")), "{complaint}");
            assert!(complaint.contains("--write") && complaint.contains("the reason in the message"), "{complaint}");
            assert!(!complaint.contains("`two`") && !complaint.contains("made by"), "{complaint}");
        }
    }

    #[test]
    fn rows_that_came_or_went_are_wrong() {
        let complaint = complaint_of(&[("one", 1_000)], TOOLS).unwrap();
        assert!(complaint.contains("`two` is committed, and was not counted"), "{complaint}");
        let complaint = complaint_of(&[("one", 1_000), ("two", 2_000), ("three", 1)], TOOLS).unwrap();
        assert!(complaint.contains("`three` is not committed"), "{complaint}");
    }

    #[test]
    fn a_row_that_was_committed_as_nothing_has_moved() {
        let committed = Committed::parse("one 0 3 %\n").unwrap();
        let counts = BTreeMap::from([("one".to_owned(), 1)]);
        assert!(compare(&committed, &counts, TOOLS).unwrap().complaint.is_some());
    }

    #[test]
    fn that_another_compiler_made_the_numbers_is_said_where_something_is_wrong() {
        let complaint = complaint_of(&[("one", 2_000), ("two", 2_000)], "rustc 1.96.0, valgrind-3.19.0").unwrap();
        let said = "made by rustc 1.95.0, valgrind-3.19.0, these by rustc 1.96.0, valgrind-3.19.0";
        assert!(complaint.contains(said), "{complaint}");
    }

    #[test]
    fn nothing_counted_is_an_error_and_never_a_set_of_numbers() {
        for committed in [committed(), Committed::default()] {
            assert!(compare(&committed, &BTreeMap::new(), TOOLS).is_err());
        }
    }

    #[test]
    fn the_table_shows_every_row() {
        let counts = [("one", 1_010), ("three", 3)].map(|(name, count)| (name.to_owned(), count)).into();
        let table = compare(&committed(), &counts, TOOLS).unwrap().table.to_string();
        let shown = "instructions\n  row    committed    now   change\n  one        1,000  1,010  +1.00 %\n  \
                     three          -      3        -\n  two        2,000      -        -\n";
        assert_eq!(table, shown);
    }
}
