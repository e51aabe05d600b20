//! Reads the fields of a JSON body, strictly: what has the wrong type is refused, never taken for left out, because a
//! lenient reader cancels what nobody asked for. Knows no call.

use std::borrow::Cow;
use std::fmt;

use serde_json::{Map, Number, Value};

use crate::choice::Choices;

/// The fields of a JSON object. One that is null counts as left out, unless it is asked whether it does.
#[derive(Default)]
pub(crate) struct Fields<'a> {
    map: Cow<'a, Map<String, Value>>,
    nulls: Option<Nulls<'a>>,
}

/// The choices of a spec, and whether they refuse a field that is null.
type Nulls<'a> = (&'a Choices, fn(&Choices) -> bool);

/// What can't be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Unreadable {
    /// The field that is wrong; none, if it is the body as a whole.
    pub(crate) field: Option<String>,
    /// What is wrong with the body, or what the field must be.
    pub(crate) message: String,
}

impl<'a> Fields<'a> {
    /// # Errors
    /// When the body is no JSON object.
    pub(crate) fn of_body(body: &[u8]) -> Result<Self, Unreadable> {
        let whole = |message| Unreadable { field: None, message };
        match serde_json::from_slice(body) {
            Ok(Value::Object(map)) => Ok(Self { map: Cow::Owned(map), nulls: None }),
            Ok(_) => Err(whole("the body must be a JSON object".to_owned())),
            Err(error) => Err(whole(format!("the body is not JSON: {error}"))),
        }
    }

    /// The same, where it is a choice whether a field may be null: `refused` is asked whenever one is met.
    pub(crate) fn with_nulls(self, choices: &'a Choices, refused: fn(&Choices) -> bool) -> Self {
        Self { nulls: Some((choices, refused)), ..self }
    }

    /// A whole number of at least one, written as one: `3.0` and `"3"` are not.
    pub(crate) fn count(&self, name: &str) -> Result<u64, Unreadable> {
        self.maybe_count(name)?.ok_or_else(|| wrong(name, "an integer of 1 or more"))
    }

    /// The same, if one is given.
    pub(crate) fn maybe_count(&self, name: &str) -> Result<Option<u64>, Unreadable> {
        let count = |value| as_count(value).ok_or_else(|| wrong(name, "an integer of 1 or more"));
        self.present(name)?.map(count).transpose()
    }

    /// A list of such numbers, at least one.
    pub(crate) fn counts(&self, name: &str) -> Result<Vec<u64>, Unreadable> {
        let refusal = || wrong(name, "a list of integers of 1 or more");
        match self.present(name)? {
            Some(Value::Array(list)) if !list.is_empty() => {
                list.iter().map(|value| as_count(value).ok_or_else(refusal)).collect()
            }
            _ => Err(refusal()),
        }
    }

    /// An amount of money, if one is given.
    pub(crate) fn amount(&self, name: &str) -> Result<Option<Number>, Unreadable> {
        match self.present(name)? {
            None => Ok(None),
            Some(Value::Number(amount)) if amount.as_f64().is_some_and(|it| it >= 0.0) => Ok(Some(amount.clone())),
            Some(_) => Err(wrong(name, "a number of 0 or more")),
        }
    }

    /// A boolean, if one is given.
    pub(crate) fn flag(&self, name: &str) -> Result<Option<bool>, Unreadable> {
        match self.present(name)? {
            None => Ok(None),
            Some(Value::Bool(flag)) => Ok(Some(*flag)),
            Some(_) => Err(wrong(name, "true or false")),
        }
    }

    /// A string, if one is given.
    pub(crate) fn text(&self, name: &str) -> Result<Option<&str>, Unreadable> {
        match self.present(name)? {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(wrong(name, "a string")),
        }
    }

    /// A string that can be neither left out nor empty.
    pub(crate) fn word(&self, name: &str) -> Result<&str, Unreadable> {
        let word = self.text(name)?.filter(|word| !word.is_empty());
        word.ok_or_else(|| wrong(name, "a string that is not empty"))
    }

