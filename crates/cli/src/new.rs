//! `countermand new`: writes a scenario of an order and calls on it, which expects what the spec's mock makes of them.

use std::sync::Arc;

use countermand_harness::load_target;
use countermand_lab::{ExploreError, Line, Sequence, author, pasted, typed};
use countermand_text::laid_out;

use crate::args::{NewArgs, Selection};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::say;
use crate::{config, files, suite, target};

pub(crate) fn new(args: &NewArgs) -> Result<Exit, Failure> {
    let mut suite = suite::load(&Selection::default())?;
    let file = args.target.as_deref().map(|path| load_target(path, &suite.specs)).transpose()?.map(Arc::new);
    let name = file.as_ref().map_or(&args.spec, |file| &file.spec);
    let (spec, profile) = suite::of_spec(&mut suite, name, args.profile.as_deref())?;
    let lines = lines(args)?;
    let calls = match args.curls.as_slice() {
        [] => args.calls.iter().map(|text| typed(text)).collect::<Result<_, _>>()?,
        curls => pasted(&spec, file, &lines, curls)?,
    };
    let setting = config::choices(&args.choices)?.into_iter().collect();
    let written = author(&target::stage(&spec, &profile), &Sequence { lines, calls }, &setting, args.title.as_deref());
    let text = written.map_err(wrong)?;
    let text = laid_out("the scenario", text.as_bytes()).map_err(|problem| vec![problem])?.unwrap_or(text);
    match &args.output {
        None => say(text.trim_end()),
        Some(path) => {
            files::create(path, &text)?;
            say(&format!("{}: `countermand run {0}` plays it", path.display()));
        }
    }
    Ok(Exit::Held)
}

/// What is wrong with the calls that were asked for.
fn wrong(error: ExploreError) -> Failure {
    // The places are those of a file that nobody has.
    let ExploreError::Sequence(problems) = &error else { return error.into() };
    let told = problems.iter().map(|problem| match &problem.hint {
        Some(hint) => format!("{} ({hint})", problem.message),
        None => problem.message.clone(),
    });
    Failure::Message(told.collect::<Vec<_>>().join("; "))
}

/// The lines of the order, in the order in which they are named.
fn lines(args: &NewArgs) -> Result<Vec<Line>, String> {
    let units = |text: &str| -> Result<(String, u64), String> {
        let wrong = || format!("`{text}` is no line: write its name and its units, as `mug=5`");
        let (role, units) = text.split_once('=').ok_or_else(wrong)?;
        Ok((role.to_owned(), units.parse().map_err(|_| wrong())?))
    };
    let mut lines = Vec::new();
    for text in &args.lines {
        let (role, quantity) = units(text)?;
        if lines.iter().any(|line: &Line| line.role == role) {
            return Err(format!("there are two lines `{role}`: give each a name of its own"));
        }
        lines.push(Line { role, product: None, quantity, fulfilled: 0 });
    }
    for text in &args.fulfilled {
        let (role, fulfilled) = units(text)?;
        let line = lines.iter_mut().find(|line| line.role == role);
        line.ok_or_else(|| format!("there is no line `{role}`: say `--line {role}=…` too"))?.fulfilled = fulfilled;
    }
    Ok(lines)
}
