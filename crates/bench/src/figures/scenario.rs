//! The scenario that Countermand and Hurl both play: an order is created, cancelled and read, and three things must hold of
//! it. Each tool's own file, as often as it is wanted.

use std::path::PathBuf;

use anyhow::Result;

use crate::scratch::Scratch;

const SPEC: &str = include_str!("../../data/spec.yaml");
const SCENARIO: &str = include_str!("../../data/scenario.yaml");
const HURL: &str = include_str!("../../data/scenario.hurl");

/// Writes a folder of so many scenario files of Countermand, with their spec.
pub(crate) fn countermand_files(scratch: &Scratch, files: usize) -> Result<PathBuf> {
    scratch.write("countermand/spec.yaml", SPEC)?;
    for number in 1..=files {
        scratch.write(&format!("countermand/order-{number:05}.yaml"), SCENARIO)?;
    }
    Ok(scratch.path("countermand"))
}

/// Writes so many files of Hurl, and names them all.
pub(crate) fn hurl_files(scratch: &Scratch, files: usize) -> Result<Vec<PathBuf>> {
    (1..=files).map(|number| scratch.write(&format!("hurl/order-{number:05}.hurl"), HURL)).collect()
}

#[cfg(test)]
mod tests {
    use countermand_harness::{SuiteFile, load_suite};

    use super::*;

    #[test]
    fn the_spec_and_its_scenario_are_sound() {
        let file = |name: &str, text: &str| SuiteFile {
            path: format!("{name}.yaml"),
            name: name.to_owned(),
            content: text.as_bytes().to_vec().into(),
        };
        let suite = load_suite(&[file("spec", SPEC)], vec![file("order", SCENARIO)]).unwrap();
        assert_eq!(suite.cases.len(), 1);
        assert_eq!(suite.cases[0].id, "bench/order");
    }
}
