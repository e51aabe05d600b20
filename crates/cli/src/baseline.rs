//! `countermand baseline`: checks a list of known failures, or brings it up to date with a run.

use std::fs;
use std::path::Path;

use countermand_event::{Baseline, CaseResult, Event};

use crate::args::BaselineArgs;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::say;
use crate::told;

pub(crate) fn baseline(args: &BaselineArgs) -> Result<Exit, Failure> {
    let Some(run) = &args.update else {
        let known = read(&args.baseline)?;
        known.lines().for_each(|line| say(&line));
        return Ok(Exit::Held);
    };
    let path = args.baseline.display().to_string();
    let text = args.baseline.exists().then(|| fs::read_to_string(&args.baseline)).transpose();
    let text = text.map_err(|error| Failure::unreadable(&args.baseline, &error))?;
    let cases: Vec<CaseResult> = told::read(run)?.iter().filter_map(Event::case).cloned().collect();
    let updated = Baseline::update(&path, text.as_deref(), &cases, args.reason.as_deref())?;
    fs::write(&args.baseline, &updated.text).map_err(|error| Failure::unwritable(&args.baseline, &error))?;
    for (what, cases) in [("added", &updated.added), ("changed", &updated.changed), ("removed", &updated.removed)] {
        cases.iter().for_each(|case| say(&format!("{what:<8} {case}")));
    }
    Ok(Exit::Held)
}

/// Reads a baseline file.
pub(crate) fn read(path: &Path) -> Result<Baseline, Failure> {
    let name = path.display().to_string();
    let bytes = fs::read(path).map_err(|error| Failure::unreadable(path, &error))?;
    Ok(Baseline::parse(&name, &bytes)?)
}
