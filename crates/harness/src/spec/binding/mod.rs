//! A binding: how a spec is spoken over HTTP, and how one binding is laid over another. What its keys are is said in `file/`.

mod answer;
pub(crate) mod file;
mod lacks;
mod reply;
mod webhooks;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use countermand_text::{Place, Reader, Span};
use serde_json::Value;

use crate::secrets::EnvText;
use crate::template::{Expr, ExprError, JsonTemplate, Scope, Text};

pub(crate) use answer::{Answer, Outcome};
pub(crate) use file::{RATES, SpecNames, read_binding};
pub(crate) use lacks::{Lacks, field_key};
pub(crate) use reply::Reply;
pub(crate) use webhooks::{Webhooks, WebhooksPart};

/// What a target lacks that has no webhooks.
pub(crate) const WEBHOOKS: &str = "webhooks";

/// How a view is called among what is lacking.
pub(crate) fn view_key(view: &str) -> String {
    format!("view.{view}")
}

/// How a spec is spoken over HTTP.
#[derive(Debug, Clone)]
pub(crate) struct Binding {
    /// Where, unless the user says otherwise.
    pub(crate) base_url: Option<EnvText>,
    /// Headers of every request.
    pub(crate) headers: Vec<(String, EnvText)>,
    /// The credentials by which each caller is known.
    pub(crate) callers: BTreeMap<String, Caller>,
    /// Values that templates can name as `vars.NAME`.
    pub(crate) vars: Vec<(String, Setting)>,
    /// What the endpoint needs once, before the first order of its life.
    pub(crate) bootstrap: Option<Bootstrap>,
    /// What is looked up once a run; its captures are `discovered.NAME`.
    pub(crate) discover: Vec<Request>,
    /// One product per role, in the order of the scenario.
    pub(crate) products: Products,
    /// How an order comes to exist.
    pub(crate) provision: Provision,
    /// How a set-up entity is known for a role, per kind.
    pub(crate) bind: BTreeMap<String, Expr>,
    pub(crate) calls: BTreeMap<String, Call>,
    /// The first is read after every step; the others where a claim asks.
    pub(crate) views: Vec<View>,
    pub(crate) outcome: OutcomeRules,
    pub(crate) limits: Limits,
    /// What the target declares it has not, calls, clauses, views and fields, and what follows from that.
    pub(crate) lacks: Lacks,
    /// How an order that a run has created is taken away again.
    pub(crate) cleanup: Vec<Request>,
    /// How webhooks are spoken, where the spec has some and the target does not lack them.
    pub(crate) webhooks: Option<Webhooks>,
    /// Well-formed ids that nobody has, by kind and `order`, where they look unlike the spec's.
    pub(crate) unknown: BTreeMap<String, Value>,
}

impl Binding {
    /// The requests without which no order can be made or read.
    fn needed(&self) -> impl Iterator<Item = &Request> {
        let provision = match &self.provision {
            Provision::Requests(requests) => requests.as_slice(),
            Provision::Pool { .. } => &[],
        };
        // Of the views only the first is read after every step.
        let reads = self.views.first().map(|view| view.reads.as_slice()).unwrap_or_default();
        provision.iter().chain(reads).chain(&self.discover)
    }

    /// Whether no order can be made or read without this caller.
    pub(crate) fn needs(&self, caller: &str) -> bool {
        self.needed().any(|request| request.caller.as_deref() == Some(caller))
    }

    /// Whether no order can be made or read without this one of `vars`.
    pub(crate) fn needs_var(&self, name: &str) -> bool {
        let name = format!("vars.{name}");
        self.needed().flat_map(Request::exprs).any(|expr| expr.mentions(&name))
    }
}

/// What one caller's requests carry.
#[derive(Debug, Clone, Default)]
pub(crate) struct Caller {
    pub(crate) headers: Vec<(String, EnvText)>,
    /// User and password of basic authentication.
    pub(crate) basic: Option<(EnvText, EnvText)>,
    /// Added to the query of every request.
    pub(crate) query: Vec<(String, EnvText)>,
    pub(crate) login: Option<Arc<Login>>,
}

impl Caller {
    /// What its credential is made of.
    pub(crate) fn texts(&self) -> impl Iterator<Item = &EnvText> {
        let listed = self.headers.iter().chain(&self.query).map(|(_, value)| value);
        listed.chain(self.basic.iter().flat_map(|(user, password)| [user, password]))
    }

