//! The whole suite against the mock, by the default profile: every case a test.

use std::process::ExitCode;

fn main() -> ExitCode {
    countermand_testing::Conformance::of("modern-dropship").strict(true).main()
}
