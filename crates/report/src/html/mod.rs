//! The report for a browser: one file that needs nothing else, neither a network nor a script. What an endpoint sent stands
//! in it as text and never as anything else.

mod case;
mod exchange;
mod page;
mod spec;
mod timeline;

use std::io;

use countermand_event::{CaseResult, Event, Proof, RunStarted, RunSummary, Verdict};
use maud::{Markup, html};

use crate::{Reporter, text, words};
pub(crate) use page::page;
pub(crate) use spec::{Fate, Fates};

/// So many cases are one list. A full one is laid out when it is scrolled to: a page of thousands opens as fast as a short one.
const LIST: usize = 100;

/// Gathers the run and writes the page at its end.
#[derive(Debug)]
pub struct Html<W> {
    out: W,
    started: Option<RunStarted>,
    /// Targets that could not be used.
    unproved: Vec<Proof>,
    cases: Vec<CaseResult>,
}

impl<W: io::Write> Html<W> {
    /// A report that writes to `out`.
    pub fn new(out: W) -> Self {
        Self { out, started: None, unproved: Vec::new(), cases: Vec::new() }
    }

    fn page(&self, started: &RunStarted, summary: &RunSummary) -> String {
        let body = html! {
            header {
                h1 { (text::short(&started.target)) }
                p { (counts(summary)) }
                p.dim { "Countermand " (started.version) ", " (text::duration(summary.millis)) }
            }
            main {
                @for proof in &self.unproved { (unusable(proof)) }
                @for (name, score) in &summary.scores {
                    (spec::section(name, score, started, summary, &self.cases))
                }
                (self.cases())
            }
        };
        page(&format!("{} · Countermand", text::short(&started.target)), &body)
    }

    fn cases(&self) -> Markup {
        let is_quiet =
            |case: &&CaseResult| matches!(case.verdict, Verdict::Passed | Verdict::NotCovered) && case.stale.is_none();
        let (quiet, told): (Vec<&CaseResult>, Vec<&CaseResult>) = self.cases.iter().partition(is_quiet);
        html! {
            section #cases {
                h2 { "Cases" }
                (page::filter())
                @for case in told { (case::told(case)) }
                @for part in quiet.chunks(LIST) {
                    ul.cases.full[part.len() == LIST] { @for case in part { (case::row(case)) } }
                }
            }
        }
    }
}

impl<W: io::Write> Reporter for Html<W> {
    fn event(&mut self, event: &Event) -> io::Result<()> {
        match event {
            Event::RunStarted(run) => self.started = Some((**run).clone()),
            Event::TargetProved(proof) if proof.holds() => {}
            Event::TargetProved(proof) => self.unproved.push(Proof::clone(proof)),
            Event::CaseFinished(case) => self.cases.push(CaseResult::clone(case)),
            Event::RunFinished(summary) => {
                if let Some(started) = &self.started {
                    self.out.write_all(self.page(started, summary).as_bytes())?;
                    self.out.flush()?;
                }
            }
        }
        Ok(())
    }
}

/// `160 passed · 2 failed · 12 not played`, and whether that is all of it.
fn counts(summary: &RunSummary) -> Markup {
    let cut_short = match (summary.interrupted, summary.stopped_early) {
        (true, _) => Some("the run was interrupted"),
        (_, true) => Some("the run stopped at the first failure"),
        _ => None,
    };
    html! {
        @for (verdict, count) in &summary.verdicts {
            span.verdict data-verdict=(verdict.name()) { (count) " " (words::verdict(*verdict)) } " "
        }
        @if summary.not_played > 0 { span.verdict data-verdict="could-not-run" { (summary.not_played) " not played" } " " }
        @if let Some(cut_short) = cut_short { strong { "Incomplete: " (cut_short) "." } }
    }
}

/// A target that no case was played against.
fn unusable(proof: &Proof) -> Markup {
    let failed = proof.checks.iter().filter_map(|check| Some((check, check.trouble.as_ref()?)));
    html! {
        section {
            h2 { (text::short(&proof.target)) " can't be used for " (proof.spec) }
            @for (check, trouble) in failed {
                p { (text::short(&check.what)) ": " (text::excerpt(&trouble.message, text::BODY)) }
                @if let Some(exchange) = &trouble.exchange { (exchange::folded(exchange)) }
            }
        }
    }
}

#[cfg(test)]
mod tests;
