//! What differed in one step: the gravest mismatch in full, every other one as a line, the states as a diff, the requests.

use std::cmp::Reverse;

use countermand_event::{CaseResult, Exchange, Level, Mismatch, StepRecord, Unjudged};

use super::{Look, exchange, ink_of, transition};
use crate::diff::{self, Row};
use crate::style::Ink;
use crate::{snippet, text, words};

/// How many further mismatches of a step are listed unless everything is asked for.
const LISTED: usize = 20;
/// How many clauses that could not be judged are listed unless everything is asked for.
const UNJUDGED: usize = 3;
/// How many lines of a diff are shown unless everything is asked for.
const DIFF_LINES: usize = 40;

/// A step in which something differed.
pub(super) struct Section<'a> {
    case: &'a CaseResult,
    step: usize,
    /// The next step in which something differed of itself: what follows before it follows from this one.
    until: usize,
    lead: &'a Mismatch,
    others: Vec<&'a Mismatch>,
}

impl<'a> Section<'a> {
    /// The gravest of what was `found` leads, of those the first; nothing where nothing was found.
    pub(super) fn of(case: &'a CaseResult, step: usize, until: usize, mut found: Vec<&'a Mismatch>) -> Option<Self> {
        let gravest = (0..found.len()).min_by_key(|&at| Reverse(found[at].level))?;
        let lead = found.remove(gravest);
        Some(Self { case, step, until, lead, others: found })
    }

