//! Who is told of what a run does while it does it: what events are too late for, or too few.

use countermand_event::Exchange;
use serde_json::Value;

/// Is told at once, from whatever task it happens in; `case` is the case's id, or empty for what is done before all cases.
pub trait Witness: Send + Sync {
    /// Something was captured of an order that is being created: what a clean-up needs to know of it, without secrets. Comes
    /// again with more where more is captured; `key` is the same then, and no other order's.
    fn order_created(&self, spec: &str, case: &str, key: &str, order: &Value);

    /// An exchange has ended, with an answer or without. Without secrets, and with its bodies whole.
    fn exchanged(&self, spec: &str, case: &str, exchange: Exchange);
}
