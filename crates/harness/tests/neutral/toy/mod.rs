//! A contract that nobody has, and a server of it that can be made wrong on purpose: what proves the harness neutral.

mod corpus;
mod order;
mod play;
mod server;
mod show;
mod teller;
mod wrong;

pub(crate) use corpus::{Script, corpus, each_file};
pub(crate) use play::{Play, load, suite, timeless};
pub(crate) use server::Toy;
pub(crate) use show::{outcome, problems};
pub(crate) use wrong::{Setting, Wrong};
