//! What follows from the command line: defaults, and words turned into things.

use std::path::PathBuf;

use countermand_report::BadgeForm;

use crate::failure::Failure;

/// The fewest cases under way at once against an endpoint: most of a case's time is waiting.
const ENDPOINT_JOBS: usize = 8;

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

/// The cases under way at once.
pub(crate) fn jobs(asked: Option<u16>, is_mock: bool) -> usize {
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    let default = if is_mock { processors } else { processors.max(ENDPOINT_JOBS) };
    asked.map_or(default, usize::from)
}
