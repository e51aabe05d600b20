//! The whole suite, by both profiles, over a real socket and against a server that knows nothing of this project: what
//! conforms passes, whichever options it takes. The server is the one of `examples/own_server`.

#[path = "../examples/own_server/rules.rs"]
mod rules;
#[path = "../examples/own_server/server.rs"]
mod server;

use std::error::Error;
use std::process::ExitCode;

use countermand_testing::Conformance;
use libtest_mimic::{Arguments, Trial};

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let url = server::start()?;
    let mut trials: Vec<Trial> = Vec::new();
    for profile in ["reference", "guide"] {
        let suite = Conformance::of("modern-dropship").against_url(&url).profile(profile).strict(true).trials()?;
        trials.extend(suite.into_iter().map(|trial| trial.with_kind(profile)));
    }
    Ok(libtest_mimic::run(&Arguments::from_args(), trials).exit_code())
}
