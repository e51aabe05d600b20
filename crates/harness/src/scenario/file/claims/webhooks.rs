//! The keys of `webhooks:` in an expectation: what must have been received by then, or must not.

use std::sync::Arc;

use countermand_text::{Key, Node, Tree, suggest};

use super::Claims;
use crate::scenario::{Claim, FieldClaim, OrderRef, Test, WebhookClaim};
use crate::spec::{Field, WebhookWords};

impl Claims<'_, '_> {
    /// `[{ on: ROLE, FIELD: TEST, headers: {…} }, { absent: true, … }, …]`.
    pub(super) fn webhooks(&mut self, key: &Key, node: &Node) -> Vec<Claim> {
        let reader = self.roles.reader;
        let spec = Arc::clone(self.roles.spec);
        let Some(words) = &spec.webhooks else {
            reader.problem(key.at, "the spec says nothing of webhooks", Some("leave the claim out".to_owned()));
            return Vec::new();
        };
        let list = reader.list(node, "a list of webhooks that must have come");
        if list.is_empty() && matches!(node.tree, Tree::List(_)) {
            let hint = Some("write `webhooks: [{ … }]`, or `[{ absent: true }]` for none".to_owned());
            reader.problem(node.at, "the claim is always true: it names no webhook", hint);
        }
        list.iter().filter_map(|node| self.webhook(words, node)).map(Claim::Webhook).collect()
    }

    fn webhook(&mut self, words: &WebhookWords, node: &Node) -> Option<WebhookClaim> {
        let reader = self.roles.reader;
        let mut keys = reader.fields(node, "a webhook");
        let on_node = keys.take("on");
        let on = on_node.and_then(|node| self.told_of(words, node));
        let mut flag = |key| {
            let node = keys.take(key)?;
            if !matches!(node.tree, Tree::Bool(true)) {
                let hint = reader.unquoted_true(node).or_else(|| Some("leave it out".to_owned()));
                reader.problem(node.at, format!("`{key}` is always `true`"), hint);
            }
            Some(())
        };
        let (absent, agrees) = (flag("absent"), flag("agrees"));
        let headers = keys.take("headers").map(|node| self.headers(node));
        let names: Vec<&str> = words.fields.iter().map(|field| field.name.as_str()).collect();
        let mut fields = Vec::new();
        let rest = keys.rest();
        let says_nothing = rest.is_empty() && on_node.is_none() && headers.is_none() && absent.is_none();
        for (key, node) in rest {
            let words_known: Vec<&str> = names.iter().copied().chain(["on", "absent", "agrees", "headers"]).collect();
            if reader.known_field(key.at, "a webhook", &key.text, words_known) {
                let field = self.field(key, node, "a webhook", &words.fields, &|_| true, "");
                fields.extend(field.filter(|field| self.can_be_tested(words, field)));
            }
        }
        let (absent, agrees) = (absent.is_some(), agrees.is_some());
        if agrees {
            self.can_agree(words, node, on_node.is_some(), absent);
        } else if says_nothing {
            let hint = Some(format!("name a field ({}), or whom it is `on`", names.join(", ")));
            reader.problem(node.at, "the claim says nothing of the webhook", hint);
        }
        let order = match (&on, self.order) {
            (Some(role), _) => self.roles.order_index(role),
            (None, OrderRef::Named(index)) => index,
            (None, OrderRef::Unknown) => 0,
        };
        Some(WebhookClaim { order, on, at: node.at, absent, agrees, fields, headers: headers.unwrap_or_default() })
    }

    /// The role that a webhook tells of.
    fn told_of(&self, words: &WebhookWords, node: &Node) -> Option<String> {
        let reader = self.roles.reader;
        let role = reader.text(node, "a role")?;
        let Some(kind) = &words.on else {
            reader.problem(node.at, "the spec's webhooks tell of the order", Some("leave `on` out".to_owned()));
            return None;
        };
        let found = self.roles.role(node.at, role)?;
        if found != *kind {
            let hint = suggest::hint(role, self.roles.roles_of(kind));
            reader.problem(node.at, format!("a webhook tells of one {kind}, and `{role}` is a {found}"), hint);
        }
        Some(role.to_owned())
    }