    /// A list of strings; none, if it is left out.
    pub(crate) fn texts(&self, name: &str) -> Result<Vec<&str>, Unreadable> {
        let refusal = || wrong(name, "a list of strings");
        match self.present(name)? {
            None => Ok(Vec::new()),
            Some(Value::Array(list)) => list.iter().map(|value| value.as_str().ok_or_else(refusal)).collect(),
            Some(_) => Err(refusal()),
        }
    }

    /// An object, if one is given, whatever it holds.
    pub(crate) fn object(&self, name: &str) -> Result<Option<&Map<String, Value>>, Unreadable> {
        match self.present(name)? {
            None => Ok(None),
            Some(Value::Object(map)) => Ok(Some(map)),
            Some(_) => Err(wrong(name, "an object")),
        }
    }

    /// The fields of an object; of none, if it is left out.
    pub(crate) fn within(&self, name: &str) -> Result<Fields<'_>, Unreadable> {
        let map = self.object(name)?.map_or_else(Cow::default, Cow::Borrowed);
        Ok(Fields { map, nulls: self.nulls })
    }

    /// A list of objects, at least one and, if that is bounded, at the most so many.
    pub(crate) fn rows(&self, name: &str, most: Option<usize>) -> Result<Vec<Fields<'_>>, Unreadable> {
        let refusal = || match most {
            None => wrong(name, "a list of at least one object"),
            Some(most) => wrong(name, &format!("a list of 1 to {most} objects")),
        };
        match self.present(name)? {
            Some(Value::Array(list)) if (1..=most.unwrap_or(usize::MAX)).contains(&list.len()) => list
                .iter()
                .map(|row| match row {
                    Value::Object(map) => Ok(Fields { map: Cow::Borrowed(map), nulls: self.nulls }),
                    _ => Err(refusal()),
                })
                .collect(),
            _ => Err(refusal()),
        }
    }

    /// A field, other than these, that says something.
    pub(crate) fn stranger(&self, known: &[&str]) -> Option<&str> {
        self.map
            .iter()
            .find(|(name, value)| !known.contains(&name.as_str()) && !value.is_null())
            .map(|(name, _)| name.as_str())
    }

    /// What stands in a field that is not left out.
    pub(crate) fn present(&self, name: &str) -> Result<Option<&Value>, Unreadable> {
        match (self.map.get(name), self.nulls) {
            (Some(Value::Null), Some((choices, refused))) if refused(choices) => {
                Err(Unreadable { field: Some(name.to_owned()), message: "must not be null".to_owned() })
            }
            (value, _) => Ok(value.filter(|value| !value.is_null())),
        }
    }
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.field {
            None => f.write_str(&self.message),
            Some(field) => write!(f, "{field} {}", self.message),
        }
    }
}

fn as_count(value: &Value) -> Option<u64> {
    value.as_u64().filter(|count| *count > 0)
}

fn wrong(name: &str, must_be: &str) -> Unreadable {
    Unreadable { field: Some(name.to_owned()), message: format!("must be {must_be}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read<T>(body: &str, field: impl FnOnce(&Fields<'_>) -> Result<T, Unreadable>) -> Result<T, String> {
        let fields = Fields::of_body(body.as_bytes()).map_err(|error| error.to_string())?;
        field(&fields).map_err(|error| error.to_string())
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
        let rows = |body: &str| read(body, |fields| fields.rows("n", Some(2)).map(|rows| rows.len()));
        assert_eq!(rows(r#"{"n":[{},{}]}"#), Ok(2));
        for wrong in ["{}", r#"{"n":[]}"#, r#"{"n":[{},{},{}]}"#, r#"{"n":[3]}"#, r#"{"n":{}}"#, r#"{"n":null}"#] {
            assert!(rows(wrong).is_err(), "{wrong}");
        }
    }
}
