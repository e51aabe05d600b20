//! HTTP around a model: one function for in-process play, and a long-lived server on a socket.
//!
//! Contains no rule about cancellations and knows no spec: any [`countermand_model::Model`] can be mounted. Prints
//! nothing; what happened is handed out as data. The feature `wiremock` adds a mount for the mock servers of that crate.

mod accept;
mod body;
mod control;
mod deliver;
mod exchange;
mod json;
mod post;
mod server;
#[cfg(feature = "wiremock")]
pub mod wiremock;
mod world;

pub use accept::{Connections, accept};
pub use deliver::{deliver, deliver_within};
pub use exchange::LogLine;
pub use post::{PostOptions, post};
pub use server::{LogSink, ServeOptions, serve};
pub use world::{Arrival, Clock, World};
