//! The few filters that views need and the engine does not bring, and a test that it answers otherwise than one expects.

use minijinja::Error;
use minijinja::value::{Value, ValueKind};

use super::elements;
use super::sum::Sum;

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

/// The elements of a list. What is no list has none: an endpoint may send anything in the place of one.
fn listed(list: &Value) -> Vec<Value> {
    elements(list).unwrap_or_default()
}

fn select(list: &Value, keep: impl Fn(&Value) -> Result<bool, Error>) -> Result<Value, Error> {
    let mut kept = Vec::new();
    for item in listed(list) {
        if keep(&item)? {
            kept.push(item);
        }
    }
    Ok(Value::from(kept))
}

/// One list of several. What is no list among them stays, as an element; what is not there leaves nothing.
pub(super) fn flatten(list: &Value) -> Result<Value, Error> {
    let mut flat = Vec::new();
    for inner in listed(list) {
        match elements(&inner) {
            Some(elements) => flat.extend(elements),
            None if inner.is_undefined() || inner.is_none() => {}
            None => flat.push(inner),
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

/// The sum over a list. What stands in the place of the list is what it comes to, unless nothing does.
pub(super) fn sum_of(list: &Value, path: &str) -> Result<Value, Error> {
    if !is_sequence(list) && !list.is_undefined() && !list.is_none() {
        return Ok(list.clone());
    }
    let mut sum = Sum::default();
    for item in listed(list) {
        sum.add(attribute(&item, path)?);
    }
    Ok(sum.total())
}

/// A map of the elements by one of their attributes, or of another attribute of theirs.
pub(super) fn index_by(list: &Value, path: &str, value: Option<&str>) -> Result<Value, Error> {
    let mut index = std::collections::BTreeMap::new();
    for item in listed(list) {
        let key = attribute(&item, path)?.to_string();
        let value = value.map_or_else(|| Ok(item.clone()), |path| attribute(&item, path))?;
        index.insert(key, value);
    }
    Ok(Value::from(index))
}

#[cfg(test)]
mod tests {
    use minijinja::ErrorKind;
    use serde_json::{Value as Json, json};

    use super::*;
    use crate::template::{ENGINE, from_json, to_json};

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

    /// What an expression over `x` comes to, as JSON; null where that is nothing.
    fn come_to(source: &str, x: &Json) -> Json {
        let scope = crate::template::map([("x", from_json(x))]);
        let value = ENGINE.compile_expression(source).expect(source).eval(scope);
        to_json(&value.unwrap_or_else(|error| panic!("{source} over {x}: {error:#}")))
            .expect(source)
            .unwrap_or_default()
    }

    #[test]
    fn what_is_no_list_has_no_elements_and_is_what_a_sum_over_it_comes_to() {
        for odd in [json!(7), json!("text"), json!({ "a": { "n": 1 } }), json!(true)] {
            assert_eq!(come_to("x | where('n', 1)", &odd), json!([]), "{odd}");
            assert_eq!(come_to("x | where_gt('n', 0)", &odd), json!([]), "{odd}");
            assert_eq!(come_to("x | flatten", &odd), json!([]), "{odd}");
            assert_eq!(come_to("x | index_by('n')", &odd), json!({}), "{odd}");
            assert_eq!(come_to("x | sum_of('n')", &odd), odd);
        }
        assert_eq!(come_to("x | sum_of('n')", &json!(null)), json!(0));
        assert_eq!(come_to("x.lines | sum_of('n')", &json!({})), json!(0));
        assert_eq!(come_to("x | flatten", &json!([[1], null, { "n": 2 }, [3]])), json!([1, { "n": 2 }, 3]));
    }
}
