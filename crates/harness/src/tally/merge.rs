//! Joins what the shards of a run told into what the whole run would have told. Judges nothing anew, and joins nothing that
//! does not belong together: a report with a hole in it would look like one without.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use countermand_event::matrix::FindMatrix;
use countermand_event::{CaseResult, Event, Proof, RunStarted, RunSummary, Shard};

use super::{Known, Tally};
use crate::spec::Spec;

/// What one run told.
#[derive(Debug)]
pub struct Part {
    /// What a message calls it: the file.
    pub name: String,
    /// Everything it told, in order.
    pub events: Vec<Event>,
}

/// A part, taken to pieces.
struct Pieces {
    name: String,
    started: Box<RunStarted>,
    proofs: Vec<Proof>,
    cases: Vec<CaseResult>,
    /// Nothing where the run was killed.
    finished: Option<RunSummary>,
}

/// The events of one whole run: of its shards, or of a run that may have been killed on its way. What a killed run did not play
/// is counted as not played.
///
/// # Errors
/// Everything by which the parts are not one run: other versions, targets, profiles or cases, a case that was played twice, a
/// shard that is missing or was killed.
pub fn merge(
    parts: Vec<Part>,
    specs: &BTreeMap<String, Arc<Spec>>,
    known_faults: Option<FindMatrix>,
) -> Result<Vec<Event>, Vec<String>> {
    let mut problems = Vec::new();
    let mut pieces = Vec::new();
    for part in parts {
        match take_apart(part) {
            Ok(one) => pieces.push(one),
            Err(problem) => problems.push(problem),
        }
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    match pieces.as_slice() {
        [] => return Err(vec!["there is no run to tell of".to_owned()]),
        [only] if only.started.shard.is_none() => {}
        several => problems = unlike(several),
    }
    let unknown = pieces.iter().flat_map(|part| part.started.profiles.keys()).filter(|spec| !specs.contains_key(*spec));
    let unknown: BTreeSet<&String> = unknown.collect();
    problems.extend(unknown.iter().map(|spec| format!("the run is of spec `{spec}`, which is not here")));
    if !problems.is_empty() {
        return Err(problems);
    }
    Ok(whole(pieces, specs, known_faults))
}

fn take_apart(part: Part) -> Result<Pieces, String> {
    let name = part.name;
    let mut events = part.events.into_iter();
    let Some(Event::RunStarted(started)) = events.next() else {
        return Err(format!("{name}: a run begins with `run-started`"));
    };
    let mut pieces = Pieces { name, started, proofs: Vec::new(), cases: Vec::new(), finished: None };
    for event in events {
        let is_over = pieces.finished.is_some();
        match event {
            _ if is_over => return Err(format!("{}: something comes after the end of the run", pieces.name)),
            Event::RunStarted(_) => return Err(format!("{}: a second run begins in it", pieces.name)),
            Event::TargetProved(proof) => pieces.proofs.push(*proof),
            Event::CaseFinished(case) => pieces.cases.push(*case),
            Event::RunFinished(summary) => pieces.finished = Some(*summary),
        }
    }
    Ok(pieces)
}

/// By what the parts are not the shards of one run, all of them.
fn unlike(parts: &[Pieces]) -> Vec<String> {
    let mut problems: Vec<String> = Vec::new();
    let lone = parts.iter().filter(|part| part.started.shard.is_none());
    problems.extend(lone.map(|part| format!("{}: it is a whole run, and no shard of one", part.name)));
    let mut shards = parts.iter().filter_map(|part| Some((part, part.started.shard.as_ref()?)));
    let Some((first, wanted)) = shards.next() else { return problems };
    let mut seen: BTreeMap<usize, &str> = BTreeMap::from([(wanted.index, first.name.as_str())]);
    for (part, shard) in shards {
        if let Some(what) = difference(&first.started, wanted, &part.started, shard) {
            problems.push(format!("{}: it has {what} than {}", part.name, first.name));
        }
        if let Some(twice) = seen.insert(shard.index, &part.name) {
            problems.push(format!("{}: it is shard {}/{}, as {twice} is", part.name, shard.index, shard.of));
        }
    }
    let missing = (1..=wanted.of).filter(|index| !seen.contains_key(index));
    problems.extend(missing.map(|index| format!("shard {index}/{} is missing", wanted.of)));
    let killed = parts.iter().filter(|part| part.finished.is_none());
    problems.extend(killed.map(|part| {
        let (told, all) = (part.cases.len(), part.started.cases);
        format!("{}: it was cut off after {told} of {all} cases", part.name)
    }));
    problems.extend(overlaps(parts, wanted));
    problems
}

fn difference(a: &RunStarted, of_a: &Shard, b: &RunStarted, of_b: &Shard) -> Option<&'static str> {
    let differ = [
        (a.version != b.version, "another version"),
        (a.target != b.target, "another target"),
        (a.profiles != b.profiles, "other profiles"),
        (a.clauses != b.clauses, "other clauses"),
        (of_a.of != of_b.of, "another number of shards"),
        (of_a.cases != of_b.cases, "other cases"),
        (of_a.suite != of_b.suite, "other scenarios under the same names"),
    ];
    differ.into_iter().find_map(|(differs, what)| differs.then_some(what))
}

