//! The commands that read what runs have told.

use std::path::PathBuf;

use super::OutputArgs;

/// Tell an earlier run again, or the shards of one as one run
///
/// Reads what `run --report jsonl=PATH` wrote, and writes every report that `run` does. Shards that are not of one run, overlap
/// or leave a gap are refused (exit code 3). A run that was killed is told as far as it went, as incomplete.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  countermand merge run.jsonl --report html=run.html
  countermand merge shard-*.jsonl --report junit=junit.xml --report jsonl=run.jsonl")]
pub(crate) struct MergeArgs {
    /// The JSON Lines of a run, or of all its shards
    #[arg(required = true, value_name = "FILE")]
    pub(crate) runs: Vec<PathBuf>,
    /// Where the specs are, if the run was not of the suite in this program
    #[arg(long, value_name = "DIR")]
    pub(crate) specs: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) output: OutputArgs,
}

/// Show implementations side by side, clause by clause
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  countermand run --target targets/acme.yaml --report jsonl=acme.jsonl
  countermand board acme.jsonl reports/vendure-3.7.3/run.jsonl -o board.html")]
pub(crate) struct BoardArgs {
    /// The JSON Lines of the runs, a column each
    #[arg(required = true, value_name = "FILE")]
    pub(crate) runs: Vec<PathBuf>,
    /// Where the page is written
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: PathBuf,
}

/// List known failures, or bring the list up to date with a run
///
/// A known failure is a case, what it violates, why that is put up with, and until when. `run --baseline` lets it pass; what is
/// listed and is not so any more fails the run.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  countermand run --target targets/acme.yaml --report jsonl=acme.jsonl
  countermand baseline acme-known.yaml --update acme.jsonl --reason 'reported as ACME-4711'
  countermand run --target targets/acme.yaml --baseline acme-known.yaml")]
pub(crate) struct BaselineArgs {
    /// The list; with `--update` it need not be there yet
    #[arg(value_name = "FILE")]
    pub(crate) baseline: PathBuf,
    /// Let it say what this run, its JSON Lines, found; reasons, dates and comments stay
    #[arg(long, value_name = "RUN")]
    pub(crate) update: Option<PathBuf>,
    /// Why what is new is put up with
    #[arg(long, value_name = "TEXT", requires = "update")]
    pub(crate) reason: Option<String>,
}
