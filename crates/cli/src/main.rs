//! The one binary, `countermand`: reads the command line, calls the crates that do the work, prints, and ends with a code.
//! Holds no logic of its own.

mod args;
mod baseline;
mod bless;
mod board;
mod book;
mod check;
mod cleanup;
mod completions;
mod config;
mod doctor;
mod exchanges;
mod exit;
mod explain;
mod explore;
mod failure;
mod files;
mod fmt;
mod init;
mod kept;
mod list;
mod listen;
mod merge;
mod mock;
mod monitor;
mod new;
mod output;
mod record;
mod replay;
mod reports;
mod run;
mod runs;
mod schema;
mod serve;
mod shard;
mod signals;
mod suite;
mod target;
mod teeth;
mod terminal;
mod told;
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
