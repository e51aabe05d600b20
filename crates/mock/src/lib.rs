//! Countermand: mock.
