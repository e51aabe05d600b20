//! Whose credentials were given. Those that a spec gives by default are the mock's: they are sent to this machine alone, and a caller
//! that nobody gave one is a lack, never a reason to accuse.

use std::collections::BTreeMap;

use super::TargetError;
use crate::spec::binding::{Binding, Caller};

/// The callers that can't be played, each with the reason. Somebody who gave any credential means a system of their own, where a
/// made-up one would only be refused.
///
/// # Errors
/// On another machine, when the binding itself can't do without a caller whose credential is not given.
pub(super) fn missing(
    binding: &Binding,
    is_remote: bool,
    env: &dyn Fn(&str) -> Option<String>,
) -> Result<BTreeMap<String, String>, TargetError> {
    let unset = |caller: &Caller| -> Option<String> {
        let mut unset = caller.variables().filter(|(name, has_default)| *has_default && env(name).is_none());
        unset.next().map(|(name, _)| name.to_owned()).filter(|_| caller.is_of_spec)
    };
    let any_given = binding.callers.values().flat_map(Caller::variables).any(|(name, _)| env(name).is_some());
    if !is_remote && !any_given {
        return Ok(BTreeMap::new());
    }
    let mut missing = BTreeMap::new();
    for (name, caller) in &binding.callers {
        let Some(variable) = unset(caller) else { continue };
        match (binding.needs(name), is_remote) {
            (true, true) => return Err(TargetError::MissingCredential { caller: name.clone(), variable }),
            // On this machine it may still be the mock.
            (true, false) => {}
            (false, _) => {
                let reason = format!("its credential is not given: set the environment variable `{variable}`");
                missing.insert(name.clone(), reason);
            }
        }
    }
    Ok(missing)
}
