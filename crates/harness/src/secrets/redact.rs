//! Keeps secrets out of everything that leaves the harness. The one gate: a result passes it on its way to an event.

use countermand_event::{CaseResult, Exchange, Mismatch, Proof, Trouble};
use regex_lite::{NoExpand, Regex};
use serde_json::Value;

use super::{Secret, stand_in_for};

/// The shortest value that is searched for in other text. Anything shorter would blot out half a report; headers that
/// carry a credential are shown by name whatever their length.
const SHORTEST: usize = 4;

/// Replaces secrets by the names of their variables, in whatever escapes they come back.
#[derive(Debug, Clone, Default)]
pub(crate) struct Redactor {
    /// Longest first, so that a secret that contains another goes first.
    secrets: Vec<Hidden>,
}

/// A secret, and what is shown in its place.
#[derive(Debug, Clone)]
struct Hidden {
    value: String,
    /// The value, escaped or not.
    form: Regex,
    stand_in: String,
}

impl Hidden {
    fn of(Secret { value, stand_in }: Secret) -> Option<Self> {
        Some(Self { form: any_form(&value)?, value, stand_in })
    }

    fn is_in(&self, text: &str) -> bool {
        // Nothing is escaped without one of these, and to look for the plain value takes next to no time.
        if text.contains(['\\', '%']) { self.form.is_match(text) } else { text.contains(&self.value) }
    }
}

impl Redactor {
    pub(crate) fn new(secrets: impl IntoIterator<Item = Secret>) -> Self {
        let mut secrets: Vec<Secret> = secrets.into_iter().filter(|secret| secret.value.len() >= SHORTEST).collect();
        secrets.sort_by_key(|secret| std::cmp::Reverse(secret.value.len()));
        Self { secrets: secrets.into_iter().filter_map(Hidden::of).collect() }
    }

    /// The same with more secrets.
    pub(crate) fn with(&self, secrets: impl IntoIterator<Item = Secret>) -> Self {
        let mut more = Self::new(secrets);
        more.secrets.extend(self.secrets.iter().cloned());
        more
    }

    /// The text without secrets.
    pub(crate) fn text(&self, text: &str) -> String {
        let clean = |text: String, hidden: &Hidden| match hidden.is_in(&text) {
            true => hidden.form.replace_all(&text, NoExpand(&hidden.stand_in)).into_owned(),
            false => text,
        };
        self.secrets.iter().fold(text.to_owned(), clean)
    }

    /// Cleans every field of a result that can carry what a target sent or what was sent to it.
    pub(crate) fn clean(&self, result: &mut CaseResult) {
        if self.secrets.is_empty() {
            return;
        }
        result.mismatches.iter_mut().for_each(|mismatch| self.mismatch(mismatch));
        result.trouble.iter_mut().for_each(|trouble| self.trouble(trouble));
        result.start.iter_mut().for_each(|state| self.value(state));
        for step in &mut result.steps {
            let beside = step.beside.iter_mut().map(|call| &mut call.with);
            beside.chain([&mut step.with]).flatten().for_each(|value| self.value(value));
            self.value(&mut step.state);
            for shown in step.before.iter_mut().chain(&mut step.after) {
                self.string(&mut shown.role);
                self.string(&mut shown.label);
            }
            step.exchanges.iter_mut().chain(&mut step.webhooks).for_each(|exchange| self.exchange(exchange));
        }
    }

    /// The same for what was tried of a target.
    pub(crate) fn clean_proof(&self, proof: &mut Proof) {
        for check in &mut proof.checks {
            check.note.iter_mut().for_each(|note| self.string(note));
            check.trouble.iter_mut().for_each(|trouble| self.trouble(trouble));
        }
    }

    /// The same for one difference.
    pub(crate) fn mismatch(&self, mismatch: &mut Mismatch) {
        self.string(&mut mismatch.path);
        self.string(&mut mismatch.expected);
        let values = [&mut mismatch.expected_value, &mut mismatch.actual];
        values.into_iter().flatten().for_each(|value| self.value(value));
    }

