//! Countermand: model.
