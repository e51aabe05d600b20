//! Judges what a step claims of webhooks: that one came, that none did, that the last agrees with the view. In which order
//! they came, and how often, says nothing.

use std::cmp::Ordering;

use countermand_event::Difference;
use serde_json::Value;

use super::Judge;
use crate::check::value::{Context, describe, difference, equal, holds};
use crate::check::view::key;
use crate::check::{Because, Deviation, Entity, Heard, Spot, resolve_role};
use crate::scenario::{FieldClaim, WebhookClaim};
use crate::secrets::{is_credential, stand_in_for};
use crate::spec::Field;

impl Judge<'_, '_> {
    pub(super) fn webhook(&mut self, clause: &str, claim: &WebhookClaim) {
        let moment = self.moment;
        let id = claim.on.as_ref().map(|role| self.known(role).map(|entity| key(&entity.id)));
        if id == Some(None) {
            // That there is no such entity is told where that is claimed.
            if !claim.absent {
                self.heard(clause, claim, Difference::Missing, String::new(), in_words(claim), None);
                self.rests();
            }
            return;
        }
        let id = id.flatten();
        let is_own = |heard: &&Heard| {
            let is_of = || id.as_ref().is_none_or(|id| heard.id.as_ref().map(key).as_ref() == Some(id));
            heard.order == claim.order && heard.unreadable.is_none() && is_of()
        };
        let told: Vec<&Heard> = moment.heard.iter().filter(is_own).collect();
        if claim.agrees {
            self.last_agrees(clause, claim, &told);
            return;
        }
        let fits = |heard: &&&Heard| self.failing(claim, heard).is_empty();
        match (told.iter().find(fits), claim.absent) {
            (Some(_), false) | (None, true) => {}
            (Some(heard), true) => {
                let actual = Some(shown(heard));
                let expected = format!("no {}", in_words(claim).trim_start_matches("a "));
                self.heard(clause, claim, Difference::Unexpected, String::new(), expected, actual);
            }
            (None, false) => self.none_fits(clause, claim, &told),
        }
    }

    /// Says what the nearest lacks: one of its headers where that is all, and else that none like this came.
    fn none_fits(&mut self, clause: &str, claim: &WebhookClaim, told: &[&Heard]) {
        let nearest = told.iter().copied().min_by_key(|heard| self.failing(claim, heard).len());
        let failing = nearest.map(|heard| self.failing(claim, heard)).unwrap_or_default();
        let Some((nearest, [only])) = nearest.zip(failing.first_chunk()).filter(|_| failing.len() == 1) else {
            let actual = nearest.map(shown).or_else(|| self.unreadable(claim));
            self.heard(clause, claim, Difference::Missing, String::new(), in_words(claim), actual);
            return;
        };
        let actual = nearest.headers.get(&only.name).filter(|_| claim.headers.iter().any(|it| std::ptr::eq(it, *only)));
        if claim.fields.iter().any(|field| std::ptr::eq(field, *only)) {
            self.heard(clause, claim, Difference::Missing, String::new(), in_words(claim), Some(shown(nearest)));
            return;
        }
        let hidden = actual.map(|actual| match is_credential(&only.name) {
            true => Value::String(stand_in_for(&only.name)),
            false => actual.clone(),
        });
        let (path, expected) = (format!(".headers.{}", only.name), describe(&only.test));
        self.heard(clause, claim, difference(&only.test, actual), path, expected, hidden);
        if let Some(found) = self.seen.differences.last_mut() {
            found.at = only.at;
        }
    }

