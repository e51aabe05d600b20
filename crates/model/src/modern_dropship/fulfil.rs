//! The rules of fulfilling: which items the units of a parcel are taken from, and when an order is shipped. Cancels
//! nothing.

use super::body;
use super::choices::SameProductLines;
use super::refusal::Refusal;
use super::state::{Fulfilment, FulfilmentLine, Ids, Item, Order};
use crate::choice::Choices;
use crate::wire::fields::Fields;

/// A parcel as it is announced.
pub(super) struct Parcel {
    carrier: String,
    tracking_code: String,
    tracking_urls: Vec<String>,
    /// Product codes and units. Items are matched by product; an `id` beside it is not looked at.
    contents: Vec<(String, u64)>,
}

impl Parcel {
    /// Product codes and units.
    pub(super) fn contents(&self) -> &[(String, u64)] {
        &self.contents
    }

    pub(super) fn read(fields: &Fields<'_>, choices: &Choices) -> Result<Self, Refusal> {
        Ok(Self {
            carrier: fields.text("carrier")?.unwrap_or_default().to_owned(),
            tracking_code: fields.text("trackingCode")?.unwrap_or_default().to_owned(),
            tracking_urls: fields.texts("trackingUrls")?.into_iter().map(str::to_owned).collect(),
            contents: fields
                .rows("items", None)?
                .iter()
                .map(|row| Ok((row.word("sku")?.to_owned(), body::quantity(row, "quantity", choices)?)))
                .collect::<Result<_, Refusal>>()?,
        })
    }
}

/// Where the units of a parcel come from: places in the list of items, with units.
pub(super) fn plan(order: &Order, parcel: &Parcel, choices: &Choices) -> Result<Vec<(usize, u64)>, Refusal> {
    let mut left: Vec<u64> = order.items.iter().map(Item::left).collect();
    let mut taken = Vec::new();
    for (product, units) in &parcel.contents {
        let mut lines: Vec<usize> =
            (0..left.len()).filter(|&at| left[at] > 0 && order.items[at].product == *product).collect();
        if lines.is_empty() {
            // fulfilled.cancelled-unfulfillable
            return Err(Refusal::state(format!("no unit of {product} is left to fulfil")));
        }
        if lines.len() > 1 && choices.get::<SameProductLines>() == SameProductLines::ExactLine {
            lines.sort_by_key(|&at| left[at] != *units);
        }
        let mut open = *units;
        for at in lines {
            let take = open.min(left[at]);
            if take > 0 {
                left[at] -= take;
                open -= take;
                taken.push((at, take));
            }
        }
        if open > 0 {
            // fulfilled.remainder-only
            return Err(Refusal::state(format!("{open} too many of {product}")));
        }
    }
    Ok(taken)
}

/// Carries a plan out, and tells the id of the new fulfilment.
pub(super) fn apply(taken: &[(usize, u64)], parcel: Parcel, order: &mut Order, now: u64, ids: &mut Ids) -> String {
    let id = ids.next();
    let mut lines = Vec::new();
    for &(at, units) in taken {
        let item = &mut order.items[at];
        item.fulfilled += units;
        lines.push(FulfilmentLine {
            id: ids.next(),
            item: item.id.clone(),
            product: item.product.clone(),
            quantity: units,
        });
    }
    order.fulfilments.push(Fulfilment {
        id: id.clone(),
        carrier: parcel.carrier,
        tracking_code: parcel.tracking_code,
        tracking_urls: parcel.tracking_urls,
        lines,
    });
    if !order.has_left() {
        // shipped.when-fulfilled, shipped.not-early
        order.shipped_at = Some(now);
    }
    id
}
