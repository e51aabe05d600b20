//! Expressions and templates of spec and target files: compiled once, evaluated without side effects and with bounded fuel.
//! The only folder that names the template engine.
//!
//! An expression yields a typed value. A text that is one `{{ expression }}` and nothing else yields the value of it, typed;
//! any other text is joined from its pieces.

mod answered;
mod backwards;
mod body;
mod filters;
mod json;
mod numbers;
mod plain;
mod reading;
mod shape;
mod sum;
mod syntax;
mod tokens;

use std::collections::BTreeSet;
use std::sync::{Arc, LazyLock};

use countermand_text::{Node, Place, Reader, SourceFile, Span, Tree, suggest};
use minijinja::value::{Enumerator, Object, ObjectRepr};
use minijinja::{Environment, ErrorKind, Expression, UndefinedBehavior};
use serde_json::Value;

pub(crate) use answered::{Answered, elements};
pub(crate) use backwards::{Captures, Fit, PathPattern, decoded};
pub(crate) use body::JsonTemplate;
pub(crate) use json::{from_json, parse_json, to_json, whole};
pub(crate) use numbers::numbers;
use plain::Plain;
use reading::{Reading, Stranger};
pub(crate) use shape::{FieldName, Nameable, Record, Shape};
pub(crate) use sum::Sum;
use syntax::Syntax;

/// A value inside an expression.
pub(crate) type Data = minijinja::Value;

/// Steps that one evaluation may take before it is taken for endless.
const FUEL: u64 = 200_000;
/// The bytes of the longest expression: the engine descends once per operator, and its stack has an end.
const LONGEST: usize = 2_000;

static ENGINE: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut engine = Environment::new();
    engine.set_undefined_behavior(UndefinedBehavior::Chainable);
    engine.set_fuel(Some(FUEL));
    engine.add_filter("flatten", filters::flatten);
    engine.add_filter("where", filters::where_equal);
    engine.add_filter("where_gt", filters::where_greater);
    engine.add_filter("sum_of", filters::sum_of);
    engine.add_filter("index_by", filters::index_by);
    engine.add_test("sequence", filters::is_sequence);
    engine
});

/// The names an expression can see. Cheap to clone and to extend: a scope made `with` a name shares the rest.
#[derive(Debug, Clone, Default)]
pub(crate) struct Scope(Arc<Layer>);

#[derive(Debug, Clone, Default)]
struct Layer {
    names: Vec<(Data, Data)>,
    outer: Option<Scope>,
}

impl Scope {
    pub(crate) fn set(&mut self, name: &str, value: Data) {
        let names = &mut Arc::make_mut(&mut self.0).names;
        match names.iter_mut().find(|(known, _)| known.as_str() == Some(name)) {
            Some((_, slot)) => *slot = value,
            None => names.push((name.into(), value)),
        }
    }

    pub(crate) fn with(&self, name: &str, value: Data) -> Self {
        Self(Arc::new(Layer { names: vec![(name.into(), value)], outer: Some(self.clone()) }))
    }

    /// Gives every name the same value.
    pub(crate) fn fill(&mut self, value: &Data) {
        let names = self.names();
        *self =
            Self(Arc::new(Layer { names: names.into_iter().map(|name| (name, value.clone())).collect(), outer: None }));
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Data> {
        let own = self.0.names.iter().find(|(known, _)| known.as_str() == Some(name)).map(|(_, value)| value);
        own.or_else(|| self.0.outer.as_ref()?.get(name))
    }

    /// Every name, each once.
    fn names(&self) -> Vec<Data> {
        let mut names = self.0.outer.as_ref().map(Self::names).unwrap_or_default();
        for (name, _) in &self.0.names {
            if !names.contains(name) {
                names.push(name.clone());
            }
        }
        names
    }
}

impl Object for Scope {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Map
    }

    fn get_value(self: &Arc<Self>, key: &Data) -> Option<Data> {
        self.get_value_by_str(key.as_str()?)
    }

    fn get_value_by_str(self: &Arc<Self>, key: &str) -> Option<Data> {
        self.get(key).cloned()
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::Values(self.names())
    }
}

/// An expression that failed on the data it met.
#[derive(Debug, Clone)]
pub(crate) struct ExprError {
    /// Where the expression is written.
    pub(crate) place: Box<Place>,
    /// Its text and what went wrong.
    pub(crate) message: String,
    /// It does not fit the values it met, which may be at fault themselves. Else it is wrong in itself, or without end.
    pub(crate) is_of_values: bool,
}

/// A compiled expression.
#[derive(Debug, Clone)]
pub(crate) struct Expr {
    source: Arc<str>,
    file: Arc<SourceFile>,
    at: Span,
    compiled: Compiled,
    reads: Arc<BTreeSet<FieldName>>,
    shape: Shape,
}

#[derive(Debug, Clone)]
enum Compiled {
    Plain(Arc<Plain>),
    Engine(Arc<Expression<'static, 'static>>),
}

