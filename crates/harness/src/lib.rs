//! The engine of Countermand: loads specs and scenarios, plays scenarios against a target, compares what happened with what
//! was expected, and says so as events.
//!
//! It knows the rule of no contract: a spec is data, its invariants are expressions. It names neither the mock nor its model,
//! so that the checker cannot see the oracle; it prints nothing and words no report.

mod bless;
mod check;
mod coding;
mod explain;
mod inbox;
mod kept;
mod print;
mod runner;
mod scenario;
mod schema;
mod secrets;
mod spec;
mod suite;
mod tally;
mod target;
mod template;
mod traffic;
mod transport;

pub use bless::{Blessed, Rewritten, bless};
pub use coding::{Undecodable, decoded};
pub use explain::explain;
pub use inbox::Inbox;
pub use kept::{KeptRun, KeptSpec, LedgerEntry, exchange_file, exchange_line, exchanges, read_ledger};
pub use runner::{ResumeError, Run, Samples, Witness};
pub use scenario::Case;
pub use schema::{scenario_schema, spec_schema, target_schema};
pub use spec::{Choice, Clause, Holds, Profile, Spec};
pub use suite::{
    Content, Found, Suite, SuiteFile, WaitingCase, discover, keep_shard, load_some, load_suite, minimal, needed,
    scenario, scenarios, sequence, suite_print,
};
pub use tally::{Part, merge};
pub use target::{
    Concern, Meaning, OrderKeys, Page, Recognised, Recogniser, Sender, Target, TargetError, TargetFile, TargetOptions,
    Tls, Unknowable, load_target, parse_target,
};
pub use traffic::{Called, Look, Overheard, Reading, Row, Shape, Watched};
pub use transport::{BoxFuture, Driver, HttpOptions, HttpTransport, InProcess, MAX_ANSWER, Transport, TransportError};
