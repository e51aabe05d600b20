//! What a parser says of text that is no YAML, in the words of somebody who writes a scenario. Parses nothing itself: it knows
//! the parser by what it says, and what it does not know is passed on as it is.

use std::sync::Arc;

use crate::source::{Problem, SourceFile, Span};
use crate::suggest;

/// What the parser says, what we say, and how to mend it.
const SAYINGS: [(&str, &str, &str); 17] = [
    (
        "mapping values are not allowed",
        "no `:` can stand here",
        "keys of one map begin in one column, and text with `: ` in it goes into quotes",
    ),
    ("simple key expected", "a key without its `:`", "write `KEY: VALUE`, or put text of several lines into quotes"),
    (
        "did not find expected '-'",
        "a `- ` was expected here",
        "what belongs to one part of a list begins in the column of its first key",
    ),
    ("did not find expected key", "a key was expected here", "keys of one map begin in one column"),
    (
        "did not find expected ',' or '}'",
        "a `,` or a `}` was expected here",
        "close the `{` before it, or put a `,` between two entries",
    ),
    (
        "expected ',' or ']'",
        "a `,` or a `]` was expected here",
        "close the `[` before it, or put a `,` between two parts",
    ),
    ("unclosed bracket '{'", "this `{` is never closed", "write `}` where it ends"),
    ("unclosed bracket '['", "this `[` is never closed", "write `]` where it ends"),
    ("bracket '{' closed by ']'", "this `{` is closed by a `]`", "write `}` where it ends"),
    ("bracket '[' closed by '}'", "this `[` is closed by a `}`", "write `]` where it ends"),
    ("misplaced bracket", "this bracket closes nothing", "take it out, or open it before"),
    ("unclosed quote", "this quote is never closed", "end the text with the same quote"),
    ("invalid trailing content", "nothing can follow a text in quotes", "put all of it into the quotes"),
    ("unknown escape character", "no such escape is known", "in single quotes a `\\` is nothing but itself"),
    (
        "unknown anchor",
        "there is nothing of this name to repeat",
        "name it before with `&NAME`, or put text with a `*` into quotes",
    ),
    ("unexpected EOF", "a key or a value was expected here", "write it, or take a `,` out"),
    ("block sequence entries are not allowed", "no `- ` can stand here", "begin a list on a line of its own"),
];

/// The problem that a parser tells so, as seen from `at`.
pub(crate) fn problem(file: &Arc<SourceFile>, at: Span, said: &str) -> Problem {
    let (at, message, hint) = if said.contains("tab") && line(file, at).contains('\t') {
        let (message, hint) = ("a tab can't indent", "indent with spaces");
        (tab(file, at), message.to_owned(), Some(hint.to_owned()))
    } else if let Some(character) =
        said.strip_prefix("unexpected character: `").and_then(|rest| rest.strip_suffix('\''))
    {
        let hint = match character.starts_with('\\') {
            true => "take it out, and save the file as plain text",
            false => "text that begins with it goes into quotes",
        };
        (at, format!("no `{character}` can stand here"), Some(hint.to_owned()))
    } else {
        let known = SAYINGS.iter().find(|(theirs, ..)| said.contains(theirs));
        let hint = known.map(|(_, _, hint)| unspaced(file, at).unwrap_or_else(|| (*hint).to_owned()));
        (whole(file, at), known.map_or_else(|| said.to_owned(), |(_, ours, _)| (*ours).to_owned()), hint)
    };
    Problem { place: file.place(at), message: format!("not valid YAML: {message}"), hint }
}

/// The word that begins at `at`: a parser tells no width.
pub(crate) fn whole(file: &Arc<SourceFile>, at: Span) -> Span {
    let is_part = |c: &char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '$' | '<');
    let width = line(file, at).chars().skip((at.column as usize).saturating_sub(1)).take_while(is_part).count();
    Span { width: (width as u32).max(1), ..at }
}

/// The word with a mark before it, `!tag`, that ends before `at`.
pub(crate) fn marked(file: &Arc<SourceFile>, at: Span, mark: char) -> Span {
    let before: Vec<char> = line(file, at).chars().take((at.column as usize).saturating_sub(1)).collect();
    let Some(start) = before.iter().rposition(|c| *c == mark) else { return at };
    let width = before[start..].iter().take_while(|c| !c.is_whitespace()).count();
    Span { column: start as u32 + 1, width: width as u32, ..at }
}

/// The first tab of the line.
fn tab(file: &Arc<SourceFile>, at: Span) -> Span {
    let column = line(file, at).chars().position(|c| c == '\t').map_or(at.column, |before| before as u32 + 1);
    Span { column, width: 1, ..at }
}

/// `call:drop_order` on this line or the last before it is a word that goes on: what comes next can't be understood.
fn unspaced(file: &Arc<SourceFile>, at: Span) -> Option<String> {
    let lines: Vec<&str> = file.text.lines().take(at.line as usize).filter(|line| !line.trim().is_empty()).collect();
    lines.iter().rev().take(2).find_map(|line| suggest::spaced(line.trim().trim_start_matches("- ")))
}

fn line(file: &Arc<SourceFile>, at: Span) -> &str {
    file.text.lines().nth(at.line.max(1) as usize - 1).unwrap_or_default()
}
