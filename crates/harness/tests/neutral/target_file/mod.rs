//! Target files over the toy contract: how they are read, and what a run through one sends.

mod credentials;
mod door;
mod invalid;
mod lacks;
mod limits;
mod overlay;
mod pool;
mod requests;
mod session;
mod templates;
mod through;
#[cfg(unix)]
mod through_driver;
