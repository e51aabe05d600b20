//! The commands of those who write scenarios.

use std::path::PathBuf;

use clap::ValueEnum;

use super::Selection;

/// Begin a suite of your own: a scenario, a target file, schemas for the editor and a file for CI
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
    #[arg(long, value_name = "NAME", default_value = countermand_suite::DEFAULT_SPEC)]
    pub(crate) spec: String,
}

/// Write a scenario: an order, calls on it, and what must come of them
///
/// The calls are written as reports show them, or pasted as curl commands. What must come of them is what the spec's mock does,
/// each expectation under its clause: read it as you would read your own.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  countermand new --line mug=5 --call 'cancel_item mug newQuantity=3'
  countermand new --line mug=5 --line tee=2 --fulfilled mug=1 --call 'cancel_order unfulfilledOnly=true' -o rest.yaml
  countermand new --curl \"curl -X POST https://acme.example/orders/7/items/9/cancel -d '{\\\"newQuantity\\\":3}'\"
  countermand new --spec trendyol --call 'push box status=Picking'")]
pub(crate) struct NewArgs {
    /// The spec
    #[arg(long, value_name = "NAME", default_value = countermand_suite::DEFAULT_SPEC)]
    pub(crate) spec: String,
    /// A line of the order, and its units
    #[arg(long = "line", value_name = "ROLE=UNITS", default_value = "mug=5")]
    pub(crate) lines: Vec<String>,
    /// How many of its units are fulfilled before the first call
    #[arg(long, value_name = "ROLE=UNITS")]
    pub(crate) fulfilled: Vec<String>,
    /// A call: its name, the role it is made on, its arguments as JSON or as a word
    #[arg(long = "call", value_name = "CALL", required_unless_present = "curls", conflicts_with = "curls")]
    pub(crate) calls: Vec<String>,
    /// A call as a curl command; the first id in it is that of the first line
    #[arg(long = "curl", value_name = "COMMAND")]
    pub(crate) curls: Vec<String>,
    /// The target file by whose binding curl commands are read [default: the spec's own]
    #[arg(long, value_name = "FILE")]
    pub(crate) target: Option<PathBuf>,
    /// What the scenario is called [default: its calls]
    #[arg(long, value_name = "TEXT")]
    pub(crate) title: Option<String>,
    /// The profile whose clauses are named [default: the spec's first]
    #[arg(long, value_name = "NAME")]
    pub(crate) profile: Option<String>,
    /// What the implementation chooses where the spec leaves a choice
    #[arg(long = "choice", value_name = "NAME=OPTION")]
    pub(crate) choices: Vec<String>,
    /// Write it into this file, which is not there yet [default: show it]
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
}

/// Lay scenario files out as all of them are: indentation, quotes, spaces, columns; comments stay
///
/// What a file says does not change.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  countermand fmt my-scenarios/
  countermand fmt --check my-scenarios/

Exit codes:
  0  every file is laid out so
  1  with --check: a file is not
  2  a file can't be read, or is no YAML")]
pub(crate) struct FmtArgs {
    /// Scenario files or folders
    #[arg(required = true)]
    pub(crate) paths: Vec<PathBuf>,
    /// Write nothing: name the files that are laid out otherwise
    #[arg(long)]
    pub(crate) check: bool,
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

/// Print the JSON Schema of a format, by which an editor completes and checks the files of it
///
/// Every call, clause, choice, kind and field of the specs is in that of scenarios, and every name that a target file can use in
/// that of those. What a schema can't see, such as a role that is not there, `countermand check` does.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  countermand schema scenario > scenario.schema.json
  countermand schema target my-specs/ > target.schema.json
  countermand schema spec > spec.schema.json")]
pub(crate) struct SchemaArgs {
    /// Of which files
    #[arg(value_enum)]
    pub(crate) format: SchemaFormat,
    /// Where specs of your own are [default: those in this program]
    #[arg(value_name = "DIR")]
    pub(crate) specs: Vec<PathBuf>,
}

/// The files that a schema is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum SchemaFormat {
    /// Scenario files
    Scenario,
    /// Spec files, whatever the spec
    Spec,
    /// Target files
    Target,
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
