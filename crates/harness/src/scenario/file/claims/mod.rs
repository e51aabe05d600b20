//! The keys of `expect:`: from the tree of a step's expectations to claims. Says nothing of whether they hold.

pub(super) mod operators;
mod webhooks;

use countermand_text::{Key, Node, Tree, suggest};

use super::closed;
use super::roles::Roles;
use crate::scenario::case::OrderRef;
use crate::scenario::claim::{Claim, EntityClaim, Expectation, FieldClaim};
use crate::spec::binding::Outcome;
use crate::spec::{Field, Kind};

/// What is expected looks like this.
pub(super) const EXPECT: &str = "expect: { CLAUSE: { answer: accepted } }";

/// `clause: claim` for every clause of a step.
pub(super) fn read(roles: &mut Roles<'_>, node: &Node, order: OrderRef, calls: usize) -> Vec<Expectation> {
    let reader = roles.reader;
    let entries = reader.entries(node, "clauses and what each demands");
    if entries.is_empty() && matches!(node.tree, Tree::Map(_)) {
        reader.problem(node.at, "the step expects nothing: it can't fail", Some(format!("write `{EXPECT}`")));
    }
    let spec = std::sync::Arc::clone(roles.spec);
    let mut expectations = Vec::new();
    for (key, node) in entries {
        let ids = spec.clauses.iter().map(|clause| clause.id.as_str());
        let known = reader.known(key.at, "clause", &key.text, ids);
        let mut claims = Claims { roles, order, calls, clause: key }.claim(node);
        claims.shrink_to_fit();
        if known {
            expectations.push(Expectation { clause: key.text.clone(), claims, exercises: true });
        }
    }
    expectations.shrink_to_fit();
    expectations
}

/// Whether any claim speaks of the order at `index`.
pub(super) fn name_order(expectations: &[Expectation], index: usize) -> bool {
    expectations.iter().flat_map(|expectation| &expectation.claims).any(|claim| speaks_of(claim, index))
}

fn speaks_of(claim: &Claim, index: usize) -> bool {
    match claim {
        Claim::Order { order, .. } | Claim::Group { order, .. } => *order == index,
        Claim::Entity(entity) => entity.order == index,
        Claim::Webhook(webhook) => webhook.order == index,
        Claim::Choice { .. } | Claim::AnyOf { .. } => {
            claim.options().into_iter().flatten().any(|claim| speaks_of(claim, index))
        }
        Claim::Outcome { .. } | Claim::Outcomes { .. } | Claim::Status { .. } | Claim::Agrees { .. } => false,
    }
}

fn calls(count: usize) -> String {
    if count == 1 { "one call".to_owned() } else { format!("{count} calls") }
}

fn outcome(word: &str) -> Option<Outcome> {
    match word {
        "accepted" => Some(Outcome::Accepted),
        "refused" => Some(Outcome::Refused),
        _ => None,
    }
}

struct Claims<'c, 'r> {
    roles: &'c mut Roles<'r>,
    order: OrderRef,
    /// How many calls the step makes at once.
    calls: usize,
    /// The clause that the claims stand under.
    clause: &'c Key,
}

impl Claims<'_, '_> {
    fn claim(&mut self, node: &Node) -> Vec<Claim> {
        let reader = self.roles.reader;
        let entries = reader.entries(node, "a claim: what must be seen");
        if entries.is_empty() && matches!(node.tree, Tree::Map(_)) {
            let hint = Some("say what must be seen, such as `answer: accepted`".to_owned());
            reader.problem(node.at, "the claim is always true: it says nothing", hint);
        }
        entries.iter().flat_map(|(key, node)| self.part(key, node)).collect()
    }

