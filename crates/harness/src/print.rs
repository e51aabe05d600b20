//! By what bytes are known again: a number, the same for the same as long as this program runs. No proof against anybody.

use std::hash::{DefaultHasher, Hasher};

/// The number of these bytes.
pub(crate) fn print(bytes: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    hasher.write(bytes);
    hasher.finish()
}
