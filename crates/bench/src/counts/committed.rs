//! The file of numbers as it is committed: a line for each row, so that a change of one shows as a difference of one line.
//! Written by the program; only the limits are a person's.

use std::collections::BTreeMap;
use std::fmt;

use anyhow::{Context, Result, bail};

use crate::table::grouped;

/// By so many per cent a new row may move, until somebody gives it another limit.
const LIMIT: f64 = 3.0;

const HEAD: &str = "\
# Instructions by row, counted by callgrind, and by how many per cent a row may move, up or down.
# Written by `cargo run -p countermand-bench -- counts --write`, never by hand; the limits alone are a person's.
";
const MADE_BY: &str = "# made by ";

/// What is committed.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Committed {
    /// What the program was built and counted with.
    pub(super) tools: String,
    /// By name.
    pub(super) rows: BTreeMap<String, Row>,
}

/// One number, and how far it may move.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Row {
    pub(super) count: u64,
    /// Per cent.
    pub(super) limit: f64,
}

impl Committed {
    /// Reads the file.
    pub(super) fn parse(text: &str) -> Result<Self> {
        let mut committed = Self::default();
        for (line, number) in text.lines().zip(1..) {
            if let Some(tools) = line.strip_prefix(MADE_BY) {
                tools.clone_into(&mut committed.tools);
            } else if !line.starts_with('#') && !line.trim().is_empty() {
                let (name, row) = Row::parse(line).with_context(|| format!("line {number}: {line}"))?;
                if committed.rows.insert(name.to_owned(), row).is_some() {
                    bail!("line {number}: there is a row `{name}` already");
                }
            }
        }
        Ok(committed)
    }

    /// The same with what was counted now: a row keeps its limit.
    pub(super) fn renewed(&self, counts: &BTreeMap<String, u64>, tools: String) -> Self {
        let row = |(name, &count): (&String, &u64)| {
            let limit = self.rows.get(name).map_or(LIMIT, |row| row.limit);
            (name.clone(), Row { count, limit })
        };
        Self { tools, rows: counts.iter().map(row).collect() }
    }
}

impl Row {
    fn parse(line: &str) -> Result<(&str, Self)> {
        let mut words = line.split_whitespace();
        let (Some(name), Some(count), Some(limit), Some("%"), None) =
            (words.next(), words.next(), words.next(), words.next(), words.next())
        else {
            bail!("a row is a name, a number of instructions, and a limit such as `3 %`");
        };
        let count = count.replace(',', "").parse().context("the number of instructions is none")?;
        let limit = limit.parse().ok().filter(|limit: &f64| limit.is_finite() && *limit >= 0.0);
        Ok((name, Self { count, limit: limit.context("the limit is no number of per cent")? }))
    }
}

impl fmt::Display for Committed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{HEAD}{MADE_BY}{}\n\n", self.tools)?;
        let name_width = self.rows.keys().map(|name| name.len()).max().unwrap_or_default();
        self.rows
            .iter()
            .try_for_each(|(name, row)| writeln!(f, "{name:<name_width$}  {:>15}  {} %", grouped(row.count), row.limit))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(count: u64, limit: f64) -> Row {
        Row { count, limit }
    }

    #[test]
    fn what_is_written_is_read_again() {
        let rows = [("case.canned", row(1_234_567, 3.0)), ("request.laws", row(4_321, 0.5))];
        let rows = rows.map(|(name, row)| (name.to_owned(), row)).into();
        let committed = Committed { tools: "rustc 1.95.0, valgrind-3.19.0".to_owned(), rows };
        let text = committed.to_string();
        assert!(text.ends_with("case.canned         1,234,567  3 %\nrequest.laws            4,321  0.5 %\n"), "{text}");
        assert_eq!(Committed::parse(&text).unwrap(), committed);
    }

    #[test]
    fn a_row_keeps_its_limit_and_a_new_one_is_given_one() {
        let rows = [("kept", row(10, 0.5)), ("gone", row(10, 9.0))].map(|(name, row)| (name.to_owned(), row)).into();
        let counts = [("kept", 20), ("new", 30)].map(|(name, count)| (name.to_owned(), count)).into();
        let renewed = Committed { tools: "old".to_owned(), rows }.renewed(&counts, "new".to_owned());
        let expected = [("kept", row(20, 0.5)), ("new", row(30, LIMIT))].map(|(name, row)| (name.to_owned(), row));
        assert_eq!(renewed, Committed { tools: "new".to_owned(), rows: expected.into() });
    }

    #[test]
    fn what_is_no_row_is_an_error_with_its_line() {
        for line in ["a", "a 1", "a 1 3", "a one 3 %", "a 1 three %", "a 1 -3 %", "a 1 NaN %", "a 1 3 % more"] {
            let error = Committed::parse(&format!("# head\n{line}\n")).unwrap_err();
            assert!(error.to_string().starts_with("line 2"), "{error}");
        }
        assert!(Committed::parse("a 1 3 %\na 2 3 %\n").is_err(), "a row stands there twice");
    }
}
