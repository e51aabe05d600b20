//! The whole suite against the mock, by the profile of the vendor's guide: every case a test.

use std::process::ExitCode;

fn main() -> ExitCode {
    countermand_testing::Conformance::of("modern-dropship").profile("guide").strict(true).main()
}
