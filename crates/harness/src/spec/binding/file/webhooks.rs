//! The keys of a binding's `webhooks`.

use std::time::Duration;

use countermand_text::{Key, Node};

use super::BindingFile;
use crate::spec::binding::WebhooksPart;
use crate::template::{Expr, Nameable};

/// What an expression over something received can name; of each thing that was told it is `it`.
const NAMES: [&str; 5] = ["body", "headers", "order", "vars", "discovered"];

impl BindingFile<'_> {
    pub(super) fn webhooks(&self, node: &Node) -> WebhooksPart {
        let reader = self.reader;
        let mut fields = reader.fields(node, "the webhooks");
        let Some(words) = self.names.webhooks else {
            let hint = Some("say there what a webhook tells: `webhooks: { fields: [status] }`".to_owned());
            reader.problem(node.at, "the spec says nothing of webhooks", hint);
            return WebhooksPart::default();
        };
        let mut requests = |key| fields.take(key).map(|node| self.requests(node, &mut Vec::new()));
        let (register, unregister) = (requests("register"), requests("unregister"));
        let names = Nameable::of(NAMES);
        let each = fields.take("each").and_then(|node| Expr::parse(reader, node, &names));
        let names = names.and(["it"]);
        let order = fields.take("order").and_then(|node| Expr::parse(reader, node, &names));
        let id = fields.take("id").and_then(|node| Expr::parse(reader, node, &names));
        if let (Some(_), None) = (&id, &words.on) {
            reader.problem(node.at, "the spec's webhooks tell of the order, which needs no `id`", None);
        }
        let known: Vec<&str> = words.fields.iter().map(|field| field.name.as_str()).collect();
        let entries = fields.take("fields").map(|node| reader.entries(node, "a field and its expression"));
        let field = |(key, node): &(Key, Node)| {
            reader.known_field(key.at, "a webhook", &key.text, known.iter().copied());
            Some((key.text.clone(), Expr::parse(reader, node, &names)?))
        };
        let read = entries.unwrap_or_default().iter().filter_map(field).collect();
        let mut count = |key, expected| fields.take(key).and_then(|node| reader.count(node, expected));
        let settle = count("settle", "milliseconds").map(Duration::from_millis);
        let retry = count("retry", "milliseconds").map(Duration::from_millis);
        let at_once = fields.take("at_once").and_then(|node| self.at_least_one(node, "a number of cases"));
        fields.finish();
        WebhooksPart { register, unregister, each, order, id, fields: read, settle, retry, at_once }
    }

    fn at_least_one(&self, node: &Node, expected: &str) -> Option<usize> {
        let count = self.reader.count(node, expected)?;
        if count == 0 {
            let hint = Some("leave it out for no limit".to_owned());
            self.reader.problem(node.at, "no case could ever listen with 0", hint);
        }
        usize::try_from(count.max(1)).ok()
    }
}
