//! Teeth: every fault of a model against every case, and which case saw which.

use std::sync::Arc;

use countermand_event::Level;
use countermand_event::matrix::{FaultRow, KillMatrix};
use countermand_harness::WaitingCase;
use countermand_model::FaultInfo;

use crate::settings::Setting;
use crate::stage::{Stage, StageError};
use crate::workers::each;

/// The judged clauses under which no fault was caught that breaks them.
#[must_use]
pub fn unproved<'s>(stage: &'s Stage, matrix: &KillMatrix) -> Vec<&'s str> {
    let judged =
        [Level::Must, Level::Should].into_iter().flat_map(|level| stage.spec.clauses_at(&stage.profile, level));
    matrix.without_fault(judged)
}

/// Plays every case against every fault whose clause the profile judges, unless a faulty model answers all that the case
/// asks as a conforming one does. `told` hears of each fault that is done.
///
/// # Errors
/// When the model can't be built or the target can't be made.
pub fn teeth(
    stage: &Stage,
    cases: &[Arc<WaitingCase>],
    faults: &[FaultInfo],
    told: &(dyn Fn(&FaultRow) + Sync),
) -> Result<KillMatrix, StageError> {
    let judged: Vec<&FaultInfo> =
        faults.iter().filter(|fault| stage.spec.level(fault.clause, &stage.profile) > Level::May).collect();
    let scripts = stage.rehearse(cases, &Setting::new(), &[])?;
    let rows = each(&judged, |fault| {
        let cases = stage.differing(&scripts, &Setting::new(), &[fault.name])?;
        let results = stage.play(&cases, &Setting::new(), &[fault.name])?;
        let row = FaultRow::new(fault.name, fault.clause, fault.text, &results);
        told(&row);
        Ok(row)
    })?;
    Ok(KillMatrix::new(&stage.spec.name, &stage.profile, rows))
}
