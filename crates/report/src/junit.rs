//! JUnit XML, for the test pages of CI servers: a suite per spec, a test case per case. A run that is not whole is never
//! green there: what could not run is an error, and so is what was not played.

use std::collections::BTreeMap;
use std::io;
use std::time::Duration;

use countermand_event::{CaseResult, Event, RunStarted, RunSummary, Score, Verdict};
use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use crate::{Reporter, console, text, words};

/// The suite for what belongs to no spec.
const RUN: &str = "run";
/// The longest body of a test case, bytes.
const LONGEST: usize = 64 << 10;

/// Gathers the cases in brief and writes the whole file when the run has finished: its counts stand at its head.
#[derive(Debug)]
pub struct JUnit<W> {
    out: W,
    strict: bool,
    planned: usize,
    suites: BTreeMap<String, TestSuite>,
}

impl<W: io::Write> JUnit<W> {
    /// A report that writes to `out`. `strict` lets a SHOULD count as a MUST.
    pub fn new(out: W, strict: bool) -> Self {
        Self { out, strict, planned: 0, suites: BTreeMap::new() }
    }

    fn start(&mut self, run: &RunStarted) {
        self.planned = run.cases;
        for (spec, profile) in &run.profiles {
            let suite = suite(&mut self.suites, spec);
            suite.add_property(("profile", text::short(profile).as_str()));
            suite.add_property(("target", text::short(&run.target).as_str()));
            suite.add_property(("version", text::short(&run.version).as_str()));
        }
    }

    fn add(&mut self, case: &CaseResult) {
        let test = test_case(case, self.strict);
        let suite = suite(&mut self.suites, &case.spec);
        let time = suite.time.unwrap_or_default().saturating_add(test.time.unwrap_or_default());
        suite.set_time(time).add_test_case(test);
    }

    fn finish(&mut self, summary: &RunSummary) -> io::Result<()> {
        for (spec, score) in &summary.scores {
            scored(suite(&mut self.suites, spec), score);
        }
        for suite in self.suites.values_mut() {
            // Which spec a case that was not played is of, the summary does not say.
            suite.add_property(("run.not-played", summary.not_played.to_string().as_str()));
        }
        let mut report = Report::new("countermand");
        report.set_time(seconds(summary.millis));
        report.add_test_suites(std::mem::take(&mut self.suites).into_values());
        report.add_test_suites(cut_short(summary, self.planned));
        let mut xml = Vec::new();
        report.serialize(&mut xml).map_err(io::Error::other)?;
        self.out.write_all(&xml)?;
        self.out.flush()
    }
}

impl<W: io::Write> Reporter for JUnit<W> {
    fn event(&mut self, event: &Event) -> io::Result<()> {
        match event {
            Event::RunStarted(run) => self.start(run),
            // What could not be played for it is told at the end.
            Event::TargetProved(_) => {}
            Event::CaseFinished(case) => self.add(case),
            Event::RunFinished(summary) => return self.finish(summary),
        }
        Ok(())
    }
}

fn suite<'a>(suites: &'a mut BTreeMap<String, TestSuite>, spec: &str) -> &'a mut TestSuite {
    suites.entry(spec.to_owned()).or_insert_with(|| TestSuite::new(text::short(spec)))
}

fn test_case(case: &CaseResult, strict: bool) -> TestCase {
    let (classname, name) = names(case);
    let mut test = TestCase::new(name, status(case, strict));
    test.set_classname(classname).set_time(seconds(case.millis));
    test.extra.insert("file".into(), text::short(&case.file).into());
    if case.verdict == Verdict::Warned && !strict {
        test.set_system_out(body(case));
    }
    test
}

