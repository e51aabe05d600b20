//! A case that waits for its turn: checked, but only what is needed to count, choose and sort it stays in memory. Its steps
//! are read again when it is played, and never from a file that is not the one that was checked.

use std::sync::{Arc, OnceLock};

use countermand_text::Problem;

use super::file::{Content, SuiteFile};
use crate::print::print;
use crate::scenario::{Case, Document};
use crate::spec::Spec;

/// One playable row of a scenario file, before it is played.
#[derive(Debug)]
pub struct WaitingCase {
    /// The spec's name, the path under the spec, and the row: `modern-dropship/partial/splits-the-item`.
    pub id: String,
    /// The spec it belongs to.
    pub spec: Arc<Spec>,
    /// The scenario's title.
    pub title: Box<str>,
    /// It expects nothing: its calls are made, and what comes of them is told ([`sequence()`](crate::sequence)).
    pub is_sequence: bool,
    /// How many steps it has.
    pub(crate) steps: u32,
    /// How many calls they make in all rounds.
    pub(super) calls: u32,
    file: Arc<ScenarioFile>,
    /// Its place among the rows of the file.
    row: u32,
    /// The places of the clauses that its claims name among those of the spec, which is too short for more than so many.
    clauses: Box<[u16]>,
}

/// A scenario file that was checked.
#[derive(Debug)]
pub(super) struct ScenarioFile {
    path: Box<str>,
    /// By what it is known again.
    print: u64,
    steps: Steps,
}

/// Where the steps of a file's cases are found when their turn comes.
#[derive(Debug)]
enum Steps {
    /// In memory, as a tree.
    Kept(Arc<Document>),
    /// In the file, as long as it has the same print.
    InFile(Content),
}

/// What was read of a file, and by what to know the file again.
#[derive(Debug)]
pub(super) struct Checked {
    pub(super) document: Document,
    print: u64,
}

impl Checked {
    pub(super) fn read(file: &SuiteFile) -> Result<Self, Problem> {
        let bytes = file.read()?;
        Ok(Self { document: Document::parse(&file.path, &bytes)?, print: print(&bytes) })
    }
}

impl ScenarioFile {
    /// A file that was checked; what was read of it stays only where it is to be kept.
    pub(super) fn new(file: SuiteFile, checked: Checked, is_kept: bool) -> Arc<Self> {
        let steps = match is_kept {
            true => Steps::Kept(Arc::new(checked.document)),
            false => Steps::InFile(file.content),
        };
        Arc::new(Self { path: file.path.into(), print: checked.print, steps })
    }

    fn document(&self) -> Result<Arc<Document>, String> {
        let content = match &self.steps {
            Steps::Kept(document) => return Ok(Arc::clone(document)),
            Steps::InFile(content) => content,
        };
        let read = content.read(&self.path);
        let bytes = read.map_err(|problem| format!("{problem}, though it could be when the run began"))?;
        match (print(&bytes) == self.print).then(|| Document::parse(&self.path, &bytes)) {
            Some(Ok(document)) => Ok(Arc::new(document)),
            _ => Err(self.changed()),
        }
    }

    fn changed(&self) -> String {
        format!("{} was changed after the run had begun: run it again, as it is now", self.path)
    }
}

impl WaitingCase {
    pub(super) fn new(case: Case, row: u32, file: &Arc<ScenarioFile>) -> Self {
        let mut clauses: Vec<u16> = Vec::new();
        for clause in case.clauses() {
            let known = case.spec.clauses.iter().zip(0..).find(|(known, _)| known.id == clause);
            clauses.extend(known.map(|(_, place)| place).filter(|place| !clauses.contains(place)));
        }
        Self {
            steps: case.steps.len() as u32,
            calls: case.steps.iter().map(|step| step.calls().count() as u32 * step.repeat as u32).sum(),
            is_sequence: case.is_sequence,
            file: Arc::clone(file),
            row,
            clauses: clauses.into_boxed_slice(),
            id: case.id,
            spec: case.spec,
            title: case.title.into(),
        }
    }

    /// The path of the file it stands in.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.file.path
    }

    /// The ids of the clauses its claims name, in order of first mention.
    pub fn clauses(&self) -> impl Iterator<Item = &str> {
        self.clauses.iter().filter_map(|place| Some(self.spec.clauses.get(usize::from(*place))?.id.as_str()))
    }
}

/// By what the scenarios of a run are known again: the same for the same cases in files that say the same, to the last byte.
#[must_use]
pub fn suite_print(cases: &[Arc<WaitingCase>]) -> String {
    let whole: String = cases.iter().map(|case| format!("{} {:016x}\n", case.id, case.file.print)).collect();
    format!("{:016x}", print(whole.as_bytes()))
}

/// Gives cases their turn, in their order. What is read of a file serves all its rows, which come one after the other.
#[derive(Debug, Default)]
pub(crate) struct Turns {
    last: Option<Arc<Opened>>,
}

/// A file that is read by the first who needs it.
#[derive(Debug)]
struct Opened {
    file: Arc<ScenarioFile>,
    document: OnceLock<Result<Arc<Document>, String>>,
}

/// The turn of a case.
#[derive(Debug)]
pub(crate) struct Turn {
    pub(crate) case: Arc<WaitingCase>,
    opened: Arc<Opened>,
}

impl Turns {
    pub(crate) fn of(&mut self, case: &Arc<WaitingCase>) -> Turn {
        let same = self.last.take().filter(|last| Arc::ptr_eq(&last.file, &case.file));
        let open = || Arc::new(Opened { file: Arc::clone(&case.file), document: OnceLock::new() });
        let opened = self.last.insert(same.unwrap_or_else(open));
        Turn { case: Arc::clone(case), opened: Arc::clone(opened) }
    }
}

impl Turn {
    /// The case in full.
    ///
    /// # Errors
    /// Why its file can't be played any more.
    pub(crate) fn read(&self) -> Result<Case, String> {
        let document = self.opened.document.get_or_init(|| self.opened.file.document());
        let case = document.as_ref()?.case(self.case.row as usize, &self.case.spec, self.case.id.clone());
        case.ok_or_else(|| self.opened.file.changed())
    }
}
