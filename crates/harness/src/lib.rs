//! Countermand: harness.
