//! `countermand monitor`: forwards live traffic to an endpoint, and says what of it the spec does not explain.

use countermand_lab::Summary;

use crate::args::MonitorArgs;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::listen::{Mode, listen};
use crate::output::say;

pub(crate) fn monitor(args: &MonitorArgs) -> Result<Exit, Failure> {
    let heard = listen(&args.traffic, args.out.clone(), Mode { save_all: args.save_all, reads: false })?;
    say(&in_words(&heard.summary));
    Ok(match (heard.is_whole(), heard.summary.is_violated(args.strict)) {
        (false, _) => Exit::Incomplete,
        (true, false) => Exit::Held,
        (true, true) => Exit::Violated,
    })
}

fn in_words(summary: &Summary) -> String {
    let Summary { exchanges, missed, calls, unread, aside, orders, must, should, may, gaps } = summary;
    let mut text = format!("{exchanges} exchanges, {calls} calls judged on {orders} orders: ");
    text.push_str(&format!("{must} violations of a MUST, {should} of a SHOULD, {gaps} gaps"));
    let more = [
        (missed, "exchanges were missed"),
        (unread, "calls had effects that nobody read"),
        (may, "departures from a MAY"),
        (aside, "calls were set aside: odd, or another's credentials"),
    ];
    for (count, what) in more.into_iter().filter(|(count, _)| **count > 0) {
        text.push_str(&format!("\n  {count} {what}"));
    }
    text
}
