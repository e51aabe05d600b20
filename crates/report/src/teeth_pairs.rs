//! What came of faults in pairs, for a terminal, for a page and for machines: the counts, then what failed, then what is masked.
//! Judges nothing: how a pair was judged stands in the data.

use std::fmt::Write as _;

use countermand_event::pairs::{Accused, Found, Hidden, Pair, Pairs, Seen};
use serde_json::{Map, Value};

use crate::style::{Ink, Style};

/// The lists of a sweep, each of which has a line an entry.
const LISTS: [&str; 3] = ["accused", "hidden", "masked"];

/// The lines for a terminal. With `verbose` the masked pairs are named too.
#[must_use]
pub fn pairs_text(pairs: &Pairs, verbose: bool, style: Style) -> String {
    let mut out = String::new();
    // Writing to a string cannot fail.
    let _ = writeln!(
        out,
        "{} ({}): {} of {} pairs, and {} of what breaks no MUST alone",
        pairs.spec, pairs.profile, pairs.played, pairs.of, pairs.alone
    );
    for Accused { beside, seen } in &pairs.accused {
        let _ = writeln!(out, "{}  {beside}", style.paint(Ink::Bad, "ACCUSED"));
        tell(&mut out, seen);
    }
    for Hidden { pair, told, seen } in &pairs.hidden {
        let word = if *told { "STOPPED" } else { "HIDDEN" };
        let _ = writeln!(out, "{}  {}", style.paint(Ink::Bad, word), words(pair));
        tell(&mut out, seen);
    }
    for pair in pairs.masked.iter().filter(|_| verbose) {
        let _ = writeln!(out, "{}  {}", style.paint(Ink::Warn, "masked"), words(pair));
    }
    let _ = writeln!(out, "{}", counts(pairs));
    out
}

/// The page of Markdown.
#[must_use]
pub fn pairs_page(pairs: &Pairs) -> String {
    let mut page = format!("# Faults in pairs: {} ({})\n\n", pairs.spec, pairs.profile);
    let _ = writeln!(
        page,
        "A fault that breaks a MUST, beside one that breaks none or an option that departs from a SHOULD: the MUST has to be told,\n\
         under its own clause, and everything has to run. {} of {} pairs, drawn by {}; {} of what breaks no MUST alone.\n\n{}.",
        pairs.played,
        pairs.of,
        pairs.seed,
        pairs.alone,
        counts(pairs)
    );
    let mut list = |head: &str, lines: Vec<String>| {
        if !lines.is_empty() {
            let _ = writeln!(page, "\n## {head}\n\n{}", lines.join("\n"));
        }
    };
    let seen = |seen: &[Seen]| seen.iter().map(|seen| format!("\n  - {}", sight(seen))).collect::<String>();
    let accused = pairs.accused.iter().map(|accused| format!("- `{}`{}", accused.beside, seen(&accused.seen)));
    list("Accused of a MUST, or stopped, though it breaks none", accused.collect());
    let of = |told: bool| {
        let hidden = pairs.hidden.iter().filter(move |hidden| hidden.told == told);
        hidden.map(|hidden| format!("- {}{}", marked(&hidden.pair), seen(&hidden.seen))).collect::<Vec<_>>()
    };
    list("Not told", of(false));
    list("Told, but something could not run", of(true));
    list(
        "Masked: nothing tells them from what stands beside the fault alone",
        pairs.masked.iter().map(|pair| format!("- {}", marked(pair))).collect(),
    );
    page
}

/// The JSON, a line a pair that is named: what changed shows in a diff.
#[must_use]
pub fn pairs_json(pairs: &Pairs) -> String {
    let Ok(Value::Object(whole)) = serde_json::to_value(pairs) else { return String::new() };
    let (lists, head): (Map<_, _>, Map<_, _>) = whole.into_iter().partition(|(name, _)| LISTS.contains(&name.as_str()));
    let members = head.iter().map(|(name, value)| format!("\"{name}\":{value}"));
    let lists = lists.iter().map(|(name, list)| {
        let entries: Vec<String> = list.as_array().into_iter().flatten().map(|entry| format!("\n{entry}")).collect();
        format!("\n\"{name}\":[{}]", entries.join(","))
    });
    format!("{{{}}}\n", members.chain(lists).collect::<Vec<_>>().join(","))
}

fn counts(pairs: &Pairs) -> String {
    let stopped = pairs.hidden.iter().filter(|hidden| hidden.told).count();
    format!(
        "{} told · {} hidden · {stopped} told but stopped · {} masked (not counted) · {} accused falsely",
        pairs.told,
        pairs.hidden.len() - stopped,
        pairs.masked.len(),
        pairs.accused.len()
    )
}

fn tell(out: &mut String, seen: &[Seen]) {
    for seen in seen {
        let _ = writeln!(out, "    {}", sight(seen));
    }
}

fn sight(seen: &Seen) -> String {
    let found = match &seen.found {
        Found::Violated { clause, level, follows } => {
            let follows = if *follows { ", said to follow from something earlier" } else { "" };
            format!("{} {clause}{follows}", level.name())
        }
        Found::Unjudged { clause, why } => format!("{clause} was not judged: {why}"),
        Found::CouldNotRun(why) => format!("could not run: {why}"),
    };
    format!("{} step {}: {found}", seen.case, seen.step)
}

fn words(pair: &Pair) -> String {
    format!("{} ({}) beside {}", pair.fault, pair.clause, pair.beside)
}

fn marked(pair: &Pair) -> String {
    format!("`{}` (`{}`) beside `{}`", pair.fault, pair.clause, pair.beside)
}

#[cfg(test)]
mod tests {
    use countermand_event::Level;

    use super::*;

    fn pairs() -> Pairs {
        let pair = |fault: &str| Pair {
            fault: fault.to_owned(),
            clause: "box.lid".to_owned(),
            beside: "colour=red".to_owned(),
        };
        let seen = |found| Seen { case: "boxes/a".to_owned(), step: 2, found };
        let violated = |follows| Found::Violated { clause: "box.lid".to_owned(), level: Level::Must, follows };
        let stopped = seen(Found::CouldNotRun("the box can't be read".to_owned()));
        Pairs {
            format: countermand_event::pairs::FORMAT,
            spec: "boxes".to_owned(),
            profile: "strict".to_owned(),
            seed: 7,
            of: 40,
            played: 20,
            told: 17,
            alone: 2,
            masked: vec![pair("lid-glued")],
            hidden: vec![
                Hidden { pair: pair("lid-lost"), told: false, seen: vec![seen(violated(true))] },
                Hidden { pair: pair("lid-open"), told: true, seen: vec![stopped] },
            ],
            accused: vec![Accused { beside: "colour=red".to_owned(), seen: vec![seen(violated(false))] }],
        }
    }

    #[test]
    fn what_failed_is_told_with_what_was_seen_instead() {
        let told = pairs_text(&pairs(), true, Style::Plain);
        insta::assert_snapshot!(told);
        assert!(!pairs_text(&pairs(), false, Style::Plain).contains("lid-glued"));
    }

    #[test]
    fn the_page_lists_what_failed_and_what_is_masked() {
        insta::assert_snapshot!(pairs_page(&pairs()));
    }

    #[test]
    fn the_json_has_a_line_for_each_pair_and_is_read_again() {
        let text = pairs_json(&pairs());
        insta::assert_snapshot!(text);
        assert_eq!(serde_json::from_str::<Pairs>(&text).ok(), Some(pairs()));
    }
}
