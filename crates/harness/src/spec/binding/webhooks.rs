//! How webhooks are spoken: how one is registered and taken away again, and how what is received is read.

use std::collections::BTreeMap;
use std::time::Duration;

use countermand_text::{Reader, Span};

use crate::spec::binding::Request;
use crate::spec::words::WebhookWords;
use crate::template::Expr;

/// How long a webhook may take where nobody says otherwise.
const SETTLE: Duration = Duration::from_secs(2);
/// How long one that was refused may take to come again where nobody says otherwise.
const RETRY: Duration = Duration::from_secs(300);

/// How a spec's webhooks are spoken.
#[derive(Debug, Clone)]
pub(crate) struct Webhooks {
    /// Sent once per order of a case that listens, before its first step.
    pub(crate) register: Vec<Request>,
    /// Sent at the end of such a case, however it ended.
    pub(crate) unregister: Vec<Request>,
    /// What one body tells: a list, or a single thing.
    pub(crate) each: Expr,
    /// True of what tells of this order; nothing where a webhook is told of no other.
    pub(crate) order: Option<Expr>,
    /// The id of what it tells of.
    pub(crate) id: Option<Expr>,
    pub(crate) fields: Vec<(String, Expr)>,
    /// How long one may take to come.
    pub(crate) settle: Duration,
    /// How long one that was refused may take to come again.
    pub(crate) retry: Duration,
    /// How many cases may have one registered at once.
    pub(crate) at_once: Option<usize>,
}

/// The same as a file says it.
#[derive(Debug, Clone, Default)]
pub(crate) struct WebhooksPart {
    pub(crate) register: Option<Vec<Request>>,
    pub(crate) unregister: Option<Vec<Request>>,
    pub(crate) each: Option<Expr>,
    pub(crate) order: Option<Expr>,
    pub(crate) id: Option<Expr>,
    pub(crate) fields: Vec<(String, Expr)>,
    pub(crate) settle: Option<Duration>,
    pub(crate) retry: Option<Duration>,
    pub(crate) at_once: Option<usize>,
}

impl WebhooksPart {
    /// This part with `over` laid over it.
    pub(crate) fn overlaid(mut self, over: Self) -> Self {
        self.fields.retain(|(name, _)| over.fields.iter().all(|(other, _)| other != name));
        self.fields.extend(over.fields);
        Self {
            register: over.register.or(self.register),
            unregister: over.unregister.or(self.unregister),
            each: over.each.or(self.each),
            order: over.order.or(self.order),
            id: over.id.or(self.id),
            fields: self.fields,
            settle: over.settle.or(self.settle),
            retry: over.retry.or(self.retry),
            at_once: over.at_once.or(self.at_once),
        }
    }

    /// All of it, for what the spec says a webhook tells. What is missing is a problem at `at`.
    pub(crate) fn complete(
        self,
        reader: &Reader,
        at: Span,
        words: &WebhookWords,
        lacks: &BTreeMap<String, String>,
    ) -> Option<Webhooks> {
        let missing = |what: &str| reader.problem(at, format!("the binding's `webhooks` need {what}"), None);
        if self.register.is_none() {
            missing("`register`: the requests that register `{{ webhook_url }}`");
        }
        if self.each.is_none() {
            missing("`each`: what one body tells");
        }
        if words.on.is_some() && self.id.is_none() {
            missing("`id`: the id of what one tells of");
        }
        let is_read = |name: &str| {
            self.fields.iter().any(|(known, _)| known == name) || lacks.contains_key(&format!("webhook.{name}"))
        };
        for field in words.fields.iter().filter(|field| !is_read(&field.name)) {
            missing(&format!("the field `{}`", field.name));
        }
        Some(Webhooks {
            register: self.register?,
            unregister: self.unregister.unwrap_or_default(),
            each: self.each?,
            order: self.order,
            id: self.id,
            fields: self.fields,
            settle: self.settle.unwrap_or(SETTLE),
            retry: self.retry.unwrap_or(RETRY),
            at_once: self.at_once,
        })
    }
}