    fn part(&mut self, key: &Key, node: &Node) -> Vec<Claim> {
        let reader = self.roles.reader;
        let spec = std::sync::Arc::clone(self.roles.spec);
        match key.text.as_str() {
            "answer" => self.answer(key, node),
            "answers" => self.answers(key, node),
            "order" => {
                let index = match self.order {
                    OrderRef::Named(index) => index,
                    OrderRef::Unknown => 0,
                };
                self.order_fields(index, node)
            }
            "orders" => {
                let mut claims = Vec::new();
                for (name, node) in reader.entries(node, "orders and their fields") {
                    let orders = self.roles.orders.clone();
                    if reader.known(name.at, "order", &name.text, orders.iter().map(String::as_str)) {
                        claims.extend(self.order_fields(self.roles.order_index(&name.text), node));
                    }
                }
                claims
            }
            "agrees" => {
                let Some(view) = reader.text(node, "a view") else { return Vec::new() };
                let views: Vec<&str> = spec.part.views.iter().skip(1).map(|view| view.name.as_str()).collect();
                // Where every target file brings its own views, only the target can tell.
                let known = spec.binding.is_none() || reader.known(node.at, "view", view, views.iter().copied());
                if self.roles.orders.len() > 1 {
                    let hint = Some("claim it in a scenario of its own".to_owned());
                    reader.problem(node.at, "`agrees` is for a scenario with one order", hint);
                }
                known.then(|| Claim::Agrees { view: view.to_owned(), at: node.at }).into_iter().collect()
            }
            "webhooks" => self.webhooks(key, node),
            "choice" => self.choice(node),
            "any_of" => {
                let list = reader.list(node, "a list of whole claims");
                if list.len() < 2 && matches!(node.tree, Tree::List(_)) {
                    reader.problem(
                        node.at,
                        "`any_of` offers at least two claims",
                        Some("write what is in it without `any_of`, or add another".to_owned()),
                    );
                }
                let options = list.iter().map(|node| self.claim(node)).collect();
                vec![Claim::AnyOf { options, at: node.at }]
            }
            plural => {
                if let Some(kind) = spec.kinds.iter().find(|kind| kind.plural == plural && kind.parent.is_none()) {
                    return self.entities(kind, None, node);
                }
                if let Some(group) = spec.groups.iter().find(|group| group.plural == plural) {
                    let fields: Vec<Field> = group.fields.iter().map(|(name, _)| Field::named(name)).collect();
                    return self.groups(&group.name, &fields, node);
                }
                let plurals = spec.kinds_in(None).map(|kind| kind.plural.as_str());
                let groups = spec.groups.iter().map(|group| group.plural.as_str());
                let fixed = ["answer", "answers", "order", "orders", "agrees", "webhooks", "choice", "any_of"];
                reader.problem(
                    key.at,
                    format!("unknown key `{plural}` in a claim"),
                    suggest::spaced(plural)
                        .or_else(|| suggest::hint(plural, fixed.into_iter().chain(plurals).chain(groups))),
                );
                Vec::new()
            }
        }
    }

    /// `accepted`, or a map of what is claimed of the answer.
    fn answer(&mut self, key: &Key, node: &Node) -> Vec<Claim> {
        let reader = self.roles.reader;
        if self.calls > 1 {
            let hint = Some("write `answers: [accepted, refused]`, in the order of the calls".to_owned());
            reader.problem(key.at, "several calls have several answers", hint);
        }
        let is_of_refusals = self.roles.spec.calls.iter().any(|call| call.frame.refused == self.clause.text);
        let outcome = |node: &Node| {
            let outcome = outcome(reader.word(node, "outcome", &["accepted", "refused"])?)?;
            if is_of_refusals {
                let message = format!("`{}` says what a refusal leaves alone, not that there is one", self.clause.text);
                let hint = Some("put `answer: refused` under the clause that demands the refusal".to_owned());
                reader.problem(node.at, message, hint);
            }
            Some(Claim::Outcome { outcome, at: node.at })
        };
        if node.as_text().is_some() {
            return outcome(node).into_iter().collect();
        }
        let mut fields = reader.fields(node, "the answer: `accepted`, `refused`, or a map");
        let mut claims: Vec<Claim> = fields.take("outcome").and_then(outcome).into_iter().collect();
        if let Some(node) = fields.take("status") {
            claims.extend(self.test(node, None).map(|test| Claim::Status { test, at: node.at }));
        }
        fields.finish();
        if matches!(&node.tree, Tree::Map(entries) if entries.is_empty()) {
            let hint = Some("write `answer: accepted`, `answer: refused`, or `answer: { status: 200 }`".to_owned());
            reader.problem(node.at, "the claim is always true: it says nothing of the answer", hint);
        }
        claims
    }

