//! What can be claimed of a step: everything that it changes, and what it should have left alone. Which clause speaks of it the
//! contract says, and how it is written is written elsewhere.

use std::collections::BTreeSet;

use serde_json::Value;

use super::seen::{OUTCOME, Seen, moved};
use crate::contracts::{Aspect, Contract, State};
use crate::sequence::{Call, Sequence, product_of};

/// One thing that is claimed, and what of it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Claim {
    pub(super) aspect: Aspect,
    /// Where it stands under its clause: `items`, `mug`, `cancelled`.
    pub(super) keys: Vec<String>,
    pub(super) value: Value,
    /// The paths that it speaks of.
    pub(super) paths: BTreeSet<String>,
}

/// Everything that the step changes, and what it should have left alone where it `differs` there.
pub(super) fn claims(
    contract: &Contract,
    sequence: &Sequence,
    call: &Call,
    before: &State,
    after: &Seen,
    differs: &BTreeSet<String>,
) -> Vec<Claim> {
    let mut claims = Vec::new();
    let mut claim = |aspect, keys: &[&str], value: Value, paths: &[String]| {
        let keys = keys.iter().map(|key| (*key).to_owned()).collect();
        claims.push(Claim { aspect, keys, value, paths: paths.iter().cloned().collect() });
    };
    let outcome = if after.outcome == "accepted" { Aspect::Accepted } else { Aspect::Refused };
    claim(outcome, &[OUTCOME], Value::from(after.outcome.as_str()), &[OUTCOME.to_owned()]);
    let is_one = !call.name.is_empty();
    let Some(state) = after.state.as_ref().filter(|_| outcome == Aspect::Accepted || !is_one) else { return claims };
    let plural = contract.entities;
    let changed = moved(before, state);
    let concerned: BTreeSet<&String> = changed.iter().chain(differs).collect();
    // What the lines say already need not be said of their sum.
    let only_sums = differs.iter().all(|path| path.starts_with("products."));
    let value = |path: &String| state.get(path).cloned().unwrap_or(Value::Null);
    let mut roles: BTreeSet<&str> = BTreeSet::new();
    for path in &concerned {
        let parts: Vec<&str> = path.split('.').collect();
        match parts.as_slice() {
            ["order", field] => {
                let aspect = if contract.shipped == Some(*field) { Aspect::Shipped } else { Aspect::Marked };
                claim(aspect, &parts, value(path), &[(*path).clone()]);
            }
            [group, role, _] if *group == plural => drop(roles.insert(role)),
            ["products", ..] if only_sums && differs.contains(*path) => {
                claim(Aspect::Units, &parts, value(path), &[(*path).clone()]);
            }
            _ => {}
        }
    }
    for role in roles {
        let path = |field: &str| format!("{plural}.{role}.{field}");
        let exists = |state: &State| contract.stated.iter().any(|stated| state.contains_key(&path(stated.field)));
        if !exists(state) {
            // A line too many: the frame says so.
            continue;
        }
        let is_new = !exists(before) && call.name != contract.read;
        if is_new {
            let origin = origin(contract, sequence, call, role, before, state);
            let first = contract.stated.first().map(|stated| path(stated.field));
            claim(Aspect::New, &[plural, role, "new"], Value::from(origin), first.as_slice());
        }
        let is_own = call.on.as_deref().is_none_or(|on| on == role);
        let is_kept = !contract.stated.iter().any(|stated| changed.contains(&path(stated.field)));
        for stated in contract.stated {
            let tells: Vec<String> = stated.tells.iter().map(|field| path(field)).collect();
            let has_changed = changed.contains(&path(stated.field))
                && stated.unless.is_none_or(|field| !changed.contains(&path(field)));
            if !state.contains_key(&path(stated.field)) {
                continue;
            }
            let aspect = match is_new {
                true => stated.of_new,
                false if is_own && !is_kept => Aspect::Own,
                false => Aspect::Others,
            };
            if is_new || stated.always || has_changed || differs.contains(&path(stated.field)) {
                claim(aspect, &[plural, role, stated.field], value(&path(stated.field)), &tells);
            }
        }
    }
    claims
}

/// The line that a new one comes of: what the call was made on, or the one of its product that the step changed.
fn origin<'r>(
    contract: &Contract,
    sequence: &'r Sequence,
    call: &'r Call,
    role: &str,
    before: &'r State,
    after: &'r State,
) -> &'r str {
    let product = product_of(role, &sequence.lines);
    let is_of = |other: &str| product_of(other, &sequence.lines) == product;
    let plural = contract.entities;
    let flag = contract.stated.first().map_or("", |stated| stated.field);
    let roles = || before.keys().filter_map(|path| path.strip_prefix(plural)?.strip_prefix('.')?.split_once('.'));
    let lines = || roles().filter(|(_, field)| *field == flag).map(|(role, _)| role);
    let changed = |other: &&str| {
        let path = format!("{plural}.{other}.{flag}");
        is_of(other) && before.get(&path) != after.get(&path)
    };
    let own = call.on.as_deref().filter(|on| is_of(on));
    own.or_else(|| lines().find(changed)).or_else(|| lines().find(|other| is_of(other))).unwrap_or("unknown")
}
