//! What Countermand is measured beside that nobody else has made: each is this program, in a process of its own.

pub(crate) mod answers;
pub(crate) mod reqwest_loop;
