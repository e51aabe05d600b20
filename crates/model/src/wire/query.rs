//! Names and values as they stand after the `?` of a path. What a name means is each spec's own matter.

use std::str::FromStr;

/// The pairs of a query in the order they came, decoded. A name without a value has an empty one.
pub(crate) fn pairs(query: &str) -> impl Iterator<Item = (String, String)> {
    query.split('&').map(|pair| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        (decoded(name), decoded(value))
    })
}

/// A number, if it is written in digits alone: `+5` is a number to Rust, and nowhere else.
pub(crate) fn number<N: FromStr>(text: &str) -> Option<N> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| digits)
}

/// Undoes percent-encoding. What isn't a code stays as it is.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let code = (*first == b'%').then(|| after.get(..2)).flatten().and_then(hex);
        bytes.push(code.unwrap_or(if *first == b'+' { b' ' } else { *first }));
        rest = if code.is_some() { &after[2..] } else { after };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn hex(digits: &[u8]) -> Option<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16);
    let code = digit(digits[0])? * 16 + digit(digits[1])?;
    u8::try_from(code).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes() {
        assert_eq!(decoded("%C3%A9%zz%4"), "é%zz%4");
        let read: Vec<_> = pairs("%70age=2&a+b&c=d%3De=f&").collect();
        let wanted = [("page", "2"), ("a b", ""), ("c", "d=e=f"), ("", "")];
        assert_eq!(read, wanted.map(|(name, value)| (name.to_owned(), value.to_owned())));
    }

    #[test]
    fn numbers_are_digits() {
        assert_eq!(number("18446744073709551615"), Some(u64::MAX));
        for wrong in ["", "+1", "-1", " 1", "1.0", "18446744073709551616"] {
            assert_eq!(number::<u64>(wrong), None, "{wrong:?}");
        }
    }
}
