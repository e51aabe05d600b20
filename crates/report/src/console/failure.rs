//! One case in which something differed: its heading, then step by step what differed, the step that decided the verdict first.

use std::collections::BTreeMap;

use countermand_event::{CaseResult, Level, Mismatch, Verdict};

use super::Look;
use super::section::{Section, compact};
use crate::style::Ink;
use crate::text;

/// The block of a case that failed or was warned of.
pub(super) fn lines(look: &Look, case: &CaseResult) -> Vec<String> {
    let word = match case.verdict {
        Verdict::Warned => look.paint(Ink::Warn, "WARN"),
        _ => look.paint(Ink::Bad, "FAIL"),
    };
    let id = look.paint(Ink::Strong, &text::short(&case.id));
    let sections = by_step(case);
    let decisive = sections.first().map(|section| format!("  {}", section.heading()));
    let mut lines = vec![format!("{word}  {id}{}", decisive.unwrap_or_default())];
    if look.is_quiet() {
        return lines;
    }
    for (position, section) in sections.iter().enumerate() {
        lines.extend((position > 0).then(|| also(look, section)));
        lines.extend(section.lines(look));
    }
    lines.extend(notes(look, case));
    lines.push(String::new());
    lines
}

/// What decided the verdict of a case: the first of the gravest mismatches.
pub(crate) fn lead(case: &CaseResult) -> Option<&Mismatch> {
    by_step(case).first().map(Section::lead)
}

/// What had differed in a case that could not be played to its end.
pub(super) fn until_then(look: &Look, case: &CaseResult) -> Vec<String> {
    let sections = by_step(case);
    let section = |section: &Section<'_>| {
        let mut lines = vec![also(look, section)];
        lines.extend(section.lines(look));
        lines
    };
    sections.iter().flat_map(section).chain(notes(look, case)).collect()
}

/// Differences at level MAY: recorded, never judged, shown on demand.
pub(super) fn notes(look: &Look, case: &CaseResult) -> Vec<String> {
    let is_note = |m: &&Mismatch| look.is_verbose() && !m.follows && m.level == Level::May;
    let note = |m: &Mismatch| format!("  {}  step {}  {}", look.dim("note"), m.step, compact(m, ""));
    case.mismatches.iter().filter(is_note).map(note).collect()
}

fn also(look: &Look, section: &Section<'_>) -> String {
    look.paint(Ink::Strong, &format!("  also  {}", section.heading()))
}

/// The steps in which something differed, the first of the gravest before all others.
fn by_step(case: &CaseResult) -> Vec<Section<'_>> {
    let mut steps: BTreeMap<usize, Vec<&Mismatch>> = BTreeMap::new();
    for mismatch in case.accusations() {
        steps.entry(mismatch.step).or_default().push(mismatch);
    }
    let until = steps.keys().skip(1).copied().chain([usize::MAX]).collect::<Vec<_>>();
    let section = |((step, found), until)| Section::of(case, step, until, found);
    let mut sections: Vec<Section<'_>> = steps.into_iter().zip(until).filter_map(section).collect();
    let gravest = sections.iter().map(Section::level).max();
    if let Some(first) = sections.iter().position(|section| Some(section.level()) == gravest) {
        sections[..=first].rotate_right(1);
    }
    sections
}
