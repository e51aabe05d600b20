//! `countermand run --bless`: lets scenario files expect what a run has seen, where a conforming implementation would do the same.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use countermand_event::{CaseResult, RunSummary};
use countermand_harness::{Spec, discover};
use countermand_lab::{BlessError, Sanctioned, sanctioned};

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
    let mut problems = Vec::new();
    for file in discover(&args.selection.paths)?.scenarios {
        let cases: Vec<&CaseResult> =
            played.cases.iter().filter(|case| case.file == file.path && case.is_violated()).collect();
        let Some(spec) = cases.first().and_then(|case| played.specs.iter().find(|spec| spec.name == case.spec)) else {
            continue;
        };
        let stage = target::stage(spec, played.profiles.get(&spec.name).map_or("", String::as_str));
        match sanctioned(&stage, &file, &cases, &played.summary.chosen(&spec.name)) {
            Ok(sanctioned) => {
                files::replace(Path::new(&file.path), &sanctioned.blessed.text)?;
                tell(&sanctioned);
            }
            Err(BlessError::Problems(found)) => problems.extend(found),
            Err(BlessError::Stage(error)) => return Err(error.into()),
        }
    }
    if !problems.is_empty() {
        Failure::Problems(problems).print();
    }
    Ok(())
}

fn tell(Sanctioned { blessed, only_where }: &Sanctioned) {
    for change in &blessed.changes {
        say(&format!("blessed: {}: {} is {} now", change.place, change.was, change.now));
    }
    for (case, choices) in only_where {
        let choices: Vec<String> = choices.iter().map(|(name, option)| format!("{name}={option}")).collect();
        let choices = choices.join(", ");
        say(&format!(
            "note: `{case}` holds only with {choices}: under `choice:` it accuses nobody who chooses otherwise"
        ));
    }
}
