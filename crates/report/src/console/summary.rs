//! The end of a run: per spec both scores and the dialect, then what failed by clause, the counts, and in words what held.

use countermand_event::{Blame, Likeness, RunOutcome, RunSummary, Score, Verdict};

use super::tally::Tally;
use super::{Look, dialect, ink_of};
use crate::style::Ink;
use crate::{text, words};

/// How many cases are named per clause unless everything is asked for.
const CASES: usize = 3;
/// From how many milliseconds on a run makes a reader ask what took so long.
const LONG: f64 = 10_000.0;

/// The summary.
pub(super) fn lines(look: &Look, tally: &Tally, summary: &RunSummary) -> Vec<String> {
    let mut lines = Vec::new();
    for (spec, score) in &summary.scores {
        let profile = tally.profiles.get(spec).map(|profile| format!(" ({profile})"));
        lines.push(look.paint(Ink::Strong, &format!("{spec}{}", profile.unwrap_or_default())));
        lines.extend(scores(look, score));
        lines.extend(dialect::lines(look, summary.dialect.get(spec).map_or(&[], Vec::as_slice)));
        lines.push(String::new());
    }
    lines.extend(not_covered(look, tally));
    lines.extend(repeated(look, tally));
    lines.extend(violations(look, tally));
    lines.extend(looks_like(look, summary));
    lines.extend(slowest(look, tally, summary));
    lines.extend(tally.base().into_iter().flat_map(|line| [look.dim(&line), String::new()]));
    lines.push(format!("{}{}", counts(look, tally, summary), look.dim(&look.time("   in ", summary.millis))));
    lines.push(last_line(look, summary));
    lines
}

fn scores(look: &Look, score: &Score) -> Vec<String> {
    let all = format!("of {} MUST clauses", score.must_clauses);
    let divergence = format!("{} {all} violated", score.violated.len());
    let divergence = match score.violated.is_empty() {
        true => divergence,
        false => look.paint(Ink::Bad, &format!("{divergence}: {}", score.violated.join(", "))),
    };
    let mut lines = vec![format!("  divergence  {divergence}")];
    if !score.warned.is_empty() {
        let count = text::count(score.warned.len(), "SHOULD clause");
        let line = format!("{count} violated: {}", score.warned.join(", "));
        lines.push(format!("  warnings    {}", look.paint(Ink::Warn, &line)));
    }
    let coverage = format!("  coverage    {} {all} exercised", score.exercised);
    let names = score.unexercised.iter().filter(|_| look.is_verbose());
    let names = names.map(|clause| look.dim(&format!("              not exercised: {clause}")));
    match score.unexercised.len() {
        0 => lines.push(coverage),
        _ if look.is_verbose() => lines.extend([coverage].into_iter().chain(names)),
        n => lines.push(format!("{coverage} {}", look.dim(&format!("(-v names the other {n})")))),
    }
    lines
}

/// What the target has not, by the reason it gives.
fn not_covered(look: &Look, tally: &Tally) -> Vec<String> {
    if tally.lacking.is_empty() || look.is_quiet() {
        return Vec::new();
    }
    let hint = if look.is_verbose() { "" } else { " (-v names the cases)" };
    let mut lines = vec![format!("{}{}", look.paint(Ink::Strong, "not covered"), look.dim(hint))];
    let reason = |(reason, cases): (&String, &usize)| {
        let cases = text::count(*cases, "case");
        look.dim(&format!("  {cases:>9}  {}", text::excerpt(reason, text::BODY)))
    };
    lines.extend(tally.lacking.iter().map(reason));
    lines.push(String::new());
    lines
}

/// The reasons that were told once and stopped more cases than one.
fn repeated(look: &Look, tally: &Tally) -> Vec<String> {
    let repeated = tally.reasons.iter().filter(|(_, cases)| **cases > 1 && !look.is_verbose());
    let mut lines: Vec<String> = repeated
        .map(|(reason, cases)| {
            let reason = text::excerpt(reason, text::BODY);
            format!("{} could not run for one reason (-v names them): {reason}", text::count(*cases, "case"))
        })
        .collect();
    if !lines.is_empty() {
        lines.push(String::new());
    }
    lines
}

/// The cases by the clause they violate, the gravest first.
fn violations(look: &Look, tally: &Tally) -> Vec<String> {
    if tally.violations.is_empty() {
        return Vec::new();
    }
    let mut lines = vec![look.paint(Ink::Strong, "by clause")];
    for (violation, cases) in &tally.violations {
        let level = violation.level.0;
        let clause = look.paint(ink_of(level), &format!("{} {}", level.name(), violation.clause));
        let all = cases.ids.len();
        let (told, hint) = match cases.hidden {
            0 => (String::new(), " (-v names them)"),
            hidden => (format!(", {} told above: -v shows them all", all - hidden), ""),
        };
        let of = look.dim(&format!("({}, {}{told})", violation.spec, text::count(all, "case")));
        lines.push(format!("  {clause}  {of}"));
        let shown = look.at_most(CASES, all);
        lines.extend(cases.ids.iter().take(shown).map(|case| format!("    {}", text::short(case))));
        let more = all - shown;
        lines.extend((more > 0).then(|| look.dim(&format!("    … and {more} more{hint}"))));
    }
    lines.push(String::new());
    lines
}

