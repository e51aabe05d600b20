//! The course of a case: set-up, then step by step send, read, judge; at its end one more read that must show nothing new.

use std::sync::Arc;

use countermand_event::{Blame, CaseResult, StepRecord, Trouble, Unjudged};
use tokio::time::Instant;

use super::halt::Halt;
use super::play::Play;
use super::{RunContext, lacking, record};
use crate::check::{self, Doubts};
use crate::scenario::{Case, Step};
use crate::target::Target;

/// Plays a case to its end, or as far as it goes.
pub(super) async fn play(case: &Case, target: &Target, profile: &str, context: &RunContext) -> CaseResult {
    let begin = Instant::now();
    let left = lacking::left(case, target);
    let left_case = left.as_deref().unwrap_or(case);
    let mut play = Play::new(left_case, target, profile, context, context.witness.as_deref());
    let trouble = match &left {
        Ok(_) => play.rounds().await.err(),
        Err(lack) => Some(Halt::new(Blame::Target, lack).trouble(0)),
    };
    let verdict = crate::tally::verdict(&play.mismatches, trouble.as_ref());
    let redactor = target.redactor();
    let wanted = context.keep_steps || !play.mismatches.is_empty() || trouble.is_some();
    let steps: Vec<StepRecord> =
        if wanted { play.played.iter().map(|played| played.show(&case.spec, &redactor)).collect() } else { Vec::new() };
    let mut result = CaseResult {
        id: case.id.clone(),
        spec: case.spec.name.clone(),
        title: case.title.clone(),
        file: case.file.path.clone(),
        steps_planned: case.steps.len(),
        verdict,
        millis: super::millis(begin.elapsed()),
        clauses: play.clauses.into_iter().collect(),
        mismatches: play.mismatches,
        unjudged: play.unjudged,
        findings: play.findings,
        trouble,
        start: play.played.first().filter(|_| wanted).map(|played| played.start(&case.spec)),
        steps,
        known: None,
        stale: None,
    };
    redactor.clean(&mut result);
    result
}

/// Whether the case can go on to its next step.
enum Next {
    Go,
    /// An earlier mismatch left nothing to go on with: why.
    NothingLeft(String),
}

impl<'p> Play<'p> {
    /// Plays the case as often as its steps ask for, each time on fresh orders; the first round that differs is the last.
    async fn rounds(&mut self) -> Result<(), Trouble> {
        let rounds = self.case.steps.iter().map(|step| step.repeat).max().unwrap_or(1);
        for round in 0..rounds {
            self.round = round;
            self.doubts = Doubts::default();
            self.played.clear();
            self.accepted.clear();
            let played = self.whole().await;
            self.stop_listening().await;
            played?;
            if !self.mismatches.is_empty() {
                break;
            }
        }
        Ok(())
    }

    async fn whole(&mut self) -> Result<(), Trouble> {
        let meaningless = lacking::meaningless(self.case, &self.session.target.binding);
        if let Some(message) = meaningless.map_err(|error| Halt::from(error).trouble(0))? {
            return Err(Halt::new(Blame::Target, message).trouble(0));
        }
        if let Some(field) = lacking::unshown(self.case, &self.session.target.binding) {
            let message = format!("the binding's first view shows no `{field}`: map it, or declare it under `lacks`");
            return Err(Halt::setup(message).trouble(0));
        }
        let in_step = |step| move |halt: Halt| halt.trouble(step);
        self.listen().await.map_err(in_step(0))?;
        self.create_orders().await.map_err(in_step(0))?;
        self.register().await.map_err(in_step(0))?;
        for (index, step) in self.case.steps.iter().enumerate() {
            match self.step(index + 1, step).await.map_err(in_step(index + 1))? {
                Next::Go => {}
                Next::NothingLeft(why) => {
                    self.leave(index, &why);
                    return Ok(());
                }
            }
        }
        self.last_look().await.map_err(in_step(self.case.steps.len()))
    }

    async fn step(&mut self, number: usize, step: &'p Step) -> Result<Next, Halt> {
        if let Some((choice, option)) = &step.condition {
            match self.chose(choice, option)? {
                Some(true) => {}
                Some(false) => return Ok(Next::Go),
                None => {
                    return Ok(Next::NothingLeft(format!("nothing before it told how the target chooses `{choice}`")));
                }
            }
        }
        self.refuse(step);
        let made = self.make(step).await;
        self.last_call = Instant::now();
        let Some((made, exchanges)) = made? else {
            let why = || format!("what step {number} is made on, or speaks of, never came to be");
            return Ok(if self.case.is_sequence { Next::Go } else { Next::NothingLeft(why()) });
        };
        let before = Arc::clone(&self.views);
        self.accepted.extend(made.iter().filter_map(|made| check::accepted(made, &before)));
        let (judgement, after) = self.settle(number, step, &made, &before).await?;
        self.conclude(number, judgement, after, &made, exchanges);
        Ok(Next::Go)
    }

    /// Late effects: one more read in full must equal the last state.
    async fn last_look(&mut self) -> Result<(), Halt> {
        self.wait_until_settled().await;
        let settled = self.read_all().await?;
        let last_step = self.played.last().filter(|played| played.number == self.case.steps.len());
        let refused = last_step.is_some_and(record::Played::is_refused);
        for ((last, settled), names) in self.views.iter().zip(&settled).zip(self.names.iter()) {
            let late = check::late_changes(self.case, self.profile, names, (last, settled), refused);
            let lacks = &self.session.target.binding.lacks;
            self.mismatches.extend(late.into_iter().filter(|mismatch| !lacks.contains_key(&mismatch.clause)));
        }
        if let Some(call) = self.case.steps.last().and_then(|step| self.case.spec.call(&step.call.name))
            && !self.session.target.binding.lacks.contains_key(&call.frame.late)
        {
            self.clauses.insert(call.frame.late.clone());
        }
        Ok(())
    }

    /// Says of every claim from this step on, counted from 0, that it was not judged.
    fn leave(&mut self, from: usize, why: &str) {
        for (index, step) in self.case.steps.iter().enumerate().skip(from) {
            let unjudged = |clause: &str| Unjudged { step: index + 1, clause: clause.to_owned(), why: why.to_owned() };
            self.unjudged.extend(step.expect.iter().map(|expectation| unjudged(&expectation.clause)));
        }
    }

    /// Whether the target was seen, in this case, to choose the option; nothing where what differed before left it untold.
    fn chose(&self, choice: &str, option: &str) -> Result<Option<bool>, Halt> {
        let mut told = self.findings.iter().filter(|finding| finding.choice == choice).peekable();
        match (told.peek().is_some(), self.mismatches.is_empty() && self.unjudged.is_empty()) {
            (true, _) => Ok(Some(told.all(|finding| finding.options.iter().any(|known| known == option)))),
            (false, false) => Ok(None),
            (false, true) => {
                Err(Halt::scenario(format!("nothing before this step told how the target chooses `{choice}`")))
            }
        }
    }
}
