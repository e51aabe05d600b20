//! `countermand book`: a whole spec as a page, with its scenarios in plain sentences and their calls as `curl` lines. Nothing is sent.

use std::fmt::Write as _;
use std::sync::Arc;

use countermand_harness::{Samples, Spec, WaitingCase, explain};
use countermand_report::curl_example;

use crate::args::ExplainArgs;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::say;
use crate::suite;

/// What is said once of the requests of a spec.
const SHOWN: &str = "The calls of each are shown as requests by the spec's own binding. `$BASE_URL` is where a target is, and any other \
    `$NAME` a credential or what only a target knows, such as the id of a role: in a body it is in quotes, which an id that is a \
    number goes without.\n";
const NOT_SHOWN: &str =
    "The spec has no binding of its own, so that no requests are shown: target files say how its calls are spoken.\n";

pub(crate) fn book(args: &ExplainArgs) -> Result<Exit, Failure> {
    let mut suite = suite::load(&args.selection)?;
    let profiles = suite::profiles(&mut suite, args.profile.as_deref())?;
    for (name, profile) in &profiles {
        let Some(spec) = suite.specs.get(name) else { continue };
        say(&contract(spec, profile));
        let samples = spec.is_bound().then(|| Samples::of(spec)).transpose().map_err(|error| error.to_string())?;
        say(if samples.is_some() { SHOWN } else { NOT_SHOWN });
        for case in suite.cases.iter().filter(|case| case.spec.name == *name) {
            // One level below the spec's own headings.
            say(&format!("##{}", explain(case, profile)?));
            if let Some(samples) = &samples {
                say(&requests(samples, case));
            }
        }
    }
    Ok(Exit::Held)
}

/// The calls of a case as `curl` lines, folded.
fn requests(samples: &Samples, case: &Arc<WaitingCase>) -> String {
    let lines = match samples.requests(case) {
        Ok(steps) => steps.iter().zip(1..).fold(String::new(), |mut lines, (exchanges, step)| {
            // Writing to a string cannot fail.
            let _ = writeln!(lines, "# step {step}");
            for exchange in exchanges {
                let _ = writeln!(lines, "{}", curl_example(exchange));
            }
            lines
        }),
        Err(why) => format!("# what is sent depends on what the target answers: {}\n", why.replace('\n', " ")),
    };
    format!("<details><summary>The calls as requests</summary>\n\n```sh\n{lines}```\n\n</details>\n")
}

/// What a spec demands, and what it leaves open.
fn contract(spec: &Spec, profile: &str) -> String {
    let cell = |text: &str| text.replace('|', "\\|").replace('\n', " ");
    // Writing to a string cannot fail.
    let mut text = format!("# {}\n\n`{}`, judged by the profile `{profile}`.\n\n", spec.title, spec.name);
    text.push_str("## Clauses\n\n| clause | level | what must hold | source |\n|---|---|---|---|\n");
    for clause in &spec.clauses {
        let level = clause.levels.get(profile).map_or("not judged", |level| level.name());
        let _ = writeln!(text, "| `{}` | {level} | {} | {} |", clause.id, cell(&clause.text), cell(&clause.source));
    }
    text.push_str("\n## What is left open\n\n| choice | options | what is left open |\n|---|---|---|\n");
    for choice in &spec.choices {
        let options = choice.options.iter().map(|option| format!("`{option}`")).collect::<Vec<_>>().join(", ");
        let _ = writeln!(text, "| `{}` | {options} | {} |", choice.name, cell(&choice.text));
    }
    text + "\n## Scenarios\n"
}
