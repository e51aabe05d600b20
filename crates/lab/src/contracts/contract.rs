//! What the lab has to know of a spec besides its data: which calls there are, where their arguments are borderline, what of a state
//! is compared, and which clause speaks of which difference. Names no spec. Whether a call is right is the model's to say.

use std::collections::BTreeMap;
use std::fmt::Write;

use serde_json::Value;

use crate::dice::Dice;
use crate::sequence::{Call, Line};

/// A state as it is compared: path → value.
pub(crate) type State = BTreeMap<String, Value>;

/// What is known of one spec: names, and what depends on the call, on the state before it and on the order's lines.
pub(crate) struct Contract {
    /// The spec's name.
    pub(crate) spec: &'static str,
    /// What calls are made on, many of them: `items`.
    pub(crate) entities: &'static str,
    /// The role of what all lines are in at first, where they are in something.
    pub(crate) whole: Option<&'static str>,
    /// What a scenario says under `order:` to have these lines.
    pub(crate) order: fn(&[Line]) -> String,
    /// The call that changes nothing: the first of every sequence, which shows the state before the others.
    pub(crate) read: &'static str,
    /// The arguments that are ids, with the kind of what they name.
    pub(crate) ids: &'static [(&'static str, &'static str)],
    /// The headers that say something of a call, as arguments do.
    pub(crate) headers: &'static [&'static str],
    /// What the binding calls the units of an order that are elsewhere, where calls on what goes by one name reach them too.
    pub(crate) elsewhere: Option<&'static str>,

    /// The fields that are compared, by group.
    pub(crate) compared: &'static [(&'static str, &'static [&'static str])],
    /// Of which entities, once this flag is set, which fields keep what they say.
    pub(crate) kept: Option<(&'static str, &'static str, &'static [&'static str])>,
    /// What a written scenario states of an entity.
    pub(crate) stated: &'static [Stated],
    /// The flag of the order that says it has left; any other only marks it.
    pub(crate) shipped: Option<&'static str>,

    /// The lines of a generated order.
    pub(crate) lines: fn(&mut Dice) -> Vec<Line>,
    /// What calls on an order of these lines are drawn from.
    pub(crate) guesses: fn(&[Line]) -> Box<dyn Guesses>,
    /// Simpler calls than this one, for whoever looks for the simplest that still shows something.
    pub(crate) simpler: fn(&Call) -> Vec<Call>,
    /// Whether a call needs a line for something else than to be made on it.
    pub(crate) concerns: fn(&Call, &Line) -> bool,
    /// Whether two calls can be made at once, and what comes of them is one of the two after the other.
    pub(crate) can_meet: fn(&Call, &Call) -> bool,

    /// Whether anything says what comes of a call: where nothing does, a target can do as it likes.
    pub(crate) speaks_of: fn(&Call, &State, &[Line]) -> bool,
    /// In what state something is when a call is made on it, in words.
    pub(crate) class: fn(&Call, &State, &[Line]) -> String,
    /// The clause under which a call is expected to do something.
    pub(crate) clause: fn(&Call, &State, &[Line], Aspect) -> &'static str,
    /// The clause that calls made at once are held to.
    pub(crate) race: &'static str,
}

/// What an order is guessed to be after some calls, so that most of those that are drawn are aimed at something.
pub(crate) trait Guesses {
    /// A call to be made next.
    fn next(&self, dice: &mut Dice) -> Call;

    /// What will probably come of a call.
    fn guess(&mut self, call: &Call);
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
    /// What it speaks of where the entity is new.
    pub(crate) of_new: Aspect,
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
