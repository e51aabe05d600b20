//! Quoting for a POSIX shell, such that the line can also be printed: what is invisible is spelled by `printf`, never pasted.

use std::fmt::Write as _;

use crate::text::is_invisible;

/// Whether a text cannot stand in a printed command as it is.
pub(crate) fn needs_printf(text: &str) -> bool {
    text.chars().any(is_invisible)
}

/// A text as one word, literally: bare where that is safe, else in single quotes. For texts without invisible characters.
pub(crate) fn literal(text: &str) -> String {
    let is_safe = |c: char| c.is_ascii_alphanumeric() || "-_./:=@%+,".contains(c);
    match !text.is_empty() && text.chars().all(is_safe) {
        true => text.to_owned(),
        false => single_quoted(text),
    }
}

/// A text in single quotes, in which only the quote itself means anything.
pub(crate) fn single_quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// A command that prints the text exactly, whatever is in it.
pub(crate) fn printf(text: &str) -> String {
    let mut escaped = String::new();
    for c in text.chars() {
        match c {
            '\\' => escaped.push_str(r"\\"),
            c if is_invisible(c) => push_octal(&mut escaped, c, r"\0"),
            c => escaped.push(c),
        }
    }
    format!("printf '%b' {}", single_quoted(&escaped))
}

/// A text as it stands inside double quotes, the quotes not included. Where `variables` are kept, a `$NAME` stays one.
pub(crate) fn in_double_quotes(text: &str, variables: bool) -> String {
    let mut out = String::new();
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        match c {
            '$' if variables && starts_a_name(rest.as_str()) => out.push('$'),
            '$' | '`' | '"' | '\\' => out.extend(['\\', c]),
            // Interactive shells expand it inside double quotes, and keep the backslash that would prevent it.
            '!' => out.push_str(r#""'!'""#),
            c if is_invisible(c) => {
                out.push_str("$(printf '");
                push_octal(&mut out, c, r"\");
                out.push_str("')");
            }
            c => out.push(c),
        }
    }
    out
}

/// Whether a text holds a `$NAME`.
pub(crate) fn has_variable(text: &str) -> bool {
    text.split('$').skip(1).any(starts_a_name)
}

fn starts_a_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
}

fn push_octal(out: &mut String, c: char, prefix: &str) {
    for byte in c.encode_utf8(&mut [0; 4]).bytes() {
        // Writing to a string cannot fail.
        let _ = write!(out, "{prefix}{byte:03o}");
    }
}
