//! Writes a baseline anew after a run, line by line, so that reasons, dates and comments stay where a person put them.

use std::collections::{BTreeMap, BTreeSet};

use countermand_text::Problem;

use super::{Baseline, KnownFailure, signature};
use crate::CaseResult;
use crate::matrix::Kill;
use crate::verdict::Verdict;

/// What stands in a file that is begun.
const EMPTY: &str = "format: 1\nknown: {}\n";

/// What became of a baseline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Updated {
    /// The text of the file.
    pub text: String,
    /// Cases that are listed now and were not.
    pub added: Vec<String>,
    /// Cases that fail in another way than was listed.
    pub changed: Vec<String>,
    /// Cases that passed, and are listed no longer.
    pub removed: Vec<String>,
}

/// Some lines of a file: an entry with the comments above it, or what stands before the first.
struct Block {
    case: Option<String>,
    lines: Vec<String>,
}

impl Baseline {
    /// The text of a baseline, so that it lists what these cases violate. What is new is listed for `reason`; cases that were not
    /// played stay as they are.
    ///
    /// # Errors
    /// When the text is no baseline, when it is laid out so that it can't be changed line by line, or when something is new and
    /// there is no reason to put up with it.
    pub fn update(
        path: &str,
        text: Option<&str>,
        cases: &[CaseResult],
        reason: Option<&str>,
    ) -> Result<Updated, Vec<Problem>> {
        let text = text.unwrap_or(EMPTY);
        let old = Self::parse(path, text.as_bytes())?;
        let mut found: BTreeMap<&str, BTreeSet<(usize, String)>> = BTreeMap::new();
        for case in cases {
            let violated = match case.verdict {
                Verdict::CouldNotRun | Verdict::NotCovered => continue,
                _ => Kill::of(case).map(|kill| kill.violated).unwrap_or_default(),
            };
            found.insert(&case.id, violated);
        }
        let mut updated = Updated { text: String::new(), added: Vec::new(), changed: Vec::new(), removed: Vec::new() };
        let mut wanted = old.clone();
        let mut blocks = blocks(text);
        for (case, violated) in &found {
            let case = (*case).to_owned();
            match (old.known.get(&case), violated.is_empty()) {
                (None, true) => {}
                (None, false) => {
                    let Some(reason) = reason else {
                        let hint = Some("say with `--reason` why it is put up with".to_owned());
                        return Err(vec![Problem::of_file(path, format!("`{case}` fails and is not listed"), hint)]);
                    };
                    let known = KnownFailure { violates: violated.clone(), reason: reason.to_owned(), expires: None };
                    blocks.push(entry(&case, &known));
                    wanted.known.insert(case.clone(), known);
                    updated.added.push(case);
                }
                (Some(_), true) => {
                    blocks.retain(|block| block.case.as_ref() != Some(&case));
                    wanted.known.remove(&case);
                    updated.removed.push(case);
                }
                (Some(known), false) if known.violates == *violated => {}
                (Some(known), false) => {
                    wanted.known.insert(case.clone(), KnownFailure { violates: violated.clone(), ..known.clone() });
                    let own = blocks.iter_mut().filter(|block| block.case.as_ref() == Some(&case));
                    own.for_each(|block| block.violate(violated));
                    updated.changed.push(case);
                }
            }
        }
        updated.text = blocks.iter().flat_map(|block| &block.lines).map(|line| format!("{line}\n")).collect();
        if wanted.known.is_empty() {
            // A map without entries is written out.
            updated.text = updated.text.replacen("\nknown:\n", "\nknown: {}\n", 1);
        }
        match Self::parse(path, updated.text.as_bytes()) {
            Ok(now) if now == wanted => Ok(updated),
            _ => {
                let hint =
                    "write an entry as `  CASE:` with its keys indented by four below it, each on lines of its own";
                Err(vec![Problem::of_file(
                    path,
                    "the file is laid out in another way than this can change",
                    Some(hint.to_owned()),
                )])
            }
        }
    }
}

/// An entry begins at two spaces and goes on deeper; the comments right above it are its own.
fn blocks(text: &str) -> Vec<Block> {
    let mut blocks = vec![Block { case: None, lines: Vec::new() }];
    let mut above: Vec<String> = Vec::new();
    for line in text.lines() {
        let line = line.replace("known: {}", "known:");
        let is_entry = line.starts_with("  ") && !line.starts_with("   ") && line.trim_end().ends_with(':');
        if is_entry && !line.trim_start().starts_with('#') {
            let name = line.trim().trim_end_matches(':').trim_matches(['"', '\'']).to_owned();
            let lines = above.drain(..).chain([line.clone()]).collect();
            blocks.push(Block { case: Some(name), lines });
        } else if line.starts_with("  #") {
            above.push(line);
        } else if let Some(block) = blocks.last_mut() {
            block.lines.append(&mut above);
            block.lines.push(line);
        }
    }
    if let Some(block) = blocks.last_mut() {
        block.lines.append(&mut above);
    }
    blocks
}

fn entry(case: &str, known: &KnownFailure) -> Block {
    let reason = serde_json::Value::from(known.reason.as_str());
    let lines = vec![format!("  {case}:"), violates(&known.violates), format!("    reason: {reason}")];
    Block { case: Some(case.to_owned()), lines }
}

fn violates(violated: &BTreeSet<(usize, String)>) -> String {
    format!("    violates: [{}]", signature(violated))
}

impl Block {
    /// Writes what is violated anew: its line, and those that go on from it.
    fn violate(&mut self, violated: &BTreeSet<(usize, String)>) {
        let Some(at) = self.lines.iter().position(|line| line.starts_with("    violates:")) else { return };
        let goes_on =
            |line: &&String| line.starts_with("     ") || line.starts_with("    -") || line.starts_with("    ]");
        let more = self.lines[at + 1..].iter().take_while(goes_on).count();
        self.lines.splice(at..=at + more, [violates(violated)]);
    }
}