    fn headers(&mut self, node: &Node) -> Vec<FieldClaim> {
        let entries = self.roles.reader.entries(node, "headers and what they must be");
        let names = |key: &Key| Field::named(key.text.to_ascii_lowercase());
        let header = |(key, node): &(Key, Node)| {
            let (known, name) = (names(key), key.text.to_ascii_lowercase());
            let key = Key { at: key.at, text: name };
            let claim = self.field(&key, node, "a webhook's head", std::slice::from_ref(&known), &|_| true, "")?;
            self.is_of_no_state(&claim).then_some(claim)
        };
        entries.iter().filter_map(header).collect()
    }

    /// What a role has can only be compared with where both know the field; what was before the step, never.
    fn can_be_tested(&self, words: &WebhookWords, claim: &FieldClaim) -> bool {
        let compares = any(&claim.test, &|test| matches!(test, Test::SameAs(_)));
        if compares && !self.of_state(words).iter().any(|field| field.name == claim.name) {
            let message = format!("`same_as` compares with `{}` of a role, which has none", claim.name);
            let names = self.of_state(words).iter().map(|field| field.name.as_str());
            let shared = names.filter(|name| words.fields.iter().any(|field| field.name == *name));
            self.roles.reader.problem(claim.at, message, suggest::hint("", shared));
            return false;
        }
        self.has_no_before(claim)
    }

    fn is_of_no_state(&self, claim: &FieldClaim) -> bool {
        if any(&claim.test, &|test| matches!(test, Test::SameAs(_))) {
            let hint = Some("write the value, or another operator".to_owned());
            self.roles.reader.problem(claim.at, "a role has no headers to compare with", hint);
            return false;
        }
        self.has_no_before(claim)
    }

    fn has_no_before(&self, claim: &FieldClaim) -> bool {
        let changes = any(&claim.test, &|test| matches!(test, Test::Changed(_)));
        if changes {
            let hint = Some("write the value, or another operator".to_owned());
            self.roles.reader.problem(claim.at, "a webhook has no value from before the step", hint);
        }
        !changes
    }

    fn can_agree(&self, words: &WebhookWords, node: &Node, is_on: bool, absent: bool) {
        let reader = self.roles.reader;
        if absent {
            let hint = Some("leave one of the two out".to_owned());
            reader.problem(node.at, "both `absent` and `agrees`: what is not there agrees with nothing", hint);
        }
        if words.last.is_none() {
            let hint = Some("give the spec's `webhooks` the field that tells: `last: modified`".to_owned());
            reader.problem(node.at, "which webhook is the last can't be told", hint);
        }
        if words.on.is_some() && !is_on {
            let hint = suggest::hint("", words.on.iter().flat_map(|kind| self.roles.roles_of(kind)));
            reader.problem(node.at, "`agrees` compares with one role: say which with `on`", hint);
        }
        let own = self.of_state(words);
        if !words.fields.iter().any(|field| own.iter().any(|other| other.name == field.name)) {
            reader.problem(node.at, "nothing that a webhook tells is read in a view too", None);
        }
    }

    /// The fields of what a webhook tells of.
    fn of_state(&self, words: &WebhookWords) -> &[Field] {
        let kind = words.on.as_ref().map(|kind| self.roles.spec.kind(kind));
        match kind {
            Some(kind) => kind.map(|kind| kind.fields.as_slice()).unwrap_or_default(),
            None => &self.roles.spec.order_fields,
        }
    }
}

/// Whether a test, or one in it, is such a one.
fn any(test: &Test, is_such: &dyn Fn(&Test) -> bool) -> bool {
    let inner = match test {
        Test::AnyOf(tests) => tests.iter().any(|test| any(test, is_such)),
        Test::Not(test) => any(test, is_such),
        _ => false,
    };
    inner || is_such(test)
}
