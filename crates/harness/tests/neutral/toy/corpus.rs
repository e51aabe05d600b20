//! The files of a corpus, and what their first lines say of how they are played.

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use countermand_harness::SuiteFile;

use super::wrong::{Setting, Wrong};

/// A file of a corpus with the directions in its comments: `# against: DEFECT, …`, `# toy: SETTING, …`, `# profile: NAME`,
/// `# verdict: WORD`, `# counted: STEP, …`.
#[derive(Debug)]
pub(crate) struct Script {
    /// The file, named by its path in the corpus.
    pub(crate) file: SuiteFile,
    /// The defects of the toy.
    pub(crate) wrongs: Vec<Wrong>,
    /// The options of the toy.
    pub(crate) setting: Setting,
    /// The profile.
    pub(crate) profile: String,
    /// How every case of it must end.
    pub(crate) verdict: String,
    /// The steps whose mismatches count, as no consequence of others; empty where the file does not say.
    pub(crate) counted: Vec<usize>,
}

impl Script {
    fn new(file: SuiteFile) -> Self {
        let text = String::from_utf8_lossy(&file.read().expect("it is here")).into_owned();
        let direction = |name: &str| -> Vec<&str> {
            let line = text.lines().find_map(|line| line.strip_prefix(&format!("# {name}: ")));
            line.into_iter().flat_map(|words| words.split(", ")).collect()
        };
        Self {
            wrongs: direction("against").into_iter().map(Wrong::named).collect(),
            setting: direction("toy").into_iter().fold(Setting::default(), Setting::with),
            profile: direction("profile").first().unwrap_or(&"strict").to_string(),
            verdict: direction("verdict").first().unwrap_or(&"passed").to_string(),
            counted: direction("counted").into_iter().map(|step| step.parse().expect("a step")).collect(),
            file,
        }
    }
}

/// Every YAML file of a corpus, in the order of their names.
pub(crate) fn corpus(folder: &str) -> Vec<Script> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus").join(folder);
    let entries = fs::read_dir(&root).expect("the corpus is there").map(|entry| entry.expect("readable").path());
    let mut paths: Vec<_> = entries.filter(|path| path.extension().is_some_and(|ending| ending == "yaml")).collect();
    paths.sort();
    assert!(!paths.is_empty(), "no file in {}", root.display());
    let file = |path: &std::path::PathBuf| {
        let name = path.file_stem().expect("a file").to_string_lossy().into_owned();
        SuiteFile { path: format!("{folder}/{name}.yaml"), name, content: fs::read(path).expect("readable").into() }
    };
    paths.iter().map(|path| Script::new(file(path))).collect()
}

/// Puts every file of a corpus to the test, and fails once for all that failed.
pub(crate) fn each_file(folder: &str, test: impl Fn(&Script)) {
    let failed: Vec<String> = corpus(folder)
        .into_iter()
        .filter(|script| catch_unwind(AssertUnwindSafe(|| test(script))).is_err())
        .map(|script| script.file.path)
        .collect();
    assert!(failed.is_empty(), "failed: {failed:?}");
}
