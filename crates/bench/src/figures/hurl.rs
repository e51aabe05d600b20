//! Two hundred scenario files over loopback against one server, a report written: Countermand, Hurl, and a reqwest loop as
//! what cannot be undercut. Every side is a whole process, from its start to its end.

use std::process::Command;

use anyhow::{Result, bail};

use super::scenario;
use crate::args::Options;
use crate::load::{self, Connection};
use crate::process::{Server, timed};
use crate::programs::Programs;
use crate::scratch::Scratch;
use crate::table::{DURATIONS, Table, durations};
use crate::timing::{Side, interleave};

const FILES: usize = 200;

pub(crate) fn measure(programs: &Programs, options: &Options) -> Result<Table> {
    let scratch = Scratch::new("hurl")?;
    let server = Server::start(programs.own("peer-shop"))?;
    let (folder, hurl_files) = (scenario::countermand_files(&scratch, FILES)?, scenario::hurl_files(&scratch, FILES)?);
    let jobs = std::thread::available_parallelism().map_or(1, usize::from);
    let url = server.url();

    let countermand = || {
        let mut command = programs.countermand();
        let report = format!("jsonl={}", scratch.path("report.jsonl").display());
        command.arg("run").arg(&folder).args(["--target", &url, "--report", &report, "--quiet"]);
        timed(command)
    };
    let hurl = |format: &str| {
        let mut command = programs.hurl()?;
        let report = scratch.path(&format!("report.{format}"));
        // Hurl adds to a report that is there already.
        let _ = std::fs::remove_dir_all(&report).or_else(|_| std::fs::remove_file(&report));
        command.args(["--test", "--variable", &format!("url={url}"), &format!("--report-{format}")]).arg(&report);
        command.args(&hurl_files);
        timed(command)
    };
    let bare = |every_read: bool| {
        let mut command: Command = programs.own("peer-loop");
        command.arg(&url).args(["--orders", &FILES.to_string(), "--jobs", &jobs.to_string()]);
        command.args(every_read.then_some("--every-read"));
        timed(command)
    };
    let mut sides = [
        Side::new("countermand run, JSON Lines", countermand),
        Side::new("hurl --test, TAP", || hurl("tap")),
        Side::new("hurl --test, JSON", || hurl("json")),
        Side::new("reqwest loop", || bare(false)),
        Side::new("reqwest loop, every read", || bare(true)),
    ];

    let heading = format!("hurl: {FILES} scenarios over loopback, {jobs} jobs, {} rounds", options.rounds);
    let mut table = Table::new(heading, &[&["whole process", "requests"], &DURATIONS[..]].concat());
    let mut sent = Vec::new();
    for side in &mut sides {
        let before = requests(&server)?;
        side.once()?;
        sent.push(requests(&server)? - before);
    }
    let samples = interleave(options.rounds, &mut sides)?;
    for ((side, samples), sent) in sides.iter().zip(&samples).zip(&sent) {
        let mut row = vec![side.name.clone(), sent.to_string()];
        row.extend(durations(samples));
        table.row(row);
    }
    let [countermand, tap, json, bare, bare_every] = samples.as_slice() else { bail!("a side is missing") };
    table.at_most("countermand / hurl with its cheapest report (TAP)", countermand.ratio_to(tap), 1.0 / 3.0);
    table.at_most("countermand / hurl with its full report (JSON)", countermand.ratio_to(json), 1.0 / 3.0);
    table.at_most("countermand / reqwest loop with as many requests", countermand.ratio_to(bare_every), 1.5);
    table.at_most("countermand / reqwest loop with the least requests", countermand.ratio_to(bare), 1.5);
    table.note(
        "countermand reads an order back when it is set up, after each step and at the end; hurl does as its file says",
    );
    Ok(table)
}

/// How many requests the server has had.
fn requests(server: &Server) -> Result<u64> {
    load::runtime()?.block_on(async {
        let mut connection = Connection::open(server.address).await?;
        let body = connection.expect(200, b"GET /requests HTTP/1.1\r\nHost: bench\r\n\r\n").await?;
        Ok(std::str::from_utf8(body)?.parse()?)
    })
}