    /// `[accepted, any]`: how each of several calls was answered.
    fn answers(&mut self, key: &Key, node: &Node) -> Vec<Claim> {
        let reader = self.roles.reader;
        let words = ["accepted", "refused", "any"];
        let list = reader.list(node, "a list of outcomes, one per call");
        let outcomes: Vec<Option<Outcome>> =
            list.iter().filter_map(|node| reader.word(node, "outcome", &words)).map(outcome).collect();
        if list.len() != self.calls {
            let message = format!("the step makes {}, and `answers` has {}", calls(self.calls), list.len());
            let hint = Some("write one for each call, `any` where it may be either".to_owned());
            reader.problem(key.at, message, hint);
        }
        if !outcomes.is_empty() && outcomes.iter().all(Option::is_none) {
            let hint = Some("write `accepted` or `refused` for one of the calls at least".to_owned());
            reader.problem(node.at, "the claim is always true: it takes any answer", hint);
        }
        vec![Claim::Outcomes { outcomes, at: node.at }]
    }

    fn order_fields(&mut self, order: usize, node: &Node) -> Vec<Claim> {
        let spec = std::sync::Arc::clone(self.roles.spec);
        let read =
            |name: &str| spec.part.views.first().is_none_or(|view| view.order.iter().any(|(field, _)| field == name));
        let fields = self.fields(node, "the order", &spec.order_fields, &read, "order");
        fields.into_iter().map(|field| Claim::Order { order, field }).collect()
    }

    fn groups(&mut self, group: &str, known: &[Field], node: &Node) -> Vec<Claim> {
        let reader = self.roles.reader;
        let mut claims = Vec::new();
        let entries = reader.entries(node, "products and their sums");
        if entries.is_empty() && matches!(node.tree, Tree::Map(_)) {
            let hint = suggest::hint("", self.roles.products.iter().map(String::as_str));
            reader.problem(node.at, "the claim is always true: it names no product", hint);
        }
        for (product, node) in entries {
            let products = self.roles.products.clone();
            if !reader.known(product.at, "product", &product.text, products.iter().map(String::as_str)) {
                continue;
            }
            let order = self.roles.order_index(&product.text);
            let path = format!("{group} {}", product.text);
            for field in self.fields(node, &format!("group `{group}`"), known, &|_| true, &path) {
                let product = product.text.rsplit('.').next().unwrap_or_default().to_owned();
                claims.push(Claim::Group { group: group.to_owned(), order, product, field });
            }
        }
        claims
    }

    fn entities(&mut self, kind: &Kind, parent: Option<&str>, node: &Node) -> Vec<Claim> {
        let reader = self.roles.reader;
        let entries = reader.entries(node, "roles and what is claimed of them");
        if entries.is_empty() && matches!(node.tree, Tree::Map(_)) {
            let hint = suggest::hint("", self.roles.roles_of(&kind.name));
            reader.problem(node.at, "the claim is always true: it names no role", hint);
        }
        entries.iter().flat_map(|(key, node)| self.entity(kind, parent, key, node)).collect()
    }

    fn entity(&mut self, kind: &Kind, parent: Option<&str>, key: &Key, node: &Node) -> Vec<Claim> {
        let reader = self.roles.reader;
        let role = parent.map_or_else(|| key.text.clone(), |parent| format!("{parent}.{}", key.text));
        let entries = reader.entries(node, "what is claimed of the role");
        if entries.is_empty() && matches!(node.tree, Tree::Map(_)) {
            let hint = suggest::hint("", kind.fields.iter().map(|field| field.name.as_str()));
            reader.problem(node.at, format!("the claim is always true: it says nothing of `{role}`"), hint);
        }
        let new_node = entries.iter().find(|(key, _)| key.text == "new").map(|(_, node)| node);
        let new = new_node.and_then(|node| {
            let origin = reader.text(node, "the role it comes of")?;
            self.roles.role(node.at, origin).map(|_| origin.to_owned())
        });
        if new_node.is_some() {
            // Several clauses of a step, or several options of a choice, may speak of the same new role.
            let step = self.roles.steps;
            let known = self.roles.known.insert(role.clone(), kind.name.clone());
            let introduced = self.roles.introduced.insert(role.clone(), step);
            if known.is_some_and(|known| introduced != Some(step) || known != kind.name) {
                let hint = Some("give the new one a name of its own".to_owned());
                reader.problem(key.at, format!("`{role}` stands for something already"), hint);
            }
        } else {
            match self.roles.role(key.at, &role) {
                Some(found) if found != kind.name => {
                    let hint = suggest::hint(&role, self.roles.roles_of(&kind.name));
                    reader.problem(key.at, format!("`{role}` is a {found}, not a {}", kind.name), hint);
                }
                _ => {}
            }
        }
        let says =
            |word: &str| entries.iter().any(|(key, node)| key.text == word && matches!(node.tree, Tree::Bool(true)));
        let (absent, present) = (says("absent"), says("present"));
        let spec = std::sync::Arc::clone(self.roles.spec);
        let mut fields = Vec::new();
        let mut nested = Vec::new();
        for (key, node) in entries.iter().filter(|(key, _)| !["new", "absent", "present"].contains(&key.text.as_str()))
        {
            if let Some(child) = spec.kinds_in(Some(&kind.name)).find(|child| child.plural == key.text) {
                nested.extend(self.entities(child, Some(&role), node));
                continue;
            }
            let read = |name: &str| {
                let Some(view) = spec.part.views.first() else { return true };
                let view = view.kinds.get(&kind.name);
                view.is_some_and(|view| view.fields.iter().any(|(field, _)| field == name))
            };
            fields.extend(self.field(key, node, &format!("kind `{}`", kind.name), &kind.fields, &read, &role));
        }
        fields.shrink_to_fit();
        let order = self.roles.order_index(&role);
        let claim = EntityClaim { kind: kind.name.clone(), role, order, at: key.at, new, absent, present, fields };
        let says_something = claim.new.is_some() || absent || present || !claim.fields.is_empty() || nested.is_empty();
        says_something.then_some(Claim::Entity(claim)).into_iter().chain(nested).collect()
    }

