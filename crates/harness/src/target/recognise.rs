//! A binding read backwards: which call or read of the spec a request is that somebody else has sent. Sends nothing and judges
//! nothing.
//!
//! Only a call that is one request can be recognised, and only by what its path, its query and its body say. A request that
//! says more than the binding would, such as `?dry=true`, is [`odd`](Recognised::odd): what it means is not known.

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, Method, Uri};
use serde_json::{Map, Value};

use crate::spec::binding::{Provision, Reply, Request};
use crate::spec::{Call, Spec};
use crate::target::Target;
use crate::template::{self, Captures, Data, Fit, JsonTemplate, PathPattern};

/// What is known of an order by name: `id`, and whatever else the binding keeps with it.
pub type OrderKeys = BTreeMap<String, Value>;

/// Knows the calls and the first view of a target by their requests.
pub struct Recogniser {
    target: Arc<Target>,
    /// The more specific before the less.
    routes: Vec<Route>,
    /// The requests of a set-up, which tell what belongs together.
    links: Vec<Link>,
    unknowable: Vec<Unknowable>,
}

/// A call or a view that no request can be known for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unknowable {
    /// ``the call `fulfil` ``.
    pub what: String,
    /// Why not.
    pub why: &'static str,
}

/// What a request is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Meaning {
    /// The read of the first view.
    Read,
    /// A call of the spec.
    Call(String),
}

/// Who sends a request, by its credentials.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sender {
    /// Who makes this call.
    Expected,
    /// Another caller of the spec.
    Another,
    /// Somebody whose credentials the binding does not know.
    Unknown,
}

/// A request that is known.
#[derive(Debug, Clone, PartialEq)]
pub struct Recognised {
    /// What it is.
    pub meaning: Meaning,
    /// What it says of the order: `id`, mostly.
    pub order: OrderKeys,
    /// What it says of the entity it is made on, by field; nothing where it is made on the order.
    pub on: BTreeMap<String, Value>,
    /// The arguments; nothing where there are none.
    pub with: Option<Map<String, Value>>,
    /// Who sends it.
    pub sender: Sender,
    /// Why it is not what the binding would send.
    pub odd: Option<&'static str>,
    /// Whether it has the headers that the binding gives every request.
    pub is_plain: bool,
    /// Of a read that goes from page to page, which this is.
    pub page: Option<Page>,
}

/// A page of a read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// Its number, counted from 0.
    pub number: u64,
    /// What the request says besides: pages of one read say the same.
    pub of: Vec<(String, String)>,
}

/// What the head of a request alone says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Concern {
    /// Whether it is a call, or the read of the first view.
    pub is_known: bool,
    /// The kind of the entity that it is made on; nothing where that is the order.
    pub kind: Option<String>,
    /// What it says of the order.
    pub order: OrderKeys,
    /// What it says of the entity it is made on, by field; nothing where it is made on the order.
    pub on: BTreeMap<String, Value>,
    /// The parts of its path, decoded: of a request that is not known one may be the id of an order.
    pub path: Vec<String>,
}

struct Route {
    meaning: Meaning,
    method: Method,
    pattern: PathPattern,
    json: Option<JsonTemplate>,
    /// Who makes it.
    caller: Option<String>,
    /// The kind it is made on; nothing where that is the order.
    on: Option<String>,
    /// The first page, where it is one of several.
    pages_from: Option<u64>,
}

struct Link {
    method: Method,
    pattern: PathPattern,
    request: Request,
}

impl Recogniser {
    /// Reads the binding of a target.
    #[must_use]
    pub fn new(spec: &Spec, target: &Arc<Target>) -> Self {
        let binding = &target.binding;
        let mut unknowable = Vec::new();
        let mut routes = Vec::new();
        let mut add = |what: String, meaning: Meaning, requests: &[Request], call: Option<&Call>| match Route::of(
            meaning, requests, call,
        ) {
            Ok(route) => routes.push(route),
            Err(why) => unknowable.push(Unknowable { what, why }),
        };
        if let Some(view) = binding.views.first() {
            add(format!("the view `{}`", view.name), Meaning::Read, &view.reads, None);
        }
        for (name, call) in &binding.calls {
            add(format!("the call `{name}`"), Meaning::Call(name.clone()), &call.requests, spec.call(name));
        }
        // The view comes first of those that are as specific.
        routes.sort_by_key(|route| route.pattern.rank());
        let provision = match &binding.provision {
            Provision::Requests(requests) => requests.as_slice(),
            Provision::Pool { .. } => &[],
        };
        Self { target: Arc::clone(target), routes, links: provision.iter().filter_map(Link::of).collect(), unknowable }
    }

    /// What can't be known by its request, and so is not judged.
    #[must_use]
    pub fn unknowable(&self) -> &[Unknowable] {
        &self.unknowable
    }

