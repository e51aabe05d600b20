//! What a PATCH can change: the billing mark, the note, the attributes. Nothing about cancellations is among it, so
//! `cancelled: false` in a PATCH revives nothing (`permanence.stays-cancelled`).

use serde_json::{Map, Value};

use super::choices::PatchUnknownField;
use super::refusal::Refusal;
use super::state::Order;
use crate::choice::Choices;
use crate::wire::fields::Fields;

/// The fields of a PATCH that were sent.
pub(super) struct Patch {
    billed: Option<bool>,
    note: Option<String>,
    attributes: Option<Map<String, Value>>,
}

impl Patch {
    pub(super) fn read(fields: &Fields<'_>, choices: &Choices) -> Result<Self, Refusal> {
        let patch = Self {
            billed: fields.flag("billed")?,
            note: fields.text("note")?.map(str::to_owned),
            attributes: fields.object("attributes")?.cloned(),
        };
        if let Some(stranger) = fields.stranger(&["billed", "note", "attributes"])
            && choices.get::<PatchUnknownField>() == PatchUnknownField::Refuse
        {
            return Err(Refusal::invalid(stranger, "can't be changed"));
        }
        Ok(patch)
    }

    /// Whether nothing was sent that could change anything.
    pub(super) fn is_empty(&self) -> bool {
        self.billed.is_none() && self.note.is_none() && self.attributes.is_none()
    }

    pub(super) fn apply(self, order: &mut Order, now: u64) {
        match self.billed {
            Some(true) => order.billed_at = order.billed_at.or(Some(now)),
            Some(false) => order.billed_at = None,
            None => {}
        }
        if let Some(note) = self.note {
            order.note = note;
        }
        if let Some(attributes) = self.attributes {
            order.attributes = attributes;
        }
    }
}
