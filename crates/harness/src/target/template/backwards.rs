//! Templates read backwards: from a path or a body that somebody else has sent to what a template would have been filled in
//! with. Only a name and its attributes, as in `order.id`, can be read back; what is computed can't.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Expr, JsonTemplate, Piece, Text};

/// What stands where a template names something: `order.id` → the value.
pub(crate) type Captures = BTreeMap<String, Value>;

/// What can be read back from a request; the rest of what a template names is the sender's own affair.
const ROOTS: [&str; 3] = ["order", "target", "with"];

/// How well a body fits a template that it agrees with in its shape.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Fit {
    /// Literal leaves that are the template's own.
    pub(crate) same: usize,
    /// Literal leaves that are others.
    pub(crate) other: usize,
}

/// A path with its query, as a template has it.
#[derive(Debug, Clone)]
pub(crate) struct PathPattern {
    segments: Vec<Part>,
    query: Vec<(String, Part)>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    Literal(String),
    /// What stands here is this.
    Named(String),
    /// Whatever the sender likes.
    Any,
}

impl PathPattern {
    /// Nothing where something can't be read back.
    pub(crate) fn of(text: &Text) -> Option<Self> {
        // One mark per expression: what is between the marks is split as a path is.
        const MARK: char = '\0';
        let mut whole = String::new();
        let mut exprs = Vec::new();
        for piece in &text.pieces {
            match piece {
                Piece::Literal(text) => whole.push_str(text),
                Piece::Expr(expr) => {
                    whole.push(MARK);
                    exprs.push(expr);
                }
            }
        }
        let mut exprs = exprs.into_iter();
        let mut part = |text: &str| match text.matches(MARK).count() {
            0 => Some(Part::Literal(decoded(text))),
            1 if text.len() == MARK.len_utf8() => Part::of(exprs.next()?),
            // Where one ends and the other begins is not said.
            _ => None,
        };
        let (path, query) = whole.split_once('?').unwrap_or((&whole, ""));
        let segments = path.split('/').map(&mut part).collect::<Option<_>>()?;
        let query = pairs(query).map(|(name, value)| Some((decoded(name), part(value)?)));
        Some(Self { segments, query: query.collect::<Option<_>>()? })
    }

    /// What stands where the pattern names something; nothing where path or query are others.
    pub(crate) fn read(&self, path: &str, query: &str) -> Option<Captures> {
        let segments: Vec<&str> = path.split('/').collect();
        let mut captures = Captures::new();
        let fits = segments.len() == self.segments.len()
            && self.segments.iter().zip(segments).all(|(part, text)| part.read(&decoded(text), &mut captures))
            && self.query.iter().all(|(name, part)| {
                let mut values = pairs(query).filter(|(known, _)| decoded(known) == *name);
                values.next().is_some_and(|(_, value)| part.read(&decoded(value), &mut captures))
            });
        fits.then_some(captures)
    }

    /// Whether a query says what the pattern does not.
    pub(crate) fn is_exceeded_by(&self, query: &str, also: &[&str]) -> bool {
        let known = |name: &str| self.query.iter().any(|(known, _)| known == name) || also.contains(&name);
        pairs(query).any(|(name, _)| !known(&decoded(name)))
    }

    /// Of two patterns that fit one path the lesser is the more specific.
    pub(crate) fn rank(&self) -> (Vec<bool>, std::cmp::Reverse<usize>) {
        let is_open = |part: &Part| !matches!(part, Part::Literal(_));
        (self.segments.iter().map(is_open).collect(), std::cmp::Reverse(self.query.len()))
    }
}

impl Part {
    fn of(expr: &Expr) -> Option<Self> {
        let path = named(expr)?;
        Some(if is_read_back(path) { Self::Named(path.to_owned()) } else { Self::Any })
    }

    fn read(&self, text: &str, captures: &mut Captures) -> bool {
        match self {
            Self::Literal(literal) => literal == text,
            Self::Named(_) if text.is_empty() => false,
            Self::Named(path) => put(captures, path, &Value::from(text)),
            Self::Any => true,
        }
    }
}

