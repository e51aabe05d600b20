//! What an expression reads: which fields of the spec, and which names of what is known that are none. What an endpoint sends
//! has no names to check.

use std::collections::BTreeSet;

use super::shape::{FieldName, Nameable, Record, Shape};
use super::syntax::{Argument, Syntax};

/// A name that something known does not have.
#[derive(Debug, PartialEq)]
pub(super) struct Stranger {
    /// As it is written: `now.refnded`.
    pub(super) written: String,
    pub(super) name: String,
    /// What there is in its place; nothing where it is one of many that have it.
    pub(super) known: Option<Vec<String>>,
}

/// What an expression reads.
#[derive(Debug, Default)]
pub(super) struct Reading {
    pub(super) strangers: Vec<Stranger>,
    pub(super) fields: BTreeSet<FieldName>,
    /// What is known of its value.
    pub(super) shape: Shape,
}

impl Reading {
    pub(super) fn of(syntax: &Syntax, names: &Nameable) -> Self {
        let mut reader = Reader { names, reading: Self::default() };
        reader.reading.shape = reader.shape(syntax);
        reader.reading
    }
}

struct Reader<'r> {
    names: &'r Nameable,
    reading: Reading,
}

impl Reader<'_> {
    fn shape(&mut self, syntax: &Syntax) -> Shape {
        match syntax {
            Syntax::Literal(value) if value.is_none() || value.as_str() == Some("") => Shape::Empty,
            Syntax::Literal(_) | Syntax::Opaque => Shape::Any,
            Syntax::Name(name) => self.names.get(name).cloned().unwrap_or_default(),
            Syntax::Attribute(of, name) => self.attribute(of, name),
            Syntax::Element(of, key) => match &**key {
                Syntax::Literal(name) if name.as_str().is_some() => {
                    self.attribute(of, name.as_str().unwrap_or_default())
                }
                key => {
                    self.used(key);
                    self.shape(of).element()
                }
            },
            Syntax::Slice(of, bounds) => {
                bounds.iter().for_each(|bound| self.used(bound));
                self.shape(of)
            }
            Syntax::Call(of, arguments) => {
                self.used(of);
                self.arguments(arguments);
                Shape::Any
            }
            Syntax::Filter(of, name, arguments) => self.filter(of, name, arguments),
            // Whether something is there tells nothing of what is in it.
            Syntax::Test(of, _, arguments) => {
                self.shape(of);
                self.arguments(arguments);
                Shape::Any
            }
            Syntax::Not(inner) | Syntax::Negative(inner) => {
                self.shape(inner);
                Shape::Any
            }
            Syntax::And(left, right) => {
                self.shape(left);
                self.shape(right)
            }
            Syntax::Or(left, right) => {
                let left = self.shape(left);
                left.or(&self.shape(right))
            }
            Syntax::Compare(left, compared) => {
                self.used(left);
                compared.iter().for_each(|(_, right)| self.used(right));
                Shape::Any
            }
            Syntax::Join(left, right) => {
                let left = self.shape(left);
                left.or(&self.shape(right))
            }
            Syntax::If { condition, then, otherwise } => {
                self.shape(condition);
                let then = self.shape(then);
                match otherwise {
                    Some(otherwise) => then.or(&self.shape(otherwise)),
                    None => then,
                }
            }
            Syntax::List(items) | Syntax::Tuple(items) => {
                let elements = items.iter().map(|item| self.shape(item)).collect::<Vec<_>>();
                elements.into_iter().reduce(|left, right| left.or(&right)).map_or(Shape::Empty, Shape::list)
            }
            Syntax::Map(entries) => {
                let mut record = Record::default();
                for (key, value) in entries {
                    self.used(key);
                    let shape = self.shape(value);
                    let Syntax::Literal(key) = key else { return Shape::Any };
                    record = record.with(key.as_str().unwrap_or_default(), shape);
                }
                record.into()
            }
        }
    }

    /// Something whose value counts as a whole.
    fn used(&mut self, syntax: &Syntax) {
        let shape = self.shape(syntax);
        self.whole(&shape);
    }

    fn whole(&mut self, shape: &Shape) {
        match shape {
            Shape::Record(record) => self.reading.fields.extend(record.reads().cloned()),
            Shape::List(of) | Shape::Map(of) => self.whole(of),
            Shape::Any | Shape::Empty => {}
        }
    }

    fn arguments(&mut self, arguments: &[Argument]) {
        arguments.iter().for_each(|argument| self.used(&argument.value));
    }

    fn attribute(&mut self, of: &Syntax, name: &str) -> Shape {
        let shape = self.shape(of);
        self.field(&shape, &written(of), name)
    }

    /// The field of this name of what is written `of`.
    fn field(&mut self, shape: &Shape, of: &str, name: &str) -> Shape {
        match shape {
            Shape::Record(record) => match record.get(name) {
                Some((shape, reads)) => {
                    self.reading.fields.extend(reads.iter().cloned());
                    shape.clone()
                }
                None => {
                    self.stranger(of, name, Some(record.names().map(str::to_owned).collect()));
                    Shape::Any
                }
            },
            Shape::List(_) => {
                self.stranger(of, name, None);
                Shape::Any
            }
            Shape::Map(of) => (**of).clone(),
            Shape::Any | Shape::Empty => Shape::Any,
        }
    }

    fn stranger(&mut self, of: &str, name: &str, known: Option<Vec<String>>) {
        let stranger = Stranger { written: format!("{of}.{name}"), name: name.to_owned(), known };
        if !self.reading.strangers.contains(&stranger) {
            self.reading.strangers.push(stranger);
        }
    }

    /// A path of fields in each element of a list: `parent.id`.
    fn path(&mut self, list: &Syntax, element: &Shape, path: &Syntax) -> Shape {
        let Syntax::Literal(path) = path else {
            self.used(path);
            self.whole(element);
            return Shape::Any;
        };
        let Some(path) = path.as_str() else { return Shape::Any };
        let mut shape = element.clone();
        let mut of = written(list);
        for name in path.split('.') {
            shape = self.field(&shape, &of, name);
            of = format!("{of}.{name}");
        }
        shape
    }

    fn filter(&mut self, of: &Syntax, name: &str, arguments: &[Argument]) -> Shape {
        let shape = self.shape(of);
        let element = shape.element();
        let attribute = arguments.iter().find(|argument| argument.name.as_deref() == Some("attribute"));
        let by_path =
            matches!(name, "where" | "where_gt" | "sum_of" | "index_by" | "selectattr" | "rejectattr" | "groupby");
        let path = attribute.or_else(|| arguments.first().filter(|argument| by_path && argument.name.is_none()));
        let found = path.map(|path| self.path(of, &element, &path.value));
        let others = arguments.iter().filter(|argument| !path.is_some_and(|path| std::ptr::eq(path, *argument)));
        match (name, others.collect::<Vec<_>>().as_slice()) {
            ("index_by", [value]) => return Shape::map(self.path(of, &element, &value.value)),
            (_, others) => others.iter().for_each(|argument| self.used(&argument.value)),
        }
        match name {
            "where" | "where_gt" | "selectattr" | "rejectattr" | "select" | "reject" | "list" | "reverse" => shape,
            // What has no attribute to be known by is known by all it has.
            "sort" | "unique" if found.is_some() => shape,
            "sort" | "unique" => {
                self.whole(&element);
                shape
            }
            "default" | "d" => others_or(shape, arguments, self),
            "first" | "last" => element,
            "index_by" => Shape::map(element),
            "map" => found.map_or(Shape::Any, Shape::list),
            "flatten" => match element {
                Shape::List(_) => element,
                _ => Shape::Any,
            },
            "groupby" => Shape::Any,
            "length" | "count" | "sum_of" => Shape::Any,
            _ => {
                self.whole(&shape);
                Shape::Any
            }
        }
    }
}