    /// The parts of a claim that do not hold of what was heard.
    fn failing<'c>(&self, claim: &'c WebhookClaim, heard: &Heard) -> Vec<&'c FieldClaim> {
        let fails = |part: &&FieldClaim, actual: Option<&Value>| {
            let of_role = |role: &str| self.known(role).and_then(|entity| entity.fields.get(&part.name)).cloned();
            !holds(&part.test, actual, &Context { before: None, of_role: &of_role })
        };
        let fields = claim.fields.iter().filter(|part| fails(part, heard.fields.get(&part.name)));
        let headers = claim.headers.iter().filter(|part| fails(part, heard.headers.get(&part.name)));
        fields.chain(headers).collect()
    }

    /// What is told last of an entity, or of the order, is what the view shows of it.
    fn last_agrees(&mut self, clause: &str, claim: &WebhookClaim, told: &[&Heard]) {
        let moment = self.moment;
        let Some(words) = &moment.case.spec.webhooks else { return };
        let Some(by) = &words.last else { return };
        let order = |heard: &&&Heard| heard.fields.get(by).is_some_and(|value| !value.is_null());
        let last = told.iter().filter(order).max_by(|a, b| later(a.fields.get(by), b.fields.get(by)));
        let Some(last) = last else {
            let actual = told.first().map(|it| shown(it)).or_else(|| self.unreadable(claim));
            let is_silence = actual.is_none();
            self.heard(clause, claim, Difference::Missing, String::new(), in_words(claim), actual);
            if is_silence {
                // Waited for; but what nothing was told of can't disagree.
                self.rests_on(Because::nothing_came(self.moment.number, clause));
            }
            return;
        };
        let state = match &claim.on {
            Some(role) => self.now(role).map(|entity| (&entity.fields, entity.kind.as_str())),
            None => moment.after.get(claim.order).map(|view| (&view.order, "")),
        };
        let Some((state, kind)) = state else { return };
        let maps = |field: &&Field| {
            moment.after.get(claim.order).is_some_and(|view| view.maps(kind, &field.name))
                && !moment.lacks.contains_key(&format!("webhook.{}", field.name))
        };
        let shared: Vec<&Field> = words.fields.iter().filter(maps).collect();
        let differs = |heard: &Heard, field: &Field| match (state.get(&field.name), heard.fields.get(&field.name)) {
            (Some(shown), Some(told)) => !equal(shown, told),
            (shown, told) => shown.is_some_and(|it| !it.is_null()) || told.is_some_and(|it| !it.is_null()),
        };
        // Of several that were told at one time any may be the last.
        let at_once = told.iter().filter(|heard| later(heard.fields.get(by), last.fields.get(by)) == Ordering::Equal);
        let agrees = |heard: &&&Heard| shared.iter().all(|field| !differs(heard, field));
        if at_once.clone().any(|heard| agrees(&heard)) {
            return;
        }
        let found: Vec<_> = shared
            .iter()
            .filter(|field| differs(last, field))
            .map(|field| (&field.name, state.get(&field.name).cloned(), last.fields.get(&field.name).cloned()))
            .collect();
        for (name, wanted, actual) in found {
            let expected =
                wanted.as_ref().map_or_else(|| "nothing".to_owned(), |value| format!("{value} as it is read"));
            let way = if actual.is_none() { Difference::Missing } else { Difference::Differs };
            self.heard(clause, claim, way, format!(".{name}"), expected, actual);
        }
    }

    /// What came in the place of a webhook that tells something, and how many more like it.
    fn unreadable(&self, claim: &WebhookClaim) -> Option<Value> {
        let of_order = self.moment.heard.iter().filter(|heard| heard.order == claim.order);
        let mut unreadable = of_order.filter_map(|heard| heard.unreadable.as_ref());
        let last = unreadable.next_back()?;
        Some(Value::String(match unreadable.count() {
            0 => format!("one {last}"),
            more => format!("one {last} (and {more} before it)"),
        }))
    }

    /// The entity that a role stands for, wherever it was seen last.
    fn known(&self, role: &str) -> Option<&Entity> {
        let states = [self.moment.after, self.moment.before, self.moment.first];
        states
            .into_iter()
            .flat_map(|views| views.iter().zip(self.seen.names.iter()))
            .find_map(|(view, names)| resolve_role(names, view, role))
    }

    fn now(&self, role: &str) -> Option<&Entity> {
        self.moment.after.iter().zip(self.seen.names.iter()).find_map(|(view, names)| resolve_role(names, view, role))
    }

    fn heard(
        &mut self,
        clause: &str,
        claim: &WebhookClaim,
        difference: Difference,
        path: String,
        expected: String,
        actual: Option<Value>,
    ) {
        let role = claim.on.as_ref().map(|role| format!(".{role}")).unwrap_or_default();
        let spot = match &claim.on {
            Some(role) => self.known(role).map(|entity| Spot::of_thing(claim.order, &self.seen.names, &entity.ident)),
            None => Some(Spot::of_order(claim.order)),
        };
        let path = format!("webhooks{role}{path}");
        let spots = spot.into_iter().collect();
        self.found(clause, claim.at, Deviation { path, difference, expected, wanted: None, actual, spots });
        self.seen.differences.iter_mut().last().into_iter().for_each(|found| found.heard = true);
    }
}

/// `a webhook about `box` with status "Cancelled"`
fn in_words(claim: &WebhookClaim) -> String {
    let on = claim.on.as_ref().map(|role| format!(" about `{role}`")).unwrap_or_default();
    let fields = claim.fields.iter().map(|field| format!("{} {}", field.name, describe(&field.test)));
    let headers = claim.headers.iter().map(|field| format!("header {} {}", field.name, describe(&field.test)));
    let parts: Vec<String> = fields.chain(headers).collect();
    let with = if parts.is_empty() { String::new() } else { format!(" with {}", parts.join(" and ")) };
    format!("a webhook{on}{with}")
}

fn shown(heard: &Heard) -> Value {
    heard.fields.clone().into_iter().collect()
}

/// Which of two was told later: by number, or by text, as dates of one form are.
fn later(a: Option<&Value>, b: Option<&Value>) -> Ordering {
    match (a, b) {
        (Some(Value::Number(a)), Some(Value::Number(b))) => match (a.as_i64(), b.as_i64()) {
            (Some(a), Some(b)) => a.cmp(&b),
            _ => a.as_f64().partial_cmp(&b.as_f64()).unwrap_or(Ordering::Equal),
        },
        (a, b) => a.map(key).cmp(&b.map(key)),
    }
}
