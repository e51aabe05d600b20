//! A refuted sequence as a scenario file, formatted as one that is written by hand: what the model makes of it stands as the
//! expectations, each under the clause that speaks of it. Decides nothing about who is right.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::ops::Range;

use countermand_event::Level;
use serde_json::{Map, Value};

use super::claims::claims;
use super::seen::{Calls, OUTCOME, Seen, before, moved};
use super::text::{at_once, head};
use crate::contracts::{Aspect, Contract, State};
use crate::sequence::{Call, Sequence};
use crate::settings::Setting;

/// The step of a sequence that nothing explains.
pub(crate) struct Refutation<'r> {
    pub(crate) contract: &'r Contract,
    pub(crate) sequence: &'r Sequence,
    /// What the model does, call by call.
    pub(crate) should: &'r [Option<Seen>],
    /// What it does in each order of the calls of a step, by the last call of the step.
    pub(crate) endings: &'r BTreeMap<usize, Vec<Calls>>,
    /// The last call of the step, counted from 0, and in what it differs.
    pub(crate) call: usize,
    pub(crate) paths: &'r BTreeSet<String>,
    /// The clause of an invariant that the step violates.
    pub(crate) rule: Option<&'r str>,
    /// The level of a clause.
    pub(crate) level: &'r dyn Fn(&str) -> Level,
    pub(crate) setting: &'r Setting,
    pub(crate) title: Title<'r>,
}

/// What a scenario is called.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Title<'r> {
    /// Where it was found: the call and its clause come after it.
    Found(&'r str),
    Whole(&'r str),
}

/// A scenario.
pub(crate) struct Written {
    pub(crate) text: String,
    /// The clause that it is about.
    pub(crate) clause: String,
    /// How many steps it has; the last one fails.
    pub(crate) steps: usize,
}

/// The scenario that fails in the step that nothing explains.
pub(crate) fn scenario(refutation: &Refutation<'_>) -> Written {
    let Refutation { contract, sequence, should, call: last, .. } = refutation;
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
    text.push_str(&head(contract, &refutation.title.told(&made(sequence, *last), &clause), &sequence.lines));
    for step in sequence.steps().into_iter().take_while(|step| step.end <= last + 1) {
        let Some(after) = should.get(step.end - 1).and_then(Option::as_ref) else { continue };
        let call = &sequence.calls[step.start];
        if call.name == contract.read && step.end <= *last {
            continue;
        }
        steps += 1;
        if step.len() > 1 {
            text.push_str(&at_once(&sequence.calls[step.clone()]));
            text.push_str(&any_of(refutation, &step));
            continue;
        }
        for (entry, mark) in call.entries().iter().zip(["  - "].into_iter().chain(std::iter::repeat("    "))) {
            let _ = writeln!(text, "{mark}{entry}");
        }
        text.push_str("    expect:\n");
        let own = (step.start == *last).then_some((paths, clause.as_str()));
        let expectations = expectations(contract, sequence, call, &before(should, step.start), after, own);
        let width = expectations.iter().map(|(clause, _)| clause.len()).max().unwrap_or(0) + 1;
        for (clause, claims) in expectations {
            let _ = writeln!(text, "      {:width$} {}", format!("{clause}:"), plain(&Value::Object(claims)));
        }
    }
    Written { text, clause, steps }
}

/// What calls that are made at once may come to: each order of them is one way.
fn any_of(refutation: &Refutation<'_>, step: &Range<usize>) -> String {
    let Refutation { contract, sequence, should, endings, paths, .. } = refutation;
    let mut ways: Vec<String> = Vec::new();
    let before = before(should, step.start);
    // In no way may be what only another one brings about: all state the same fields.
    let states = endings.get(&(step.end - 1)).into_iter().flatten();
    let states: Vec<&[Option<Seen>]> = states.filter_map(|ending| ending.get(step.clone())).collect();
    let last = |calls: &[Option<Seen>]| calls.last().cloned().flatten();
    let mut differs: BTreeSet<String> = paths.iter().filter(|path| *path != OUTCOME).cloned().collect();
    for state in states.iter().filter_map(|calls| last(calls)?.state) {
        differs.extend(moved(&before, &state));
    }
    for calls in states {
        let Some(after) = last(calls) else { continue };
        let outcomes = calls.iter().map(|seen| seen.as_ref().map_or("any", |seen| seen.outcome.as_str()));
        let answers = Value::from(outcomes.collect::<Vec<_>>());
        let mut way = Map::from_iter([("answers".to_owned(), answers)]);
        let nobody = Call::new("", None);
        for claim in claims(contract, sequence, &nobody, &before, &after, &differs) {
            if claim.keys != [OUTCOME] {
                put(&mut way, &claim.keys, claim.value);
            }
        }
        let way = plain(&Value::Object(way));
        if !ways.contains(&way) {
            ways.push(way);
        }
    }
    let clause = format!("    expect:\n      {}:", contract.race);
    match ways.as_slice() {
        [way] => format!("{clause} {way}\n"),
        ways => {
            let ways = ways.iter().map(|way| format!("          - {way}\n"));
            std::iter::once(format!("{clause}\n        any_of:\n")).chain(ways).collect()
        }
    }
}

/// What is made in a step: `cancel_item on mug`; of several calls each.
pub(crate) fn made(sequence: &Sequence, last: usize) -> String {
    sequence.calls[sequence.step_of(last)].iter().map(Call::made).collect::<Vec<_>>().join(" and ")
}

impl Title<'_> {
    fn told(self, made: &str, clause: &str) -> String {
        match self {
            Self::Found(found) => format!("{found}; {made} against {clause}"),
            Self::Whole(title) => title.to_owned(),
        }
    }
}

