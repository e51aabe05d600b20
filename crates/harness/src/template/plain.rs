//! Expressions so plain that they need no engine: names and their attributes, literals, comparisons, `and`, `or`, `not`,
//! `is`, `in`, and one value or another. They come to what they come to in the engine, whose machine takes longer to set up
//! than they take. Whatever else stands in an expression, the whole of it is left to the engine.

use minijinja::tests as checks;

use super::syntax::Syntax;
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
    /// Nothing where the expression is not plain.
    pub(super) fn of(syntax: &Syntax) -> Option<Self> {
        let boxed = |syntax: &Syntax| Self::of(syntax).map(Box::new);
        Some(match syntax {
            Syntax::Literal(value) => Self::Literal(value.clone()),
            Syntax::Name(name) => is_free(name).then(|| Self::Name(name.clone()))?,
            Syntax::Attribute(of, name) => Self::Attribute(boxed(of)?, name.clone()),
            Syntax::Element(of, key) => Self::Element(boxed(of)?, literal(key)?),
            Syntax::Not(inner) => Self::Not(boxed(inner)?),
            Syntax::And(left, right) => Self::And(boxed(left)?, boxed(right)?),
            Syntax::Or(left, right) => Self::Or(boxed(left)?, boxed(right)?),
            Syntax::Test(value, name, arguments) if arguments.is_empty() => Self::Is(boxed(value)?, check(name)?),
            Syntax::List(_) => Self::Literal(Data::from(literals(syntax)?)),
            Syntax::If { condition, then, otherwise: Some(otherwise) } => {
                Self::If { condition: boxed(condition)?, then: boxed(then)?, otherwise: boxed(otherwise)? }
            }
            // One comparison; the engine knows what a chain of them means.
            Syntax::Compare(left, compared) => match compared.as_slice() {
                [("in", list)] => Self::In(boxed(left)?, literals(list)?),
                [(sign, right)] => Self::Compare(boxed(left)?, comparison(sign)?, boxed(right)?),
                _ => return None,
            },
            _ => return None,
        })
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

fn comparison(sign: &str) -> Option<Comparison> {
    Some(match sign {
        "==" => |a, b| a == b,
        "!=" => |a, b| a != b,
        "<" => |a, b| a < b,
        "<=" => |a, b| a <= b,
        ">" => |a, b| a > b,
        ">=" => |a, b| a >= b,
        _ => return None,
    })
}

fn check(name: &str) -> Option<Check> {
    Some(match name {
        "defined" => checks::is_defined,
        "undefined" => checks::is_undefined,
        "none" => checks::is_none,
        "number" => checks::is_number,
        "integer" => checks::is_integer,
        "string" => checks::is_string,
        "sequence" => filters::is_sequence,
        "mapping" => checks::is_mapping,
        _ => return None,
    })
}

fn literal(syntax: &Syntax) -> Option<Data> {
    match syntax {
        Syntax::Literal(value) => Some(value.clone()),
        _ => None,
    }
}

fn literals(syntax: &Syntax) -> Option<Vec<Data>> {
    match syntax {
        Syntax::List(items) => items.iter().map(literal).collect(),
        _ => None,
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
    fn parse(source: &str) -> Option<Plain> {
        Plain::of(&Syntax::parse(source)?)
    }

    fn values() -> Vec<Data> {
        let json = json!([
            null, true, false, 0, 1, 2, -1, 1.0, 0.5, "", "a", "1", [], [1], ["a", 2], {}, { "a": 1 },
            { "a": { "a": "a", "b": null }, "b": [{ "a": false }, 1] }
        ]);
        json.as_array().unwrap().iter().map(from_json).chain([Data::UNDEFINED]).collect()
    }

    /// Asserts that the engine finds the same.
    fn as_in_the_engine(source: &str, scope: &Scope) {
        let Some(plain) = parse(source) else { return };
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
            assert!(parse(source).is_some(), "`{source}`");
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
            assert!(parse(source).is_none(), "`{source}`");
        }
    }
}
