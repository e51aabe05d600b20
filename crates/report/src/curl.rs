//! A request as a `curl` line that sends it again: `$BASE` and the variables of credentials are left to the reader's shell,
//! everything else is literal, and nothing in it can act on the terminal it is printed on.

use countermand_event::Exchange;

use crate::shell;
use crate::text::is_invisible;

/// Headers that `curl` sends itself.
const ITS_OWN: [&str; 6] =
    ["host", "content-length", "user-agent", "accept-encoding", "connection", "transfer-encoding"];
/// The longest body that is put into the line.
const LONGEST: usize = 4000;

/// The command.
pub(crate) fn command(exchange: &Exchange) -> String {
    line(exchange, "BASE", false)
}

/// The same of a request that was never sent, in which a `$NAME` in the path or the body is a variable as well: what only a target
/// knows is left to the reader's shell.
#[must_use]
pub fn curl_example(exchange: &Exchange) -> String {
    line(exchange, "BASE_URL", true)
}

fn line(exchange: &Exchange, base: &str, variables: bool) -> String {
    let body = Body::of(exchange, variables);
    let mut words = vec!["curl -sS".to_owned()];
    if exchange.path.contains(['[', ']', '{', '}']) {
        words.push("--globoff".to_owned());
    }
    if exchange.path.contains("/.") {
        words.push("--path-as-is".to_owned());
    }
    match exchange.method.as_str() {
        "GET" if body.is_none() => {}
        "HEAD" => words.push("--head".to_owned()),
        method => words.push(format!("-X {}", shell::literal(&percent_encoded(method)))),
    }
    words.push(format!("\"${base}{}\"", shell::in_double_quotes(&percent_encoded(&exchange.path), variables)));
    words.extend(headers(exchange, body.is_some()));
    words.extend(body.iter().map(|body| body.words.clone()));
    let pipe = body.and_then(|body| body.pipe).map(|pipe| format!("{pipe} | "));
    format!("{}{}", pipe.unwrap_or_default(), words.join(" "))
}

fn headers(exchange: &Exchange, has_body: bool) -> Vec<String> {
    let is_ours = |name: &str, value: &str| {
        let is_its_own = ITS_OWN.iter().any(|own| name.eq_ignore_ascii_case(own));
        !is_its_own && (!name.eq_ignore_ascii_case("accept") || value != "*/*")
    };
    let given = exchange.request_headers.iter().filter(|(name, value)| is_ours(name, value));
    let mut words: Vec<String> = given.map(|(name, value)| header(name, value)).collect();
    let has_type = exchange.request_headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-type"));
    if has_body && !has_type {
        // Or `curl` would call the body a form.
        words.push("-H 'Content-Type:'".to_owned());
    }
    words
}

fn header(name: &str, value: &str) -> String {
    if value.is_empty() {
        // With a colon `curl` would leave the header out.
        return format!("-H {}", shell::single_quoted(&format!("{};", percent_encoded(name))));
    }
    let line = format!("{name}: {value}");
    match shell::has_variable(&line) || shell::needs_printf(&line) {
        true => format!("-H \"{}\"", shell::in_double_quotes(&line, true)),
        false => format!("-H {}", shell::single_quoted(&line)),
    }
}

/// How the body reaches `curl`.
struct Body {
    words: String,
    pipe: Option<String>,
}

impl Body {
    fn of(exchange: &Exchange, variables: bool) -> Option<Self> {
        let body = exchange.request_body.as_deref().filter(|body| !body.is_empty())?;
        Some(if body.len() > LONGEST {
            let words = format!("--data-binary @body  # body: {} bytes, as in the JSON Lines report", body.len());
            Self { words, pipe: None }
        } else if shell::needs_printf(body) {
            Self { words: "--data-binary @-".to_owned(), pipe: Some(shell::printf(body)) }
        } else {
            // `-d @name` would send a file.
            let option = if body.starts_with('@') { "--data-raw" } else { "-d" };
            let word = match variables && shell::has_variable(body) {
                true => format!("\"{}\"", shell::in_double_quotes(body, true)),
                false => shell::single_quoted(body),
            };
            Self { words: format!("{option} {word}"), pipe: None }
        })
    }
}

