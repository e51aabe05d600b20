//! The program's exit codes: the one place where an outcome becomes a number for the shell.

use countermand_harness::{Problem, RunOutcome};
use countermand_report::write_problems;

use crate::config;
use crate::output::complain;

/// How the program ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// 0: every MUST that was played held, and nothing is incomplete.
    Held,
    /// 1: a MUST was violated (with `--strict` a SHOULD too).
    Violated,
    /// 2: the command line, a scenario, a spec or a target is wrong.
    Usage,
    /// 3: something could not run. Outranks 1.
    Incomplete,
}

impl From<Exit> for std::process::ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Held => 0,
            Exit::Violated => 1,
            Exit::Usage => 2,
            Exit::Incomplete => 3,
        })
    }
}

impl From<RunOutcome> for Exit {
    fn from(outcome: RunOutcome) -> Self {
        match outcome {
            RunOutcome::Held => Self::Held,
            RunOutcome::Violated => Self::Violated,
            RunOutcome::Incomplete => Self::Incomplete,
        }
    }
}

/// Why the program can't do what it was asked: all of these end with [`Exit::Usage`].
#[derive(Debug)]
pub(crate) enum Failure {
    /// One line, with how to mend it.
    Message(String),
    /// Problems in files, each with its place.
    Problems(Vec<Problem>),
}

impl Failure {
    pub(crate) fn print(&self) {
        match self {
            Self::Message(message) => complain(&format!("error: {message}")),
            Self::Problems(problems) => {
                // Nothing sensible is left to be done where not even standard error can be written to.
                let _ = write_problems(&mut std::io::stderr(), problems, config::style_of_stderr(), config::width());
            }
        }
    }
}

impl From<String> for Failure {
    fn from(message: String) -> Self {
        Self::Message(message)
    }
}

impl From<Vec<Problem>> for Failure {
    fn from(problems: Vec<Problem>) -> Self {
        Self::Problems(problems)
    }
}
