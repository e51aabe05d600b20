//! The report for a page: scores, what was violated by clause, what was not covered and why, the dialect, and every failure
//! in full. Without times: two runs with the same results have the same report, byte for byte.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io;

use countermand_event::{CaseResult, Event, Level, RunStarted, RunSummary, Score, Verdict};

use crate::Reporter;
use crate::{console, text, words};

/// Gathers the run and writes the page at its end.
#[derive(Debug)]
pub struct Markdown<W> {
    out: W,
    started: Option<RunStarted>,
    /// Level and clause, and the cases that violate it.
    violations: BTreeMap<(std::cmp::Reverse<Level>, String), Vec<String>>,
    /// What the target has not, and the cases that need it.
    lacking: BTreeMap<String, Vec<String>>,
    /// The blocks of the cases that did not pass, in case order.
    blocks: Vec<(Verdict, String, String)>,
}

impl<W: io::Write> Markdown<W> {
    /// A report that writes to `out`.
    pub fn new(out: W) -> Self {
        Self { out, started: None, violations: BTreeMap::new(), lacking: BTreeMap::new(), blocks: Vec::new() }
    }

    fn add(&mut self, case: &CaseResult) {
        for mismatch in case.mismatches.iter().filter(|mismatch| !mismatch.follows) {
            let cases =
                self.violations.entry((std::cmp::Reverse(mismatch.level), mismatch.clause.clone())).or_default();
            if cases.last() != Some(&case.id) {
                cases.push(case.id.clone());
            }
        }
        match case.verdict {
            Verdict::Passed if case.stale.is_none() => {}
            Verdict::NotCovered => {
                let reason = case.trouble.as_ref().map(|trouble| trouble.message.clone()).unwrap_or_default();
                self.lacking.entry(reason).or_default().push(case.id.clone());
            }
            verdict => self.blocks.push((verdict, case.id.clone(), console::stable_block(case).join("\n"))),
        }
    }

    fn page(&self, summary: &RunSummary) -> String {
        let mut page = String::new();
        let target = self.started.as_ref().map_or("", |run| run.target.as_str());
        // Writing to a string cannot fail.
        let _ = writeln!(page, "# {}\n", plain(target));
        for (spec, score) in &summary.scores {
            let profile = self.started.as_ref().and_then(|run| run.profiles.get(spec)).map_or("", String::as_str);
            let _ = writeln!(page, "## {} ({})\n", plain(spec), plain(profile));
            page.push_str(&scores(score));
            page.push_str(&dialect(summary, spec));
        }
        page.push_str(&self.violations());
        page.push_str(&self.not_covered());
        for (verdict, id, block) in &self.blocks {
            let _ = writeln!(
                page,
                "<details><summary>{}: <code>{}</code></summary>\n",
                words::verdict(*verdict),
                plain(id)
            );
            let fence = "`".repeat(longest_run(block, '`').max(2) + 1);
            let _ = writeln!(page, "{fence}text\n{}\n{fence}\n\n</details>\n", block.trim_end());
        }
        page.truncate(page.trim_end().len());
        page.push('\n');
        page
    }

    fn violations(&self) -> String {
        if self.violations.is_empty() {
            return "Nothing was violated.\n\n".to_owned();
        }
        let mut table = "| violated | level | cases |\n|---|---|---|\n".to_owned();
        for ((level, clause), cases) in &self.violations {
            let cases: Vec<String> = cases.iter().map(|case| code(case)).collect();
            let _ = writeln!(table, "| {} | {} | {} |", code(clause), level.0.name(), cases.join("<br>"));
        }
        table + "\n"
    }

    fn not_covered(&self) -> String {
        if self.lacking.is_empty() {
            return String::new();
        }
        let mut table = "| not covered, because | cases |\n|---|---|\n".to_owned();
        for (reason, cases) in &self.lacking {
            let cases: Vec<String> = cases.iter().map(|case| code(case)).collect();
            let _ = writeln!(table, "| {} | {} |", plain(reason), cases.join("<br>"));
        }
        table + "\n"
    }
}

