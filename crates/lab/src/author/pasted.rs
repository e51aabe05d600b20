//! Calls that are pasted as curl commands, read back by the binding that would have sent them. Sends nothing.

use std::sync::Arc;

use bytes::Bytes;
use countermand_harness::{Recogniser, Spec, Target, TargetFile, TargetOptions};
use http::Request;

use super::curl::request;
use super::roles::Roles;
use crate::sequence::{Call, Line};

/// The base of a target that nothing is sent to.
const NOBODY: &str = "http://127.0.0.1";

/// The calls of an order of these lines that the commands make: by the binding of the target file, where there is one, or the
/// spec's own. The first id that is met is that of the first line.
///
/// # Errors
/// What in a command is no call of the spec, or that nothing is known of the spec here.
pub fn pasted(
    spec: &Spec,
    file: Option<Arc<TargetFile>>,
    lines: &[Line],
    commands: &[String],
) -> Result<Vec<Call>, String> {
    let options = TargetOptions { base_url: Some(NOBODY.to_owned()), ..TargetOptions::default() };
    // Nothing is sent: no secret is needed.
    let target = Target::new(spec, file, options, &|name| Some(format!("${name}")));
    let target = target.map_err(|error| error.to_string())?;
    let recogniser = Recogniser::new(spec, &Arc::new(target));
    let mut roles = Roles::new(spec, lines).map_err(|error| error.to_string())?;
    commands.iter().map(|command| call(command, &recogniser, &mut roles)).collect()
}

/// The call that a curl command makes, whatever stands before the path of the binding.
fn call(command: &str, recogniser: &Recogniser, roles: &mut Roles<'_>) -> Result<Call, String> {
    let request = request(command)?;
    let path = request.uri().path_and_query().map_or("/", |path| path.as_str()).to_owned();
    let starts = path.split('?').next().unwrap_or_default().char_indices().filter(|(_, c)| *c == '/');
    for (start, _) in starts {
        let mut request: Request<Bytes> = request.clone();
        *request.uri_mut() = path[start..].parse().map_err(|_| format!("`{path}` is no path"))?;
        if let Some(call) = roles.call(recogniser, &request)? {
            return Ok(call);
        }
    }
    Err(format!("{} {path} is no call of the spec: nothing in its binding is sent so", request.method()))
}