    /// The same as one of the spec's own binding.
    pub(crate) fn of_spec(self) -> Self {
        let named = |(name, value): (String, EnvText)| (name, value.of_spec());
        Self {
            headers: self.headers.into_iter().map(named).collect(),
            basic: self.basic.map(|(user, password)| (user.of_spec(), password.of_spec())),
            query: self.query.into_iter().map(named).collect(),
            login: self.login,
        }
    }
}

/// A log-in that comes before a caller's first request.
#[derive(Debug)]
pub(crate) struct Login {
    pub(crate) requests: Vec<Request>,
    /// Made of what the requests captured.
    pub(crate) headers: Vec<(http::HeaderName, Text)>,
    /// True of an answer to a request whose session is over.
    pub(crate) expired: Option<Expr>,
    /// How long a session is used.
    pub(crate) lasts: Option<Duration>,
}

impl Setting {
    /// The same as one of the spec's own binding.
    pub(crate) fn of_spec(self) -> Self {
        match self {
            Self::Text(text) => Self::Text(text.of_spec()),
            value => value,
        }
    }
}

/// A value of `vars`: text may come from the environment.
#[derive(Debug, Clone)]
pub(crate) enum Setting {
    Text(EnvText),
    Value(Value),
}

/// What is done once in the life of an endpoint.
#[derive(Debug, Clone)]
pub(crate) struct Bootstrap {
    /// Reads by which `done` can tell.
    pub(crate) probe: Vec<Request>,
    /// True where nothing is left to do.
    pub(crate) done: Expr,
    pub(crate) requests: Vec<Request>,
}

/// What orders are made of.
#[derive(Debug, Clone, Default)]
pub(crate) struct Products(pub(crate) Vec<JsonTemplate>);

/// How an order comes to exist.
#[derive(Debug, Clone)]
pub(crate) enum Provision {
    /// It is created.
    Requests(Vec<Request>),
    /// It was made beforehand: the file of such orders, each used once.
    Pool { path: String, at: Span },
}

/// A call of the spec: its requests in order, up to the first that is not accepted.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    /// Where it is written.
    pub(crate) place: Arc<Place>,
    pub(crate) requests: Vec<Request>,
    /// Sent where a request was not accepted, to leave nothing half done.
    pub(crate) on_refusal: Vec<Request>,
    /// What its quantity counts.
    pub(crate) quantity: Quantity,
}

/// Which way the quantity of a call runs: the units that it takes, or those that it leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Quantity {
    #[default]
    Taken,
    Kept,
}

impl Quantity {
    /// Both, as target files write them.
    pub(crate) const WORDS: [&'static str; 2] = ["taken", "kept"];
}

/// One request of a list, with what is done around it.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) at: Span,
    /// Where it is written.
    pub(crate) place: Arc<Place>,
    /// Sent once per element `it`.
    pub(crate) each: Option<Expr>,
    /// Sent only if.
    pub(crate) when: Option<Expr>,
    /// Whether the list goes on where it is not accepted.
    pub(crate) optional: bool,
    /// The call of the spec that it makes on the way to an order: without that such an order can't be made.
    pub(crate) needs: Option<String>,
    pub(crate) caller: Option<String>,
    pub(crate) method: http::Method,
    pub(crate) path: Text,
    pub(crate) headers: Vec<(http::HeaderName, Text)>,
    pub(crate) json: Option<JsonTemplate>,
    /// Sent again until.
    pub(crate) until: Option<Expr>,
    pub(crate) pages: Option<Pages>,
    /// Names for parts of the answer; `order.NAME` is kept with the order.
    pub(crate) capture: Vec<(String, Expr)>,
}

/// A request sent page by page.
#[derive(Debug, Clone)]
pub(crate) struct Pages {
    pub(crate) from: u64,
    pub(crate) rows: Expr,
    /// True on the last page that is wanted.
    pub(crate) last: Expr,
    pub(crate) at_most: u64,
}

impl Pages {
    /// Whether no page is wanted after the one that was answered last. Where that can't be told it is the last.
    pub(crate) fn is_last(&self, scope: &Scope) -> Result<bool, ExprError> {
        match self.last.holds(scope) {
            Err(error) if error.is_of_values => Ok(true),
            told => told,
        }
    }
}

/// How the state is read back.
#[derive(Debug, Clone)]
pub(crate) struct View {
    pub(crate) name: String,
    pub(crate) reads: Vec<Request>,
    pub(crate) order: Vec<(String, Expr)>,
    pub(crate) kinds: BTreeMap<String, KindView>,
    /// Every `(kind, field)` it shows, and each kind it lists with no field; of the order the kind is empty.
    pub(crate) mapped: Arc<BTreeSet<(String, String)>>,
}

