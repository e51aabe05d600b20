//! The one binary, `countermand`: reads the command line, calls the crates that do the work, prints, and ends with a code.
//! Holds no logic of its own.

// Between the shell and the commands: what is asked, how it ends, what is shown.
mod args;
mod config;
mod exit;
mod failure;
mod output;
mod signals;
mod terminal;

// What several commands have in common: what is played, against what, and the files that are read and written.
mod exchanges;
mod files;
mod kept;
mod listen;
mod mock;
mod reports;
mod runs;
mod shard;
mod suite;
mod target;
mod teller;
mod told;

// A command each; `bless` and `watch` are what `run` does besides.
mod baseline;
mod bless;
mod board;
mod book;
mod check;
mod cleanup;
mod completions;
mod doctor;
mod explain;
mod explore;
mod fmt;
mod init;
mod list;
mod merge;
mod monitor;
mod new;
mod record;
mod replay;
mod run;
mod schema;
mod serve;
mod teeth;
mod watch;

use clap::Parser;

use args::{Args, Command};
use exit::Exit;

fn main() -> std::process::ExitCode {
    let args = Args::parse();
    let exit = match args.command {
        Command::Run(run) if run.watch => watch::watch(&run),
        Command::Run(run) => run::run(*run),
        Command::Serve(serve) => serve::serve(serve),
        Command::List(list) => list::list(&list),
        Command::Check(check) => check::check(&check),
        Command::Doctor(doctor) => doctor::doctor(&doctor),
        Command::Replay(replay) => replay::replay(&replay),
        Command::Merge(merge) => merge::merge(&merge),
        Command::Board(board) => board::board(&board),
        Command::Baseline(baseline) => baseline::baseline(&baseline),
        Command::Schema(schema) => schema::schema(&schema),
        Command::Completions(completions) => Ok(completions::completions(&completions)),
        Command::Explain(explain) => explain::explain(&explain),
        Command::Book(book) => book::book(&book),
        Command::Fmt(fmt) => fmt::fmt(&fmt),
        Command::Init(init) => init::init(&init),
        Command::New(new) => new::new(&new),
        Command::Cleanup(cleanup) => cleanup::cleanup(&cleanup),
        Command::Teeth(teeth) => teeth::teeth(&teeth),
        Command::Explore(explore) => explore::explore(&explore),
        Command::Monitor(monitor) => monitor::monitor(&monitor),
        Command::Record(record) => record::record(&record),
    };
    exit.unwrap_or_else(|failure| {
        failure.print();
        Exit::Usage
    })
    .into()
}
