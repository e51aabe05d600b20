//! Expressions over what an endpoint sent. That may be anything: an expression that can't be worked out over it comes to nothing,
//! and what compares that differs. Only what no endpoint has a part in is still an error.

use serde_json::Value;

use super::filters::is_sequence;
use super::{Data, Expr, ExprError, Scope};

/// An expression over what an endpoint sent.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Answered<'e>(pub(super) &'e Expr);

impl Answered<'_> {
    /// The value; undefined where it can't be worked out.
    pub(crate) fn eval(self, scope: &Scope) -> Result<Data, ExprError> {
        or_nothing(self.0.eval(scope))
    }

    /// Whether the value is true.
    pub(crate) fn holds(self, scope: &Scope) -> Result<bool, ExprError> {
        or_nothing(self.0.holds(scope))
    }

    /// The value as JSON; nothing where it is undefined.
    pub(crate) fn json(self, scope: &Scope) -> Result<Option<Value>, ExprError> {
        or_nothing(self.0.json(scope))
    }

    /// The elements of a value that should be a list: what is none has none.
    pub(crate) fn list(self, scope: &Scope) -> Result<Vec<Data>, ExprError> {
        Ok(elements(&self.eval(scope)?).unwrap_or_default())
    }

    /// The elements of a value that is a list, or the value itself; nothing where there is none.
    pub(crate) fn each(self, scope: &Scope) -> Result<Vec<Data>, ExprError> {
        let value = self.eval(scope)?;
        let single = if value.is_undefined() { Vec::new() } else { vec![value.clone()] };
        Ok(elements(&value).unwrap_or(single))
    }
}

/// The elements of a list; nothing where it is none.
pub(crate) fn elements(value: &Data) -> Option<Vec<Data>> {
    is_sequence(value).then(|| value.try_iter().into_iter().flatten().collect())
}

fn or_nothing<T: Default>(worked_out: Result<T, ExprError>) -> Result<T, ExprError> {
    match worked_out {
        Err(error) if error.is_of_values => Ok(T::default()),
        other => other,
    }
}