/// How the entities of one kind are found in what was read.
#[derive(Debug, Clone)]
pub(crate) struct KindView {
    pub(crate) each: Expr,
    /// What an entity is known by from read to read, where that is not its id.
    pub(crate) ident: Option<Expr>,
    /// What a call uses.
    pub(crate) id: Expr,
    /// The product, by which entities of one product are known.
    pub(crate) same: Expr,
    pub(crate) fields: Vec<(String, Expr)>,
}

/// How an answer is read. What no rule knows is broken.
#[derive(Debug, Clone)]
pub(crate) struct OutcomeRules {
    pub(crate) accepted: Expr,
    pub(crate) refused: Expr,
    /// The target asks to wait, or something before it answers in its place: no answer at all.
    pub(crate) busy: Expr,
    /// A crash, whatever else it looks like.
    pub(crate) fault: Option<Expr>,
    /// What the target says of a refusal, in its own words.
    pub(crate) reason: Option<Expr>,
}

/// What the target can bear, and how long it may take.
#[derive(Debug, Clone, Default)]
pub(crate) struct Limits {
    /// Requests per second.
    pub(crate) rate: Option<f64>,
    /// Requests under way at once.
    pub(crate) in_flight: Option<usize>,
    /// How long one request may take.
    pub(crate) timeout: Option<Duration>,
    /// How long a change may take to be seen.
    pub(crate) settle: Option<Duration>,
    /// How often a read that broke off is sent again.
    pub(crate) retries: Option<u64>,
}

/// A binding or a part of one, as a file says it.
#[derive(Debug, Clone, Default)]
pub(crate) struct BindingPart {
    pub(crate) base_url: Option<EnvText>,
    pub(crate) headers: Vec<(String, EnvText)>,
    pub(crate) callers: BTreeMap<String, Caller>,
    pub(crate) vars: Vec<(String, Setting)>,
    pub(crate) bootstrap: Option<Bootstrap>,
    pub(crate) discover: Option<Vec<Request>>,
    pub(crate) products: Option<Products>,
    pub(crate) provision: Option<Provision>,
    pub(crate) bind: BTreeMap<String, Expr>,
    pub(crate) calls: BTreeMap<String, Call>,
    pub(crate) views: Vec<View>,
    pub(crate) outcome: OutcomePart,
    pub(crate) limits: Limits,
    pub(crate) lacks: Lacks,
    pub(crate) cleanup: Option<Vec<Request>>,
    pub(crate) webhooks: Option<WebhooksPart>,
    pub(crate) unknown: BTreeMap<String, Value>,
}

/// The outcome rules that a file gives.
#[derive(Debug, Clone, Default)]
pub(crate) struct OutcomePart {
    pub(crate) accepted: Option<Expr>,
    pub(crate) refused: Option<Expr>,
    pub(crate) busy: Option<Expr>,
    pub(crate) fault: Option<Expr>,
    pub(crate) reason: Option<Expr>,
}

impl BindingPart {
    /// This part with `over` laid over it: what `over` says counts, entry by entry where there are names.
    pub(crate) fn overlaid(mut self, over: Self) -> Self {
        self.calls.retain(|call, _| !over.lacks.contains_key(call));
        self.lacks.retain(|lack, _| !over.calls.contains_key(lack));
        if over.webhooks.is_some() {
            self.lacks.remove(WEBHOOKS);
        }
        self.views.retain(|view| !over.lacks.contains_key(&view_key(&view.name)));
        for view in &over.views {
            self.lacks.remove(&view_key(&view.name));
        }
        self.callers.extend(over.callers);
        self.bind.extend(over.bind);
        self.calls.extend(over.calls);
        self.lacks.extend(over.lacks);
        self.unknown.extend(over.unknown);
        for view in over.views {
            replace_or_push(&mut self.views, view, |a, b| a.name == b.name);
        }
        let OutcomePart { accepted, refused, busy, fault, reason } = self.outcome;
        let Limits { rate, in_flight, timeout, settle, retries } = self.limits;
        Self {
            base_url: over.base_url.or(self.base_url),
            headers: over.headers.into_iter().fold(self.headers, |mut headers, header| {
                replace_or_push(&mut headers, header, |a, b| a.0.eq_ignore_ascii_case(&b.0));
                headers
            }),
            vars: over.vars.into_iter().fold(self.vars, |mut vars, var| {
                replace_or_push(&mut vars, var, |a, b| a.0 == b.0);
                vars
            }),
            bootstrap: over.bootstrap.or(self.bootstrap),
            discover: over.discover.or(self.discover),
            products: over.products.or(self.products),
            provision: over.provision.or(self.provision),
            outcome: OutcomePart {
                accepted: over.outcome.accepted.or(accepted),
                refused: over.outcome.refused.or(refused),
                busy: over.outcome.busy.or(busy),
                fault: over.outcome.fault.or(fault),
                reason: over.outcome.reason.or(reason),
            },
            limits: Limits {
                rate: over.limits.rate.or(rate),
                in_flight: over.limits.in_flight.or(in_flight),
                timeout: over.limits.timeout.or(timeout),
                settle: over.limits.settle.or(settle),
                retries: over.limits.retries.or(retries),
            },
            cleanup: over.cleanup.or(self.cleanup),
            webhooks: match (self.webhooks, over.webhooks) {
                (Some(base), Some(over)) => Some(base.overlaid(over)),
                (base, over) => over.or(base),
            },
            callers: self.callers,
            bind: self.bind,
            calls: self.calls,
            views: self.views,
            lacks: self.lacks,
            unknown: self.unknown,
        }
    }