    fn trouble(&self, trouble: &mut Trouble) {
        self.string(&mut trouble.message);
        trouble.exchange.iter_mut().for_each(|exchange| self.exchange(exchange));
    }

    /// Cleans every part of an exchange.
    pub(crate) fn exchange(&self, exchange: &mut Exchange) {
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

    /// Cleans every text and number in a value.
    pub(crate) fn value(&self, value: &mut Value) {
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

/// Words that make a name that of a credential.
const CREDENTIALS: [&str; 9] =
    ["token", "secret", "password", "session", "cookie", "credential", "key", "jwt", "bearer"];

/// Replaces whatever the answer of a log-in calls a credential, header or member, by its name, where nothing stands in for it
/// already.
pub(crate) fn hide_credentials(exchange: &mut Exchange) {
    for (name, value) in exchange.response_headers.iter_mut().filter(|(name, _)| names_credential(name)) {
        if !value.contains('$') {
            *value = stand_in_for(name);
        }
    }
    let Some(body) = &mut exchange.response_body else { return };
    if let Ok(mut json) = serde_json::from_str::<Value>(body) {
        hide_members(&mut json);
        *body = json.to_string();
    }
}

fn hide_members(value: &mut Value) {
    match value {
        Value::Object(map) => {
            for (name, value) in map {
                match value {
                    Value::String(text) if names_credential(name) && !text.contains('$') => *text = stand_in_for(name),
                    other => hide_members(other),
                }
            }
        }
        Value::Array(list) => list.iter_mut().for_each(hide_members),
        _ => {}
    }
}

fn names_credential(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    CREDENTIALS.iter().any(|word| name.contains(word))
}

/// A pattern for the value with each character as it is, or as JSON, PHP, Python or a URL would escape it.
fn any_form(value: &str) -> Option<Regex> {
    let mut pattern = String::new();
    for character in value.chars() {
        let mut utf8 = [0; 4];
        let percent: String = character.encode_utf8(&mut utf8).bytes().map(|byte| format!("%{byte:02X}")).collect();
        let mut utf16 = [0; 2];
        let unicode: String =
            character.encode_utf16(&mut utf16).iter().map(|unit| format!("\\\\u{unit:04X}")).collect();
        let plain = regex_lite::escape(&character.to_string());
        // A backslash before it is what JSON does to quotes and backslashes, and some do to slashes.
        pattern.push_str(&format!("(?:\\\\?{plain}|(?i:{percent}|{unicode}))"));
    }
    Regex::new(&pattern).ok()
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
    fn every_usual_escape_of_a_secret_is_known() {
        let redactor = Redactor::new([Secret { value: "a/b+c=\"é".to_owned(), stand_in: "$KEY".to_owned() }]);
        for form in ["a/b+c=\"é", "a\\/b+c=\\\"\\u00e9", "a%2Fb%2bc%3D%22%C3%A9", "\\u0061/b+c=\"é"] {
            assert_eq!(redactor.text(&format!("<{form}>")), "<$KEY>", "{form}");
        }
    }

    #[test]
    fn what_a_log_in_calls_a_credential_is_hidden() {
        let mut exchange = Exchange {
            system: None,
            method: "POST".to_owned(),
            base: String::new(),
            path: "/login".to_owned(),
            request_headers: Vec::new(),
            request_body: None,
            status: Some(200),
            response_headers: vec![("x-session".to_owned(), "abc".to_owned()), ("x-id".to_owned(), "7".to_owned())],
            response_body: Some(r#"{"data":[{"refreshToken":"r","token":"$TOKEN","user":"pat"}]}"#.to_owned()),
            millis: 0.0,
            error: None,
        };
        hide_credentials(&mut exchange);
        assert_eq!(exchange.response_headers[0].1, "$X_SESSION");
        assert_eq!(exchange.response_headers[1].1, "7");
        let body = r#"{"data":[{"refreshToken":"$REFRESHTOKEN","token":"$TOKEN","user":"pat"}]}"#;
        assert_eq!(exchange.response_body.as_deref(), Some(body));
    }

    #[test]
    fn without_secrets_nothing_is_touched() {
        assert_eq!(Redactor::default().text("hunter2"), "hunter2");
    }
}
