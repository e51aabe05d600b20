//! `countermand record`: forwards what clients do to an endpoint, and writes it down as scenarios.

use crate::args::RecordArgs;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::listen::{Mode, listen};
use crate::output::say;

pub(crate) fn record(args: &RecordArgs) -> Result<Exit, Failure> {
    let heard = listen(&args.traffic, Some(args.out.clone()), Mode { save_all: true, reads: true })?;
    for path in &heard.saved {
        say(&format!("{}", path.display()));
    }
    let of = heard.summary.calls;
    say(&format!("{} scenarios of {of} calls on {} orders", heard.saved.len(), heard.summary.orders));
    Ok(if heard.is_whole() { Exit::Held } else { Exit::Incomplete })
}
