//! A call as it is typed on one line: `cancel_item mug newQuantity=3`. Knows no call of any spec.

use serde_json::Value;

use crate::sequence::Call;

/// Reads a call: its name, the role it is made on, and its arguments. A value is JSON where it can be, and text where not.
///
/// # Errors
/// What in it is no call, and how to write it.
pub fn typed(text: &str) -> Result<Call, String> {
    let mut words = words(text).into_iter().peekable();
    let name = words.next().ok_or("a call begins with its name, as `cancel_item mug newQuantity=3`")?;
    let on = words.next_if(|word| !word.contains('='));
    let mut call = Call::new(name, on);
    for word in words {
        let (argument, value) =
            word.split_once('=').ok_or_else(|| format!("`{word}` is no argument: write it as `newQuantity=3`"))?;
        let value = match serde_json::from_str(value) {
            Ok(value) => value,
            Err(error) if value.starts_with(['{', '[', '"']) => {
                return Err(format!("`{value}` is no JSON: {error}"));
            }
            Err(_) => Value::from(value),
        };
        call = call.with(argument, value);
    }
    Ok(call)
}

/// What spaces part that stand in no quotes and no brackets.
fn words(text: &str) -> Vec<&str> {
    let (mut words, mut start, mut depth, mut is_quoted) = (Vec::new(), 0, 0_usize, false);
    for (at, c) in text.char_indices() {
        match c {
            '"' => is_quoted = !is_quoted,
            '{' | '[' if !is_quoted => depth += 1,
            '}' | ']' if !is_quoted => depth = depth.saturating_sub(1),
            ' ' if !is_quoted && depth == 0 => {
                words.push(&text[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    words.push(&text[start..]);
    words.retain(|word| !word.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{typed, words};

    #[test]
    fn json_may_hold_spaces() {
        assert_eq!(
            words(r#"push  box a=[1, {"b": "c d"}] e="f g""#),
            ["push", "box", r#"a=[1, {"b": "c d"}]"#, r#"e="f g""#]
        );
        let call = typed(r#"cancel_items box lines=[{"quantity": 1}] reasonId=500 note=late"#)
            .unwrap_or_else(|why| panic!("{why}"));
        assert_eq!((call.name.as_str(), call.on.as_deref()), ("cancel_items", Some("box")));
        assert_eq!(json!(call.with), json!({ "lines": [{ "quantity": 1 }], "reasonId": 500, "note": "late" }));
    }

    #[test]
    fn what_is_no_call_is_told() {
        let told = |text: &str| typed(text).err().unwrap_or_default();
        assert!(told("").contains("begins with its name"));
        assert!(told("cancel_item mug 3").contains("`3` is no argument"));
        assert!(told("cancel_items box lines=[{]").contains("no JSON"));
    }
}
