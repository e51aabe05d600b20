//! What a run tells, as data: its events, verdicts, levels and blame, what differed and what was sent, and what is known
//! besides: the kill matrix of a suite, its faults in pairs, and the baseline of a target. The only bridge from the runner to the reports.
//!
//! It plays nothing, sends nothing and reads no spec; nothing here is formatted for a reader.

mod baseline;
mod case;
mod exchange;
mod lines;
pub mod matrix;
mod mismatch;
mod named;
pub mod pairs;
mod proof;
mod run;
mod summary;
mod verdict;

pub use baseline::{Baseline, Updated};
pub use case::{CallRecord, CaseResult, Finding, Shown, StepRecord, Trouble, Unjudged};
pub use exchange::Exchange;
pub use lines::{LinesError, read_lines, settled};
pub use mismatch::{Difference, Mismatch};
pub use proof::{Check, CheckState, Proof};
pub use run::{Event, FORMAT, JudgedClause, Planned, RunStarted, Shard};
pub use summary::{DialectEntry, Likeness, RunOutcome, RunSummary, Score};
pub use verdict::{Blame, Level, Verdict};
