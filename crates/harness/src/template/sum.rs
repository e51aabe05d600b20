//! A sum over what an endpoint says. What is no number can't be added, and is not left out either: then the sum is no number.

use super::{Data, whole};

/// A sum under way.
#[derive(Debug, Default)]
pub(crate) struct Sum {
    whole: i128,
    /// Of the numbers that have a fraction, or are too large to be counted one by one.
    other: Option<f64>,
    /// The first that is no number.
    odd: Option<Data>,
}

impl Sum {
    pub(crate) fn add(&mut self, value: Data) {
        let is_number = value.is_number() && self.odd.is_none();
        let float = f64::try_from(value.clone()).ok().filter(|_| is_number && !value.is_integer());
        match (i128::try_from(value.clone()), float) {
            _ if !is_number => drop(self.odd.get_or_insert(value)),
            (Ok(number), None) => self.whole = self.whole.saturating_add(number),
            (_, Some(float)) => match whole(float) {
                Some(number) => self.whole = self.whole.saturating_add(number.into()),
                None => *self.other.get_or_insert(0.0) += float,
            },
            (Err(_), None) => drop(self.odd.get_or_insert(value)),
        }
    }

    /// What it came to: a whole number where it is one, and in place of a sum with something in it that is no number, that. It
    /// never wraps: what JSON can't hold as a whole number it holds as a float.
    pub(crate) fn total(self) -> Data {
        if let Some(odd) = self.odd {
            return odd;
        }
        let float = match self.other {
            Some(other) => self.whole as f64 + other,
            None => match (i64::try_from(self.whole), u64::try_from(self.whole)) {
                (Ok(total), _) => return Data::from(total),
                (_, Ok(total)) => return Data::from(total),
                _ => self.whole as f64,
            },
        };
        whole(float).map_or_else(|| Data::from(float), Data::from)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::template::{from_json, to_json};

    fn sum(values: &Value) -> Value {
        let mut sum = Sum::default();
        values.as_array().expect("a list").iter().for_each(|value| sum.add(from_json(value)));
        to_json(&sum.total()).expect("JSON").unwrap_or_default()
    }

    #[test]
    fn numbers_are_added_and_never_wrap() {
        for (values, total) in [
            (json!([]), json!(0)),
            (json!([1, 2]), json!(3)),
            (json!([1, 2.0]), json!(3)),
            (json!([1.5, 1.5, 1]), json!(4)),
            (json!([2, 1.5]), json!(3.5)),
            (json!([i64::MAX, 1]), json!(9_223_372_036_854_775_808_u64)),
            (json!([i64::MIN, -1]), json!(-9_223_372_036_854_775_809_f64)),
            (json!([u64::MAX, u64::MAX]), json!(36_893_488_147_419_103_230_f64)),
            (json!([1.8e19, 1]), json!(1.8e19)),
        ] {
            assert_eq!(sum(&values), total, "{values}");
        }
    }

    #[test]
    fn what_is_no_number_is_what_the_sum_comes_to() {
        for odd in [json!("7"), json!(null), json!(true), json!({ "amount": 7 }), json!([7])] {
            assert_eq!(sum(&json!([1, odd, 2, "other"])), odd);
        }
        let mut missing = Sum::default();
        missing.add(Data::from(1));
        missing.add(Data::UNDEFINED);
        assert!(missing.total().is_undefined());
    }
}
