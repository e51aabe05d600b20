//! Reads the fields of a request body, strictly: what is not understood is refused, never taken for left out. A lenient
//! reader would be destructive here, because leaving `newQuantity` out cancels everything. Knows no call.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::choices::{IntegralDecimal, NoContentType, NullField};
use super::refusal::{Cause, Refusal};
use crate::choice::Choices;
use crate::model::Request;

/// From here on a double can't tell neighbouring integers apart, so a decimal is no longer exact.
const EXACT_IN_DOUBLE: f64 = 9_007_199_254_740_992.0;

/// The fields of a JSON object.
pub(super) struct Fields<'a> {
    map: Cow<'a, Map<String, Value>>,
    choices: &'a Choices,
}

impl<'a> Fields<'a> {
    /// The body of a request. No body is an object without fields, whatever the content type.
    pub(super) fn of_request(request: &Request<'_>, choices: &'a Choices) -> Result<Self, Refusal> {
        if request.body.is_empty() {
            return Ok(Self { map: Cow::default(), choices });
        }
        let readable = match request.header("content-type") {
            Some(media_type) => is_json(media_type),
            None => choices.get::<NoContentType>() == NoContentType::Read,
        };
        if !readable {
            let message = "the content type must be application/json";
            return Err(Refusal::general(Cause::MediaType, message));
        }
        match serde_json::from_slice(request.body) {
            Ok(Value::Object(map)) => Ok(Self { map: Cow::Owned(map), choices }),
            Ok(_) => Err(Refusal::invalid("general", "the body must be a JSON object")),
            Err(error) => Err(Refusal::invalid("general", format!("the body is not JSON: {error}"))),
        }
    }

    /// A non-negative whole number.
    pub(super) fn count(&self, name: &str) -> Result<Option<u64>, Refusal> {
        let Some(value) = self.present(name)? else {
            return Ok(None);
        };
        if let Some(count) = value.as_u64() {
            return Ok(Some(count));
        }
        match value.as_f64() {
            Some(decimal) if is_exact_count(decimal) => match self.choices.get() {
                IntegralDecimal::Accept => Ok(Some(decimal as u64)),
                IntegralDecimal::Refuse => Err(Refusal::invalid(name, "must be written as an integer")),
            },
            _ => Err(Refusal::invalid(name, "must be an integer of 0 or more")),
        }
    }

    /// A count of at least one that can't be left out.
    pub(super) fn quantity(&self, name: &str) -> Result<u64, Refusal> {
        match self.count(name)? {
            Some(0) | None => Err(Refusal::invalid(name, "must be an integer of 1 or more")),
            Some(count) => Ok(count),
        }
    }

    /// A boolean.
    pub(super) fn flag(&self, name: &str) -> Result<Option<bool>, Refusal> {
        match self.present(name)? {
            None => Ok(None),
            Some(Value::Bool(flag)) => Ok(Some(*flag)),
            Some(_) => Err(Refusal::invalid(name, "must be true or false")),
        }
    }

