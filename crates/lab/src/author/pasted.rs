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
    spec: &Arc<Spec>,
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

#[cfg(test)]
mod tests {
    use countermand_harness::load_some;
    use serde_json::json;

    use super::*;

    fn told(commands: &[&str]) -> Result<Vec<Call>, String> {
        let suite = load_some(&countermand_suite::files().specs, Vec::new(), &[]).expect("the specs load");
        let line = Line { role: "mug".to_owned(), product: None, quantity: 5, fulfilled: 0 };
        let commands: Vec<String> = commands.iter().map(|command| (*command).to_owned()).collect();
        pasted(&suite.specs["modern-dropship"], None, &[line], &commands)
    }

    #[test]
    fn a_call_is_known_whatever_stands_before_its_path() {
        let of = |path: &str| told(&[&format!(r#"curl -X POST http://a.example{path} -d '{{"newQuantity":3}}'"#)]);
        let calls = of("/v2/orders/7/items/9/cancel").expect("it is a call");
        assert_eq!(
            (calls[0].made().as_str(), json!(calls[0].with)),
            ("cancel_item on mug", json!({ "newQuantity": 3 }))
        );
        assert_eq!(of("/orders/7/items/9/cancel"), Ok(calls));
    }

    #[test]
    fn an_id_is_the_same_role_in_every_command_and_there_are_no_more_than_lines() {
        let cancel = |item: u8| format!("curl -X POST http://a.example/orders/7/items/{item}/cancel");
        assert_eq!(told(&[&cancel(9), &cancel(9)]).map(|calls| calls.len()), Ok(2));
        assert!(told(&[&cancel(9), &cancel(11)]).expect_err("one line").contains("more than the order has lines"));
        assert!(told(&["curl http://a.example/nothing"]).expect_err("no call").contains("is no call of the spec"));
    }
}
