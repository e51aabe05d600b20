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
