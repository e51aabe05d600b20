//! Reconciles what the cases said of the spec's choices. A pure pass in case order: jobs and merges give the same answer.

use std::collections::{BTreeMap, BTreeSet};

use countermand_event::{CaseResult, DialectEntry};

use crate::spec::{Choice, Holds, Spec};

/// Gathers the findings of one spec.
#[derive(Debug, Default)]
pub(crate) struct Dialect {
    seen: BTreeMap<String, Seen>,
}

#[derive(Debug, Default)]
struct Seen {
    /// What findings allow: the options of each, every such list once.
    findings: BTreeSet<Vec<String>>,
    cases: usize,
}

impl Dialect {
    pub(crate) fn add(&mut self, result: &CaseResult) {
        let mut counted: Vec<&str> = Vec::new();
        for finding in &result.findings {
            let seen = self.seen.entry(finding.choice.clone()).or_default();
            if !seen.findings.contains(&finding.options) {
                seen.findings.insert(finding.options.clone());
            }
            if !counted.contains(&finding.choice.as_str()) {
                counted.push(&finding.choice);
                seen.cases += 1;
            }
        }
    }

    /// What was seen, in the order of the spec's choices.
    pub(crate) fn entries(&self, spec: &Spec) -> Vec<DialectEntry> {
        let entry = |choice: &Choice| {
            let seen = self.seen.get(&choice.name)?;
            let (options, inconsistent) = seen.reconciled(choice);
            Some(DialectEntry { choice: choice.name.clone(), options, inconsistent, cases: seen.cases })
        };
        spec.choices.iter().filter_map(entry).collect()
    }
}

impl Seen {
    /// The options that the findings come to, and whether they contradict each other.
    fn reconciled(&self, choice: &Choice) -> (Vec<String>, bool) {
        let options =
            |holds: &dyn Fn(&String) -> bool| choice.options.iter().filter(|o| holds(o)).cloned().collect::<Vec<_>>();
        let any = options(&|option| self.findings.iter().any(|finding| finding.contains(option)));
        if choice.holds != Holds::Run {
            return (any, false);
        }
        let every = options(&|option| self.findings.iter().all(|finding| finding.contains(option)));
        if !every.is_empty() {
            return (every, false);
        }
        // One that was seen at all and that the rest may be seen of.
        let explains = options(&|option| self.findings.iter().all(|finding| choice.explains(option, finding)));
        let seen: Vec<String> = explains.iter().filter(|option| any.contains(option)).cloned().collect();
        match (seen.is_empty(), explains.is_empty()) {
            (false, _) => (seen, false),
            (true, false) => (explains, false),
            (true, true) => (any, true),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn choice() -> Choice {
        let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
        Choice {
            name: "settle".to_owned(),
            text: String::new(),
            options: words(&["at-once", "delayed", "queued"]),
            holds: Holds::Run,
            only: BTreeMap::new(),
            departs: BTreeMap::new(),
            seen: None,
            seen_as: [("queued".to_owned(), words(&["at-once"])), ("delayed".to_owned(), words(&["at-once"]))].into(),
        }
    }

    fn reconciled(findings: &[&[&str]], choice: &Choice) -> (String, bool) {
        let finding = |options: &&[&str]| options.iter().map(|option| (*option).to_owned()).collect();
        let seen = Seen { findings: findings.iter().map(finding).collect(), cases: 1 };
        let (options, inconsistent) = seen.reconciled(choice);
        (options.join(" "), inconsistent)
    }

    #[test]
    fn what_one_option_may_look_like_contradicts_it_not() {
        let told = |findings: &[&[&str]]| reconciled(findings, &choice());
        assert_eq!(told(&[&["at-once"]]), ("at-once".to_owned(), false));
        assert_eq!(told(&[&["at-once"], &["queued"]]), ("queued".to_owned(), false));
        assert_eq!(told(&[&["at-once"], &["delayed", "queued"]]), ("delayed queued".to_owned(), false));
        assert_eq!(told(&[&["at-once"], &["delayed", "queued"], &["queued"]]), ("queued".to_owned(), false));
        assert_eq!(told(&[&["delayed"], &["queued"]]), ("delayed queued".to_owned(), true));
        assert_eq!(told(&[&["at-once"], &["delayed"], &["queued"]]), ("at-once delayed queued".to_owned(), true));
    }

    #[test]
    fn what_holds_for_a_call_is_never_inconsistent() {
        let choice = Choice { holds: Holds::Call, seen_as: BTreeMap::new(), ..choice() };
        assert_eq!(reconciled(&[&["at-once"], &["delayed"]], &choice), ("at-once delayed".to_owned(), false));
    }
}