/// The misreading that the failures look like, where they look like one.
fn looks_like(look: &Look, summary: &RunSummary) -> Vec<String> {
    let likeness = |(spec, like): (&String, &Likeness)| {
        let head = look.paint(Ink::Strong, "looks like");
        [
            format!("{head}  {}  {}", like.fault, look.dim(&format!("({spec})"))),
            format!("  {} ({})", like.text, like.clause),
            look.dim(&format!("  {}", words::likeness(like))),
            String::new(),
        ]
    };
    summary.looks_like.iter().flat_map(likeness).collect()
}

/// What took longest, where that is worth a look.
fn slowest(look: &Look, tally: &Tally, summary: &RunSummary) -> Vec<String> {
    let is_long = summary.millis > LONG;
    if !is_long || look.is_quiet() || look.stable || tally.cases <= tally.slowest.len() {
        return Vec::new();
    }
    let times: Vec<String> = tally.slowest.iter().map(|(millis, _)| text::duration(*millis)).collect();
    let width = times.iter().map(|time| text::columns(time)).max().unwrap_or_default();
    let case = |(time, (_, id)): (&String, &(f64, String))| format!("  {time:>width$}  {}", text::short(id));
    let mut lines = vec![look.paint(Ink::Strong, "slowest")];
    lines.extend(times.iter().zip(&tally.slowest).map(case));
    lines.push(String::new());
    lines
}

/// `12 passed · 1 failed · 2 could not run (1 setup, 1 transport)`.
fn counts(look: &Look, tally: &Tally, summary: &RunSummary) -> String {
    let part = |(verdict, count): (&Verdict, &usize)| {
        let ink = match verdict {
            Verdict::Passed => Ink::Good,
            Verdict::Failed => Ink::Bad,
            Verdict::Warned | Verdict::CouldNotRun => Ink::Warn,
            Verdict::NotCovered | Verdict::KnownFailure => Ink::Dim,
        };
        let word = words::verdict(*verdict);
        let part = look.paint(ink, &format!("{count} {word}"));
        let blame = |(blame, count): (&Blame, &usize)| format!("{count} {}", blame.name());
        let blames: Vec<String> = tally.troubles.iter().map(blame).collect();
        match *verdict == Verdict::CouldNotRun && !blames.is_empty() {
            true => format!("{part} ({})", blames.join(", ")),
            false => part,
        }
    };
    let mut parts: Vec<String> = summary.verdicts.iter().filter(|(_, count)| **count > 0).map(part).collect();
    let not_played = || look.paint(Ink::Warn, &format!("{} not played", summary.not_played));
    parts.extend((summary.not_played > 0).then(not_played));
    match parts.is_empty() {
        true => "no case was played".to_owned(),
        false => parts.join(" · "),
    }
}

/// What held, in words.
fn last_line(look: &Look, summary: &RunSummary) -> String {
    let violated = violated(summary, look.options.strict);
    match summary.outcome(look.options.strict) {
        RunOutcome::Held => {
            let known = summary.verdicts.get(&Verdict::KnownFailure).is_some_and(|&known| known > 0);
            let aside = if known { ", known failures aside" } else { "" };
            look.paint(Ink::Good, &format!("held: every MUST that was played{aside}"))
        }
        RunOutcome::Violated => {
            let stopped = if summary.stopped_early { "; stopped at the first failure" } else { "" };
            let stale = match summary.stale.len() {
                0 => String::new(),
                stale => format!("stale: {} not as the baseline says", text::count(stale, "case")),
            };
            let failed = summary.verdicts.contains_key(&Verdict::Failed) || look.options.strict;
            let violated = if failed { format!("violated: {violated}{stopped}") } else { String::new() };
            let parts: Vec<String> = [violated, stale].into_iter().filter(|part| !part.is_empty()).collect();
            look.paint(Ink::Bad, &parts.join("; "))
        }
        RunOutcome::Incomplete => {
            let violated = if violated.is_empty() { violated } else { format!("; violated: {violated}") };
            look.paint(Ink::Warn, &format!("incomplete: {}{violated}", missing(summary)))
        }
    }
}

/// Why a run is incomplete.
fn missing(summary: &RunSummary) -> String {
    let could_not_run = summary.verdicts.get(&Verdict::CouldNotRun).copied().unwrap_or_default();
    let not_played = match summary.not_played {
        1 => "1 case was not played".to_owned(),
        n => format!("{n} cases were not played"),
    };
    let unproved = summary.unproved.join(", ");
    let reasons = [
        (!unproved.is_empty()).then(|| format!("the target can't be used for {unproved}")),
        summary.interrupted.then(|| "the run was interrupted".to_owned()),
        (could_not_run > 0).then(|| format!("{} could not run", text::count(could_not_run, "case"))),
        (summary.not_played > 0).then_some(not_played),
    ];
    reasons.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// The clauses that count as violated, each with its spec where several were played.
fn violated(summary: &RunSummary, strict: bool) -> String {
    let of_score = |(spec, score): (&String, &Score)| {
        let warned = score.warned.iter().filter(|_| strict);
        let named = |clause: &String| match summary.scores.len() {
            0 | 1 => clause.clone(),
            _ => format!("{spec}/{clause}"),
        };
        score.violated.iter().chain(warned).map(named).collect::<Vec<_>>()
    };
    summary.scores.iter().flat_map(of_score).collect::<Vec<_>>().join(", ")
}
