//! `countermand board`: several implementations side by side, from the JSON Lines of their runs.

use std::fs;

use countermand_event::Event;

use crate::args::BoardArgs;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::told;

pub(crate) fn board(args: &BoardArgs) -> Result<Exit, Failure> {
    let mut runs = Vec::new();
    for path in &args.runs {
        let events = told::read(path)?;
        if !matches!(events.last(), Some(Event::RunFinished(_))) {
            let hint = "play it to its end (`countermand run --resume FILE`)";
            return Err(Failure::of_file(path, &format_args!("the run was cut off: {hint}")));
        }
        runs.push(events);
    }
    fs::write(&args.output, countermand_report::board(&runs))
        .map_err(|error| Failure::unwritable(&args.output, &error))?;
    Ok(Exit::Held)
}
