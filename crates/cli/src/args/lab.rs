//! The commands that put the suite, or an implementation, to harder tests than its cases.

use std::path::PathBuf;

use super::{Color, Selection, TargetArgs};

/// Say what the scenarios catch: every fault of the mock against every case
///
/// A fault is a single rule that the mock reads wrong. One that no case sees is a hole in the suite; one that is seen, but
/// not under the clause it breaks, is seen by accident. Either ends with exit code 1.
#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("sampled").args(["sound", "pairs"]))]
#[command(after_help = "Examples:
  countermand teeth
  countermand teeth --list
  countermand teeth --scenario my-scenarios/splits-twice.yaml
  countermand teeth --sound --n 1000
  countermand teeth --pairs --n 500 --report markdown=pairs.md
  countermand teeth --report markdown=teeth.md")]
pub(crate) struct TeethArgs {
    #[command(flatten)]
    pub(crate) selection: Selection,
    /// The profile to judge by [default: the spec's first]
    #[arg(long, value_name = "NAME")]
    pub(crate) profile: Option<String>,
    /// Only name the faults, the clause that each breaks, and what it does
    #[arg(long, conflicts_with_all = ["scenario", "sampled", "reports"])]
    pub(crate) list: bool,
    /// Say what this scenario catches, and what of it no case of the suite in this program does
    #[arg(long, value_name = "FILE", conflicts_with_all = ["sampled", "paths"])]
    pub(crate) scenario: Option<PathBuf>,
    /// Look for false alarms instead: every option of every choice alone, and random combinations
    #[arg(long)]
    pub(crate) sound: bool,
    /// Play faults that break a MUST beside what breaks none instead: each fault of a SHOULD or a MAY, and each option that
    /// openly departs from a clause. The MUST has to be told all the same, and what breaks none accused of none
    #[arg(long)]
    pub(crate) pairs: bool,
    /// How many random combinations `--sound` plays [default: 50], or how many pairs `--pairs` does [default: all]
    #[arg(long, value_name = "N", requires = "sampled")]
    pub(crate) n: Option<usize>,
    /// What the random combinations are made from, or the pairs drawn by
    #[arg(long, value_name = "SEED", default_value_t = 1, requires = "sampled")]
    pub(crate) seed: u64,
    /// Write the whole matrix, or what came of the pairs: `json` for machines, `markdown` for a page
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
    #[arg(long, value_name = "NAME", default_value = countermand_suite::DEFAULT_SPEC)]
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
