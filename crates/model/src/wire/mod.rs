//! What every API over HTTP has, whatever it is about: from a path to a call (`route`), from a query or a body to arguments
//! (`query`, `fields`), keys (`basic`), rates, and the writing of answers (`reply`, `timestamp`). Knows no spec, no order and
//! no status.

pub(crate) mod basic;
pub(crate) mod fields;
pub(crate) mod query;
pub(crate) mod rate;
pub(crate) mod reply;
pub(crate) mod route;
pub(crate) mod timestamp;
