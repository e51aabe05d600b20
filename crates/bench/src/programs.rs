//! Finds the programs that are measured, and says which they are. Runs nothing else.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::args::Options;

/// Where the programs are.
#[derive(Debug)]
pub(crate) struct Programs {
    countermand: PathBuf,
    hurl: Option<PathBuf>,
    own: PathBuf,
}

impl Programs {
    /// Looks for them. That Hurl is missing is an error only where it is wanted.
    pub(crate) fn find(options: &Options) -> Result<Self> {
        let own = std::env::current_exe().context("where this program lies can't be told")?;
        let countermand = match &options.countermand {
            Some(path) => path.clone(),
            None => own.with_file_name("countermand"),
        };
        if !countermand.is_file() {
            bail!("there is no {}: `cargo build --release -p countermand` makes it", countermand.display());
        }
        let hurl = options.hurl.clone().or_else(|| search("hurl"));
        Ok(Self { countermand, hurl, own })
    }

    /// The program that is measured.
    pub(crate) fn countermand(&self) -> Command {
        Command::new(&self.countermand)
    }

    /// Hurl.
    pub(crate) fn hurl(&self) -> Result<Command> {
        let Some(hurl) = &self.hurl else {
            bail!("there is no hurl: `cargo install hurl --locked` makes it, or --hurl says where it is");
        };
        Ok(Command::new(hurl))
    }

    /// This program, to be a peer.
    pub(crate) fn own(&self, peer: &str) -> Command {
        let mut command = Command::new(&self.own);
        command.arg(peer);
        command
    }

    /// What is measured on what.
    pub(crate) fn describe(&self) -> String {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let hurl = self.hurl.as_deref().and_then(version).unwrap_or_else(|| "no hurl".to_owned());
        let countermand = version(&self.countermand).unwrap_or_else(|| "countermand".to_owned());
        format!("{countermand} ({}) beside {hurl}, on {cores} cores", self.countermand.display())
    }
}

/// The first two words of `--version`: a name and a number.
fn version(program: &Path) -> Option<String> {
    let output = Command::new(program).arg("--version").output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    Some(text.split_whitespace().take(2).collect::<Vec<_>>().join(" "))
}

/// A program on the PATH, or where cargo installs.
fn search(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let cargo = std::env::var_os("CARGO_HOME").map(PathBuf::from).or_else(|| {
        let home = std::env::var_os("HOME").filter(|home| home != OsStr::new(""))?;
        Some(Path::new(&home).join(".cargo"))
    });
    let folders = std::env::split_paths(&path).chain(cargo.map(|cargo| cargo.join("bin")));
    folders.map(|folder| folder.join(name)).find(|file| file.is_file())
}
