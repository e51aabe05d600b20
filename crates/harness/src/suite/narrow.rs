//! What is left of a suite for a target, and by which profile it is judged.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::load::Suite;
use crate::spec::Spec;

impl Suite {
    /// The specs that some case belongs to.
    #[must_use]
    pub fn used_specs(&self) -> Vec<Arc<Spec>> {
        let is_used = |spec: &&Arc<Spec>| self.cases.iter().any(|case| case.spec.name == spec.name);
        self.specs.values().filter(is_used).cloned().collect()
    }

    /// Keeps what an endpoint at a URL can be played with: only specs that say how they are spoken.
    pub fn keep_bound(&mut self) {
        self.cases.retain(|case| case.spec.is_bound());
        self.proofs.retain(|_, case| case.spec.is_bound());
    }

    /// The profile of each spec that some case belongs to: the one that was asked for, or the spec's first. A spec that has no such profile is
    /// absent.
    #[must_use]
    pub fn profiles(&self, wanted: Option<&str>) -> BTreeMap<String, String> {
        let profile = |spec: &Arc<Spec>| Some((spec.name.clone(), spec.profile(wanted)?.name.clone()));
        self.used_specs().iter().filter_map(profile).collect()
    }
}
