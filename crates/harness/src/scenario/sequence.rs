//! A sequence: a scenario without expectations. Its calls are made, and what came of each is told in the case's steps; nothing
//! that is new has a role of the file's, so it is named after its product. Judged only by the spec's invariants.

use std::sync::Arc;

use super::{SuiteFile, WaitingCase, file};
use crate::node::Reader;
use crate::source::Problem;
use crate::spec::Spec;
use crate::yaml;

/// Reads a sequence of calls: a scenario file of this spec whose steps have no `expect`.
///
/// What comes to exist on the way is called by its product and a number: `mug-2` is the first new entity of the product
/// `mug`, `mug-3` the next. A step that is made on something that did not come to be is not made.
///
/// # Errors
/// Every problem of the file, each with its place.
pub fn sequence(spec: &Arc<Spec>, file: &SuiteFile) -> Result<Arc<WaitingCase>, Vec<Problem>> {
    read(file::Form::Sequence, spec, file)
}

/// Reads one scenario of a spec that is loaded, without a table.
///
/// # Errors
/// Every problem of the file, each with its place.
pub fn scenario(spec: &Arc<Spec>, file: &SuiteFile) -> Result<Arc<WaitingCase>, Vec<Problem>> {
    read(file::Form::Scenario, spec, file)
}

fn read(form: file::Form, spec: &Arc<Spec>, file: &SuiteFile) -> Result<Arc<WaitingCase>, Vec<Problem>> {
    let parsed = file.read().and_then(|bytes| yaml::parse(&file.path, &bytes));
    let (source, tree) = parsed.map_err(|problem| vec![problem])?;
    let reader = Reader::new(source);
    let id = format!("{}/{}", spec.name, file.name);
    match file::read_as(form, &reader, &tree, spec, id) {
        Some(case) if !reader.has_problems() => Ok(Arc::new(WaitingCase::of(case))),
        _ => Err(reader.into_problems()),
    }
}

/// The name of the `number`th entity of a product, where the first one is called as the product is.
pub(crate) fn name_of(product: &str, number: usize) -> String {
    format!("{product}-{number}")
}

/// The product in such a name; the whole of any other.
pub(crate) fn product_of(role: &str) -> &str {
    match role.rsplit_once('-') {
        Some((product, number)) if number.parse::<usize>().is_ok() => product,
        _ => role,
    }
}