/// Cases that two shards played, or that are none of the run's.
fn overlaps(parts: &[Pieces], shard: &Shard) -> Vec<String> {
    let mut played: BTreeMap<&str, Option<&str>> = shard.cases.iter().map(|case| (case.as_str(), None)).collect();
    let mut problems = Vec::new();
    for part in parts {
        for case in &part.cases {
            match played.insert(&case.id, Some(&part.name)) {
                None => problems.push(format!("{}: `{}` is no case of this run", part.name, case.id)),
                Some(Some(other)) => {
                    problems.push(format!("{}: `{}` was played by {other} too", part.name, case.id));
                }
                Some(None) => {}
            }
        }
    }
    problems
}

fn whole(parts: Vec<Pieces>, specs: &BTreeMap<String, Arc<Spec>>, known_faults: Option<FindMatrix>) -> Vec<Event> {
    let mut parts = parts;
    parts.sort_by_key(|part| part.started.shard.as_ref().map(|shard| shard.index));
    let Some(mut started) = parts.first().map(|part| part.started.clone()) else { return Vec::new() };
    let order = started.shard.take().map(|shard| {
        started.suite = shard.suite;
        shard.cases
    });
    started.cases = order.as_ref().map_or(started.cases, Vec::len);
    started.planned = None;
    let mut known = Known::new(known_faults, started.profiles.clone());
    let mut summary = RunSummary::empty();
    let mut proofs: BTreeMap<(String, bool), Proof> = BTreeMap::new();
    let mut cases = Vec::new();
    for part in parts {
        match part.finished {
            Some(finished) => {
                summary.interrupted |= finished.interrupted;
                summary.stopped_early |= finished.stopped_early;
                summary.millis = summary.millis.max(finished.millis);
                summary.unproved.extend(finished.unproved);
            }
            None => summary.interrupted = true,
        }
        for proof in part.proofs {
            proofs.entry((proof.spec.clone(), proof.holds())).or_insert(proof);
        }
        cases.extend(part.cases);
    }
    summary.unproved.sort();
    summary.unproved.dedup();
    if let Some(order) = order {
        let places: BTreeMap<String, usize> = order.into_iter().zip(0..).collect();
        cases.sort_by_key(|case| places.get(&case.id).copied());
    }
    summary.not_played = started.cases.saturating_sub(cases.len());
    let specs = specs.iter().filter(|(spec, _)| started.profiles.contains_key(*spec));
    let specs: BTreeMap<String, Arc<Spec>> = specs.map(|(name, spec)| (name.clone(), Arc::clone(spec))).collect();
    let mut tally = Tally::default();
    cases.iter_mut().for_each(|case| tally.add(case, &mut known));
    tally.compare(&mut known, &specs, &mut summary);
    tally.sum(&started.profiles, &specs, &mut summary);
    let mut events = vec![Event::RunStarted(started)];
    events.extend(proofs.into_values().map(|proof| Event::TargetProved(Box::new(proof))));
    events.extend(cases.into_iter().map(|case| Event::CaseFinished(Box::new(case))));
    events.push(Event::RunFinished(Box::new(summary)));
    events
}

#[cfg(test)]
mod tests {
    use super::*;
    use countermand_event::{RunOutcome, Verdict};

