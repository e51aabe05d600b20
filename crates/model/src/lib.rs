//! The reference implementations of the specs: pure state machines, request bytes in, reply bytes out.
//!
//! Nothing here does input or output, knows an HTTP library, reads YAML, asks for the time or rolls dice: the clock is
//! an argument, ids come from a counter and a seed. Names nothing else of Countermand.
//!
//! A spec is a folder, and an entry in `registry`. In the folder a call is a line in `route` and an arm in `calls`, a choice
//! an entry in `choices`, read where it matters, and a fault an entry in `faults`, done in the file for its moment under
//! `faults/`. What is no spec's own lies beside the folders: in `wire` what every API over HTTP has; `ids`, the `outbox` of
//! what is to be sent, and how orders are `load`ed; and the plumbing of choices and faults, in `choice`, `fault` and `past`.

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
pub use registry::{LATEST_MS, build, choices, faults, is_late, specs, specs_with_faults};
