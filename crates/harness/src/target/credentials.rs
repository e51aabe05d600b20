//! Whose credentials were given. What a spec gives by default is the mock's: it is sent to this machine alone, and a caller that
//! nobody gave a credential is a lack, never a reason to accuse.

use super::TargetError;
use crate::secrets::EnvText;
use crate::spec::binding::{Binding, Caller, Lacks, Setting};

/// Takes away what nobody gave: callers that can't be played are lacking, each with the reason, and variables are not there.
/// Somebody who gave any credential means a system of their own, where a made-up one would only be refused.
///
/// # Errors
/// On another machine, when the binding itself can't do without what is not given.
pub(super) fn only_given(
    binding: &mut Binding,
    is_remote: bool,
    env: &dyn Fn(&str) -> Option<String>,
) -> Result<(), TargetError> {
    let given = binding.callers.values().flat_map(Caller::texts).flat_map(EnvText::variables);
    if !is_remote && !given.into_iter().any(|(name, _)| env(name).is_some()) {
        return Ok(());
    }
    let missing = |what: String, variable: String| Err(TargetError::NotGiven { what, variable });
    let mut lacks = Lacks::new();
    for (name, caller) in &binding.callers {
        let Some(variable) = caller.texts().find_map(|text| text.made_up(env)) else { continue };
        match (binding.needs(name), is_remote) {
            (true, true) => return missing(format!("the credential of `{name}`"), variable),
            // On this machine it may still be the mock.
            (true, false) => {}
            (false, _) => {
                let reason = format!("its credential is not given: set the environment variable `{variable}`");
                lacks.insert(name.clone(), reason);
            }
        }
    }
    binding.lacks.extend(lacks);
    if !is_remote {
        return Ok(());
    }
    for (name, value) in &binding.headers {
        if let Some(variable) = value.made_up(env) {
            return missing(format!("the header `{name}`"), variable);
        }
    }
    let made_up = |setting: &Setting| match setting {
        Setting::Text(text) => text.made_up(env),
        Setting::Value(_) => None,
    };
    for (name, setting) in &binding.vars {
        if let Some(variable) = made_up(setting).filter(|_| binding.needs_var(name)) {
            return missing(format!("`vars.{name}`"), variable);
        }
    }
    binding.vars.retain(|(_, setting)| made_up(setting).is_none());
    Ok(())
}
