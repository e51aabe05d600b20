//! What every API over HTTP has, whatever it is about. Knows no spec and no order.

pub(crate) mod fields;
pub(crate) mod rate;
pub(crate) mod route;
pub(crate) mod timestamp;
