//! From files to a suite: which file is a spec, which a scenario, and what every case is called.

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZero;
use std::sync::{Arc, mpsc};
use std::thread;

use countermand_text::Problem;

use super::file::SuiteFile;
use super::waiting::{Checked, ScenarioFile, WaitingCase};
use crate::scenario::{Case, PROOF};
use crate::spec::{self, Spec};

/// A thread is worth its start for so many files.
const FILES_OF_A_THREAD: usize = 16;
/// So many files of each thread wait to be taken.
const FILES_AHEAD: usize = 4;

/// Of so many files what was read is kept until their cases are played: a suite of an ordinary size is read once.
const FILES_KEPT: usize = 200;

/// Specs and the cases to play, in the order of their ids.
#[derive(Debug, Default)]
pub struct Suite {
    /// The specs by name.
    pub specs: BTreeMap<String, Arc<Spec>>,
    /// The cases, sorted by id.
    pub cases: Vec<Arc<WaitingCase>>,
    /// What proves a target of a spec: every call once, where it must be accepted.
    pub proofs: BTreeMap<String, Arc<Case>>,
}

/// Loads specs (`specs`) and the scenarios that speak of them.
///
/// # Errors
/// Every problem of every file, each with its place.
pub fn load_suite(specs: &[SuiteFile], scenarios: Vec<SuiteFile>) -> Result<Suite, Vec<Problem>> {
    load_some(specs, scenarios, &[])
}

/// The same with only the cases whose id contains one of `filters`, or all where there are none. Files that can't hold such
/// a case are not read: one case of a large suite starts as fast as a suite of one case.
///
/// # Errors
/// Every problem of every file that was read, each with its place.
pub fn load_some(specs: &[SuiteFile], scenarios: Vec<SuiteFile>, filters: &[String]) -> Result<Suite, Vec<Problem>> {
    let mut suite = Suite::default();
    let mut problems = Vec::new();
    for file in specs.iter().filter(|file| file.name != PROOF) {
        let read = file.read().map_err(|problem| vec![problem]);
        match read.and_then(|bytes| spec::parse(&file.path, &bytes)) {
            Ok(spec) => drop(suite.specs.insert(spec.name.clone(), Arc::new(spec))),
            Err(found) => problems.extend(found),
        }
    }
    // A scenario can't be judged by a spec that is wrong itself.
    if !problems.is_empty() {
        return Err(problems);
    }
    for file in specs.iter().filter(|file| file.name == PROOF) {
        let read = Checked::read(file).map_err(|problem| vec![problem]);
        match read.and_then(|checked| checked.document.cases(&file.name, &suite.specs)) {
            Ok(cases) => suite.proofs.extend(cases.into_iter().map(|case| (case.spec.name.clone(), Arc::new(case)))),
            Err(found) => problems.extend(found),
        }
    }
    let names: Vec<&str> = suite.specs.keys().map(String::as_str).collect();
    let files: Vec<SuiteFile> = scenarios.into_iter().filter(|file| may_hold(file, filters, &names)).collect();
    let mut kept = 0;
    each_checked(files, |file, checked| match waiting(file, checked, kept < FILES_KEPT, &suite.specs) {
        Ok(cases) => {
            kept += 1;
            suite.cases.extend(cases);
        }
        Err(found) => problems.extend(found),
    });
    suite.cases.sort_by(|a, b| a.id.cmp(&b.id));
    for pair in suite.cases.windows(2) {
        if let [one, other] = pair
            && one.id == other.id
        {
            let message = format!("the case `{}` stands in `{}` too", one.id, one.path());
            problems.push(Problem::of_file(other.path(), message, Some("rename one of the two".to_owned())));
        }
    }
    suite.cases.retain(|case| filters.is_empty() || filters.iter().any(|filter| case.id.contains(filter.as_str())));
    if problems.is_empty() { Ok(suite) } else { Err(problems) }
}