    /// A string.
    pub(super) fn text(&self, name: &str) -> Result<Option<String>, Refusal> {
        match self.present(name)? {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.clone())),
            Some(_) => Err(Refusal::invalid(name, "must be a string")),
        }
    }

    /// A string that can be neither left out nor empty.
    pub(super) fn word(&self, name: &str) -> Result<String, Refusal> {
        match self.text(name)? {
            Some(word) if !word.is_empty() => Ok(word),
            _ => Err(Refusal::invalid(name, "must be a string that is not empty")),
        }
    }

    /// A list of strings.
    pub(super) fn texts(&self, name: &str) -> Result<Vec<String>, Refusal> {
        let refusal = || Refusal::invalid(name, "must be a list of strings");
        match self.present(name)? {
            None => Ok(Vec::new()),
            Some(Value::Array(list)) => {
                list.iter().map(|value| value.as_str().map(str::to_owned).ok_or_else(refusal)).collect()
            }
            Some(_) => Err(refusal()),
        }
    }

    /// An object, whatever it holds.
    pub(super) fn object(&self, name: &str) -> Result<Option<&Map<String, Value>>, Refusal> {
        match self.present(name)? {
            None => Ok(None),
            Some(Value::Object(map)) => Ok(Some(map)),
            Some(_) => Err(Refusal::invalid(name, "must be an object")),
        }
    }

    /// A list of objects, of which there must be at least one.
    pub(super) fn rows(&self, name: &str) -> Result<Vec<Fields<'_>>, Refusal> {
        let refusal = || Refusal::invalid(name, "must be a list of at least one object");
        match self.present(name)? {
            Some(Value::Array(list)) if !list.is_empty() => list
                .iter()
                .map(|row| match row {
                    Value::Object(map) => Ok(Fields { map: Cow::Borrowed(map), choices: self.choices }),
                    _ => Err(refusal()),
                })
                .collect(),
            _ => Err(refusal()),
        }
    }

    /// A field, other than these, that says something.
    pub(super) fn stranger(&self, known: &[&str]) -> Option<&str> {
        self.map
            .iter()
            .find(|(name, value)| !known.contains(&name.as_str()) && !value.is_null())
            .map(|(name, _)| name.as_str())
    }

    fn present(&self, name: &str) -> Result<Option<&Value>, Refusal> {
        match self.map.get(name) {
            Some(Value::Null) => match self.choices.get() {
                NullField::AsOmitted => Ok(None),
                NullField::Refuse => Err(Refusal::invalid(name, "must not be null")),
            },
            value => Ok(value),
        }
    }
}

fn is_json(content_type: &str) -> bool {
    let essence = content_type.split(';').next().unwrap_or_default();
    essence.trim().eq_ignore_ascii_case("application/json")
}

/// Whether a decimal stands for a count. The sign is asked for because `-0` is not below zero, yet nobody's amount to
/// keep.
fn is_exact_count(decimal: f64) -> bool {
    decimal.fract() == 0.0 && decimal.is_sign_positive() && decimal < EXACT_IN_DOUBLE
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::modern_dropship::INFOS;

    fn count(body: &str, picks: &[(&str, &str)]) -> Result<Option<u64>, u16> {
        let picks: Vec<_> = picks.iter().map(|(c, o)| (c.to_string(), o.to_string())).collect();
        let choices = Choices::pick(INFOS, &picks).unwrap();
        let headers = [("content-type", "Application/JSON; charset=utf-8")];
        let body = body.as_bytes();
        let request = Request { method: "POST", path: "/", query: None, headers: &headers, body };
        Fields::of_request(&request, &choices)
            .and_then(|fields| fields.count("n"))
            .map_err(|refusal| refusal.status(&choices))
    }

    #[test]
    fn numbers_that_are_counts() {
        for (number, is) in [
            ("0", 0),
            ("3", 3),
            ("3.0", 3),
            ("3e0", 3),
            ("30e-1", 3),
            ("18446744073709551615", u64::MAX),
            ("9007199254740993", 9_007_199_254_740_993),
        ] {
            assert_eq!(count(&format!("{{\"n\":{number}}}"), &[]), Ok(Some(is)), "{number}");
        }
    }

    #[test]
    fn what_is_no_count_is_refused() {
        for wrong in [
            "-1",
            "-0",
            "-0.0",
            "-3.0",
            "2.5",
            "\"3\"",
            "true",
            "[]",
            "[3]",
            "{}",
            "18446744073709551616",
            "1e30",
            "1e999",
            "03",
            "NaN",
            "9007199254740992.0",
        ] {
            assert_eq!(count(&format!("{{\"n\":{wrong}}}"), &[]), Err(400), "{wrong}");
        }
    }

    #[test]
    fn what_is_no_object_is_refused() {
        for wrong in ["null", "[]", "3", "\"n\"", "{", " ", "{}{}", "\u{feff}{}", "n=3"] {
            assert_eq!(count(wrong, &[("invalid-request-status", "422")]), Err(422), "{wrong}");
        }
        assert_eq!(count(&"[".repeat(100_000), &[]), Err(400));
    }

    #[test]
    fn choices_of_reading() {
        assert_eq!(count("", &[]), Ok(None));
        assert_eq!(count("{\"n\":null}", &[]), Ok(None));
        assert_eq!(count("{\"n\":null}", &[("null-field", "refuse")]), Err(400));
        assert_eq!(count("{\"n\":3.0}", &[("integral-decimal", "refuse")]), Err(400));
    }
}
