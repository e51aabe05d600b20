//! `countermand new`: writes a scenario of an order and calls on it, which expects what the spec's mock makes of them.

mod curl;

use std::sync::Arc;

use bytes::Bytes;
use countermand_harness::{Recogniser, Target, TargetOptions, load_target};
use countermand_lab::{Call, ExploreError, Line, Roles, Sequence, author};
use countermand_text::laid_out;
use http::Request;
use serde_json::Value;

use crate::args::{NewArgs, Selection};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::say;
use crate::{config, files, suite, target};

/// The base of a target that nothing is sent to.
const NOBODY: &str = "http://127.0.0.1";

pub(crate) fn new(args: &NewArgs) -> Result<Exit, Failure> {
    let mut suite = suite::load(&Selection::default())?;
    let file = args.target.as_deref().map(|path| load_target(path, &suite.specs)).transpose()?.map(Arc::new);
    let name = file.as_ref().map_or(&args.spec, |file| &file.spec);
    let (spec, profile) = suite::of_spec(&mut suite, name, args.profile.as_deref())?;
    let lines = lines(args)?;
    let calls = match args.curls.as_slice() {
        [] => args.calls.iter().map(|text| call(text)).collect::<Result<_, _>>()?,
        curls => {
            let options = TargetOptions { base_url: Some(NOBODY.to_owned()), ..TargetOptions::default() };
            // Nothing is sent: no secret is needed.
            let target = Target::new(&spec, file, options, &|name| Some(format!("${name}")));
            let target = target.map_err(|error| Failure::Message(error.to_string()))?;
            let recogniser = Recogniser::new(&spec, &Arc::new(target));
            let mut roles = Roles::new(&spec, &lines)?;
            curls.iter().map(|text| of_curl(text, &recogniser, &mut roles)).collect::<Result<Vec<Call>, String>>()?
        }
    };
    let title = args.title.clone().unwrap_or_else(|| titled(&calls));
    let setting = config::choices(&args.choices)?.into_iter().collect();
    let written = author(&target::stage(&spec, &profile), &Sequence { lines, calls }, &setting, &quoted(&title));
    let text = written.map_err(wrong)?;
    let text = laid_out("the scenario", text.as_bytes()).map_err(|problem| vec![problem])?.unwrap_or(text);
    match &args.output {
        None => say(text.trim_end()),
        Some(path) => {
            files::create(path, &text)?;
            say(&format!("{}: `countermand run {0}` plays it", path.display()));
        }
    }
    Ok(Exit::Held)
}

/// What is wrong with the calls that were asked for.
fn wrong(error: ExploreError) -> Failure {
    // The places are those of a file that nobody has.
    let ExploreError::Sequence(problems) = &error else { return error.into() };
    let told = problems.iter().map(|problem| match &problem.hint {
        Some(hint) => format!("{} ({hint})", problem.message),
        None => problem.message.clone(),
    });
    Failure::Message(told.collect::<Vec<_>>().join("; "))
}

/// The lines of the order, in the order in which they are named.
fn lines(args: &NewArgs) -> Result<Vec<Line>, String> {
    let units = |text: &str| -> Result<(String, u64), String> {
        let wrong = || format!("`{text}` is no line: write its name and its units, as `mug=5`");
        let (role, units) = text.split_once('=').ok_or_else(wrong)?;
        Ok((role.to_owned(), units.parse().map_err(|_| wrong())?))
    };
    let mut lines = Vec::new();
    for text in &args.lines {
        let (role, quantity) = units(text)?;
        if lines.iter().any(|line: &Line| line.role == role) {
            return Err(format!("there are two lines `{role}`: give each a name of its own"));
        }
        lines.push(Line { role, product: None, quantity, fulfilled: 0 });
    }
    for text in &args.fulfilled {
        let (role, fulfilled) = units(text)?;
        let line = lines.iter_mut().find(|line| line.role == role);
        line.ok_or_else(|| format!("there is no line `{role}`: say `--line {role}=…` too"))?.fulfilled = fulfilled;
    }
    Ok(lines)
}

/// `cancel_item mug newQuantity=3`.
fn call(text: &str) -> Result<Call, String> {
    let mut words = words(text).into_iter().peekable();
    let name = words.next().ok_or("a call begins with its name, as `cancel_item mug newQuantity=3`")?;
    let on = words.next_if(|word| !word.contains('='));
    let mut call = Call::new(name, on);
    for word in words {
        let (argument, value) =
            word.split_once('=').ok_or_else(|| format!("`{word}` is no argument: write it as `newQuantity=3`"))?;
        let value = match serde_json::from_str(value) {
            Ok(value) => value,
            Err(error) if value.starts_with(['{', '[', '"']) => {
                return Err(format!("`{value}` is no JSON: {error}"));
            }
            Err(_) => Value::from(value),
        };
        call = call.with(argument, value);
    }
    Ok(call)
}

/// What spaces part that stand in no quotes and no brackets.
fn words(text: &str) -> Vec<&str> {
    let (mut words, mut start, mut depth, mut is_quoted) = (Vec::new(), 0, 0_usize, false);
    for (at, c) in text.char_indices() {
        match c {
            '"' => is_quoted = !is_quoted,
            '{' | '[' if !is_quoted => depth += 1,
            '}' | ']' if !is_quoted => depth = depth.saturating_sub(1),
            ' ' if !is_quoted && depth == 0 => {
                words.push(&text[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    words.push(&text[start..]);
    words.retain(|word| !word.is_empty());
    words
}

/// The call that a curl command makes, whatever stands before the path of the binding.
fn of_curl(text: &str, recogniser: &Recogniser, roles: &mut Roles<'_>) -> Result<Call, String> {
    let request = curl::request(text)?;
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

fn titled(calls: &[Call]) -> String {
    calls.iter().map(Call::made).collect::<Vec<_>>().join(", then ")
}

/// A title as it can stand in YAML.
fn quoted(title: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || " ,.-_()/".contains(c);
    // A single word may be one that YAML reads as something else.
    let is_words = title.starts_with(char::is_alphabetic) && title.trim().contains([' ', '_']) && !title.ends_with(' ');
    let is_words = is_words && title.chars().all(is_plain);
    if is_words { title.to_owned() } else { Value::from(title).to_string() }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{call, quoted, words};

    #[test]
    fn json_may_hold_spaces() {
        assert_eq!(
            words(r#"push  box a=[1, {"b": "c d"}] e="f g""#),
            ["push", "box", r#"a=[1, {"b": "c d"}]"#, r#"e="f g""#]
        );
        let call = call(r#"cancel_items box lines=[{"quantity": 1}] reasonId=500 note=late"#)
            .unwrap_or_else(|why| panic!("{why}"));
        assert_eq!((call.name.as_str(), call.on.as_deref()), ("cancel_items", Some("box")));
        assert_eq!(json!(call.with), json!({ "lines": [{ "quantity": 1 }], "reasonId": 500, "note": "late" }));
    }

    #[test]
    fn what_is_no_call_is_told() {
        let told = |text: &str| call(text).err().unwrap_or_default();
        assert!(told("").contains("begins with its name"));
        assert!(told("cancel_item mug 3").contains("`3` is no argument"));
        assert!(told("cancel_items box lines=[{]").contains("no JSON"));
    }

    #[test]
    fn a_title_is_text_whatever_stands_in_it() {
        assert_eq!(
            ["A part, then the rest", "yes: no", "# x", "5"].map(quoted),
            ["A part, then the rest", "\"yes: no\"", "\"# x\"", "\"5\""]
        );
    }
}
