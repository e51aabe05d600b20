//! From a method and a path to one of the calls of the laws. Knows ids as numbers, and not whose they are.

use crate::model::Request;
use crate::wire::route::find;

/// One call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Call {
    Place,
    Of(u64, Act),
}

/// What is done with an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Act {
    Read,
    CancelUnits(u64),
    CancelLines,
    Cancel,
    CancelRest,
    Fulfil(u64),
}

impl Call {
    /// A path that is not known and a method that is not are one to this API.
    pub(super) fn of(request: &Request<'_>) -> Option<Self> {
        let number = |text: &str| text.parse::<u64>().ok();
        let call = |method: &str, path: &[&str]| {
            Some(match (method, path) {
                ("POST", ["orders"]) => Self::Place,
                ("GET", ["orders", id]) => Self::Of(number(id)?, Act::Read),
                ("POST", ["orders", id, "cancel"]) => Self::Of(number(id)?, Act::Cancel),
                ("POST", ["orders", id, "cancel-rest"]) => Self::Of(number(id)?, Act::CancelRest),
                ("POST", ["orders", id, "cancel-lines"]) => Self::Of(number(id)?, Act::CancelLines),
                ("POST", ["orders", id, "lines", line, "cancel"]) => {
                    Self::Of(number(id)?, Act::CancelUnits(number(line)?))
                }
                ("POST", ["orders", id, "lines", line, "fulfil"]) => Self::Of(number(id)?, Act::Fulfil(number(line)?)),
                _ => return None,
            })
        };
        find(request.method, request.path, call).ok()
    }
}
