//! `countermand explain`: scenarios in plain sentences.

use std::path::PathBuf;

use countermand_harness::explain as in_words;

use crate::args::{ExplainArgs, Selection};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::say;
use crate::suite;

pub(crate) fn explain(args: &ExplainArgs) -> Result<Exit, Failure> {
    let mut suite = suite::load(&by_id(&args.selection))?;
    let profiles = suite::profiles(&mut suite, args.profile.as_deref())?;
    for case in &suite.cases {
        let profile = profiles.get(&case.spec.name).map_or("", String::as_str);
        say(&in_words(case, profile)?);
    }
    Ok(Exit::Held)
}

/// The same selection where what is named is no file but cases of the suite in this program.
fn by_id(selection: &Selection) -> Selection {
    let is_file = |path: &PathBuf| path.exists() || path.extension().is_some();
    if selection.paths.is_empty() || selection.paths.iter().any(is_file) {
        return selection.clone();
    }
    let named = selection.paths.iter().map(|path| path.to_string_lossy().into_owned());
    let filters = selection.filters.iter().cloned().chain(named).collect();
    Selection { paths: Vec::new(), filters, ..selection.clone() }
}