    /// Whether the first view can be known: without it no state is ever seen.
    #[must_use]
    pub fn knows_reads(&self) -> bool {
        self.routes.iter().any(|route| route.meaning == Meaning::Read)
    }

    /// What a request is; nothing where it is none of the spec.
    #[must_use]
    pub fn recognise(&self, request: &http::Request<Bytes>) -> Option<Recognised> {
        let body: Option<Value> = serde_json::from_slice(request.body()).ok();
        let (path, query) = path_and_query(request.uri());
        let fits = |(route, mut captures): (_, Captures)| {
            let route: &Route = route;
            let fit = match &route.json {
                Some(json) => json.read(body.as_ref(), &mut captures)?,
                None => Fit::default(),
            };
            route.pattern.agrees(path, &captures).then_some((route, captures, fit))
        };
        let fitting = self.on_path(request.method(), request.uri()).filter_map(fits);
        // What says no more than its route is that and no other; of two the more specific, and then the one it is more like.
        let (route, captures, _) = fitting.min_by_key(|(route, _, fit)| {
            let is_exceeded = route.pattern.is_exceeded_by(query, &self.credentials());
            (is_exceeded, route.pattern.rank(), fit.other as isize - fit.same as isize)
        })?;
        let with = arguments(&captures);
        let odd = self.odd(route, request, body.as_ref(), with.is_err());
        let odd = odd.or_else(|| {
            let agrees = route.json.as_ref().is_none_or(|json| json.agrees(body.as_ref(), &captures));
            (!agrees).then_some("its body is not what the binding would make of it")
        });
        let page = route.pages_from.map(|from| Page {
            number: route.pattern.page(query).unwrap_or(from).wrapping_sub(from),
            of: route.pattern.beside_page(query),
        });
        Some(Recognised {
            meaning: route.meaning.clone(),
            order: fields(&captures, "order"),
            on: fields(&captures, "target"),
            odd,
            with: with.unwrap_or_default(),
            sender: self.sender(request.headers(), route.caller.as_deref()),
            is_plain: self.target.headers.iter().all(|own| request.headers().get(&own.name) == Some(&own.value)),
            page,
        })
    }

    /// What can be told before the body is there.
    #[must_use]
    pub fn concern(&self, method: &Method, uri: &Uri) -> Concern {
        let first = self.on_path(method, uri).next();
        let said = |root| first.as_ref().map(|(_, captures)| fields(captures, root)).unwrap_or_default();
        let (order, on) = (said("order"), said("target"));
        let kind = first.as_ref().and_then(|(route, _)| route.on.clone());
        Concern {
            is_known: first.is_some(),
            kind,
            order,
            on,
            path: uri.path().split('/').map(template::decoded).collect(),
        }
    }

    /// The path by which the order is read that a call is made on; nothing where this is the head of no call, where it does not
    /// name the order, or where a read takes more than one request.
    #[must_use]
    pub fn reading(&self, method: &Method, uri: &Uri) -> Option<String> {
        let (route, captures) = self.on_path(method, uri).next()?;
        let view = self.target.binding.views.first().filter(|_| route.meaning != Meaning::Read)?;
        let [read] = view.reads.as_slice() else { return None };
        if read.method != Method::GET || read.pages.is_some() || read.each.is_some() {
            return None;
        }
        let mut scope = self.target.scope();
        scope.set("order", order_data(&fields(&captures, "order")));
        read.path.render(&scope, template::in_path).ok()
    }

    /// What an accepted exchange tells of an order, where the binding learns it in the same way when it sets one up.
    #[must_use]
    pub fn learn(&self, request: &http::Request<Bytes>, response: &http::Response<Bytes>) -> OrderKeys {
        let mut learned = OrderKeys::new();
        let (path, query) = path_and_query(request.uri());
        for link in self.links.iter().filter(|link| link.method == request.method()) {
            let Some(captures) = link.pattern.read(path, query) else { continue };
            let reply = Reply::new(response.status(), response.headers(), response.body());
            if !reply.is_accepted(&self.target.binding.outcome).unwrap_or(false) {
                continue;
            }
            learned.extend(fields(&captures, "order"));
            let mut scope = self.target.scope();
            reply.tell(&mut scope);
            for (name, expr) in &link.request.capture {
                scope.set("order", order_data(&learned));
                let Some(name) = name.strip_prefix("order.") else { continue };
                if let Ok(Some(value)) = expr.json(&scope) {
                    learned.insert(name.to_owned(), value);
                }
            }
        }
        learned
    }

