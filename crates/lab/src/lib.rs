//! What needs both the harness and the models. It judges the suite itself: whether every fault is caught ([`teeth`]), also beside
//! another ([`play_pairs`]), and whether no conforming implementation is accused ([`false_alarms`]). It takes a model for an oracle: to explore a target, to monitor traffic,
//! to write scenarios for calls, and to say what may be blessed.
//!
//! Nothing here is needed to play a suite against a target.

mod author;
mod bless;
mod contracts;
mod dice;
mod error;
mod explore;
mod monitor;
mod oracle;
mod pairs;
mod sequence;
mod settings;
mod sound;
mod stage;
mod stand;
mod teeth;
mod workers;

pub use author::{author, pasted, typed};
pub use bless::{BlessError, Sanctioned, sanctioned};
pub use contracts::explorable;
pub use error::ExploreError;
pub use explore::{Coverage, Explored, Plan, Player, Refuted, explore, sequences};
pub use monitor::{
    Difference, End, Event, Exchange, Gap, Judge, JudgeError, Mark, Reads, Room, Scenario, Summary, Told, Upstream,
    Violation, monitor,
};
pub use pairs::{Beside, Sample, play_pairs};
pub use sequence::{Call, Line, Sequence};
pub use settings::{Setting, pairs, random, singles, singles_and_random};
pub use sound::{Alarm, alarms, false_alarms};
pub use stage::{Script, Stage, StageError};
pub use stand::{Stand, stand};
pub use teeth::{teeth, unproved};
