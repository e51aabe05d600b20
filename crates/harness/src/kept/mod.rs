//! What is kept of a run in files of its own: how it was played and its exchanges, to judge them again, and the orders it created,
//! to take them away again. Here are the names and the texts of these files; they are opened elsewhere.

mod exchanges;
mod ledger;
mod run;

pub use exchanges::{exchange_file, exchange_line, exchanges};
pub use ledger::{LedgerEntry, read_ledger};
pub use run::{KeptRun, KeptSpec};
