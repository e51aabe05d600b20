#![allow(dead_code, reason = "each of the tests that share this needs a part of it")]
//! The suite of this project, and where it is played.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use countermand_harness::{Suite, TargetFile, load_suite, parse_target};
use countermand_lab::Stage;

pub(crate) const SPEC: &str = "modern-dropship";
pub(crate) const TRENDYOL: &str = "trendyol";
pub(crate) const LAWS: &str = "laws";

/// What samples are drawn by: another number for another commit, where the continuous integration says which it is.
pub(crate) fn seed() -> u64 {
    let commit = std::env::var("COUNTERMAND_SAMPLE").unwrap_or_else(|_| "anything that stays the same".to_owned());
    commit.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

pub(crate) fn suite() -> Suite {
    let files = countermand_suite::files();
    load_suite(&files.specs, files.scenarios).expect("the suite loads")
}

/// A spec against its mock; the laws, through a target file, against that of Modern Dropship.
pub(crate) fn stage(suite: &Suite, spec: &str, profile: &str) -> Stage {
    let file = (spec == LAWS).then(|| target(suite, "modern-dropship-as-laws"));
    let model = if spec == LAWS { SPEC } else { spec }.to_owned();
    Stage { spec: Arc::clone(&suite.specs[spec]), model, file, profile: profile.to_owned() }
}

/// The laws against their own mock.
pub(crate) fn units(suite: &Suite) -> Stage {
    Stage { model: LAWS.to_owned(), file: Some(target(suite, "units")), ..stage(suite, LAWS, "laws") }
}

/// The laws, through a target file, against the mock of Trendyol's packages.
pub(crate) fn packages(suite: &Suite) -> Stage {
    let file = Some(target(suite, "trendyol-as-laws"));
    Stage { model: TRENDYOL.to_owned(), file, ..stage(suite, LAWS, "laws") }
}

fn target(suite: &Suite, name: &str) -> Arc<TargetFile> {
    let specs = BTreeMap::from([(LAWS.to_owned(), Arc::clone(&suite.specs[LAWS]))]);
    let files = countermand_suite::targets();
    let file = files.iter().find(|file| file.name == name).expect("it is in the suite");
    let text = file.read().expect("it is here");
    Arc::new(parse_target(&file.path, &text, PathBuf::new(), &specs).expect("it is right"))
}
