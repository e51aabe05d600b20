//! Templates read backwards: from a path or a body that somebody else has sent to what a template would have been filled in
//! with. A name and its attributes, as in `order.id`, can be read back; what is computed of arguments is guessed, and has to
//! come out as it was sent when it is computed again.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Data, Expr, JsonTemplate, Piece, Scope, Text, from_json, map};

/// What stands where a template names something: `order.id` → the value.
pub(crate) type Captures = BTreeMap<String, Value>;

/// What can be read back from a request; the rest of what a template names is the sender's own affair.
const ROOTS: [&str; 3] = ["order", "target", "with"];
/// What expressions can name besides.
const WORDS: [&str; 9] = ["if", "else", "and", "or", "not", "in", "true", "false", "none"];

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

#[derive(Debug, Clone)]
enum Part {
    Literal(String),
    /// What stands here is this.
    Named(String),
    /// What stands here is computed of the arguments.
    Computed(Expr),
    /// The number of a page.
    Page,
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
        let is_paged = self.is_paged();
        let fits = segments.len() == self.segments.len()
            && self.segments.iter().zip(segments).all(|(part, text)| part.read(&decoded(text), &mut captures))
            && self.query.iter().all(|(name, part)| match value_of(query, name) {
                Some(value) if is_paged && part.is_number() => value.parse::<u64>().is_ok(),
                Some(value) => part.read(&value, &mut captures),
                None => is_paged && part.is_number(),
            });
        fits.then_some(captures)
    }

    /// The number of the page that a query asks for; nothing where it leaves that open, or there are no pages.
    pub(crate) fn page(&self, query: &str) -> Option<u64> {
        let (name, _) = self.query.iter().find(|(_, part)| matches!(part, Part::Page))?;
        value_of(query, name)?.parse().ok()
    }

    /// What a query says besides the number of its page: pages of one read say the same.
    pub(crate) fn beside_page(&self, query: &str) -> Vec<(String, String)> {
        let is_page = |name: &str| self.query.iter().any(|(known, part)| matches!(part, Part::Page) && known == name);
        let mut said: Vec<(String, String)> = pairs(query)
            .map(|(name, value)| (decoded(name), decoded(value)))
            .filter(|(name, _)| !is_page(name))
            .collect();
        said.sort();
        said
    }

    /// Whether what is computed comes out as it stands in a path.
    pub(crate) fn agrees(&self, path: &str, captures: &Captures) -> bool {
        let scope = arguments(captures);
        self.segments.iter().zip(path.split('/')).all(|(part, text)| match part {
            Part::Computed(expr) => expr.eval(&scope).is_ok_and(|value| value.to_string() == decoded(text)),
            _ => true,
        })
    }

    /// In a read that goes from page to page, how many rows a page has is the reader's affair, and so is leaving it open: the
    /// answer tells whether there are more.
    fn is_paged(&self) -> bool {
        self.query.iter().any(|(_, part)| matches!(part, Part::Page))
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
        match named(expr) {
            Some("page") => Some(Self::Page),
            Some(path) if is_read_back(path) => Some(Self::Named(path.to_owned())),
            Some(_) => Some(Self::Any),
            None if speaks_only_of(expr, &["vars", "caller"]) => Some(Self::Any),
            None if speaks_only_of(expr, &["with"]) => Some(Self::Computed(expr.clone())),
            None => None,
        }
    }

    fn read(&self, text: &str, captures: &mut Captures) -> bool {
        match self {
            Self::Literal(literal) => literal == text,
            Self::Named(_) if text.is_empty() => false,
            Self::Named(path) => put(captures, path, &Value::from(text)),
            Self::Computed(_) | Self::Page | Self::Any => true,
        }
    }

    fn is_number(&self) -> bool {
        match self {
            Self::Literal(literal) => literal.parse::<u64>().is_ok(),
            part => matches!(part, Self::Page),
        }
    }
}

impl JsonTemplate {
    /// Whether everything that a body says of a call can be read back from it.
    pub(crate) fn is_readable(&self) -> bool {
        match self {
            Self::Fixed(_) => true,
            Self::Text(text) => match text.pieces.as_slice() {
                [Piece::Expr(expr)] => {
                    named(expr).is_some() || expr.source().starts_with('{') && speaks_only_of(expr, &["with"])
                }
                pieces => pieces.iter().all(|piece| match piece {
                    Piece::Literal(_) => true,
                    Piece::Expr(expr) => named(expr).is_some_and(|path| !is_read_back(path)),
                }),
            },
            Self::List(list) => list.iter().all(Self::is_readable),
            Self::Map(entries) => entries.iter().all(|(_, template)| template.is_readable()),
            Self::Each(list, _) => decides(list).is_some(),
        }
    }

