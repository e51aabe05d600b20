//! What was tried of a target before its first case, as a checklist; and of what failed, the exchange and the line of the
//! binding that asked for it.

use countermand_event::{Check, CheckState, Exchange, Proof, Trouble};

use super::{Look, exchange};
use crate::style::Ink;
use crate::{snippet, text};

/// Every check, a line each, and of a failed one what stood in the way.
pub(super) fn checklist(look: &Look, proof: &Proof) -> Vec<String> {
    proof.checks.iter().flat_map(|check| lines(look, check)).collect()
}

/// How many requests it took, and how fast they were answered one after the other.
pub(super) fn rate(proof: &Proof) -> String {
    let requests = text::count(proof.requests, "request");
    let time = text::duration(proof.millis);
    match proof.requests {
        0 => "no request was sent".to_owned(),
        count => {
            format!("{requests} in {time}, one after the other: {} each", text::duration(proof.millis / count as f64))
        }
    }
}

/// A block for a target that can't be played against: everything that failed.
pub(super) fn failed(look: &Look, proof: &Proof) -> Vec<String> {
    let word = look.paint(Ink::Warn, "SET-UP");
    let id = look.paint(Ink::Strong, &text::short(&format!("{} against {}", proof.spec, proof.target)));
    let mut out = vec![format!("{word}  {id}   no case can be played: `countermand doctor` shows the whole list")];
    let failed = proof.checks.iter().filter(|check| check.state == CheckState::Failed);
    out.extend(failed.flat_map(|check| lines(look, check)).map(|line| format!("  {line}")));
    out.push(String::new());
    out
}

fn lines(look: &Look, check: &Check) -> Vec<String> {
    let (mark, ink) = match check.state {
        CheckState::Held => ("ok", Ink::Good),
        CheckState::Noted => ("ok", Ink::Warn),
        CheckState::Lacking => ("--", Ink::Dim),
        CheckState::Failed => ("NO", Ink::Bad),
    };
    let note = check.note.as_deref().map(|note| format!(": {}", text::excerpt(note, text::BODY)));
    let line = format!("{}  {}{}", look.paint(ink, mark), text::short(&check.what), note.unwrap_or_default());
    let trouble = check.trouble.iter().flat_map(|trouble| in_the_way(look, trouble));
    std::iter::once(line).chain(trouble.map(|line| format!("    {line}"))).collect()
}

fn in_the_way(look: &Look, trouble: &Trouble) -> Vec<String> {
    let mut lines = vec![format!("{}   blame: {}", text::excerpt(&trouble.message, text::BODY), trouble.blame.name())];
    let room = look.options.width.saturating_sub(6);
    if let Some(place) = &trouble.place {
        lines.extend(snippet::lines(place, "", Ink::Warn, look.options.style, room));
    }
    let silent = |exchange: &Exchange| Exchange {
        error: exchange.error.clone().filter(|error| *error != trouble.message),
        ..exchange.clone()
    };
    let last: Vec<Exchange> = trouble.exchange.iter().map(silent).collect();
    lines.extend(exchange::lines(look, &last.iter().collect::<Vec<_>>(), room, true));
    lines
}
