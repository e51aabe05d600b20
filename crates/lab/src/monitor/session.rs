//! One order: what was seen of it, and whether that can be explained. Pure: exchanges in, findings out.
//!
//! Only a read shows a state, so what the calls before it have done is judged together. A read that is not later than the settle
//! time may still show the old state: what it shows counts where it is explained by what is believed already, and else not.

use std::collections::BTreeSet;
use std::time::Instant;

use countermand_event::Mismatch;
use countermand_harness::{Called, Look, OrderKeys, Overheard, Reading, Shape, Watched};
use serde_json::Value;

use super::explainer::{Explainer, is_judged};
use super::pages::Pages;
use super::told::{Gap, Told};
use super::watch::{Made, Watch, beginning, extended};
use crate::oracle::seen;

/// The most calls of one order that are judged: the model is asked about all of them again and again.
const MOST_CALLS: usize = 60;

/// The path of a rule about an answer: each answer is another.
const ANSWER: &str = "answer.rule";
/// What is made where nothing is.
const A_READ: &str = "a read";
/// Why an order is not judged after a violation.
const VIOLATED: &str = "it was violated before";
/// Why an order is not judged after what no clause demands did not come.
const NOT_DEMANDED: &str = "it does not behave as the model does, and no clause demands that";

/// An order.
pub(super) struct Session {
    id: String,
    /// What is known of it by name.
    pub(super) order: OrderKeys,
    state: State,
    /// The calls since somebody looked, in the order in which they began.
    window: Vec<Made>,
    /// When the last call was answered.
    answered: Option<Instant>,
    /// The last exchange whose answer was judged.
    judged: u64,
    /// The rules that the last read broke, by clause and path: until they hold again there is nothing new to tell.
    broken: BTreeSet<(String, String)>,
    /// A read shows what is not explained, and may be too early.
    is_pending: bool,
    pub(super) pages: Pages,
    /// When something last happened to it, in exchanges.
    pub(super) used: u64,
}

enum State {
    /// Nobody has read it.
    Unseen,
    Watched(Box<Watching>),
    /// What is seen of it can't be compared with what the model does.
    Unjudged(Box<Unjudged>),
}

struct Watching {
    order: Watched,
    watch: Watch,
}

struct Unjudged {
    why: String,
    /// A call on it was told as not judged, or need not be.
    is_told: bool,
    /// For what can be said of any two reads.
    order: Option<Watched>,
}

impl Session {
    pub(super) fn new(id: &str, order: OrderKeys) -> Self {
        let (state, window) = (State::Unseen, Vec::new());
        let broken = BTreeSet::new();
        let id = id.to_owned();
        Self {
            id,
            order,
            state,
            window,
            answered: None,
            judged: 0,
            broken,
            is_pending: false,
            pages: Pages::default(),
            used: 0,
        }
    }

    /// What has been seen of it.
    fn seen(&self) -> Option<&Watched> {
        match &self.state {
            State::Unseen => None,
            State::Watched(watching) => Some(&watching.order),
            State::Unjudged(unjudged) => unjudged.order.as_ref(),
        }
    }

    /// Every id that has been seen in it, with its kind.
    pub(super) fn ids(&self) -> Vec<(String, Value)> {
        let ids = self.seen().map(|order| order.ids().map(|(kind, id)| (kind.to_owned(), id.clone())));
        ids.into_iter().flatten().collect()
    }

    /// Whether a text is the id of it, or of anything in it.
    pub(super) fn has_id(&self, id: &str) -> bool {
        self.id == id || self.seen().is_some_and(|order| order.has_id(id))
    }

    /// Whether calls were made on it that no read has followed: something may be in it that nobody has seen.
    pub(super) fn is_open(&self) -> bool {
        !self.window.is_empty()
    }

    /// What was read of it in part is of no use: it may change.
    pub(super) fn may_change(&mut self) {
        self.pages.forget();
    }

    /// Whether the model is asked about it.
    pub(super) fn is_watched(&self) -> bool {
        matches!(self.state, State::Watched(_))
    }

