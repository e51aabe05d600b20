//! By which of this project's target files a spec without a binding of its own is played against a mock.

use std::collections::BTreeMap;
use std::sync::Arc;

use countermand_harness::{Spec, SuiteFile, TargetFile, parse_target};

/// The target file that plays a spec against one of the mocks: the first there is.
#[must_use]
pub fn some_mock(spec: &Arc<Spec>) -> Option<Arc<TargetFile>> {
    mocked(spec, |mock| !mock.is_empty())
}

/// The one that plays it against the mock that is its own; none is needed where the spec has a binding.
#[must_use]
pub fn own_mock(spec: &Arc<Spec>) -> Option<Arc<TargetFile>> {
    if spec.is_bound() { None } else { mocked(spec, |mock| mock == spec.name) }
}

fn mocked(spec: &Arc<Spec>, is_wanted: impl Fn(&str) -> bool) -> Option<Arc<TargetFile>> {
    let specs = BTreeMap::from([(spec.name.clone(), Arc::clone(spec))]);
    let read = |file: SuiteFile| parse_target(&file.path, &file.read().ok()?, Default::default(), &specs).ok();
    let mut files = crate::targets().into_iter().filter_map(read);
    files.find(|target| target.mock.as_deref().is_some_and(&is_wanted)).map(Arc::new)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_spec_without_a_binding_is_played_through_a_file() {
        let files = crate::files();
        let suite = countermand_harness::load_some(&files.specs, Vec::new(), &[]).expect("the specs load");
        let mock = |file: Option<Arc<TargetFile>>| file.and_then(|file| file.mock.clone());
        let laws = &suite.specs["laws"];
        assert_eq!(mock(own_mock(laws)).as_deref(), Some("laws"));
        assert!(mock(some_mock(laws)).is_some());
        assert_eq!(mock(own_mock(&suite.specs["modern-dropship"])), None);
    }
}
