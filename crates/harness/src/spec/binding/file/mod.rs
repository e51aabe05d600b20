//! The keys of a binding: from the tree of a file to a [`BindingPart`]. Sends nothing and judges nothing but the form.

mod binding;
mod caller;
mod request;
mod webhooks;

use countermand_text::{Node, Reader, Tree};

use crate::spec::binding::{BindingPart, View, WEBHOOKS, view_key};
use crate::spec::words::{Call, Clause, Field, Kind, WebhookWords};

pub(crate) use binding::RATES;

/// What a binding may name of its spec.
pub(crate) struct SpecNames<'s> {
    pub(crate) callers: &'s [String],
    pub(crate) calls: &'s [Call],
    pub(crate) clauses: &'s [Clause],
    pub(crate) kinds: &'s [Kind],
    pub(crate) order_fields: &'s [Field],
    pub(crate) order_set_up: &'s [String],
    /// The views of the spec's own binding, where it has been read.
    pub(crate) views: &'s [View],
    pub(crate) webhooks: Option<&'s WebhookWords>,
}

impl<'s> SpecNames<'s> {
    pub(crate) fn call_names(&self) -> impl Iterator<Item = &'s str> + Clone + use<'s> {
        self.calls.iter().map(|call| call.name.as_str())
    }

    /// What a target can declare that it lacks: calls, callers, clauses, fields as `order.NAME` or `KIND.NAME`, views but the
    /// first as `view.NAME`, `webhooks`, and fields of those as `webhook.NAME`.
    pub(crate) fn lackable(&self) -> Vec<String> {
        let of_order = self.order_fields.iter().map(|field| format!("order.{}", field.name));
        let of_kind = |kind: &'s Kind| kind.fields.iter().map(move |field| format!("{}.{}", kind.name, field.name));
        let plain = self.call_names().map(str::to_owned).chain(self.callers.iter().cloned());
        let views = self.views.iter().skip(1).map(|view| view_key(&view.name));
        let clauses = self.clauses.iter().map(|clause| clause.id.clone());
        let of_webhooks = self.webhooks.iter().flat_map(|words| {
            let fields = words.fields.iter().map(|field| format!("webhook.{}", field.name));
            fields.chain([WEBHOOKS.to_owned()])
        });
        plain
            .chain(clauses)
            .chain(of_webhooks)
            .chain(views)
            .chain(of_order)
            .chain(self.kinds.iter().flat_map(of_kind))
            .collect()
    }
}

/// Reads the `binding:` of a spec file.
pub(crate) fn read_binding(reader: &Reader, node: &Node, names: &SpecNames<'_>) -> BindingPart {
    let file = BindingFile::new(reader, names, node);
    let mut fields = reader.fields(node, "a binding");
    let mut part = file.part(&mut fields);
    part.callers = part.callers.into_iter().map(|(name, caller)| (name, caller.of_spec())).collect();
    part.headers = part.headers.into_iter().map(|(name, value)| (name, value.of_spec())).collect();
    part.vars = part.vars.into_iter().map(|(name, setting)| (name, setting.of_spec())).collect();
    fields.finish();
    part
}

/// Reads the keys of one binding.
pub(crate) struct BindingFile<'s> {
    reader: &'s Reader,
    names: &'s SpecNames<'s>,
    /// The callers of the spec, and those that the file adds.
    callers: Vec<String>,
}

impl<'s> BindingFile<'s> {
    pub(crate) fn new(reader: &'s Reader, names: &'s SpecNames<'s>, root: &Node) -> Self {
        let mut callers = names.callers.to_vec();
        if let Tree::Map(entries) = &root.tree
            && let Some((_, node)) = entries.iter().find(|(key, _)| key.text == "callers")
            && let Tree::Map(own) = &node.tree
        {
            callers.extend(own.iter().map(|(key, _)| key.text.clone()));
        }
        Self { reader, names, callers }
    }
}
