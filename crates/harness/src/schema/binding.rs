//! The schema of a binding's keys, which stand in spec files and in target files. Of a spec whose names are known it takes those
//! alone; inside a spec file, which names them itself, it takes any.

use serde_json::{Map, Value, json};

use super::{closed, expression, key, named, reference, text, whole_number};
use crate::spec::binding::{Quantity, RATES};
use crate::spec::{Field, Kind, Spec};

/// How a binding of one spec is written.
pub(super) struct Binding<'s> {
    /// The spec whose names it uses; none where the names are those of the file.
    spec: Option<&'s Spec>,
    /// What it is laid over has nothing: what a binding needs must be here.
    is_whole: bool,
}

impl<'s> Binding<'s> {
    /// Of a spec file.
    pub(super) fn within_its_spec() -> Self {
        Self { spec: None, is_whole: true }
    }

    /// Laid over that of a spec.
    pub(super) fn over(spec: &'s Spec) -> Self {
        Self { spec: Some(spec), is_whole: !spec.is_bound() }
    }

    /// What can't be left out.
    pub(super) fn needed(&self) -> Vec<&'static str> {
        if self.is_whole { vec!["provision", "outcome", "views"] } else { Vec::new() }
    }

    /// The keys, and what they hold.
    pub(super) fn keys(&self) -> Vec<(String, Value)> {
        let has_webhooks = self.spec.is_none_or(|spec| spec.webhooks.is_some());
        let webhooks =
            has_webhooks.then(|| key("webhooks", self.webhooks(), "How webhooks are registered and understood."));
        let keys = [
            key("base_url", text(), "Where the target is, with `${NAME}` for variables of the environment."),
            key("headers", reference("fixed-headers"), "Headers of every request."),
            key("callers", self.callers(), "The credentials by which each caller is known."),
            key("vars", named(json!(true)), "Values that templates name as `vars.NAME`, perhaps from the environment."),
            key(
                "bootstrap",
                self.own("bootstrap"),
                "What the endpoint needs once, before the first order of its life.",
            ),
            key("discover", self.own("requests"), "What is looked up once a run; its captures are `discovered.NAME`."),
            key("products", json!({ "type": "array" }), "What orders are made of: one product per role, in order."),
            key(
                "provision",
                self.provision(),
                "The requests by which an order comes to exist, or a pool of such orders.",
            ),
            key(
                "bind",
                self.by_kind(|_| expression()),
                "Per kind, whether the entity `it` is the one of the role `role`.",
            ),
            key("calls", self.calls(), "The requests that each call of the spec is spoken by."),
            key("views", self.views(), "How the state is read back; the first view is read after every step."),
            key("outcome", self.outcome(), "How an answer is read."),
            key("limits", reference("limits"), "What the target can bear, and how long it may take."),
            key("lacks", self.lacks(), "What the target declares it has not, each with the reason."),
            key("cleanup", self.own("requests"), "How an order that a run has created is taken away again."),
            key("unknown", self.unknown(), "Well-formed ids that nobody has, by kind and `order`."),
        ];
        keys.into_iter().chain(webhooks).collect()
    }

    /// What the keys refer to.
    pub(super) fn definitions(&self) -> Vec<(String, Value)> {
        let own = [
            ("request", self.request()),
            ("requests", self.requests()),
            ("call", self.call()),
            ("caller", self.caller()),
            ("session", self.session()),
            ("bootstrap", self.bootstrap()),
        ];
        let own = own.into_iter().map(|(name, schema)| (self.definition(name), schema));
        let shared = [
            ("expressions", named(expression())),
            ("headers", named(text())),
            ("fixed-headers", named(text())),
            ("pages", pages()),
            ("limits", limits()),
        ];
        own.chain(shared.into_iter().map(|(name, schema)| (name.to_owned(), schema))).collect()
    }

    fn definition(&self, name: &str) -> String {
        self.spec.map_or_else(|| name.to_owned(), |spec| format!("{}.{name}", spec.name))
    }

    fn own(&self, name: &str) -> Value {
        reference(&self.definition(name))
    }

    /// A map by the names of a spec, or by any.
    fn by<'n>(&self, names: impl FnOnce(&'s Spec) -> Vec<&'n str>, value: &Value) -> Value {
        match self.spec {
            Some(spec) => closed(names(spec).into_iter().map(|name| (name.to_owned(), value.clone())), &[]),
            None => named(value.clone()),
        }
    }

    fn by_kind(&self, value: impl Fn(Option<&Kind>) -> Value) -> Value {
        match self.spec {
            Some(spec) => closed(spec.kinds.iter().map(|kind| (kind.name.clone(), value(Some(kind)))), &[]),
            None => named(value(None)),
        }
    }

    fn fields(&self, of: Option<&[Field]>) -> Value {
        match of {
            Some(fields) => closed(fields.iter().map(|field| (field.name.clone(), expression())), &[]),
            None => named(expression()),
        }
    }

    /// Those of the spec are completed; a file can add others.
    fn callers(&self) -> Value {
        let known = self.spec.map(|spec| spec.callers.as_slice()).unwrap_or_default();
        let known: Map<String, Value> = known.iter().map(|name| (name.clone(), self.own("caller"))).collect();
        json!({ "type": "object", "properties": known, "additionalProperties": self.own("caller") })
    }

    fn calls(&self) -> Value {
        self.by(|spec| spec.calls.iter().map(|call| call.name.as_str()).collect(), &self.own("call"))
    }

    fn lacks(&self) -> Value {
        match self.spec {
            Some(spec) => closed(spec.names().lackable().into_iter().map(|name| (name, text())), &[]),
            None => named(text()),
        }
    }

    fn unknown(&self) -> Value {
        let names = |spec: &'s Spec| spec.kinds.iter().map(|kind| kind.name.as_str()).chain(["order"]).collect();
        self.by(names, &json!(true))
    }

    /// Views of the spec's own are completed; a file can add others.
    fn views(&self) -> Value {
        let bound = self.spec.and_then(|spec| spec.binding.as_ref());
        let known = bound.map(|binding| binding.views.as_slice()).unwrap_or_default();
        let known: Map<String, Value> = known.iter().map(|view| (view.name.clone(), self.view())).collect();
        json!({ "type": "object", "minProperties": 1, "properties": known, "additionalProperties": self.view() })
    }

    fn view(&self) -> Value {
        let order = self.fields(self.spec.map(|spec| spec.order_fields.as_slice()));
        let fixed = [
            key("reads", self.own("requests"), "The requests whose captures are what was read."),
            key("order", order, "The fields of the order."),
        ];
        let of_kind = |kind: Option<&Kind>| self.kind_view(kind);
        match self.spec {
            Some(spec) => {
                let kinds = spec.kinds.iter().map(|kind| (kind.name.clone(), of_kind(Some(kind))));
                closed(fixed.into_iter().chain(kinds), &["reads"])
            }
            None => {
                let fixed: Map<String, Value> = fixed.into_iter().collect();
                json!({ "type": "object", "required": ["reads"], "properties": fixed, "additionalProperties": of_kind(None) })
            }
        }
    }

    fn kind_view(&self, kind: Option<&Kind>) -> Value {
        closed(
            [
                key("each", expression(), "The list of entities; each is `it`."),
                key("ident", expression(), "What an entity is known by from read to read, where that is not its id."),
                key("id", expression(), "The id that a call uses."),
                key("same", expression(), "The product, by which entities of one product are known."),
                key("fields", self.fields(kind.map(|kind| kind.fields.as_slice())), "The fields of the entity."),
            ],
            &["each", "id", "same", "fields"],
        )
    }

    fn webhooks(&self) -> Value {
        let words = self.spec.and_then(|spec| spec.webhooks.as_ref());
        let id = words.is_none_or(|words| words.on.is_some());
        let id = id.then(|| key("id", expression(), "The id of what one tells of."));
        let keys = [
            key("register", self.own("requests"), "The requests that register `{{ webhook_url }}`."),
            key("unregister", self.own("requests"), "The requests that take it away again."),
            key("each", expression(), "What one body tells: a list, or one thing."),
            key("order", expression(), "True where it tells of this order."),
            key("fields", self.fields(words.map(|words| words.fields.as_slice())), "The fields of what it tells."),
            key("settle", whole_number(0), "How long one may take to come, in milliseconds."),
            key("retry", whole_number(0), "How long one that was refused may take to come again, in milliseconds."),
            key("at_once", whole_number(1), "How many cases may have one registered at once."),
        ];
        closed(keys.into_iter().chain(id), &[])
    }

    fn outcome(&self) -> Value {
        let needed: &[&str] = if self.is_whole { &["accepted", "refused", "busy"] } else { &[] };
        closed(
            [
                key("accepted", expression(), "True of an answer by which the call was accepted."),
                key("refused", expression(), "True of an answer by which the call was refused."),
                key("busy", expression(), "True where the target asks to wait, or something before it answers."),
                key("fault", expression(), "True of a crash, whatever else it looks like."),
                key("reason", expression(), "What the target says of a refusal, in its own words."),
            ],
            needed,
        )
    }

    /// One request or a list of them.
    fn requests(&self) -> Value {
        json!({ "anyOf": [self.own("request"), { "type": "array", "items": self.own("request") }] })
    }

    fn call(&self) -> Value {
        let whole = closed(
            [
                key("requests", self.own("requests"), "Sent in order, up to the first that is refused."),
                key("on_refusal", self.own("requests"), "Sent where one was refused, to leave nothing half done."),
                key(
                    "quantity",
                    json!({ "enum": Quantity::WORDS }),
                    "Which way its quantity runs: the units that are taken, or those that are kept.",
                ),
            ],
            &["requests"],
        );
        json!({ "anyOf": [self.own("request"), { "type": "array", "items": self.own("request") }, whole] })
    }

    fn provision(&self) -> Value {
        let pool = closed([key("pool", text(), "The file of orders made beforehand, each used once.")], &["pool"]);
        json!({ "anyOf": [self.own("request"), { "type": "array", "items": self.own("request") }, pool] })
    }

    fn request(&self) -> Value {
        const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];
        let known = self.spec.map(|spec| spec.callers.as_slice()).unwrap_or_default();
        // A file can add callers of its own: the spec's are what an editor completes.
        let caller = json!({ "anyOf": [{ "enum": known }, text()] });
        let caller = if known.is_empty() { text() } else { caller };
        let captures = json!({
            "type": "object",
            "propertyNames": { "pattern": r"^(order\.|[^.]*$)" },
            "additionalProperties": expression(),
        });
        let keys = [
            key("each", expression(), "A list: the request is sent once per element `it`."),
            key("when", expression(), "The request is sent only if this is true."),
            key("optional", json!({ "type": "boolean" }), "Whether the list goes on where it is not accepted."),
            key(
                "needs",
                text(),
                "The call that it makes on the way to an order, which is not made where the target lacks that.",
            ),
            key("as", caller, "Who sends it."),
            key("headers", reference("headers"), "Headers of this request alone."),
            key("json", json!(true), "The body: JSON, in which every text is a template."),
            key("until", expression(), "The request is sent again until this is true of its answer."),
            key("pages", reference("pages"), "How it is sent page by page."),
            key("capture", captures, "Names for parts of the answer; `order.NAME` is kept with the order."),
        ];
        let methods =
            METHODS.map(|method| key(method, text(), &format!("The path of a {}, a template.", method.to_uppercase())));
        let mut request = closed(keys.into_iter().chain(methods), &[]);
        request["oneOf"] = METHODS.iter().map(|method| json!({ "required": [method] })).collect();
        request
    }

    fn caller(&self) -> Value {
        let basic = closed(
            [
                key("user", text(), "The user, with `${NAME}` for variables of the environment."),
                key("password", text(), "The password, with `${NAME}` for variables of the environment."),
            ],
            &["user", "password"],
        );
        let mut api_key = closed(
            [
                key("header", text(), "The header that it goes into."),
                key("query", text(), "The parameter of the query that it goes into."),
                key("value", text(), "The key, with `${NAME}` for variables of the environment."),
            ],
            &["value"],
        );
        api_key["oneOf"] = json!([{ "required": ["header"] }, { "required": ["query"] }]);
        closed(
            [
                key("headers", reference("fixed-headers"), "Headers of the caller's requests."),
                key("bearer", text(), "The token of an `Authorization: Bearer` header."),
                key("basic", basic, "User and password of basic authentication."),
                key("api_key", api_key, "A key in a header or in the query."),
                key("session", self.own("session"), "How the caller logs in before its first request."),
            ],
            &[],
        )
    }

    fn session(&self) -> Value {
        let requests =
            json!({ "anyOf": [self.own("request"), { "type": "array", "minItems": 1, "items": self.own("request") }] });
        closed(
            [
                key("requests", requests, "The requests that log in; their captures are used in the headers."),
                key("headers", reference("headers"), "What the caller's requests carry then."),
                key("expired", expression(), "True of an answer to a request whose session is over."),
                key("lasts", whole_number(0), "How long a session is used, in milliseconds."),
            ],
            &["requests", "headers"],
        )
    }

    fn bootstrap(&self) -> Value {
        closed(
            [
                key("probe", self.own("requests"), "Reads by which `done` can tell."),
                key("done", expression(), "True where nothing is left to do."),
                key("requests", self.own("requests"), "What is done where it is not."),
            ],
            &["probe", "done", "requests"],
        )
    }
}

fn pages() -> Value {
    closed(
        [
            key("from", whole_number(0), "The first page's number."),
            key("rows", expression(), "The list that an answer holds; all of them together are `rows`."),
            key("last", expression(), "True on the last page that is wanted."),
            key("at_most", whole_number(0), "How many pages are read at most."),
        ],
        &["rows", "last", "at_most"],
    )
}

fn limits() -> Value {
    let rate = json!({ "type": "number", "minimum": RATES.start(), "maximum": RATES.end() });
    closed(
        [
            key("rate", rate, "Requests per second."),
            key("in_flight", whole_number(1), "Requests under way at once."),
            key("timeout", whole_number(1), "How long one request may take, in milliseconds."),
            key("settle", whole_number(0), "How long a change may take to be seen, in milliseconds."),
            key("retries", whole_number(0), "How often a read that broke off is sent again."),
        ],
        &[],
    )
}
