//! What is this API's own in reading a body: which bodies are read at all, whether a field may be null, and how a count may
//! be written, of which leaving it out cancels everything. Knows no call.

use super::choices::{IntegralDecimal, NoContentType, NullField};
use super::refusal::{Cause, Refusal};
use crate::choice::Choices;
use crate::model::Request;
use crate::wire::fields::Fields;

/// From here on a double can't tell neighbouring integers apart, so a decimal is no longer exact.
const EXACT_IN_DOUBLE: f64 = 9_007_199_254_740_992.0;

/// The fields of a body. No body is an object without fields, whatever the content type.
pub(super) fn read<'a>(request: &Request<'_>, choices: &'a Choices) -> Result<Fields<'a>, Refusal> {
    let refuses_null = |choices: &Choices| choices.get::<NullField>() == NullField::Refuse;
    if request.body.is_empty() {
        return Ok(Fields::default());
    }
    let readable = match request.header("content-type") {
        Some(media_type) => is_json(media_type),
        None => choices.get::<NoContentType>() == NoContentType::Read,
    };
    if !readable {
        let message = "the content type must be application/json";
        return Err(Refusal::general(Cause::MediaType, message));
    }
    Ok(Fields::of_body(request.body)?.with_nulls(choices, refuses_null))
}

/// A non-negative whole number, if one is given.
pub(super) fn count(fields: &Fields<'_>, name: &str, choices: &Choices) -> Result<Option<u64>, Refusal> {
    let Some(value) = fields.present(name)? else {
        return Ok(None);
    };
    if let Some(count) = value.as_u64() {
        return Ok(Some(count));
    }
    match value.as_f64() {
        Some(decimal) if is_exact_count(decimal) => match choices.get() {
            IntegralDecimal::Accept => Ok(Some(decimal as u64)),
            IntegralDecimal::Refuse => Err(Refusal::invalid(name, "must be written as an integer")),
        },
        _ => Err(Refusal::invalid(name, "must be an integer of 0 or more")),
    }
}

/// A count of at least one that can't be left out.
pub(super) fn quantity(fields: &Fields<'_>, name: &str, choices: &Choices) -> Result<u64, Refusal> {
    match count(fields, name, choices)? {
        Some(0) | None => Err(Refusal::invalid(name, "must be an integer of 1 or more")),
        Some(count) => Ok(count),
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
        read(&request, &choices)
            .and_then(|fields| super::count(&fields, "n", &choices))
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
