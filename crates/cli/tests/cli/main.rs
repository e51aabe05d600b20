//! The program as its users meet it: a process with arguments, an environment, two streams and an exit code.
//!
//! Every test starts its own processes, on loopback ports that the system chooses, and ends them.
#![cfg(unix)]
#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests may fail as loudly as tests")]

mod author;
mod between;
mod blame;
mod browser;
mod credentials;
mod explore;
mod folder;
mod hostile;
mod interrupt;
mod live;
mod merge;
mod monitor;
mod near;
mod program;
mod readme;
mod reports;
mod run;
mod secrets;
mod serve;
mod served;
mod suite;
mod teeth;
mod text;
mod tls;
mod unread;
mod watch;
mod webdriver;
