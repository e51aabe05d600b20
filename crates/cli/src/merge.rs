//! `countermand merge`: tells an earlier run again, from its JSON Lines or from those of its shards.

use countermand_event::Event;
use countermand_harness::{Part, discover, load_some, merge as join};

use crate::args::MergeArgs;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::complain;
use crate::reports::Reports;
use crate::told;

pub(crate) fn merge(args: &MergeArgs) -> Result<Exit, Failure> {
    let mut parts = Vec::new();
    for path in &args.runs {
        parts.push(Part { name: path.display().to_string(), events: told::read(path)? });
    }
    // Without cases: only what the specs say of clauses and choices is needed.
    let own = if args.specs.is_empty() { Vec::new() } else { discover(&args.specs)?.specs };
    let all: Vec<_> = countermand_suite::files().specs.into_iter().chain(own).collect();
    let specs = load_some(&all, Vec::new(), &[])?.specs;
    let events = match join(parts, &specs, Some(countermand_suite::teeth)) {
        Ok(events) => events,
        Err(problems) => {
            problems.iter().for_each(|problem| complain(&format!("error: {problem}")));
            return Ok(Exit::Incomplete);
        }
    };
    let mut reports = Reports::open(&args.output)?;
    let mut exit = Exit::Incomplete;
    for event in &events {
        if let Event::RunFinished(summary) = event {
            exit = summary.outcome(args.output.strict).into();
        }
        reports.event(event);
    }
    reports.close()?;
    Ok(exit)
}
