//! `countermand fmt`: lays scenario files out.

use std::path::Path;

use countermand_harness::discover;
use countermand_text::laid_out;

use crate::args::FmtArgs;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::files;
use crate::output::say;

pub(crate) fn fmt(args: &FmtArgs) -> Result<Exit, Failure> {
    let mut problems = Vec::new();
    let (mut scenarios, mut others) = (0, 0);
    for file in &discover(&args.paths)?.scenarios {
        let text = file.read().and_then(|bytes| Ok((laid_out(&file.path, &bytes)?, bytes)));
        let (text, bytes) = match text {
            Ok((Some(text), bytes)) => (text, bytes),
            Ok((None, _)) => continue,
            Err(problem) => {
                problems.push(problem);
                continue;
            }
        };
        scenarios += 1;
        if text.as_bytes() == bytes.as_ref() {
            continue;
        }
        others += 1;
        if !args.check {
            files::replace(Path::new(&file.path), &text)?;
        }
        say(&file.path);
    }
    if !problems.is_empty() {
        return Err(problems.into());
    }
    if scenarios == 0 {
        return Err(Failure::Message("there is no scenario here: specs and target files are not laid out".to_owned()));
    }
    let done = if args.check { "are laid out otherwise" } else { "were laid out anew" };
    say(&format!("{others} of {scenarios} scenarios {done}"));
    Ok(if args.check && others > 0 { Exit::Violated } else { Exit::Held })
}
