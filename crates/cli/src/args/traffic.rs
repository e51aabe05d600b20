//! The commands that clients speak to.

use std::net::SocketAddr;
use std::path::PathBuf;

/// Serve the mock of a spec over HTTP
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  countermand serve modern-dropship
  countermand serve modern-dropship --listen 127.0.0.1:4010 --choice original-quantity=reduce --delay 20
  countermand serve modern-dropship --orders orders.json --rate 5
  countermand serve modern-dropship --fault new-quantity-is-removed --fault accepted-is-202

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
    /// Read one rule of the contract wrong, or several; `countermand teeth --list` names the faults there are
    #[arg(long = "fault", value_name = "NAME")]
    pub(crate) faults: Vec<String>,
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
    #[command(flatten)]
    pub(crate) traffic: TrafficArgs,
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

/// Record what clients do as scenarios: forward it to an endpoint, and write each order with its calls down
///
/// Clients speak to the address that is listened at, and what they say goes on to the endpoint unchanged. An order becomes a
/// scenario when this ends: lines have roles instead of ids, and what came of each call stands under the clause that demands it.
/// Only reads show what came of calls: where the path of a call names its order, and that is read by one request, it is read with
/// the caller's own credentials before every call and once more at the end. Elsewhere, as in trendyol, clients have to do that.
/// What the spec does not explain is told, and the scenario expects what the spec demands instead.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  countermand record --upstream http://127.0.0.1:4010 --out my-scenarios/
  countermand record --upstream https://sandbox.acme.example --target targets/acme.yaml --out my-scenarios/

Exit codes:
  0  every order that calls were made on is written down
  2  the command line or the target file is wrong
  3  an order, or a call on it, could not be")]
pub(crate) struct RecordArgs {
    #[command(flatten)]
    pub(crate) traffic: TrafficArgs,
    /// Write the scenarios into this folder
    #[arg(long, value_name = "DIR", default_value = "recorded")]
    pub(crate) out: PathBuf,
}

/// What goes through to where, and how it is understood
#[derive(Debug, clap::Args)]
pub(crate) struct TrafficArgs {
    /// The URL of the endpoint
    #[arg(long, value_name = "URL")]
    pub(crate) upstream: String,
    /// Where to listen; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:4011")]
    pub(crate) listen: SocketAddr,
    #[arg(long, value_name = "NAME", help = spec_help())]
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
}

/// Which spec is spoken where none is named.
fn spec_help() -> String {
    format!("The spec that is spoken [default: the target file's, or {}]", countermand_suite::DEFAULT_SPEC)
}
