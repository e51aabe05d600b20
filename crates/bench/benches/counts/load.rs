//! The embedded suite, read file by file and by this thread alone: as a whole it is read by as many threads as there are
//! processors, of which callgrind would count one, and which leave the memory in another shape every time.

use std::sync::Arc;

use countermand_harness::{Found, Spec, Suite, SuiteFile, WaitingCase, load_suite, scenarios};

/// What is to be read.
pub(crate) struct Files(Found);

/// What was read; the files too, so that to let them go is not counted.
pub(crate) struct Loaded {
    files: Found,
    pub(crate) suite: Suite,
}

impl Files {
    /// Every spec, its proof, and every scenario.
    pub(crate) fn embedded() -> Self {
        Self(countermand_suite::files())
    }

    /// Those of one spec, and of its scenarios those whose name begins like this.
    pub(crate) fn some(spec: &str, start: &str) -> Self {
        let mut found = countermand_suite::files();
        found.specs.retain(|file| folder(file) == spec);
        found.scenarios.retain(|file| folder(file) == spec && file.name.starts_with(start));
        Self(found)
    }

    pub(crate) fn load(self) -> Loaded {
        let mut suite = load_suite(&self.0.specs, Vec::new()).expect("the specs are sound");
        suite.cases = self.0.scenarios.iter().flat_map(|file| cases(&suite, file)).collect();
        Loaded { files: self.0, suite }
    }
}

/// Nothing was left out.
pub(crate) fn must_be_whole(Loaded { files, suite }: Loaded) {
    assert!(!suite.specs.is_empty() && suite.specs.len() == suite.proofs.len());
    assert!(!files.scenarios.is_empty() && suite.cases.len() >= files.scenarios.len());
}

fn cases(suite: &Suite, file: &SuiteFile) -> Vec<Arc<WaitingCase>> {
    let spec: &Arc<Spec> = suite.specs.get(folder(file)).expect("a scenario stands in the folder of its spec");
    scenarios(spec, file).expect("the scenarios are sound")
}

/// The folder of the spec: `modern-dropship` of `scenarios/modern-dropship/partial/chain.yaml`.
fn folder(file: &SuiteFile) -> &str {
    file.path.split('/').nth(1).unwrap_or_default()
}
