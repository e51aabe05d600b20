//! Whether a scenario file may expect what a run has seen: only where a conforming implementation would do the same. How its text
//! is rewritten is the harness's matter, and the file itself is written elsewhere.

use std::fmt;

use countermand_event::{CaseResult, Mismatch};
use countermand_harness::{Blessed, SuiteFile, bless as expect_what_was_seen, scenarios};
use countermand_text::Problem;

use crate::settings::Setting;
use crate::stage::{Stage, StageError};
use crate::stand::{Stand, stand};

/// What a file is to say, and what of it holds only with some choices.
#[derive(Debug)]
pub struct Sanctioned {
    /// The text.
    pub blessed: Blessed,
    /// The cases that a conforming implementation passes only with these choices.
    pub only_where: Vec<(String, Setting)>,
}

/// Why a file stays as it is.
#[derive(Debug)]
pub enum BlessError {
    /// What of it can't be blessed.
    Problems(Vec<Problem>),
    /// Nothing could be played.
    Stage(StageError),
}

impl fmt::Display for BlessError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Problems(problems) => {
                let told: Vec<&str> = problems.iter().map(|problem| problem.message.as_str()).collect();
                f.write_str(&told.join("; "))
            }
            Self::Stage(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for BlessError {}

impl From<Vec<Problem>> for BlessError {
    fn from(problems: Vec<Problem>) -> Self {
        Self::Problems(problems)
    }
}

impl From<StageError> for BlessError {
    fn from(error: StageError) -> Self {
        Self::Stage(error)
    }
}

/// Lets a file expect what these cases of it have shown of a target that was `seen` to choose so.
///
/// # Errors
/// Why it may not: there is no mock of the spec, an expectation can't be rewritten, or no setting of a conforming mock does so.
pub fn sanctioned(
    stage: &Stage,
    file: &SuiteFile,
    cases: &[&CaseResult],
    seen: &Setting,
) -> Result<Sanctioned, BlessError> {
    let spec = &stage.spec;
    if !countermand_model::specs().contains(&spec.name.as_str()) {
        let hint = Some("change by hand what was expected wrongly".to_owned());
        let message = format!("nothing says that the target is right: there is no mock of spec `{}`", spec.name);
        return Err(vec![Problem::of_file(&file.path, message, hint)].into());
    }
    let bytes = file.read().map_err(|problem| vec![problem])?;
    let blessed = expect_what_was_seen(&file.path, &bytes, cases)?;
    let new = SuiteFile { content: blessed.text.clone().into_bytes().into(), ..file.clone() };
    let mut only_where = Vec::new();
    for case in scenarios(spec, &new)? {
        let objects = match stand(stage, &case, seen)? {
            Stand::Passes(choices) if choices.is_empty() => continue,
            Stand::Passes(choices) => {
                only_where.push((case.id.clone(), choices));
                continue;
            }
            Stand::Objects(result) => result.accusations().next().map(against),
            Stand::Silent => None,
        };
        let unplayed = || {
            Problem::of_file(&file.path, format!("the mock of the spec can't play `{}` as it was seen", case.id), None)
        };
        return Err(vec![objects.unwrap_or_else(unplayed)].into());
    }
    Ok(Sanctioned { blessed, only_where })
}

/// Why something is not blessed: no implementation that keeps to the spec does it.
fn against(mismatch: &Mismatch) -> Problem {
    let Mismatch { place, clause, level, statement, expected, .. } = mismatch;
    let message = format!("not blessed: {} {clause} would be violated: {statement}", level.name());
    let hint = format!("a mock that conforms does not do `{expected}`: the target is wrong here, not the scenario");
    Problem { place: place.clone(), message, hint: Some(hint) }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use countermand_harness::load_some;

    use super::*;

    const NAME: &str = "partial/splits-the-item";

    fn stage() -> Stage {
        let suite = load_some(&countermand_suite::files().specs, Vec::new(), &[]).expect("the specs load");
        let spec = Arc::clone(&suite.specs["modern-dropship"]);
        Stage { spec, model: "modern-dropship".to_owned(), file: None, profile: "guide".to_owned() }
    }

    fn file() -> SuiteFile {
        countermand_suite::files().scenarios.into_iter().find(|file| file.name == NAME).expect("it is in the suite")
    }

    /// What the cases of a file show of a mock.
    fn shown(stage: &Stage, file: &SuiteFile, fault: Option<&str>) -> Vec<CaseResult> {
        let cases = scenarios(&stage.spec, file).expect("it can be read");
        stage.play(&cases, &Setting::new(), fault.as_slice()).expect("it can be played")
    }

    fn asked(stage: &Stage, file: &SuiteFile, shown: &[CaseResult]) -> Result<Sanctioned, BlessError> {
        sanctioned(stage, file, &shown.iter().collect::<Vec<_>>(), &Setting::new())
    }

    #[test]
    fn what_a_conforming_target_shows_is_blessed() {
        let stage = stage();
        let right = String::from_utf8(file().read().expect("it is here").to_vec()).expect("it is text");
        let wrong = right.replace("{ quantity: 3 }", "{ quantity: 4 }");
        assert_ne!(wrong, right);
        let file = SuiteFile { content: wrong.into_bytes().into(), ..file() };
        let sanctioned = asked(&stage, &file, &shown(&stage, &file, None)).expect("it is right so");
        assert_eq!(sanctioned.blessed.text, right);
        assert!(sanctioned.only_where.is_empty(), "{:?}", sanctioned.only_where);
    }

    #[test]
    fn what_no_conforming_target_does_is_not() {
        let stage = stage();
        let text = "format: 1\nspec: modern-dropship\ntitle: A cancel without a reason\norder: { items: { mug: { quantity: 5 } } }\n\
                    steps:\n  - call: cancel_item\n    on: mug\n    expect: { item.reason-optional: { answer: accepted } }\n";
        let file = SuiteFile { content: text.as_bytes().into(), ..file() };
        let shown = shown(&stage, &file, Some("reason-required"));
        let Err(BlessError::Problems(problems)) = asked(&stage, &file, &shown) else { panic!("it was blessed") };
        assert!(problems[0].message.starts_with("not blessed: MUST item.reason-optional"), "{}", problems[0].message);
    }
}
