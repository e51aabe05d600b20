//! A target and its binding: how a spec's set-up, calls and views are spoken to something that can be played against.

mod env;
mod file;
mod resolve;
pub(crate) mod template;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;

use template::{Expr, JsonTemplate, Text};

pub(crate) use env::{EnvText, Secret};
pub(crate) use file::{SpecNames, read_binding};
pub(crate) use resolve::{Header, is_credential, stand_in_for};
pub use resolve::{Target, TargetError, TargetOptions};

/// How a spec is spoken over HTTP.
#[derive(Debug)]
pub(crate) struct Binding {
    pub(crate) base_url: EnvText,
    /// Headers of every request.
    pub(crate) headers: Vec<(String, EnvText)>,
    /// Headers by which each caller is known.
    pub(crate) callers: BTreeMap<String, Vec<(String, EnvText)>>,
    /// One product per role, in the order of the scenario.
    pub(crate) products: Vec<Value>,
    /// How an order comes to exist.
    pub(crate) provision: Vec<Request>,
    /// How a set-up entity is known for a role, per kind.
    pub(crate) bind: BTreeMap<String, Expr>,
    pub(crate) calls: BTreeMap<String, Vec<Request>>,
    /// The first is read after every step; the others where a claim asks.
    pub(crate) views: Vec<View>,
    pub(crate) outcome: OutcomeRules,
    pub(crate) settle: Duration,
    /// Calls that the target declares it has not, with the reason.
    pub(crate) lacks: BTreeMap<String, String>,
}

/// One request of a list, with what is done around it.
#[derive(Debug)]
pub(crate) struct Request {
    /// Sent once per element `it`.
    pub(crate) each: Option<Expr>,
    /// Sent only if.
    pub(crate) when: Option<Expr>,
    pub(crate) caller: Option<String>,
    pub(crate) method: http::Method,
    pub(crate) path: Text,
    pub(crate) json: Option<JsonTemplate>,
    /// Sent again until.
    pub(crate) until: Option<Expr>,
    pub(crate) pages: Option<Pages>,
    /// Names for parts of the answer; `order.NAME` is kept with the order.
    pub(crate) capture: Vec<(String, Expr)>,
}

/// A request sent page by page.
#[derive(Debug)]
pub(crate) struct Pages {
    pub(crate) from: u64,
    pub(crate) rows: Expr,
    /// True on the last page that is wanted.
    pub(crate) last: Expr,
    pub(crate) at_most: u64,
}

/// How the state is read back.
#[derive(Debug)]
pub(crate) struct View {
    pub(crate) name: String,
    pub(crate) reads: Vec<Request>,
    pub(crate) order: Vec<(String, Expr)>,
    pub(crate) kinds: BTreeMap<String, KindView>,
    /// Every `(kind, field)` it maps; of the order the kind is empty.
    pub(crate) mapped: Arc<BTreeSet<(String, String)>>,
}

/// How the entities of one kind are found in what was read.
#[derive(Debug)]
pub(crate) struct KindView {
    pub(crate) each: Expr,
    pub(crate) id: Expr,
    /// The product, by which entities of one product are known.
    pub(crate) same: Expr,
    pub(crate) fields: Vec<(String, Expr)>,
}

/// How an answer is read. What neither rule knows is broken.
#[derive(Debug)]
pub(crate) struct OutcomeRules {
    pub(crate) accepted: Expr,
    pub(crate) refused: Expr,
    /// The target asks to wait: no answer at all.
    pub(crate) busy: Expr,
}