    /// A call was answered. Tells whether it will be judged.
    pub(super) fn call(&mut self, made: Made, out: &mut Vec<Told>) -> bool {
        self.answered = self.answered.max(Some(made.answered));
        let at = self.window.partition_point(|earlier| earlier.turn < made.turn);
        self.window.insert(at, made);
        let calls = match &self.state {
            State::Watched(watching) => watching.watch.sequence.calls.len(),
            _ => 0,
        };
        if calls + self.window.len() > MOST_CALLS {
            self.lose(format!("more than {MOST_CALLS} calls were made on it"), out);
            return false;
        }
        match &mut self.state {
            State::Watched(_) => true,
            State::Unseen => {
                self.lose("a call was made on it before anybody had read it".to_owned(), out);
                false
            }
            State::Unjudged(unjudged) => {
                if !std::mem::replace(&mut unjudged.is_told, true) {
                    let why = format!("a call on it can't be judged: {}", unjudged.why);
                    out.push(Told::Gap(Gap { order: Some(self.id.clone()), why }));
                }
                false
            }
        }
    }

    /// What happens to the order now can't be told: it is taken up again where it can be.
    pub(super) fn lose(&mut self, why: String, out: &mut Vec<Told>) {
        let told = match &self.state {
            State::Unseen if self.window.is_empty() => false,
            State::Unjudged(unjudged) => !unjudged.is_told,
            _ => true,
        };
        if told {
            out.push(Told::Gap(Gap { order: Some(self.id.clone()), why: why.clone() }));
        }
        let was_told = matches!(&self.state, State::Unjudged(unjudged) if unjudged.is_told);
        self.set_aside(why, told || was_told);
    }

    /// Goes on without the model.
    fn set_aside(&mut self, why: String, is_told: bool) {
        let order = match std::mem::replace(&mut self.state, State::Unseen) {
            State::Unseen => None,
            State::Watched(watching) => Some(watching.order),
            State::Unjudged(unjudged) => unjudged.order,
        };
        let order = order.map(|mut order| {
            order.not_from_beginning();
            order
        });
        self.window.clear();
        self.is_pending = false;
        self.state = State::Unjudged(Box::new(Unjudged { why, is_told, order }));
    }

    /// All calls on the order have been answered: judges the answers, as far as it is known what they were made on.
    pub(super) fn all_answered(&mut self, explainer: &mut Explainer, out: &mut Vec<Told>) {
        let State::Watched(watching) = &self.state else { return };
        let Some(newest) = self.window.iter().map(|made| made.turn).max().filter(|newest| *newest > self.judged) else {
            return;
        };
        let earlier = std::mem::replace(&mut self.judged, newest);
        let mut rules = Vec::new();
        let mut all = Vec::new();
        for made in &self.window {
            let called = match watching.order.called(&made.heard) {
                Ok(called) => called,
                Err(why) => return self.lose(format!("a {} is not judged: {why}", made.name), out),
            };
            if made.turn > earlier {
                match watching.order.answered(&made.heard) {
                    Ok(broken) => {
                        rules.extend(broken.into_iter().filter(is_judged).map(|rule| (made.on(&called), rule)))
                    }
                    Err(why) => return self.lose(why, out),
                }
            }
            // What a call was made on that nobody has seen yet, the next read will show.
            let is_known = called.on.is_some() || made.heard.is_on_order();
            all.push(Some(called).filter(|called| is_known && (called.is_known || self.window.len() == 1)));
        }
        let all: Option<Vec<Called>> = all.into_iter().collect();
        let extended = all.map(|all| extended(&watching.watch, &self.window, &all, None));
        let from = watching.watch.sequence.calls.len();
        if let Some(watch) = &extended {
            match explainer.judge(watch) {
                Err(why) => return self.lose(why, out),
                Ok(None) => {}
                Ok(Some(accused)) => {
                    let rules: Vec<Mismatch> = rules.into_iter().map(|(_, rule)| rule).collect();
                    return match explainer.violation(&self.id, watch, &accused, &rules, from) {
                        Ok(Some(violation)) => {
                            out.push(Told::Violation(Box::new(violation)));
                            self.set_aside(VIOLATED.to_owned(), true);
                        }
                        Ok(None) => self.lose(NOT_DEMANDED.to_owned(), out),
                        Err(why) => self.lose(why, out),
                    };
                }
            }
        }
        for (made, rule) in rules {
            let violation = explainer.broken_rule(&self.id, &made, &rule, extended.as_ref());
            out.push(Told::Violation(Box::new(violation)));
        }
    }

