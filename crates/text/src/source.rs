//! A file a person wrote: its bytes, where something stands in it, and what is wrong with that. Says nothing of how a report
//! shows it.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// A text file as it was read: its path as the user would type it, and its text.
#[derive(Debug)]
pub struct SourceFile {
    /// The path, relative to where the user stands or to the suite.
    pub path: String,
    /// The whole text.
    pub text: String,
}

/// A stretch of one line of a [`SourceFile`], counted in characters from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Span {
    /// The line, from 1.
    pub line: u32,
    /// The column of the first character, from 1.
    pub column: u32,
    /// How many characters, at least 1.
    pub width: u32,
}

/// A place that a report can show without the file at hand: it carries its line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// The file's path.
    pub file: String,
    /// The line, from 1; 0 where the file as a whole is meant.
    pub line: u32,
    /// The column, from 1, in characters; 0 as for the line.
    pub column: u32,
    /// The width to underline, in characters, at least 1.
    pub width: u32,
    /// The text of the line.
    pub text: String,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => f.write_str(&self.file),
            line => write!(f, "{}:{line}:{}", self.file, self.column),
        }
    }
}

impl SourceFile {
    /// The place that `span` names in this file; the underline ends with its line.
    #[must_use]
    pub fn place(self: &Arc<Self>, span: Span) -> Place {
        let line = span.line.max(1);
        let text = self.text.lines().nth(line as usize - 1).unwrap_or_default();
        let left = (text.chars().count() as u32).saturating_sub(span.column.saturating_sub(1));
        Place {
            file: self.path.clone(),
            line,
            column: span.column.max(1),
            width: span.width.clamp(1, left.max(1)),
            text: text.to_owned(),
        }
    }
}

/// Something wrong in a file a person wrote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// Where.
    pub place: Place,
    /// What is wrong and what was expected: lower case, no final dot.
    pub message: String,
    /// How to mend it, where that can be said.
    pub hint: Option<String>,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.message)?;
        self.hint.iter().try_for_each(|hint| write!(f, " ({hint})"))
    }
}

impl Problem {
    /// A problem with a whole file, or with a folder.
    #[must_use]
    pub fn of_file(path: &str, message: impl Into<String>, hint: Option<String>) -> Self {
        let place = Place { file: path.to_owned(), line: 0, column: 0, width: 1, text: String::new() };
        Self { place, message: message.into(), hint }
    }
}
