//! How one package ends and others take over what it held: what a partial cancel and a split have in common. Decides
//! nothing about whether it may.

use super::choices::{LineIds, Settle, SuccessorStatus};
use super::state::{By, Draft, Line, Moment, Origin, Package, Store};
use super::status::Status;
use crate::choice::Choices;

/// How long it takes until all is seen, unless it is seen at once. Milliseconds.
const SETTLE_MS: u64 = 100;

/// What is to become of a package.
pub(super) struct Succession {
    pub(super) by: By,
    /// The packages that take over: places in the list of lines, with units.
    pub(super) parts: Vec<Vec<(usize, u64)>>,
    /// Whether they go on where the old one was; open, if nobody said.
    pub(super) keep_status: Option<bool>,
}

/// Ends the package and makes what takes over.
pub(super) fn succeed(store: &mut Store, package: &Package, succession: &Succession, choices: &Choices, now: u64) {
    let settled = now.saturating_add(SETTLE_MS);
    let (ends, starts) = match choices.get() {
        Settle::AtOnce => (now, now),
        Settle::Delayed => (now, settled),
        Settle::Queued => (settled, settled),
    };
    let end = match succession.by {
        By::Cancel => Status::Cancelled,
        By::Split => Status::UnPacked,
    };
    store.turn(package.id, Moment { at: ends, status: end });
    let status = status_after(package, succession.keep_status, choices);
    for part in &succession.parts {
        let lines = part.iter().map(|(at, units)| heir(&package.lines[*at], *units, store, choices)).collect();
        let draft = Draft {
            order: package.order,
            seller: package.seller,
            lines,
            origin: Some(Origin {
                by: succession.by,
                parent: package.id,
                root: package.origin.map_or(package.id, |origin| origin.root),
            }),
            ordered_at: package.ordered_at,
            invoice: package.invoice.clone().filter(|_| status == Status::Invoiced),
        };
        store.add(draft, Moment { at: starts, status });
    }
}

/// `partial.successor-created`, `successor.keep-status`.
fn status_after(package: &Package, keep: Option<bool>, choices: &Choices) -> Status {
    let was = package.status();
    let keeps =
        was == Status::Created || keep.unwrap_or_else(|| choices.get::<SuccessorStatus>() == SuccessorStatus::Keep);
    if keeps { was } else { Status::Created }
}

fn heir(line: &Line, units: u64, store: &mut Store, choices: &Choices) -> Line {
    let id = match choices.get() {
        LineIds::New => store.next_id(),
        LineIds::Kept => line.id,
    };
    Line { id, quantity: units, ..line.clone() }
}
