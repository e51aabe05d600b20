//! One case that was not played to its end: what stood in the way, the last exchange, and what had differed until then.

use countermand_event::{Blame, CaseResult, Exchange, Trouble};

use super::{Look, exchange, failure, section};
use crate::style::Ink;
use crate::{snippet, text};

/// A block for a case that could not run.
pub(super) fn could_not_run(look: &Look, case: &CaseResult) -> Vec<String> {
    let word = look.paint(Ink::Warn, "COULD NOT RUN");
    let id = look.paint(Ink::Strong, &text::short(&case.id));
    let Some(trouble) = &case.trouble else {
        return vec![format!("{word}  {id}")];
    };
    let blame = trouble.blame.name();
    let heading = format!("{word}  {id}  {}   blame: {blame}", step(trouble, case));
    if look.is_quiet() {
        return vec![heading];
    }
    // The reason stands on the line above: the exchange does not say it again.
    let silent = |exchange: &Exchange| Exchange {
        error: exchange.error.clone().filter(|error| *error != trouble.message),
        ..exchange.clone()
    };
    // Where the way to the target is broken, the line that asked for it is not what has to be mended.
    let place = trouble
        .place
        .as_ref()
        .filter(|_| trouble.blame == Blame::Setup)
        .map(|place| format!("  {}", snippet::heading(place, look.options.style)));
    let last = trouble.exchange.as_ref().map(silent);
    let last: Vec<_> = last.iter().collect();
    let exchange = exchange::lines(look, &last, look.options.width.saturating_sub(2), true);
    let mut lines = vec![heading, format!("  {}", text::excerpt(&trouble.message, text::BODY))];
    lines.extend(place);
    lines.extend(exchange.iter().map(|line| format!("  {line}")));
    lines.extend(failure::until_then(look, case));
    lines.push(String::new());
    lines
}

/// A line for a case that needs a call the target declares it lacks.
pub(super) fn not_covered(look: &Look, case: &CaseResult) -> Vec<String> {
    let reason = case.trouble.as_ref().map(|trouble| text::excerpt(&trouble.message, text::BODY));
    let line = format!("NOT COVERED  {}  {}", text::short(&case.id), reason.unwrap_or_default());
    vec![look.dim(line.trim_end())]
}

fn step(trouble: &Trouble, case: &CaseResult) -> String {
    match trouble.step {
        0 => "step 0 (set-up)".to_owned(),
        step => section::step(step, case),
    }
}
