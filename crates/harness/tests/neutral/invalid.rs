//! What is wrong in a file is told with its place, all of it at once, with what would be right: one snapshot per file.

use std::fs;
use std::path::PathBuf;

use countermand_harness::{SuiteFile, discover, load_suite};

use crate::toy::{each_file, load, problems};

/// What is told of a file by itself.
fn told(file: &SuiteFile) -> String {
    told_of(std::slice::from_ref(file))
}

fn told_of(files: &[SuiteFile]) -> String {
    match load(files) {
        Ok(_) => panic!("{}: it loads", files[0].path),
        Err(found) => problems(&found),
    }
}

fn scenario(bytes: impl Into<Vec<u8>>) -> SuiteFile {
    SuiteFile { path: "made/up.yaml".to_owned(), name: "up".to_owned(), content: bytes.into().into() }
}

/// A right scenario, to be spoilt.
const RIGHT: &str = "format: 1\nspec: boxes\ntitle: Right\norder: { boxes: { crate: { lines: { mug: { units: 1 } } } } }\nsteps:\n  - call: drop_order\n    expect: { drop.voids-all: { answer: accepted, boxes: { crate: { void: true } } } }\n";

#[test]
fn every_defect_of_a_scenario_is_told() {
    each_file("invalid", |script| {
        insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false, snapshot_path => "../corpus/invalid" }, {
            insta::assert_snapshot!(script.file.name.clone(), told(&script.file));
        });
    });
}

/// What a spoilt spec has in place of a stretch of the right one.
const SPEC_DEFECTS: [(&str, &str, &str); 42] = [
    ("unknown-key", "title: A shelf of boxes", "title: A shelf of boxes\nclause: {}"),
    ("no-title", "title: A shelf of boxes\n", ""),
    ("format-2", "format: 1", "format: 2"),
    ("bad-expression", "each: o.boxes\n", "each: o.boxes |\n"),
    ("unknown-variable", "each: o.boxes\n", "each: ordr.boxes\n"),
    (
        "unknown-variable-in-a-path",
        "get: \"/orders/{{ order.id }}\", capture",
        "get: \"/orders/{{ ordr.id }}\", capture",
    ),
    ("unknown-variable-in-an-invariant", "holds: now.void }", "holds: nwo.void }"),
    ("unknown-filter", "it.lines | sum_of('units')", "it.lines | sumof('units')"),
    ("unclosed-braces", "\"/orders/{{ order.id }}/drop\"", "\"/orders/{{ order.id }/drop\""),
    (
        "level-missing",
        "level: { strict: SHOULD, lax: MAY }, text: what the state",
        "level: { strict: SHOULD }, text: what the state",
    ),
    ("unknown-level", "drop.again: { level: MUST", "drop.again: { level: must"),
    (
        "level-of-an-unknown-profile",
        "{ strict: SHOULD, lax: MAY }, text: what the state",
        "{ strict: SHOULD, lax: MAY, harsh: MUST }, text: what the state",
    ),
    ("call-neither-bound-nor-lacking", "    split_box: { post: ", "    # split_box: { post: "),
    ("bound-call-unknown", "    split_box: { post: ", "    slit_box: { post: "),
    ("unknown-clause-in-the-frame", "  missing: box.stays-listed", "  missing: box.stay-listed"),
    ("frame-lacks-a-part", "  missing: box.stays-listed\n", ""),
    ("unknown-clause-in-an-invariant", "clause: box.stays-void", "clause: box.stays-viod"),
    ("unclosed-variable", "Bearer ${TOY_KEEPER_KEY:-keeper}", "Bearer ${TOY_KEEPER_KEY:-keeper"),
    ("bad-variable", "Bearer ${TOY_KEEPER_KEY:-keeper}", "Bearer ${TOY KEEPER}"),
    ("unknown-caller", "remove_units: { on: box, as: keeper,", "remove_units: { on: box, as: keper,"),
    ("unknown-kind", "remove_units: { on: box, as: keeper,", "remove_units: { on: bx, as: keeper,"),
    ("unknown-parent", "    in: box\n", "    in: bxo\n"),
    ("unknown-leader", "moves_with: box.void\n", "moves_with: box.viod\n"),
    ("unknown-field-in-a-view", "size: it.size, total", "sise: it.size, total"),
    ("unknown-field-of-now", "now is defined, holds: now.void }", "now is defined, holds: now.viod }"),
    ("unknown-field-of-was", "when: was.void and", "when: was.vod and"),
    ("unknown-field-of-the-order", "holds: now.open ==", "holds: now.opened =="),
    ("unknown-field-of-what-was-called", "outcome == 'refused' and on.void", "outcome == 'refused' and on.viod"),
    (
        "unknown-argument",
        "when: outcome != 'accepted', holds: outcome == 'refused'",
        "when: with.line, holds: \"with.lines[0].unit\"",
    ),
    ("unknown-field-in-a-filter", "(boxes | rejectattr('void')", "(boxes | rejectattr('viod')"),
    ("unknown-field-in-where", "(boxes | where('id', now.parent.id)", "(was_boxes | where('idd', now.parent.id)"),
    ("unknown-field-of-a-parent", "(boxes | where('id', now.parent.id)", "(boxes | where('id', now.parent.sze)"),
    (
        "unknown-field-of-an-element",
        "(boxes | where('id', now.parent.id) | length) == 1",
        "(first_boxes | first).siz == boxes[0].voyd",
    ),
    ("unknown-sum", "holds: now.units <= was.units", "holds: now.unit <= was.units"),
    (
        "unknown-field-of-a-map",
        "holds: now.units <= was.units",
        "holds: products.mug.unitss <= (boxes | map(attribute='totl') | list | sum)",
    ),
    ("field-of-a-list", "holds: now.units <= was.units", "holds: boxes.void"),
    ("nothing-was-an-answer", "when: outcome == 'refused', holds", "when: was.status == 409, holds"),
    (
        "unknown-name-of-accepted",
        "when: outcome == 'refused', holds",
        "when: \"accepted | where('cal', 'drop_order')\", holds",
    ),
    ("unknown-field-of-a-group", "when: not parent.void", "when: not parent.viod"),
    ("unknown-field-in-a-set-up", "size: \"{{ it.size }}\"", "size: \"{{ it.sise }}\""),
    ("unknown-kind-of-roles", "each: roles.box\n", "each: roles.bxo\n"),
    ("unknown-option", "only: { strict: [open] }", "only: { strict: [opne] }"),
];

