//! A thousand scenarios of the suite against the built-in mock, no socket: what the harness itself costs. Beside it, how
//! much of that goes into reading the files, and what Hurl takes for as many files, over a socket as it must.

use anyhow::{Result, bail};

use super::scenario;
use crate::args::Options;
use crate::process::{Server, timed};
use crate::programs::Programs;
use crate::scratch::Scratch;
use crate::table::{DURATIONS, Table, durations};
use crate::timing::{Side, interleave};

const CASES: usize = 1000;
/// All of them have to be played within so many milliseconds.
const GOAL: f64 = 500.0;

pub(crate) fn measure(programs: &Programs, options: &Options) -> Result<Table> {
    let scratch = Scratch::new("in-process")?;
    let cases = scratch.path("cases");
    write_cases(&scratch, "cases", CASES)?;
    let server = Server::start(programs.own("peer-shop"))?;
    let (url, hurl_files) = (server.url(), scenario::hurl_files(&scratch, CASES)?);

    let run = |report: Option<&str>| {
        let mut command = programs.countermand();
        command.arg("run").arg(&cases).arg("--quiet");
        if let Some(format) = report {
            command.args(["--report", &format!("{format}={}", scratch.path("report").display())]);
        }
        timed(command)
    };
    let check = || {
        let mut command = programs.countermand();
        command.arg("check").arg(&cases);
        timed(command)
    };
    let hurl = || {
        let mut command = programs.hurl()?;
        command.args(["--test", "--variable", &format!("url={url}")]).args(&hurl_files);
        timed(command)
    };
    let mut sides = [
        Side::new("countermand run", || run(None)),
        Side::new("countermand run, JSON Lines", || run(Some("jsonl"))),
        Side::new("countermand check: the files are read only", check),
        Side::new("hurl --test, as many files of 3 requests", hurl),
    ];
    let samples = interleave(options.rounds, &mut sides)?;
    let heading = format!("in-process: {CASES} scenarios of the suite, {} rounds", options.rounds);
    let mut table = Table::new(heading, &[&["whole process"], &DURATIONS[..]].concat());
    for (side, samples) in sides.iter().zip(&samples) {
        let mut row = vec![side.name.clone()];
        row.extend(durations(samples));
        table.row(row);
    }
    let [plain, _, check, hurl] = samples.as_slice() else { bail!("a side is missing") };
    table.at_most("countermand run / 500 ms", plain.median() / GOAL, 1.0);
    table.note(format!("check / run: {:.2}", check.ratio_to(plain)));
    table.note(format!("run / hurl: {:.2}", plain.ratio_to(hurl)));
    Ok(table)
}

/// Writes the scenarios of the suite that are one case each, again and again under new names, until there are so many.
pub(crate) fn write_cases(scratch: &Scratch, folder: &str, cases: usize) -> Result<()> {
    let is_one_case = |text: &str| !text.lines().any(|line| line.starts_with("table:") || line.contains("repeat:"));
    let scenarios = countermand_suite::files().scenarios;
    let texts =
        scenarios.iter().filter_map(|file| Some((&file.name, String::from_utf8(file.read().ok()?.into_owned()).ok()?)));
    let texts: Vec<_> = texts.filter(|(_, text)| is_one_case(text)).collect();
    if texts.is_empty() {
        bail!("the suite has no scenario that is one case");
    }
    for (number, (name, text)) in texts.iter().cycle().take(cases).enumerate() {
        scratch.write(&format!("{folder}/{name}-{number:05}.yaml"), text)?;
    }
    Ok(())
}
