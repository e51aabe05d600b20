//! What the README tells a newcomer to type works, and its scenario passes.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::folder::Folder;
use crate::program::{countermand, end, ends};
use crate::served::Served;

fn readme() -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../README.md")).unwrap()
}

/// The text of the first YAML block that speaks of something.
fn block<'r>(readme: &'r str, of: &str) -> &'r str {
    let blocks = readme.split("```yaml\n").skip(1).filter_map(|rest| Some(rest.split_once("```")?.0));
    blocks.into_iter().find(|block| block.contains(of)).unwrap()
}

#[test]
fn its_scenario_passes() {
    let folder = Folder::new();
    let file = folder.write("from-the-readme.yaml", block(&readme(), "\nsteps:"));
    ends(&["run", &file.display().to_string()]).exits(0);
}

#[test]
fn its_target_file_is_understood() {
    let folder = Folder::new();
    let file = folder.write("acme.yaml", block(&readme(), "\ntarget: acme")).display().to_string();
    // It says nothing of the buyer: that is the spec's, whose key is exported as the page says.
    let plan = end(countermand(["run", "--target", &file, "--plan"]).env("COUNTERMAND_BUYER_KEY", "a-key"));
    plan.exits(0);
    assert!(plan.stdout.contains(" at 5/s: nothing was sent"), "{}", plan.stdout);
}

#[test]
fn its_commands_with_a_target_file_hold() {
    let readme = readme();
    for line in readme.lines().filter_map(|line| line.strip_prefix("$ cargo run -- ")) {
        if let Some((command, rest)) = line.split_once(" --target targets/") {
            let args: Vec<&str> = rest.split(' ').collect();
            let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../targets").join(args[0]).display().to_string();
            ends(&[&[command, "--target", &file], &args[1..]].concat()).exits(0);
        }
    }
    assert!(readme.contains("$ cargo run -- doctor --target targets/modern-dropship-as-laws.yaml\n"));
}

#[test]
fn its_two_commands_hold() {
    let readme = readme();
    for line in [
        "$ cargo run -- run\n",
        "$ cargo run -- serve modern-dropship --listen 127.0.0.1:4010\n",
        "$ cargo run -- run --spec modern-dropship --target http://127.0.0.1:4010\n",
    ] {
        assert!(readme.contains(line), "the README no longer says {line}");
    }
    // The same, on a port that is free.
    let served = Served::start(&["--quiet"]);
    ends(&["run", "--spec", "modern-dropship", "--target", &served.url()]).exits(0);
}

/// One after the other, as somebody types them who reads on. Not those that listen until they are stopped, that need a sandbox,
/// or that take longer than a test may.
#[test]
fn its_commands_hold_as_they_stand() {
    let folder = Folder::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    for name in ["scenarios", "targets"] {
        std::os::unix::fs::symlink(root.join(name), folder.file(name)).unwrap();
    }
    let served = Served::start(&["--quiet"]);
    let readme = readme();
    let commands = readme.lines().filter_map(|line| line.strip_prefix("$ cargo run -- "));
    let elsewhere = |command: &&str| {
        let begins = ["serve ", "monitor ", "record ", "explore ", "run found/", "run seen/"];
        let is_long = *command == "teeth" || ["--sound", "--pairs"].iter().any(|long| command.contains(long));
        begins.iter().any(|begin| command.starts_with(begin)) || command.contains("sandbox.") || is_long
    };
    let mut many = 0;
    for command in commands.filter(|command| !elsewhere(command)) {
        let typed = command.replace("http://127.0.0.1:4010", &served.url());
        let mut shell = Command::new("sh");
        let ended = end(shell.current_dir(folder.path()).args([
            "-c",
            &format!("$0 {typed}"),
            env!("CARGO_BIN_EXE_countermand"),
        ]));
        assert_eq!(ended.code, Some(0), "{command}\n{}\n{}", ended.stdout, ended.stderr);
        many += 1;
    }
    assert!(many > 15, "{many} commands are few: they are written in another way now");
}

/// What becomes of it, another test sees: the options are those that are understood.
#[test]
fn its_monitor_listens_and_stops() {
    let readme = readme();
    let line = "$ cargo run -- monitor --upstream http://127.0.0.1:4010 --listen 127.0.0.1:4011 --out seen/\n";
    assert!(readme.contains(line), "the README no longer says {line}");
    let folder = Folder::new();
    // The same, on ports that are free.
    let served = Served::start(&["--quiet"]);
    let monitor = Served::monitor(&served.url(), &["--out", folder.file("seen").to_str().unwrap()]);
    assert_eq!(monitor.ask("GET", "/orders?page=0", "seller-key", "").0, 200);
    monitor.signal("INT");
    assert_eq!(monitor.end().2, Some(0));
}

#[test]
fn its_test_command_is_what_is_checked() {
    let command = "cargo test --workspace";
    let checked = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../.ci/run")).unwrap();
    assert!(readme().contains(&format!("$ {command}\n")) && checked.lines().any(|line| line == command));
}
