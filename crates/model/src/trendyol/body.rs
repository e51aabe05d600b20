//! Reads the fields of a JSON body, strictly: what has the wrong type is refused, never taken for left out, because a
//! lenient reader cancels what nobody asked for. Knows no call. A body is read whatever its content type.

use std::borrow::Cow;

use serde_json::{Map, Number, Value};

use super::refusal::Refusal;

/// The fields of a JSON object. One that is null counts as left out.
pub(super) struct Fields<'a> {
    map: Cow<'a, Map<String, Value>>,
}

impl<'a> Fields<'a> {
    pub(super) fn of_body(body: &[u8]) -> Result<Self, Refusal> {
        match serde_json::from_slice(body) {
            Ok(Value::Object(map)) => Ok(Self { map: Cow::Owned(map) }),
            Ok(_) => Err(Refusal::invalid("the body must be a JSON object")),
            Err(error) => Err(Refusal::invalid(format!("the body is not JSON: {error}"))),
        }
    }

    /// A whole number of at least one, written as one: `3.0` and `"3"` are not.
    pub(super) fn count(&self, name: &str) -> Result<u64, Refusal> {
        self.maybe_count(name)?.ok_or_else(|| wrong(name, "an integer of 1 or more"))
    }

    /// The same, if one is given.
    pub(super) fn maybe_count(&self, name: &str) -> Result<Option<u64>, Refusal> {
        let count = |value| as_count(value).ok_or_else(|| wrong(name, "an integer of 1 or more"));
        self.present(name).map(count).transpose()
    }

    /// A list of such numbers, at least one.
    pub(super) fn counts(&self, name: &str) -> Result<Vec<u64>, Refusal> {
        let refusal = || wrong(name, "a list of integers of 1 or more");
        match self.present(name) {
            Some(Value::Array(list)) if !list.is_empty() => {
                list.iter().map(|value| as_count(value).ok_or_else(refusal)).collect()
            }
            _ => Err(refusal()),
        }
    }

    /// An amount of money, if one is given.
    pub(super) fn amount(&self, name: &str) -> Result<Option<Number>, Refusal> {
        match self.present(name) {
            None => Ok(None),
            Some(Value::Number(amount)) if amount.as_f64().is_some_and(|it| it >= 0.0) => Ok(Some(amount.clone())),
            Some(_) => Err(wrong(name, "a number of 0 or more")),
        }
    }

    pub(super) fn flag(&self, name: &str) -> Result<Option<bool>, Refusal> {
        match self.present(name) {
            None => Ok(None),
            Some(Value::Bool(flag)) => Ok(Some(*flag)),
            Some(_) => Err(wrong(name, "true or false")),
        }
    }

    pub(super) fn text(&self, name: &str) -> Result<Option<&str>, Refusal> {
        match self.present(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(wrong(name, "a string")),
        }
    }

    /// A string that can be neither left out nor empty.
    pub(super) fn word(&self, name: &str) -> Result<&str, Refusal> {
        let word = self.text(name)?.filter(|word| !word.is_empty());
        word.ok_or_else(|| wrong(name, "a string that is not empty"))
    }

    /// A list of strings; none, if it is left out.
    pub(super) fn words(&self, name: &str) -> Result<Vec<&str>, Refusal> {
        let refusal = || wrong(name, "a list of strings");
        match self.present(name) {
            None => Ok(Vec::new()),
            Some(Value::Array(list)) => list.iter().map(|value| value.as_str().ok_or_else(refusal)).collect(),
            Some(_) => Err(refusal()),
        }
    }

    /// The fields of an object within; of none, if it is left out.
    pub(super) fn object(&self, name: &str) -> Result<Fields<'_>, Refusal> {
        match self.present(name) {
            None => Ok(Fields { map: Cow::default() }),
            Some(Value::Object(map)) => Ok(Fields { map: Cow::Borrowed(map) }),
            Some(_) => Err(wrong(name, "an object")),
        }
    }

    /// A list of objects, at least one and at most `max`.
    pub(super) fn rows(&self, name: &str, max: usize) -> Result<Vec<Fields<'_>>, Refusal> {
        let refusal = || wrong(name, &format!("a list of 1 to {max} objects"));
        match self.present(name) {
            Some(Value::Array(list)) if (1..=max).contains(&list.len()) => list
                .iter()
                .map(|row| match row {
                    Value::Object(map) => Ok(Fields { map: Cow::Borrowed(map) }),
                    _ => Err(refusal()),
                })
                .collect(),
            _ => Err(refusal()),
        }
    }

    fn present(&self, name: &str) -> Option<&Value> {
        self.map.get(name).filter(|value| !value.is_null())
    }
}

fn as_count(value: &Value) -> Option<u64> {
    value.as_u64().filter(|count| *count > 0)
}

fn wrong(name: &str, must_be: &str) -> Refusal {
    Refusal::invalid(format!("{name} must be {must_be}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read<T>(body: &str, field: impl FnOnce(&Fields<'_>) -> Result<T, Refusal>) -> Result<T, String> {
        let fields = Fields::of_body(body.as_bytes()).map_err(|refusal| refusal.message)?;
        field(&fields).map_err(|refusal| refusal.message)
    }

    #[test]
    fn counts_are_integers_that_are_written_as_such() {
        let count = |number: &str| read(&format!("{{\"n\":{number}}}"), |fields| fields.count("n"));
        assert_eq!(count("1"), Ok(1));
        assert_eq!(count("18446744073709551615"), Ok(u64::MAX));
        for wrong in
            ["0", "-1", "-0", "3.0", "1e2", "2.5", "\"3\"", "true", "null", "[3]", "{}", "18446744073709551616"]
        {
            assert_eq!(count(wrong), Err("n must be an integer of 1 or more".into()), "{wrong}");
        }
        assert!(read("{}", |fields| fields.count("n")).is_err());
    }

    #[test]
    fn what_is_no_object_is_refused() {
        for wrong in ["", " ", "null", "[]", "3", "\"n\"", "{", "{}{}", "\u{feff}{}", "n=3", &"[".repeat(100_000)] {
            assert!(read(wrong, |_| Ok(())).is_err(), "{wrong:.10}");
        }
    }

    #[test]
    fn lists_are_bounded_and_never_empty() {
        let rows = |body: &str| read(body, |fields| fields.rows("n", 2).map(|rows| rows.len()));
        assert_eq!(rows(r#"{"n":[{},{}]}"#), Ok(2));
        for wrong in ["{}", r#"{"n":[]}"#, r#"{"n":[{},{},{}]}"#, r#"{"n":[3]}"#, r#"{"n":{}}"#, r#"{"n":null}"#] {
            assert!(rows(wrong).is_err(), "{wrong}");
        }
    }
}
