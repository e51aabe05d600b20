//! What a kill matrix says, for a terminal and for a page: first what nobody saw, then what was seen by accident, then the
//! rest. Judges nothing: how a fault was caught stands in the matrix.

use std::fmt::Write as _;

use countermand_event::matrix::{Caught, FaultRow, KillMatrix};

use crate::style::{Ink, Style};

/// A kill matrix for a terminal.
#[derive(Debug, Clone, Copy)]
pub struct Teeth<'m> {
    /// The matrix.
    pub matrix: &'m KillMatrix,
    /// Judged clauses under which no fault was caught that breaks them.
    pub without_fault: &'m [&'m str],
    /// How many cases were played against each fault.
    pub cases: usize,
    /// Every fault is named, not only those that were not caught for their clause.
    pub verbose: bool,
    /// Colour.
    pub style: Style,
}

impl Teeth<'_> {
    /// The lines.
    #[must_use]
    pub fn text(&self) -> String {
        let KillMatrix { spec, profile, faults, .. } = self.matrix;
        let mut out = String::new();
        let count = |how| self.matrix.caught(how).count();
        // Writing to a string cannot fail.
        let _ = writeln!(out, "{spec} ({profile}): {} faults against {} cases", faults.len(), self.cases);
        self.rows(&mut out, Caught::Not, Ink::Bad, "SURVIVED");
        self.rows(&mut out, Caught::ByAccident, Ink::Warn, "BY ACCIDENT");
        if self.verbose {
            self.rows(&mut out, Caught::ForItsClause, Ink::Good, "caught among others");
            self.rows(&mut out, Caught::Alone, Ink::Good, "caught");
        }
        if !self.without_fault.is_empty() {
            let clauses = self.without_fault.join(", ");
            let _ = writeln!(out, "{}  {clauses}", self.style.paint(Ink::Warn, "no fault proves"));
        }
        let alone = count(Caught::Alone);
        let own = alone + count(Caught::ForItsClause);
        let _ = writeln!(
            out,
            "{own} caught for their clause ({alone} for it alone) · {} by accident · {} survived",
            count(Caught::ByAccident),
            count(Caught::Not)
        );
        out
    }

    fn rows(&self, out: &mut String, how: Caught, ink: Ink, word: &str) {
        for row in self.matrix.caught(how) {
            let _ = writeln!(out, "{}  {}  {}", self.style.paint(ink, word), row.fault, row.clause);
            let _ = writeln!(out, "    {}", row.text);
            if let Some(seen) = seen(row) {
                let _ = writeln!(out, "    {}", self.style.paint(Ink::Dim, &format!("seen by {seen}")));
            }
        }
    }
}

/// The first case that saw a fault as well as any did, and how many did besides.
fn seen(row: &FaultRow) -> Option<String> {
    let first = row.first()?;
    let others = match row.kills.len() - 1 {
        0 => String::new(),
        1 => ", and 1 other case".to_owned(),
        more => format!(", and {more} other cases"),
    };
    Some(format!("{} step {} under {}{others}", first.case, first.step(), first.clauses().join(", ")))
}

/// The matrix as a page of Markdown: a row a fault.
#[must_use]
pub fn teeth_page(matrix: &KillMatrix) -> String {
    let mut page = format!("# Teeth: {} ({})\n\n", matrix.spec, matrix.profile);
    page.push_str("| fault | breaks | caught | first by | step | cases |\n|---|---|---|---|---|---|\n");
    let mut rows: Vec<&FaultRow> = matrix.faults.iter().collect();
    // Stable: within each kind the faults stay in their order.
    rows.sort_by_key(|row| row.caught().min(Caught::ForItsClause));
    for row in rows {
        let caught = match row.caught() {
            Caught::Not => "**no**",
            Caught::ByAccident => "**by accident**",
            Caught::ForItsClause => "for it, among others",
            Caught::Alone => "for it alone",
        };
        let (case, step) = row
            .first()
            .map_or((String::new(), String::new()), |kill| (format!("`{}`", kill.case), kill.step().to_string()));
        let FaultRow { fault, clause, text, kills, .. } = row;
        let _ = writeln!(page, "| `{fault}`: {text} | `{clause}` | {caught} | {case} | {step} | {} |", kills.len());
    }
    page
}

/// The matrix as JSON, a line a fault: what changed shows in a diff.
#[must_use]
pub fn teeth_json(matrix: &KillMatrix) -> String {
    let head = KillMatrix { faults: Vec::new(), ..matrix.clone() };
    let mut text = serde_json::to_string(&head).unwrap_or_default();
    // The head ends with an empty list, which is filled here.
    text.truncate(text.trim_end_matches("]}").len());
    let rows = matrix.faults.iter().filter_map(|row| serde_json::to_string(row).ok());
    text.push('\n');
    text.push_str(&rows.collect::<Vec<_>>().join(",\n"));
    text.push_str("\n]}\n");
    text
}

#[cfg(test)]
mod tests {
    use countermand_event::matrix::Kill;

    use super::*;

    fn matrix() -> KillMatrix {
        let kill = |case: &str, clauses: &[&str]| Kill {
            case: case.to_owned(),
            violated: clauses.iter().map(|&clause| (2, clause.to_owned())).collect(),
        };
        let row = |fault: &str, kills: Vec<Kill>| FaultRow {
            fault: fault.to_owned(),
            clause: "box.stays".to_owned(),
            text: "the box is gone".to_owned(),
            kills,
            could_not_run: 0,
        };
        let rows = vec![
            row("seen-among-others", vec![kill("boxes/a", &["box.stays", "order.open"])]),
            row("seen-alone", vec![kill("boxes/a", &["box.else"]), kill("boxes/b", &["box.stays"])]),
            row("seen-by-accident", vec![kill("boxes/a", &["box.else"]), kill("boxes/b", &["box.else"])]),
            row("unseen", Vec::new()),
        ];
        KillMatrix::new("boxes", "strict", rows)
    }

    #[test]
    fn what_nobody_saw_is_told_first() {
        let matrix = matrix();
        let teeth =
            Teeth { matrix: &matrix, without_fault: &["box.lid"], cases: 7, verbose: true, style: Style::Plain };
        insta::assert_snapshot!(teeth.text());
        let quiet = Teeth { verbose: false, ..teeth }.text();
        assert!(quiet.contains("SURVIVED  unseen") && !quiet.contains("seen-alone"), "{quiet}");
    }

    #[test]
    fn the_page_has_a_row_for_each_fault() {
        insta::assert_snapshot!(teeth_page(&matrix()));
    }
}
