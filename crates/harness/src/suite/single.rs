//! One file by itself, of a spec that is loaded: a scenario, or a sequence. A sequence is a scenario without expectations: its calls
//! are made, and what came of each is told in the case's steps. It is judged only by the spec's invariants.

use std::collections::BTreeMap;
use std::sync::Arc;

use countermand_text::Problem;

use super::file::SuiteFile;
use super::load::waiting;
use super::waiting::{Checked, WaitingCase};
use crate::spec::Spec;

/// Reads a sequence of calls: a scenario file of this spec whose steps have no `expect`.
///
/// What comes to exist on the way is called by its product and a number: `mug-2` is the first new entity of the product
/// `mug`, `mug-3` the next. A step that is made on something that did not come to be is not made.
///
/// # Errors
/// Every problem of the file, each with its place.
pub fn sequence(spec: &Arc<Spec>, file: &SuiteFile) -> Result<Arc<WaitingCase>, Vec<Problem>> {
    first(file, read(true, spec, file)?)
}

/// Reads one scenario of a spec that is loaded: the first row, where it has a table.
///
/// # Errors
/// Every problem of the file, each with its place.
pub fn scenario(spec: &Arc<Spec>, file: &SuiteFile) -> Result<Arc<WaitingCase>, Vec<Problem>> {
    first(file, scenarios(spec, file)?)
}

/// Reads a scenario of a spec that is loaded: a case for each row, where it has a table.
///
/// # Errors
/// Every problem of the file, each with its place.
pub fn scenarios(spec: &Arc<Spec>, file: &SuiteFile) -> Result<Vec<Arc<WaitingCase>>, Vec<Problem>> {
    read(false, spec, file)
}

fn first(file: &SuiteFile, cases: Vec<Arc<WaitingCase>>) -> Result<Arc<WaitingCase>, Vec<Problem>> {
    cases.into_iter().next().ok_or_else(|| vec![Problem::of_file(&file.path, "there is no case in it", None)])
}

fn read(is_sequence: bool, spec: &Arc<Spec>, file: &SuiteFile) -> Result<Vec<Arc<WaitingCase>>, Vec<Problem>> {
    let mut checked = Checked::read(file);
    if let Ok(checked) = &mut checked {
        checked.document.is_sequence = is_sequence;
    }
    let specs = BTreeMap::from([(spec.name.clone(), Arc::clone(spec))]);
    waiting(file.clone(), checked, true, &specs)
}
