//! A figure as it is printed: rows in columns, and below them the ratios with their goals. Measures nothing.

use std::fmt;

use crate::timing::Samples;

/// A figure with its rows.
#[derive(Debug, Default)]
pub(crate) struct Table {
    heading: String,
    rows: Vec<Vec<String>>,
    notes: Vec<String>,
}

impl Table {
    /// A table with its columns; the first names the row.
    pub(crate) fn new(heading: impl Into<String>, columns: &[&str]) -> Self {
        let columns = columns.iter().map(|&column| column.to_owned()).collect();
        Self { heading: heading.into(), rows: vec![columns], notes: Vec::new() }
    }

    pub(crate) fn row(&mut self, cells: Vec<String>) {
        self.rows.push(cells);
    }

    /// A ratio that is to be at most so large.
    pub(crate) fn at_most(&mut self, name: &str, ratio: f64, goal: f64) {
        self.goal(name, ratio, "at most", goal, ratio <= goal);
    }

    /// A ratio that is to be at least so large.
    pub(crate) fn at_least(&mut self, name: &str, ratio: f64, goal: f64) {
        self.goal(name, ratio, "at least", goal, ratio >= goal);
    }

    fn goal(&mut self, name: &str, ratio: f64, bound: &str, goal: f64, is_met: bool) {
        let verdict = if is_met { "met" } else { "MISSED" };
        self.note(format!("{name}: {ratio:.2}  (goal: {bound} {goal:.2}; {verdict})"));
    }

    pub(crate) fn note(&mut self, text: impl Into<String>) {
        self.notes.push(text.into());
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.heading)?;
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or_default();
        let width = |column: usize| {
            let cells = self.rows.iter().filter_map(|row| row.get(column));
            cells.map(|cell| cell.chars().count()).max().unwrap_or_default()
        };
        let widths: Vec<usize> = (0..columns).map(width).collect();
        for row in &self.rows {
            for (index, (cell, width)) in row.iter().zip(&widths).enumerate() {
                match index {
                    0 => write!(f, "  {cell:<width$}")?,
                    _ => write!(f, "  {cell:>width$}")?,
                }
            }
            writeln!(f)?;
        }
        self.notes.iter().try_for_each(|note| writeln!(f, "  {note}"))
    }
}

/// What stands above [`durations`].
pub(crate) const DURATIONS: [&str; 3] = ["median", "range", "CPU"];

/// The cells of durations in milliseconds: the median, the range, and the processor time.
pub(crate) fn durations(samples: &Samples) -> [String; 3] {
    let range = format!("{:.1}–{:.1}", samples.least(), samples.most());
    [format!("{:.1} ms", samples.median()), range, format!("{:.1} ms", samples.cpu())]
}

/// 1234567 as `1,234,567`.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_stand_under_each_other() {
        let mut table = Table::new("figure", &["side", "median"]);
        table.row(vec!["one".to_owned(), "1.0 ms".to_owned()]);
        table.row(vec!["another".to_owned(), "10.0 ms".to_owned()]);
        table.at_most("one / another", 0.1, 0.5);
        table.at_least("one / another", 0.1, 0.5);
        let shown = "figure\n  side      median\n  one       1.0 ms\n  another  10.0 ms\n  \
                     one / another: 0.10  (goal: at most 0.50; met)\n  \
                     one / another: 0.10  (goal: at least 0.50; MISSED)\n";
        assert_eq!(table.to_string(), shown);
    }

    #[test]
    fn thousands_are_grouped() {
        assert_eq!(grouped(7), "7");
        assert_eq!(grouped(5_000_000), "5,000,000");
        assert_eq!(grouped(123_456), "123,456");
    }
}
