//! The keys of a step: its condition, its calls, how often it is played, what the inbox refuses, and what is expected.

use countermand_text::Node;

use super::claims::{self, EXPECT};
use super::form::Form;
use super::roles::Roles;
use crate::scenario::case::{CallUse, OrderRef, Step};

/// So often a case can be played for one step.
const MAX_REPEAT: u64 = 100;
/// So many webhooks can be refused: each may take its time to come again.
const MAX_REFUSED: u64 = 10;

impl Roles<'_> {
    pub(super) fn step(&mut self, node: &Node) -> Option<Step> {
        let reader = self.reader;
        self.steps += 1;
        let mut fields = reader.fields(node, "a step");
        let condition = fields.take("if").and_then(|node| self.condition(node));
        let calls = match fields.take("parallel") {
            Some(parallel) => {
                if let Some((key, _)) = fields.take_entry("call") {
                    let hint = Some("put them all under `parallel`".to_owned());
                    reader.problem(key.at, "both `call` and `parallel`: one of the two", hint);
                }
                self.parallel(parallel)
            }
            None => vec![self.call(&mut fields)],
        };
        let repeat = fields.take("repeat").and_then(|node| {
            let count = reader.count(node, "how often the case is played")?;
            if !(1..=MAX_REPEAT).contains(&count) {
                let hint = Some("leave it out to play the case once".to_owned());
                reader.problem(node.at, format!("`repeat` plays a case 1 to {MAX_REPEAT} times"), hint);
            }
            Some(count)
        });
        let refuse = fields.take("inbox").map(|node| self.inbox(node)).unwrap_or_default();
        let expect = if self.form == Form::Scenario { fields.need_as("expect", EXPECT) } else { None };
        fields.finish();
        // Expectations are read even where a call is wrong: one look at the file should find everything.
        let order = calls.first().and_then(Option::as_ref).map_or(OrderRef::Named(0), |call| call.order);
        let expect = expect.map(|node| claims::read(self, node, order, calls.len())).unwrap_or_default();
        let mut calls = calls.into_iter().collect::<Option<Vec<CallUse>>>()?.into_iter();
        let call = calls.next()?;
        let beside = calls.collect();
        let step = Step { condition, call, beside, repeat: repeat.unwrap_or(1), refuse, expect };
        if refuse > 0 && !step.webhooks().any(|claim| !claim.absent) {
            let hint = Some("claim it in the same step: `webhooks: [{ … }]`".to_owned());
            reader.problem(node.at, "the step refuses a webhook and claims none that comes again", hint);
        }
        Some(step)
    }

    /// `{ refuse: N }`.
    fn inbox(&self, node: &Node) -> u64 {
        let reader = self.reader;
        let mut fields = reader.fields(node, "the inbox");
        let node = fields.need("refuse");
        let refuse = node.and_then(|node| Some((node, reader.count(node, "a number of webhooks")?)));
        fields.finish();
        let Some((node, refuse)) = refuse else { return 0 };
        if !(1..=MAX_REFUSED).contains(&refuse) {
            let hint = Some("leave `inbox` out to refuse none".to_owned());
            reader.problem(node.at, format!("`refuse` is how many webhooks are refused: 1 to {MAX_REFUSED}"), hint);
        }
        refuse
    }

    /// `if: {choice: option}`.
    fn condition(&self, node: &Node) -> Option<(String, String)> {
        let [(choice, option)] = self.reader.entries(node, "a choice and its option") else {
            self.reader.problem(
                node.at,
                "`if` names one choice and one option",
                Some("write `if: { CHOICE: OPTION }`".to_owned()),
            );
            return None;
        };
        let choices = self.spec.choices.iter().map(|choice| choice.name.as_str());
        self.reader.known(choice.at, "choice", &choice.text, choices).then_some(())?;
        let known = self.spec.choice(&choice.text)?;
        if known.seen.is_none() && !self.told.contains(&choice.text) {
            let hint = Some(format!("claim `choice: {{ {}: … }}` in an earlier step", choice.text));
            self.reader.problem(choice.at, "no step before this one tells how that is chosen", hint);
        }
        let options = &known.options;
        let option_text = self.reader.text(option, "an option")?;
        let known = self.reader.known(option.at, "option", option_text, options.iter().map(String::as_str));
        known.then(|| (choice.text.clone(), option_text.to_owned()))
    }
}
