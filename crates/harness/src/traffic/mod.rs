//! An order as the exchanges of others show it: what a read says of it, by names of our own, and whether the spec's invariants
//! hold from one read to the next. Pure: answers in, states and mismatches out.

mod names;
mod overheard;
mod reading;
mod watched;

pub use overheard::Overheard;
pub use reading::Reading;
pub use watched::{Called, Look, Row, Shape, Watched};
