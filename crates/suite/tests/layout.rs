//! The scenarios in this program are laid out as `countermand fmt` lays them out.

use countermand_text::laid_out;

#[test]
fn every_scenario_is_laid_out_as_fmt_does() {
    let files = countermand_suite::files().scenarios;
    let is_other = |bytes: &[u8], path: &str| {
        let laid_out = laid_out(path, bytes).expect("it is YAML").expect("it is a scenario");
        laid_out.as_bytes() != bytes
    };
    let others = files.iter().filter(|file| is_other(&file.read().expect("it is in this program"), &file.path));
    let others: Vec<&str> = others.map(|file| file.path.as_str()).collect();
    assert!(others.is_empty(), "`countermand fmt scenarios` lays them out: {}", others.join(", "));
}