impl Expr {
    /// Compiles the text of `node`; names that nobody will provide are problems.
    pub(crate) fn parse(reader: &Reader, node: &Node, names: &Nameable) -> Option<Self> {
        let source = match &node.tree {
            // `last: true`, `units: 1`: a literal is an expression too.
            Tree::Bool(_) | Tree::Number(_) => node.to_json().to_string(),
            _ => reader.text(node, "an expression")?.to_owned(),
        };
        Self::compile(reader, node.at, &source, names)
    }

    fn compile(reader: &Reader, at: Span, source: &str, names: &Nameable) -> Option<Self> {
        if source.len() > LONGEST {
            reader.problem(at, format!("an expression has at most {LONGEST} bytes: this has {}", source.len()), None);
            return None;
        }
        let compiled = match ENGINE.compile_expression_owned(source.to_owned()) {
            Ok(compiled) => compiled,
            Err(error) => {
                reader.problem(at, format!("`{source}` is no expression: {}", reason(&error)), None);
                return None;
            }
        };
        // Filters, tests and functions are looked up when they are met: once here, on nothing. What names nothing is the same
        // whatever is there.
        if let Err(error) = compiled.eval(Data::from_object(Scope::default()))
            && (!is_of_values(&error) || compiled.undeclared_variables(false).is_empty())
        {
            let reason = reason(&error);
            let filter = reason.strip_prefix("filter ").and_then(|rest| rest.strip_suffix(" is unknown"));
            let hint = filter.and_then(|filter| suggest::hint(filter, filters::NAMES));
            reader.problem(at, format!("`{source}` is no expression: {reason}"), hint);
            return None;
        }
        let mut unknown: Vec<String> = compiled.undeclared_variables(false).into_iter().collect();
        unknown.retain(|name| names.get(name).is_none());
        unknown.sort();
        for name in &unknown {
            reader.problem(
                at,
                format!("the expression names `{name}`, which is not known here"),
                suggest::hint(name, names.names()),
            );
        }
        let syntax = Syntax::parse(source);
        let Reading { strangers, fields, shape } =
            syntax.as_ref().map(|syntax| Reading::of(syntax, names)).unwrap_or_default();
        for Stranger { written, name, known } in &strangers {
            let hint = match known {
                Some(known) => suggest::hint(name, known.iter().map(String::as_str)),
                None => Some("it is a list: take one of it, such as the first with `[0]`".to_owned()),
            };
            reader.problem(at, format!("the expression names `{written}`, which is not known here"), hint);
        }
        let compiled = match syntax.as_ref().and_then(Plain::of) {
            Some(plain) => Compiled::Plain(Arc::new(plain)),
            None => Compiled::Engine(Arc::new(compiled)),
        };
        let (source, file, reads) = (source.into(), Arc::clone(&reader.file), Arc::new(fields));
        (unknown.is_empty() && strangers.is_empty()).then(|| Self { source, file, at, compiled, reads, shape })
    }

    /// The value, typed.
    pub(crate) fn eval(&self, scope: &Scope) -> Result<Data, ExprError> {
        match &self.compiled {
            Compiled::Plain(plain) => Ok(plain.eval(scope)),
            Compiled::Engine(compiled) => {
                compiled.eval(Data::from_object(scope.clone())).map_err(|error| self.failed(&error))
            }
        }
    }

    /// The same over what an endpoint sent.
    pub(crate) fn answered(&self) -> Answered<'_> {
        Answered(self)
    }

    /// Whether the value is true.
    pub(crate) fn holds(&self, scope: &Scope) -> Result<bool, ExprError> {
        Ok(self.eval(scope)?.is_true())
    }

    /// The value as JSON; nothing where it is undefined.
    pub(crate) fn json(&self, scope: &Scope) -> Result<Option<Value>, ExprError> {
        let value = self.eval(scope)?;
        to_json(&value).map_err(|message| self.error(&message))
    }

    /// The elements of a value that must be a list.
    pub(crate) fn list(&self, scope: &Scope) -> Result<Vec<Data>, ExprError> {
        let value = self.eval(scope)?;
        if value.kind() != minijinja::value::ValueKind::Seq {
            return Err(self.error(&format!("expected a list, got {}", value.kind())));
        }
        Ok(elements(&value).unwrap_or_default())
    }

    /// The text it was written as.
    pub(crate) fn source(&self) -> &str {
        &self.source
    }

    /// Where it is written.
    pub(crate) fn place(&self) -> Place {
        self.file.place(self.at)
    }

    pub(crate) fn at(&self) -> Span {
        self.at
    }

    /// The fields of the spec that it reads.
    pub(crate) fn reads(&self) -> &BTreeSet<FieldName> {
        &self.reads
    }

    /// What is known of its value.
    pub(crate) fn shape(&self) -> &Shape {
        &self.shape
    }

    /// Whether the text speaks of `name`: saves building what nobody reads.
    pub(crate) fn mentions(&self, name: &str) -> bool {
        self.source.contains(name)
    }

    fn error(&self, message: &str) -> ExprError {
        let message = format!("`{}`: {message}", self.source);
        ExprError { place: Box::new(self.place()), message, is_of_values: true }
    }

    fn failed(&self, error: &minijinja::Error) -> ExprError {
        ExprError { is_of_values: is_of_values(error), ..self.error(&reason(error)) }
    }
}

