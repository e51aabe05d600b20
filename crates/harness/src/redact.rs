//! Keeps secrets out of everything that leaves the harness. The one gate: a result passes it on its way to an event.

use serde_json::Value;

use crate::event::{CaseResult, Exchange};
use crate::target::Secret;
use crate::target::template::in_path;

/// The shortest value that is searched for in other text. Anything shorter would blot out half a report; headers that
/// carry a credential are shown by name whatever their length.
const SHORTEST: usize = 4;

/// Replaces secrets by the names of their variables.
#[derive(Debug, Clone, Default)]
pub(crate) struct Redactor {
    /// Longest first, so that a secret that contains another goes first.
    secrets: Vec<Secret>,
}

impl Redactor {
    pub(crate) fn new(secrets: impl IntoIterator<Item = Secret>) -> Self {
        let mut all: Vec<Secret> = Vec::new();
        for secret in secrets {
            // As it stands inside a JSON text or a path: a quote or a slash looks different there.
            let in_json = serde_json::to_string(&secret.value).unwrap_or_default();
            let in_json = in_json.get(1..in_json.len().saturating_sub(1)).unwrap_or_default().to_owned();
            for form in [in_json, in_path(&secret.value)] {
                if form != secret.value {
                    all.push(Secret { value: form, stand_in: secret.stand_in.clone() });
                }
            }
            all.push(secret);
        }
        all.retain(|secret| secret.value.len() >= SHORTEST);
        all.sort_by_key(|secret| std::cmp::Reverse(secret.value.len()));
        Self { secrets: all }
    }

    /// The text without secrets.
    pub(crate) fn text(&self, text: &str) -> String {
        self.secrets.iter().fold(text.to_owned(), |text, secret| text.replace(&secret.value, &secret.stand_in))
    }

    /// Cleans every field of a result that can carry what a target sent or what was sent to it.
    pub(crate) fn clean(&self, result: &mut CaseResult) {
        if self.secrets.is_empty() {
            return;
        }
        for mismatch in &mut result.mismatches {
            self.string(&mut mismatch.path);
            self.string(&mut mismatch.expected);
            mismatch.actual.iter_mut().for_each(|value| self.value(value));
        }
        if let Some(trouble) = &mut result.trouble {
            self.string(&mut trouble.message);
            trouble.exchange.iter_mut().for_each(|exchange| self.exchange(exchange));
        }
        for step in &mut result.steps {
            step.with.iter_mut().for_each(|value| self.value(value));
            self.value(&mut step.state);
            for shown in step.before.iter_mut().chain(&mut step.after) {
                self.string(&mut shown.role);
                self.string(&mut shown.label);
            }
            step.exchanges.iter_mut().for_each(|exchange| self.exchange(exchange));
        }
    }

    fn exchange(&self, exchange: &mut Exchange) {
        self.string(&mut exchange.base);
        self.string(&mut exchange.path);
        for (name, value) in exchange.request_headers.iter_mut().chain(&mut exchange.response_headers) {
            self.string(name);
            self.string(value);
        }
        let texts = [&mut exchange.request_body, &mut exchange.response_body, &mut exchange.error];
        texts.into_iter().flatten().for_each(|text| self.string(text));
    }

    fn string(&self, text: &mut String) {
        *text = self.text(text);
    }

    fn value(&self, value: &mut Value) {
        match value {
            Value::String(text) => self.string(text),
            Value::Number(number) => {
                let text = number.to_string();
                let cleaned = self.text(&text);
                if cleaned != text {
                    *value = Value::String(cleaned);
                }
            }
            Value::Array(list) => list.iter_mut().for_each(|item| self.value(item)),
            Value::Object(map) => {
                let cleaned = std::mem::take(map).into_iter().map(|(key, mut value)| {
                    self.value(&mut value);
                    (self.text(&key), value)
                });
                *map = cleaned.collect();
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn redactor() -> Redactor {
        let secret = |value: &str, name: &str| Secret { value: value.to_owned(), stand_in: name.to_owned() };
        Redactor::new([secret("hunter2", "$KEY"), secret("say \"please\"", "$WORD"), secret("hunter2-more", "$LONG")])
    }

    #[test]
    fn secrets_go_wherever_they_stand() {
        let mut value = serde_json::json!({ "a": ["x hunter2 y"], "hunter2": "hunter2-more", "raw": "{\"w\":\"say \\\"please\\\"\"}" });
        let expected = serde_json::json!({ "a": ["x $KEY y"], "$KEY": "$LONG", "raw": "{\"w\":\"$WORD\"}" });
        redactor().value(&mut value);
        assert_eq!(value, expected);
    }

    #[test]
    fn without_secrets_nothing_is_touched() {
        assert_eq!(Redactor::default().text("hunter2"), "hunter2");
    }
}
