//! A curl command as the request that it sends. Sends nothing, and reads no file that the command names.

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use http::{Method, Request, Uri};

/// The options that say nothing of the request, with no value of their own.
const PASSED_OVER: [&str; 14] = [
    "-s",
    "-S",
    "-sS",
    "-i",
    "-v",
    "-k",
    "-L",
    "-f",
    "-g",
    "--silent",
    "--show-error",
    "--insecure",
    "--location",
    "--compressed",
];

/// Reads `curl …` as it is pasted.
///
/// # Errors
/// What in it is no request, and how to write it.
pub(super) fn request(command: &str) -> Result<Request<Bytes>, String> {
    // A line that goes on in the next one ends with a backslash.
    let words = shlex::split(&command.replace("\\\n", " ")).ok_or("a quote of the curl command is not closed")?;
    let mut words = words.into_iter().peekable();
    words.next_if(|word| word == "curl" || word == "$");
    words.next_if(|word| word == "curl");
    let (mut url, mut method, mut body) = (None, None, None::<String>);
    let mut headers: Vec<(HeaderName, HeaderValue)> = Vec::new();
    while let Some(word) = words.next() {
        let (option, mut own) = parts(&word);
        let mut value = || own.take().or_else(|| words.next()).ok_or_else(|| format!("`{option}` lacks its value"));
        match option.as_str() {
            "-X" | "--request" => method = Some(value()?),
            "-H" | "--header" => headers.extend(header(&value()?)?),
            "-d" | "--data" | "--data-raw" | "--data-binary" | "--data-ascii" | "--json" => {
                let data = value()?;
                if data.starts_with('@') && option != "--data-raw" {
                    return Err(format!("`{option} {data}` reads a file: write what is in it"));
                }
                body = Some(body.map_or_else(|| data.clone(), |before| format!("{before}&{data}")));
            }
            "--url" => url = Some(value()?),
            "-u" | "--user" => drop(value()?),
            known if PASSED_OVER.contains(&known) => {}
            option if option.starts_with('-') => {
                return Err(format!("`{option}` of curl is not known here: leave it out"));
            }
            _ if url.is_some() => return Err(format!("`{word}` is a second URL")),
            _ => url = Some(word),
        }
    }
    let url = url.ok_or("the curl command has no URL")?;
    let uri: Uri = url.parse().map_err(|_| format!("`{url}` is no URL: replace what the shell would fill in"))?;
    let default = if body.is_some() { "POST" } else { "GET" };
    let method = method.unwrap_or_else(|| default.to_owned());
    let method = Method::from_bytes(method.as_bytes()).map_err(|_| format!("`{method}` is no method"))?;
    let mut request = Request::new(Bytes::from(body.unwrap_or_default()));
    (*request.method_mut(), *request.uri_mut()) = (method, uri);
    request.headers_mut().extend(headers);
    if !request.headers().contains_key(CONTENT_TYPE) {
        // Whoever pastes a body by `-d` means JSON, whatever curl would call it.
        request.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    }
    Ok(request)
}

/// An option, and the value that is written together with it: `-XPOST`, `--request=POST`.
fn parts(word: &str) -> (String, Option<String>) {
    if let Some((option, value)) = word.split_once('=').filter(|(option, _)| option.starts_with("--")) {
        return (option.to_owned(), Some(value.to_owned()));
    }
    match word.split_at_checked(2) {
        Some((option @ ("-X" | "-H" | "-d" | "-u"), value)) if !value.is_empty() => {
            (option.to_owned(), Some(value.to_owned()))
        }
        _ => (word.to_owned(), None),
    }
}

fn header(text: &str) -> Result<Option<(HeaderName, HeaderValue)>, String> {
    let Some((name, value)) = text.split_once(':') else { return Ok(None) };
    let wrong = || format!("`{text}` is no header");
    let name = HeaderName::try_from(name.trim()).map_err(|_| wrong())?;
    Ok(Some((name, HeaderValue::try_from(value.trim()).map_err(|_| wrong())?)))
}

#[cfg(test)]
mod tests {
    use super::request;

    fn told(command: &str) -> String {
        match request(command) {
            Ok(request) => {
                let body = String::from_utf8_lossy(request.body()).into_owned();
                format!("{} {} {body}", request.method(), request.uri())
            }
            Err(why) => why,
        }
    }

    #[test]
    fn what_is_pasted_is_read() {
        let commands = [
            "curl https://a.example/orders/1",
            "$ curl -sS -X POST \"http://a.example/x\" -H 'accept: a/b' -d '{\"newQuantity\":3}'",
            "curl -XPUT --url=http://a.example/x \\\n  --data-raw '{}' \\\n  --compressed",
            "curl http://a.example/x --json '{\"a\": 1}'",
        ];
        assert_eq!(
            commands.map(told),
            [
                "GET https://a.example/orders/1 ",
                "POST http://a.example/x {\"newQuantity\":3}",
                "PUT http://a.example/x {}",
                "POST http://a.example/x {\"a\": 1}",
            ]
        );
    }

    #[test]
    fn what_is_no_request_is_told() {
        let commands =
            ["curl", "curl 'http://a", "curl -d @file http://a", "curl --proxy x http://a", "curl a b", "curl -X"];
        assert_eq!(
            commands.map(told),
            [
                "the curl command has no URL",
                "a quote of the curl command is not closed",
                "`-d @file` reads a file: write what is in it",
                "`--proxy` of curl is not known here: leave it out",
                "`b` is a second URL",
                "`-X` lacks its value",
            ]
        );
    }
}
