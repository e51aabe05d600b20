//! Instructions, counted: runs the bench `counts` and holds what comes of it to the numbers in `reports/counts.txt`. Unlike the
//! figures this judges: a row that moved beyond its limit, came or went, is an error until the numbers are written anew.

mod committed;
mod compare;
mod counted;

use std::fs;
use std::io::{ErrorKind, Write};

use anyhow::{Context, Result, bail};

use committed::Committed;

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../reports/counts.txt");

/// Counts, and compares with what is committed; or writes what is to be committed.
pub(crate) fn run(write: bool) -> Result<()> {
    let committed = match fs::read_to_string(FILE) {
        Ok(text) => Committed::parse(&text).context("can't read reports/counts.txt")?,
        Err(error) if error.kind() == ErrorKind::NotFound && write => Committed::default(),
        Err(error) => bail!("can't read reports/counts.txt, which `counts --write` writes: {error}"),
    };
    let (tools, counts) = (counted::tools()?, counted::count()?);
    let compared = compare::compare(&committed, &counts, &tools)?;
    writeln!(std::io::stdout(), "{}", compared.table)?;
    match compared.complaint {
        _ if write => {
            let renewed = committed.renewed(&counts, tools).to_string();
            fs::write(FILE, renewed).context("can't write reports/counts.txt")
        }
        Some(complaint) => bail!("{complaint}"),
        None => Ok(()),
    }
}
