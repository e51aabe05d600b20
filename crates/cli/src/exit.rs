//! The program's exit codes: the one place where an outcome becomes a number for the shell.

use countermand_event::RunOutcome;

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