/// Whether other values may have been no error.
fn is_of_values(error: &minijinja::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::InvalidOperation
            | ErrorKind::NonPrimitive
            | ErrorKind::NonKey
            | ErrorKind::UndefinedError
            | ErrorKind::BadSerialization
            | ErrorKind::CannotDeserialize
            | ErrorKind::CannotUnpack
    )
}

fn reason(error: &minijinja::Error) -> String {
    match error.kind() {
        ErrorKind::OutOfFuel => "it does not come to an end".to_owned(),
        kind => error.detail().map_or_else(|| kind.to_string(), str::to_owned),
    }
}

/// A map of values, as one value.
pub(crate) fn map<K: Into<Data>>(entries: impl IntoIterator<Item = (K, Data)>) -> Data {
    let names = entries.into_iter().map(|(key, value)| (key.into(), value)).collect();
    Data::from_object(Scope(Arc::new(Layer { names, outer: None })))
}

/// A text with `{{ expressions }}` in it.
#[derive(Debug, Clone)]
pub(crate) struct Text {
    pieces: Vec<Piece>,
}

#[derive(Debug, Clone)]
enum Piece {
    Literal(String),
    Expr(Expr),
}

impl Text {
    pub(crate) fn parse(reader: &Reader, node: &Node, names: &Nameable) -> Option<Self> {
        let text = reader.text(node, "text")?;
        if text.contains("${") {
            let hint = "set it under `vars` and write `{{ vars.NAME }}`".to_owned();
            reader.problem(node.at, "variables of the environment are not read here", Some(hint));
            return None;
        }
        if text.contains("{%") || text.contains("{#") {
            let hint = "`each` repeats, `when` leaves out, and `{{ }}` holds an expression".to_owned();
            reader.problem(node.at, "there are no `{% %}` and `{# #}` in a template", Some(hint));
            return None;
        }
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("{{") {
            let Some((source, tail)) = after.split_once("}}") else {
                reader.problem(node.at, "`{{` without `}}`", Some("write `{{ EXPRESSION }}`".to_owned()));
                return None;
            };
            if !before.is_empty() {
                pieces.push(Piece::Literal(before.to_owned()));
            }
            pieces.push(Piece::Expr(Expr::compile(reader, node.at, source.trim(), names)?));
            rest = tail;
        }
        if !rest.is_empty() {
            pieces.push(Piece::Literal(rest.to_owned()));
        }
        Some(Self { pieces })
    }

    /// The expressions in it.
    pub(crate) fn exprs(&self) -> impl Iterator<Item = &Expr> {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Expr(expr) => Some(expr),
            Piece::Literal(_) => None,
        })
    }

    /// The text; `escape` is put over every value that is filled in.
    pub(crate) fn render(&self, scope: &Scope, escape: fn(&str) -> String) -> Result<String, ExprError> {
        let mut out = String::new();
        for piece in &self.pieces {
            match piece {
                Piece::Literal(text) => out.push_str(text),
                Piece::Expr(expr) => {
                    let value = expr.eval(scope)?;
                    if value.is_undefined() {
                        return Err(expr.error("nothing is there"));
                    }
                    out.push_str(&escape(&value.to_string()));
                }
            }
        }
        Ok(out)
    }

    /// The text as it may be shown where `secrets` are names of what nobody may see, and each value of theirs in it with what
    /// stands in its place: `$NAME`, or `stand_in` where it is but a part of what the name stands for.
    pub(crate) fn hidden(
        &self,
        scope: &Scope,
        secrets: &[&str],
        stand_in: &str,
    ) -> Result<(String, Vec<(String, String)>), ExprError> {
        let (mut shown, mut hidden) = (String::new(), Vec::new());
        for piece in &self.pieces {
            match piece {
                Piece::Literal(text) => shown.push_str(text),
                Piece::Expr(expr) => {
                    let value = expr.eval(scope)?.to_string();
                    if secrets.contains(&expr.source()) {
                        hidden.push((value, format!("${}", expr.source().to_ascii_uppercase())));
                    } else if secrets.iter().any(|name| expr.mentions(name)) {
                        hidden.push((value, stand_in.to_owned()));
                    } else {
                        shown.push_str(&value);
                        continue;
                    }
                    shown.extend(hidden.last().map(|(_, stand_in)| stand_in.as_str()));
                }
            }
        }
        Ok((shown, hidden))
    }

    /// The value: typed where the text is a single expression.
    fn value(&self, scope: &Scope) -> Result<Option<Value>, ExprError> {
        match self.pieces.as_slice() {
            [Piece::Expr(expr)] => expr.json(scope),
            _ => self.render(scope, str::to_owned).map(|text| Some(Value::String(text))),
        }
    }
}

/// Percent-encodes what could end a path segment or a query value.
pub(crate) fn in_path(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~:@".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}
