//! What every API over HTTP has, whatever it is about. Knows no spec and no order.

pub(crate) mod basic;
pub(crate) mod fields;
pub(crate) mod query;
pub(crate) mod rate;
pub(crate) mod reply;
pub(crate) mod route;
pub(crate) mod timestamp;