impl<W: io::Write> Reporter for Markdown<W> {
    fn event(&mut self, event: &Event) -> io::Result<()> {
        match event {
            Event::RunStarted(run) => self.started = Some((**run).clone()),
            // What failed there stands in the summary's count of what was not played.
            Event::TargetProved(_) => {}
            Event::CaseFinished(case) => self.add(case),
            Event::RunFinished(summary) => {
                self.out.write_all(self.page(summary).as_bytes())?;
                self.out.flush()?;
            }
        }
        Ok(())
    }
}

fn scores(score: &Score) -> String {
    let all = score.must_clauses;
    let mut lines = format!(
        "- **divergence**: {} of {all} MUST clauses violated\n- **coverage**: {} of {all} MUST clauses exercised",
        score.violated.len(),
        score.exercised
    );
    if !score.unexercised.is_empty() {
        let clauses: Vec<String> = score.unexercised.iter().map(|clause| code(clause)).collect();
        let _ = write!(lines, ", all but {}", clauses.join(", "));
    }
    if !score.warned.is_empty() {
        let _ = write!(lines, "\n- **warnings**: {} violated", text::count(score.warned.len(), "SHOULD clause"));
    }
    lines + "\n\n"
}

fn dialect(summary: &RunSummary, spec: &str) -> String {
    let entries = summary.dialect.get(spec).map_or(&[][..], Vec::as_slice);
    if entries.is_empty() {
        return String::new();
    }
    let mut table = "| choice | seen |\n|---|---|\n".to_owned();
    for entry in entries {
        let options: Vec<String> = entry.options.iter().map(|option| plain(option)).collect();
        let inconsistent = if entry.inconsistent { " (not always the same)" } else { "" };
        let _ = writeln!(table, "| {} | {}{inconsistent} |", plain(&entry.choice), options.join(", "));
    }
    table + "\n"
}

/// Text that may come from an endpoint, as no more than text.
fn plain(text: &str) -> String {
    let mut out = String::new();
    for c in text::short(text).chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '|' | '\\' | '`' | '*' | '_' | '[' | ']' | '#' | '!' => {
                out.push('\\');
                out.push(c);
            }
            c => out.push(c),
        }
    }
    out
}

/// The name of a clause or a case, as code within a table.
fn code(name: &str) -> String {
    let name = text::short(name);
    match name.contains(['`', '|']) {
        true => plain(&name),
        false => format!("`{name}`"),
    }
}

fn longest_run(text: &str, of: char) -> usize {
    text.split(|c| c != of).map(str::len).max().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use countermand_event::Blame;

    use super::*;
    use crate::samples;

    fn render(cases: Vec<CaseResult>, summary: RunSummary) -> String {
        let mut out = Vec::new();
        let mut markdown = Markdown::new(&mut out);
        let mut events = vec![Event::RunStarted(samples::started().into())];
        events.extend(cases.into_iter().map(samples::finished));
        events.push(Event::RunFinished(Box::new(summary)));
        events.iter().for_each(|event| markdown.event(event).expect("a vector takes all"));
        String::from_utf8(out).expect("text")
    }

    #[test]
    fn a_page_of_every_verdict() {
        let lacking =
            samples::could_not_run(Blame::Target, 0, "the target has no `cancel_package`: <sealed> | [x](y)", None);
        let cases = vec![
            samples::passed(),
            samples::failed(vec![samples::mismatch()]),
            samples::could_not_run(Blame::Setup, 0, "no order: ```", Some(samples::exchange())),
            CaseResult { verdict: Verdict::NotCovered, ..lacking },
        ];
        insta::assert_snapshot!(render(cases, samples::summary(&[(Verdict::Passed, 1), (Verdict::Failed, 1)])));
    }

    #[test]
    fn what_an_endpoint_sends_is_text() {
        let page = render(
            vec![samples::could_not_run(Blame::Setup, 0, "````\n<script>alert(1)</script>", None)],
            samples::summary(&[]),
        );
        let inside = page.split("`````").nth(1).expect("a fence longer than any in it");
        assert!(inside.contains("<script>"), "{page}");
        assert_eq!(plain("<b>|`*"), "&lt;b&gt;\\|\\`\\*");
    }
}
