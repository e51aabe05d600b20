//! Faults in pairs: a twentieth of all there are, other ones with each commit. A MUST that is broken is told whatever breaks none
//! beside it, and what breaks none is accused of none.
#![expect(clippy::expect_used, reason = "a test that can't be set up stops")]

mod setting_out;

use std::sync::Arc;

use countermand_harness::WaitingCase;
use countermand_lab::{Sample, play_pairs};
use setting_out::{SPEC, TRENDYOL, seed, stage, suite};

/// One pair of so many is played.
const ONE_OF: usize = 20;

/// No more than one pair of so many may be hidden: what the last sweep left, as `reports/teeth` lists it, and no more.
const HIDDEN_ONE_OF: usize = 50;

fn sampled(spec: &str, profile: &str) {
    let suite = suite();
    let stage = stage(&suite, spec, profile);
    let cases: Vec<Arc<WaitingCase>> = suite.cases.iter().filter(|case| case.spec.name == spec).cloned().collect();
    let all = Sample::all(&stage, countermand_model::faults(spec).expect("the spec has a model"));
    assert!(all.of >= 2_000, "there are only {} pairs", all.of);
    let sample = all.of.div_ceil(ONE_OF);
    let pairs = play_pairs(&stage, &cases, &all.rows(sample, seed()), &|| ()).expect("it is played");
    assert!(pairs.played * ONE_OF >= pairs.of, "{} of {}", pairs.played, pairs.of);
    assert!(pairs.accused.is_empty(), "drawn by {}, accused falsely: {:#?}", pairs.seed, pairs.accused);
    let most = pairs.played.div_ceil(HIDDEN_ONE_OF);
    assert!(pairs.hidden.len() <= most, "drawn by {}, hidden: {:#?}", pairs.seed, pairs.hidden);
    assert!(pairs.masks_few(), "drawn by {}, too many are masked: {:#?}", pairs.seed, pairs.masked);
}

#[test]
fn a_twentieth_by_the_reference() {
    sampled(SPEC, "reference");
}

#[test]
fn a_twentieth_by_the_guide() {
    sampled(SPEC, "guide");
}

#[test]
fn a_twentieth_in_the_home_market() {
    sampled(TRENDYOL, "domestic");
}

#[test]
fn a_twentieth_abroad() {
    sampled(TRENDYOL, "international");
}
