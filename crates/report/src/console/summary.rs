//! The end of a run: per spec both scores and the dialect, then what failed by clause, the counts, and in words what held.

use countermand_harness::event::{DialectEntry, RunSummary, Score};
use countermand_harness::{RunOutcome, Verdict};

use super::tally::Tally;
use super::{ConsoleOptions, ink_of};
use crate::style::Ink;
use crate::{text, words};

/// How many cases are named per clause unless everything is asked for.
const CASES: usize = 3;

/// The summary.
pub(super) fn lines(options: &ConsoleOptions, tally: &Tally, summary: &RunSummary) -> Vec<String> {
    let mut lines = Vec::new();
    for (spec, score) in &summary.scores {
        let profile = tally.profiles.get(spec).map(|profile| format!(" ({profile})"));
        lines.push(options.paint(Ink::Strong, &format!("{spec}{}", profile.unwrap_or_default())));
        lines.extend(scores(options, score));
        lines.extend(dialect(options, summary.dialect.get(spec).map_or(&[], Vec::as_slice)));
        lines.push(String::new());
    }
    lines.extend(repeated(options, tally));
    lines.extend(violations(options, tally));
    if !tally.bases.is_empty() {
        let bases: Vec<String> = tally.bases.iter().map(|base| text::short(base)).collect();
        let line = format!("to send a request again: export BASE={}", bases.join(" or "));
        lines.extend([options.dim(&line), String::new()]);
    }
    let time = options.dim(&format!("in {}", text::duration(summary.millis)));
    lines.push(format!("{}   {time}", counts(options, tally, summary)));
    lines.push(last_line(options, summary));
    lines
}

fn scores(options: &ConsoleOptions, score: &Score) -> Vec<String> {
    let all = format!("of {} MUST clauses", score.must_clauses);
    let divergence = format!("{} {all} violated", score.violated.len());
    let divergence = match score.violated.is_empty() {
        true => divergence,
        false => options.paint(Ink::Bad, &format!("{divergence}: {}", score.violated.join(", "))),
    };
    let mut lines = vec![format!("  divergence  {divergence}")];
    if !score.warned.is_empty() {
        let count = text::count(score.warned.len(), "SHOULD clause");
        let line = format!("{count} violated: {}", score.warned.join(", "));
        lines.push(format!("  warnings    {}", options.paint(Ink::Warn, &line)));
    }
    let coverage = format!("  coverage    {} {all} exercised", score.exercised);
    let names = score.unexercised.iter().filter(|_| options.is_verbose());
    let names = names.map(|clause| options.dim(&format!("              not exercised: {clause}")));
    match score.unexercised.len() {
        0 => lines.push(coverage),
        _ if options.is_verbose() => lines.extend([coverage].into_iter().chain(names)),
        n => lines.push(format!("{coverage} {}", options.dim(&format!("(-v names the other {n})")))),
    }
    lines
}

fn dialect(options: &ConsoleOptions, entries: &[DialectEntry]) -> Vec<String> {
    let widest = |of: &dyn Fn(&DialectEntry) -> usize| entries.iter().map(of).max().unwrap_or_default();
    let choice_width = widest(&|entry| text::columns(&entry.choice));
    let seen_width = widest(&|entry| text::columns(&seen(entry)));
    let line = |(position, entry): (usize, &DialectEntry)| {
        let key = if position == 0 { "dialect" } else { "" };
        let cases = options.dim(&format!("({})", text::count(entry.cases, "case")));
        let (choice, seen) = (&entry.choice, seen(entry));
        format!("  {key:<10}  {choice:<choice_width$}  {seen:<seen_width$}   {cases}")
    };
    let warning = |entry: &DialectEntry| {
        let line = format!("warning: {} is inconsistent: it should be the same all through the run", entry.choice);
        format!("  {}", options.paint(Ink::Warn, &line))
    };
    let warnings = entries.iter().filter(|entry| entry.inconsistent).map(warning);
    entries.iter().enumerate().map(line).chain(warnings).collect()
}

/// Options that are still possible are alternatives; those of an inconsistent choice were all seen.
fn seen(entry: &DialectEntry) -> String {
    entry.options.join(if entry.inconsistent { " and " } else { " or " })
}

/// The cases by the clause they violate, the gravest first.
/// The reasons that were told once and stopped more cases than one.
fn repeated(options: &ConsoleOptions, tally: &Tally) -> Vec<String> {
    let repeated = tally.reasons.iter().filter(|(_, cases)| **cases > 1 && !options.is_verbose());
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

fn violations(options: &ConsoleOptions, tally: &Tally) -> Vec<String> {
    if tally.violations.is_empty() {
        return Vec::new();
    }
    let mut lines = vec![options.paint(Ink::Strong, "by clause")];
    for (violation, cases) in &tally.violations {
        let level = violation.level.0;
        let clause = options.paint(ink_of(level), &format!("{} {}", words::level(level), violation.clause));
        let of = options.dim(&format!("({}, {})", violation.spec, text::count(cases.len(), "case")));
        lines.push(format!("  {clause}  {of}"));
        let shown = options.at_most(CASES, cases.len());
        lines.extend(cases.iter().take(shown).map(|case| format!("    {}", text::short(case))));
        let more = cases.len() - shown;
        lines.extend((more > 0).then(|| options.dim(&format!("    … and {more} more (-v names them)"))));
    }
    lines.push(String::new());
    lines
}

/// `12 passed · 1 failed · 2 could not run (1 setup, 1 transport)`.
fn counts(options: &ConsoleOptions, tally: &Tally, summary: &RunSummary) -> String {
    let part = |(verdict, count): (&Verdict, &usize)| {
        let (word, ink) = match verdict {
            Verdict::Passed => ("passed", Ink::Good),
            Verdict::Failed => ("failed", Ink::Bad),
            Verdict::Warned => ("warned", Ink::Warn),
            Verdict::CouldNotRun => ("could not run", Ink::Warn),
            Verdict::NotCovered => ("not covered", Ink::Dim),
        };
        let part = options.paint(ink, &format!("{count} {word}"));
        let blame = |(blame, count): (&_, &usize)| format!("{count} {}", words::blame(*blame));
        let blames: Vec<String> = tally.troubles.iter().map(blame).collect();
        match *verdict == Verdict::CouldNotRun && !blames.is_empty() {
            true => format!("{part} ({})", blames.join(", ")),
            false => part,
        }
    };
    let mut parts: Vec<String> = summary.verdicts.iter().filter(|(_, count)| **count > 0).map(part).collect();
    let not_played = || options.paint(Ink::Warn, &format!("{} not played", summary.not_played));
    parts.extend((summary.not_played > 0).then(not_played));
    match parts.is_empty() {
        true => "no case was played".to_owned(),
        false => parts.join(" · "),
    }
}

/// What held, in words.
fn last_line(options: &ConsoleOptions, summary: &RunSummary) -> String {
    let violated = violated(summary, options.strict);
    match summary.outcome(options.strict) {
        RunOutcome::Held => options.paint(Ink::Good, "held: every MUST that was played"),
        RunOutcome::Violated => {
            let stopped = if summary.stopped_early { "; stopped at the first failure" } else { "" };
            options.paint(Ink::Bad, &format!("violated: {violated}{stopped}"))
        }
        RunOutcome::Incomplete => {
            let violated = if violated.is_empty() { violated } else { format!("; violated: {violated}") };
            options.paint(Ink::Warn, &format!("incomplete: {}{violated}", missing(summary)))
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
    let reasons = [
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
