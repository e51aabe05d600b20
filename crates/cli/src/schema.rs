//! `countermand schema`: what an editor needs to complete and check a scenario.

use countermand_harness::{discover, load_some, scenario_schema};

use crate::args::SchemaArgs;
use crate::exit::{Exit, Failure};
use crate::output::say;

pub(crate) fn schema(args: &SchemaArgs) -> Result<Exit, Failure> {
    let specs = match args.specs.is_empty() {
        true => countermand_suite::files().specs,
        false => discover(&args.specs)?.specs,
    };
    let suite = load_some(&specs, Vec::new(), &[])?;
    say(&format!("{:#}", scenario_schema(suite.specs.values().map(AsRef::as_ref))));
    Ok(Exit::Held)
}
