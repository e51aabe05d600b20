//! `countermand doctor`: proves a target and says what it did.

use std::io;

use std::sync::Arc;

use countermand_harness::{Run, Suite};
use countermand_report::write_proof;

use crate::args::{DoctorArgs, Selection};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::{runs, suite, target, terminal};

pub(crate) fn doctor(args: &DoctorArgs) -> Result<Exit, Failure> {
    let selection = Selection { paths: Vec::new(), spec: args.spec.clone(), filters: Vec::new() };
    let mut suite = suite::load(&selection)?;
    let file = target::file(&args.target, &suite)?;
    if file.is_none() && !target::is_mock(&args.target, None) {
        suite::keep_bound(&mut suite, &selection);
    }
    keep(&mut suite, file.as_ref().map(|file| file.spec.as_str()).or(args.spec.as_deref()));
    let specs: Vec<_> = suite.specs.values().filter(|spec| suite.proofs.contains_key(&spec.name)).cloned().collect();
    let targets = target::targets(&specs, file.as_ref(), &args.target, 1, &Arc::default())?;
    let proofs = suite.proofs.clone();
    let run = Run { targets, proofs, ..runs::new() };
    let proofs = runs::block_on(run.prove())?;
    let mut held = true;
    for proof in &proofs {
        held &= proof.holds();
        // A reader that has seen enough (`| head`) is no failure.
        drop(write_proof(&mut io::stdout().lock(), proof, terminal::style(args.color), terminal::width()));
    }
    match (proofs.is_empty(), held) {
        (true, _) => Err(Failure::Message("no spec that was named has a proof.yaml beside it".to_owned())),
        (false, true) => Ok(Exit::Held),
        (false, false) => Ok(Exit::Incomplete),
    }
}

fn keep(suite: &mut Suite, spec: Option<&str>) {
    if let Some(wanted) = spec {
        suite.proofs.retain(|spec, _| spec == wanted);
    }
}
