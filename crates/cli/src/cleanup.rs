//! `countermand cleanup`: takes away the orders of a ledger.

use std::fs;
use std::sync::Arc;

use countermand_event::Trouble;
use countermand_harness::{Run, Spec, read_ledger};

use crate::args::{CleanupArgs, Selection};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{complain, say};
use crate::{runs, suite, target};

pub(crate) fn cleanup(args: &CleanupArgs) -> Result<Exit, Failure> {
    let text = fs::read_to_string(&args.ledger).map_err(|error| Failure::unreadable(&args.ledger, &error))?;
    let orders = read_ledger(&text).map_err(|error| Failure::of_file(&args.ledger, &error))?;
    let selection = Selection::default();
    let suite = suite::load(&selection)?;
    let file = target::file(&args.target, &suite)?;
    let named = |spec: &&Arc<Spec>| orders.values().any(|(entry, _)| entry.spec == spec.name);
    let specs: Vec<_> = suite.specs.values().filter(named).cloned().collect();
    let targets = target::targets(&specs, file.as_ref(), &args.target, 1, &Arc::default())?;
    let run = Run { targets, ..runs::new() };
    let left: Vec<(&str, Trouble)> = runs::block_on(async {
        let mut left = Vec::new();
        for (entry, line) in orders.values() {
            let done = match suite.specs.get(&entry.spec) {
                Some(spec) => run.clean_up(spec, &entry.order).await,
                None => continue,
            };
            left.extend(done.err().map(|trouble| (*line, trouble)));
        }
        left
    })?;
    for (line, trouble) in &left {
        complain(&format!("not cleaned up: {line}: {}", trouble.message));
    }
    say(&format!("{} of {} orders are cleaned up", orders.len() - left.len(), orders.len()));
    // What is left can be tried again.
    let rest: String = left.iter().map(|(line, _)| format!("{line}\n")).collect();
    let unwritable = |error| Failure::of_file(&args.ledger, &format_args!("can't be written: {error}"));
    fs::write(&args.ledger, rest).map_err(unwritable)?;
    Ok(if left.is_empty() { Exit::Held } else { Exit::Incomplete })
}
