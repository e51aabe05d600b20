//! What a step claims: of its answer, of entities, groups and the order, of other views and of webhooks. Whether it holds is
//! judged in `check`.

use countermand_text::Span;
use regex_lite::Regex;
use serde_json::Value;

use crate::spec::binding::Outcome;

/// A claim and the clause that demands it.
#[derive(Debug, Clone)]
pub(crate) struct Expectation {
    pub(crate) clause: String,
    pub(crate) claims: Vec<Claim>,
    /// Whether they put the clause to the test.
    pub(crate) exercises: bool,
}

/// One thing that is claimed of the observation.
#[derive(Debug, Clone)]
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
#[derive(Debug, Clone)]
pub(crate) struct EntityClaim {
    pub(crate) kind: String,
    pub(crate) role: String,
    pub(crate) order: usize,
    pub(crate) at: Span,
    /// It is new, and comes of this role.
    pub(crate) new: Option<String>,
    /// It is gone.
    pub(crate) absent: bool,
    /// Its being there is what is claimed: where it has gone, that breaks this clause, and not only the frame's.
    pub(crate) present: bool,
    pub(crate) fields: Vec<FieldClaim>,
}

/// What is claimed of the webhooks that were received: that one is like this.
#[derive(Debug, Clone)]
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
#[derive(Debug, Clone)]
pub(crate) struct FieldClaim {
    pub(crate) name: String,
    pub(crate) test: Test,
    pub(crate) at: Span,
}

/// What a value must be.
#[derive(Debug, Clone)]
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
    /// What each of its options claims, where it is made of some.
    pub(crate) fn options(&self) -> Vec<&[Self]> {
        match self {
            Self::Choice { options, .. } => options.iter().map(|(_, claims)| claims.as_slice()).collect(),
            Self::AnyOf { options, .. } => options.iter().map(Vec::as_slice).collect(),
            _ => Vec::new(),
        }
    }

    /// What this claim, or one in it, says of webhooks.
    pub(crate) fn webhooks(&self) -> Vec<&WebhookClaim> {
        match self {
            Self::Webhook(webhook) => vec![webhook],
            _ => self.options().into_iter().flatten().flat_map(Self::webhooks).collect(),
        }
    }

    /// The other views that this claim, or one in it, is compared with.
    pub(crate) fn views(&self) -> Vec<&str> {
        match self {
            Self::Agrees { view, .. } => vec![view],
            _ => self.options().into_iter().flatten().flat_map(Self::views).collect(),
        }
    }
}
