//! What a monitor has to say, as data. What came from a client or an endpoint stands here as it came: whoever shows it makes it
//! safe.

use countermand_event::Level;
use serde_json::Value;

/// One thing that a monitor tells.
#[derive(Debug, Clone, PartialEq)]
pub enum Told {
    /// Something that the spec does not allow.
    Violation(Box<Violation>),
    /// Something that was not judged.
    Gap(Gap),
    /// An order that nothing speaks against, as a scenario.
    Watched(Scenario),
}

/// What an endpoint did, and should not have done.
#[derive(Debug, Clone, PartialEq)]
pub struct Violation {
    /// The id of the order.
    pub order: String,
    /// The call, and what it was made on.
    pub call: String,
    /// The clause that is broken.
    pub clause: String,
    /// The clause's level in the profile.
    pub level: Level,
    /// What the clause says.
    pub statement: String,
    /// In what it differs.
    pub differences: Vec<Difference>,
    /// What was seen, as a scenario; nothing where the beginning was not, or where it would be another's again.
    pub scenario: Option<Scenario>,
    /// The like was told before.
    pub is_known: bool,
}

/// One value that is not what it should be.
#[derive(Debug, Clone, PartialEq)]
pub struct Difference {
    /// The path: `answer`, `items.item_mug.quantity`.
    pub path: String,
    /// What should be there; nothing where nothing should.
    pub expected: Option<Value>,
    /// What is there.
    pub actual: Option<Value>,
}

/// A scenario file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scenario {
    /// A name for the file.
    pub name: String,
    /// The text.
    pub text: String,
}

/// What was not judged, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gap {
    /// The id of the order; nothing where it concerns any.
    pub order: Option<String>,
    /// Why: lower case, no final dot.
    pub why: String,
}

/// What came of it all.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Summary {
    /// The exchanges that were forwarded and seen.
    pub exchanges: u64,
    /// Those that judging had no room for.
    pub missed: u64,
    /// The calls that were judged by their answers.
    pub calls: u64,
    /// Of those, the ones whose effect nobody read.
    pub unread: u64,
    /// The calls that say nothing of the spec: refused for their sender, or for being odd.
    pub aside: u64,
    /// The orders that were watched.
    pub orders: u64,
    /// The violations of a MUST, the like ones included.
    pub must: u64,
    /// Those of a SHOULD.
    pub should: u64,
    /// Those of a MAY, which are never judged.
    pub may: u64,
    /// What was not judged.
    pub gaps: u64,
}

impl Summary {
    /// Whether everything was judged that came by.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.gaps == 0 && self.missed == 0
    }

    /// Whether a MUST was violated. `strict` lets a SHOULD count as one.
    #[must_use]
    pub fn is_violated(&self, strict: bool) -> bool {
        self.must > 0 || (strict && self.should > 0)
    }
}
