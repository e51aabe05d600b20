//! `countermand completions`: the command line as shells and `man` want it.

use std::io;

use clap::CommandFactory;
use clap_complete::{Shell, generate};

use crate::args::{Args, CompletionForm, CompletionsArgs};
use crate::exit::Exit;
use crate::output::say;

pub(crate) fn completions(args: &CompletionsArgs) -> Exit {
    let mut text = Vec::new();
    let mut command = Args::command();
    let shell = match args.form {
        CompletionForm::Bash => Some(Shell::Bash),
        CompletionForm::Elvish => Some(Shell::Elvish),
        CompletionForm::Fish => Some(Shell::Fish),
        CompletionForm::Powershell => Some(Shell::PowerShell),
        CompletionForm::Zsh => Some(Shell::Zsh),
        CompletionForm::Man => None,
    };
    match shell {
        Some(shell) => generate(shell, &mut command, "countermand", &mut text),
        None => man(command, &mut text),
    }
    say(String::from_utf8_lossy(&text).trim_end());
    Exit::Held
}

/// The program and each of its commands, one after the other.
fn man(mut command: clap::Command, out: &mut Vec<u8>) {
    command.build();
    let mut page = |command: clap::Command| -> io::Result<()> { clap_mangen::Man::new(command).render(out) };
    // Writing to memory does not fail.
    let _ = page(command.clone());
    for sub in command.get_subcommands().filter(|sub| sub.get_name() != "help") {
        let _ = page(sub.clone());
    }
}
