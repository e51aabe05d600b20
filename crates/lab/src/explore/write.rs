//! A refuted sequence as a scenario file, formatted as one that is written by hand: what the model makes of it stands as the
//! expectations, each under the clause that speaks of it. Decides nothing about who is right.

use std::collections::BTreeSet;
use std::fmt::Write;

use serde_json::{Map, Value};

use super::modern_dropship::{Aspect, Class, READ, class, clause, product_of};
use super::seen::{OUTCOME, Seen, State, before, moved};
use super::sequence::{Call, Sequence, head};
use crate::settings::Setting;

/// One thing that is claimed, and what of it.
#[derive(Debug, Clone, PartialEq)]
struct Claim {
    aspect: Aspect,
    /// Where it stands under its clause: `items`, `mug`, `cancelled`.
    keys: Vec<String>,
    value: Value,
    /// The paths that it speaks of.
    paths: BTreeSet<String>,
}

/// The step of a sequence that nothing explains.
pub(super) struct Refutation<'r> {
    pub(super) sequence: &'r Sequence,
    /// What the model does, step by step.
    pub(super) should: &'r [Option<Seen>],
    /// The step, counted from 0, and in what it differs.
    pub(super) step: usize,
    pub(super) paths: &'r BTreeSet<String>,
    /// The clause of an invariant that the step violates.
    pub(super) rule: Option<&'r str>,
    pub(super) setting: &'r Setting,
}

/// A scenario.
pub(super) struct Written {
    pub(super) text: String,
    /// The clause that it is about.
    pub(super) clause: String,
    /// How many steps it has; the last one fails.
    pub(super) steps: usize,
}

/// The scenario that fails in the step that nothing explains.
pub(super) fn scenario(spec: &str, refutation: &Refutation<'_>) -> Written {
    let Refutation { sequence, should, step, .. } = refutation;
    let clause = clause_of(refutation);
    // What the state should have become stands and falls with the answer.
    let answer = BTreeSet::from([OUTCOME.to_owned()]);
    let paths = if refutation.paths.contains(OUTCOME) { &answer } else { refutation.paths };
    let mut text = String::new();
    let mut steps = 0;
    if !refutation.setting.is_empty() {
        let choices: Vec<String> = refutation.setting.iter().map(|(name, option)| format!("{name}={option}")).collect();
        let _ = writeln!(text, "# What is expected is right where the target chooses {}.", choices.join(", "));
    }
    text.push_str(&head(spec, &title(&sequence.calls[*step], &clause), &sequence.lines));
    for index in 0..=*step {
        let Some(after) = should.get(index).and_then(Option::as_ref) else { continue };
        if sequence.calls[index].name == READ && index < *step {
            continue;
        }
        steps += 1;
        let call = &sequence.calls[index];
        for (entry, mark) in call.entries().iter().zip(["  - "].into_iter().chain(std::iter::repeat("    "))) {
            let _ = writeln!(text, "{mark}{entry}");
        }
        text.push_str("    expect:\n");
        let own = (index == *step).then_some((paths, clause.as_str()));
        let expectations = expectations(sequence, call, &before(should, index), after, own);
        let width = expectations.iter().map(|(clause, _)| clause.len()).max().unwrap_or(0) + 1;
        for (clause, claims) in expectations {
            let _ = writeln!(text, "      {:width$} {}", format!("{clause}:"), plain(&Value::Object(claims)));
        }
    }
    Written { text, clause, steps }
}

fn title(call: &Call, clause: &str) -> String {
    let on = call.on.as_ref().map(|role| format!(" on {role}")).unwrap_or_default();
    format!("Found by exploring; {}{on} against {clause}", call.name)
}

/// The clause that the refuted step breaks: that of the rule it violates, or else of the first claim that differs.
fn clause_of(refutation: &Refutation<'_>) -> String {
    let Refutation { sequence, should, step, paths, .. } = refutation;
    if let Some(rule) = refutation.rule {
        return rule.to_owned();
    }
    let Some(after) = should.get(*step).and_then(Option::as_ref) else { return "answer.success".to_owned() };
    let (before, call) = (before(should, *step), &sequence.calls[*step]);
    let claims = claims(sequence, call, &before, after, paths);
    let concerned = claims.iter().find(|claim| !claim.paths.is_disjoint(paths)).or(claims.first());
    let aspect = concerned.map_or(Aspect::Accepted, |claim| claim.aspect);
    named(sequence, call, &before, aspect).to_owned()
}

fn named(sequence: &Sequence, call: &Call, before: &State, aspect: Aspect) -> &'static str {
    let (class, of_split): (Class, bool) = class(call, before, &sequence.lines);
    let quantity = call.on.as_ref().and_then(|role| before.get(&format!("items.{role}.quantity"))?.as_u64());
    clause(call, class, of_split, quantity, aspect)
}

/// Clauses with their claims, in the order of the first claim of each. What differs stands under the clause that is broken.
fn expectations(
    sequence: &Sequence,
    call: &Call,
    before: &State,
    after: &Seen,
    own: Option<(&BTreeSet<String>, &str)>,
) -> Vec<(String, Map<String, Value>)> {
    let nothing = BTreeSet::new();
    let mut by_clause: Vec<(String, Map<String, Value>)> = Vec::new();
    let mut introduces = Vec::new();
    for claim in claims(sequence, call, before, after, own.map_or(&nothing, |(paths, _)| paths)) {
        let clause = match own {
            Some((paths, clause)) if !claim.paths.is_disjoint(paths) => clause,
            _ => named(sequence, call, before, claim.aspect),
        };
        let at = by_clause.iter().position(|(known, _)| known == clause).unwrap_or_else(|| {
            by_clause.push((clause.to_owned(), Map::new()));
            introduces.push(false);
            by_clause.len() - 1
        });
        put(&mut by_clause[at].1, &claim.keys, claim.value);
        introduces[at] |= claim.aspect == Aspect::New;
    }
    // A role has to be called new before anything else is said of it.
    let (first, then): (Vec<_>, Vec<_>) = by_clause.into_iter().zip(introduces).partition(|(_, new)| *new);
    first.into_iter().chain(then).map(|(entry, _)| entry).collect()
}