    /// The routes whose path is that of the request, the more specific first.
    fn on_path<'r>(&'r self, method: &'r Method, uri: &'r Uri) -> impl Iterator<Item = (&'r Route, Captures)> {
        let (path, query) = path_and_query(uri);
        let of_method = self.routes.iter().filter(move |route| route.method == method);
        of_method.filter_map(move |route| Some((route, route.pattern.read(path, query)?)))
    }

    fn odd(
        &self,
        route: &Route,
        request: &http::Request<Bytes>,
        body: Option<&Value>,
        is_unreadable: bool,
    ) -> Option<&'static str> {
        if route.pattern.is_exceeded_by(path_and_query(request.uri()).1, &self.credentials()) {
            return Some("its query says more than the binding would");
        }
        if request.body().is_empty() {
            return None;
        }
        if route.json.is_none() {
            return Some("it has a body");
        }
        if is_unreadable || body.is_none() {
            return Some("its body is no JSON object");
        }
        let kind = request.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        (!kind.ends_with("json")).then_some("its body is not called JSON")
    }

    /// The credentials that go into a query.
    fn credentials(&self) -> Vec<&str> {
        let credentials = self.target.callers.values().flat_map(|caller| &caller.query);
        credentials.map(|(name, ..)| name.as_str()).collect()
    }

    fn sender(&self, headers: &HeaderMap, expected: Option<&str>) -> Sender {
        let callers = &self.target.callers;
        let carries = |name: &str| {
            callers.get(name).is_some_and(|caller| {
                caller.login.is_none()
                    && caller.query.is_empty()
                    && !caller.headers.is_empty()
                    && caller.headers.iter().all(|header| headers.get(&header.name) == Some(&header.value))
            })
        };
        if expected.is_some_and(carries) {
            return Sender::Expected;
        }
        if callers.keys().any(|name| carries(name)) {
            return Sender::Another;
        }
        let mut credentials = callers.values().flat_map(|caller| &caller.headers);
        let shows_any = credentials.any(|header| headers.contains_key(&header.name));
        let needs_any = expected.and_then(|name| callers.get(name)).is_some_and(|caller| !caller.headers.is_empty());
        match (shows_any, needs_any) {
            (false, true) => Sender::Another,
            _ => Sender::Unknown,
        }
    }
}

impl Route {
    fn of(meaning: Meaning, requests: &[Request], call: Option<&Call>) -> Result<Self, &'static str> {
        let [request] = requests else { return Err("it takes several requests") };
        if request.each.is_some() || request.pages.is_some() && meaning != Meaning::Read {
            return Err("it takes as many requests as there is something to send");
        }
        if request.when.is_some() || request.until.is_some() {
            return Err("whether it is sent, and how often, hangs on more than the request");
        }
        let pattern = PathPattern::of(&request.path).ok_or("its path is computed")?;
        if request.json.as_ref().is_some_and(|json| !json.is_readable()) {
            return Err("its body is computed");
        }
        let caller = request.caller.clone().or_else(|| call.map(|call| call.caller.clone()));
        let on = call.and_then(|call| call.on.clone());
        let pages_from = request.pages.as_ref().map(|pages| pages.from);
        Ok(Self {
            meaning,
            method: request.method.clone(),
            pattern,
            json: request.json.clone(),
            caller,
            on,
            pages_from,
        })
    }
}

impl Link {
    fn of(request: &Request) -> Option<Self> {
        let is_one = request.each.is_none() && request.pages.is_none();
        let tells = request.capture.iter().any(|(name, _)| name.starts_with("order."));
        let pattern = PathPattern::of(&request.path).filter(|_| is_one && tells)?;
        Some(Self { method: request.method.clone(), pattern, request: request.clone() })
    }
}

/// What is known of an order, as expressions see it.
pub(crate) fn order_data(known: &OrderKeys) -> Data {
    template::map(known.iter().map(|(name, value)| (name.as_str(), template::from_json(value))))
}

fn path_and_query(uri: &Uri) -> (&str, &str) {
    (uri.path(), uri.query().unwrap_or_default())
}

/// What was read back of `root`, by field.
fn fields(captures: &Captures, root: &str) -> BTreeMap<String, Value> {
    let field = |(path, value): (&String, &Value)| {
        Some((path.strip_prefix(root)?.strip_prefix('.')?.to_owned(), value.clone()))
    };
    captures.iter().filter_map(field).collect()
}

/// `with` as a whole, or put together of its parts. An error where it is no map.
fn arguments(captures: &Captures) -> Result<Option<Map<String, Value>>, ()> {
    match captures.get("with") {
        Some(Value::Object(map)) => return Ok(Some(map.clone())),
        Some(_) => return Err(()),
        None => {}
    }
    let parts: Map<String, Value> = fields(captures, "with").into_iter().collect();
    if parts.keys().any(|name| name.contains('.')) {
        return Err(());
    }
    Ok((!parts.is_empty()).then_some(parts))
}

impl std::fmt::Debug for Recogniser {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Recogniser").field("unknowable", &self.unknowable).finish_non_exhaustive()
    }
}
