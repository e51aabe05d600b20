//! A request and its answer, as they are told: free of secrets, and bounded.

use serde::{Deserialize, Serialize};

/// One request and its answer, free of secrets.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Exchange {
    /// The system that it was made with; left out where there is only one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub system: Option<String>,
    /// The method.
    pub method: String,
    /// What stands before the path: `http://127.0.0.1:4010`.
    pub base: String,
    /// Path and query.
    pub path: String,
    /// The request's headers; a credential stands as `$NAME`.
    pub request_headers: Vec<(String, String)>,
    /// The request's body, cut at 64 KiB.
    pub request_body: Option<String>,
    /// The answer's status; absent where none came.
    pub status: Option<u16>,
    /// The answer's headers.
    pub response_headers: Vec<(String, String)>,
    /// The answer's body, cut at 64 KiB.
    pub response_body: Option<String>,
    /// From sending to the last byte, milliseconds.
    pub millis: f64,
    /// What went wrong on the way, where no answer came.
    pub error: Option<String>,
}
