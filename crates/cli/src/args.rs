//! The command line as it is written. What follows from it is decided in `config.rs`.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};

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
    /// Say in plain sentences what cases do and expect; nothing is sent
    #[command(after_help = "Examples:
  countermand explain --filter partial/splits-the-item
  countermand explain my-scenarios/ --profile guide")]
    Explain(ExplainArgs),
    /// Print a whole spec as a page: its clauses, what it leaves open, and its scenarios in plain sentences
    #[command(after_help = "Examples:
  countermand book --spec modern-dropship --profile guide > book.md")]
    Book(ExplainArgs),
    Schema(SchemaArgs),
    Completions(CompletionsArgs),
    Cleanup(CleanupArgs),
    Teeth(TeethArgs),
    Explore(ExploreArgs),
    Monitor(MonitorArgs),
}

/// Play scenarios and say what held
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = "Examples:
  countermand run
  countermand run --target http://127.0.0.1:4010 --profile guide
  countermand run --target targets/acme.yaml --minimal --plan
  countermand run my-scenarios/ --watch
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

/// Begin a suite of your own: a scenario, a target file, a schema for the editor and a file for CI
///
/// All of it works against the built-in mock. Nothing that is there is written over.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  countermand init
  countermand init ../orders --spec trendyol")]
pub(crate) struct InitArgs {
    /// Where
    #[arg(default_value = ".")]
    pub(crate) folder: PathBuf,
    /// The spec of the first scenario
    #[arg(long, value_name = "NAME", default_value = "modern-dropship")]
    pub(crate) spec: String,
}

/// What to say in plain sentences
#[derive(Debug, clap::Args)]
pub(crate) struct ExplainArgs {
    #[command(flatten)]
    pub(crate) selection: Selection,
    /// The profile whose levels are named [default: the spec's first]
    #[arg(long, value_name = "NAME")]
    pub(crate) profile: Option<String>,
}

/// Print the JSON Schema of scenario files, by which an editor completes and checks them
///
/// Every call, clause, choice, kind and field of the specs is in it. What a schema can't see, such as a role that is not there,
/// `countermand check` does.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  countermand schema > scenario.schema.json
  countermand schema my-specs/ > scenario.schema.json")]
pub(crate) struct SchemaArgs {
    /// Where specs of your own are [default: those in this program]
    #[arg(value_name = "DIR")]
    pub(crate) specs: Vec<PathBuf>,
}

/// Print what a shell completes of this command line, or its man page
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  countermand completions bash > ~/.local/share/bash-completion/completions/countermand
  countermand completions man > countermand.1")]
pub(crate) struct CompletionsArgs {
    /// For which shell
    #[arg(value_enum)]
    pub(crate) form: CompletionForm,
}

/// What is printed of the command line.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum CompletionForm {
    /// Bash
    Bash,
    /// Elvish
    Elvish,
    /// Fish
    Fish,
    /// The man page
    Man,
    /// `PowerShell`
    Powershell,
    /// Zsh
    Zsh,
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

/// What is told, and how
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct OutputArgs {
    /// A violated SHOULD fails the run too
    #[arg(long)]
    pub(crate) strict: bool,
    /// Write a report: `badge` an image or its JSON, `html` a page for a browser, `jsonl` one event a line, `junit` for CI,
    /// `markdown` for a page, `statement` what is kept to and what not, `text` as here without times
    #[arg(long = "report", value_name = "FORMAT=PATH")]
    pub(crate) reports: Vec<String>,
    /// What a statement is of [default: the target]
    #[arg(long, value_name = "NAME")]
    pub(crate) implementation: Option<String>,
    /// Which version of it
    #[arg(long, value_name = "VERSION")]
    pub(crate) implementation_version: Option<String>,
    /// Only failures' headings and the summary
    #[arg(short, long, conflicts_with = "verbose")]
    pub(crate) quiet: bool,
    /// Passed cases, consequences and every exchange of a failure too
    #[arg(short, long)]
    pub(crate) verbose: bool,
    /// When to use colour; NO_COLOR is honoured
    #[arg(long, value_enum, default_value_t = Color::Auto)]
    pub(crate) color: Color,
}

