//! The conformance suite against a server of one's own: start it, say where it listens, and every case is a test.
//! `cargo run -p countermand-testing --example own_server -- partial` plays the cases with `partial` in their names.

mod rules;
mod server;

use std::io;
use std::process::ExitCode;

use countermand_testing::Conformance;

fn main() -> io::Result<ExitCode> {
    let url = server::start()?;
    Ok(Conformance::of("modern-dropship").against_url(&url).strict(true).main())
}
