//! What a target file costs: the suite against the built-in mock by the spec's own binding and through a file laid over it; and
//! what failures cost: two hundred cases against a server that does what it is told, and against one that does nothing.

use anyhow::{Result, bail};

use super::scenario;
use crate::args::Options;
use crate::process::{Server, timed, timed_to};
use crate::programs::Programs;
use crate::scratch::Scratch;
use crate::table::{DURATIONS, Table, durations};
use crate::timing::{Side, interleave};

const FILES: usize = 200;
const TARGET: &str = "format: 1\ntarget: bench\nspec: modern-dropship\nmock: modern-dropship\n";

pub(crate) fn measure(programs: &Programs, options: &Options) -> Result<Table> {
    let scratch = Scratch::new("target")?;
    let file = scratch.write("target.yaml", TARGET)?;
    let folder = scenario::countermand_files(&scratch, FILES)?;
    let (right, dud) = (Server::start(programs.own("peer-shop"))?, {
        let mut command = programs.own("peer-shop");
        command.arg("--dud");
        Server::start(command)?
    });
    let mock = |target: Option<&std::path::Path>| {
        let mut command = programs.countermand();
        command.args(["run", "--spec", "modern-dropship", "--quiet"]);
        if let Some(target) = target {
            command.arg("--target").arg(target);
        }
        timed(command)
    };
    let shop = |server: &Server, code: i32| {
        let mut command = programs.countermand();
        let report = format!("jsonl={}", scratch.path("report.jsonl").display());
        command.arg("run").arg(&folder).args(["--target", &server.url(), "--report", &report, "--quiet"]);
        timed_to(command, code)
    };
    let mut sides = [
        Side::new("mock, the spec's own binding", || mock(None)),
        Side::new("mock, a target file", || mock(Some(&file))),
        Side::new("200 cases that hold", || shop(&right, 0)),
        Side::new("200 cases that fail", || shop(&dud, 1)),
    ];
    let samples = interleave(options.rounds, &mut sides)?;
    let heading = format!("target: through a file, and where everything fails, {} rounds", options.rounds);
    let mut table = Table::new(heading, &[&["whole process"], &DURATIONS[..]].concat());
    for (side, samples) in sides.iter().zip(&samples) {
        let mut row = vec![side.name.clone()];
        row.extend(durations(samples));
        table.row(row);
    }
    let [bound, file, hold, fail] = samples.as_slice() else { bail!("a side is missing") };
    table.at_most("a target file / the spec's own binding", file.ratio_to(bound), 1.3);
    table.at_most("all cases fail / all cases hold", fail.ratio_to(hold), 2.0);
    Ok(table)
}
