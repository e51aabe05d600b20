//! Reads and judges a step until everything holds or the settle time is over, and keeps what the step came to.

use std::sync::Arc;
use std::time::Duration;

use countermand_event::{Blame, Unjudged};

use super::exchange::RawExchange;
use super::halt::Halt;
use super::hearing::Hearing;
use super::play::Play;
use super::read::POLL;
use super::record;
use crate::check::{self, Found, Judgement, Made, Moment, StateView, Weight};
use crate::scenario::Step;

/// No pause between two reads grows longer.
const LONGEST_POLL: Duration = Duration::from_millis(250);

impl Play<'_> {
    /// Reads and judges until everything holds or the settle time is over.
    pub(super) async fn settle(
        &self,
        number: usize,
        step: &Step,
        made: &[Made<'_>],
        before: &[StateView],
    ) -> Result<(Judgement, Vec<StateView>), Halt> {
        let settle = self.session.target.settle;
        if self.case.is_sequence {
            // Nothing tells when what is to be seen is there.
            self.wait_until_settled().await;
        }
        let claims_silence = step.webhooks().any(|claim| claim.absent);
        // What must never be seen, and was seen on a read that had not settled yet.
        let mut passing: Vec<Found> = Vec::new();
        let mut pause = POLL;
        // The read that showed what was expected of the state: what is read later is read for webhooks.
        let mut shown_at = None;
        // No webhook will come any more.
        let mut is_quiet = false;
        for read in 1.. {
            let window = self.webhook_window(step);
            let elapsed = self.last_call.elapsed();
            let (over, all_came) = (elapsed >= settle, is_quiet || elapsed >= window);
            let received = self.hearing.as_ref().map_or(0, Hearing::count);
            let heard = self.heard();
            let after = self.read_all().await?;
            let others = self.read_others(step).await?;
            let (first, names) = (&self.first, &self.names);
            let (case, profile) = (self.case, self.profile);
            let moment = Moment {
                case,
                profile,
                step,
                number,
                first,
                before,
                after: &after,
                names,
                made,
                others: &others,
                heard: &heard,
                reads: shown_at.unwrap_or(read),
                accepted: &self.accepted,
                lacks: &self.session.target.binding.lacks,
            };
            if self.case.is_sequence {
                return Ok((check::watch(&moment)?, after));
            }
            let mut judgement = check::judge(&moment)?;
            let is_shown = judgement.found.iter().all(|found| found.heard);
            let is_told = judgement.found.iter().all(|found| !found.heard);
            if is_shown {
                shown_at.get_or_insert(read);
            }
            let answered_otherwise = judgement.found.iter().any(Found::is_of_answer);
            let is_seen = over || is_shown && !self.is_late;
            let told = all_came || answered_otherwise || (is_told && !claims_silence);
            if is_seen && told {
                if !window.is_zero() && !answered_otherwise && (!is_told || claims_silence) {
                    self.all_heard(&heard, claims_silence && is_told)?;
                }
                if !window.is_zero() && !answered_otherwise && !is_told {
                    self.waited_for_repeats()?;
                }
                passing.retain(|earlier| !judgement.found.iter().any(|found| found.is_same(earlier)));
                judgement.found.extend(passing);
                return Ok((judgement, after));
            }
            for found in judgement.found.into_iter().filter(|found| found.always) {
                if !passing.iter().any(|earlier| earlier.is_same(&found)) {
                    passing.push(found);
                }
            }
            let elapsed = self.last_call.elapsed();
            match &self.hearing {
                Some(hearing) if is_seen => {
                    tokio::select! {
                        () = hearing.wait(received, window.saturating_sub(elapsed)) => {}
                        () = self.session.target.transport.quiet() => is_quiet = true,
                    }
                }
                _ => {
                    tokio::time::sleep(pause.min(settle.saturating_sub(elapsed))).await;
                    pause = (pause * 2).min(LONGEST_POLL);
                }
            }
        }
        Err(Halt::new(Blame::Harness, "the state was read without end"))
    }

    /// Keeps what a step came to.
    pub(super) fn conclude(
        &mut self,
        number: usize,
        mut judgement: Judgement,
        after: Vec<StateView>,
        made: &[Made<'_>],
        exchanges: Vec<RawExchange>,
    ) {
        self.is_late |= judgement.late.is_some();
        let (spec, found) = (&self.case.spec, judgement.found.into_iter().chain(judgement.late).collect::<Vec<_>>());
        let step = (number, made, judgement.names.as_slice());
        let weights = self.doubts.weigh((spec, self.profile), step, &found, &self.mismatches);
        let mut unjudged: Vec<Unjudged> = Vec::new();
        for (found, weight) in found.into_iter().zip(weights) {
            let follows = match weight {
                Weight::Counts => false,
                Weight::Follows => true,
                Weight::Unknown(because) => {
                    let why = because.why(number, &found.clause);
                    unjudged.push(Unjudged { step: number, clause: found.clause, why });
                    continue;
                }
            };
            self.mismatches.push(check::mismatch(found, spec, self.profile, number, follows));
        }
        unjudged.dedup();
        judgement.clauses.retain(|clause| unjudged.iter().all(|unjudged| unjudged.clause != *clause));
        self.unjudged.extend(unjudged);
        self.clauses.extend(judgement.clauses);
        self.findings.extend(judgement.findings);
        let webhooks = self.take_webhooks();
        let before = std::mem::replace(&mut self.views, Arc::new(after));
        let names_before = std::mem::replace(&mut self.names, Arc::new(judgement.names));
        let mut calls = made.iter().map(record::PlayedCall::of);
        let Some(call) = calls.next() else { return };
        self.played.push(record::Played {
            number,
            call,
            beside: calls.collect(),
            before: (before, names_before),
            after: (Arc::clone(&self.views), Arc::clone(&self.names)),
            exchanges,
            webhooks,
        });
    }

    pub(super) async fn wait_until_settled(&self) {
        let left = self.session.target.settle.saturating_sub(self.last_call.elapsed());
        if !left.is_zero() {
            tokio::time::sleep(left).await;
        }
    }
}
