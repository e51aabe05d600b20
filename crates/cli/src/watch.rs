//! `countermand run --watch`: plays again what was changed, as soon as it is saved.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use countermand_harness::{SuiteFile, discover};

use crate::args::{RunArgs, Selection};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::say;
use crate::signals::stop_signal;
use crate::{run, runs};

/// How often the files are looked at: what is saved is played well within a moment.
const EVERY: Duration = Duration::from_millis(50);

/// When each file was written.
type Stamps = BTreeMap<PathBuf, SystemTime>;

/// The files that a run reads, as they are.
#[derive(Default, PartialEq, Eq)]
struct Files {
    specs: Stamps,
    scenarios: Stamps,
}

impl Files {
    /// Nothing where there are none at the moment, as while one is replaced.
    fn at(paths: &[PathBuf]) -> Option<Self> {
        let found = discover(paths).ok()?;
        let stamps = |files: &[SuiteFile]| {
            let stamp = |file: &SuiteFile| {
                let path = PathBuf::from(&file.path);
                let at = path.metadata().and_then(|found| found.modified()).ok()?;
                Some((path, at))
            };
            files.iter().filter_map(stamp).collect()
        };
        Some(Self { specs: stamps(&found.specs), scenarios: stamps(&found.scenarios) })
    }
}

/// Plays everything once, and from then on the files that were written since, until somebody asks it to end.
pub(crate) fn watch(args: &RunArgs) -> Result<Exit, Failure> {
    let paths = args.selection.paths.clone();
    if paths.is_empty() {
        return Err(Failure::Message("`--watch` watches files: name scenario files or folders".to_owned()));
    }
    let mut seen = Files::at(&paths).unwrap_or_default();
    play(args, &paths);
    loop {
        say(&format!("watching {} files; Ctrl-C ends it", seen.specs.len() + seen.scenarios.len()));
        let Some(now) = runs::block_on(changed(&paths, &seen))? else { return Ok(Exit::Held) };
        let is_new = |(path, at): &(&PathBuf, &SystemTime)| seen.scenarios.get(*path) != Some(at);
        let written: Vec<PathBuf> = now.scenarios.iter().filter(is_new).map(|(path, _)| path.clone()).collect();
        // A scenario is judged by the spec beside it: where that changes everything may.
        if now.specs != seen.specs {
            play(args, &paths);
        } else if !written.is_empty() {
            play(args, &written);
        }
        seen = now;
    }
}

/// One run; what is wrong with a file is told, and the next save may mend it.
fn play(args: &RunArgs, paths: &[PathBuf]) {
    let selection = Selection { paths: paths.to_vec(), ..args.selection.clone() };
    if let Err(failure) = run::run(RunArgs { selection, ..args.clone() }) {
        failure.print();
    }
}

/// The files as they are once one of them is not as it was; nothing once somebody asks for the end.
async fn changed(paths: &[PathBuf], seen: &Files) -> Option<Files> {
    let stop = stop_signal();
    tokio::pin!(stop);
    loop {
        tokio::select! {
            () = &mut stop => return None,
            () = tokio::time::sleep(EVERY) => {}
        }
        if let Some(now) = Files::at(paths).filter(|now| now != seen) {
            return Some(now);
        }
    }
}
