//! The command line as it is written. What follows from it is decided in `config`. Here are the commands; what each takes is
//! said by subject in the files beside this one.

mod author;
mod lab;
mod play;
mod shared;
mod told;
mod traffic;

use clap::{Parser, Subcommand};

pub(crate) use author::{
    CheckArgs, CompletionForm, CompletionsArgs, ExplainArgs, FmtArgs, InitArgs, ListArgs, NewArgs, SchemaArgs,
    SchemaFormat,
};
pub(crate) use lab::{ExploreArgs, TeethArgs};
pub(crate) use play::{CleanupArgs, DoctorArgs, ReplayArgs, RunArgs};
pub(crate) use shared::{Color, OutputArgs, Selection, TargetArgs};
pub(crate) use told::{BaselineArgs, BoardArgs, MergeArgs};
pub(crate) use traffic::{MonitorArgs, RecordArgs, ServeArgs, TrafficArgs};

/// Conformance tests and a mock server for order-cancellation APIs
///
/// A scenario is a YAML file: an order, a sequence of cancellation calls, and the flags that must result. `run` plays
/// scenarios against the built-in mock or a real endpoint and says what held.
#[derive(Debug, Parser)]
#[command(name = "countermand", version, after_help = EXIT_CODES)]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) command: Command,
}

const EXIT_CODES: &str = "Exit codes:
  0  every MUST that was played held, and nothing is incomplete
  1  a MUST was violated (with --strict a SHOULD too), or a known failure is no longer so
  2  the command line, a scenario or a spec is wrong
  3  something could not run; outranks 1";

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Run(Box<RunArgs>),
    Serve(ServeArgs),
    List(ListArgs),
    Check(CheckArgs),
    Doctor(DoctorArgs),
    Replay(ReplayArgs),
    Merge(MergeArgs),
    Board(BoardArgs),
    Baseline(BaselineArgs),
    Init(InitArgs),
    New(NewArgs),
    /// Say in plain sentences what cases do and expect; nothing is sent
    ///
    /// They are named by their ids, or by parts of these, or as files or folders of your own.
    #[command(after_help = "Examples:
  countermand explain modern-dropship/partial/splits-the-item
  countermand explain my-scenarios/ --profile guide")]
    Explain(ExplainArgs),
    /// Print a whole spec as a page: its clauses, what it leaves open, and its scenarios in plain sentences and as `curl` lines
    #[command(after_help = "Examples:
  countermand book --spec modern-dropship --profile guide > book.md")]
    Book(ExplainArgs),
    Fmt(FmtArgs),
    Schema(SchemaArgs),
    Completions(CompletionsArgs),
    Cleanup(CleanupArgs),
    Teeth(TeethArgs),
    Explore(ExploreArgs),
    Monitor(MonitorArgs),
    Record(RecordArgs),
}