/// What to play against
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct TargetArgs {
    /// What to play against: `mock`, the base URL of an endpoint, or a target file
    #[arg(long, value_name = "mock|URL|FILE", default_value = "mock")]
    pub(crate) target: String,
    /// Let the mock choose otherwise where the spec leaves a choice
    #[arg(long = "choice", value_name = "NAME=OPTION")]
    pub(crate) choices: Vec<String>,
    /// How long one request may take, milliseconds [default: the binding's, or 10000]
    #[arg(long, value_name = "MS", value_parser = clap::value_parser!(u64).range(1..=600_000))]
    pub(crate) timeout: Option<u64>,
    /// How long a change may take to be seen, milliseconds [default: the binding's]
    #[arg(long, value_name = "MS", value_parser = clap::value_parser!(u64).range(0..=600_000))]
    pub(crate) settle: Option<u64>,
    /// How long a webhook may take to come, milliseconds [default: the binding's]
    #[arg(long, value_name = "MS", value_parser = clap::value_parser!(u64).range(0..=600_000))]
    pub(crate) webhook_settle: Option<u64>,
    /// Under which URL webhooks reach this program, where the endpoint is not on this machine: that of a tunnel, say
    #[arg(long, value_name = "URL")]
    pub(crate) webhook_url: Option<String>,
    /// Where webhooks are received; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:0")]
    pub(crate) webhook_listen: SocketAddr,
    /// Play against an endpoint that is not on this machine: it is a sandbox, and its orders may be cancelled
    #[arg(long)]
    pub(crate) yes: bool,
}

/// Which scenarios
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Selection {
    /// Scenario files or folders [default: the suite in this program]
    pub(crate) paths: Vec<PathBuf>,
    /// Only scenarios of this spec
    #[arg(long, value_name = "NAME")]
    pub(crate) spec: Option<String>,
    /// Only cases whose id contains this text; may be given several times
    #[arg(long = "filter", value_name = "TEXT")]
    pub(crate) filters: Vec<String>,
}

/// Serve the mock of a spec over HTTP
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  countermand serve modern-dropship
  countermand serve modern-dropship --listen 127.0.0.1:4010 --choice original-quantity=reduce --delay 20
  countermand serve modern-dropship --orders orders.json --rate 5
  countermand serve modern-dropship --fault new-quantity-is-removed

The mock's keys are `seller-key`, `other-seller-key` and `buyer-key`, in the header Authorization.
GET /__countermand/health, POST /__countermand/reset and GET /__countermand/exchanges are the tool's own.")]
pub(crate) struct ServeArgs {
    /// The spec to serve
    pub(crate) spec: String,
    /// Where to listen; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:4010")]
    pub(crate) listen: SocketAddr,
    /// Choose otherwise where the spec leaves a choice
    #[arg(long = "choice", value_name = "NAME=OPTION")]
    pub(crate) choices: Vec<String>,
    /// Read one rule of the contract wrong; `countermand teeth --list` names the faults there are
    #[arg(long, value_name = "NAME")]
    pub(crate) fault: Option<String>,
    /// Answer so much later, milliseconds
    #[arg(long, value_name = "MS", default_value_t = 0, value_parser = clap::value_parser!(u64).range(0..=60_000))]
    pub(crate) delay: u64,
    /// Keep at most so many orders; the oldest goes first, and the log says so
    #[arg(long, value_name = "N", default_value_t = 100_000, value_parser = clap::value_parser!(u32).range(1..=10_000_000))]
    pub(crate) max_orders: u32,
    /// Start with the orders of a JSON file: a list of what POST /buyer/orders takes, each with the units that are
    /// fulfilled under `"fulfilled": {"V1": 2}`, by variantId; a reset makes them again
    #[arg(long, value_name = "FILE")]
    pub(crate) orders: Option<PathBuf>,
    /// Answer 429 to a key that sends more requests per second [default: no bound]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) rate: Option<u32>,
    /// Post a webhook that was not taken again after so long, milliseconds: sooner than an API would, for nobody wants to wait
    #[arg(long, value_name = "MS", default_value_t = 1_000, value_parser = clap::value_parser!(u64).range(1..=86_400_000))]
    pub(crate) webhook_retry: u64,
    /// Post webhooks to other machines too; whoever can register one then makes this one send requests anywhere
    #[arg(long)]
    pub(crate) webhooks_anywhere: bool,
    /// No request log
    #[arg(short, long)]
    pub(crate) quiet: bool,
}

