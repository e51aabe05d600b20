//! The folder of a run's exchanges, which `run --save-exchanges` writes and `replay` reads. What its files are called and what
//! stands in them is known elsewhere.

use std::collections::BTreeMap;
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

use countermand_event::Exchange;
use countermand_harness::{KeptRun, exchange_file, exchange_line, exchanges};

use crate::failure::Failure;

/// The largest file of exchanges that is read, bytes.
const MAX_FILE: u64 = 256 << 20;

/// Writes how the run is played; the folder may be no other's.
pub(crate) fn write_run(folder: &Path, run: &KeptRun) -> io::Result<()> {
    let path = folder.join(KeptRun::FILE);
    match path.exists() {
        true => Err(io::Error::new(io::ErrorKind::AlreadyExists, "it holds the exchanges of another run")),
        false => fs::write(path, run.text()?),
    }
}

/// How the run of a folder was played.
pub(crate) fn read_run(folder: &Path) -> Result<KeptRun, Failure> {
    let path = folder.join(KeptRun::FILE);
    let text = fs::read_to_string(&path).map_err(|error| Failure::unreadable(&path, &error))?;
    KeptRun::parse(&text).map_err(|error| Failure::of_file(&path, &error))
}

/// Adds an exchange to those of its case.
pub(crate) fn append(folder: &Path, spec: &str, case: &str, exchange: &Exchange) -> io::Result<()> {
    let line = exchange_line(exchange)?;
    let mut file = OpenOptions::new().create(true).append(true).open(folder.join(exchange_file(spec, case)))?;
    file.write_all(&line)
}

/// The exchanges of a spec's cases, by id; under the empty name what was done for no case.
pub(crate) fn read(
    folder: &Path,
    spec: &str,
    cases: impl Iterator<Item = String>,
) -> Result<BTreeMap<String, Vec<Exchange>>, Failure> {
    let mut all = BTreeMap::new();
    for case in cases.chain([String::new()]) {
        let path = folder.join(exchange_file(spec, &case));
        if path.exists() {
            all.insert(case, read_file(&path)?);
        }
    }
    Ok(all)
}

fn read_file(path: &Path) -> Result<Vec<Exchange>, Failure> {
    let size = fs::metadata(path).map_err(|error| Failure::of_file(path, &error))?.len();
    if size > MAX_FILE {
        return Err(Failure::of_file(path, &format_args!("has more than the {MAX_FILE} bytes that are read")));
    }
    let text = fs::read_to_string(path).map_err(|error| Failure::unreadable(path, &error))?;
    exchanges(&text).map_err(|error| Failure::of_file(path, &error))
}
