//! The few filters that views need and the engine does not bring, and a test that it answers otherwise than one expects.

use minijinja::value::{Value, ValueKind};
use minijinja::{Error, ErrorKind};

/// The filters that an expression is likely to name: the engine does not list its own.
pub(super) const NAMES: [&str; 36] = [
    "abs",
    "attr",
    "batch",
    "bool",
    "default",
    "dictsort",
    "first",
    "flatten",
    "float",
    "groupby",
    "index_by",
    "int",
    "items",
    "join",
    "last",
    "length",
    "list",
    "lower",
    "map",
    "max",
    "min",
    "reject",
    "rejectattr",
    "replace",
    "reverse",
    "round",
    "select",
    "selectattr",
    "sort",
    "split",
    "string",
    "sum",
    "sum_of",
    "unique",
    "where",
    "where_gt",
];

fn attribute(item: &Value, path: &str) -> Result<Value, Error> {
    path.split('.').try_fold(item.clone(), |value, key| {
        if value.is_undefined() { Ok(Value::UNDEFINED) } else { value.get_attr(key) }
    })
}

/// Whether something is a list. The engine takes what is not there for an empty one, so that a missing field would pass for
/// a list of errors.
pub(super) fn is_sequence(value: &Value) -> bool {
    matches!(value.kind(), ValueKind::Seq | ValueKind::Iterable)
}

fn select(list: &Value, keep: impl Fn(&Value) -> Result<bool, Error>) -> Result<Value, Error> {
    let mut kept = Vec::new();
    for item in list.try_iter()? {
        if keep(&item)? {
            kept.push(item);
        }
    }
    Ok(Value::from(kept))
}

pub(super) fn flatten(list: &Value) -> Result<Value, Error> {
    let mut flat = Vec::new();
    for inner in list.try_iter()? {
        if inner.kind() == ValueKind::Seq {
            flat.extend(inner.try_iter()?);
        } else if !inner.is_undefined() && !inner.is_none() {
            return Err(Error::new(
                ErrorKind::InvalidOperation,
                format!("flatten expects lists, got {}", inner.kind()),
            ));
        }
    }
    Ok(Value::from(flat))
}

pub(super) fn where_equal(list: &Value, path: &str, wanted: &Value) -> Result<Value, Error> {
    select(list, |item| Ok(attribute(item, path)? == *wanted))
}

pub(super) fn where_greater(list: &Value, path: &str, bound: &Value) -> Result<Value, Error> {
    select(list, |item| {
        let value = attribute(item, path)?;
        Ok(value.is_number() && value > *bound)
    })
}

pub(super) fn sum_of(list: &Value, path: &str) -> Result<Value, Error> {
    let mut sum: i64 = 0;
    for item in list.try_iter()? {
        let value = attribute(&item, path)?;
        let Some(number) = value.as_i64() else {
            return Err(Error::new(
                ErrorKind::InvalidOperation,
                format!("sum_of expects whole numbers in `{path}`, got {value:?}"),
            ));
        };
        sum = sum.saturating_add(number);
    }
    Ok(Value::from(sum))
}

/// A map of the elements by one of their attributes, or of another attribute of theirs.
pub(super) fn index_by(list: &Value, path: &str, value: Option<&str>) -> Result<Value, Error> {
    let mut index = std::collections::BTreeMap::new();
    for item in list.try_iter()? {
        let key = attribute(&item, path)?.to_string();
        let value = value.map_or_else(|| Ok(item.clone()), |path| attribute(&item, path))?;
        index.insert(key, value);
    }
    Ok(Value::from(index))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::template::ENGINE;

    #[test]
    fn every_filter_that_is_suggested_is_there() {
        for name in NAMES {
            let source = format!("[] | {name}");
            let told = ENGINE.compile_expression(&source).and_then(|expression| expression.eval(())).err();
            assert!(told.is_none_or(|error| error.kind() != ErrorKind::UnknownFilter), "{name}");
        }
    }

    #[test]
    fn only_a_list_is_a_sequence() {
        assert!(is_sequence(&Value::from(vec![1])) && is_sequence(&Value::from(Vec::<u8>::new())));
        for other in [Value::UNDEFINED, Value::from(()), Value::from("text"), Value::from(1)] {
            assert!(!is_sequence(&other), "{other:?}");
        }
    }
}
