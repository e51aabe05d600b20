//! The words and signs of an expression. What the engine would read in a way of its own, like an escape, is one opaque token.

/// A word or a sign.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Token<'s> {
    Word(&'s str),
    Text(&'s str),
    Integer(u64),
    /// A text with escapes, or a number that is no plain whole one.
    Opaque,
    Sign(&'s str),
}

/// Longer signs first.
const SIGNS: [&str; 24] = [
    "==", "!=", "<=", ">=", "//", "**", "<", ">", "(", ")", "[", "]", "{", "}", ".", ",", ":", "|", "~", "+", "-", "*",
    "/", "%",
];

/// Nothing where the text is no expression.
pub(super) fn tokens(source: &str) -> Option<Vec<Token<'_>>> {
    let mut tokens = Vec::new();
    let mut rest = source.trim_ascii_start();
    while let Some(first) = rest.chars().next() {
        let (token, length) = match first {
            '\'' | '"' => text(rest, first)?,
            _ if first.is_ascii_digit() => number(rest, tokens.last() == Some(&Token::Sign("."))),
            _ if first.is_ascii_alphabetic() || first == '_' => {
                let length = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len());
                (Token::Word(&rest[..length]), length)
            }
            '=' if !rest.starts_with("==") => (Token::Sign("="), 1),
            _ => {
                let sign = SIGNS.into_iter().find(|sign| rest.starts_with(sign))?;
                (Token::Sign(sign), sign.len())
            }
        };
        tokens.push(token);
        rest = rest[length..].trim_ascii_start();
    }
    Some(tokens)
}

fn text(rest: &str, quote: char) -> Option<(Token<'_>, usize)> {
    let mut escaped = false;
    let end = rest[1..].find(|c| {
        let ends = c == quote && !escaped;
        escaped = c == '\\' && !escaped;
        ends
    })?;
    let inner = &rest[1..=end];
    Some((if inner.contains('\\') { Token::Opaque } else { Token::Text(inner) }, end + 2))
}

/// A number: after a dot only its digits are one, `a.0.1` being an element of an element.
fn number(rest: &str, after_dot: bool) -> (Token<'_>, usize) {
    let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    let whole = |length: usize| rest[..length].parse().map_or(Token::Opaque, Token::Integer);
    let bytes = rest.as_bytes();
    let follows = |at: usize, wanted: &[u8]| bytes.get(at).is_some_and(|byte| wanted.contains(byte));
    let is_exponent = follows(digits + 1, b"eE") && follows(digits + 2, b"+-0123456789");
    let is_name = bytes.get(digits + 1).is_some_and(|byte| byte.is_ascii_alphabetic() || *byte == b'_');
    let is_fraction = follows(digits, b".") && (is_exponent || !is_name);
    if after_dot || !(is_fraction || follows(digits, b"_eExXoObB")) {
        return (whole(digits), digits);
    }
    let mut length = digits;
    while let Some(byte) = bytes.get(length) {
        let is_signed = b"+-".contains(byte) && b"eE".contains(&bytes[length - 1]);
        if !byte.is_ascii_alphanumeric() && *byte != b'_' && *byte != b'.' && !is_signed {
            break;
        }
        length += 1;
    }
    (Token::Opaque, length)
}