    pub(super) fn lead(&self) -> &'a Mismatch {
        self.lead
    }

    pub(super) fn level(&self) -> Level {
        self.lead.level
    }

    /// `step 1 of 2   MUST partial.new-quantity   blame: target`.
    pub(super) fn heading(&self) -> String {
        let step = step(self.step, self.case);
        let level = self.lead.level.name();
        let clause = text::short(&self.lead.clause);
        format!("{step}   {level} {clause}   blame: {}", self.lead.blame.name())
    }

    pub(super) fn lines(&self, look: &Look) -> Vec<String> {
        let place = &self.lead.place;
        let label = words::expected_and_actual(self.lead);
        let indent = snippet::gutter(place);
        let room = look.options.width.saturating_sub(indent);
        let mut lines = snippet::lines(place, &label, ink_of(self.lead.level), look.options.style, look.options.width);
        lines.extend(self.below(look, room).iter().map(|line| format!("{:indent$}{line}", "")));
        lines
    }

    /// Everything under the snippet, not yet indented.
    fn below(&self, look: &Look, room: usize) -> Vec<String> {
        let records: Vec<&StepRecord> = self.case.steps.iter().filter(|record| record.step == self.step).collect();
        let mut lines = note(look, "clause", &[text::excerpt(&self.lead.statement, text::BODY)]);
        for record in &records {
            lines.extend(note(look, "state", &transition::lines(record, room.saturating_sub(10))));
        }
        lines.extend(self.others(look));
        lines.extend(note(look, "diff", &self.diff(look, records.last().copied())));
        lines.extend(self.consequences(look));
        lines.extend(self.unjudged(look));
        let exchanges: Vec<&Exchange> = records.iter().flat_map(|record| &record.exchanges).collect();
        let is_of_answer = |m: &Mismatch| m.path.starts_with("answer");
        let with_answers = is_of_answer(self.lead) || self.others.iter().any(|m| is_of_answer(m));
        lines.extend(exchange::lines(look, &exchanges, room, with_answers));
        let webhooks: Vec<&Exchange> = records.iter().flat_map(|record| &record.webhooks).collect();
        lines.extend(exchange::heard(look, &webhooks));
        lines
    }

    /// Every further mismatch of the step, by path.
    fn others(&self, look: &Look) -> Vec<String> {
        let widest = self.others.iter().map(|m| words::kind(m.difference).len()).max().unwrap_or_default();
        let shown = look.at_most(LISTED, self.others.len());
        let line = |m: &&Mismatch| {
            let kind = format!("also {:<widest$}", words::kind(m.difference));
            format!("{}  {}", look.paint(ink_of(m.level), &kind), compact(m, &self.lead.place.file))
        };
        let mut lines: Vec<String> = self.others.iter().take(shown).map(line).collect();
        let more = self.others.len() - shown;
        lines.extend((more > 0).then(|| format!("also {} (-v lists them)", text::count(more, "more difference"))));
        lines
    }

    /// The expected state against the actual one, where a path of the state differs.
    fn diff(&self, look: &Look, record: Option<&StepRecord>) -> Vec<String> {
        let of_step = self.case.mismatches.iter().filter(|m| m.step == self.step && m.level > Level::May);
        let rows = record.map(|record| diff::of_state(&record.state, of_step)).unwrap_or_default();
        if rows.is_empty() {
            return Vec::new();
        }
        let (minus, plus) = (look.paint(Ink::Good, "-"), look.paint(Ink::Bad, "+"));
        let shown = look.at_most(DIFF_LINES, rows.len());
        let mut lines = vec![format!("{minus} expected  {plus} target")];
        lines.extend(rows.iter().take(shown).map(|row| match row {
            Row::Same(line) => look.dim(&format!("  {line}")),
            Row::Expected(line) => look.paint(Ink::Good, &format!("- {line}")),
            Row::Actual(line) => look.paint(Ink::Bad, &format!("+ {line}")),
            Row::Gap => look.dim("  …"),
        }));
        let more = rows.len() - shown;
        lines.extend((more > 0).then(|| format!("{} (-v shows them)", text::count(more, "more line"))));
        lines
    }

    /// What this step, and those after it, could not put to the test.
    fn unjudged(&self, look: &Look) -> Vec<String> {
        let is_ours = |unjudged: &&Unjudged| (self.step..self.until).contains(&unjudged.step);
        let open: Vec<&Unjudged> = self.case.unjudged.iter().filter(is_ours).collect();
        let line = |it: &&Unjudged| format!("step {}  {}: {}", it.step, text::short(&it.clause), text::short(&it.why));
        let shown = look.at_most(UNJUDGED, open.len());
        let mut lines: Vec<String> = open.iter().take(shown).map(line).collect();
        let more = open.len() - shown;
        lines.extend((more > 0).then(|| format!("{} (-v lists them)", text::count(more, "more clause"))));
        note(look, "open", &lines)
    }

    /// What follows from this step's mismatches.
    fn consequences(&self, look: &Look) -> Vec<String> {
        let is_ours = |m: &&Mismatch| m.follows && (self.step..self.until).contains(&m.step);
        let follows: Vec<&Mismatch> = self.case.mismatches.iter().filter(is_ours).collect();
        let line =
            |m: &&Mismatch| format!("{}  step {}  {}", look.dim("follows"), m.step, compact(m, &self.lead.place.file));
        let folded = match follows.len() {
            0 => return Vec::new(),
            _ if look.is_verbose() => return follows.iter().map(line).collect(),
            1 => "1 later difference follows from this one (-v shows it)".to_owned(),
            n => format!("{n} later differences follow from this one (-v shows them)"),
        };
        note(look, "also", &[folded])
    }
}

/// `step 1 of 2`.
pub(super) fn step(step: usize, case: &CaseResult) -> String {
    match step <= case.steps_planned {
        true => format!("step {step} of {}", case.steps_planned),
        false => "after the last step".to_owned(),
    }
}

/// A mismatch on one line; in the file that is shown already, only its line and column are named.
pub(super) fn compact(mismatch: &Mismatch, shown_file: &str) -> String {
    let Mismatch { place, path, clause, level, .. } = mismatch;
    let place = match place.file == shown_file {
        true => format!("at {}:{}", place.line, place.column),
        false => text::short(&place.to_string()),
    };
    let said = words::expected_and_actual(mismatch);
    let (path, clause, level) = (text::short(path), text::short(clause), level.name());
    format!("{path}: {said}   {clause} ({level})  {place}")
}

/// `= key     text`, further lines of it below the first; nothing of nothing.
fn note(look: &Look, key: &str, lines: &[String]) -> Vec<String> {
    let first = look.dim(&format!("= {key:<6}"));
    let line = |(position, line): (usize, &String)| match position {
        0 => format!("{first}  {line}"),
        _ => format!("          {line}"),
    };
    lines.iter().enumerate().map(line).collect()
}
