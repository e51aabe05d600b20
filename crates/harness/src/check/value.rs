//! Tests a single value.

use countermand_event::Difference;
use serde_json::Value;

use crate::scenario::{JsonType, Test};
use crate::template;

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
pub(crate) fn describe(test: &Test) -> String {
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
        (Value::Number(a), Value::Number(b)) => a == b || whole(expected).is_some_and(|a| whole(actual) == Some(a)),
        _ => expected == actual,
    }
}

/// Equal, or the same number written as text: the same in meaning, whatever a clause says of its type.
pub(crate) fn says(expected: &Value, actual: &Value) -> bool {
    let as_number = || serde_json::from_str(actual.as_str()?.trim()).ok().filter(Value::is_number);
    equal(expected, actual) || as_number().is_some_and(|number: Value| equal(expected, &number))
}

/// The whole number that a number like `3.0` is.
fn whole(value: &Value) -> Option<i64> {
    value.as_f64().and_then(template::whole)
}

fn is_type(expected: JsonType, actual: &Value) -> bool {
    match expected {
        JsonType::Integer => actual.is_i64() || actual.is_u64() || whole(actual).is_some(),
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
    fn a_whole_number_is_itself_however_it_is_written() {
        for (one, other) in [(json!(3), json!(3.0)), (json!(-2), json!(-2.0)), (json!(3.5), json!(3.5))] {
            assert!(check(&Test::Equals(one.clone()), &other) && check(&Test::Equals(other), &one), "{one}");
        }
        for (one, other) in [
            (json!(3), json!(4.0)),
            (json!(0), json!(0.5)),
            (json!(1.5), json!(1.25)),
            // As floats these would be the same.
            (json!(9_007_199_254_740_993_u64), json!(9_007_199_254_740_992.0)),
            (json!(u64::MAX), json!(u64::MAX as f64)),
        ] {
            assert!(!check(&Test::Equals(one.clone()), &other) && !check(&Test::Equals(other), &one), "{one}");
        }
    }

    #[test]
    fn a_number_that_is_written_as_text_says_the_same_and_is_not_equal() {
        for (expected, actual) in [(json!(3), json!("3")), (json!(3), json!(" 3.0 ")), (json!("a"), json!("a"))] {
            assert!(says(&expected, &actual), "{actual}");
        }
        for (expected, actual) in [(json!(3), json!("4")), (json!("3"), json!(3)), (json!(true), json!("true"))] {
            assert!(!says(&expected, &actual), "{actual}");
        }
    }

    #[test]
    fn a_bound_says_whether_it_is_within() {
        for (test, held) in [
            (Test::Gt(2.0), [false, false, true]),
            (Test::Gte(2.0), [false, true, true]),
            (Test::Lt(2.0), [true, false, false]),
            (Test::Lte(2.0), [true, true, false]),
        ] {
            assert_eq!([1, 2, 3].map(|number| check(&test, &json!(number))), held, "{test:?}");
        }
    }

    #[test]
    fn types_are_those_of_json_with_whole_numbers_apart() {
        let (large, odd) = (json!(u64::MAX), json!(1.8e19));
        let values =
            [json!(true), json!(-3), large, json!(3.5), json!("3"), json!([3]), json!({"3": 3}), json!(3.0), odd];
        for (word, held) in [
            ("boolean", [0].as_slice()),
            ("integer", &[1, 2, 7]),
            ("number", &[1, 2, 3, 7, 8]),
            ("string", &[4]),
            ("list", &[5]),
            ("map", &[6]),
        ] {
            let test = Test::Type(JsonType::from_word(word).expect("a type"));
            let seen: Vec<usize> = (0..values.len()).filter(|index| check(&test, &values[*index])).collect();
            assert_eq!(seen, held, "{word}");
            assert!(!check(&test, &json!(null)), "null is of no type");
            assert_eq!(difference(&test, Some(&json!(null))), Difference::WrongType);
        }
    }

    #[test]
    fn a_value_is_compared_with_what_it_was_and_with_anothers() {
        let holds = |test: &Test, before: Option<Value>, actual: Option<Value>, others: Option<Value>| {
            let of_role = |role: &str| if role == "other" { others.clone() } else { None };
            super::holds(test, actual.as_ref(), &Context { before: before.as_ref(), of_role: &of_role })
        };
        let (one, two) = (Some(json!(1)), Some(json!(2)));
        for changed in [true, false] {
            assert_eq!(holds(&Test::Changed(changed), one.clone(), two.clone(), None), changed);
            assert_eq!(holds(&Test::Changed(changed), one.clone(), None, None), changed);
            assert_eq!(holds(&Test::Changed(changed), one.clone(), one.clone(), None), !changed);
        }
        let same = Test::SameAs("other".to_owned());
        assert!(holds(&same, None, one.clone(), one.clone()));
        assert!(!holds(&same, one.clone(), one.clone(), two), "what it was does not count");
        assert!(!holds(&same, None, None, None), "two that are not there are not the same");
        assert!(holds(&Test::Not(Box::new(same)), None, one, None));
    }

    #[test]
    fn a_difference_is_told_by_what_was_expected() {
        let text = Test::Matches(regex_lite::Regex::new("^a").expect("a pattern"));
        for (test, actual, told) in [
            (&Test::Absent, Some(json!(1)), Difference::Unexpected),
            (&Test::Present, None, Difference::Missing),
            (&text, Some(json!("b")), Difference::Differs),
            (&Test::Equals(json!(1)), Some(json!(2)), Difference::Differs),
            (&Test::Equals(json!(1)), Some(json!(null)), Difference::WrongType),
        ] {
            assert!(!holds(test, actual.as_ref(), &Context { before: None, of_role: &|_| None }));
            assert_eq!(difference(test, actual.as_ref()), told, "{test:?}");
        }
        assert!(check(&text, &json!("ab")) && !check(&text, &json!(1)));
    }

    #[test]
    fn what_is_expected_is_told_in_words() {
        let any = Test::AnyOf(vec![Test::Gt(1.0), Test::Lte(0.5), Test::Equals(json!("x"))]);
        for (test, words) in [
            (Test::Not(Box::new(any)), "anything but one of more than 1, at most 0.5, \"x\""),
            (Test::Present, "something"),
            (Test::Absent, "nothing"),
            (Test::Type(JsonType::Integer), "an integer"),
            (Test::Type(JsonType::Map), "a map"),
            (Test::Changed(true), "another value than before"),
            (Test::Changed(false), "the value from before"),
        ] {
            assert_eq!(describe(&test), words);
        }
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