    /// Somebody has read the order while no call on it was under way.
    pub(super) fn read(&mut self, began: Instant, reading: &Reading, explainer: &mut Explainer, out: &mut Vec<Told>) {
        let is_settled = self.answered.is_none_or(|answered| began >= answered + explainer.settle);
        let taken = match &self.state {
            State::Watched(_) => self.compare(is_settled, reading, explainer, out),
            // What an early read shows is no beginning.
            _ if !is_settled => Ok(()),
            _ => self.take_up(reading, explainer, out),
        };
        if let Err(why) = taken {
            self.lose(why, out);
        }
    }

    /// Nobody looks any more: what is still open.
    pub(super) fn close(&mut self, explainer: &mut Explainer, save: bool, out: &mut Vec<Told>) -> u64 {
        let State::Watched(watching) = &self.state else { return 0 };
        if self.is_pending {
            let why =
                "a read shows what is not explained, and nobody has read it later than the settle time".to_owned();
            out.push(Told::Gap(Gap { order: Some(self.id.clone()), why }));
        }
        if save && watching.watch.sequence.calls.len() > 1 {
            out.push(match explainer.scenario(&self.id, &watching.watch) {
                Ok(scenario) => Told::Watched(scenario),
                Err(why) => Told::Gap(Gap { order: Some(self.id.clone()), why }),
            });
        }
        self.window.len() as u64
    }

    /// A read of an order that is watched.
    fn compare(
        &mut self,
        is_settled: bool,
        reading: &Reading,
        explainer: &mut Explainer,
        out: &mut Vec<Told>,
    ) -> Result<(), String> {
        let State::Watched(watching) = &mut self.state else { return Ok(()) };
        let calls: Vec<Overheard> = self.window.iter().map(|made| made.heard.clone()).collect();
        // A read that was refused shows nothing.
        let Ok(looks) = watching.order.looks(&calls, reading) else { return Ok(()) };
        let from = watching.watch.sequence.calls.len();
        let mut accused = None;
        for look in looks {
            let Some(window) = self.known(&look) else {
                return Err("a call was made on something that no read has shown".to_owned());
            };
            let State::Watched(watching) = &mut self.state else { return Ok(()) };
            let before = watching.order.state();
            let (made, called): (Vec<Made>, Vec<Called>) = window.into_iter().unzip();
            let mut state = seen::state(explainer.contract, &look.state);
            seen::rewritten(explainer.contract, &before, &look.state, &mut state);
            let is_same = self.window.is_empty() && before == look.state;
            let extended = match is_same {
                true => watching.watch.clone(),
                false => extended(&watching.watch, &made, &called, Some(state)),
            };
            let rules: Vec<Mismatch> = look.mismatches.iter().filter(|rule| is_judged(rule)).cloned().collect();
            let judged = match (is_same, is_settled) {
                (true, _) => None,
                (false, true) => explainer.judge(&extended)?.map(Some),
                (false, false) => (!rules.is_empty() || !explainer.is_as_believed(&extended)?).then_some(None),
            };
            match judged {
                None => {
                    watching.order.keep(&calls, look);
                    watching.watch = extended.clone();
                    let made = made.iter().zip(&called).next_back();
                    let made = made.map_or_else(|| A_READ.to_owned(), |(made, called)| made.on(called));
                    self.window.clear();
                    self.is_pending = false;
                    self.tell_rules(&made, &rules, explainer, Some(&extended), out);
                    return Ok(());
                }
                Some(judged) => accused = accused.or(judged.map(|judged| (judged, extended, rules, look))),
            }
        }
        let Some((accused, extended, rules, look)) = accused else {
            self.is_pending = true;
            return Ok(());
        };
        if self.window.is_empty() {
            // Somebody else may have done it, past this proxy; what holds of any two reads is told all the same.
            self.tell_rules(A_READ, &rules, explainer, None, out);
            self.keep(&calls, look);
            self.lose("it has changed, and no call that is known has changed it".to_owned(), out);
            return self.take_up(reading, explainer, out);
        }
        let Some(violation) = explainer.violation(&self.id, &extended, &accused, &rules, from)? else {
            return Err(NOT_DEMANDED.to_owned());
        };
        out.push(Told::Violation(Box::new(violation)));
        self.broken = rules.iter().filter(|rule| rule.path != ANSWER).map(of_rule).collect();
        self.keep(&calls, look);
        self.set_aside(VIOLATED.to_owned(), true);
        self.take_up(reading, explainer, out)
    }

