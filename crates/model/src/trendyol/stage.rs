//! What the stage host offers beside the real calls, so that tests have something to play with: orders come to be, and
//! the carrier moves packages on.

use serde_json::Number;

use super::auth::Seller;
use super::cancel::MAX_LINES;
use super::choices::{Birth, ShipFromCreated};
use super::refusal::Refusal;
use super::state::{Draft, Line, Moment, Package, Store};
use super::status::Status;
use crate::choice::Choices;
use crate::wire::fields::Fields;

/// How long a fresh order awaits its payment, where it does. Milliseconds.
const AWAITING_MS: u64 = 100;
/// More units than this no line has.
const MAX_QUANTITY: u64 = 1_000_000;

/// An order as it is asked for. Customer and addresses are not looked at.
pub(super) struct Wish {
    lines: Vec<(String, u64, Number)>,
}

impl Wish {
    pub(super) fn read(fields: &Fields<'_>) -> Result<Self, Refusal> {
        let line = |row: &Fields<'_>| {
            let quantity = row.count("quantity")?;
            if quantity > MAX_QUANTITY {
                return Err(Refusal::invalid(format!("quantity must be at most {MAX_QUANTITY}")));
            }
            Ok((row.word("barcode")?.to_owned(), quantity, row.amount("price")?.unwrap_or(0.into())))
        };
        Ok(Self { lines: fields.rows("lines", Some(MAX_LINES))?.iter().map(line).collect::<Result<_, Refusal>>()? })
    }
}

/// Makes the order, in one package, and tells its number.
pub(super) fn place(wish: Wish, seller: Seller, store: &mut Store, choices: &Choices, now: u64) -> u64 {
    let order = store.next_id();
    let lines = wish.lines.into_iter();
    let lines =
        lines.map(|(barcode, quantity, price)| Line { id: store.next_id(), barcode, quantity, price }).collect();
    let draft = Draft { order, seller, lines, origin: None, ordered_at: now, invoice: None };
    match choices.get() {
        Birth::Created => {
            store.add(draft, Moment { at: now, status: Status::Created });
        }
        Birth::Awaiting => {
            let id = store.add(draft, Moment { at: now, status: Status::Awaiting });
            store.turn(id, Moment { at: now.saturating_add(AWAITING_MS), status: Status::Created });
        }
    }
    order
}

/// The status that the carrier is to report.
pub(super) fn read_status(fields: &Fields<'_>) -> Result<Status, Refusal> {
    let name = fields.word("status")?;
    let carried = Status::named(name).filter(|status| status.way().is_some_and(|way| way > 0));
    carried.ok_or_else(|| Refusal::invalid(format!("a carrier does not report {name:?}")))
}

/// The carrier goes forward only, and what it never took it can't deliver.
pub(super) fn plan(package: &Package, next: Status, choices: &Choices) -> Result<(), Refusal> {
    let was = package.status();
    let allowed = match was.way() {
        None => false,
        Some(0) => {
            let ready = || was != Status::Created || choices.get::<ShipFromCreated>() == ShipFromCreated::Accept;
            next == Status::Shipped && ready()
        }
        Some(way) => next.way() > Some(way),
    };
    if allowed {
        Ok(())
    } else {
        Err(Refusal::state(format!("a package that is {} can't turn {}", was.name(), next.name())))
    }
}