    /// Reads a body; nothing where it is of another shape. A real client's literals are its own: they only weigh.
    pub(crate) fn read(&self, body: Option<&Value>, captures: &mut Captures) -> Option<Fit> {
        match self {
            Self::Fixed(literal) => Some(Fit::of(body == Some(literal))),
            Self::Text(text) => match text.pieces.as_slice() {
                [Piece::Expr(expr)] if named(expr).is_none() => {
                    // Of a map that is computed of arguments, the members are guessed to be those.
                    let members = body.and_then(Value::as_object).into_iter().flatten();
                    let known = members.map(|(name, value)| (format!("with.{name}"), value));
                    known.filter(|(path, _)| expr.mentions(path)).all(|(path, value)| put(captures, &path, value));
                    Some(Fit::default())
                }
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
            Self::Each(list, _) => {
                if let (Some(path), Some(value)) = (decides(list), body) {
                    put(captures, path, value);
                }
                Some(Fit::default())
            }
        }
    }

    /// Whether what is computed comes out as it stands in a body.
    pub(crate) fn agrees(&self, body: Option<&Value>, captures: &Captures) -> bool {
        self.comes_out(body, &arguments(captures))
    }

    fn comes_out(&self, body: Option<&Value>, scope: &Scope) -> bool {
        let is_nothing = |value: &Value| match value {
            Value::Array(list) => list.is_empty(),
            Value::Object(map) => map.is_empty(),
            value => value.is_null(),
        };
        let is_same = || match self.value(scope) {
            Ok(Some(value)) => body.map_or_else(|| is_nothing(&value), |body| *body == value),
            Ok(None) => body.is_none(),
            Err(_) => false,
        };
        match self {
            Self::Text(text) => match text.pieces.as_slice() {
                [Piece::Expr(expr)] if named(expr).is_none() => is_same(),
                _ => true,
            },
            // What is there where no argument is given is not known here.
            Self::Each(list, _) => decides(list).is_some() && body.is_some_and(|body| !is_nothing(body)) && is_same(),
            Self::Map(entries) => {
                entries.iter().all(|(name, template)| template.comes_out(body.and_then(|body| body.get(name)), scope))
            }
            Self::List(list) => list
                .iter()
                .enumerate()
                .all(|(at, template)| template.comes_out(body.and_then(|body| body.get(at)), scope)),
            Self::Fixed(_) => true,
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

/// The argument that a list is, wherever it is given: `with.lines or …`.
fn decides(list: &Expr) -> Option<&str> {
    let first = list.source().split(" or ").next()?.trim();
    let name = first.strip_prefix("with.")?;
    name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_').then_some(first)
}

/// Whether all that an expression names is among these.
fn speaks_only_of(expr: &Expr, names: &[&str]) -> bool {
    let mut quote = None;
    // What stands in quotes names nothing.
    let bare: String = expr
        .source()
        .chars()
        .map(|c| {
            let is_quoted = quote.is_some();
            match (quote, c) {
                (Some(open), c) if c == open => quote = None,
                (None, '\'' | '"') => quote = Some(c),
                _ => {}
            }
            if is_quoted || quote.is_some() { ' ' } else { c }
        })
        .collect();
    let words = bare.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '.'));
    let mut roots = words.filter_map(|word| word.split('.').next()).filter(|root| !root.is_empty());
    roots.all(|root| WORDS.contains(&root) || names.contains(&root) || root.starts_with(|c: char| c.is_ascii_digit()))
}

/// The arguments that were read back, as expressions see them.
fn arguments(captures: &Captures) -> Scope {
    let whole = captures.get("with").map(from_json);
    let part = |(path, value): (&String, &Value)| Some((path.strip_prefix("with.")?.to_owned(), from_json(value)));
    let parts: Vec<(String, Data)> = captures.iter().filter_map(part).collect();
    Scope::default().with("with", whole.unwrap_or_else(|| map(parts)))
}

fn value_of(query: &str, name: &str) -> Option<String> {
    pairs(query).find(|(known, _)| decoded(known) == name).map(|(_, value)| decoded(value))
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
