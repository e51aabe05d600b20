//! `countermand schema`: what an editor needs to complete and check scenarios, specs and target files.

use countermand_harness::{discover, load_some, scenario_schema, spec_schema, target_schema};

use crate::args::{SchemaArgs, SchemaFormat};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::say;

pub(crate) fn schema(args: &SchemaArgs) -> Result<Exit, Failure> {
    if args.format == SchemaFormat::Spec && !args.specs.is_empty() {
        let message = "the schema of spec files is the same for every spec: leave the folders out";
        return Err(Failure::Message(message.to_owned()));
    }
    let specs = match args.specs.is_empty() {
        true => countermand_suite::files().specs,
        false => discover(&args.specs)?.specs,
    };
    let suite = load_some(&specs, Vec::new(), &[])?;
    let specs = suite.specs.values().map(AsRef::as_ref);
    let schema = match args.format {
        SchemaFormat::Scenario => scenario_schema(specs),
        SchemaFormat::Spec => spec_schema(),
        SchemaFormat::Target => target_schema(specs),
    };
    say(&format!("{schema:#}"));
    Ok(Exit::Held)
}
