//! A line of a file a person wrote, with a caret under the stretch that matters. Used for failures and for file problems
//! alike; knows nothing of either.

use countermand_text::Place;
use unicode_width::UnicodeWidthChar;

use crate::style::{Ink, Style};
use crate::text;

/// The least columns of source that are worth showing, however narrow the terminal.
const LEAST_ROOM: usize = 20;

/// How many columns the line numbers take; what follows a snippet is indented by as much.
pub(crate) fn gutter(place: &Place) -> usize {
    place.line.to_string().len().max(2)
}

/// The place, its line and the caret with `label` beside it, within `width` columns.
pub(crate) fn lines(place: &Place, label: &str, ink: Ink, style: Style, width: usize) -> Vec<String> {
    let gutter = gutter(place);
    let line = Line::new(place, width.saturating_sub(gutter + 2).max(LEAST_ROOM));
    let number = style.paint(Ink::Dim, &format!("{:>gutter$}│", place.line));
    let margin = style.paint(Ink::Dim, &format!("{:gutter$}│", ""));
    let caret = style.paint(ink, &"^".repeat(line.caret_width));
    let offset = line.caret;
    let mut lines = vec![
        heading(place, style),
        format!("{number} {}", line.shown.trim_end()),
        format!("{margin} {:offset$}{caret}", ""),
    ];
    let label_width = text::columns(label);
    let label = style.paint(ink, label);
    if label_width == 0 {
        return lines;
    }
    if offset + line.caret_width + 1 + label_width <= line.room {
        lines[2].push_str(&format!(" {label}"));
    } else {
        let offset = offset.min(line.room.saturating_sub(label_width));
        lines.push(format!("{margin} {:offset$}{label}", ""));
    }
    lines
}

/// The place alone, for where there is no line to show.
pub(crate) fn heading(place: &Place, style: Style) -> String {
    let gutter = gutter(place);
    format!("{:gutter$}{} {}", "", style.paint(Ink::Dim, "╭─"), text::short(&place.to_string()))
}

/// A line as it is shown, and where its caret stands in columns.
struct Line {
    shown: String,
    caret: usize,
    caret_width: usize,
    room: usize,
}

impl Line {
    /// Shows as much of the line as fits in `room` columns, the caret always in it.
    fn new(place: &Place, room: usize) -> Self {
        let cells: Vec<Cell> = place.text.chars().map(Cell::new).collect();
        let from = (place.column.max(1) as usize - 1).min(cells.len());
        let to = (from + place.width.max(1) as usize).min(cells.len());
        let (begin, end) = window(&cells, from, to, room);
        let columns = |part: &[Cell]| part.iter().map(|cell| cell.columns).sum::<usize>();
        let shown: String = cells[begin..end].iter().map(|cell| cell.shown.as_str()).collect();
        let head = if begin > 0 { "…" } else { "" };
        let tail = if end < cells.len() { "…" } else { "" };
        Self {
            shown: format!("{head}{shown}{tail}"),
            caret: head.chars().count() + columns(&cells[begin..from]),
            caret_width: columns(&cells[from..to.min(end)]).max(1),
            room,
        }
    }
}

/// Which cells to show: the marked ones from their first, then what stands before them, then what follows.
fn window(cells: &[Cell], from: usize, to: usize, room: usize) -> (usize, usize) {
    if cells.iter().map(|cell| cell.columns).sum::<usize>() <= room {
        return (0, cells.len());
    }
    // An ellipsis on either side; half of the room is kept for what follows the mark.
    let mut left = room - 2;
    let mut take = |cell: &Cell, keep: usize| {
        let fits = cell.columns + keep <= left;
        left -= if fits { cell.columns } else { 0 };
        fits
    };
    let mut end = from;
    while end < to && take(&cells[end], 0) {
        end += 1;
    }
    let mut begin = from;
    while begin > 0 && take(&cells[begin - 1], room / 2) {
        begin -= 1;
    }
    while end < cells.len() && take(&cells[end], 0) {
        end += 1;
    }
    while begin > 0 && take(&cells[begin - 1], 0) {
        begin -= 1;
    }
    (begin, end)
}