/// Of `specs`, and the proofs among them, those that a scenario with a case that passes the filters speaks of: reading a spec
/// takes longer than many a case of another. Where that can't be told from a line of every file, all of them. `others` are
/// specs that are read in any case.
#[must_use]
pub fn needed(
    mut specs: Vec<SuiteFile>,
    others: &[SuiteFile],
    scenarios: &[SuiteFile],
    filters: &[String],
) -> Vec<SuiteFile> {
    let known: Vec<String> = specs.iter().chain(others).filter_map(named).collect();
    let names: Vec<&str> = known.iter().map(String::as_str).collect();
    let spoken_of: Option<BTreeSet<String>> =
        scenarios.iter().filter(|file| may_hold(file, filters, &names)).map(named).collect();
    // What is wrong with a scenario is told best by one who knows all specs.
    if let Some(spoken_of) = spoken_of.filter(|all| !all.is_empty() && all.iter().all(|name| known.contains(name))) {
        specs.retain(|spec| named(spec).is_none_or(|name| spoken_of.contains(&name)));
    }
    specs
}

/// The name of the spec that a file is or speaks of, where it can be told from a line.
fn named(file: &SuiteFile) -> Option<String> {
    let bytes = file.read().ok()?;
    let text = std::str::from_utf8(&bytes).ok()?;
    let name = text.lines().find_map(|line| line.strip_prefix("spec:"))?.trim();
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '-';
    (!name.is_empty() && name.chars().all(is_word)).then(|| name.to_owned())
}

/// Whether some case of a file can have an id that contains one of the filters. The last word of a filter stands in the spec's
/// name, in the file's or in that of a row, and a row's name stands in the file.
fn may_hold(file: &SuiteFile, filters: &[String], specs: &[&str]) -> bool {
    // What is wrong with a file that can't be read is told by who loads it.
    let in_text = |word: &str| match file.read() {
        // With a backslash in it, text need not stand as it is read.
        Ok(bytes) => bytes.contains(&b'\\') || String::from_utf8_lossy(&bytes).contains(word),
        Err(_) => true,
    };
    let holds = |filter: &String| {
        let word = filter.rsplit('/').find(|word| !word.is_empty()).unwrap_or_default();
        specs.iter().any(|name| name.contains(word)) || file.name.contains(word) || in_text(word)
    };
    filters.is_empty() || filters.iter().any(holds)
}

/// The cases of a file, to be put away until they are played.
pub(super) fn waiting(
    file: SuiteFile,
    checked: Result<Checked, Problem>,
    is_kept: bool,
    specs: &BTreeMap<String, Arc<Spec>>,
) -> Result<Vec<Arc<WaitingCase>>, Vec<Problem>> {
    let checked = checked.map_err(|problem| vec![problem])?;
    let cases = checked.document.cases(&file.name, specs)?;
    let file = ScenarioFile::new(file, checked, is_kept);
    let cases = cases.into_iter().zip(0..);
    Ok(cases.map(|(case, row)| Arc::new(WaitingCase::new(case, row, &file))).collect())
}

/// Checks every file and hands it over, in their order. Nearly all the time of loading goes into parsing, so that is done
/// beside, by as many threads as there are processors, each a few files ahead of what is made of them here.
fn each_checked(files: Vec<SuiteFile>, mut take: impl FnMut(SuiteFile, Result<Checked, Problem>)) {
    let count = files.len();
    let processors = thread::available_parallelism().map_or(1, NonZero::get);
    let parsers = processors.min(count / FILES_OF_A_THREAD);
    let check = |file: SuiteFile| (Checked::read(&file), file);
    if parsers == 0 {
        return files.into_iter().map(check).for_each(|(checked, file)| take(file, checked));
    }
    let mut files = files.into_iter();
    thread::scope(|scope| {
        let parser = || {
            let (give, given) = mpsc::channel();
            let (hand_back, checked) = mpsc::channel();
            // Nobody listens any more only where this thread is giving up.
            scope.spawn(move || given.into_iter().map(check).all(|checked| hand_back.send(checked).is_ok()));
            (give, checked)
        };
        let parsers: Vec<_> = (0..parsers).map(|_| parser()).collect();
        let ahead = FILES_AHEAD * parsers.len();
        for (file, (give, _)) in files.by_ref().take(ahead).zip(parsers.iter().cycle()) {
            drop(give.send(file));
        }
        for (give, checked) in parsers.iter().cycle().take(count) {
            // A parser that is gone has panicked, which the scope tells when it ends.
            if let Ok((checked, file)) = checked.recv() {
                take(file, checked);
            }
            drop(files.next().map(|file| give.send(file)));
        }
    });
}
