//! The reports: events in, words for people and lines for machines out.
//!
//! Every report is one [`Reporter`] that writes to the writer it was given. None judges: verdicts, levels and scores come
//! in the events. Whatever an endpoint sent is shown with its control characters spelled out and at a bounded length.

mod badge;
mod board;
mod console;
mod curl;
mod diff;
mod github;
mod html;
mod jsonl;
mod junit;
mod markdown;
mod problem;
mod progress;
mod reporter;
mod shell;
mod snippet;
mod statement;
mod style;
mod teeth;
mod teeth_pairs;
mod text;
mod words;

#[cfg(test)]
mod samples;

pub use badge::{Badge, BadgeForm};
pub use board::board;
pub use console::{Console, ConsoleOptions, Verbosity, plan, write_proof};
pub use curl::curl_example;
pub use github::GitHub;
pub use html::Html;
pub use indicatif::ProgressDrawTarget;
pub use jsonl::JsonLines;
pub use junit::JUnit;
pub use markdown::Markdown;
pub use problem::write_problems;
pub use progress::{Progress, steps};
pub use reporter::Reporter;
pub use statement::Statement;
pub use style::Style;
pub use teeth::{Teeth, teeth_json, teeth_page};
pub use teeth_pairs::{pairs_json, pairs_page, pairs_text};
