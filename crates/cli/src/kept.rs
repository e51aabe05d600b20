//! What a run keeps while it goes on: the orders it creates, and every exchange where that was asked for.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use countermand_event::Exchange;
use countermand_harness::{KeptRun, LedgerEntry, Run, Witness};
use serde_json::Value;

use crate::args::RunArgs;
use crate::exchanges;
use crate::failure::Failure;

/// The files of a run.
pub(crate) struct Kept {
    files: Option<Arc<Files>>,
}

struct Files {
    /// The target as the user named it.
    target: String,
    ledger: Option<(PathBuf, Mutex<File>)>,
    exchanges: Option<PathBuf>,
    /// Orders that were created, and what could not be written.
    told: Mutex<Told>,
}

#[derive(Default)]
struct Told {
    orders: std::collections::BTreeSet<String>,
    failed: Option<String>,
}

impl Kept {
    /// Opens what was asked for. Orders on a machine that is not this one are always written down.
    pub(crate) fn open(run: &Run, args: &RunArgs) -> Result<Self, Failure> {
        let is_remote = run.targets.values().any(|target| target.is_remote());
        let default = || is_remote.then(|| PathBuf::from(format!("countermand-orders-{}.jsonl", run.run_id)));
        let ledger = match args.ledger.clone().or_else(default) {
            Some(path) => {
                let file = OpenOptions::new().create(true).append(true).open(&path);
                Some((path.clone(), Mutex::new(file.map_err(|error| Failure::unwritable(&path, &error))?)))
            }
            None => None,
        };
        if let Some(folder) = &args.save_exchanges {
            fs::create_dir_all(folder).map_err(|error| Failure::unwritable(folder, &error))?;
            exchanges::write_run(folder, &KeptRun::of(run, &args.target.target))
                .map_err(|error| Failure::unwritable(folder, &error))?;
        }
        if ledger.is_none() && args.save_exchanges.is_none() {
            return Ok(Self { files: None });
        }
        let (target, exchanges) = (args.target.target.clone(), args.save_exchanges.clone());
        Ok(Self { files: Some(Arc::new(Files { target, ledger, exchanges, told: Mutex::default() })) })
    }

    pub(crate) fn witness(&self) -> Option<Arc<dyn Witness>> {
        self.files.clone().map(|files| files as Arc<dyn Witness>)
    }

    /// What is to be said at the end.
    pub(crate) fn close(&self) -> Vec<String> {
        let Some(files) = &self.files else { return Vec::new() };
        let told = files.told.lock().unwrap_or_else(PoisonError::into_inner);
        let orders = files.ledger.as_ref().filter(|_| !told.orders.is_empty()).map(|(path, _)| {
            let path = path.display();
            format!("{} orders were created: `countermand cleanup {path}` takes them away again", told.orders.len())
        });
        let failed = told.failed.iter().map(|error| format!("note: not everything could be written down: {error}"));
        orders.into_iter().chain(failed).collect()
    }
}

impl Files {
    fn note(&self, written: io::Result<()>) {
        if let Err(error) = written {
            self.told.lock().unwrap_or_else(PoisonError::into_inner).failed.get_or_insert(error.to_string());
        }
    }
}

impl Witness for Files {
    fn order_created(&self, spec: &str, case: &str, key: &str, order: &Value) {
        let Some((_, ledger)) = &self.ledger else { return };
        let entry = LedgerEntry {
            case: case.to_owned(),
            key: key.to_owned(),
            order: order.clone(),
            spec: spec.to_owned(),
            target: self.target.clone(),
        };
        let mut ledger = ledger.lock().unwrap_or_else(PoisonError::into_inner);
        // At once and whole: what follows may never come.
        self.note(ledger.write_all(entry.line().as_bytes()).and_then(|()| ledger.flush()));
        self.told.lock().unwrap_or_else(PoisonError::into_inner).orders.insert(key.to_owned());
    }

    fn exchanged(&self, spec: &str, case: &str, exchange: Exchange) {
        if let Some(folder) = &self.exchanges {
            self.note(exchanges::append(folder, spec, case, &exchange));
        }
    }
}
