//! The folder of a run's exchanges: what is written by `run --save-exchanges` and read by `replay`.
//!
//! `run.json` says how the run was played; beside it one file per case with an exchange a line, and one per spec for what
//! was done for no case.

use std::collections::BTreeMap;
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use countermand_event::Exchange;
use countermand_harness::Run;
use serde::{Deserialize, Serialize};

use crate::failure::Failure;

/// The version of the folder's format.
const FORMAT: u32 = 1;
/// Stands for an address that is not told.
const NOWHERE: &str = "http://recorded";
/// The largest file of exchanges that is read, bytes.
const MAX_FILE: u64 = 256 << 20;

/// How a run was played.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Setting {
    format: u32,
    /// The target as the user named it.
    pub(crate) target: String,
    pub(crate) run_id: String,
    pub(crate) started: String,
    pub(crate) specs: BTreeMap<String, SpecSetting>,
}

/// The same for one spec.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct SpecSetting {
    pub(crate) profile: String,
    pub(crate) base_url: String,
    pub(crate) timeout_ms: u64,
    pub(crate) settle_ms: u64,
    /// The variables of the environment that were set.
    pub(crate) variables: Vec<String>,
}

impl Setting {
    pub(crate) fn of(run: &Run, target: &str) -> Self {
        let specs = run.targets.iter().map(|(spec, target)| {
            let millis = |duration: std::time::Duration| u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
            let setting = SpecSetting {
                profile: run.profiles.get(spec).cloned().unwrap_or_default(),
                // An address from the environment is nobody's business: only what comes after it is compared.
                base_url: Some(target.shown_base_url()).filter(|url| !url.contains('$')).unwrap_or(NOWHERE.to_owned()),
                timeout_ms: millis(target.timeout()),
                settle_ms: millis(target.settle()),
                variables: target.variables().to_vec(),
            };
            (spec.clone(), setting)
        });
        let (run_id, started) = (run.run_id.clone(), run.started.clone());
        Self { format: FORMAT, target: target.to_owned(), run_id, started, specs: specs.collect() }
    }
}

pub(crate) fn write_setting(folder: &Path, setting: &Setting) -> io::Result<()> {
    let mut text = serde_json::to_string_pretty(setting)?;
    text.push('\n');
    let path = folder.join("run.json");
    match path.exists() {
        true => Err(io::Error::new(io::ErrorKind::AlreadyExists, "it holds the exchanges of another run")),
        false => fs::write(path, text),
    }
}

/// Adds an exchange to those of its case.
pub(crate) fn append(folder: &Path, spec: &str, case: &str, exchange: &Exchange) -> io::Result<()> {
    let mut line = serde_json::to_vec(exchange)?;
    line.push(b'\n');
    let mut file = OpenOptions::new().create(true).append(true).open(file(folder, spec, case))?;
    file.write_all(&line)
}

/// `laws/race/double.yaml` is `laws--race--double.jsonl`; what was done for no case, `laws.jsonl`.
fn file(folder: &Path, spec: &str, case: &str) -> PathBuf {
    let name = if case.is_empty() { spec } else { case };
    folder.join(format!("{}.jsonl", name.replace('/', "--")))
}

/// How the run of a folder was played.
pub(crate) fn read_setting(folder: &Path) -> Result<Setting, Failure> {
    let path = folder.join("run.json");
    let wrong = |what: &dyn std::fmt::Display| Failure::Message(format!("{}: {what}", path.display()));
    let text = fs::read_to_string(&path).map_err(|error| Failure::unreadable(&path, &error))?;
    let setting: Setting = serde_json::from_str(&text).map_err(|error| wrong(&error))?;
    match setting.format {
        FORMAT => Ok(setting),
        other => Err(wrong(&format_args!("format {other}: this program reads format {FORMAT}"))),
    }
}

/// The exchanges of a spec's cases, by id; under the empty name what was done for no case.
pub(crate) fn read(
    folder: &Path,
    spec: &str,
    cases: impl Iterator<Item = String>,
) -> Result<BTreeMap<String, Vec<Exchange>>, Failure> {
    let mut all = BTreeMap::new();
    for case in cases.chain([String::new()]) {
        let path = file(folder, spec, &case);
        if path.exists() {
            all.insert(case, read_file(&path)?);
        }
    }
    Ok(all)
}

fn read_file(path: &Path) -> Result<Vec<Exchange>, Failure> {
    let wrong = |what: &dyn std::fmt::Display| Failure::Message(format!("{}: {what}", path.display()));
    let size = fs::metadata(path).map_err(|error| wrong(&error))?.len();
    if size > MAX_FILE {
        return Err(wrong(&format_args!("has more than the {MAX_FILE} bytes that are read")));
    }
    let text = fs::read_to_string(path).map_err(|error| Failure::unreadable(path, &error))?;
    let line = |(number, line): (usize, &str)| {
        serde_json::from_str(line).map_err(|error| wrong(&format_args!("line {}: {error}", number + 1)))
    };
    text.lines().enumerate().map(line).collect()
}
