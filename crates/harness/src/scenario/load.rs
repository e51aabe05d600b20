//! From files to a suite: which file is a spec, which a scenario, and what every case is called.

use std::collections::BTreeMap;
use std::num::NonZero;
use std::sync::{Arc, mpsc};
use std::thread;

use super::{Case, file, table};
use crate::node::{Node, Reader, Tree};
use crate::source::Problem;
use crate::spec::{self, Spec};
use crate::suggest;
use crate::yaml;

/// The name of the file beside a spec that proves its targets: a scenario whose steps expect nothing but to be accepted.
pub(super) const PROOF: &str = "proof";

/// A thread is worth its start for so many files.
const FILES_OF_A_THREAD: usize = 16;
/// So many trees of each thread wait to be taken.
const FILES_AHEAD: usize = 4;

/// A file of a suite, not yet looked at.
#[derive(Debug, Clone)]
pub struct SuiteFile {
    /// The path as it is shown.
    pub path: String,
    /// The path under the folder that was named, without its ending: the id of the scenario within its spec.
    pub name: String,
    /// What is in it.
    pub bytes: Vec<u8>,
}

/// Specs and the cases to play, in the order of their ids.
#[derive(Debug, Default)]
pub struct Suite {
    /// The specs by name.
    pub specs: BTreeMap<String, Arc<Spec>>,
    /// The cases, sorted by id.
    pub cases: Vec<Arc<Case>>,
    /// What proves a target of a spec: every call once, where it must be accepted.
    pub proofs: BTreeMap<String, Arc<Case>>,
}

/// Loads specs (`specs`) and the scenarios that speak of them.
///
/// # Errors
/// Every problem of every file, each with its place.
pub fn load_suite(specs: &[SuiteFile], scenarios: &[SuiteFile]) -> Result<Suite, Vec<Problem>> {
    load_some(specs, scenarios, &[])
}

/// The same with only the cases whose id contains one of `filters`, or all where there are none. Files that can't hold such
/// a case are not read: one case of a large suite starts as fast as a suite of one case.
///
/// # Errors
/// Every problem of every file that was read, each with its place.
pub fn load_some(specs: &[SuiteFile], scenarios: &[SuiteFile], filters: &[String]) -> Result<Suite, Vec<Problem>> {
    let mut suite = Suite::default();
    let mut problems = Vec::new();
    for file in specs.iter().filter(|file| file.name != PROOF) {
        match spec::parse(&file.path, &file.bytes) {
            Ok(spec) => drop(suite.specs.insert(spec.name.clone(), Arc::new(spec))),
            Err(found) => problems.extend(found),
        }
    }
    // A scenario can't be judged by a spec that is wrong itself.
    if !problems.is_empty() {
        return Err(problems);
    }
    for file in specs.iter().filter(|file| file.name == PROOF) {
        match load_scenario(file, &suite.specs) {
            Ok(cases) => suite.proofs.extend(cases.into_iter().map(|case| (case.spec.name.clone(), case))),
            Err(found) => problems.extend(found),
        }
    }
    let names: Vec<&str> = suite.specs.keys().map(String::as_str).collect();
    let files: Vec<&SuiteFile> = scenarios.iter().filter(|file| may_hold(file, filters, &names)).collect();
    each_tree(&files, |file, tree| match tree.and_then(|tree| cases_of(file, &tree, &suite.specs)) {
        Ok(cases) => suite.cases.extend(cases),
        Err(found) => problems.extend(found),
    });
    let mut seen: BTreeMap<&str, &str> = BTreeMap::new();
    for case in &suite.cases {
        let path = case.file.path.as_str();
        if let Some(other) = seen.insert(&case.id, path) {
            let message = format!("the case `{}` stands in `{other}` too", case.id);
            problems.push(Problem::of_file(path, message, Some("rename one of the two".to_owned())));
        }
    }
    suite.cases.retain(|case| filters.is_empty() || filters.iter().any(|filter| case.id.contains(filter.as_str())));
    suite.cases.sort_by(|a, b| a.id.cmp(&b.id));
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
    let spoken_of: Option<Vec<String>> =
        scenarios.iter().filter(|file| may_hold(file, filters, &names)).map(named).collect();
    // What is wrong with a scenario is told best by one who knows all specs.
    if let Some(spoken_of) = spoken_of.filter(|all| !all.is_empty() && all.iter().all(|name| known.contains(name))) {
        specs.retain(|spec| named(spec).is_none_or(|name| spoken_of.contains(&name)));
    }
    specs
}

