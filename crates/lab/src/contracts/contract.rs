//! What exploring has to know of a contract: which calls there are, where their arguments are borderline, what of a state is
//! compared, and which clause speaks of which difference. Whether a call is right is the model's to say.

use std::collections::BTreeMap;
use std::fmt::Write;

use serde_json::Value;

use crate::dice::Dice;
use crate::sequence::{Call, Line, Sequence};

/// A state as it is compared: path → value.
pub(crate) type State = BTreeMap<String, Value>;

/// What exploring knows of one spec.
pub(crate) trait Contract: Sync {
    /// The spec's name.
    fn spec(&self) -> &'static str;

    /// What calls are made on, many of them: `items`.
    fn entities(&self) -> &'static str;

    /// What a scenario says under `order:` to have these lines.
    fn order(&self, lines: &[Line]) -> String;

    /// The fields that are compared, by group.
    fn compared(&self) -> &'static [(&'static str, &'static [&'static str])];

    /// Of which entities, once this flag is set, which fields keep what they say.
    fn kept(&self) -> Option<(&'static str, &'static str, &'static [&'static str])> {
        None
    }

    /// What a written scenario states of an entity.
    fn stated(&self) -> &'static [Stated];

    /// The role of what all lines are in at first, where they are in something.
    fn whole(&self) -> Option<&'static str> {
        None
    }

    /// The arguments that are ids, with the kind of what they name.
    fn ids(&self) -> &'static [(&'static str, &'static str)] {
        &[]
    }

    /// The headers that say something of a call, as arguments do.
    fn headers(&self) -> &'static [&'static str] {
        &[]
    }

    /// Whether anything says what comes of a call: where nothing does, a target can do as it likes.
    fn speaks_of(&self, call: &Call, before: &State, lines: &[Line]) -> bool {
        let _ = (call, before, lines);
        true
    }

    /// The call that changes nothing: the first of every sequence, which shows the state before the others.
    fn read(&self) -> &'static str;

    /// An order and up to so many of the calls that the target has.
    fn generate(&self, dice: &mut Dice, max_calls: usize, has: &dyn Fn(&str) -> bool) -> Sequence;

    /// Simpler calls than this one, for whoever looks for the simplest that still shows something.
    fn simpler(&self, call: &Call) -> Vec<Call>;

    /// Whether a call needs a line for something else than to be made on it.
    fn concerns(&self, call: &Call, line: &Line) -> bool {
        let _ = (call, line);
        false
    }

    /// In what state something is when a call is made on it, in words.
    fn class(&self, call: &Call, before: &State, lines: &[Line]) -> String;

    /// The clause under which a call is expected to do something.
    fn clause(&self, call: &Call, before: &State, lines: &[Line], aspect: Aspect) -> &'static str;

    /// The clause that calls made at once are held to.
    fn race(&self) -> &'static str;

    /// Whether two calls can be made at once, and what comes of them is one of the two after the other.
    fn can_meet(&self, one: &Call, other: &Call) -> bool {
        let _ = (one, other);
        true
    }
}

/// A field of an entity that a scenario states.
pub(crate) struct Stated {
    pub(crate) field: &'static str,
    /// Also where only another field has changed.
    pub(crate) always: bool,
    /// Not where this field has changed: then it is open.
    pub(crate) unless: Option<&'static str>,
    /// The compared fields that are told by it.
    pub(crate) tells: &'static [&'static str],
}

/// What an expectation speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Aspect {
    Accepted,
    Refused,
    /// What the call was made on has changed as it should.
    Own,
    /// What it was not made on is as it was.
    Others,
    /// A line appears.
    New,
    /// The quantity of that line.
    Quantity,
    /// That it is live.
    NewLive,
    /// A flag of the order.
    Marked,
    Shipped,
    /// The sums of a product.
    Units,
}

/// An order of nothing but lines.
pub(super) fn flat(plural: &str, units: &str, lines: &[Line]) -> String {
    let mut text = format!("  {plural}:\n");
    for line in lines {
        let product = line.product.iter().map(|product| format!("product: {product}"));
        let quantity = std::iter::once(format!("{units}: {}", line.quantity));
        let fulfilled = Some(format!("fulfilled: {}", line.fulfilled)).filter(|_| line.fulfilled > 0);
        let fields: Vec<String> = product.chain(quantity).chain(fulfilled).collect();
        let _ = writeln!(text, "    {}: {{ {} }}", line.role, fields.join(", "));
    }
    text
}
