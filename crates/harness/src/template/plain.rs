//! Expressions so plain that they need no engine: names and their attributes, literals, comparisons, `and`, `or`, `not`,
//! `is`, `in`, and one value or another. They come to what they come to in the engine, whose machine takes longer to set up
//! than they take. Whatever else stands in an expression, the whole of it is left to the engine.

use minijinja::tests as checks;

use super::{Data, ENGINE, Scope, filters};

/// A plain expression.
#[derive(Debug)]
pub(super) enum Plain {
    Literal(Data),
    Name(String),
    Attribute(Box<Plain>, String),
    Element(Box<Plain>, Data),
    Not(Box<Plain>),
    And(Box<Plain>, Box<Plain>),
    Or(Box<Plain>, Box<Plain>),
    Compare(Box<Plain>, Comparison, Box<Plain>),
    In(Box<Plain>, Vec<Data>),
    Is(Box<Plain>, Check),
    If { condition: Box<Plain>, then: Box<Plain>, otherwise: Box<Plain> },
}

type Comparison = fn(&Data, &Data) -> bool;
type Check = fn(&Data) -> bool;

impl Plain {
    /// Nothing where the text is not plain.
    pub(super) fn parse(source: &str) -> Option<Self> {
        let tokens = tokens(source)?;
        let mut parser = Parser { tokens: &tokens };
        let plain = parser.whole()?;
        parser.tokens.is_empty().then_some(plain)
    }

