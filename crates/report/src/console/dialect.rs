//! What the target chose where the spec leaves a choice, for a reader who wants to know this target: nothing is left out,
//! what is settled takes as few lines as the width allows, what is not stands below it.

use countermand_event::DialectEntry;

use super::Look;
use crate::style::Ink;
use crate::text;

/// The columns before the entries.
const INDENT: usize = 14;
/// The columns between two entries on one line.
const GAP: usize = 4;
/// So many entries are read as one list.
const FEW: usize = 6;

/// The block, for one spec.
pub(super) fn lines(look: &Look, entries: &[DialectEntry]) -> Vec<String> {
    let mut lines = match look.is_verbose() || entries.len() <= FEW {
        // In the spec's order, one a line: a line that changes between two runs is one line of a diff.
        true => keyed("dialect", one_a_line(look, entries.iter().collect())),
        false => {
            let (settled, several): (Vec<_>, Vec<_>) = entries.iter().partition(|entry| entry.options.len() == 1);
            let several = keyed("several", one_a_line(look, several));
            [keyed("dialect", two_a_line(look, settled)), several].concat()
        }
    };
    let warning = |entry: &DialectEntry| {
        let choice = text::short(&entry.choice);
        let line = format!("warning: {choice} is inconsistent: it should be the same all through the run");
        format!("  {}", look.paint(Ink::Warn, &line))
    };
    let warnings = entries.iter().filter(|entry| entry.inconsistent).map(warning);
    lines.extend(warnings);
    lines
}

/// The key before the first row, and as much room before the others.
fn keyed(key: &str, rows: Vec<String>) -> Vec<String> {
    let key = |position| if position == 0 { key } else { "" };
    rows.iter().enumerate().map(|(position, row)| format!("  {:<10}  {row}", key(position))).collect()
}

fn one_a_line(look: &Look, entries: Vec<&DialectEntry>) -> Vec<String> {
    let cases = |cases| format!("  ({})", text::count(cases, "case"));
    column(look, entries, cases).into_iter().map(|cell| cell.text).collect()
}

/// Two entries on a line, read downwards, where both fit; else one.
fn two_a_line(look: &Look, entries: Vec<&DialectEntry>) -> Vec<String> {
    let times = |cases| format!("×{cases}");
    let half = entries.len().div_ceil(2);
    let (left, right) = entries.split_at(half);
    let (left, right) = (column(look, left.to_vec(), times), column(look, right.to_vec(), times));
    let widest = |column: &[Cell]| column.iter().map(|cell| cell.columns).max().unwrap_or_default();
    let width = widest(&left);
    if right.is_empty() || INDENT + width + GAP + widest(&right) > look.options.width {
        return one_a_line(look, entries);
    }
    let mut right = right.into_iter();
    let row = |left: Cell| match right.next() {
        Some(right) => format!("{}{:pad$}{}", left.text, "", right.text, pad = width - left.columns + GAP),
        None => left.text,
    };
    left.into_iter().map(row).collect()
}

/// An entry as it is shown, and how many columns it takes.
struct Cell {
    text: String,
    columns: usize,
}

/// `choice  option`, one below the other, each with how many cases told of it, in the words of `told_by`.
fn column(look: &Look, entries: Vec<&DialectEntry>, told_by: impl Fn(usize) -> String) -> Vec<Cell> {
    let widest = |of: &dyn Fn(&DialectEntry) -> usize| entries.iter().map(|entry| of(entry)).max().unwrap_or_default();
    let choice_width = widest(&|entry| text::columns(&text::short(&entry.choice)));
    let seen_width = widest(&|entry| text::columns(&seen(entry)));
    let cell = |entry: &&DialectEntry| {
        let (choice, seen) = (text::short(&entry.choice), seen(entry));
        let cases = told_by(entry.cases);
        let before = format!("{choice:<choice_width$}  {seen:<seen_width$} ");
        let columns = text::columns(&before) + text::columns(&cases);
        Cell { text: format!("{before}{}", look.dim(&cases)), columns }
    };
    entries.iter().map(cell).collect()
}

/// Options that are still possible are alternatives; those of an inconsistent choice were all seen.
fn seen(entry: &DialectEntry) -> String {
    text::short(&entry.options.join(if entry.inconsistent { " and " } else { " or " }))
}
