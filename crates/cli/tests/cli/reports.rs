//! The committed reports of the mock are what the suite says of it today.

use std::fs;
use std::path::Path;

use crate::folder::Folder;
use crate::program::ends;

fn is_current(profile: &str) {
    let folder = Folder::new();
    let fresh = folder.path().join("report.txt");
    let report = format!("text={}", fresh.display());
    ends(&["run", "--quiet", "--profile", profile, "--report", &report]).exits(0);
    let committed = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../../reports/mock/{profile}.txt"));
    let committed = fs::read_to_string(committed).unwrap();
    assert_eq!(fs::read_to_string(fresh).unwrap(), committed, "reports/README.md says how to write it anew");
}

#[test]
fn the_report_by_the_reference_is_current() {
    is_current("reference");
}

#[test]
fn the_report_by_the_guide_is_current() {
    is_current("guide");
}

#[test]
fn the_report_by_the_laws_is_current() {
    is_current("laws");
}
