//! Writes a scenario for calls that somebody has in mind: the model of the spec says what comes of them, each expectation under the
//! clause that speaks of it.

mod curl;
mod pasted;
mod roles;
mod typed;

use serde_json::Value;

use crate::contracts::contract;
use crate::error::ExploreError;
use crate::oracle::Oracle;
use crate::oracle::write::{self, Title};
use crate::sequence::{Call, Sequence};
use crate::settings::Setting;
use crate::stage::Stage;
pub use pasted::pasted;
pub use typed::typed;

/// The text of a scenario that makes these calls on an order of these lines and expects what the model does with this setting.
/// Where it has no title it is called by its calls.
///
/// # Errors
/// When nothing is known of the spec here, the calls are none of it, or the model can't play them.
pub fn author(
    stage: &Stage,
    wanted: &Sequence,
    setting: &Setting,
    title: Option<&str>,
) -> Result<String, ExploreError> {
    let spec = &stage.spec.name;
    let contract = contract(spec).ok_or_else(|| ExploreError::Spec(spec.clone()))?;
    // What the order is like before the first call is read.
    let read = Call::new(contract.read, None);
    let calls = [read].into_iter().chain(wanted.calls.iter().cloned()).collect();
    let sequence = Sequence { lines: wanted.lines.clone(), calls };
    let oracle = Oracle { stage, contract };
    let should = oracle.endings(&sequence, setting)?.into_iter().next().unwrap_or_default();
    if should.len() < sequence.calls.len() || should.iter().any(Option::is_none) {
        return Err(ExploreError::Unplayable);
    }
    let title = title.map_or_else(|| titled(&wanted.calls), str::to_owned);
    let written = write::scenario(&write::Refutation {
        contract,
        sequence: &sequence,
        should: &should,
        endings: &oracle.endings_of_steps(&sequence, setting)?,
        call: sequence.calls.len() - 1,
        paths: &Default::default(),
        rule: None,
        level: &|clause| stage.spec.level(clause, &stage.profile),
        setting,
        title: Title::Whole(&quoted(&title)),
    });
    Ok(written.text)
}

fn titled(calls: &[Call]) -> String {
    calls.iter().map(Call::made).collect::<Vec<_>>().join(", then ")
}

/// A title as it can stand in YAML.
fn quoted(title: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || " ,.-_()/".contains(c);
    // A single word may be one that YAML reads as something else.
    let is_words = title.starts_with(char::is_alphabetic) && title.trim().contains([' ', '_']) && !title.ends_with(' ');
    let is_words = is_words && title.chars().all(is_plain);
    if is_words { title.to_owned() } else { Value::from(title).to_string() }
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn a_title_is_text_whatever_stands_in_it() {
        assert_eq!(
            ["A part, then the rest", "yes: no", "# x", "5"].map(quoted),
            ["A part, then the rest", "\"yes: no\"", "\"# x\"", "\"5\""]
        );
    }
}
