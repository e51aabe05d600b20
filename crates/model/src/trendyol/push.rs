//! The two statuses that a seller may push, Picking and then Invoiced. What the carrier does is not the seller's to say.

use super::cancel::MAX_LINES;
use super::choices::{PushLines, RepeatPush};
use super::refusal::Refusal;
use super::state::Package;
use super::status::Status;
use crate::choice::Choices;
use crate::wire::fields::Fields;

/// A status as it is pushed.
pub(super) struct Push {
    pub(super) status: Status,
    pub(super) invoice: Option<String>,
}

impl Push {
    /// `flow.seller-cannot-ship`
    pub(super) fn read(fields: &Fields<'_>) -> Result<Self, Refusal> {
        let params = fields.within("params")?;
        match fields.word("status")? {
            "Picking" => Ok(Self { status: Status::Picking, invoice: None }),
            "Invoiced" => {
                let invoice = params.word("invoiceNumber")?.to_owned();
                Ok(Self { status: Status::Invoiced, invoice: Some(invoice) })
            }
            other => Err(Refusal::invalid(format!("a seller can't push {other:?}, only Picking and Invoiced"))),
        }
    }
}

/// Whether the push is to have an effect.
pub(super) fn plan(package: &Package, push: &Push, fields: &Fields<'_>, choices: &Choices) -> Result<bool, Refusal> {
    if choices.get::<PushLines>() == PushLines::Check {
        check_lines(package, fields)?;
    }
    match (package.status(), push.status) {
        (Status::Created, Status::Picking) | (Status::Picking, Status::Invoiced) => Ok(true),
        (was, next) if was == next => match choices.get() {
            RepeatPush::Accept => Ok(false),
            RepeatPush::Refuse => Err(Refusal::state(format!("the package is {} already", was.name()))),
        },
        // flow.invoiced-needs-picking, old.refuses
        (was, next) => Err(Refusal::state(format!("a package that is {} can't turn {}", was.name(), next.name()))),
    }
}

/// Each line must be one of the package, named once, with no more units than it has.
fn check_lines(package: &Package, fields: &Fields<'_>) -> Result<(), Refusal> {
    let mut named = Vec::new();
    for row in fields.rows("lines", Some(MAX_LINES))? {
        let (id, quantity) = (row.count("lineId")?, row.count("quantity")?);
        let line = package.line(id).filter(|at| !named.contains(at) && quantity <= package.lines[*at].quantity);
        named.push(line.ok_or_else(|| Refusal::invalid(format!("{quantity} of line {id} are not in this package")))?);
    }
    Ok(())
}