/// List the cases, one id a line
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  countermand list
  countermand list --filter unfulfilled
  countermand list --clauses --profile guide")]
pub(crate) struct ListArgs {
    #[command(flatten)]
    pub(crate) selection: Selection,
    /// List every clause with its level and the cases that claim it
    #[arg(long)]
    pub(crate) clauses: bool,
    /// The profile whose levels are shown [default: the spec's first]
    #[arg(long, value_name = "NAME", requires = "clauses")]
    pub(crate) profile: Option<String>,
}

/// Check specs and scenarios without playing them
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  countermand check
  countermand check my-scenarios/")]
pub(crate) struct CheckArgs {
    #[command(flatten)]
    pub(crate) selection: Selection,
}

/// Say what the scenarios catch: every fault of the mock against every case
///
/// A fault is a single rule that the mock reads wrong. One that no case sees is a hole in the suite; one that is seen, but
/// not under the clause it breaks, is seen by accident. Either ends with exit code 1.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  countermand teeth
  countermand teeth --list
  countermand teeth --scenario my-scenarios/splits-twice.yaml
  countermand teeth --sound --n 1000
  countermand teeth --report markdown=teeth.md")]
pub(crate) struct TeethArgs {
    #[command(flatten)]
    pub(crate) selection: Selection,
    /// The profile to judge by [default: the spec's first]
    #[arg(long, value_name = "NAME")]
    pub(crate) profile: Option<String>,
    /// Only name the faults, the clause that each breaks, and what it does
    #[arg(long, conflicts_with_all = ["scenario", "sound", "reports"])]
    pub(crate) list: bool,
    /// Say what this scenario catches, and what of it no case of the suite in this program does
    #[arg(long, value_name = "FILE", conflicts_with_all = ["sound", "paths"])]
    pub(crate) scenario: Option<PathBuf>,
    /// Look for false alarms instead: every option of every choice alone, and random combinations
    #[arg(long)]
    pub(crate) sound: bool,
    /// How many random combinations `--sound` plays
    #[arg(long, value_name = "N", default_value_t = 50, requires = "sound")]
    pub(crate) n: usize,
    /// What the random combinations are made from
    #[arg(long, value_name = "SEED", default_value_t = 1, requires = "sound")]
    pub(crate) seed: u64,
    /// Write the whole matrix: `json` for machines, `markdown` for a page
    #[arg(long = "report", value_name = "FORMAT=PATH", conflicts_with = "sound")]
    pub(crate) reports: Vec<String>,
    /// Every fault, with the first case that saw it
    #[arg(short, long)]
    pub(crate) verbose: bool,
    /// When to use colour; NO_COLOR is honoured
    #[arg(long, value_enum, default_value_t = Color::Auto)]
    pub(crate) color: Color,
}

/// Play generated sequences of calls, and write what nothing explains as scenarios
///
/// Every sequence is an order and a few calls, right ones, borderline ones and wrong ones. Beside the target the spec's mock
/// is asked what should come of them; where the spec leaves a choice, every option is right. What differs all the same is
/// made as small as it gets, and becomes a scenario that `countermand run` plays. The same seed gives the same sequences.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  countermand explore --cases 1000
  countermand explore --target http://127.0.0.1:4010 --seed 7 --max-steps 12 --out found/
  countermand explore --target targets/acme.yaml --time 60s --out found/

Exit codes:
  0  no MUST was refuted
  1  a MUST was, or with --strict a SHOULD
  2  the command line or the target file is wrong
  3  something could not run")]
