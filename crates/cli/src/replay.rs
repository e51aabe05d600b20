//! `countermand replay`: today's scenarios judge yesterday's answers.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use countermand_harness::{Inbox, Replay, Run, Spec, Target, TargetFile, TargetOptions};

use crate::args::{ReplayArgs, TargetArgs};
use crate::exchanges::{self, Setting, SpecSetting};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::reports::Reports;
use crate::{runs, suite, target};

pub(crate) fn replay(args: &ReplayArgs) -> Result<Exit, Failure> {
    let setting = exchanges::read_setting(&args.folder)?;
    let mut suite = suite::load(&args.selection)?;
    suite.cases.retain(|case| setting.specs.contains_key(&case.spec.name));
    let named = TargetArgs::named(args.target.as_deref().unwrap_or(&setting.target));
    let file = target::file(&named, &suite)?;
    let mut targets = BTreeMap::new();
    for (name, of_spec) in &setting.specs {
        let Some(spec) = suite.specs.get(name) else {
            return Err(Failure::Message(format!("the run was of spec `{name}`, which is not here")));
        };
        let file = target::file_of(spec, file.as_ref(), &named)?;
        let cases = suite.cases.iter().filter(|case| case.spec.name == *name).map(|case| case.id.clone());
        let kept = exchanges::read(&args.folder, name, cases)?;
        let target = of_run(spec, file, &setting, of_spec, Replay::new(kept))?;
        targets.insert(name.clone(), Arc::new(target));
    }
    let profiles = setting.specs.iter().map(|(spec, setting)| (spec.clone(), setting.profile.clone()));
    let run = Run {
        cases: suite.cases,
        targets,
        profiles: profiles.collect(),
        jobs: 1,
        strict: args.output.strict,
        keep_steps: args.output.verbose,
        run_id: setting.run_id,
        started: setting.started,
        inbox: Arc::new(Inbox::deaf("what is received in a run is not kept")),
        ..Run::default()
    };
    let mut reports = Reports::open(&args.output)?;
    let summary = runs::in_virtual_time(run.play(std::future::pending(), &mut |event| reports.event(&event)))?;
    reports.close()?;
    Ok(summary.outcome(args.output.strict).into())
}

/// The target as it was. Every variable that was set is set again, to its own name: that is what stands in the exchanges.
fn of_run(
    spec: &Spec,
    file: Option<Arc<TargetFile>>,
    setting: &Setting,
    of_spec: &SpecSetting,
    kept: Replay,
) -> Result<Target, Failure> {
    let options = TargetOptions {
        name: setting.target.clone(),
        base_url: Some(of_spec.base_url.clone()),
        transport: Some(Arc::new(kept)),
        timeout: Some(Duration::from_millis(of_spec.timeout_ms)),
        settle: Some(Duration::from_millis(of_spec.settle_ms)),
        ..TargetOptions::default()
    };
    let env = |name: &str| of_spec.variables.iter().any(|known| known == name).then(|| format!("${name}"));
    Target::new(spec, file, options, &env).map_err(|error| Failure::Message(error.to_string()))
}
