//! A case: a scenario resolved against its spec, every name known and every row filled in. How it is written is said in `file/`; how
//! it is played is none of its business.

use std::sync::Arc;

use countermand_text::{SourceFile, Span};
use serde_json::Value;

use super::claim::{Claim, Expectation, WebhookClaim};
use crate::spec::Spec;

/// One playable row of a scenario file, in full.
#[derive(Debug, Clone)]
pub struct Case {
    /// The spec's name, the path under the spec, and the row: `modern-dropship/partial/splits-the-item`.
    pub id: String,
    /// The spec it belongs to.
    pub spec: Arc<Spec>,
    /// The scenario's title.
    pub title: String,
    /// The file it stands in.
    pub file: Arc<SourceFile>,
    pub(crate) orders: Vec<OrderSetUp>,
    pub(crate) steps: Vec<Step>,
    /// The arguments by which its webhooks are registered.
    pub(crate) webhooks: Option<Value>,
    /// It expects nothing: its calls are made, and what comes of them is told.
    pub(crate) is_sequence: bool,
}

/// An order as the scenario wants it to begin.
#[derive(Debug, Clone)]
pub(crate) struct OrderSetUp {
    /// Its name among `orders:`; empty where there is only `order:`.
    pub(crate) name: String,
    pub(crate) at: Span,
    /// What is asked of the order itself, by name.
    pub(crate) fields: Box<[(String, Value)]>,
    /// Parents before what is nested in them.
    pub(crate) roles: Vec<RoleSetUp>,
}

/// One role of the set-up.
#[derive(Debug, Clone)]
pub(crate) struct RoleSetUp {
    /// The whole name: `mug`, `box.mug`, `other.mug`.
    pub(crate) role: String,
    pub(crate) kind: String,
    pub(crate) parent: Option<String>,
    /// The scenario's name for the product; roles that share it share the product.
    pub(crate) product: String,
    /// By name, in the order of the names.
    pub(crate) fields: Box<[(String, Value)]>,
}

/// One call, or several at once, and what must come of it.
#[derive(Debug, Clone)]
pub(crate) struct Step {
    /// Played only where the target was seen to choose this option.
    pub(crate) condition: Option<(String, String)>,
    pub(crate) call: CallUse,
    /// The calls that are made at the same time as the first.
    pub(crate) beside: Vec<CallUse>,
    /// How often the case is played, each time on fresh orders.
    pub(crate) repeat: u64,
    /// So many of the next webhooks are refused, to see whether they come again.
    pub(crate) refuse: u64,
    pub(crate) expect: Vec<Expectation>,
}

impl Step {
    /// What it claims of webhooks.
    pub(crate) fn webhooks(&self) -> impl Iterator<Item = &WebhookClaim> {
        self.expect.iter().flat_map(|expectation| &expectation.claims).flat_map(Claim::webhooks)
    }

    /// Every call of the step, in the order of the file.
    pub(crate) fn calls(&self) -> impl Iterator<Item = &CallUse> {
        std::iter::once(&self.call).chain(&self.beside)
    }
}

/// A call with its arguments.
#[derive(Debug, Clone)]
pub(crate) struct CallUse {
    pub(crate) name: String,
    pub(crate) at: Span,
    pub(crate) on: On,
    pub(crate) order: OrderRef,
    pub(crate) with: Option<Argument>,
    pub(crate) caller: String,
    pub(crate) request: RequestOverride,
}

/// What a call is made on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum On {
    /// The order itself.
    Order,
    Role(String),
    /// A well-formed id of this kind that nobody has.
    Unknown(String),
}

/// Which order a call is made in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OrderRef {
    /// Its place among the scenario's orders.
    Named(usize),
    /// A well-formed id that no order has.
    Unknown,
}

/// An argument of a call; `{id: ROLE}` in it becomes the role's id, and `{unknown: KIND}` one that nobody has.
#[derive(Debug, Clone)]
pub(crate) enum Argument {
    Value(Value),
    Id(String),
    /// An id of this kind that nobody has.
    Unknown(String),
    List(Vec<Argument>),
    Map(Vec<(String, Argument)>),
}

impl Argument {
    /// The roles that it names by their ids; one that nobody has is the empty name.
    pub(crate) fn roles(&self) -> Vec<&str> {
        match self {
            Self::Value(_) => Vec::new(),
            Self::Id(role) => vec![role],
            Self::Unknown(_) => vec![""],
            Self::List(list) => list.iter().flat_map(Self::roles).collect(),
            Self::Map(entries) => entries.iter().flat_map(|(_, argument)| argument.roles()).collect(),
        }
    }

    /// The same with roles in the place of their ids, for what is asked before anything has an id.
    pub(crate) fn by_role(&self) -> Value {
        match self {
            Self::Value(value) => value.clone(),
            Self::Id(role) => Value::String(role.clone()),
            Self::Unknown(kind) => Value::String(format!("unknown {kind}")),
            Self::List(list) => list.iter().map(Self::by_role).collect(),
            Self::Map(entries) => entries.iter().map(|(name, argument)| (name.clone(), argument.by_role())).collect(),
        }
    }
}

/// What a step changes of the request that the binding would send.
#[derive(Debug, Clone, Default)]
pub(crate) struct RequestOverride {
    pub(crate) method: Option<http::Method>,
    /// A header to set, or to leave out.
    pub(crate) headers: Vec<(http::HeaderName, Option<http::HeaderValue>)>,
    /// The body as raw text.
    pub(crate) body: Option<String>,
}

impl Case {
    /// A case with nothing in it: for what is sent before all cases.
    pub(crate) fn empty(spec: &Arc<Spec>) -> Self {
        let file = Arc::clone(&spec.file);
        Self {
            id: String::new(),
            spec: Arc::clone(spec),
            title: String::new(),
            file,
            orders: Vec::new(),
            steps: Vec::new(),
            webhooks: None,
            is_sequence: false,
        }
    }

    /// Whether it needs somebody who takes webhooks.
    pub(crate) fn listens(&self) -> bool {
        self.webhooks.is_some() || self.steps.iter().any(|step| step.refuse > 0 || step.webhooks().next().is_some())
    }

    /// The ids of the clauses its claims name, in order of first mention.
    pub fn clauses(&self) -> impl Iterator<Item = &str> {
        self.steps.iter().flat_map(|step| &step.expect).map(|expectation| expectation.clause.as_str())
    }
}
