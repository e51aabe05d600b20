//! `countermand fmt`: lays scenario files out.

use std::path::Path;

use countermand_harness::{discover, laid_out};

use crate::args::FmtArgs;
use crate::exit::{Exit, Failure};
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
            write(Path::new(&file.path), &text)?;
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

/// Writes a file that was read. It is never half written: it is replaced as a whole.
pub(crate) fn write(path: &Path, text: &str) -> Result<(), Failure> {
    let failed = |error: std::io::Error| Failure::unwritable(path, &error);
    // What is a link stays one.
    let path = std::fs::canonicalize(path).map_err(failed)?;
    let beside = path.with_extension("yaml.new");
    let permissions = std::fs::metadata(&path).map_err(failed)?.permissions();
    std::fs::write(&beside, text).map_err(failed)?;
    std::fs::set_permissions(&beside, permissions).and_then(|()| std::fs::rename(&beside, &path)).map_err(failed)
}
