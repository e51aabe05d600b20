//! Builds the program anew when a scenario comes or goes: the embedding macro alone would not notice.

fn main() {
    println!("cargo::rerun-if-changed=../../scenarios");
}