    fn case(id: &str, verdict: Verdict) -> Event {
        let text = format!(
            r#"{{"id":"{id}","spec":"s","title":"","file":"","steps_planned":1,"verdict":"passed","millis":1,
                "clauses":[],"mismatches":[],"findings":[],"trouble":null,"steps":[]}}"#
        );
        let case: CaseResult = serde_json::from_str(&text).expect("a case");
        Event::CaseFinished(Box::new(CaseResult { verdict, ..case }))
    }

    fn started(cases: usize, shard: Option<(usize, usize)>) -> RunStarted {
        let all = ["a", "b", "c"].map(str::to_owned).to_vec();
        RunStarted {
            format: countermand_event::FORMAT,
            version: "1".to_owned(),
            target: "mock".to_owned(),
            profiles: BTreeMap::new(),
            clauses: BTreeMap::new(),
            cases,
            suite: String::new(),
            shard: shard.map(|(index, of)| Shard { index, of, cases: all, suite: "1".to_owned() }),
            planned: None,
        }
    }

    fn shard(index: usize, cases: &[&str]) -> Part {
        let mut events = vec![Event::RunStarted(started(cases.len(), Some((index, 2))).into())];
        events.extend(cases.iter().map(|id| case(id, Verdict::Passed)));
        events.push(Event::RunFinished(Box::new(RunSummary::empty())));
        Part { name: format!("{index}.jsonl"), events }
    }

    fn merged(parts: Vec<Part>) -> Result<Vec<Event>, Vec<String>> {
        merge(parts, &BTreeMap::new(), None)
    }

    fn problems(parts: Vec<Part>) -> Vec<String> {
        merged(parts).expect_err("they are not one run")
    }

    #[test]
    fn shards_are_one_run_in_its_order() {
        let events = merged(vec![shard(2, &["b"]), shard(1, &["a", "c"])]).expect("one run");
        let ids: Vec<&str> = events.iter().filter_map(Event::case).map(|case| case.id.as_str()).collect();
        assert_eq!(ids, ["a", "b", "c"]);
        let Some(Event::RunFinished(summary)) = events.last() else { panic!("it has an end") };
        assert_eq!((summary.outcome(false), summary.verdicts[&Verdict::Passed]), (RunOutcome::Held, 3));
        let Some(Event::RunStarted(started)) = events.first() else { panic!("it has a beginning") };
        assert_eq!((started.cases, &started.shard), (3, &None));
    }

    #[test]
    fn what_is_not_one_run_is_told() {
        assert_eq!(problems(vec![]), ["there is no run to tell of"]);
        assert_eq!(problems(vec![shard(1, &["a", "c"])]), ["shard 2/2 is missing"]);
        assert_eq!(
            problems(vec![shard(1, &["a", "b"]), shard(2, &["b", "z"])]),
            ["2.jsonl: `b` was played by 1.jsonl too", "2.jsonl: `z` is no case of this run"]
        );
        assert_eq!(
            problems(vec![shard(1, &["a", "c"]), shard(1, &["b"])]),
            ["1.jsonl: it is shard 1/2, as 1.jsonl is", "shard 2/2 is missing"]
        );
        let whole = Part { name: "w".to_owned(), events: vec![Event::RunStarted(started(3, None).into())] };
        let told = problems(vec![shard(1, &["a", "c"]), shard(2, &["b"]), whole]);
        assert_eq!(told, ["w: it is a whole run, and no shard of one", "w: it was cut off after 0 of 3 cases"]);
        let mut newer = shard(2, &["b"]);
        if let Some(Event::RunStarted(started)) = newer.events.first_mut() {
            started.version = "2".to_owned();
        }
        assert_eq!(problems(vec![shard(1, &["a", "c"]), newer]), ["2.jsonl: it has another version than 1.jsonl"]);
        let mut edited = shard(2, &["b"]);
        if let Some(Event::RunStarted(started)) = edited.events.first_mut() {
            started.shard.iter_mut().for_each(|shard| shard.suite = "2".to_owned());
        }
        let told = ["2.jsonl: it has other scenarios under the same names than 1.jsonl"];
        assert_eq!(problems(vec![shard(1, &["a", "c"]), edited]), told);
        let mut killed = shard(2, &[]);
        killed.events.pop();
        assert_eq!(problems(vec![shard(1, &["a", "c"]), killed]), ["2.jsonl: it was cut off after 0 of 0 cases"]);
    }

    #[test]
    fn a_killed_run_is_incomplete() {
        let events = vec![Event::RunStarted(started(3, None).into()), case("a", Verdict::Passed)];
        let events = merged(vec![Part { name: "r".to_owned(), events }]).expect("a run");
        let Some(Event::RunFinished(summary)) = events.last() else { panic!("it has an end") };
        assert_eq!((summary.outcome(false), summary.not_played), (RunOutcome::Incomplete, 2));
    }

    #[test]
    fn events_in_disorder_are_told() {
        let part = |events| Part { name: "r".to_owned(), events };
        let begin = || Event::RunStarted(started(1, None).into());
        let end = || Event::RunFinished(Box::new(RunSummary::empty()));
        assert_eq!(problems(vec![part(vec![end()])]), ["r: a run begins with `run-started`"]);
        assert_eq!(problems(vec![part(vec![begin(), begin()])]), ["r: a second run begins in it"]);
        let late = vec![begin(), end(), case("a", Verdict::Passed)];
        assert_eq!(problems(vec![part(late)]), ["r: something comes after the end of the run"]);
    }
}