/// The clause that the refuted step breaks: that of the first claim that differs, or that of a rule it violates, where that
/// weighs as much.
fn clause_of(refutation: &Refutation<'_>) -> String {
    let Refutation { sequence, call: last, paths, level, .. } = refutation;
    if sequence.calls[*last].at_once {
        return refutation.contract.race.to_owned();
    }
    let claimed = claimed_clause(refutation);
    match refutation.rule {
        Some(rule) if paths.is_empty() || level(rule) >= level(claimed) => rule.to_owned(),
        _ => claimed.to_owned(),
    }
}

/// The clause of the first claim that differs.
fn claimed_clause(refutation: &Refutation<'_>) -> &'static str {
    let Refutation { contract, sequence, should, call: last, paths, .. } = refutation;
    let (before, call) = (before(should, *last), &sequence.calls[*last]);
    let after = should.get(*last).and_then(Option::as_ref);
    let claims = after.map(|after| claims(contract, sequence, call, &before, after, paths)).unwrap_or_default();
    let concerned = claims.iter().find(|claim| !claim.paths.is_disjoint(paths)).or(claims.first());
    let aspect = concerned.map_or(Aspect::Accepted, |claim| claim.aspect);
    (contract.clause)(call, &before, &sequence.lines, aspect)
}

/// Clauses with their claims, in the order of the first claim of each. What differs stands under the clause that is broken.
fn expectations(
    contract: &Contract,
    sequence: &Sequence,
    call: &Call,
    before: &State,
    after: &Seen,
    own: Option<(&BTreeSet<String>, &str)>,
) -> Vec<(String, Map<String, Value>)> {
    let nothing = BTreeSet::new();
    let mut by_clause: Vec<(String, Map<String, Value>)> = Vec::new();
    let mut introduces = Vec::new();
    for claim in claims(contract, sequence, call, before, after, own.map_or(&nothing, |(paths, _)| paths)) {
        let clause = match own {
            Some((paths, clause)) if !claim.paths.is_disjoint(paths) => clause,
            _ => (contract.clause)(call, before, &sequence.lines, claim.aspect),
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
        Value::Array(list) => format!("[{}]", list.iter().map(plain).collect::<Vec<_>>().join(", ")),
        Value::String(word) => word.clone(),
        other => other.to_string(),
    }
}
