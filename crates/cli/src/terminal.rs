//! The terminal that is written to: its width, and whether it shows colour. Writes nothing itself.

use std::io::IsTerminal;

use countermand_report::Style;

use crate::args::Color;

/// The width of reports in a pipe, columns.
const PIPE_WIDTH: usize = 120;

/// Whether what is written to standard output has colour.
pub(crate) fn style(color: Color) -> Style {
    match color {
        Color::Always => Style::Colour,
        Color::Never => Style::Plain,
        Color::Auto => automatic(std::io::stdout().is_terminal()),
    }
}

/// The same for messages on standard error, where no flag applies.
pub(crate) fn style_of_stderr() -> Style {
    automatic(std::io::stderr().is_terminal())
}

fn automatic(is_terminal: bool) -> Style {
    let no_color = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
    if is_terminal && !no_color && !dumb { Style::Colour } else { Style::Plain }
}

/// The columns to write for.
pub(crate) fn width() -> usize {
    let terminal = terminal_size::terminal_size().map(|(width, _)| usize::from(width.0));
    terminal.filter(|width| *width >= 40).unwrap_or(PIPE_WIDTH)
}