    pub(super) fn eval(&self, scope: &Scope) -> Data {
        match self {
            Self::Literal(value) => value.clone(),
            Self::Name(name) => scope.get(name).cloned().unwrap_or_default(),
            // What has no attributes and elements, like an undefined value, has undefined ones.
            Self::Attribute(of, name) => of.eval(scope).get_attr(name).unwrap_or_default(),
            Self::Element(of, key) => of.eval(scope).get_item(key).unwrap_or_default(),
            Self::Not(plain) => Data::from(!plain.eval(scope).is_true()),
            Self::And(left, right) => {
                let left = left.eval(scope);
                if left.is_true() { right.eval(scope) } else { left }
            }
            Self::Or(left, right) => {
                let left = left.eval(scope);
                if left.is_true() { left } else { right.eval(scope) }
            }
            Self::Compare(left, compare, right) => Data::from(compare(&left.eval(scope), &right.eval(scope))),
            Self::In(plain, list) => Data::from(list.contains(&plain.eval(scope))),
            Self::Is(plain, check) => Data::from(check(&plain.eval(scope))),
            Self::If { condition, then, otherwise } => {
                if condition.eval(scope).is_true() {
                    then.eval(scope)
                } else {
                    otherwise.eval(scope)
                }
            }
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Token<'s> {
    Word(&'s str),
    Text(&'s str),
    Integer(u64),
    Sign(&'s str),
}

/// Longer signs first.
const SIGNS: [&str; 12] = ["==", "!=", "<=", ">=", "<", ">", "(", ")", "[", "]", ".", ","];

fn tokens(source: &str) -> Option<Vec<Token<'_>>> {
    let mut tokens = Vec::new();
    let mut rest = source.trim_ascii();
    while let Some(first) = rest.chars().next() {
        let of_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let (token, length) = match first {
            '\'' | '"' => {
                let text = rest[1..].split_once(first)?.0;
                (Token::Text(text), text.len() + 2)
            }
            _ if of_word(first) => {
                let word = &rest[..rest.find(|c| !of_word(c)).unwrap_or(rest.len())];
                (
                    if first.is_ascii_digit() { Token::Integer(word.parse().ok()?) } else { Token::Word(word) },
                    word.len(),
                )
            }
            _ => {
                let sign = SIGNS.into_iter().find(|sign| rest.starts_with(sign))?;
                (Token::Sign(sign), sign.len())
            }
        };
        // Escapes, letters beyond ASCII and fractions are for the engine.
        let is_plain = match token {
            Token::Text(text) => !text.contains('\\'),
            Token::Word(_) => rest[length..].chars().next().is_none_or(|c| c.is_ascii()),
            Token::Integer(_) => rest[length..].chars().next().is_none_or(|c| c.is_ascii() && c != '.'),
            Token::Sign(_) => true,
        };
        is_plain.then(|| tokens.push(token))?;
        rest = rest[length..].trim_ascii_start();
    }
    Some(tokens)
}

/// Reads tokens, loosest binding first. Gives up where it meets what is not plain.
struct Parser<'t, 's> {
    tokens: &'t [Token<'s>],
}

impl<'s> Parser<'_, 's> {
    fn next(&mut self) -> Option<Token<'s>> {
        let (first, rest) = self.tokens.split_first()?;
        self.tokens = rest;
        Some(*first)
    }

    fn takes(&mut self, token: Token<'_>) -> bool {
        let is_next = self.tokens.first() == Some(&token);
        if is_next {
            self.tokens = &self.tokens[1..];
        }
        is_next
    }

    fn whole(&mut self) -> Option<Plain> {
        let then = self.either()?;
        if !self.takes(Token::Word("if")) {
            return Some(then);
        }
        let condition = self.either()?.into();
        self.takes(Token::Word("else")).then_some(())?;
        Some(Plain::If { condition, then: then.into(), otherwise: self.whole()?.into() })
    }

    fn either(&mut self) -> Option<Plain> {
        let mut left = self.both()?;
        while self.takes(Token::Word("or")) {
            left = Plain::Or(left.into(), self.both()?.into());
        }
        Some(left)
    }

    fn both(&mut self) -> Option<Plain> {
        let mut left = self.negated()?;
        while self.takes(Token::Word("and")) {
            left = Plain::And(left.into(), self.negated()?.into());
        }
        Some(left)
    }

    fn negated(&mut self) -> Option<Plain> {
        if self.takes(Token::Word("not")) { Some(Plain::Not(self.negated()?.into())) } else { self.compared() }
    }

    /// One comparison; the engine knows what a chain of them means.
    fn compared(&mut self) -> Option<Plain> {
        let left = self.checked()?;
        let compare: Comparison = match self.tokens.first() {
            Some(Token::Sign("==")) => |a, b| a == b,
            Some(Token::Sign("!=")) => |a, b| a != b,
            Some(Token::Sign("<")) => |a, b| a < b,
            Some(Token::Sign("<=")) => |a, b| a <= b,
            Some(Token::Sign(">")) => |a, b| a > b,
            Some(Token::Sign(">=")) => |a, b| a >= b,
            Some(Token::Word("in")) => {
                self.next();
                return Some(Plain::In(left.into(), self.list()?));
            }
            _ => return Some(left),
        };
        self.next();
        Some(Plain::Compare(left.into(), compare, self.checked()?.into()))
    }

    fn checked(&mut self) -> Option<Plain> {
        let value = self.value()?;
        if !self.takes(Token::Word("is")) {
            return Some(value);
        }
        let negated = self.takes(Token::Word("not"));
        let check: Check = match self.next()? {
            Token::Word("defined") => checks::is_defined,
            Token::Word("undefined") => checks::is_undefined,
            Token::Word("none") => checks::is_none,
            Token::Word("number") => checks::is_number,
            Token::Word("integer") => checks::is_integer,
            Token::Word("string") => checks::is_string,
            Token::Word("sequence") => filters::is_sequence,
            Token::Word("mapping") => checks::is_mapping,
            _ => return None,
        };
        // Any other word the engine takes for an argument.
        if matches!(self.tokens.first(), Some(Token::Word(word)) if !["and", "or", "else"].contains(word)) {
            return None;
        }
        let checked = Plain::Is(value.into(), check);
        Some(if negated { Plain::Not(checked.into()) } else { checked })
    }

    fn value(&mut self) -> Option<Plain> {
        let mut value = match self.tokens.first()? {
            Token::Sign("(") => {
                self.next();
                let inner = self.whole()?;
                self.takes(Token::Sign(")")).then_some(inner)?
            }
            Token::Sign("[") => Plain::Literal(self.list()?.into()),
            Token::Word(name) => match self.literal() {
                Some(literal) => Plain::Literal(literal),
                None => {
                    self.next();
                    is_free(name).then(|| Plain::Name((*name).to_owned()))?
                }
            },
            _ => Plain::Literal(self.literal()?),
        };
        loop {
            if self.takes(Token::Sign(".")) {
                let Token::Word(name) = self.next()? else { return None };
                value = Plain::Attribute(value.into(), name.to_owned());
            } else if self.takes(Token::Sign("[")) {
                let key = self.literal()?;
                self.takes(Token::Sign("]")).then_some(())?;
                value = Plain::Element(value.into(), key);
            } else {
                return Some(value);
            }
        }
    }

    fn literal(&mut self) -> Option<Data> {
        let value = match self.tokens.first()? {
            // Two texts side by side are one.
            Token::Text(text) if !matches!(self.tokens.get(1), Some(Token::Text(_))) => Data::from(*text),
            Token::Integer(number) => Data::from(*number),
            Token::Word("true" | "True") => Data::from(true),
            Token::Word("false" | "False") => Data::from(false),
            Token::Word("none" | "None") => Data::from(()),
            _ => return None,
        };
        self.next();
        Some(value)
    }

    /// A list of literals.
    fn list(&mut self) -> Option<Vec<Data>> {
        self.takes(Token::Sign("[")).then_some(())?;
        let mut list = Vec::new();
        while !self.takes(Token::Sign("]")) {
            if !list.is_empty() {
                self.takes(Token::Sign(",")).then_some(())?;
            }
            list.push(self.literal()?);
        }
        Some(list)
    }
}

/// Whether a word is a name, and none that the engine gives a meaning to.
fn is_free(word: &str) -> bool {
    !["and", "or", "not", "in", "is", "if", "else"].contains(&word) && ENGINE.globals().all(|(known, _)| known != word)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::from_json;
    use super::*;

    /// Every kind of value that a target can send, and none at all.
    fn values() -> Vec<Data> {
        let json = json!([
            null, true, false, 0, 1, 2, -1, 1.0, 0.5, "", "a", "1", [], [1], ["a", 2], {}, { "a": 1 },
            { "a": { "a": "a", "b": null }, "b": [{ "a": false }, 1] }
        ]);
        json.as_array().unwrap().iter().map(from_json).chain([Data::UNDEFINED]).collect()
    }

    /// Asserts that the engine finds the same.
    fn as_in_the_engine(source: &str, scope: &Scope) {
        let Some(plain) = Plain::parse(source) else { return };
        let compiled = ENGINE.compile_expression(source).unwrap_or_else(|error| panic!("`{source}`: {error:#}"));
        let expected = compiled.eval(Data::from_object(scope.clone())).unwrap();
        let found = plain.eval(scope);
        // Texts tell apart what is equal, like `1` and `1.0` and `true`.
        assert_eq!(format!("{found:?} {found}"), format!("{expected:?} {expected}"), "`{source}` in {scope:?}");
    }

    #[test]
    fn what_is_plain_comes_to_what_it_comes_to_in_the_engine() {
        let sources = [
            "x",
            "x.a",
            "x.a.b",
            "x.b[0]",
            "x.b[0].a",
            "x['a']",
            "x[0].a",
            "not x",
            "not not x.a",
            "x and y",
            "x or y",
            "x or ''",
            "x or []",
            "x and y or x.a",
            "x or y and y.a",
            "not x and y",
            "not (x and y)",
            "x == y",
            "x != y",
            "x < y",
            "x <= y",
            "x > y",
            "x >= y",
            "x.a == y.a",
            "not x == y",
            "x == 'a'",
            "x == 1",
            "1 == x",
            "x == true",
            "x == none",
            "x == [1]",
            "x in [1, 'a', none]",
            "x in []",
            "x is defined",
            "x is not defined",
            "x.a is undefined",
            "x is none",
            "x is number",
            "x is integer",
            "x is string",
            "x is sequence",
            "x is mapping",
            "x is not integer",
            "not x is integer",
            "x is integer and y is string",
            "x is integer == y",
            "0 if x else y",
            "x if y.a else x.a if x else y",
            "x if x == y else none",
            "(x or y).a",
            "(x if y else x).a is defined",
            "'lit'.a",
            "[1, 'a'][1]",
            "\"a\" == x",
            "True and x",
            "x if y is defined else 'b'",
            "(x)",
            "((x) or (y))",
            "x.and",
            "x.in",
            "007",
            "x == 007",
            "18446744073709551615 == x",
        ];
        let values = values();
        for source in sources {
            assert!(Plain::parse(source).is_some(), "`{source}`");
            for (x, y) in values.iter().flat_map(|x| values.iter().map(move |y| (x, y))) {
                as_in_the_engine(source, &Scope::default().with("x", x.clone()).with("y", y.clone()));
            }
        }
    }

    /// Whatever stands next to whatever: what is taken for plain is an expression, and comes to the same.
    #[test]
    fn nothing_is_taken_for_plain_that_means_something_else() {
        let words = [
            "x", "y", ".a", "'a'", "1", "true", "and", "or", "not", "is", "in", "if", "else", "==", "<", "(", ")", "[",
            "]", ",", "defined", "integer", "range", "-", "|", "~", "1.5", "{",
        ];
        let values = values();
        let mut state: u64 = 7;
        let mut pick = |many: usize| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            usize::try_from(state >> 33).unwrap() % many
        };
        for _ in 0..300_000 {
            let source: Vec<&str> = (0..=pick(8)).map(|_| words[pick(words.len())]).collect();
            let scope = Scope::default().with("x", values[pick(values.len())].clone());
            as_in_the_engine(&source.join(" "), &scope.with("y", values[pick(values.len())].clone()));
        }
    }

    #[test]
    fn what_only_the_engine_knows_is_left_to_it() {
        let sources = [
            "",
            "x | length",
            "x + 1",
            "-x",
            "x ~ y",
            "x < y < 3",
            "x in y",
            "x not in [1]",
            "x is divisibleby 3",
            "x()",
            "x[y]",
            "x[1:2]",
            "1.5",
            "1_000",
            "0x10",
            "'a' 'b'",
            "'\\n'",
            "{}",
            "range",
            "x if y",
            "x is integer if y else 1",
            "é",
            "xé",
            "(x, y)",
        ];
        for source in sources {
            assert!(Plain::parse(source).is_none(), "`{source}`");
        }
    }
}