/// What cannot stand in a path (or a name) of a request, percent-encoded; a path that was sent has little of it.
fn percent_encoded(path: &str) -> String {
    let mut out = String::new();
    for c in path.chars() {
        match is_invisible(c) || c == ' ' {
            true => out.extend(c.encode_utf8(&mut [0; 4]).bytes().map(|byte| format!("%{byte:02X}"))),
            false => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples;
    use proptest::prelude::*;

    #[test]
    fn a_request_is_sent_again() {
        insta::assert_snapshot!(command(&samples::exchange()), @r#"curl -sS -X POST "$BASE/orders/o-17/items/i-1/cancel" -H "Authorization: $KEY" -H 'Content-Type: application/json' -d '{"newQuantity":3}'"#);
    }

    #[test]
    fn a_read_needs_no_method() {
        let exchange = Exchange {
            method: "GET".to_owned(),
            path: "/orders?filter[id]=1&q=a b\u{202e}".to_owned(),
            request_headers: vec![("accept".to_owned(), "*/*".to_owned()), ("X-Empty".to_owned(), String::new())],
            request_body: None,
            ..samples::exchange()
        };
        insta::assert_snapshot!(command(&exchange), @r#"curl -sS --globoff "$BASE/orders?filter[id]=1&q=a%20b%E2%80%AE" -H 'X-Empty;'"#);
    }

    #[test]
    fn what_looks_like_a_file_is_no_file_and_no_form() {
        let exchange =
            Exchange { request_headers: vec![], request_body: Some("@/etc/passwd".to_owned()), ..samples::exchange() };
        insta::assert_snapshot!(command(&exchange), @r#"curl -sS -X POST "$BASE/orders/o-17/items/i-1/cancel" -H 'Content-Type:' --data-raw '@/etc/passwd'"#);
    }

    #[test]
    fn nothing_escapes_its_quotes() {
        let exchange = Exchange {
            method: "POST".to_owned(),
            path: "/orders/$(id)`id`\"'; rm -rf ~; !1\\".to_owned(),
            request_headers: vec![("X-Id".to_owned(), "'; rm -rf \"$(x)\" $KEY $1".to_owned())],
            request_body: Some("'; rm -rf ~; $(id)\n\x1b[31m\\n".to_owned()),
            ..samples::exchange()
        };
        insta::assert_snapshot!(command(&exchange), @r#"printf '%b' ''\''; rm -rf ~; $(id)\0012\0033[31m\\n' | curl -sS -X POST "$BASE/orders/\$(id)\`id\`\"';%20rm%20-rf%20~;%20"'!'"1\\" -H "X-Id: '; rm -rf \"\$(x)\" $KEY \$1" -H 'Content-Type:' --data-binary @-"#);
    }

    #[test]
    fn a_huge_body_is_left_to_the_events() {
        let exchange = Exchange { request_body: Some("x".repeat(5000)), ..samples::exchange() };
        assert!(command(&exchange).ends_with("--data-binary @body  # body: 5000 bytes, as in the JSON Lines report"));
    }

    /// What a shell hands to `curl`: its arguments, then what it reads when told to read its input.
    fn received(command: &str) -> (Vec<String>, String) {
        let script = format!(
            "curl() {{ for word; do printf '%s\\0' \"$word\"; done; case \"$*\" in *@-) printf '\\1'; cat;; esac; }}\n{command}"
        );
        let output = std::process::Command::new("sh")
            .args(["-c", &script])
            .env("BASE", "http://h")
            .env("KEY", "s3cret")
            .output();
        let output = output.expect("a shell runs");
        assert!(output.stderr.is_empty(), "{}\n{command}", String::from_utf8_lossy(&output.stderr));
        let text = String::from_utf8(output.stdout).expect("text");
        let (words, input) = text.split_once("\0\u{1}").unwrap_or((text.trim_end_matches('\0'), ""));
        (words.split('\0').map(str::to_owned).collect(), input.to_owned())
    }

    #[test]
    fn an_example_leaves_names_to_the_shell_and_nothing_else() {
        let exchange = Exchange {
            path: "/orders/$KEY/`id`".to_owned(),
            request_headers: vec![("Content-Type".to_owned(), "application/json".to_owned())],
            request_body: Some(r#"{"line":"$KEY","text":"$(id) `id` ! \\ '"}"#.to_owned()),
            ..samples::exchange()
        };
        let example = curl_example(&exchange).replace("$BASE_URL", "$BASE");
        let (words, _) = received(&example);
        assert!(words.contains(&"http://h/orders/s3cret/`id`".to_owned()), "{words:?}");
        assert!(words.contains(&r#"{"line":"s3cret","text":"$(id) `id` ! \\ '"}"#.to_owned()), "{words:?}");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]
        #[test]
        fn a_shell_reads_exactly_what_was_sent(
            path in "/[ -~]{0,30}",
            value in "[ -~\t]{1,30}",
            body in "[ -~\n\t\u{1b}\u{202e}é\\\\'$@!]{1,40}",
        ) {
            // Variables are meant to expand; everything else is not.
            prop_assume!(!shell::has_variable(&value));
            let exchange = Exchange {
                path: path.clone(),
                request_headers: vec![
                    ("X-Value".to_owned(), value.clone()),
                    ("Authorization".to_owned(), "Bearer $KEY".to_owned()),
                    ("Content-Type".to_owned(), "text/plain".to_owned()),
                ],
                request_body: Some(body.clone()),
                ..samples::exchange()
            };
            let (words, input) = received(&command(&exchange));
            let url = format!("http://h{}", path.replace(' ', "%20"));
            prop_assert!(words.contains(&url), "{url} in {words:?}");
            prop_assert!(words.contains(&format!("X-Value: {value}")), "{value:?} in {words:?}");
            prop_assert!(words.contains(&"Authorization: Bearer s3cret".to_owned()));
            prop_assert!(words.contains(&body) || input == body, "{body:?} in {words:?} or {input:?}");
        }
    }
}