impl JsonTemplate {
    /// Whether everything that a body says of a call can be read back from it.
    pub(crate) fn is_readable(&self) -> bool {
        match self {
            Self::Fixed(_) => true,
            Self::Text(text) => match text.pieces.as_slice() {
                [Piece::Expr(expr)] => named(expr).is_some(),
                pieces => pieces.iter().all(|piece| match piece {
                    Piece::Literal(_) => true,
                    Piece::Expr(expr) => named(expr).is_some_and(|path| !is_read_back(path)),
                }),
            },
            Self::List(list) => list.iter().all(Self::is_readable),
            Self::Map(entries) => entries.iter().all(|(_, template)| template.is_readable()),
            Self::Each(..) => false,
        }
    }

    /// Reads a body; nothing where it is of another shape. A real client's literals are its own: they only weigh.
    pub(crate) fn read(&self, body: Option<&Value>, captures: &mut Captures) -> Option<Fit> {
        match self {
            Self::Fixed(literal) => Some(Fit::of(body == Some(literal))),
            Self::Text(text) => match text.pieces.as_slice() {
                [Piece::Expr(expr)] => {
                    if let (Some(value), Some(path)) = (body, named(expr).filter(|path| is_read_back(path)))
                        && !put(captures, path, value)
                    {
                        return None;
                    }
                    Some(Fit::default())
                }
                [Piece::Literal(literal)] => Some(Fit::of(body.and_then(Value::as_str) == Some(literal))),
                _ => Some(Fit::default()),
            },
            Self::List(list) => {
                let values = body?.as_array().filter(|values| values.len() == list.len())?;
                list.iter().zip(values).try_fold(Fit::default(), |fit, (template, value)| {
                    Some(fit.and(template.read(Some(value), captures)?))
                })
            }
            Self::Map(entries) => {
                let map = match body {
                    // Nothing is asked for, and nothing is said.
                    None if entries.is_empty() => return Some(Fit::default()),
                    body => body?.as_object()?,
                };
                entries.iter().try_fold(Fit::default(), |fit, (name, template)| {
                    Some(fit.and(template.read(map.get(name), captures)?))
                })
            }
            Self::Each(..) => None,
        }
    }
}

impl Fit {
    fn of(same: bool) -> Self {
        Self { same: usize::from(same), other: usize::from(!same) }
    }

    fn and(self, further: Self) -> Self {
        Self { same: self.same + further.same, other: self.other + further.other }
    }
}

/// The name and its attributes that an expression is; nothing where it is more.
fn named(expr: &Expr) -> Option<&str> {
    let word = |word: &str| {
        !word.is_empty()
            && !word.starts_with(|c: char| c.is_ascii_digit())
            && word.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
    };
    Some(expr.source()).filter(|source| source.split('.').all(word))
}

fn is_read_back(path: &str) -> bool {
    path.split('.').next().is_some_and(|root| ROOTS.contains(&root))
}

/// Whether this is the first value of the name, or the same once more.
fn put(captures: &mut Captures, path: &str, value: &Value) -> bool {
    captures.entry(path.to_owned()).or_insert_with(|| value.clone()) == value
}

fn pairs(query: &str) -> impl Iterator<Item = (&str, &str)> {
    query.split('&').filter(|pair| !pair.is_empty()).map(|pair| pair.split_once('=').unwrap_or((pair, "")))
}

/// The text with `%2F` and the like as what they stand for; what stands for nothing stays.
pub(crate) fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        let hex = |byte: &u8| char::from(*byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
        let byte = match (first, tail) {
            (b'%', [high, low, after @ ..]) => hex(high).zip(hex(low)).map(|(high, low)| (high * 16 + low, after)),
            _ => None,
        };
        let (byte, after) = byte.unwrap_or((*first, tail));
        bytes.push(byte);
        rest = after;
    }
    String::from_utf8(bytes).unwrap_or_else(|_| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_percent_encoded_is_read() {
        assert_eq!(decoded("a%2Fb%20c%c3%a9"), "a/b cé");
        assert_eq!(decoded("100%"), "100%");
        assert_eq!(decoded("%zz%4"), "%zz%4");
        assert_eq!(decoded("%ff"), "%ff", "no text: left as it is");
    }
}
