//! False alarms: what a suite says of an implementation that conforms.

use std::sync::Arc;

use countermand_event::{CaseResult, Verdict};
use countermand_harness::{Spec, WaitingCase};

use crate::settings::Setting;
use crate::stage::{Stage, StageError};
use crate::workers::each;

/// What a case says of a conforming mock that it should not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alarm {
    /// The case.
    pub case: String,
    /// The step; 0 where the case could not run.
    pub step: usize,
    /// The clause that the mock is accused of violating, or why the case could not run.
    pub clause: String,
    /// The choices that the case forgets: with any of them left at its default it says nothing.
    pub setting: Setting,
}

/// Plays the cases against a conforming mock of each setting. `done` is called after each.
///
/// # Errors
/// When a setting is none of the model's, or the target can't be made.
pub fn false_alarms(
    stage: &Stage,
    cases: &[Arc<WaitingCase>],
    settings: &[Setting],
    done: &(dyn Fn() + Sync),
) -> Result<Vec<Alarm>, StageError> {
    let found = each(settings, |setting| {
        let results = stage.play(cases, setting, &[])?;
        let mut found = alarms(&stage.spec, setting, &results);
        for alarm in &mut found {
            let of_case: Vec<Arc<WaitingCase>> = cases.iter().filter(|case| case.id == alarm.case).cloned().collect();
            alarm.setting = forgotten(stage, &of_case, setting)?;
        }
        done();
        Ok(found)
    })?;
    Ok(found.into_iter().flatten().collect())
}

/// What was said of a mock with these choices that should not have been said: every mismatch that is judged, but for the
/// SHOULD clauses that an option openly departs from, and every case that could not run.
#[must_use]
pub fn alarms(spec: &Spec, setting: &Setting, results: &[CaseResult]) -> Vec<Alarm> {
    let departs = spec.departures(setting.iter().map(|(choice, option)| (choice.as_str(), option.as_str())));
    let alarm = |result: &CaseResult, step: usize, clause: &str| Alarm {
        case: result.id.clone(),
        step,
        clause: clause.to_owned(),
        setting: setting.clone(),
    };
    let mut alarms = Vec::new();
    for result in results {
        let unexpected = result.accusations().filter(|mismatch| !departs.contains(mismatch.clause.as_str()));
        alarms.extend(unexpected.map(|found| alarm(result, found.step, &found.clause)));
        if result.verdict == Verdict::CouldNotRun {
            let why = result.trouble.as_ref().map(|trouble| trouble.message.as_str()).unwrap_or_default();
            alarms.push(alarm(result, 0, &format!("could not run: {why}")));
        }
    }
    alarms
}

/// The fewest choices of a setting that a case still stumbles over.
fn forgotten(stage: &Stage, case: &[Arc<WaitingCase>], setting: &Setting) -> Result<Setting, StageError> {
    let mut fewest = setting.clone();
    for choice in setting.keys() {
        let mut without = fewest.clone();
        without.remove(choice);
        if !alarms(&stage.spec, &without, &stage.play(case, &without, &[])?).is_empty() {
            fewest = without;
        }
    }
    Ok(fewest)
}
