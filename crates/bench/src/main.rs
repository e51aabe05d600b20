//! Measures Countermand beside its peers, in one run: the sides take turns, and what is printed are medians and ratios.
//! It judges nothing: a goal that is missed is said, not failed. Instructions alone, which no other process moves, are held to
//! what is committed. Reads `/proc`, so that it runs on Linux only.

mod args;
mod counts;
mod figures;
mod load;
mod peer;
mod process;
mod programs;
mod scratch;
mod shop;
mod table;
mod timing;

use std::io::Write;
use std::process::ExitCode;

use anyhow::{Result, bail};
use clap::Parser;

use args::{Args, Command, Figure};
use programs::Programs;

fn main() -> ExitCode {
    match run(Args::parse()) {
        Ok(all_measured) => ExitCode::from(u8::from(!all_measured)),
        Err(error) => {
            // Where nobody reads the message, the code still tells.
            let _ = writeln!(std::io::stderr(), "error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(args: Args) -> Result<bool> {
    let options = args.options;
    match args.command {
        None => measure(&Figure::ALL, &options),
        Some(Command::Hurl) => measure(&[Figure::Hurl], &options),
        Some(Command::Cold) => measure(&[Figure::Cold], &options),
        Some(Command::InProcess) => measure(&[Figure::InProcess], &options),
        Some(Command::Memory) => measure(&[Figure::Memory], &options),
        Some(Command::Serve) => measure(&[Figure::Serve], &options),
        Some(Command::Target) => measure(&[Figure::Target], &options),
        Some(Command::Counts { write }) => counts::run(write).map(|()| true),
        Some(Command::PeerShop(wish)) => shop::serve(wish.dud).map(|()| true),
        Some(Command::PeerAnswers(answers)) => peer::answers::serve(&answers).map(|()| true),
        Some(Command::PeerLoop(wish)) => peer::reqwest_loop::run(&wish).map(|()| true),
    }
}

/// Measures one figure after the other, and tells whether all could be measured.
fn measure(figures: &[Figure], options: &args::Options) -> Result<bool> {
    if cfg!(debug_assertions) {
        bail!("only a release build is worth measuring: build with --release");
    }
    let programs = Programs::find(options)?;
    let mut out = std::io::stdout().lock();
    writeln!(out, "{}\n", programs.describe())?;
    let mut all = true;
    for figure in figures {
        match figures::measure(*figure, &programs, options) {
            Ok(table) => writeln!(out, "{table}")?,
            Err(error) => {
                all = false;
                writeln!(out, "{}: could not be measured: {error:#}\n", figure.name())?;
            }
        }
        out.flush()?;
    }
    Ok(all)
}
