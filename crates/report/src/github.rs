//! GitHub's annotations: a line per failing case that the site shows beside the line of the scenario.

use std::io;

use countermand_event::{CaseResult, Event, Verdict};

use crate::{Reporter, console, text, words};

/// So many are written: the site shows no more of one step.
const MOST: usize = 50;

/// Writes `::error …` and `::warning …` lines.
#[derive(Debug)]
pub struct GitHub<W> {
    out: W,
    written: usize,
}

impl<W: io::Write> GitHub<W> {
    /// A report that writes to `out`.
    pub fn new(out: W) -> Self {
        Self { out, written: 0 }
    }
}

impl<W: io::Write> Reporter for GitHub<W> {
    fn event(&mut self, event: &Event) -> io::Result<()> {
        if let Event::CaseFinished(case) = event
            && self.written < MOST
            && let Some(line) = annotation(case)
        {
            self.written += 1;
            writeln!(self.out, "{line}")?;
            self.out.flush()?;
        }
        Ok(())
    }
}

fn annotation(case: &CaseResult) -> Option<String> {
    let kind = match case.verdict {
        Verdict::Failed | Verdict::CouldNotRun => "error",
        _ if case.stale.is_some() => "error",
        Verdict::Warned => "warning",
        Verdict::Passed | Verdict::NotCovered | Verdict::KnownFailure => return None,
    };
    let title = format!("{}: {}", words::verdict(case.verdict), case.id);
    let lead = console::lead(case);
    let place = lead.map(|found| &found.place).or_else(|| case.trouble.as_ref()?.place.as_ref());
    let at = match place {
        Some(place) => format!("file={},line={},col={}", property(&place.file), place.line, place.column),
        None => format!("file={}", property(&case.file)),
    };
    let says = match (lead, &case.trouble, &case.stale) {
        (_, _, Some(stale)) => format!("this case {stale}"),
        (Some(found), ..) => {
            let what = words::expected_and_actual(found);
            format!("{} {}: {what} ({})", found.level.name(), found.clause, found.statement)
        }
        (None, Some(trouble), _) => trouble.message.clone(),
        (None, None, None) => String::new(),
    };
    Some(format!("::{kind} {at},title={}::{}", property(&title), data(&says)))
}

/// What stands after the colons. What an endpoint sent begins no command of its own: it has no line of its own.
fn data(says: &str) -> String {
    text::excerpt(says, text::BODY).replace('%', "%25")
}

/// What stands before them.
fn property(value: &str) -> String {
    text::short(value).replace('%', "%25").replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use countermand_event::Blame;

    use super::*;
    use crate::samples;

    #[test]
    fn each_failure_is_one_line() {
        let mut failed = samples::failed(vec![samples::mismatch()]);
        failed.mismatches[0].actual = Some("\n::error::owned %0A".into());
        let stale = CaseResult { stale: Some("passed, all the same".to_owned()), ..samples::passed() };
        let cases = vec![failed, samples::passed(), samples::could_not_run(Blame::Setup, 0, "no order", None), stale];
        let mut out = Vec::new();
        let mut report = GitHub::new(&mut out);
        cases.into_iter().map(samples::finished).for_each(|event| report.event(&event).expect("a vector takes all"));
        insta::assert_snapshot!(String::from_utf8(out).expect("text"));
    }
}
