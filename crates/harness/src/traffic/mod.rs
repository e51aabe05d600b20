//! An order as the exchanges of others show it: what a read says of it, by names of our own, and whether the spec's invariants
//! hold from one read to the next. Pure: answers in, states and mismatches out.

mod heard;
mod names;
mod watched;

pub use heard::Heard;
pub use watched::{Look, Row, Watched};