pub(crate) struct ExploreArgs {
    #[command(flatten)]
    pub(crate) target: TargetArgs,
    /// The spec whose calls are made, where no target file names it
    #[arg(long, value_name = "NAME", default_value = "modern-dropship")]
    pub(crate) spec: String,
    /// The profile to judge by [default: the spec's first]
    #[arg(long, value_name = "NAME")]
    pub(crate) profile: Option<String>,
    /// A SHOULD that is refuted is a failure too
    #[arg(long)]
    pub(crate) strict: bool,
    /// What the sequences are made from
    #[arg(long, value_name = "SEED", default_value_t = 1)]
    pub(crate) seed: u64,
    /// How many sequences are played, each on an order of its own
    #[arg(long, value_name = "N", default_value_t = 200, value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) cases: u32,
    /// The most calls of one sequence
    #[arg(long, value_name = "N", default_value_t = 8, value_parser = clap::value_parser!(u16).range(1..=100))]
    pub(crate) max_steps: u16,
    /// Begin no more sequences after so long: `90s`, `5m`
    #[arg(long, value_name = "TIME", value_parser = humantime::parse_duration)]
    pub(crate) time: Option<std::time::Duration>,
    /// Write the scenarios into this folder [default: show them]
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
}

/// Judge live traffic: forward it to an endpoint, and say what the spec does not explain
///
/// Clients speak to the address that is listened at, and what they say goes on to the endpoint unchanged, as its answers come
/// back. Calls and reads are known by the paths and bodies of the binding; beside each order that is read before its first call
/// the spec's mock is asked what should have come of the calls, and where the spec leaves a choice, every option is right. All
/// calls on an order have to come through here: what is not known to be a call is told, and never a violation.
///
/// The specs that are known: modern-dropship, trendyol, and laws through a target file whose calls are one request each, such as
/// targets/units.yaml. Over https:// the endpoint is trusted as by `run`: what the machine trusts, and the `tls:` of the target
/// file.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  countermand monitor --upstream http://127.0.0.1:4010 --listen 127.0.0.1:4011
  countermand monitor --upstream https://sandbox.acme.example --target targets/acme.yaml --settle 2000
  countermand monitor --upstream http://127.0.0.1:4010 --out seen/ --save-all
  countermand monitor --upstream http://127.0.0.1:4012 --spec trendyol --profile international

Exit codes:
  0  nothing that was seen violates a MUST
  1  something does
  2  the command line or the target file is wrong
  3  something was not judged; outranks 1")]
pub(crate) struct MonitorArgs {
    /// The URL of the endpoint
    #[arg(long, value_name = "URL")]
    pub(crate) upstream: String,
    /// Where to listen; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:4011")]
    pub(crate) listen: SocketAddr,
    /// The spec that is spoken [default: the target file's, or modern-dropship]
    #[arg(long, value_name = "NAME")]
    pub(crate) spec: Option<String>,
    /// The target file that says how it is spoken [default: the spec's own binding]
    #[arg(long, value_name = "FILE")]
    pub(crate) target: Option<PathBuf>,
    /// The profile to judge by [default: the spec's first]
    #[arg(long, value_name = "NAME")]
    pub(crate) profile: Option<String>,
    /// How long a change may take to be seen, milliseconds: an earlier read accuses nobody [default: the binding's]
    #[arg(long, value_name = "MS", value_parser = clap::value_parser!(u64).range(0..=600_000))]
    pub(crate) settle: Option<u64>,
    /// Write the first violation of each kind into this folder, as a scenario
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
    /// At the end, write every order that nothing speaks against too
    #[arg(long, requires = "out")]
    pub(crate) save_all: bool,
    /// A violated SHOULD ends with 1 too
    #[arg(long)]
    pub(crate) strict: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    Auto,
    Always,
    Never,
}

impl TargetArgs {
    /// The target of that name, as it is.
    pub(crate) fn named(target: &str) -> Self {
        Self {
            target: target.to_owned(),
            choices: Vec::new(),
            timeout: None,
            settle: None,
            webhook_settle: None,
            webhook_url: None,
            webhook_listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            yes: false,
        }
    }
}

impl Selection {
    /// Whether it is every case of the specs in this program.
    pub(crate) fn is_whole(&self) -> bool {
        self.paths.is_empty() && self.filters.is_empty()
    }
}

impl OutputArgs {
    pub(crate) fn verbosity(&self) -> countermand_report::Verbosity {
        use countermand_report::Verbosity;
        match (self.quiet, self.verbose) {
            (true, _) => Verbosity::Quiet,
            (_, true) => Verbosity::Verbose,
            _ => Verbosity::Normal,
        }
    }
}
