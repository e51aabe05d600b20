//! `countermand cleanup`: takes away the orders of a ledger.

use std::collections::BTreeMap;
use std::fs;
use std::sync::Arc;

use countermand_event::Trouble;
use countermand_harness::{Run, Spec};
use serde::Deserialize;
use serde_json::Value;

use crate::args::{CleanupArgs, Selection};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{complain, say};
use crate::{runs, suite, target};

/// A line of a ledger. Of one order there may be several, each with more; the last has all of it.
#[derive(Debug, Deserialize)]
struct Entry {
    spec: String,
    key: String,
    order: Value,
}

pub(crate) fn cleanup(args: &CleanupArgs) -> Result<Exit, Failure> {
    let wrong = |what: &dyn std::fmt::Display| Failure::Message(format!("{}: {what}", args.ledger.display()));
    let text = fs::read_to_string(&args.ledger).map_err(|error| Failure::unreadable(&args.ledger, &error))?;
    let mut orders: BTreeMap<String, (Entry, &str)> = BTreeMap::new();
    for (number, line) in text.lines().enumerate() {
        let entry: Entry =
            serde_json::from_str(line).map_err(|error| wrong(&format_args!("line {}: {error}", number + 1)))?;
        orders.insert(entry.key.clone(), (entry, line));
    }
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
    fs::write(&args.ledger, rest).map_err(|error| wrong(&format_args!("can't be written: {error}")))?;
    Ok(if left.is_empty() { Exit::Held } else { Exit::Incomplete })
}
