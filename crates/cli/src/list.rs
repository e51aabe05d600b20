//! `countermand list`: the cases, or the clauses with the cases that claim them.

use std::io::{self, Write};

use countermand_harness::{Spec, Suite};

use crate::args::ListArgs;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::suite;

pub(crate) fn list(args: &ListArgs) -> Result<Exit, Failure> {
    let mut suite = suite::load(&args.selection)?;
    let mut out = io::stdout().lock();
    let mut written = Ok(());
    if args.clauses {
        let profiles = suite::profiles(&mut suite, args.profile.as_deref())?;
        for (spec, profile) in profiles.iter().filter_map(|(name, profile)| Some((suite.specs.get(name)?, profile))) {
            written = written.and_then(|()| clauses(&mut out, &suite, spec, profile));
        }
    } else {
        written = suite.cases.iter().try_for_each(|case| writeln!(out, "{}", case.id));
    }
    // A reader that has seen enough (`| head`) is no failure.
    drop(written);
    Ok(Exit::Held)
}

/// Every clause of a spec, its level in the profile, and the cases that claim it.
fn clauses(out: &mut impl Write, suite: &Suite, spec: &Spec, profile: &str) -> io::Result<()> {
    writeln!(out, "{} ({profile})", spec.name)?;
    for clause in &spec.clauses {
        let level = spec.level(&clause.id, profile).name();
        writeln!(out, "{level:<6}  {}  {}", clause.id, clause.text)?;
        let claims = |case: &&std::sync::Arc<countermand_harness::WaitingCase>| {
            case.spec.name == spec.name && case.clauses().any(|claimed| claimed == clause.id)
        };
        for case in suite.cases.iter().filter(claims) {
            writeln!(out, "          {}", case.id)?;
        }
    }
    Ok(())
}
