//! Values from the environment: `${NAME}` and `${NAME:-default}`, the only way a secret enters a binding.

use countermand_text::{Node, Reader};

use super::Secret;

/// A text with variables of the environment in it.
#[derive(Debug, Clone)]
pub(crate) struct EnvText {
    pieces: Vec<Piece>,
    /// It is the spec's own: where its variables are not set, their defaults are those of the mock, and of nobody else.
    is_of_spec: bool,
}

#[derive(Debug, Clone)]
enum Piece {
    Literal(String),
    Variable { name: String, default: Option<String> },
}

impl EnvText {
    pub(crate) fn parse(reader: &Reader, node: &Node) -> Option<Self> {
        let text = reader.text(node, "text, perhaps with `${NAME}` in it")?;
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("${") {
            let Some((variable, tail)) = after.split_once('}') else {
                reader.problem(node.at, "`${` without `}`", Some("write `${NAME}` or `${NAME:-default}`".to_owned()));
                return None;
            };
            let (name, default) = match variable.split_once(":-") {
                Some((name, default)) => (name, Some(default.to_owned())),
                None => (variable, None),
            };
            if name.is_empty() || !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
                reader.problem(
                    node.at,
                    format!("`{name}` is no name of a variable"),
                    Some("write `${NAME}` or `${NAME:-default}`".to_owned()),
                );
                return None;
            }
            if !before.is_empty() {
                pieces.push(Piece::Literal(before.to_owned()));
            }
            pieces.push(Piece::Variable { name: name.to_owned(), default });
            rest = tail;
        }
        if !rest.is_empty() {
            pieces.push(Piece::Literal(rest.to_owned()));
        }
        Some(Self { pieces, is_of_spec: false })
    }

    /// The same, as one of the spec's own binding.
    pub(crate) fn of_spec(self) -> Self {
        Self { is_of_spec: true, ..self }
    }

    /// The first variable that is not set and for which the mock's own value would stand.
    pub(crate) fn made_up(&self, env: &dyn Fn(&str) -> Option<String>) -> Option<String> {
        let mut unset = self.variables().filter(|(name, has_default)| *has_default && env(name).is_none());
        unset.next().map(|(name, _)| name.to_owned()).filter(|_| self.is_of_spec)
    }

    /// The same with a word before it.
    pub(crate) fn after(mut self, word: &str) -> Self {
        self.pieces.insert(0, Piece::Literal(word.to_owned()));
        self
    }

    /// The value; every variable that was set becomes a secret. `Err` names a variable that is not set and has no default.
    pub(crate) fn resolve(
        &self,
        env: &dyn Fn(&str) -> Option<String>,
        secrets: &mut Vec<Secret>,
    ) -> Result<String, String> {
        let mut out = String::new();
        for piece in &self.pieces {
            match piece {
                Piece::Literal(text) => out.push_str(text),
                Piece::Variable { name, default } => match (env(name), default) {
                    (Some(value), _) => {
                        out.push_str(&value);
                        let secret = Secret { value, stand_in: format!("${name}") };
                        if !secrets.contains(&secret) {
                            secrets.push(secret);
                        }
                    }
                    (None, Some(default)) => out.push_str(default),
                    (None, None) => return Err(name.clone()),
                },
            }
        }
        Ok(out)
    }

    /// The variables in it, each with whether it has a default.
    pub(crate) fn variables(&self) -> impl Iterator<Item = (&str, bool)> {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Literal(_) => None,
            Piece::Variable { name, default } => Some((name.as_str(), default.is_some())),
        })
    }

    /// How the text is shown where its value may not be: every variable by its name.
    pub(crate) fn stand_in(&self) -> String {
        let piece = |piece: &Piece| match piece {
            Piece::Literal(text) => text.clone(),
            Piece::Variable { name, .. } => format!("${name}"),
        };
        self.pieces.iter().map(piece).collect()
    }
}
