//! The command line: which figures, how often, and the peers that the program runs itself as.

use std::path::PathBuf;

use clap::{Parser, Subcommand};

/// Measure Countermand beside its peers, in one run
///
/// Without a command every figure is measured. Build both programs first:
/// `cargo build --release -p countermand -p countermand-bench`.
#[derive(Debug, Parser)]
#[command(name = "countermand-bench", version)]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
    #[command(flatten)]
    pub(crate) options: Options,
}

/// How to measure
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// How often each side is measured, an odd number; the sides take turns
    #[arg(long, global = true, value_name = "N", default_value_t = 15, value_parser = odd)]
    pub(crate) rounds: u32,
    /// The program that is measured [default: the one beside this program]
    #[arg(long, global = true, value_name = "PATH")]
    pub(crate) countermand: Option<PathBuf>,
    /// Hurl [default: the one on the PATH, or in ~/.cargo/bin]
    #[arg(long, global = true, value_name = "PATH")]
    pub(crate) hurl: Option<PathBuf>,
    /// Requests between the first and the last look at the memory of `serve`
    #[arg(long, global = true, value_name = "N", default_value_t = 5_000_000, value_parser = clap::value_parser!(u64).range(8..))]
    pub(crate) requests: u64,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// 200 scenario files over loopback, beside Hurl and a bare reqwest loop
    Hurl,
    /// One scenario, from a cold start, beside Hurl
    Cold,
    /// 1,000 scenarios against the built-in mock
    InProcess,
    /// Peak memory of 10,000 cases, beside 100
    Memory,
    /// `serve` beside a bare axum server that answers the same bytes, and its memory in the long run
    Serve,
    /// Through a target file beside the spec's own binding, and where everything fails beside where everything holds
    Target,
    /// Instructions by row, beside the committed ones: fails where they differ by more than their limit
    Counts {
        /// Write the numbers as they are now to reports/counts.txt
        #[arg(long)]
        write: bool,
    },
    /// The server that scenarios are played against
    #[command(hide = true)]
    PeerShop(ShopArgs),
    /// An axum server that answers recorded bytes
    #[command(hide = true)]
    PeerAnswers(AnswersArgs),
    /// The requests of the scenarios, and nothing besides
    #[command(hide = true)]
    PeerLoop(LoopArgs),
}

#[derive(Debug, clap::Args)]
pub(crate) struct ShopArgs {
    /// Accept every cancellation and cancel nothing
    #[arg(long)]
    pub(crate) dud: bool,
}

#[derive(Debug, clap::Args)]
pub(crate) struct AnswersArgs {
    /// The recorded answers
    pub(crate) file: PathBuf,
}

#[derive(Debug, clap::Args)]
pub(crate) struct LoopArgs {
    /// The base URL of the server
    pub(crate) url: String,
    /// Orders to create, cancel and read
    #[arg(long)]
    pub(crate) orders: usize,
    /// Orders under way at once
    #[arg(long)]
    pub(crate) jobs: usize,
    /// Read the order as often as Countermand does
    #[arg(long)]
    pub(crate) every_read: bool,
}

/// Something that can be measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Figure {
    Hurl,
    Cold,
    InProcess,
    Memory,
    Serve,
    Target,
}

impl Figure {
    pub(crate) const ALL: [Self; 6] =
        [Self::Hurl, Self::Cold, Self::InProcess, Self::Memory, Self::Serve, Self::Target];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Hurl => "hurl",
            Self::Cold => "cold",
            Self::InProcess => "in-process",
            Self::Memory => "memory",
            Self::Serve => "serve",
            Self::Target => "target",
        }
    }
}

fn odd(text: &str) -> Result<u32, String> {
    match text.parse::<u32>() {
        Ok(number) if number % 2 == 1 => Ok(number),
        _ => Err("an odd number is wanted, so that the median is a measurement".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_sound() {
        Args::command().debug_assert();
    }

    #[test]
    fn rounds_are_odd() {
        assert_eq!(odd("15"), Ok(15));
        assert!(odd("14").is_err());
        assert!(odd("x").is_err());
    }
}