#[test]
fn every_defect_of_a_spec_is_told() {
    let right = include_str!("toy/spec.yaml");
    let told = |(name, from, to): &(&str, &str, &str)| {
        assert!(right.contains(from), "{name}: the spec has no `{from}`");
        let bytes = right.replacen(from, to, 1).into_bytes();
        let file = SuiteFile { path: "boxes/spec.yaml".to_owned(), name: "spec".to_owned(), content: bytes.into() };
        let told =
            load_suite(&[file], Vec::new()).map_or_else(|found| problems(&found), |_| panic!("{name}: it loads"));
        format!("== {name}\n{told}")
    };
    let all: Vec<String> = SPEC_DEFECTS.iter().map(told).collect();
    insta::assert_snapshot!(all.join("\n"));
}

#[test]
fn a_file_that_is_too_much_is_refused() {
    let deep = format!("{RIGHT}deep: {}1{}\n", "[".repeat(10_000), "]".repeat(10_000));
    let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..9 {
        let before = format!("*a{}", level - 1);
        bomb.push_str(&format!("a{level}: &a{level} [{}]\n", vec![before; 10].join(", ")));
    }
    let large = format!("{RIGHT}#{}\n", "x".repeat(1 << 20));
    let wide = format!("{RIGHT}wide: [{}]\n", "1, ".repeat(120_000));
    let all = [("deep", deep), ("bomb", bomb), ("large", large), ("wide", wide)];
    let told: Vec<String> =
        all.into_iter().map(|(name, text)| format!("== {name}\n{}", short(&told(&scenario(text))))).collect();
    insta::assert_snapshot!(told.join("\n"));
}

#[test]
fn a_file_that_is_no_text_or_empty_is_refused() {
    let mut latin = RIGHT.as_bytes().to_vec();
    latin.extend(b"# caf\xe9\n");
    let all: [(&str, Vec<u8>); 5] = [
        ("latin-1", latin),
        ("utf-16", "\u{feff}format: 1".encode_utf16().flat_map(u16::to_le_bytes).collect()),
        ("empty", Vec::new()),
        ("comment only", b"# nothing\n".to_vec()),
        ("nul", b"format: 1\0\n".to_vec()),
    ];
    let told: Vec<String> =
        all.into_iter().map(|(name, bytes)| format!("== {name}\n{}", told(&scenario(bytes)))).collect();
    insta::assert_snapshot!(told.join("\n"));
}

/// A mark of the byte order is no part of the text, and lines may end as they do on Windows.
#[test]
fn harmless_habits_of_editors_are_put_up_with() {
    for text in [format!("\u{feff}{RIGHT}"), RIGHT.replace('\n', "\r\n"), format!("---\n{RIGHT}...\n")] {
        assert_eq!(load(&[scenario(text)]).map(|suite| suite.cases.len()).map_err(|found| problems(&found)), Ok(1));
    }
}

#[test]
fn two_files_may_not_make_one_case() {
    let twin = |path: &str| SuiteFile { path: path.to_owned(), ..scenario(RIGHT) };
    let told = told_of(&[twin("a/up.yaml"), twin("b/up.yaml")]);
    insta::assert_snapshot!(told);
}

/// `up` with a row `x`, and `up/x`: two cases of one name.
#[test]
fn a_row_may_not_have_the_name_of_a_file() {
    let rows = RIGHT.replace("Right", "$title").replace("steps:", "table: { x: { title: A row } }\nsteps:");
    let file =
        SuiteFile { path: "made/up/x.yaml".to_owned(), name: "up/x".to_owned(), content: RIGHT.as_bytes().into() };
    let told = told_of(&[scenario(rows), file]);
    insta::assert_snapshot!(told);
}

#[test]
fn a_path_without_a_scenario_is_an_error() {
    let folder = std::env::temp_dir().join(format!("countermand-{}", std::process::id()));
    let empty = folder.join("empty");
    fs::create_dir_all(&empty).expect("a folder");
    fs::write(folder.join("notes.txt"), "no scenario").expect("a file");
    let tell = |path: PathBuf| {
        let found = discover(&[path]).map_or_else(|found| problems(&found), |_| panic!("something was found"));
        found.replace(&folder.to_string_lossy().replace('\\', "/"), "FOLDER")
    };
    let told = [tell(empty.clone()), tell(folder.clone()), tell(folder.join("missing.yaml"))];
    fs::remove_dir_all(&folder).expect("ours");
    insta::assert_snapshot!(told.join("\n"));
}

/// Marks that are very long are cut.
fn short(text: &str) -> String {
    let line = |line: &str| line.chars().take(160).collect::<String>();
    text.lines().map(|text| line(text) + "\n").collect()
}