fn put(map: &mut Map<String, Value>, keys: &[String], value: Value) {
    match keys {
        [] => {}
        [key] => drop(map.insert(key.clone(), value)),
        [key, rest @ ..] => {
            if let Value::Object(inner) = map.entry(key.clone()).or_insert_with(|| Value::Object(Map::new())) {
                put(inner, rest, value);
            }
        }
    }
}

/// A claim as it stands in a file: all texts in it are words.
fn plain(value: &Value) -> String {
    match value {
        Value::Object(map) => {
            let entries: Vec<String> = map.iter().map(|(key, value)| format!("{key}: {}", plain(value))).collect();
            format!("{{ {} }}", entries.join(", "))
        }
        Value::String(word) => word.clone(),
        other => other.to_string(),
    }
}

/// Everything that the step changes, and what it should have left alone where it `differs` there.
fn claims(sequence: &Sequence, call: &Call, before: &State, after: &Seen, differs: &BTreeSet<String>) -> Vec<Claim> {
    let mut claims = Vec::new();
    let mut claim = |aspect, keys: &[&str], value: Value, paths: &[String]| {
        let keys = keys.iter().map(|key| (*key).to_owned()).collect();
        claims.push(Claim { aspect, keys, value, paths: paths.iter().cloned().collect() });
    };
    let outcome = if after.outcome == "accepted" { Aspect::Accepted } else { Aspect::Refused };
    claim(outcome, &[OUTCOME], Value::from(after.outcome.as_str()), &[OUTCOME.to_owned()]);
    if outcome == Aspect::Refused {
        return claims;
    }
    let changed = moved(before, &after.state);
    let concerned: BTreeSet<&String> = changed.iter().chain(differs).collect();
    // What the items say already need not be said of their sum.
    let only_sums = differs.iter().all(|path| path.starts_with("products."));
    let value = |path: &String| after.state.get(path).cloned().unwrap_or(Value::Null);
    let mut roles: BTreeSet<&str> = BTreeSet::new();
    for path in &concerned {
        let parts: Vec<&str> = path.split('.').collect();
        match parts.as_slice() {
            ["order", field] => {
                let aspect = if *field == "shipped" { Aspect::Shipped } else { Aspect::Marked };
                claim(aspect, &parts, value(path), &[(*path).clone()]);
            }
            ["items", role, _] => drop(roles.insert(role)),
            ["products", ..] if only_sums && differs.contains(*path) => {
                claim(Aspect::Units, &parts, value(path), &[(*path).clone()]);
            }
            _ => {}
        }
    }
    for role in roles {
        let path = |field: &str| format!("items.{role}.{field}");
        if !after.state.contains_key(&path("cancelled")) {
            // An item too many: the frame says so.
            continue;
        }
        if !before.contains_key(&path("cancelled")) && call.name != READ {
            let origin = origin(sequence, call, role, before, &after.state);
            claim(Aspect::New, &["items", role, "new"], Value::from(origin), &[path("cancelled")]);
            let amounts = [path("quantity"), path("live")];
            claim(Aspect::Quantity, &["items", role, "quantity"], value(&amounts[0]), &amounts);
            let cancelled = value(&path("cancelled"));
            claim(Aspect::NewLive, &["items", role, "cancelled"], cancelled, &[path("cancelled")]);
            continue;
        }
        let is_own = call.on.as_deref().is_none_or(|on| on == role);
        let is_kept = !changed.contains(&path("cancelled")) && !changed.contains(&path("quantity"));
        let aspect = if is_own && !is_kept { Aspect::Cancelled } else { Aspect::Others };
        claim(aspect, &["items", role, "cancelled"], value(&path("cancelled")), &[path("cancelled")]);
        let is_reduced = changed.contains(&path("quantity")) && !changed.contains(&path("cancelled"));
        if is_reduced || differs.contains(&path("quantity")) {
            let amounts = [path("quantity"), path("live")];
            claim(aspect, &["items", role, "quantity"], value(&amounts[0]), &amounts);
        }
    }
    claims
}

/// The item that a new one comes of: what the call was made on, or the one of its product that the step cancelled.
fn origin<'r>(sequence: &'r Sequence, call: &'r Call, role: &str, before: &'r State, after: &'r State) -> &'r str {
    let product = product_of(role, &sequence.lines);
    let is_of = |other: &str| product_of(other, &sequence.lines) == product;
    let cancelled = |other: &&str| {
        let path = format!("items.{other}.cancelled");
        is_of(other) && before.contains_key(&path) && before.get(&path) != after.get(&path)
    };
    let items = || before.keys().filter_map(|path| path.strip_prefix("items.")?.strip_suffix(".cancelled"));
    let own = call.on.as_deref().filter(|on| is_of(on));
    own.or_else(|| items().find(cancelled)).or_else(|| items().find(|other| is_of(other))).unwrap_or("unknown")
}
