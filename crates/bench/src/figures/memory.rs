//! The most memory a run needs at once, for ten thousand cases beside a hundred: results go to the report, not into
//! memory. Against the mock, which keeps every order, and against a server, where nobody but the run is counted.

use anyhow::Result;

use super::{in_process, scenario};
use crate::process::{Server, peak_memory};
use crate::programs::Programs;
use crate::scratch::Scratch;
use crate::table::{Table, grouped};
use crate::timing::{Samples, Side, interleave};

const FEW: usize = 100;
const MANY: usize = 10_000;
/// A peak hardly varies.
const ROUNDS: u32 = 3;

pub(crate) fn measure(programs: &Programs) -> Result<Table> {
    let (few, many) = (Scratch::new("memory-few")?, Scratch::new("memory-many")?);
    for (scratch, cases) in [(&few, FEW), (&many, MANY)] {
        in_process::write_cases(scratch, "suite", cases)?;
        scenario::countermand_files(scratch, cases)?;
    }
    let server = Server::start(programs.own("peer-shop"))?;
    let url = server.url();
    let peak = |scratch: &Scratch, folder: &str, target: &str, report: &str| {
        let mut command = programs.countermand();
        command.arg("run").arg(scratch.path(folder)).args(["--target", target, "--quiet"]);
        command.args(["--report", &format!("jsonl={}", scratch.path(report).display())]);
        peak_memory(command)
    };
    let mut sides = [
        Side::new(format!("{FEW} cases of the suite, built-in mock"), || peak(&few, "suite", "mock", "mock.jsonl")),
        Side::new(format!("{MANY} cases of the suite, built-in mock"), || peak(&many, "suite", "mock", "mock.jsonl")),
        Side::new(format!("{FEW} small cases over loopback"), || peak(&few, "countermand", &url, "socket.jsonl")),
        Side::new(format!("{MANY} small cases over loopback"), || peak(&many, "countermand", &url, "socket.jsonl")),
    ];
    let samples = interleave(ROUNDS, &mut sides)?;
    let reports = [(&few, "mock.jsonl"), (&many, "mock.jsonl"), (&few, "socket.jsonl"), (&many, "socket.jsonl")];
    let heading = format!("memory: the peak of a run with a JSON Lines report, {ROUNDS} rounds");
    let mut table = Table::new(heading, &["whole process", "peak", "report"]);
    for ((side, samples), (scratch, report)) in sides.iter().zip(&samples).zip(reports) {
        let report = std::fs::metadata(scratch.path(report))?.len() / 1024;
        table.row(vec![side.name.clone(), kib(samples.median()), format!("{} KiB", grouped(report))]);
    }
    let pairs: Vec<f64> = samples.chunks(2).map(|pair| pair[1].ratio_to(&pair[0])).collect();
    for (name, ratio) in ["built-in mock", "over loopback"].iter().zip(pairs) {
        table.at_most(&format!("{MANY} / {FEW} cases, {name}"), ratio, 1.5);
    }
    let per_case = |pair: &[Samples]| (pair[1].median() - pair[0].median()) / (MANY - FEW) as f64;
    let more: Vec<String> = samples.chunks(2).map(|pair| format!("{:.1} KiB", per_case(pair))).collect();
    table.note(format!("each further case takes {}; the report goes to a file and is not kept", more.join(" and ")));
    Ok(table)
}

fn kib(kib: f64) -> String {
    format!("{} KiB", grouped(kib as u64))
}
