//! The rows of `reports/counts.txt`: what is set up, what is counted, and what must have come of it. Each runs once under
//! callgrind, and only the instructions within the functions below are counted: no set-up, no looking at what came of it.
//!
//! Nothing that is counted waits for a socket, a clock or another thread: the same program takes the same instructions.
#![expect(clippy::expect_used, reason = "what can't be set up is no row: the run fails as loudly as a test")]
#![expect(missing_docs, reason = "what the macros write is for nobody to read")]

mod load;
mod models;
mod play;
mod report;

use std::hint::black_box;

use countermand_model::Reply;
use gungraun::Callgrind;
use gungraun::prelude::*;

use load::{Files, Loaded};
use models::Asked;
use play::{Played, Ready};
use report::{Format, Told};

#[library_benchmark]
#[bench::in_process(args = (play::in_process()), teardown = play::must_have_passed)]
#[bench::canned(args = (play::canned()), teardown = play::must_have_passed)]
fn case(ready: Ready) -> Played {
    black_box(ready.play())
}

#[library_benchmark]
#[bench::load(args = (Files::embedded()), teardown = load::must_be_whole)]
fn suite(files: Files) -> Loaded {
    black_box(files.load())
}

#[library_benchmark]
#[bench::text(args = (Told::to(Format::Text)), teardown = report::must_be_written)]
#[bench::json_lines(args = (Told::to(Format::JsonLines)), teardown = report::must_be_written)]
#[bench::html(args = (Told::to(Format::Html)), teardown = report::must_be_written)]
fn report_of_1000(told: Told) -> Told {
    black_box(told.write())
}

#[library_benchmark]
#[bench::modern_dropship(args = (models::modern_dropship()), teardown = models::must_be_accepted)]
#[bench::trendyol(args = (models::trendyol()), teardown = models::must_be_accepted)]
#[bench::laws(args = (models::laws()), teardown = models::must_be_accepted)]
fn request(asked: Asked) -> (Asked, Reply) {
    black_box(asked.answer())
}

library_benchmark_group!(name = counts, benchmarks = [case, suite, report_of_1000, request]);

// Instructions are all that is wanted: to simulate caches as well takes as long again. Small pieces of memory are joined when
// they are freed, and not all at once whenever a large one is: which may be what the set-up has left behind.
main!(
    config = LibraryBenchmarkConfig::default()
        .env("GLIBC_TUNABLES", "glibc.malloc.mxfast=0")
        .tool(Callgrind::with_args(["--cache-sim=no"])),
    library_benchmark_groups = counts
);
