//! A slip on the command line: files, folders and names that are not there are told with the nearest that are.

use std::fs;

use insta::assert_snapshot;

use crate::folder::Folder;
use crate::program::{countermand, end, ends};
use crate::text::stable;

/// What is said of a command line that is refused.
#[track_caller]
fn refused(args: &[&str]) -> String {
    let ended = ends(args);
    assert_eq!(ended.exits(2).stdout, "");
    format!("$ countermand {}\n{}", args.join(" "), stable(&ended.stderr))
}

#[test]
fn a_file_that_is_not_there_is_told_with_the_nearest() {
    let folder = Folder::new();
    for inside in ["scenarios/partial", "targets", "exchanges"] {
        fs::create_dir_all(folder.file(inside)).unwrap();
    }
    let scenario = include_str!("scenarios/three/a.yaml");
    folder.write("scenarios/partial/splits.yaml", scenario);
    folder.write("targets/acme.yaml", "format: 1\n");
    folder.write("exchanges/run.json", "{}");
    folder.write("run.jsonl", "");
    folder.write("known.yaml", "format: 1\nknown: {}\n");
    folder.write("orders.json", "[]");
    let told = [
        &["run", "scenaros/"][..],
        &["run", "scenaros/partial/splits.yaml"],
        &["run", "scenarios/partal"],
        &["run", "scenarios/partial/split.yml"],
        &["run", "nowhere"],
        &["check", "scenarios/partial/splitz.yaml"],
        &["run", "--target", "targets/acm.yaml"],
        &["run", "--target", "targets/zebra.yaml"],
        &["run", "--target", "targets/acme"],
        &["run", "--target", "moc"],
        &["doctor", "--target", "target/acme.yaml"],
        &["monitor", "--upstream", "http://127.0.0.1:1", "--target", "targets/acme.yml"],
        &["run", "--baseline", "knwon.yaml"],
        &["run", "--rerun", "runs.jsonl"],
        &["run", "--rerun", "exchanges"],
        &["merge", "rnu.jsonl"],
        &["board", "run.json", "--output", "board.html"],
        &["baseline", "know.yaml"],
        &["replay", "exchange"],
        &["cleanup", "run.jsnl"],
        &["serve", "modern-dropship", "--orders", "order.json"],
        &["schema", "scenario", "scenarois"],
        &["run", "scenarios", "--report", "text=reprots/run.txt"],
        &["run", "scenarios", "--report", "text=target/run.txt"],
        &["run", "scenarios", "--ledger", "target/run.jsonl"],
    ]
    .map(|args| {
        let ended = end(countermand(args.iter().copied()).current_dir(folder.path()));
        assert_eq!(ended.exits(2).stdout, "", "{args:?}");
        format!("$ countermand {}\n{}", args.join(" "), stable(&ended.stderr))
    });
    assert_snapshot!(told.join("\n"));
}

#[test]
fn a_file_that_another_names_is_told_with_the_nearest() {
    let folder = Folder::new();
    folder.write("ca.pem", "");
    folder.write("orders.yaml", "format: 1\norders: []\n");
    let tls = "format: 1\ntarget: acme\nspec: modern-dropship\ntls: { authority: cb.pem }\n";
    let pool = "format: 1\ntarget: acme\nspec: modern-dropship\nprovision: { pool: order.yaml }\n";
    let told = [("tls.yaml", tls), ("pool.yaml", pool)].map(|(name, text)| {
        folder.write(name, text);
        let ended = end(countermand(["run", "--plan", "--target", name]).current_dir(folder.path()));
        format!("$ countermand run --plan --target {name}\n{}{}", ended.stdout, ended.stderr)
    });
    assert_snapshot!(told.join("\n"));
}

#[test]
fn a_name_that_is_not_there_is_told_with_the_nearest() {
    let told = [
        &["run", "--spec", "modern-dropshp"][..],
        &["run", "--spec", "trendjol"],
        &["run", "--profile", "guid"],
        &["run", "--filter", "splits-the-itm"],
        &["run", "--filter", "partal/chain"],
        &["run", "--choice", "succes-status=201"],
        &["run", "--choice", "success-status=20"],
        &["run", "--report", "html5=x.html"],
        &["list", "--spec", "law"],
        &["check", "--filter", "bodies-that-are-no-objet"],
        &["explain", "--filter", "splits-th-item"],
        &["explain", "modern-dropship/partial/splits-th-item"],
        &["book", "--spec", "trendyoll"],
        &["doctor", "--spec", "modern_dropship"],
        &["explore", "--spec", "lawes"],
        &["monitor", "--upstream", "http://127.0.0.1:1", "--spec", "trendyo"],
        &["serve", "trendyl"],
        &["serve", "modern-dropship", "--fault", "new-quantity-is-remved"],
        &["serve", "modern-dropship", "--choice", "sucess-status=201"],
        &["teeth", "--list", "--spec", "modern-dropshop"],
        &["teeth", "--spec", "trendjol"],
    ]
    .map(refused);
    assert_snapshot!(told.join("\n"));
}

#[test]
fn init_names_the_nearest_spec() {
    let folder = Folder::new();
    let ended = ends(&["init", &folder.path().display().to_string(), "--spec", "modern-dropshp"]);
    assert_eq!(ended.exits(2).stderr, "error: there is no spec `modern-dropshp`: did you mean `modern-dropship`?\n");
}
