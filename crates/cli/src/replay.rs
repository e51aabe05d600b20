//! `countermand replay`: today's scenarios judge yesterday's answers.

use std::collections::BTreeMap;
use std::sync::Arc;

use countermand_harness::{Inbox, Run};

use crate::args::{ReplayArgs, TargetArgs};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::reports::Reports;
use crate::{exchanges, runs, suite, target};

pub(crate) fn replay(args: &ReplayArgs) -> Result<Exit, Failure> {
    let then = exchanges::read_run(&args.folder)?;
    let mut suite = suite::load(&args.selection)?;
    suite.cases.retain(|case| then.specs.contains_key(&case.spec.name));
    let named = TargetArgs::named(args.target.as_deref().unwrap_or(&then.target));
    let file = target::file(&named, &suite)?;
    let mut targets = BTreeMap::new();
    for (name, kept) in &then.specs {
        let Some(spec) = suite.specs.get(name) else {
            return Err(Failure::Message(format!("the run was of spec `{name}`, which is not here")));
        };
        let file = target::file_of(spec, file.as_ref(), &named)?;
        let cases = suite.cases.iter().filter(|case| case.spec.name == *name).map(|case| case.id.clone());
        let exchanges = exchanges::read(&args.folder, name, cases)?;
        let target = then.target(kept, spec, file, exchanges).map_err(|error| error.to_string())?;
        targets.insert(name.clone(), Arc::new(target));
    }
    let profiles = then.specs.iter().map(|(spec, kept)| (spec.clone(), kept.profile.clone()));
    let run = Run {
        cases: suite.cases,
        targets,
        profiles: profiles.collect(),
        jobs: 1,
        strict: args.output.strict,
        keep_steps: args.output.verbose,
        run_id: then.run_id,
        started: then.started,
        inbox: Arc::new(Inbox::deaf("what is received in a run is not kept")),
        ..Run::default()
    };
    let mut reports = Reports::open(&args.output)?;
    let summary = runs::in_virtual_time(run.play(std::future::pending(), &mut |event| reports.event(&event)))?;
    reports.close()?;
    Ok(summary.outcome(args.output.strict).into())
}
