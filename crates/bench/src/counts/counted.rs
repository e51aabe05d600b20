//! Runs the bench `counts` under callgrind and reads what its runner tells, a line of JSON for each row.

use std::collections::BTreeMap;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use serde_json::Value;

const MANIFEST: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");

/// What the numbers depend on besides the program.
pub(super) fn tools() -> Result<String> {
    let rustc = first_line(Command::new("rustc").arg("--version"))?;
    Ok(format!("{rustc}, {}", first_line(Command::new("valgrind").arg("--version"))?))
}

/// Builds the bench, runs it, and tells the instructions of every row.
pub(super) fn count() -> Result<BTreeMap<String, u64>> {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(["bench", "--manifest-path", MANIFEST, "--bench", "counts"]);
    command.args(["--", "--output-format=json", "--parallel=auto"]);
    // What `cargo run` tells this program of itself would have crates built anew that look for it, and all that need them.
    let is_told = |name: &str| name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_");
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_str().is_some_and(is_told)) {
        command.env_remove(name);
    }
    let output =
        command.stdin(Stdio::null()).stderr(Stdio::inherit()).output().with_context(|| format!("{command:?}"))?;
    let told = String::from_utf8_lossy(&output.stdout);
    if !output.status.success() {
        bail!(
            "the bench failed ({}), see above; it needs valgrind and gungraun-runner, which `.ci/run` installs\n{told}",
            output.status
        );
    }
    read(&told)
}

fn first_line(command: &mut Command) -> Result<String> {
    let output = command.output().with_context(|| format!("{command:?}"))?;
    let told = String::from_utf8_lossy(&output.stdout);
    match told.lines().next() {
        Some(line) if output.status.success() => Ok(line.to_owned()),
        _ => bail!("{command:?} ended with {}", output.status),
    }
}

/// A row is named by its function and its id: `case.canned`.
fn read(told: &str) -> Result<BTreeMap<String, u64>> {
    let mut counts = BTreeMap::new();
    for line in told.lines().filter(|line| !line.trim().is_empty()) {
        let unknown = || format!("the runner tells what is not understood: {line}");
        let row: Value = serde_json::from_str(line).with_context(unknown)?;
        let word = |field: &str| row.get(field).and_then(Value::as_str);
        let count = row.pointer("/profiles/0/data/total/metrics/Ir/values/new").and_then(Value::as_u64);
        let (Some(function), Some(id), Some(count)) = (word("function_name"), word("id"), count) else {
            bail!("{}", unknown());
        };
        if counts.insert(format!("{function}.{id}"), count).is_some() {
            bail!("there are two rows `{function}.{id}`");
        }
    }
    Ok(counts)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(function: &str, count: &str) -> String {
        format!(
            r#"{{"function_name":"{function}","id":"canned","profiles":[{{"tool":"Callgrind",
            "data":{{"total":{{"metrics":{{"Ir":{{"values":{{"new":{count},"old":7}}}}}}}}}}}}]}}"#
        )
        .replace('\n', "")
    }

    #[test]
    fn a_line_is_a_row_and_what_it_counted_before_is_not_looked_at() {
        let told = format!("{}\n\n{}\n", line("case", "12"), line("suite", "34"));
        let expected = [("case.canned", 12), ("suite.canned", 34)].map(|(name, count)| (name.to_owned(), count));
        assert_eq!(read(&told).unwrap(), expected.into());
        assert!(read("").unwrap().is_empty());
    }

    #[test]
    fn what_is_not_understood_is_an_error() {
        for told in ["no JSON".to_owned(), "{}".to_owned(), line("case", "null"), line("case", "1.5")] {
            assert!(read(&told).is_err(), "{told}");
        }
        assert!(read(&[line("case", "1"), line("case", "1")].join("\n")).is_err(), "a row stands there twice");
    }
}
