//! The committed reports of the mock are what the suite says of it today.

use std::fs;
use std::path::Path;

use crate::folder::Folder;
use crate::program::{countermand, end, ends};

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

/// What GitHub shows of a step that runs there.
#[test]
fn github_is_told_in_its_own_words() {
    let folder = Folder::new();
    let summary = folder.file("summary.md");
    let mut command = countermand(["run", "wrong", "-q"]);
    let ended = end(command.env("GITHUB_ACTIONS", "true").env("GITHUB_STEP_SUMMARY", &summary));
    ended.exits(1);
    let annotation =
        "::error file=wrong/a-wrong-number.yaml,line=16,col=68,title=failed%3A modern-dropship/a-wrong-number::MUST";
    assert!(ended.stdout.contains(annotation), "{}", ended.stdout);
    assert!(fs::read_to_string(summary).unwrap().contains("| `partial.new-quantity` | MUST |"));
}

#[test]
fn a_badge_and_a_statement_are_of_what_was_played() {
    let folder = Folder::new();
    let report = |format: &str, name: &str| format!("--report={format}={}", folder.file(name).display());
    let reports = [report("badge", "b.svg"), report("badge", "b.json"), report("statement", "s.yaml")];
    let args = ["run", "wrong", "-q", "--implementation", "acme", "--implementation-version", "1.2"].into_iter();
    end(&mut countermand(args.chain(reports.iter().map(String::as_str)))).exits(1);
    let read = |name: &str| fs::read_to_string(folder.file(name)).unwrap();
    assert!(read("b.svg").starts_with("<svg ") && read("b.json").contains("MUST violated"));
    let statement = read("s.yaml");
    for line in ["  name: \"acme\"\n", "  version: \"1.2\"\n", "    violated: [partial.new-quantity]\n"] {
        assert!(statement.contains(line), "{statement}");
    }
}

/// The engine is not here: what it answered is judged again by today's scenarios and today's target file.
#[test]
fn the_reports_of_vendure_are_current() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let kept = root.join("reports/vendure-3.7.3");
    let folder = Folder::new();
    let formats = [("text", "report.txt"), ("markdown", "report.md"), ("jsonl", "run.jsonl")];
    let fresh = |name: &str| folder.path().join(name).display().to_string();
    let reports: Vec<String> = formats.iter().map(|(format, name)| format!("{format}={}", fresh(name))).collect();
    let args = ["replay", "reports/vendure-3.7.3/exchanges", "--quiet"].into_iter();
    let args = args.chain(reports.iter().flat_map(|report| ["--report", report.as_str()]));
    let mut command = countermand(args);
    let ended = end(command.current_dir(&root));
    ended.exits(1);
    for (_, name) in formats {
        let (was, is) = (fs::read_to_string(kept.join(name)).unwrap(), fs::read_to_string(fresh(name)).unwrap());
        assert!(was == is, "{name} is not what replay writes: reports/README.md says how to write it anew");
    }
}
