//! An expression taken apart, as the engine takes it apart: it does not show what it has read. Read after the engine has, so
//! that what is wrong with a text is told there.

use super::Data;
use super::tokens::{Token, tokens};

/// A part of an expression, and the parts it is made of.
#[derive(Debug, PartialEq)]
pub(super) enum Syntax {
    Literal(Data),
    /// A literal whose value is the engine's to say.
    Opaque,
    Name(String),
    Attribute(Box<Syntax>, String),
    Element(Box<Syntax>, Box<Syntax>),
    Slice(Box<Syntax>, Vec<Syntax>),
    Call(Box<Syntax>, Vec<Argument>),
    Filter(Box<Syntax>, String, Vec<Argument>),
    Test(Box<Syntax>, String, Vec<Argument>),
    Not(Box<Syntax>),
    Negative(Box<Syntax>),
    And(Box<Syntax>, Box<Syntax>),
    Or(Box<Syntax>, Box<Syntax>),
    /// One comparison or a chain of them: `==`, `<`, `in`, `not in`.
    Compare(Box<Syntax>, Vec<(&'static str, Syntax)>),
    /// Anything else that makes one value of two.
    Join(Box<Syntax>, Box<Syntax>),
    If {
        condition: Box<Syntax>,
        then: Box<Syntax>,
        otherwise: Option<Box<Syntax>>,
    },
    List(Vec<Syntax>),
    Tuple(Vec<Syntax>),
    Map(Vec<(Syntax, Syntax)>),
}

/// An argument of a filter, a test or a function.
#[derive(Debug, PartialEq)]
pub(super) struct Argument {
    pub(super) name: Option<String>,
    pub(super) value: Syntax,
}

impl Syntax {
    /// Nothing where the text is no expression.
    pub(super) fn parse(source: &str) -> Option<Self> {
        let tokens = tokens(source)?;
        let mut parser = Parser { tokens: &tokens };
        let syntax = parser.whole()?;
        parser.tokens.is_empty().then_some(syntax)
    }
}

/// Reads tokens, loosest binding first.
struct Parser<'t, 's> {
    tokens: &'t [Token<'s>],
}

impl<'s> Parser<'_, 's> {
    fn next(&mut self) -> Option<Token<'s>> {
        let (first, rest) = self.tokens.split_first()?;
        self.tokens = rest;
        Some(*first)
    }

    fn is_next(&self, token: Token<'_>) -> bool {
        self.tokens.first() == Some(&token)
    }

    fn takes(&mut self, token: Token<'_>) -> bool {
        let is_next = self.is_next(token);
        if is_next {
            self.tokens = &self.tokens[1..];
        }
        is_next
    }

    /// The first of these that is next.
    fn takes_any(&mut self, signs: &[&'static str]) -> Option<&'static str> {
        signs.iter().copied().find(|sign| self.takes(Token::Sign(sign)))
    }

    fn whole(&mut self) -> Option<Syntax> {
        let mut then = self.either()?;
        while self.takes(Token::Word("if")) {
            let condition = self.either()?.into();
            let otherwise = match self.takes(Token::Word("else")) {
                true => Some(self.whole()?.into()),
                false => None,
            };
            then = Syntax::If { condition, then: then.into(), otherwise };
        }
        Some(then)
    }

    fn either(&mut self) -> Option<Syntax> {
        let mut left = self.both()?;
        while self.takes(Token::Word("or")) {
            left = Syntax::Or(left.into(), self.both()?.into());
        }
        Some(left)
    }

    fn both(&mut self) -> Option<Syntax> {
        let mut left = self.negated()?;
        while self.takes(Token::Word("and")) {
            left = Syntax::And(left.into(), self.negated()?.into());
        }
        Some(left)
    }

    fn negated(&mut self) -> Option<Syntax> {
        if self.takes(Token::Word("not")) { Some(Syntax::Not(self.negated()?.into())) } else { self.compared() }
    }

    fn compared(&mut self) -> Option<Syntax> {
        let left = self.joined(0)?;
        let mut compared = Vec::new();
        loop {
            let by = match self.tokens.first() {
                Some(Token::Word("in")) => self.next().map(|_| "in")?,
                Some(Token::Word("not")) => {
                    self.next();
                    self.takes(Token::Word("in")).then_some("not in")?
                }
                _ => match self.takes_any(&["==", "!=", "<=", ">=", "<", ">"]) {
                    Some(sign) => sign,
                    None => break,
                },
            };
            compared.push((by, self.joined(0)?));
        }
        Some(if compared.is_empty() { left } else { Syntax::Compare(left.into(), compared) })
    }

    /// What makes one value of two, by how tight it binds.
    fn joined(&mut self, level: usize) -> Option<Syntax> {
        const LEVELS: [&[&str]; 4] = [&["+", "-"], &["~"], &["*", "//", "/", "%"], &["**"]];
        let Some(signs) = LEVELS.get(level) else { return self.checked() };
        let mut left = self.joined(level + 1)?;
        while self.takes_any(signs).is_some() {
            left = Syntax::Join(left.into(), self.joined(level + 1)?.into());
        }
        Some(left)
    }

    /// A value with its filters and tests.
    fn checked(&mut self) -> Option<Syntax> {
        let mut value = self.part()?;
        loop {
            if self.takes(Token::Sign("|")) {
                let name = self.dotted()?;
                let arguments = if self.is_next(Token::Sign("(")) { self.arguments()? } else { Vec::new() };
                value = Syntax::Filter(value.into(), name, arguments);
            } else if self.takes(Token::Word("is")) {
                let negated = self.takes(Token::Word("not"));
                let name = self.dotted()?;
                let arguments = match self.tokens.first() {
                    Some(Token::Sign("(")) => self.arguments()?,
                    Some(Token::Word("and" | "or" | "else" | "is")) => Vec::new(),
                    Some(Token::Sign("+" | "-" | "[" | "{"))
                    | Some(Token::Word(_) | Token::Text(_) | Token::Integer(_) | Token::Opaque) => {
                        vec![Argument { name: None, value: self.part()? }]
                    }
                    _ => Vec::new(),
                };
                let test = Syntax::Test(value.into(), name, arguments);
                value = if negated { Syntax::Not(test.into()) } else { test };
            } else {
                return Some(value);
            }
        }
    }

    fn dotted(&mut self) -> Option<String> {
        let mut name = String::new();
        loop {
            let Token::Word(word) = self.next()? else { return None };
            name.push_str(word);
            if !self.takes(Token::Sign(".")) {
                return Some(name);
            }
            name.push('.');
        }
    }

    fn arguments(&mut self) -> Option<Vec<Argument>> {
        self.takes(Token::Sign("(")).then_some(())?;
        let mut arguments = Vec::new();
        while !self.takes(Token::Sign(")")) {
            if !arguments.is_empty() {
                self.takes(Token::Sign(",")).then_some(())?;
                if self.takes(Token::Sign(")")) {
                    break;
                }
            }
            let _ = self.takes_any(&["**", "*"]);
            let value = self.whole()?;
            arguments.push(match value {
                Syntax::Name(name) if self.takes(Token::Sign("=")) => {
                    Argument { name: Some(name), value: self.whole()? }
                }
                value => Argument { name: None, value },
            });
        }
        Some(arguments)
    }

    /// A value with what stands behind its dots and in its brackets.
    fn part(&mut self) -> Option<Syntax> {
        if self.takes(Token::Sign("-")) {
            return Some(Syntax::Negative(self.part()?.into()));
        }
        let mut value = self.value()?;
        loop {
            if self.takes(Token::Sign(".")) {
                value = match self.next()? {
                    Token::Word(name) => Syntax::Attribute(value.into(), name.to_owned()),
                    Token::Integer(number) => Syntax::Element(value.into(), Syntax::Literal(number.into()).into()),
                    _ => return None,
                };
            } else if self.takes(Token::Sign("[")) {
                value = self.element(value)?;
            } else if self.is_next(Token::Sign("(")) {
                value = Syntax::Call(value.into(), self.arguments()?);
            } else {
                return Some(value);
            }
        }
    }

    fn element(&mut self, of: Syntax) -> Option<Syntax> {
        let mut bounds = Vec::new();
        let mut is_slice = false;
        while !self.takes(Token::Sign("]")) {
            if self.takes(Token::Sign(":")) {
                is_slice = true;
            } else {
                bounds.push(self.whole()?);
            }
        }
        match (is_slice, bounds.len()) {
            (true, _) => Some(Syntax::Slice(of.into(), bounds)),
            (false, 1) => Some(Syntax::Element(of.into(), bounds.pop()?.into())),
            _ => None,
        }
    }

    fn value(&mut self) -> Option<Syntax> {
        Some(match self.next()? {
            Token::Text(text) => {
                let mut is_joined = false;
                while matches!(self.tokens.first(), Some(Token::Text(_) | Token::Opaque)) {
                    // Two texts side by side are one.
                    self.next();
                    is_joined = true;
                }
                if is_joined { Syntax::Opaque } else { Syntax::Literal(text.into()) }
            }
            Token::Opaque => {
                while matches!(self.tokens.first(), Some(Token::Text(_) | Token::Opaque)) {
                    self.next();
                }
                Syntax::Opaque
            }
            Token::Integer(number) => Syntax::Literal(number.into()),
            Token::Word("true" | "True") => Syntax::Literal(true.into()),
            Token::Word("false" | "False") => Syntax::Literal(false.into()),
            Token::Word("none" | "None") => Syntax::Literal(().into()),
            Token::Word(name) => Syntax::Name(name.to_owned()),
            Token::Sign("(") => {
                let mut items = self.items(")")?;
                match (items.pop(), items.is_empty()) {
                    (Some(Item { value, last: true }), true) => value,
                    (last, _) => Syntax::Tuple(items.into_iter().chain(last).map(|item| item.value).collect()),
                }
            }
            Token::Sign("[") => Syntax::List(self.items("]")?.into_iter().map(|item| item.value).collect()),
            Token::Sign("{") => {
                let mut entries = Vec::new();
                while !self.takes(Token::Sign("}")) {
                    if !entries.is_empty() {
                        self.takes(Token::Sign(",")).then_some(())?;
                        if self.takes(Token::Sign("}")) {
                            break;
                        }
                    }
                    let key = self.whole()?;
                    self.takes(Token::Sign(":")).then_some(())?;
                    entries.push((key, self.whole()?));
                }
                Syntax::Map(entries)
            }
            Token::Sign(_) => return None,
        })
    }

    /// What stands between commas, up to the closing sign.
    fn items(&mut self, end: &'static str) -> Option<Vec<Item>> {
        let mut items: Vec<Item> = Vec::new();
        while !self.takes(Token::Sign(end)) {
            let value = self.whole()?;
            let last = self.is_next(Token::Sign(end));
            if !last {
                self.takes(Token::Sign(",")).then_some(())?;
            }
            items.push(Item { value, last });
        }
        Some(items)
    }
}

/// An item of a list, and whether the list ends right behind it: `(1)` is no list, `(1,)` is one.
struct Item {
    value: Syntax,
    last: bool,
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::super::ENGINE;
    use super::*;

    /// Every name in it, as it is shown.
    fn names(syntax: &Syntax) -> HashSet<String> {
        let shown = format!("{syntax:?}");
        let rest = shown.split("Name(\"").skip(1);
        rest.filter_map(|rest| rest.split_once('"').map(|(name, _)| name.to_owned())).collect()
    }

    /// Asserts that the engine, where it takes the text for an expression, finds the same names in it.
    fn as_in_the_engine(source: &str) {
        let Ok(compiled) = ENGINE.compile_expression(source) else { return };
        let syntax = Syntax::parse(source).unwrap_or_else(|| panic!("`{source}` is an expression"));
        let is_own = |name: &String| ENGINE.globals().all(|(known, _)| known != name);
        let found: HashSet<String> = names(&syntax).into_iter().filter(is_own).collect();
        let expected: HashSet<String> = compiled.undeclared_variables(false).into_iter().filter(is_own).collect();
        // It does not look into what is sliced.
        let is_same = if source.contains(':') { expected.is_subset(&found) } else { found == expected };
        assert!(is_same, "`{source}`: {found:?} and not {expected:?}");
    }

    #[test]
    fn whatever_the_engine_takes_for_an_expression_is_taken_apart() {
        let sources = [
            "x.1.a",
            "x.1.0",
            "1.5 + x",
            "1.e3",
            "1_000 // y",
            "0xff ** -x.a[y]",
            "'it\\'s' ~ x",
            "'a' \"b\" 'c'",
            "x[y:z:1]",
            "x[:2]",
            "x[::y]",
            "{'a': x, y: [z]}",
            "(x, y)",
            "(x,)",
            "()",
            "x if y",
            "x if y if z",
            "x is divisibleby y",
            "x is divisibleby(y) is not none",
            "x is integer if y else z",
            "x not in [y] == z",
            "x | map(attribute='a', default=y) | list",
            "x | sort(attribute=y,)",
            "range(x, *y, **z)",
            "-x | abs",
            "not x.a is defined",
            "x < y < z",
            "x\n.a",
        ];
        sources.iter().for_each(|source| as_in_the_engine(source));
    }

    #[test]
    fn whatever_stands_next_to_whatever_has_the_names_that_the_engine_finds() {
        let words = [
            "x",
            "y",
            ".a",
            "'a'",
            "1",
            "true",
            "and",
            "or",
            "not",
            "is",
            "in",
            "if",
            "else",
            "==",
            "<",
            "(",
            ")",
            "[",
            "]",
            ",",
            "defined",
            "divisibleby",
            "| first",
            "| where(",
            "-",
            "|",
            "~",
            "1.5",
            "{",
            "}",
            ":",
            "=",
            "*",
            "+",
            ".1",
        ];
        let mut state: u64 = 11;
        let mut pick = |many: usize| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            usize::try_from(state >> 33).unwrap() % many
        };
        for _ in 0..200_000 {
            let source: Vec<&str> = (0..=pick(9)).map(|_| words[pick(words.len())]).collect();
            as_in_the_engine(&source.join(" "));
        }
    }
}
