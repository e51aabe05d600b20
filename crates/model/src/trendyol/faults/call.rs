//! What a request is about, as far as the files of faults have to know: which kind of call, which package, which lines.
//! Reads leniently and decides nothing.

use serde_json::{Map, Value};

use crate::model::Request;
use crate::trendyol::state::{By, Line, Package, Store};

/// What the cancel call has at the end of its path.
pub(super) const CANCEL: &str = "/items/unsupplied";

/// The kinds of call that a fault can bear on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Cancel,
    Push,
    Split,
    Stage,
    Read,
    Webhook,
    Other,
}

/// A request, looked at.
pub(in crate::trendyol) struct Call {
    pub(super) kind: Kind,
    /// The package that the path names.
    pub(super) package: Option<u64>,
    /// The fields of the body; none, if it is no JSON object.
    pub(super) fields: Map<String, Value>,
}

impl Call {
    pub(in crate::trendyol) fn of(request: &Request<'_>) -> Self {
        let path = request.path;
        let package = path.split("/shipment-packages/").nth(1).and_then(|rest| rest.split('/').next()?.parse().ok());
        let kind = match path.rsplit('/').next().unwrap_or_default() {
            _ if path.contains("/webhook/") => Kind::Webhook,
            "orders" if request.method == "GET" => Kind::Read,
            _ if !path.contains("/shipment-packages/") => Kind::Other,
            _ if path.ends_with(CANCEL) => Kind::Cancel,
            "status" => Kind::Stage,
            last if last.contains("split") => Kind::Split,
            _ => Kind::Push,
        };
        let fields = match serde_json::from_slice(request.body) {
            Ok(Value::Object(map)) => map,
            _ => Map::new(),
        };
        Self { kind, package, fields }
    }

    /// The package that is named, if there is one.
    pub(super) fn named<'s>(&self, store: &'s Store) -> Option<&'s Package> {
        store.packages.get(&self.package?)
    }

    /// The status that is pushed or reported.
    pub(super) fn status(&self) -> &str {
        self.fields.get("status").and_then(Value::as_str).unwrap_or_default()
    }

    /// The lines that are named.
    pub(super) fn rows(&self) -> &[Value] {
        self.fields.get("lines").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
    }

    /// Whether it cancels all units of the package.
    pub(super) fn takes_all(&self, package: &Package) -> bool {
        let asked = |line: &Line| {
            let rows = self.rows().iter().filter(|row| row["lineId"].as_u64() == Some(line.id));
            rows.filter_map(|row| row["quantity"].as_u64()).fold(0, u64::saturating_add)
        };
        package.lines.iter().all(|line| asked(line) >= line.quantity)
    }
}

/// The line of a package that a row names.
pub(super) fn line_of<'p>(package: &'p Package, row: &Value) -> Option<&'p Line> {
    row["lineId"].as_u64().and_then(|id| package.line(id)).map(|at| &package.lines[at])
}

/// What a package came of, and what that came of, as far as it goes.
pub(super) fn ancestors<'s>(store: &'s Store, package: &'s Package) -> impl Iterator<Item = &'s Package> {
    let parent = |package: &&Package| store.packages.get(&package.origin?.parent);
    // Under some faults a package comes of itself.
    std::iter::successors(parent(&package), parent).take(store.packages.len())
}

/// Whether a partial cancel made it.
pub(super) fn is_successor(package: &Package) -> bool {
    package.origin.is_some_and(|origin| origin.by == By::Cancel)
}

/// Whether a split made it.
pub(super) fn is_split_part(package: &Package) -> bool {
    package.origin.is_some_and(|origin| origin.by == By::Split)
}

/// How many partial cancels a package comes of.
pub(super) fn generation(store: &Store, package: &Package) -> usize {
    let line = std::iter::once(package).chain(ancestors(store, package));
    line.filter(|package| is_successor(package)).count()
}

/// Whether a partial cancel of it made another package.
pub(super) fn has_successor(store: &Store, package: &Package) -> bool {
    let is_parent = |other: &Package| other.origin.is_some_and(|origin| origin.parent == package.id);
    store.packages.values().any(|other| is_successor(other) && is_parent(other))
}
