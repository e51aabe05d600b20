//! Starts the program, within a bound of time, and keeps what it said.

use std::io::Read;
use std::path::Path;
use std::process::{Child, ChildStderr, ChildStdout, Command, Stdio};
use std::sync::mpsc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use countermand_event::{CaseResult, Event};

use crate::folder::{Folder, fixtures};

/// Far more than anything here takes: it proves that the program ends at all.
pub(crate) const BOUND: Duration = Duration::from_secs(60);

/// A command line, and what stands in its environment.
pub(crate) fn countermand<'a>(args: impl IntoIterator<Item = &'a str>) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_countermand"));
    command.args(args).current_dir(fixtures()).stdin(Stdio::null());
    for name in ["NO_COLOR", "TERM", "COLUMNS", "RUST_BACKTRACE", "GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY"] {
        command.env_remove(name);
    }
    for whose in ["SELLER", "BUYER", "OTHER_SELLER"] {
        for what in ["ID", "KEY", "SECRET"] {
            command.env_remove(format!("COUNTERMAND_{whose}_{what}"));
        }
    }
    command
}

/// What a process came to.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Ended {
    #[track_caller]
    pub(crate) fn exits(&self, code: i32) -> &Self {
        assert_eq!(self.code, Some(code), "stdout:\n{}\nstderr:\n{}", self.stdout, self.stderr);
        assert!(!self.stderr.contains("panicked"), "{}", self.stderr);
        self
    }
}

/// A process that does not outlive its test.
pub(crate) struct Running {
    child: Child,
    stdout: Option<JoinHandle<Vec<u8>>>,
    stderr: Option<JoinHandle<Vec<u8>>>,
    done: mpsc::Receiver<()>,
}

impl Running {
    pub(crate) fn start(command: &mut Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let stdout: ChildStdout = child.stdout.take().unwrap();
        let stderr: ChildStderr = child.stderr.take().unwrap();
        // Each sender is dropped when its stream ends, which is when the process has.
        let (open, done) = mpsc::channel();
        let (stdout, stderr) = (collect(stdout, open.clone()), collect(stderr, open));
        Self { child, stdout: Some(stdout), stderr: Some(stderr), done }
    }

    pub(crate) fn signal(&self, name: &str) {
        signal(&self.child, name);
    }

    #[track_caller]
    pub(crate) fn end(mut self) -> Ended {
        let ended = self.done.recv_timeout(BOUND);
        if ended == Err(mpsc::RecvTimeoutError::Timeout) {
            panic!("the program did not end within {BOUND:?}");
        }
        let code = self.child.wait().unwrap().code();
        let text = |thread: Option<JoinHandle<Vec<u8>>>| {
            let bytes = thread.map(|thread| thread.join().unwrap()).unwrap_or_default();
            String::from_utf8(bytes).unwrap()
        };
        Ended { code, stdout: text(self.stdout.take()), stderr: text(self.stderr.take()) }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _gone = self.child.kill();
        let _reaped = self.child.wait();
    }
}

/// Sends a signal, as a person or a supervisor does.
pub(crate) fn signal(child: &Child, name: &str) {
    let sent = Command::new("sh").args(["-c", &format!("kill -{name} {}", child.id())]).status().unwrap();
    assert!(sent.success());
}

fn collect(mut stream: impl Read + Send + 'static, open: mpsc::Sender<()>) -> JoinHandle<Vec<u8>> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        let _ended = stream.read_to_end(&mut bytes);
        drop(open);
        bytes
    })
}

#[track_caller]
pub(crate) fn end(command: &mut Command) -> Ended {
    Running::start(command).end()
}

/// Runs the program with these arguments to its end.
#[track_caller]
pub(crate) fn ends(args: &[&str]) -> Ended {
    end(&mut countermand(args.iter().copied()))
}

/// A run with the events it reported.
pub(crate) struct Told {
    pub(crate) ended: Ended,
    pub(crate) jsonl: String,
    pub(crate) events: Vec<Event>,
}

impl Told {
    pub(crate) fn cases(&self) -> impl Iterator<Item = &CaseResult> {
        self.events.iter().filter_map(Event::case)
    }

    #[track_caller]
    pub(crate) fn case(&self, ending: &str) -> &CaseResult {
        let found = self.cases().find(|case| case.id.ends_with(ending));
        found.unwrap_or_else(|| panic!("no case {ending}: {}", self.ended.stdout))
    }
}

/// Adds `--report jsonl=…` to a `run`, and reads what it wrote.
#[track_caller]
pub(crate) fn told(command: &mut Command) -> Told {
    let folder = Folder::new();
    let path = folder.file("run.jsonl");
    let ended = end(command.arg(report(&path)));
    let jsonl = std::fs::read_to_string(&path).unwrap();
    let events = jsonl.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    Told { ended, jsonl, events }
}

pub(crate) fn report(path: &Path) -> String {
    format!("--report=jsonl={}", path.display())
}
