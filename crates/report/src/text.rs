//! Text that did not come from us, made fit to print: nothing in it acts on a terminal or hides from the eye, and it has an
//! end. Everything an endpoint sent passes through here.

use std::fmt::Write as _;

use serde_json::Value;
use unicode_width::UnicodeWidthChar;

/// How much is shown of a value, an id or a label.
pub(crate) const VALUE: usize = 200;
/// How much is shown of a body.
pub(crate) const BODY: usize = 500;

/// Whether a character acts on the terminal, reorders the line or cannot be seen.
pub(crate) fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{fffe}' | '\u{ffff}' | '\u{e0000}'..='\u{e007f}')
}

/// Adds a character to `out`, an invisible one as an escape: `\n`, `\u{1b}`.
pub(crate) fn push_visible(out: &mut String, c: char) {
    match c {
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        c if is_invisible(c) => {
            // Writing to a string cannot fail.
            let _ = write!(out, "\\u{{{:x}}}", u32::from(c));
        }
        c => out.push(c),
    }
}

/// The text with everything invisible spelled out, cut after `max` characters of output.
pub(crate) fn excerpt(text: &str, max: usize) -> String {
    let mut out = String::new();
    let mut shown = 0;
    for c in text.chars() {
        let before = out.len();
        push_visible(&mut out, c);
        shown += out.get(before..).map_or(0, |added| added.chars().count());
        if shown > max {
            out.truncate(before);
            out.push('…');
            break;
        }
    }
    out
}

/// A short text: an id, a label, a path, a message.
pub(crate) fn short(text: &str) -> String {
    excerpt(text, VALUE)
}

/// A value as compact JSON.
pub(crate) fn value(value: &Value) -> String {
    short(&value.to_string())
}

/// A body: JSON without its white space, anything else as it came; cut after `max` characters.
pub(crate) fn body(text: &str, max: usize) -> String {
    match serde_json::from_str::<Value>(text) {
        Ok(json) if text.contains('\n') => excerpt(&json.to_string(), max),
        _ => excerpt(text.trim_end(), max),
    }
}

/// How many columns of a terminal the text takes.
pub(crate) fn columns(text: &str) -> usize {
    text.chars().filter_map(UnicodeWidthChar::width).sum()
}

/// A time as people read it: `1.2 ms`, `3.4 s`.
pub(crate) fn duration(millis: f64) -> String {
    if millis < 1000.0 { format!("{millis:.1} ms") } else { format!("{:.1} s", millis / 1000.0) }
}

/// `1 case`, `2 cases`.
pub(crate) fn count(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_acts_on_the_terminal() {
        let text = "a\x1b[31mred\u{202e}\r\n\tb\u{7f}\u{9b}\u{200d}\u{feff}";
        assert_eq!(short(text), r"a\u{1b}[31mred\u{202e}\r\n\tb\u{7f}\u{9b}\u{200d}\u{feff}");
        assert!(!short(text).chars().any(is_invisible));
    }

    #[test]
    fn long_text_has_an_end_even_where_it_is_all_escapes() {
        assert_eq!(excerpt("abcdef", 6), "abcdef");
        assert_eq!(excerpt("abcdefg", 6), "abcdef…");
        assert_eq!(excerpt("\x1b\x1b", 6), "\\u{1b}…");
    }

    #[test]
    fn a_body_of_many_lines_takes_one() {
        assert_eq!(body("{\n  \"a\": 1\n}\n", BODY), r#"{"a":1}"#);
        assert_eq!(body("no\njson\n", BODY), r"no\njson");
    }

    #[test]
    fn times_have_a_unit() {
        assert_eq!([0.04, 1.23, 999.0, 61_500.0].map(duration), ["0.0 ms", "1.2 ms", "999.0 ms", "61.5 s"]);
    }
}