/// One character of the source, as it is shown.
struct Cell {
    shown: String,
    columns: usize,
}

impl Cell {
    fn new(c: char) -> Self {
        let mut shown = String::new();
        match c {
            '\t' => shown.push_str("    "),
            c => text::push_visible(&mut shown, c),
        }
        let columns = shown.chars().filter_map(UnicodeWidthChar::width).sum();
        Self { shown, columns }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str, mark: &str, label: &str, width: usize) -> String {
        let before = text.find(mark).expect("the mark stands in the line");
        let column = text[..before].chars().count() as u32 + 1;
        let place = Place {
            file: "a.yaml".to_owned(),
            line: 7,
            column,
            width: mark.chars().count() as u32,
            text: text.to_owned(),
        };
        let lines = lines(&place, label, Ink::Bad, Style::Plain, width);
        lines.join("\n")
    }

    #[test]
    fn the_caret_underlines_the_whole_mark() {
        insta::assert_snapshot!(shown("  quantity: 300", "300", "expected 300, target has 2", 80), @"
         ╭─ a.yaml:7:13
        7│   quantity: 300
         │             ^^^ expected 300, target has 2
        ");
    }

    #[test]
    fn tabs_and_wide_characters_do_not_shift_the_caret() {
        insta::assert_snapshot!(shown("\ttitle: 取消\t🧦 quantity: 3", "3", "here", 80), @"
         ╭─ a.yaml:7:24
        7│     title: 取消    🧦 quantity: 3
         │                                 ^ here
        ");
    }

    #[test]
    fn a_wide_mark_is_underlined_in_full() {
        insta::assert_snapshot!(shown("title: 取消", "取消", "two wide characters", 80), @"
         ╭─ a.yaml:7:8
        7│ title: 取消
         │        ^^^^ two wide characters
        ");
    }

    #[test]
    fn control_characters_are_seen_and_change_nothing() {
        insta::assert_snapshot!(shown("a: \x1b[31m\u{202e}x\u{7}, b: 2", "2", "here", 80), @r"
         ╭─ a.yaml:7:17
        7│ a: \u{1b}[31m\u{202e}x\u{7}, b: 2
         │                                 ^ here
        ");
    }

    #[test]
    fn a_long_line_is_cut_around_the_caret() {
        let long = format!("      steps: {{ {} quantity: 3, {} }}", "before: 1, ".repeat(30), "after: 2, ".repeat(30));
        insta::assert_snapshot!(shown(&long, "3", "expected 3, target has 2", 60), @"
         ╭─ a.yaml:7:357
        7│ …1, before: 1,  quantity: 3, after: 2, after: 2, after:…
         │                           ^ expected 3, target has 2
        ");
    }

    #[test]
    fn the_end_of_a_long_line_is_used_where_nothing_follows() {
        let long = format!("{}quantity: 3", "before: 1, ".repeat(30));
        insta::assert_snapshot!(shown(&long, "3", "expected 3, target has 2", 60), @"
         ╭─ a.yaml:7:341
        7│ …efore: 1, before: 1, before: 1, before: 1, quantity: 3
         │                                                       ^
         │                                 expected 3, target has 2
        ");
    }

    #[test]
    fn a_mark_longer_than_the_terminal_is_cut() {
        insta::assert_snapshot!(shown(&"x".repeat(200), &"x".repeat(200), "too long", 60), @"
         ╭─ a.yaml:7:1
        7│ xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…
         │ ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
         │ too long
        ");
    }

    #[test]
    fn a_place_behind_the_line_is_shown_at_its_end() {
        let place = Place { file: "a.yaml".to_owned(), line: 120, column: 40, width: 3, text: "steps:".to_owned() };
        let lines = lines(&place, "expected a list", Ink::Bad, Style::Plain, 80);
        insta::assert_snapshot!(lines.join("\n"), @"
           ╭─ a.yaml:120:40
        120│ steps:
           │       ^ expected a list
        ");
    }
}
