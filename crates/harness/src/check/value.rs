//! Tests a single value.

use serde_json::Value;

use crate::event::Difference;
use crate::scenario::{JsonType, Test};

/// What a test can look at besides the value itself.
pub(super) struct Context<'c> {
    /// The value before the step.
    pub(super) before: Option<&'c Value>,
    /// The same field of another role.
    pub(super) of_role: &'c dyn Fn(&str) -> Option<Value>,
}

/// Whether the test holds.
pub(super) fn holds(test: &Test, actual: Option<&Value>, context: &Context<'_>) -> bool {
    let number = || actual.and_then(Value::as_f64);
    match test {
        Test::Equals(expected) => actual.is_some_and(|actual| equal(expected, actual)),
        Test::AnyOf(tests) => tests.iter().any(|test| holds(test, actual, context)),
        Test::Not(test) => !holds(test, actual, context),
        Test::Present => actual.is_some_and(|actual| !actual.is_null()),
        Test::Absent => actual.is_none_or(Value::is_null),
        Test::Type(expected) => actual.is_some_and(|actual| is_type(*expected, actual)),
        Test::SameAs(role) => actual.is_some() && (context.of_role)(role).as_ref() == actual,
        Test::Changed(expected) => (context.before != actual) == *expected,
        Test::Gt(bound) => number().is_some_and(|number| number > *bound),
        Test::Gte(bound) => number().is_some_and(|number| number >= *bound),
        Test::Lt(bound) => number().is_some_and(|number| number < *bound),
        Test::Lte(bound) => number().is_some_and(|number| number <= *bound),
        Test::Matches(regex) => actual.and_then(Value::as_str).is_some_and(|text| regex.is_match(text)),
    }
}

/// In what way a value that fails its test differs.
pub(super) fn difference(test: &Test, actual: Option<&Value>) -> Difference {
    match (test, actual) {
        (Test::Absent, _) => Difference::Unexpected,
        (_, None) => Difference::Missing,
        (Test::Equals(expected), Some(actual)) if type_of(expected) != type_of(actual) => Difference::WrongType,
        (Test::Type(_), _) => Difference::WrongType,
        _ => Difference::Differs,
    }
}

/// What a test expects, in words.
pub(super) fn describe(test: &Test) -> String {
    match test {
        Test::Equals(value) => value.to_string(),
        Test::AnyOf(tests) => format!("one of {}", tests.iter().map(describe).collect::<Vec<_>>().join(", ")),
        Test::Not(test) => format!("anything but {}", describe(test)),
        Test::Present => "something".to_owned(),
        Test::Absent => "nothing".to_owned(),
        Test::Type(JsonType::Integer) => "an integer".to_owned(),
        Test::Type(expected) => format!("a {}", expected.word()),
        Test::SameAs(role) => format!("the same as `{role}`"),
        Test::Changed(true) => "another value than before".to_owned(),
        Test::Changed(false) => "the value from before".to_owned(),
        Test::Gt(bound) => format!("more than {bound}"),
        Test::Gte(bound) => format!("at least {bound}"),
        Test::Lt(bound) => format!("less than {bound}"),
        Test::Lte(bound) => format!("at most {bound}"),
        Test::Matches(regex) => format!("text that matches /{}/", regex.as_str()),
    }
}

/// Equal with type: `"3"` is not `3`; `3.0` is `3`, as both are the one number type of JSON.
pub(super) fn equal(expected: &Value, actual: &Value) -> bool {
    match (expected, actual) {
        (Value::Number(a), Value::Number(b)) => {
            a == b || (a.as_f64() == b.as_f64() && a.as_i64() == whole(b) && a.is_i64())
        }
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| equal(a, b)),
        _ => expected == actual,
    }
}

/// The whole number that a number like `3.0` is.
#[expect(clippy::cast_possible_truncation, reason = "only a float without a fraction that fits is converted")]
fn whole(number: &serde_json::Number) -> Option<i64> {
    let float = number.as_f64()?;
    (float.fract() == 0.0 && float.abs() < 9e15).then_some(float as i64)
}

fn is_type(expected: JsonType, actual: &Value) -> bool {
    match expected {
        JsonType::Integer => actual.is_i64() || actual.is_u64(),
        other => type_of(actual) == Some(other),
    }
}

/// The type of a value, whole numbers not apart; null has none.
pub(super) fn type_of(value: &Value) -> Option<JsonType> {
    Some(match value {
        Value::Null => return None,
        Value::Bool(_) => JsonType::Boolean,
        Value::Number(_) => JsonType::Number,
        Value::String(_) => JsonType::String,
        Value::Array(_) => JsonType::List,
        Value::Object(_) => JsonType::Map,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(test: &Test, actual: &Value) -> bool {
        holds(test, Some(actual), &Context { before: None, of_role: &|_| None })
    }

    #[test]
    fn equality_keeps_types_apart() {
        assert!(check(&Test::Equals(json!(3)), &json!(3)));
        assert!(check(&Test::Equals(json!(3)), &json!(3.0)));
        assert!(!check(&Test::Equals(json!(3)), &json!("3")));
        assert!(!check(&Test::Equals(json!(false)), &json!(null)));
        assert!(!check(&Test::Equals(json!(3)), &json!(3.5)));
        assert_eq!(difference(&Test::Equals(json!(3)), Some(&json!("3"))), Difference::WrongType);
        assert_eq!(difference(&Test::Equals(json!(3)), None), Difference::Missing);
    }

    #[test]
    fn null_counts_as_absent() {
        assert!(check(&Test::Absent, &json!(null)));
        assert!(!check(&Test::Present, &json!(null)));
        assert!(holds(&Test::Absent, None, &Context { before: None, of_role: &|_| None }));
    }

    #[test]
    fn comparisons_need_numbers() {
        assert!(check(&Test::Gte(2.0), &json!(2)));
        assert!(!check(&Test::Lt(9.0), &json!("2")));
        assert!(check(&Test::AnyOf(vec![Test::Gt(5.0), Test::Equals(json!("x"))]), &json!("x")));
    }
}