    fn keep(&mut self, calls: &[Overheard], look: Look) {
        if let State::Watched(watching) = &mut self.state {
            watching.order.keep(calls, look);
        }
    }

    /// The calls since the last read by the names of a scenario; nothing where one was accepted on what is not there. A call on
    /// what is not there that was refused is none.
    fn known(&self, look: &Look) -> Option<Vec<(Made, Called)>> {
        let mut known = Vec::new();
        for (made, called) in self.window.iter().zip(&look.calls) {
            // What an earlier of several calls has made may be gone before anybody has seen it.
            let may_have_been = !called.is_known && self.window.len() > 1;
            match (&called.on, made.heard.outcome()) {
                (None, "refused") if !made.heard.is_on_order() => {}
                (None, _) if !made.heard.is_on_order() => return None,
                (_, outcome) if may_have_been && outcome != "refused" => return None,
                _ => known.push((made.clone(), called.clone())),
            }
        }
        Some(known)
    }

    /// Begins with what a read shows, where an order can begin so.
    fn take_up(&mut self, reading: &Reading, explainer: &mut Explainer, out: &mut Vec<Told>) -> Result<(), String> {
        let profile = explainer.stage.profile.clone();
        let shape = Shape { whole: explainer.contract.whole, ids: explainer.contract.ids };
        let begun = Watched::begin(explainer.spec(), &explainer.target, &profile, self.order.clone(), shape, reading);
        let Ok(mut order) = begun else { return Ok(()) };
        let why = match beginning(&order, explainer.contract) {
            Ok(watch) => match explainer.judge(&watch)? {
                None => {
                    self.window.clear();
                    self.state = State::Watched(Box::new(Watching { order, watch }));
                    return Ok(());
                }
                Some(_) => "an order does not begin as it was when it was first read".to_owned(),
            },
            Err(why) => why.to_owned(),
        };
        order.not_from_beginning();
        let window = std::mem::take(&mut self.window);
        let (is_told, earlier) = match &mut self.state {
            State::Unjudged(unjudged) => (unjudged.is_told, unjudged.order.as_mut()),
            _ => (false, None),
        };
        let Some(earlier) = earlier else {
            self.state = State::Unjudged(Box::new(Unjudged { why, is_told, order: Some(order) }));
            return Ok(());
        };
        let calls: Vec<Overheard> = window.iter().map(|made| made.heard.clone()).collect();
        let Some(look) = earlier.looks(&calls, reading).ok().and_then(|looks| looks.into_iter().next()) else {
            return Ok(());
        };
        let rules: Vec<Mismatch> = look.mismatches.iter().filter(|rule| is_judged(rule)).cloned().collect();
        earlier.keep(&calls, look);
        let made = window.last().map_or(A_READ, |made| made.name.as_str()).to_owned();
        self.tell_rules(&made, &rules, explainer, None, out);
        Ok(())
    }

    /// Tells of the rules that a read breaks and the one before did not.
    fn tell_rules(
        &mut self,
        made: &str,
        rules: &[Mismatch],
        explainer: &mut Explainer,
        watch: Option<&Watch>,
        out: &mut Vec<Told>,
    ) {
        for rule in rules.iter().filter(|rule| !self.broken.contains(&of_rule(rule))) {
            let violation = explainer.broken_rule(&self.id, made, rule, watch);
            out.push(Told::Violation(Box::new(violation)));
        }
        self.broken = rules.iter().filter(|rule| rule.path != ANSWER).map(of_rule).collect();
    }
}

fn of_rule(rule: &Mismatch) -> (String, String) {
    (rule.clause.clone(), rule.path.clone())
}
