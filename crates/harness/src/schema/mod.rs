//! What an editor needs to complete and check a file: JSON Schemas of the formats, by subject in the files beside this one.

mod scenario;

pub use scenario::scenario_schema;
