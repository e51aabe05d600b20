//! Reconciles what the cases said of the spec's choices. A pure pass in case order: jobs and merges give the same answer.

use std::collections::BTreeMap;

use countermand_event::{CaseResult, DialectEntry};

use crate::spec::{Holds, Spec};

/// Gathers the findings of one spec.
#[derive(Debug, Default)]
pub(crate) struct Dialect {
    seen: BTreeMap<String, Seen>,
}

#[derive(Debug)]
struct Seen {
    /// The options that every finding so far allows.
    common: Vec<String>,
    /// The options that any finding allowed.
    any: Vec<String>,
    cases: usize,
}

impl Dialect {
    pub(crate) fn add(&mut self, result: &CaseResult) {
        let mut counted: Vec<&str> = Vec::new();
        for finding in &result.findings {
            let seen = self.seen.entry(finding.choice.clone()).or_insert_with(|| Seen {
                common: finding.options.clone(),
                any: Vec::new(),
                cases: 0,
            });
            seen.common.retain(|option| finding.options.contains(option));
            for option in &finding.options {
                if !seen.any.contains(option) {
                    seen.any.push(option.clone());
                }
            }
            if !counted.contains(&finding.choice.as_str()) {
                counted.push(&finding.choice);
                seen.cases += 1;
            }
        }
    }

    /// What was seen, in the order of the spec's choices.
    pub(crate) fn entries(&self, spec: &Spec) -> Vec<DialectEntry> {
        let entry = |choice: &crate::spec::Choice| {
            let seen = self.seen.get(&choice.name)?;
            let inconsistent = choice.holds == Holds::Run && seen.common.is_empty();
            let options = if choice.holds == Holds::Run && !inconsistent { &seen.common } else { &seen.any };
            let options = choice.options.iter().filter(|option| options.contains(option)).cloned().collect();
            Some(DialectEntry { choice: choice.name.clone(), options, inconsistent, cases: seen.cases })
        };
        spec.choices.iter().filter_map(entry).collect()
    }
}
