//! Goes on where an earlier run was cut off, if it was this run.

use std::fmt;

use countermand_event::Event;

use super::Run;

/// Why a run can't go on from what another told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ResumeError {
    /// What was told does not begin as a run does.
    NoBeginning,
    /// It was another run.
    AnotherRun,
}

impl fmt::Display for ResumeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoBeginning => "a run begins with `run-started`",
            Self::AnotherRun => {
                "it was another run: of another version, target, profile or shard, or of other scenarios"
            }
        })
    }
}

impl std::error::Error for ResumeError {}

impl Run {
    /// The same run, from where the one that told these events was cut off: what it told is told again, and not played again.
    ///
    /// # Errors
    /// When it was not this run that told them.
    pub fn resuming(self, events: &[Event]) -> Result<Self, ResumeError> {
        let Some(Event::RunStarted(then)) = events.first() else { return Err(ResumeError::NoBeginning) };
        let now = self.started();
        let is_same = (&then.version, &then.target, &then.profiles, &then.clauses, &then.shard, &then.suite)
            == (&now.version, &now.target, &now.profiles, &now.clauses, &now.shard, &now.suite);
        if !is_same || then.cases != now.cases {
            return Err(ResumeError::AnotherRun);
        }
        Ok(Self { earlier: events.iter().filter_map(Event::case).cloned().collect(), ..self })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_this_run_told_is_gone_on_from() {
        let resumed = |events: &[Event]| Run::default().resuming(events).err();
        let told = Run::default().started();
        assert_eq!(resumed(&[Event::RunStarted(Box::new(told.clone()))]), None);
        assert_eq!(resumed(&[]), Some(ResumeError::NoBeginning));
        let another = countermand_event::RunStarted { suite: "another".to_owned(), ..told };
        assert_eq!(resumed(&[Event::RunStarted(Box::new(another))]), Some(ResumeError::AnotherRun));
    }
}
