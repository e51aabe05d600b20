//! What several commands take.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::ValueEnum;

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
    /// How long a webhook may take to come, and a refused one to come again, milliseconds [default: the binding's]
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
#[derive(Debug, Clone, Default, clap::Args)]
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
