//! The commands that play scenarios against a target, or what was kept of that.

use std::path::PathBuf;

use super::{Color, OutputArgs, Selection, TargetArgs};

/// Play scenarios and say what held
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = "Examples:
  countermand run
  countermand run --target http://127.0.0.1:4010 --profile guide
  countermand run --target targets/acme.yaml --minimal --plan
  countermand run my-scenarios/ --watch
  countermand run my-scenarios/ --bless
  countermand run my-scenarios/ --filter partial --report jsonl=run.jsonl")]
pub(crate) struct RunArgs {
    #[command(flatten)]
    pub(crate) selection: Selection,
    #[command(flatten)]
    pub(crate) target: TargetArgs,
    /// The profile to judge by [default: the spec's first]
    #[arg(long, value_name = "NAME")]
    pub(crate) profile: Option<String>,
    /// Only the fewest cases that still claim every MUST clause
    #[arg(long)]
    pub(crate) minimal: bool,
    /// Only the second of five parts: `2/5`; `auto` asks the variables of GitLab, CircleCI, Buildkite or a Kubernetes indexed Job
    #[arg(long, value_name = "K/N")]
    pub(crate) shard: Option<String>,
    /// Let the shards take equally long, going by the times in the JSON Lines of an earlier run
    #[arg(long, value_name = "FILE", requires = "shard")]
    pub(crate) times: Option<PathBuf>,
    /// Only the cases that did not pass in this run, or were not played: its JSON Lines
    #[arg(long, value_name = "FILE")]
    pub(crate) rerun: Option<PathBuf>,
    /// Go on where this run was cut off: its JSON Lines, which the reports begin with
    #[arg(long, value_name = "FILE", conflicts_with = "rerun")]
    pub(crate) resume: Option<PathBuf>,
    /// Play what was changed again, as soon as it is saved
    #[arg(long, conflicts_with_all = ["shard", "rerun", "resume", "plan"])]
    pub(crate) watch: bool,
    /// Let the scenario files expect what is seen, where a conforming mock does the same: values are rewritten in place
    #[arg(long, conflicts_with_all = ["shard", "resume", "watch", "plan", "baseline"])]
    pub(crate) bless: bool,
    /// Send nothing: say how many cases and requests it would take, and how long at the target's rate
    #[arg(long)]
    pub(crate) plan: bool,
    /// Cases under way at once [default: the number of processors; at least 8 against an endpoint]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=512))]
    pub(crate) jobs: Option<u16>,
    /// Play without proving the target first
    #[arg(long)]
    pub(crate) no_proof: bool,
    /// Put up with the failures that this list knows, and fail where it is not so any more
    #[arg(long, value_name = "FILE")]
    pub(crate) baseline: Option<PathBuf>,
    /// Stop at the first violation
    #[arg(long)]
    pub(crate) fail_fast: bool,
    /// Where the orders that are created are written down, as they are created, for `countermand cleanup` [default: a file
    /// in this folder, where the endpoint is not on this machine]
    #[arg(long, value_name = "FILE")]
    pub(crate) ledger: Option<PathBuf>,
    /// Keep every exchange in this folder, without secrets, for `countermand replay`
    #[arg(long, value_name = "DIR")]
    pub(crate) save_exchanges: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) output: OutputArgs,
}

/// Prove a target: reach it, log in, create an order, read it back, try every call
///
/// Orders are created and cancelled. What fails first is shown with its exchange and the line of the binding that asked
/// for it.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  countermand doctor --target targets/acme.yaml
  countermand doctor --spec modern-dropship --target http://127.0.0.1:4010")]
pub(crate) struct DoctorArgs {
    #[command(flatten)]
    pub(crate) target: TargetArgs,
    /// The spec to prove it for [default: the target file's, or all]
    #[arg(long, value_name = "NAME")]
    pub(crate) spec: Option<String>,
    /// When to use colour; NO_COLOR is honoured
    #[arg(long, value_enum, default_value_t = Color::Auto)]
    pub(crate) color: Color,
}

/// Judge the exchanges of an earlier run again, without the endpoint
///
/// Today's scenarios against yesterday's answers: a case that asks what was never asked could not run.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  countermand run --target targets/acme.yaml --save-exchanges acme/
  countermand replay acme/ --report text=acme.txt")]
pub(crate) struct ReplayArgs {
    /// The folder of `run --save-exchanges`
    pub(crate) folder: PathBuf,
    /// The target file, where it is not where it was
    #[arg(long, value_name = "FILE")]
    pub(crate) target: Option<String>,
    #[command(flatten)]
    pub(crate) selection: Selection,
    #[command(flatten)]
    pub(crate) output: OutputArgs,
}

/// Take away the orders that an earlier run created
///
/// Sends the `cleanup` of the target file for every order of the ledger. What can't be cleaned up stays in the ledger.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  countermand run --target targets/acme.yaml --ledger orders.jsonl
  countermand cleanup orders.jsonl --target targets/acme.yaml")]
pub(crate) struct CleanupArgs {
    /// The ledger of a run
    pub(crate) ledger: PathBuf,
    #[command(flatten)]
    pub(crate) target: TargetArgs,
}
