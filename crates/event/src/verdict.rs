//! The words of judging: how a case ended, whose a non-pass is, how binding a clause is. Decides none of them.

use crate::named::named;

/// How a case ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// Everything that was demanded was played and held.
    Passed,
    /// A MUST clause was violated.
    Failed,
    /// A SHOULD clause was violated, and no MUST.
    Warned,
    /// Something other than the target's rules stood in the way.
    CouldNotRun,
    /// The target declares that it lacks a call the case needs.
    NotCovered,
    /// It failed just as the baseline says it is known to.
    KnownFailure,
}

named!(Verdict:
    Passed = "passed",
    Failed = "failed",
    Warned = "warned",
    CouldNotRun = "could-not-run",
    NotCovered = "not-covered",
    KnownFailure = "known-failure",
);

/// Who a non-pass belongs to. Never merged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Blame {
    /// The implementation under test.
    Target,
    /// The order could not be brought about, or is not what was asked for.
    Setup,
    /// No usable answer came: refused connections, time-outs, cut-off bodies.
    Transport,
    /// The scenario asks for what cannot be played.
    Scenario,
    /// This program.
    Harness,
}

named!(Blame:
    Target = "target",
    Setup = "setup",
    Transport = "transport",
    Scenario = "scenario",
    Harness = "harness",
);

/// How binding a clause is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Recorded, never judged.
    May,
    /// Reported as a warning.
    Should,
    /// Fails the run.
    Must,
}

named!(Level: Must = "MUST", Should = "SHOULD", May = "MAY");
