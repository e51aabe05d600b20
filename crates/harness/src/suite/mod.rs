//! A suite: which files there are, the specs and cases in them, and a case that waits for its turn. What the keys of a scenario are,
//! and what a case is, is said in `scenario`.

mod discover;
mod file;
mod load;
mod minimal;
mod narrow;
mod shard;
mod single;
mod waiting;

pub use discover::{Found, discover};
pub use file::{Content, SuiteFile};
pub use load::{Suite, load_some, load_suite, needed};
pub use minimal::minimal;
pub use shard::keep_shard;
pub use single::{scenario, scenarios, sequence};
pub(crate) use waiting::{Turn, Turns};
pub use waiting::{WaitingCase, suite_print};
