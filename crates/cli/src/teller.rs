//! Says what is found in live traffic, as it is found. What a client or an endpoint has sent is made safe to show.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use countermand_event::Level;
use countermand_harness::Target;
use countermand_lab::{Scenario, Told, Violation};
use serde_json::Value;

use crate::files;
use crate::output::{complain, say};

/// Says what the judge finds, and writes the scenarios of it where that is asked for.
pub(crate) struct Teller {
    pub(crate) target: Arc<Target>,
    pub(crate) out: Option<PathBuf>,
    pub(crate) saved: Arc<Mutex<Saved>>,
}

/// What was written.
#[derive(Default)]
pub(crate) struct Saved {
    pub(crate) paths: Vec<PathBuf>,
    /// Something could not be.
    pub(crate) has_failed: bool,
}

impl Teller {
    pub(crate) fn tell(&self, told: &Told) {
        match told {
            Told::Violation(violation) => self.violation(violation),
            Told::Gap(gap) => {
                let order = gap.order.as_ref().map(|order| format!("order {order}: ")).unwrap_or_default();
                say(&format!("NOT JUDGED  {}", self.shown(&format!("{order}{}", gap.why))));
            }
            Told::Watched(scenario) => drop(self.save(scenario)),
        }
    }

    fn violation(&self, violation: &Violation) {
        let Violation { order, call, clause, level, statement, differences, scenario, is_known } = violation;
        // What only should not be is told once of a kind: it may be so in every answer.
        if *is_known && *level < Level::Must {
            return;
        }
        let before = if *is_known { "  (told before)" } else { "" };
        let what = self.shown(&format!("order {order}  {call}"));
        say(&format!("VIOLATED  {what}  {} {clause}{before}", level.name()));
        if *is_known {
            return;
        }
        say(&format!("  {statement}"));
        for difference in differences {
            let value = |value: &Option<Value>| value.as_ref().map_or_else(|| "nothing".to_owned(), Value::to_string);
            let (expected, actual) = (value(&difference.expected), value(&difference.actual));
            say(&format!("  {}", self.shown(&format!("{}: expected {expected}, is {actual}", difference.path))));
        }
        if let Some(path) = scenario.as_ref().and_then(|scenario| self.save(scenario)) {
            say(&format!("  {}", path.display()));
        }
    }

    /// Writes a scenario, where that is asked for.
    fn save(&self, scenario: &Scenario) -> Option<PathBuf> {
        let folder = self.out.as_deref()?;
        let path = folder.join(&scenario.name).with_extension("yaml");
        let mut saved = self.saved.lock().unwrap_or_else(PoisonError::into_inner);
        match files::scenario(folder, &path, &scenario.text) {
            Ok(()) => {
                saved.paths.push(path.clone());
                Some(path)
            }
            Err(error) => {
                saved.has_failed = true;
                complain(&format!("can't write {}: {error}", path.display()));
                None
            }
        }
    }

    /// What a client or an endpoint has sent, without secrets and without what a terminal would obey.
    fn shown(&self, text: &str) -> String {
        let plain =
            |c: char| if c.is_ascii_graphic() || c == ' ' { c.to_string() } else { c.escape_default().to_string() };
        self.target.without_secrets(text).chars().map(plain).collect()
    }
}
