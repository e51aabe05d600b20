//! What follows from the command line and the environment: defaults, and words turned into things.

use std::io::IsTerminal;
use std::path::PathBuf;
use std::sync::Arc;

use countermand_mock::{Clock, World};
use countermand_model::Settings;
use countermand_report::{BadgeForm, Style};

use crate::args::Color;
use crate::exit::Failure;

/// The width of reports in a pipe, columns.
const PIPE_WIDTH: usize = 120;

/// What a report file is written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ReportFormat {
    /// Both scores in a word: an image, or for a path that ends in `.json` the data of one.
    Badge(BadgeForm),
    /// A page for a browser.
    Html,
    /// One event a line.
    JsonLines,
    /// For what shows test results of any kind.
    JUnit,
    /// A page, without times.
    Markdown,
    /// What the target keeps to, to be filed: YAML, without times.
    Statement,
    /// As on the terminal, without times: the same bytes for the same results.
    Text,
}

/// The words of the formats, in the order of the alphabet.
const FORMATS: [(&str, ReportFormat); 7] = [
    ("badge", ReportFormat::Badge(BadgeForm::Svg)),
    ("html", ReportFormat::Html),
    ("jsonl", ReportFormat::JsonLines),
    ("junit", ReportFormat::JUnit),
    ("markdown", ReportFormat::Markdown),
    ("statement", ReportFormat::Statement),
    ("text", ReportFormat::Text),
];

/// A report to a file.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct ReportFile {
    pub(crate) format: ReportFormat,
    pub(crate) path: PathBuf,
}

/// `html=PATH` and the like.
pub(crate) fn report_file(text: &str) -> Result<ReportFile, Failure> {
    let known = FORMATS.map(|(word, _)| format!("`{word}`")).join(", ");
    let Some((word, path)) = text.split_once('=').filter(|(_, path)| !path.is_empty()) else {
        return Err(Failure::Message(format!("`{text}` is no report: write FORMAT=PATH, with one of {known}")));
    };
    let Some((_, format)) = FORMATS.into_iter().find(|(format, _)| *format == word) else {
        return Err(Failure::unknown("report format", word, FORMATS.map(|(word, _)| word)));
    };
    let format = match format {
        ReportFormat::Badge(_) if path.ends_with(".json") => ReportFormat::Badge(BadgeForm::Json),
        format => format,
    };
    Ok(ReportFile { format, path: path.into() })
}

/// The `NAME=OPTION`s of `--choice`.
pub(crate) fn choices(texts: &[String]) -> Result<Vec<(String, String)>, Failure> {
    let pair = |text: &String| match text.split_once('=') {
        Some((name, option)) => Ok((name.to_owned(), option.to_owned())),
        None => Err(Failure::Message(format!("`{text}` is no choice: write `NAME=OPTION`"))),
    };
    texts.iter().map(pair).collect()
}

/// The mock of a spec, with a fault if one is named.
pub(crate) fn mock(
    spec: &str,
    picks: &[(String, String)],
    fault: Option<&str>,
    settings: Settings,
) -> Result<Arc<World>, Failure> {
    let model = countermand_model::build(spec, picks, fault, settings)?;
    Ok(Arc::new(World::new(model, Clock::system())))
}

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
