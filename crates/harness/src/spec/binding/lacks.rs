//! What a target lacks besides what it declares: what its binding makes of a lacked field is no less lacked.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::{Binding, Call, Request, View};
use crate::spec::words::{Field, Kind};
use crate::template::{Expr, FieldName, JsonTemplate, Text};

/// What a target declares that it lacks, or what follows from that, each with the reason.
pub(crate) type Lacks = BTreeMap<String, String>;

/// `order.NAME`, or `KIND.NAME`: how a field is called among what is lacking.
pub(crate) fn field_key((kind, name): &FieldName) -> String {
    if kind.is_empty() { format!("order.{name}") } else { format!("{kind}.{name}") }
}

impl Binding {
    /// Adds what is read of lacked fields: other fields of a view, and calls whose requests are made of them. No view shows
    /// a lacked field, whatever is found in its place.
    pub(super) fn follow_lacks(mut self) -> Self {
        loop {
            let fields = self.views.first().into_iter().flat_map(View::fields);
            let fields = fields.filter_map(|(name, expr)| Some((field_key(&name), lacked(&self.lacks, expr.reads())?)));
            let calls =
                self.calls.iter().filter_map(|(name, call)| Some((name.clone(), lacked(&self.lacks, call.reads())?)));
            let more: Lacks = fields.chain(calls).filter(|(name, _)| !self.lacks.contains_key(name)).collect();
            if more.is_empty() {
                break;
            }
            self.lacks.extend(more);
        }
        for view in &mut self.views {
            let of_lacked = view.fields().filter(|(_, expr)| lacked(&self.lacks, expr.reads()).is_some());
            let mut hidden: BTreeSet<FieldName> = of_lacked.map(|(name, _)| name).collect();
            hidden.extend(view.mapped.iter().filter(|field| self.lacks.contains_key(&field_key(field))).cloned());
            if !hidden.is_empty() {
                view.mapped = Arc::new(view.mapped.difference(&hidden).cloned().collect());
            }
        }
        self
    }

    /// The fields that are lacking.
    pub(crate) fn lacked_fields(&self, order: &[Field], kinds: &[Kind]) -> Vec<FieldName> {
        let of_order = order.iter().map(|field| (String::new(), field.name.clone()));
        let of_kinds =
            kinds.iter().flat_map(|kind| kind.fields.iter().map(|field| (kind.name.clone(), field.name.clone())));
        of_order.chain(of_kinds).filter(|field| self.lacks.contains_key(&field_key(field))).collect()
    }
}

/// Why one of these fields is lacking, where one is.
fn lacked<'f>(lacks: &Lacks, fields: impl IntoIterator<Item = &'f FieldName>) -> Option<String> {
    fields.into_iter().find_map(|field| lacks.get(&field_key(field)).cloned())
}

impl View {
    /// Every field that it maps, with how.
    fn fields(&self) -> impl Iterator<Item = (FieldName, &Expr)> {
        let of_order = self.order.iter().map(|(name, expr)| ((String::new(), name.clone()), expr));
        let of_kinds = self
            .kinds
            .iter()
            .flat_map(|(kind, view)| view.fields.iter().map(move |(name, expr)| ((kind.clone(), name.clone()), expr)));
        of_order.chain(of_kinds)
    }
}

impl Call {
    /// The fields of the spec that its requests are made of.
    fn reads(&self) -> impl Iterator<Item = &FieldName> {
        self.requests.iter().flat_map(Request::exprs).flat_map(|expr| expr.reads())
    }
}

impl Request {
    /// What is filled in before it is sent.
    pub(super) fn exprs(&self) -> impl Iterator<Item = &Expr> {
        let texts = std::iter::once(&self.path).chain(self.headers.iter().map(|(_, text)| text));
        let json = self.json.iter().flat_map(JsonTemplate::exprs);
        self.each.iter().chain(&self.when).chain(texts.flat_map(Text::exprs)).chain(json)
    }
}
