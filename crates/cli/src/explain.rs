//! `countermand explain` and `countermand book`: scenarios in plain sentences, and a whole spec as a page. Nothing is sent.

use std::fmt::Write as _;

use countermand_harness::{Spec, explain as in_words};

use crate::args::ExplainArgs;
use crate::exit::{Exit, Failure};
use crate::output::say;
use crate::suite;

pub(crate) fn explain(args: &ExplainArgs) -> Result<Exit, Failure> {
    let mut suite = suite::load(&args.selection)?;
    let profiles = suite::profiles(&mut suite, args.profile.as_deref())?;
    for case in &suite.cases {
        let profile = profiles.get(&case.spec.name).map_or("", String::as_str);
        say(&in_words(case, profile)?);
    }
    Ok(Exit::Held)
}

pub(crate) fn book(args: &ExplainArgs) -> Result<Exit, Failure> {
    let mut suite = suite::load(&args.selection)?;
    let profiles = suite::profiles(&mut suite, args.profile.as_deref())?;
    for (name, profile) in &profiles {
        let Some(spec) = suite.specs.get(name) else { continue };
        say(&contract(spec, profile));
        for case in suite.cases.iter().filter(|case| case.spec.name == *name) {
            // One level below the spec's own headings.
            say(&format!("##{}", in_words(case, profile)?));
        }
    }
    Ok(Exit::Held)
}

/// What a spec demands, and what it leaves open.
fn contract(spec: &Spec, profile: &str) -> String {
    let cell = |text: &str| text.replace('|', "\\|").replace('\n', " ");
    // Writing to a string cannot fail.
    let mut text = format!("# {}\n\n`{}`, judged by the profile `{profile}`.\n\n", spec.title, spec.name);
    text.push_str("## Clauses\n\n| clause | level | what must hold | source |\n|---|---|---|---|\n");
    for clause in &spec.clauses {
        let level = clause.levels.get(profile).map_or("not judged", |level| level.word());
        let _ = writeln!(text, "| `{}` | {level} | {} | {} |", clause.id, cell(&clause.text), cell(&clause.source));
    }
    text.push_str("\n## What is left open\n\n| choice | options | what is left open |\n|---|---|---|\n");
    for choice in &spec.choices {
        let options = choice.options.iter().map(|option| format!("`{option}`")).collect::<Vec<_>>().join(", ");
        let _ = writeln!(text, "| `{}` | {options} | {} |", choice.name, cell(&choice.text));
    }
    text + "\n## Scenarios\n"
}