/// `modern-dropship/partial` and `table/row-1`: what test pages group by, and the rest.
fn names(case: &CaseResult) -> (String, String) {
    let in_spec = case.id.strip_prefix(&case.spec).and_then(|rest| rest.strip_prefix('/')).unwrap_or(&case.id);
    match in_spec.split_once('/') {
        Some((group, name)) => (text::short(&format!("{}/{group}", case.spec)), text::short(name)),
        None => (text::short(&case.spec), text::short(in_spec)),
    }
}

fn status(case: &CaseResult, strict: bool) -> TestCaseStatus {
    match case.verdict {
        // A list that is not so any more is nobody's violation, and fails the run all the same.
        Verdict::Passed if case.stale.is_some() => stale(case),
        Verdict::Passed => TestCaseStatus::success(),
        Verdict::Warned if !strict => TestCaseStatus::success(),
        Verdict::Warned | Verdict::Failed => failed(case),
        Verdict::CouldNotRun => could_not_run(case),
        Verdict::NotCovered => skipped(case.trouble.as_ref().map_or("not covered", |trouble| &trouble.message)),
        Verdict::KnownFailure => skipped(case.known.as_deref().unwrap_or("known to fail")),
    }
}

fn skipped(reason: &str) -> TestCaseStatus {
    let mut status = TestCaseStatus::skipped();
    status.set_message(text::excerpt(reason, text::BODY));
    status
}

fn stale(case: &CaseResult) -> TestCaseStatus {
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
    status.set_message(text::excerpt(case.stale.as_deref().unwrap_or_default(), text::BODY));
    status
}

fn failed(case: &CaseResult) -> TestCaseStatus {
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
    if let Some(lead) = console::lead(case) {
        let (clause, path) = (text::short(&lead.clause), text::short(&lead.path));
        status.set_message(format!("{clause}  {path}: {}", words::expected_and_actual(lead)));
        status.set_type(lead.level.name());
    }
    status.set_description(body(case));
    status
}

fn could_not_run(case: &CaseResult) -> TestCaseStatus {
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
    if let Some(trouble) = &case.trouble {
        status.set_message(text::excerpt(&trouble.message, text::BODY));
        status.set_type(trouble.blame.name());
    }
    status.set_description(body(case));
    status
}

/// The console's block of the case, to its end or to the longest that is kept.
fn body(case: &CaseResult) -> String {
    let mut body = String::new();
    for line in console::block(case) {
        if body.len() + line.len() > LONGEST {
            body.push_str("… cut here: the JSON Lines report has all of it\n");
            break;
        }
        body.push_str(&line);
        body.push('\n');
    }
    body
}

fn scored(suite: &mut TestSuite, score: &Score) {
    let of = |count: usize, what: &str| format!("{count} of {} MUST clauses {what}", score.must_clauses);
    suite.add_property(("divergence", of(score.violated.len(), "violated").as_str()));
    suite.add_property(("coverage", of(score.exercised, "exercised").as_str()));
}

/// A suite with one error in it where the run did not play all it set out to.
fn cut_short(summary: &RunSummary, planned: usize) -> Option<TestSuite> {
    if summary.not_played == 0 && !summary.interrupted {
        return None;
    }
    let (kind, reason) = match (summary.interrupted, summary.stopped_early) {
        (true, _) => ("interrupted", "the run was interrupted"),
        (false, true) => ("fail-fast", "the run stopped at its first failure"),
        (false, false) if !summary.unproved.is_empty() => ("set-up", "the target can't be used"),
        (false, false) => ("cut-short", "the run ended early"),
    };
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
    status.set_message(format!("{reason}: {} of {} not played", summary.not_played, text::count(planned, "case")));
    status.set_type(kind);
    let mut test = TestCase::new("not played", status);
    test.set_classname(RUN);
    let mut suite = TestSuite::new(RUN);
    suite.add_test_case(test);
    Some(suite)
}

/// A time that is none, or that no clock can show, is no time.
fn seconds(millis: f64) -> Duration {
    Duration::try_from_secs_f64(millis / 1000.0).unwrap_or_default()
}

#[cfg(test)]
mod tests;
