//! The rules of cancelling: units of lines, for a reason. All of a request is decided before any of it is carried out
//! (`request.atomic`, `refusal.no-change`).

use super::choices::{CancelFromInvoiced, CancelFromPicking, DuplicateLine, RepeatCancel};
use super::refusal::Refusal;
use super::state::{By, Cancel, Package, Store};
use super::status::Status;
use super::succession::{Succession, succeed};
use crate::choice::Choices;
use crate::wire::fields::{Fields, Unreadable};

/// More lines than this no order has.
pub(super) const MAX_LINES: usize = 1_000;

/// The reasons that a seller can give, and what each is called.
const REASONS: [(u64, &str); 7] = [
    (500, "Stock Out"),
    (501, "Defective Product"),
    (502, "Incorrect Price"),
    (WRONG_LISTING, "Wrong Image, Barcode or Quantity"),
    (504, "Integration Problem"),
    (505, "Bulk Purchase"),
    (506, "Force Majeure"),
];
/// The one that only the international edition has.
const WRONG_LISTING: u64 = 503;

/// What a reason is called.
pub(super) fn reason_name(reason: u64) -> &'static str {
    REASONS.iter().find(|(id, _)| *id == reason).map_or("", |(_, name)| name)
}

/// A cancel as it is asked for.
pub(super) struct Wish {
    /// Ids of lines, with the units that are to be cancelled: not those that are to stay.
    lines: Vec<(u64, u64)>,
    reason: u64,
    keep_status: Option<bool>,
}

impl Wish {
    /// `request.lines-required`, `request.bad-quantity-refused`, `reason.unknown-refused`.
    pub(super) fn read(fields: &Fields<'_>, international: bool) -> Result<Self, Refusal> {
        let rows = fields.rows("lines", Some(MAX_LINES))?;
        let lines = rows.iter().map(|row| Ok((row.count("lineId")?, row.count("quantity")?)));
        let lines = lines.collect::<Result<_, Refusal>>()?;
        let reason = fields.count("reasonId")?;
        let known = REASONS.iter().any(|(id, _)| *id == reason) && (international || reason != WRONG_LISTING);
        if !known {
            return Err(Refusal::invalid(format!("reasonId {reason} is none of the reasons")));
        }
        Ok(Self { lines, reason, keep_status: keep_status(fields, international)? })
    }
}

/// `shouldKeepPreviousStatus`, which only the international edition has.
pub(super) fn keep_status(fields: &Fields<'_>, international: bool) -> Result<Option<bool>, Unreadable> {
    if international { fields.flag("shouldKeepPreviousStatus") } else { Ok(None) }
}

/// The cancel in units of each line, if it is to have an effect.
pub(super) fn plan(package: &Package, wish: &Wish, choices: &Choices) -> Result<Option<Cancel>, Refusal> {
    let cancel = Cancel { reason: wish.reason, units: units(package, &wish.lines, choices)? };
    let allowed = match package.status() {
        Status::Created => true,
        Status::Picking => choices.get::<CancelFromPicking>() == CancelFromPicking::Accept,
        Status::Invoiced => choices.get::<CancelFromInvoiced>() == CancelFromInvoiced::Accept,
        // old.immutable: said or refused, nothing is cancelled twice.
        Status::Cancelled if package.cancel.as_ref() == Some(&cancel) => {
            return match choices.get() {
                RepeatCancel::AcceptNoEffect => Ok(None),
                RepeatCancel::Refuse => Err(Refusal::state("the package is cancelled already")),
            };
        }
        // flow.shipped-final, old.refuses
        _ => false,
    };
    if allowed {
        Ok(Some(cancel))
    } else {
        Err(Refusal::state(format!("a package that is {} can't be cancelled", package.status().name())))
    }
}

/// Sums up what is asked for: `request.foreign-line-refused`, `request.duplicate-line`.
fn units(package: &Package, lines: &[(u64, u64)], choices: &Choices) -> Result<Vec<u64>, Refusal> {
    let mut units = vec![0_u64; package.lines.len()];
    for (id, asked) in lines {
        let at = package.line(*id).ok_or_else(|| Refusal::invalid(format!("line {id} is not in this package")))?;
        if units[at] > 0 && choices.get::<DuplicateLine>() == DuplicateLine::Refuse {
            return Err(Refusal::invalid(format!("line {id} is named twice")));
        }
        units[at] = units[at].saturating_add(*asked);
        if units[at] > package.lines[at].quantity {
            return Err(Refusal::invalid(format!("line {id} has only {} units", package.lines[at].quantity)));
        }
    }
    Ok(units)
}

/// Carries a cancel out: what is left, if anything is, goes on in one new package (`full.no-successor`,
/// `partial.one-successor`, `partial.remainder`).
pub(super) fn apply(store: &mut Store, package: &Package, cancel: Cancel, wish: &Wish, choices: &Choices, now: u64) {
    let left = package.lines.iter().zip(&cancel.units).map(|(line, units)| line.quantity - units);
    let rest: Vec<_> = left.enumerate().filter(|(_, left)| *left > 0).collect();
    if let Some(package) = store.packages.get_mut(&package.id) {
        package.cancel = Some(cancel);
    }
    let parts = if rest.is_empty() { Vec::new() } else { vec![rest] };
    succeed(store, package, &Succession { by: By::Cancel, parts, keep_status: wish.keep_status }, choices, now);
}