    /// The whole binding. What is missing is a problem at `at`.
    pub(crate) fn complete(mut self, reader: &Reader, at: Span, names: &SpecNames<'_>) -> Option<Binding> {
        let missing = |what: String, mend: &str| reader.problem(at, what, Some(mend.to_owned()));
        for call in names.call_names().filter(|call| !self.calls.contains_key(*call) && !self.lacks.contains_key(*call))
        {
            let message = format!("the binding neither has the call `{call}` nor declares that it lacks it");
            missing(message, "put its requests under `calls`, or the reason under `lacks`");
        }
        for caller in names.callers.iter().filter(|caller| !self.callers.contains_key(*caller)) {
            if !self.lacks.contains_key(caller) {
                let message = format!("the binding neither has the caller `{caller}` nor declares that it lacks it");
                missing(message, "put its credential under `callers`, or the reason under `lacks`");
            }
        }
        let webhooks = names.webhooks.filter(|_| !self.lacks.contains_key(WEBHOOKS)).map(|words| {
            let part = self.webhooks.take();
            if part.is_none() {
                let message = "the binding neither says how `webhooks` are spoken nor declares that it lacks them";
                missing(
                    message.to_owned(),
                    "put how they are registered under `webhooks`, or the reason under `lacks`",
                );
            }
            part?.complete(reader, at, words, &self.lacks)
        });
        let need = |key: &str, example: &str, there: bool| {
            if !there {
                missing(format!("the binding needs `{key}`"), &format!("write `{example}`"));
            }
        };
        let products = "products: [{ sku: P-1 }, …]";
        need("products", products, self.products.is_some() || matches!(self.provision, Some(Provision::Pool { .. })));
        need(
            "provision",
            "provision: { post: /orders, json: { … }, capture: { order.id: body.id } }",
            self.provision.is_some(),
        );
        need("views", "views: { single: { reads: { get: … }, … } }", !self.views.is_empty());
        need("outcome.accepted", "outcome: { accepted: status < 300, … }", self.outcome.accepted.is_some());
        need(
            "outcome.refused",
            "outcome: { refused: status >= 400 and status < 500, … }",
            self.outcome.refused.is_some(),
        );
        need("outcome.busy", "outcome: { busy: 'status in [429, 502, 503, 504]', … }", self.outcome.busy.is_some());
        let binding = Binding {
            base_url: self.base_url,
            headers: self.headers,
            callers: self.callers,
            vars: self.vars,
            bootstrap: self.bootstrap,
            discover: self.discover.unwrap_or_default(),
            products: self.products.unwrap_or_default(),
            provision: self.provision?,
            bind: self.bind,
            calls: self.calls,
            views: self.views,
            outcome: OutcomeRules {
                accepted: self.outcome.accepted?,
                refused: self.outcome.refused?,
                busy: self.outcome.busy?,
                fault: self.outcome.fault,
                reason: self.outcome.reason,
            },
            limits: self.limits,
            lacks: self.lacks,
            cleanup: self.cleanup.unwrap_or_default(),
            webhooks: webhooks.flatten(),
            unknown: self.unknown,
        };
        Some(binding.follow_lacks())
    }
}

fn replace_or_push<T>(list: &mut Vec<T>, item: T, same: impl Fn(&T, &T) -> bool) {
    match list.iter_mut().find(|known| same(known, &item)) {
        Some(known) => *known = item,
        None => list.push(item),
    }
}