/// A value, or what stands in for it.
fn others_or(shape: Shape, arguments: &[Argument], reader: &mut Reader<'_>) -> Shape {
    arguments.first().map_or(Shape::Any, |argument| shape.or(&reader.shape(&argument.value)))
}

/// What something is called in a message: the names in it, as far as they go.
fn written(syntax: &Syntax) -> String {
    match syntax {
        Syntax::Name(name) => name.clone(),
        Syntax::Attribute(of, name) => format!("{}.{name}", written(of)),
        Syntax::Element(of, _) | Syntax::Slice(of, _) | Syntax::Filter(of, ..) => written(of),
        Syntax::Or(left, _) | Syntax::And(_, left) | Syntax::Join(left, _) => written(left),
        Syntax::If { then, .. } => written(then),
        _ => "…".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names() -> Nameable {
        let own = |kind: &str, name: &str| [(kind.to_owned(), name.to_owned())];
        let package = Record::default().showing("status", own("package", "status")).with("id", Shape::Any);
        let line = Record::default().showing("units", own("line", "units")).with("id", Shape::Any);
        let line = line.with("parent", package.clone().into());
        let sums = Record::default().showing("units", [own("line", "units"), own("package", "status")].concat());
        Nameable::of(["body", "status"])
            .with("now", package.clone().into())
            .with("packages", Shape::list(package.into()))
            .with("lines", Shape::list(line.into()))
            .with("products", Shape::map(sums.into()))
    }

    /// The fields of the spec that are read, and the names that are none.
    fn read(source: &str) -> (Vec<String>, Vec<String>) {
        let reading = Reading::of(&Syntax::parse(source).expect(source), &names());
        let fields = reading.fields.iter().map(|(kind, name)| format!("{kind}.{name}")).collect();
        (fields, reading.strangers.into_iter().map(|stranger| stranger.written).collect())
    }

    #[test]
    fn the_fields_that_are_read_are_found_wherever_they_stand() {
        let reads = [
            ("now.status", &["package.status"][..]),
            ("now['status']", &["package.status"]),
            ("now.id", &[]),
            ("now is defined and packages", &[]),
            ("(packages | length) == 1", &[]),
            ("lines | sum_of('units')", &["line.units"]),
            ("lines | where('parent.status', status) | first", &["package.status"]),
            ("(lines | selectattr('units', 'gt', 0) | list)[0].parent.status", &["line.units", "package.status"]),
            ("(lines | rejectattr('id', 'in', packages | map(attribute='status')))[0].id", &["package.status"]),
            ("lines | map(attribute='parent') | map(attribute='status') | list", &["package.status"]),
            ("(now if body else packages[0]).status", &["package.status"]),
            ("(packages | last or now).status", &["package.status"]),
            ("products.mug.units", &["line.units", "package.status"]),
            ("(lines | index_by('id', 'units'))[now.id]", &["line.units"]),
            ("now == packages[0]", &["package.status"]),
            ("packages | sort(attribute='id') | list", &[]),
            ("packages | unique | length", &["package.status"]),
            ("(body or now).status", &[]),
        ];
        for (source, expected) in reads {
            assert_eq!(
                read(source),
                (expected.iter().map(|field| (*field).to_owned()).collect(), Vec::new()),
                "{source}"
            );
        }
    }

    #[test]
    fn a_name_that_nothing_known_has_is_told_and_what_is_sent_may_have_any() {
        let strangers = [
            ("now.staus", &["now.staus"][..]),
            ("not now.staus is defined", &["now.staus"]),
            ("packages | where('staus', 1) | list", &["packages.staus"]),
            ("lines | where('parent.staus', 1)", &["lines.parent.staus"]),
            ("(lines | first).parent['x']", &["lines.parent.x"]),
            ("packages[0].y if now else lines[-1].z", &["packages.y", "lines.z"]),
            ("packages.status", &["packages.status"]),
            ("products.mug.unit", &["products.mug.unit"]),
            ("{'a': now.b}.a", &["now.b"]),
            ("body.anything.goes | where('x', 1)", &[]),
            ("(body.data or body)[0].status", &[]),
            ("body | map(attribute='a') | flatten | sum_of('b')", &[]),
            ("packages | where(body.key, 1) | list", &[]),
        ];
        for (source, expected) in strangers {
            let expected: Vec<String> = expected.iter().map(|name| (*name).to_owned()).collect();
            assert_eq!(read(source).1, expected, "{source}");
        }
    }
}
