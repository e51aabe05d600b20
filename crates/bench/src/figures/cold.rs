//! One scenario from a cold start: how long somebody waits who plays a single file. Countermand asks its built-in mock, as
//! it does where nothing else is said; Hurl has none and asks a server.

use anyhow::{Result, bail};

use super::scenario;
use crate::args::Options;
use crate::process::{Server, timed};
use crate::programs::Programs;
use crate::scratch::Scratch;
use crate::table::{DURATIONS, Table, durations};
use crate::timing::{Side, interleave};

/// So short a process takes many rounds to tell from another.
const ROUNDS: u32 = 3;

pub(crate) fn measure(programs: &Programs, options: &Options) -> Result<Table> {
    let scratch = Scratch::new("cold")?;
    let server = Server::start(programs.own("peer-shop"))?;
    let url = server.url();
    let (folder, files) = (scenario::countermand_files(&scratch, 1)?, scenario::hurl_files(&scratch, 1)?);

    let mock = || {
        let mut command = programs.countermand();
        command.args(["run", "--filter", "modern-dropship/partial/splits-the-item", "--quiet"]);
        timed(command)
    };
    let over_socket = || {
        let mut command = programs.countermand();
        command.arg("run").arg(&folder).args(["--target", &url, "--quiet"]);
        timed(command)
    };
    let hurl = || {
        let mut command = programs.hurl()?;
        command.args(["--test", "--variable", &format!("url={url}")]).args(&files);
        timed(command)
    };
    let version = || {
        let mut command = programs.countermand();
        command.arg("--version");
        timed(command)
    };
    let mut sides = [
        Side::new("countermand run, built-in mock", mock),
        Side::new("countermand run, over loopback", over_socket),
        Side::new("hurl --test", hurl),
        Side::new("countermand --version", version),
    ];
    let rounds = options.rounds * ROUNDS;
    let samples = interleave(rounds, &mut sides)?;
    let heading = format!("cold: one scenario, {rounds} rounds");
    let mut table = Table::new(heading, &[&["whole process"], &DURATIONS[..]].concat());
    for (side, samples) in sides.iter().zip(&samples) {
        let mut row = vec![side.name.clone()];
        row.extend(durations(samples));
        table.row(row);
    }
    let [mock, over_socket, hurl, _] = samples.as_slice() else { bail!("a side is missing") };
    table.at_most("countermand with its mock / hurl", mock.ratio_to(hurl), 1.0);
    table.at_most("countermand over loopback / hurl", over_socket.ratio_to(hurl), 1.0);
    Ok(table)
}
