//! What an honest implementation does not show, or has no other view of, is held against nobody: every field and every view by
//! itself, over the whole suite.
#![expect(clippy::expect_used, clippy::panic, reason = "a test that can't be set up stops")]

use std::path::PathBuf;
use std::sync::Arc;

use countermand_event::{CaseResult, Verdict};
use countermand_harness::{Suite, TargetFile, parse_target};
use countermand_lab::{Setting, Stage};

mod setting_out;

use setting_out::{SPEC, TRENDYOL, stage, suite, units};

/// No field of a spec is ever this but by chance.
const WRONG: &str = "0";

/// A stage whose target lacks this besides.
fn lacking(suite: &Suite, stage: Stage, text: &str, what: &str) -> Stage {
    let text = match text.contains("\nlacks:\n") {
        true => text.replace("\nlacks:\n", &format!("\nlacks:\n  {what}: hidden\n")),
        false => format!("{text}lacks:\n  {what}: hidden\n"),
    };
    let file: TargetFile = parse_target("lacking.yaml", text.as_bytes(), PathBuf::new(), &suite.specs)
        .unwrap_or_else(|problems| panic!("{what}: {problems:?}"));
    Stage { file: Some(Arc::new(file)), ..stage }
}

/// The views of a spec's own binding, in which this field is not what it should be: whoever reads it takes it ill.
fn blind(spec: &str, what: &str) -> String {
    let files = countermand_suite::files();
    let file =
        files.specs.iter().find(|file| file.path.ends_with(&format!("{spec}/spec.yaml"))).expect("it is in the suite");
    let text = String::from_utf8(file.read().expect("it is here").to_vec()).expect("text");
    let (_, views) = text.split_once("\n  views:\n").expect("they stand at the end");
    let name = what.split_once('.').map(|(_, name)| name).expect("a field or a view");
    let hidden = |line: &str| -> String {
        let shown = line.trim_start();
        let indent = &line[..line.len() - shown.len()];
        if shown.starts_with(&format!("{name}: ")) && !shown.ends_with(">-") {
            return format!("{indent}{name}: {WRONG}\n");
        }
        match line.split_once(&format!("{{ {name}: ")) {
            Some((before, after)) => {
                let end = after.find([',', '}']).expect("a map ends");
                format!("{before}{{ {name}: {WRONG} {}\n", &after[end..])
            }
            None => format!("{line}\n"),
        }
    };
    format!("views:\n{}", views.lines().map(hidden).collect::<String>())
}

/// A target file that is blind to a field; of a view nothing need be said.
fn own(spec: &str, what: &str) -> String {
    let views = if what.starts_with("view.") { String::new() } else { blind(spec, what) };
    format!("format: 1\ntarget: shy\nspec: {spec}\n{views}")
}

/// Everything of these results that is neither passed nor not covered, and how many passed.
#[track_caller]
fn nobody_is_accused(results: &[CaseResult], what: &str) -> usize {
    for case in results {
        let why = case.trouble.as_ref().map(|trouble| &trouble.message);
        let fine = matches!(case.verdict, Verdict::Passed | Verdict::NotCovered) && case.mismatches.is_empty();
        assert!(fine, "{what}: {} {:?} {why:?}\n{:#?}", case.id, case.verdict, case.mismatches);
    }
    results.iter().filter(|case| case.verdict == Verdict::Passed).count()
}

/// Plays the whole suite of a spec for each of these lacks, of which so many parts in a hundred must remain.
fn each(stage: impl Fn(&Suite) -> Stage, text: impl Fn(&str) -> String, lacks: &[(&str, usize)]) {
    let suite = suite();
    for (what, least) in lacks {
        let stage = lacking(&suite, stage(&suite), &text(what), what);
        let cases: Vec<_> = suite.cases.iter().filter(|case| case.spec.name == stage.spec.name).cloned().collect();
        let results = stage.play(&cases, &Setting::new(), &[]).expect("it can be played");
        let passed = nobody_is_accused(&results, what);
        assert!(passed * 100 >= cases.len() * least, "{what}: {passed} of {} cases are left", cases.len());
    }
}

#[test]
fn modern_dropship() {
    let lacks = [
        ("order.hasCancellations", 90),
        ("order.shipped", 90),
        ("order.shippedDate", 97),
        ("item.cancelled", 50),
        ("item.quantity", 50),
        ("item.live", 90),
        ("item.fulfilled", 90),
        ("item.product", 97),
        ("item.reason", 97),
        ("item.by", 97),
        ("item.date", 97),
        ("view.list", 97),
        ("view.buyer", 97),
        ("view.elsewhere", 97),
    ];
    each(|suite| stage(suite, SPEC, "reference"), |what| own(SPEC, what), &lacks);
}

#[test]
fn trendyol() {
    let lacks = [
        ("order.packages", 90),
        ("package.status", 30),
        ("package.live", 90),
        ("package.tracking", 90),
        ("package.number", 97),
        ("package.created_by", 90),
        ("package.origins", 97),
        ("line.quantity", 30),
        ("line.cancelled_by", 97),
        ("line.reason", 97),
        ("view.pages", 97),
        ("view.newer", 97),
    ];
    each(|suite| stage(suite, TRENDYOL, "domestic"), |what| own(TRENDYOL, what), &lacks);
}

#[test]
fn laws() {
    let files = countermand_suite::targets();
    let file = files.iter().find(|file| file.name == "units").expect("it is in the suite");
    let text = String::from_utf8(file.read().expect("it is here").to_vec()).expect("text");
    let lacks = [
        ("order.cancelled", 90),
        ("order.complete", 90),
        ("order.total", 90),
        ("line.ordered", 90),
        ("line.live", 30),
        ("line.cancelled", 90),
        ("line.fulfilled", 90),
        ("line.rows", 90),
        ("line.stock", 90),
    ];

    let missing = |what: &&(&str, usize)| !text.contains(&format!("\n  {}: ", what.0));
    let lacks: Vec<_> = lacks.iter().filter(missing).copied().collect();
    assert!(lacks.len() > 5);

    each(units, |_| text.clone(), &lacks);
}
