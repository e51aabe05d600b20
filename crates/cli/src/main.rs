//! The one binary, `countermand`.
fn main() {}
