//! `countermand run --bless`: lets scenario files expect what a run has seen, where a conforming implementation would do the same.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use countermand_event::{CaseResult, Mismatch, RunSummary, Verdict};
use countermand_harness::{Blessed, Spec, SuiteFile, bless as expect_what_was_seen, discover, scenarios};
use countermand_lab::{Setting, Stand, stand};
use countermand_text::Problem;

use crate::args::RunArgs;
use crate::failure::Failure;
use crate::output::say;
use crate::{files, target};

/// What was played, and by which profile each spec was judged.
pub(crate) struct Played<'r> {
    pub(crate) specs: &'r [Arc<Spec>],
    pub(crate) profiles: &'r BTreeMap<String, String>,
    pub(crate) cases: &'r [CaseResult],
    pub(crate) summary: &'r RunSummary,
}

/// Rewrites the files of the cases that failed, and says so; what can't be blessed is told with its reason, and its file stays.
pub(crate) fn bless(args: &RunArgs, played: &Played<'_>) -> Result<(), Failure> {
    let failed: BTreeSet<&str> =
        played.cases.iter().filter(|case| is_violated(case)).map(|case| case.file.as_str()).collect();
    let files = discover(&args.selection.paths)?.scenarios;
    let mut problems = Vec::new();
    for file in files.iter().filter(|file| failed.contains(file.path.as_str())) {
        match of_file(file, played) {
            Ok(Sanctioned { blessed, only_where }) => {
                files::replace(Path::new(&file.path), &blessed.text)?;
                for change in &blessed.changes {
                    say(&format!("blessed: {}: {} is {} now", change.place, change.was, change.now));
                }
                for (case, choices) in only_where {
                    let choices: Vec<String> =
                        choices.iter().map(|(name, option)| format!("{name}={option}")).collect();
                    let choices = choices.join(", ");
                    say(&format!(
                        "note: `{case}` holds only with {choices}: under `choice:` it accuses nobody who chooses otherwise"
                    ));
                }
            }
            Err(Failure::Problems(found)) => problems.extend(found),
            Err(failure) => return Err(failure),
        }
    }
    if !problems.is_empty() {
        Failure::Problems(problems).print();
    }
    Ok(())
}

fn is_violated(case: &CaseResult) -> bool {
    matches!(case.verdict, Verdict::Failed | Verdict::Warned)
}

/// The text that a file is to have, or why it stays as it is.
fn of_file(file: &SuiteFile, played: &Played<'_>) -> Result<Sanctioned, Failure> {
    let cases: Vec<&CaseResult> =
        played.cases.iter().filter(|case| case.file == file.path && is_violated(case)).collect();
    let found = cases.first().and_then(|case| played.specs.iter().find(|spec| spec.name == case.spec));
    let Some(spec) = found else { return Err(Vec::new().into()) };
    if !countermand_model::specs().contains(&spec.name.as_str()) {
        let hint = Some("change by hand what was expected wrongly".to_owned());
        let message = format!("nothing says that the target is right: there is no mock of spec `{}`", spec.name);
        return Err(vec![Problem::of_file(&file.path, message, hint)].into());
    }
    let bytes = file.read().map_err(|problem| vec![problem])?;
    let blessed = expect_what_was_seen(&file.path, &bytes, &cases)?;
    let new = SuiteFile { content: blessed.text.clone().into_bytes().into(), ..file.clone() };
    let stage = target::stage(spec, played.profiles.get(&spec.name).map_or("", String::as_str));
    let chosen = chosen(played.summary, &spec.name);
    let mut only_where = Vec::new();
    for case in scenarios(spec, &new)? {
        let objects = match stand(&stage, &case, &chosen)? {
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

/// What a file is to say, and what of it holds only with some choices.
struct Sanctioned {
    blessed: Blessed,
    only_where: Vec<(String, Setting)>,
}

/// Why something is not blessed: no implementation that keeps to the spec does it.
fn against(mismatch: &Mismatch) -> Problem {
    let Mismatch { place, clause, level, statement, expected, .. } = mismatch;
    let message = format!("not blessed: {} {clause} would be violated: {statement}", level.name());
    let hint = format!("a mock that conforms does not do `{expected}`: the target is wrong here, not the scenario");
    Problem { place: place.clone(), message, hint: Some(hint) }
}

/// What the target was seen to choose, where that is one option.
fn chosen(summary: &RunSummary, spec: &str) -> Setting {
    let entries = summary.dialect.get(spec).into_iter().flatten();
    let one = entries.filter(|entry| !entry.inconsistent && entry.options.len() == 1);
    one.map(|entry| (entry.choice.clone(), entry.options[0].clone())).collect()
}
