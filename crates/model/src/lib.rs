//! The reference implementations of the specs: pure state machines, request bytes in, reply bytes out.
//!
//! Nothing here does input or output, knows an HTTP library, reads YAML, asks for the time or rolls dice: the clock is
//! an argument, ids come from a counter and a seed. Names nothing else of Countermand.

mod choice;
mod error;
mod fault;
mod ids;
mod laws;
mod load;
mod model;
mod modern_dropship;
mod outbox;
mod past;
mod registry;
mod trendyol;
mod wire;

pub use choice::{ChoiceInfo, OptionInfo};
pub use error::ModelError;
pub use fault::{FaultInfo, Shows};
pub use load::{LoadError, load};
pub use model::{Delivery, Model, PlaceError, Reply, Request, Settings};
pub use registry::{build, choices, faults, is_late, specs};
