//! JSON as values of expressions, and back. Its maps are lists in the order of their keys: what an answer holds is read once
//! and asked for a handful of its members, so that building a tree of every map of it would cost more than it saves.

use std::fmt;
use std::sync::Arc;

use minijinja::value::{Enumerator, Object, ObjectExt, ObjectRepr};
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

use super::Data;

/// JSON as a value of expressions.
pub(crate) fn from_json(value: &Value) -> Data {
    match value {
        Value::Null => Data::from(()),
        Value::Bool(truth) => Data::from(*truth),
        Value::Number(number) => match (number.as_u64(), number.as_i64()) {
            (Some(number), _) => Data::from(number),
            (None, Some(number)) => Data::from(number),
            (None, None) => number.as_f64().into(),
        },
        Value::String(text) => Data::from(text.as_str()),
        Value::Array(list) => list.iter().map(from_json).collect(),
        Value::Object(map) => {
            Members::of(map.iter().map(|(name, value)| (Data::from(name.as_str()), from_json(value))).collect())
        }
    }
}

/// Parses JSON text straight into a value of expressions, in which `3.0` is 3; nothing where it is none. A mark of the byte
/// order before it is no part of it.
pub(crate) fn parse_json(bytes: &[u8]) -> Option<Data> {
    // That it is text is found out once, not for every name and value in it.
    let text = std::str::from_utf8(bytes).ok()?;
    serde_json::from_str(text.trim_start_matches('\u{feff}')).ok().map(|Json(data)| data)
}

/// The whole number that a number like `3.0` is; nothing where it stands for more than one.
#[expect(clippy::cast_possible_truncation, reason = "only a float without a fraction that fits is converted")]
pub(crate) fn whole(number: f64) -> Option<i64> {
    // From here on a float stands for more than one whole number.
    const END: f64 = (1_u64 << f64::MANTISSA_DIGITS) as f64;
    (number.fract() == 0.0 && number.abs() < END).then_some(number as i64)
}

/// A value of expressions as JSON; nothing where it is undefined.
pub(crate) fn to_json(value: &Data) -> Result<Option<Value>, String> {
    if value.is_undefined() {
        return Ok(None);
    }
    serde_json::to_value(value).map(Some).map_err(|error| error.to_string())
}

/// A map of JSON: its members in the order of their names, each name once.
#[derive(Debug)]
struct Members(Vec<(Data, Data)>);

impl Members {
    /// Of two members with one name the later counts.
    fn of(mut members: Vec<(Data, Data)>) -> Data {
        members.sort_by(|(a, _), (b, _)| a.as_str().cmp(&b.as_str()));
        members.dedup_by(|later, earlier| {
            let is_same = later.0 == earlier.0;
            if is_same {
                std::mem::swap(later, earlier);
            }
            is_same
        });
        Data::from_object(Self(members))
    }
}

impl Object for Members {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Map
    }

    fn get_value(self: &Arc<Self>, key: &Data) -> Option<Data> {
        self.get_value_by_str(key.as_str()?)
    }

    fn get_value_by_str(self: &Arc<Self>, key: &str) -> Option<Data> {
        let index = self.0.binary_search_by(|(name, _)| name.as_str().cmp(&Some(key))).ok()?;
        Some(self.0[index].1.clone())
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        self.mapped_rev_key_value_enumerator(|this| Box::new(this.0.iter().cloned()))
    }

    fn enumerator_len(self: &Arc<Self>) -> Option<usize> {
        Some(self.0.len())
    }
}

/// There is room for so many members before more is made.
const MEMBERS: usize = 16;

/// A value as a parser hands it over.
struct Json(Data);

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(JsonVisitor).map(Self)
    }
}

struct JsonVisitor;

impl<'de> Visitor<'de> for JsonVisitor {
    type Value = Data;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Data, E> {
        Ok(Data::from(()))
    }

    fn visit_bool<E>(self, truth: bool) -> Result<Data, E> {
        Ok(Data::from(truth))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Data, E> {
        Ok(Data::from(number))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Data, E> {
        Ok(Data::from(number))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Data, E> {
        Ok(whole(number).map_or_else(|| Data::from(number), Data::from))
    }

    fn visit_str<E>(self, text: &str) -> Result<Data, E> {
        Ok(Data::from(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Data, A::Error> {
        let mut items = Vec::new();
        while let Some(Json(item)) = list.next_element()? {
            items.push(item);
        }
        Ok(Data::from(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Data, A::Error> {
        let mut members = Vec::with_capacity(MEMBERS);
        while let Some((Json(name), Json(value))) = map.next_entry()? {
            members.push((name, value));
        }
        Ok(Members::of(members))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn json_comes_back_as_it_went_in() {
        let value = json!({ "b": [1, -2, 0.5, u64::MAX, null, true], "a": { "z": "text", "": {} }, "c": [] });
        let parsed = parse_json(value.to_string().as_bytes()).unwrap();
        assert_eq!(to_json(&parsed), Ok(Some(value.clone())));
        assert_eq!(to_json(&from_json(&value)), Ok(Some(value.clone())));
        // What the engine makes of it by itself.
        assert_eq!(from_json(&value), Data::from(minijinja::value::Serde(&value)));
        assert_eq!(parsed.to_string(), Data::from(minijinja::value::Serde(&value)).to_string());
    }

    #[test]
    fn a_number_without_a_fraction_is_whole_however_it_is_written() {
        let parsed = parse_json(b"\xef\xbb\xbf[3.0, -2.0, 3e2, 1.5, 1.8e19, 9007199254740993.0]").unwrap();
        assert_eq!(parsed.to_string(), "[3, -2, 300, 1.5, 1.8e19, 9007199254740992.0]");
        // What a scenario sends is sent as it is written.
        assert_eq!(to_json(&from_json(&json!(3.0))), Ok(Some(json!(3.0))));
    }

    #[test]
    fn of_two_members_with_one_name_the_later_counts() {
        let parsed = parse_json(br#"{ "b": 1, "a": 2, "b": 3, "a": 4, "b": 5 }"#).unwrap();
        assert_eq!(parsed.to_string(), "{'a': 4, 'b': 5}");
        assert_eq!(parsed.get_attr("b").unwrap(), Data::from(5));
        assert!(parsed.get_attr("c").unwrap().is_undefined());
        assert_eq!(parsed.len(), Some(2));
    }
}
