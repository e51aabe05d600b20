//! `countermand init`: the beginnings of a suite in somebody else's repository, all of it working against the mock. Nothing that is
//! there is written over.

use std::fs;
use std::path::Path;

use countermand_harness::{load_some, scenario_schema, target_schema};

use crate::args::InitArgs;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::say;
use crate::suite::unknown_spec;

const TARGET: &str = include_str!("target.yaml");
const WORKFLOW: &str = include_str!("workflow.yml");

pub(crate) fn init(args: &InitArgs) -> Result<Exit, Failure> {
    let suite = load_some(&countermand_suite::files().specs, Vec::new(), &[])?;
    if !suite.specs.contains_key(&args.spec) {
        return Err(unknown_spec(&suite, &args.spec));
    }
    let sample = countermand_suite::sample(&args.spec)
        .ok_or_else(|| Failure::Message(format!("spec `{}` has no scenario to begin with", args.spec)))?;
    let text = sample.read().map_err(|problem| vec![problem])?;
    let scenario = format!("{}{}", schema_line("scenario"), String::from_utf8_lossy(&text));
    let specs = || suite.specs.values().map(AsRef::as_ref);
    let target = format!("{}{}", schema_line("target"), TARGET.replace("SPEC", &args.spec));
    let name = sample.name.rsplit('/').next().unwrap_or(&sample.name);
    let files = [
        (format!("scenarios/{name}.yaml"), scenario),
        ("scenario.schema.json".to_owned(), format!("{:#}\n", scenario_schema(specs()))),
        ("target.schema.json".to_owned(), format!("{:#}\n", target_schema(specs()))),
        ("targets/mine.yaml".to_owned(), target),
        (".github/workflows/conformance.yml".to_owned(), WORKFLOW.to_owned()),
    ];
    let taken: Vec<&str> =
        files.iter().map(|(path, _)| path.as_str()).filter(|path| args.folder.join(path).exists()).collect();
    if !taken.is_empty() {
        return Err(Failure::Message(format!("nothing was written: there is {} already", taken.join(", "))));
    }
    for (path, text) in &files {
        write(&args.folder.join(path), text)?;
        say(&format!("wrote {path}"));
    }
    say("try it: countermand run scenarios/");
    Ok(Exit::Held)
}

/// By it an editor finds the schema of a file one folder below.
fn schema_line(format: &str) -> String {
    format!("# yaml-language-server: $schema=../{format}.schema.json\n")
}

fn write(path: &Path, text: &str) -> Result<(), Failure> {
    let folder = path.parent().map_or(Ok(()), fs::create_dir_all);
    folder.and_then(|()| fs::write(path, text)).map_err(|error| Failure::unwritable(path, &error))
}
