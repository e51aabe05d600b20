//! The keys of a scenario file: from the tree of a file to cases. Each key is read in the file of its subject: the set-up, steps,
//! calls, claims, the table.

mod call;
mod claims;
mod closed;
mod document;
mod form;
mod roles;
mod set_up;
mod step;
mod table;

use std::sync::Arc;

use countermand_text::{Node, Reader, Tree, suggest};

use self::form::Form;
use self::roles::Roles;
use super::case::{Case, On, OrderRef, Step};
use crate::spec::Spec;

pub(crate) use claims::operators::OPERATORS;
pub(crate) use document::Document;
pub(crate) use form::PROOF;

/// What steps look like.
const STEPS: &str = "steps: [{ call: …, expect: { … } }]";

/// Reads one case from the tree of a file whose variables are filled in.
fn read(form: Form, reader: &Reader, root: &Node, spec: &Arc<Spec>, id: String) -> Option<Case> {
    let mut fields = reader.fields(root, "a scenario");
    crate::spec::read_format(reader, &mut fields);
    let _ = fields.need("spec");
    // Its rows were read before: the values stand in their places.
    let _ = fields.take("table");
    let title =
        fields.need_as("title", "title: what happens, in a few words").and_then(|node| reader.text(node, "a title"));
    let mut roles = Roles::new(reader, form, spec);
    let orders = match (fields.take("order"), fields.take_entry("orders")) {
        (Some(_), Some((key, _))) => {
            let hint = Some("put them all under `orders`, each with a name".to_owned());
            reader.problem(key.at, "both `order` and `orders`: one of the two", hint);
            return None;
        }
        (Some(node), None) => vec![roles.order(String::new(), node.at, node)],
        (None, Some((_, node))) => {
            let orders = reader.entries(node, "orders: a name and its set-up");
            roles.orders = orders.iter().map(|(key, _)| key.text.clone()).collect();
            orders.iter().map(|(key, node)| roles.order(key.text.clone(), key.at, node)).collect()
        }
        (None, None) => {
            let message = "a scenario needs `order`: what the order holds before the first step";
            reader.problem(root.at, message, Some(roles.order_example()));
            Vec::new()
        }
    };
    let webhooks = fields.take("webhooks").map(|node| roles.registration(node));
    let steps_node = fields.need_as("steps", STEPS);
    let nodes = steps_node.map(|node| reader.list(node, "a list of steps")).unwrap_or_default();
    if let Some(node) = steps_node
        && nodes.is_empty()
        && matches!(node.tree, Tree::List(_))
    {
        reader.problem(node.at, "the scenario has no steps", Some(format!("write `{STEPS}`")));
    }
    let steps: Vec<Step> = nodes.iter().filter_map(|node| roles.step(node)).collect();
    fields.finish();
    let case = Case {
        id,
        spec: Arc::clone(spec),
        title: title?.to_owned(),
        file: Arc::clone(&reader.file),
        orders,
        steps,
        webhooks,
        is_sequence: form == Form::Sequence,
    };
    unused_orders(reader, &case);
    Some(case)
}

/// An order of `orders:` that no call is made in and no claim names only slows the scenario down: it was meant for something.
fn unused_orders(reader: &Reader, case: &Case) {
    // Among wrong names an order may only seem to be forgotten.
    if reader.has_problems() {
        return;
    }
    for (index, order) in case.orders.iter().enumerate() {
        let prefix = format!("{}.", order.name);
        let used = case.steps.iter().any(|step| {
            let called = step.calls().any(|call| call.order == OrderRef::Named(index));
            called
                || step.calls().any(|call| matches!(&call.on, On::Role(role) if role.starts_with(&prefix)))
                || claims::name_order(&step.expect, index)
        });
        if !used && case.orders.len() > 1 && !case.steps.is_empty() {
            let roles: Vec<&str> = order.roles.iter().map(|role| role.role.as_str()).collect();
            reader.problem(
                order.at,
                format!("the roles of order `{}` ({}) are never used", order.name, suggest::quoted(&roles)),
                Some("make a call on one of them, claim something of it, or leave the order out".to_owned()),
            );
        }
    }
}
