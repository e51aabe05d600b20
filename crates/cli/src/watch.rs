//! `countermand run --watch`: plays again what was changed, as soon as it is saved.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use crate::args::{RunArgs, Selection};
use crate::exit::{Exit, Failure};
use crate::output::say;
use crate::signals::stop_signal;
use crate::{run, runs};

/// How often the files are looked at: what is saved is played well within a moment.
const EVERY: Duration = Duration::from_millis(50);

/// When each file was written.
type Stamps = BTreeMap<PathBuf, SystemTime>;

/// Plays everything once, and from then on the files that were written since, until somebody asks it to end.
pub(crate) fn watch(args: &RunArgs) -> Result<Exit, Failure> {
    let paths = args.selection.paths.clone();
    if paths.is_empty() {
        return Err(Failure::Message("`--watch` watches files: name scenario files or folders".to_owned()));
    }
    let mut seen = stamps(&paths);
    play(args, &paths);
    loop {
        say(&format!("watching {} files; Ctrl-C ends it", seen.len()));
        let Some(now) = runs::block_on(changed(&paths, &seen))? else { return Ok(Exit::Held) };
        let written: Vec<PathBuf> =
            now.iter().filter(|(path, at)| seen.get(*path) != Some(at)).map(|(path, _)| path.clone()).collect();
        // A scenario is judged by the spec beside it: where that changes everything may.
        let is_scenario = |path: &&PathBuf| path.file_stem().is_some_and(|stem| stem != "spec" && stem != "proof");
        let scenarios: Vec<PathBuf> = written.iter().filter(is_scenario).cloned().collect();
        if scenarios.len() < written.len() {
            play(args, &paths);
        } else if !scenarios.is_empty() {
            play(args, &scenarios);
        }
        seen = now;
    }
}

/// One run; what is wrong with a file is told, and the next save may mend it.
fn play(args: &RunArgs, paths: &[PathBuf]) {
    let selection = Selection { paths: paths.to_vec(), ..args.selection.clone() };
    if let Err(failure) = run::once(RunArgs { selection, ..args.clone() }) {
        failure.print();
    }
}

/// The files as they are once one of them is not as it was; nothing once somebody asks for the end.
async fn changed(paths: &[PathBuf], seen: &Stamps) -> Option<Stamps> {
    let stop = stop_signal();
    tokio::pin!(stop);
    loop {
        tokio::select! {
            () = &mut stop => return None,
            () = tokio::time::sleep(EVERY) => {}
        }
        let now = stamps(paths);
        if now != *seen {
            return Some(now);
        }
    }
}

/// Every file of scenarios at or below these paths.
fn stamps(paths: &[PathBuf]) -> Stamps {
    let mut stamps = Stamps::new();
    let mut open: Vec<PathBuf> = paths.to_vec();
    while let Some(path) = open.pop() {
        if path.is_dir() {
            let inside = std::fs::read_dir(&path).into_iter().flatten().flatten().map(|entry| entry.path());
            open.extend(inside.filter(|path| !path.is_symlink()));
        } else if is_yaml(&path)
            && let Ok(at) = path.metadata().and_then(|found| found.modified())
        {
            stamps.insert(path, at);
        }
    }
    stamps
}

fn is_yaml(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending == "yaml")
}
