//! A scenario, validated against its spec: one [`WaitingCase`] per playable row, and a [`Case`] when its turn comes. What the
//! keys of the file are is said in `file.rs` and `claims.rs`; how a case is played is none of this module's business.

mod call;
mod claims;
mod discover;
mod document;
mod file;
mod load;
mod minimal;
mod sequence;
mod suite_file;

mod table;
mod waiting;

use std::sync::Arc;

use countermand_text::{SourceFile, Span};
use regex_lite::Regex;
use serde_json::Value;

use crate::spec::Spec;
use crate::spec::binding::Outcome;

pub(crate) use claims::OPERATORS;
pub use discover::{Found, discover};
pub use load::{Suite, load_some, load_suite, needed};
pub use minimal::minimal;
pub(crate) use sequence::{name_of, product_of};
pub use sequence::{scenario, scenarios, sequence};
pub use suite_file::{Content, SuiteFile};
pub(crate) use waiting::{Turn, Turns};
pub use waiting::{WaitingCase, suite_print};

/// One playable row of a scenario file, in full.
#[derive(Debug)]
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
#[derive(Debug)]
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
#[derive(Debug)]
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
#[derive(Debug)]
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
#[derive(Debug)]
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
#[derive(Debug)]
pub(crate) enum Argument {
    Value(Value),
    Id(String),
    /// An id of this kind that nobody has.
    Unknown(String),
    List(Vec<Argument>),
    Map(Vec<(String, Argument)>),
}

/// What a step changes of the request that the binding would send.
#[derive(Debug, Default)]
pub(crate) struct RequestOverride {
    pub(crate) method: Option<http::Method>,
    /// A header to set, or to leave out.
    pub(crate) headers: Vec<(http::HeaderName, Option<http::HeaderValue>)>,
    /// The body as raw text.
    pub(crate) body: Option<String>,
}

/// A claim and the clause that demands it.
#[derive(Debug)]
pub(crate) struct Expectation {
    pub(crate) clause: String,
    pub(crate) claims: Vec<Claim>,
}

/// One thing that is claimed of the observation.
#[derive(Debug)]
pub(crate) enum Claim {
    Outcome {
        outcome: Outcome,
        at: Span,
    },
    /// How each of several calls at once was answered, in the order of the file; `any` is nothing.
    Outcomes {
        outcomes: Vec<Option<Outcome>>,
        at: Span,
    },
    Status {
        test: Test,
        at: Span,
    },
    Order {
        order: usize,
        field: FieldClaim,
    },
    Entity(EntityClaim),
    Group {
        group: String,
        order: usize,
        product: String,
        field: FieldClaim,
    },
    /// Another view shows the same.
    Agrees {
        view: String,
        at: Span,
    },
    /// One of the spec's choices: each option with what it looks like.
    Choice {
        choice: String,
        options: Vec<(String, Vec<Claim>)>,
        at: Span,
    },
    /// A webhook came, or none did.
    Webhook(WebhookClaim),
    /// At least one of several whole claims holds.
    AnyOf {
        options: Vec<Vec<Claim>>,
        at: Span,
    },
}

/// What is claimed of one entity.
#[derive(Debug)]
pub(crate) struct EntityClaim {
    pub(crate) kind: String,
    pub(crate) role: String,
    pub(crate) order: usize,
    pub(crate) at: Span,
    /// It is new, and comes of this role.
    pub(crate) new: Option<String>,
    /// It is gone.
    pub(crate) absent: bool,
    pub(crate) fields: Vec<FieldClaim>,
}

/// What is claimed of the webhooks that were received: that one is like this.
#[derive(Debug)]
pub(crate) struct WebhookClaim {
    pub(crate) order: usize,
    /// The role that it tells of.
    pub(crate) on: Option<String>,
    pub(crate) at: Span,
    /// None is like this.
    pub(crate) absent: bool,
    /// The last that was told of it is what the view shows.
    pub(crate) agrees: bool,
    pub(crate) fields: Vec<FieldClaim>,
    pub(crate) headers: Vec<FieldClaim>,
}

/// What is claimed of one field.
#[derive(Debug)]
pub(crate) struct FieldClaim {
    pub(crate) name: String,
    pub(crate) test: Test,
    pub(crate) at: Span,
}

/// What a value must be.
#[derive(Debug)]
pub(crate) enum Test {
    /// Equal, with type.
    Equals(Value),
    AnyOf(Vec<Test>),
    Not(Box<Test>),
    /// There, and not null.
    Present,
    /// Not there, or null.
    Absent,
    Type(JsonType),
    /// As the same field of this role.
    SameAs(String),
    /// Another value than before the step, or not.
    Changed(bool),
    Gt(f64),
    Gte(f64),
    Lt(f64),
    Lte(f64),
    Matches(Regex),
}

/// The types of JSON, with whole numbers apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum JsonType {
    Boolean,
    Integer,
    Number,
    String,
    List,
    Map,
}

impl JsonType {
    pub(crate) const WORDS: [&'static str; 6] = ["boolean", "integer", "number", "string", "list", "map"];

    pub(crate) fn from_word(word: &str) -> Option<Self> {
        let all = [Self::Boolean, Self::Integer, Self::Number, Self::String, Self::List, Self::Map];
        Self::WORDS.iter().position(|known| *known == word).map(|index| all[index])
    }

    pub(crate) fn word(self) -> &'static str {
        Self::WORDS[self as usize]
    }
}

impl Claim {
    /// What this claim, or one in it, says of webhooks.
    pub(crate) fn webhooks(&self) -> Vec<&WebhookClaim> {
        match self {
            Self::Webhook(webhook) => vec![webhook],
            Self::Choice { options, .. } => {
                options.iter().flat_map(|(_, claims)| claims).flat_map(Self::webhooks).collect()
            }
            Self::AnyOf { options, .. } => options.iter().flatten().flat_map(Self::webhooks).collect(),
            _ => Vec::new(),
        }
    }

    /// The other views that this claim, or one in it, is compared with.
    pub(crate) fn views(&self) -> Vec<&str> {
        match self {
            Self::Agrees { view, .. } => vec![view],
            Self::Choice { options, .. } => {
                options.iter().flat_map(|(_, claims)| claims).flat_map(Self::views).collect()
            }
            Self::AnyOf { options, .. } => options.iter().flatten().flat_map(Self::views).collect(),
            _ => Vec::new(),
        }
    }
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
