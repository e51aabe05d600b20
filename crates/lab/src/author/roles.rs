//! The roles of what requests name by ids, where nobody has said which id is whose.

use std::collections::BTreeMap;

use countermand_harness::{Meaning, Recogniser, Spec};
use serde_json::{Map, Value, json};

use crate::contracts::{Contract, contract};
use crate::error::ExploreError;
use crate::sequence::{Call, Line};

/// Gives the ids in requests the roles of an order's lines: the first id that is met is that of the first line.
pub(super) struct Roles<'s> {
    spec: &'s Spec,
    contract: &'static Contract,
    lines: Vec<String>,
    /// The roles of the ids, by kind and id.
    known: BTreeMap<(String, String), String>,
}

impl<'s> Roles<'s> {
    /// The roles of these lines.
    ///
    /// # Errors
    /// When nothing is known of the spec here.
    pub(super) fn new(spec: &'s Spec, lines: &[Line]) -> Result<Self, ExploreError> {
        let contract = contract(&spec.name).ok_or_else(|| ExploreError::Spec(spec.name.clone()))?;
        let lines = lines.iter().map(|line| line.role.clone()).collect();
        Ok(Self { spec, contract, lines, known: BTreeMap::new() })
    }

    /// The call that a request is, by the names of a scenario; nothing where it is no call of the spec.
    ///
    /// # Errors
    /// When it names more lines than there are, or says what the call does not.
    pub(super) fn call(
        &mut self,
        recogniser: &Recogniser,
        request: &http::Request<bytes::Bytes>,
    ) -> Result<Option<Call>, String> {
        let Some(known) = recogniser.recognise(request) else { return Ok(None) };
        let Meaning::Call(name) = &known.meaning else { return Ok(None) };
        if let Some(odd) = known.odd {
            return Err(format!("it is not the {name} that the binding would send: {odd}"));
        }
        let kind = recogniser.concern(request.method(), request.uri()).kind;
        let on = match (kind, known.on.values().next()) {
            (Some(kind), Some(id)) => Some(self.role(&kind, id)?),
            _ => None,
        };
        let with = match &known.with {
            Some(with) => Some(self.arguments(with)?),
            None => None,
        };
        let header =
            |name: &&'static str| Some(((*name).to_owned(), request.headers().get(*name)?.to_str().ok()?.to_owned()));
        let headers = self.contract.headers.iter().filter_map(header).collect();
        Ok(Some(Call { with, headers, ..Call::new(name, on.as_deref()) }))
    }

    fn role(&mut self, kind: &str, id: &Value) -> Result<String, String> {
        let id = id.as_str().map_or_else(|| id.to_string(), str::to_owned);
        let whole = self.contract.whole;
        if let Some(whole) = whole.filter(|_| !self.spec.is_leaf(kind)) {
            return Ok(whole.to_owned());
        }
        let met = self.known.keys().filter(|(other, _)| other == kind).count();
        let key = (kind.to_owned(), id);
        if let Some(role) = self.known.get(&key) {
            return Ok(role.clone());
        }
        let Some(line) = self.lines.get(met) else {
            return Err(format!("`{}` is one {kind} more than the order has lines", key.1));
        };
        let role = whole.map_or_else(|| line.clone(), |whole| format!("{whole}.{line}"));
        self.known.insert(key, role.clone());
        Ok(role)
    }

    fn arguments(&mut self, with: &Map<String, Value>) -> Result<Map<String, Value>, String> {
        let mut arguments = Map::new();
        for (name, value) in with {
            let kind = self.contract.ids.iter().find(|(argument, _)| argument == name).map(|(_, kind)| *kind);
            arguments.insert(name.clone(), self.argument(kind, value)?);
        }
        Ok(arguments)
    }

    fn argument(&mut self, kind: Option<&str>, value: &Value) -> Result<Value, String> {
        match (value, kind) {
            (Value::Object(map), _) => Ok(Value::Object(self.arguments(map)?)),
            (Value::Array(list), _) => list.iter().map(|value| self.argument(kind, value)).collect(),
            (id @ (Value::String(_) | Value::Number(_)), Some(kind)) => Ok(json!({ "id": self.role(kind, id)? })),
            (other, _) => Ok(other.clone()),
        }
    }
}
