//! What judges the suite itself, and what needs both the harness and the models: whether every fault is caught ([`teeth`]),
//! and whether no conforming implementation is accused ([`false_alarms`]).
//!
//! Nothing here is needed to play a suite against a target.

mod author;
mod dice;
mod explore;
mod monitor;
mod settings;
mod sound;
mod stage;
mod stand;
mod teeth;
mod workers;

pub use author::{Roles, author};
pub use explore::{
    Call, Coverage, ExploreError, Explored, Line, Plan, Player, Refuted, Sequence, explorable, explore, sequences,
};
pub use monitor::{
    Difference, End, Event, Exchange, Gap, Judge, JudgeError, Mark, Reads, Room, Scenario, Summary, Told, Upstream,
    Violation, monitor,
};
pub use settings::{Setting, pairs, random, singles};
pub use sound::{Alarm, alarms, false_alarms};
pub use stage::{Script, Stage, StageError};
pub use stand::{Stand, stand};
pub use teeth::{teeth, unproved};