/// The name of the spec that a file is or speaks of, where it can be told from a line.
fn named(file: &SuiteFile) -> Option<String> {
    let text = std::str::from_utf8(&file.bytes).ok()?;
    let name = text.lines().find_map(|line| line.strip_prefix("spec:"))?.trim();
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '-';
    (!name.is_empty() && name.chars().all(is_word)).then(|| name.to_owned())
}

/// Whether some case of a file can have an id that contains one of the filters. The last word of a filter stands in the spec's
/// name, in the file's or in that of a row, and a row's name stands in the file.
fn may_hold(file: &SuiteFile, filters: &[String], specs: &[&str]) -> bool {
    let holds = |filter: &String| {
        let word = filter.rsplit('/').find(|word| !word.is_empty()).unwrap_or_default();
        let in_text = || String::from_utf8_lossy(&file.bytes).contains(word);
        // With a backslash in it, text need not stand as it is read.
        specs.iter().any(|name| name.contains(word))
            || file.name.contains(word)
            || file.bytes.contains(&b'\\')
            || in_text()
    };
    filters.is_empty() || filters.iter().any(holds)
}

/// Hands over the tree of every file, in their order. Nearly all the time of loading goes into parsing, so that is done
/// beside, by as many threads as there are processors, each a few files ahead of what is made of them here.
fn each_tree(files: &[&SuiteFile], mut take: impl FnMut(&SuiteFile, Result<Node, Vec<Problem>>)) {
    let parse = |file: &SuiteFile| yaml::tree(&file.path, &file.bytes).map_err(|problem| vec![problem]);
    let processors = thread::available_parallelism().map_or(1, NonZero::get);
    let parsers = processors.min(files.len() / FILES_OF_A_THREAD);
    if parsers == 0 {
        return files.iter().for_each(|file| take(file, parse(file)));
    }
    thread::scope(|scope| {
        let parser = |first: usize| {
            let (parsed, trees) = mpsc::sync_channel(FILES_AHEAD);
            let mut files = files.iter().skip(first).step_by(parsers);
            // Nobody listens any more only where this thread is giving up.
            scope.spawn(move || files.try_for_each(|file| parsed.send(parse(file))));
            trees
        };
        let trees: Vec<_> = (0..parsers).map(parser).collect();
        for (file, trees) in files.iter().zip(trees.iter().cycle()) {
            // A parser that is gone has panicked, which the scope tells when it ends.
            if let Ok(tree) = trees.recv() {
                take(file, tree);
            }
        }
    });
}

fn load_scenario(file: &SuiteFile, specs: &BTreeMap<String, Arc<Spec>>) -> Result<Vec<Arc<Case>>, Vec<Problem>> {
    let tree = yaml::tree(&file.path, &file.bytes).map_err(|problem| vec![problem])?;
    cases_of(file, &tree, specs)
}

fn cases_of(
    file: &SuiteFile,
    root: &Node,
    specs: &BTreeMap<String, Arc<Spec>>,
) -> Result<Vec<Arc<Case>>, Vec<Problem>> {
    let reader = Reader::new(yaml::source(&file.path, &file.bytes));
    let cases = read_cases(&reader, root, file, specs);
    if reader.has_problems() { Err(reader.into_problems()) } else { Ok(cases.into_iter().map(Arc::new).collect()) }
}

fn read_cases(reader: &Reader, root: &Node, file: &SuiteFile, specs: &BTreeMap<String, Arc<Spec>>) -> Vec<Case> {
    let entries = reader.entries(root, "a scenario: a map with `format`, `spec`, `title`, `order` and `steps`");
    let find = |wanted: &str| entries.iter().find(|(key, _)| key.text == wanted).map(|(_, node)| node);
    if !matches!(root.tree, Tree::Map(_)) {
        return Vec::new();
    }
    let Some(name) = find("spec") else {
        reader.problem(
            root.at,
            "a scenario needs `spec`: the contract it belongs to",
            suggest::hint("", specs.keys().map(String::as_str)),
        );
        return Vec::new();
    };
    let Some(spec_name) = reader.text(name, "the spec's name") else { return Vec::new() };
    let Some(spec) = specs.get(spec_name) else {
        reader.known(name.at, "spec", spec_name, specs.keys().map(String::as_str));
        return Vec::new();
    };
    let id = format!("{}/{}", spec.name, file.name);
    match find("table") {
        None => {
            let filled = table::fill(reader, root, None);
            file::read(reader, &filled, spec, id).into_iter().collect()
        }
        Some(table) => table::rows(reader, table)
            .iter()
            .filter_map(|row| {
                let filled = table::fill(reader, root, Some(row));
                file::read(reader, &filled, spec, format!("{id}/{}", row.name))
            })
            .collect(),
    }
}
