//! Countermand: report.