    fn fields(
        &mut self,
        node: &Node,
        whose: &str,
        known: &[Field],
        read: &dyn Fn(&str) -> bool,
        subject: &str,
    ) -> Vec<FieldClaim> {
        let reader = self.roles.reader;
        let entries = reader.entries(node, "fields and what they must be");
        if entries.is_empty() && matches!(node.tree, Tree::Map(_)) {
            let hint = suggest::hint("", known.iter().map(|field| field.name.as_str()));
            reader.problem(node.at, format!("the claim is always true: it says nothing of {whose}"), hint);
        }
        entries.iter().filter_map(|(key, node)| self.field(key, node, whose, known, read, subject)).collect()
    }

    fn field(
        &mut self,
        key: &Key,
        node: &Node,
        whose: &str,
        known: &[Field],
        read: &dyn Fn(&str) -> bool,
        subject: &str,
    ) -> Option<FieldClaim> {
        let reader = self.roles.reader;
        let names = known.iter().map(|field| field.name.as_str());
        reader.known_field(key.at, whose, &key.text, names).then_some(())?;
        known.iter().filter(|field| field.name == key.text).for_each(|field| closed::value(reader, whose, field, node));
        if !read(&key.text) {
            let hint = Some(format!("add `{}` to the first view of the binding, or leave the claim out", key.text));
            reader.problem(key.at, format!("no view reads `{}`: the claim would never be compared", key.text), hint);
        }
        let test = self.test(node, Some(subject))?;
        // Of an operator its operand is what one would change.
        let at = match &node.tree {
            Tree::Map(entries) => entries.first().map_or(node.at, |(_, operand)| operand.at),
            _ => node.at,
        };
        Some(FieldClaim { name: key.text.clone(), test, at })
    }

    fn choice(&mut self, node: &Node) -> Vec<Claim> {
        let reader = self.roles.reader;
        let spec = std::sync::Arc::clone(self.roles.spec);
        let mut claims = Vec::new();
        for (key, node) in reader.entries(node, "a choice and its options") {
            let names = spec.choices.iter().map(|choice| choice.name.as_str());
            if !reader.known(key.at, "choice", &key.text, names) {
                continue;
            }
            let Some(choice) = spec.choice(&key.text) else { continue };
            let entries = reader.entries(node, "the options and what each looks like");
            if entries.len() < 2 {
                reader.problem(
                    node.at,
                    "a choice is between at least two options",
                    suggest::hint("", choice.options.iter().map(String::as_str)),
                );
            }
            let mut options = Vec::new();
            for (option, node) in entries {
                reader.known(option.at, "option", &option.text, choice.options.iter().map(String::as_str));
                options.push((option.text.clone(), self.claim(node)));
            }
            self.roles.told.insert(key.text.clone());
            claims.push(Claim::Choice { choice: key.text.clone(), options, at: key.at });
        }
        claims
    }
}
