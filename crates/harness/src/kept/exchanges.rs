//! The exchanges of a run: a file per case, an exchange a line, and a file per spec for what was done for no case.

use countermand_event::Exchange;

/// The name of the file with a case's exchanges: `laws/race/double` is `laws--race--double.jsonl`; what was done for no case is in
/// `laws.jsonl`.
#[must_use]
pub fn exchange_file(spec: &str, case: &str) -> String {
    let name = if case.is_empty() { spec } else { case };
    format!("{}.jsonl", name.replace('/', "--"))
}

/// The line of an exchange.
///
/// # Errors
/// When it can't be written as JSON.
pub fn exchange_line(exchange: &Exchange) -> serde_json::Result<Vec<u8>> {
    let mut line = serde_json::to_vec(exchange)?;
    line.push(b'\n');
    Ok(line)
}

/// The exchanges of a file.
///
/// # Errors
/// The first line that is none.
pub fn exchanges(text: &str) -> Result<Vec<Exchange>, String> {
    let line =
        |(line, number): (&str, usize)| serde_json::from_str(line).map_err(|error| format!("line {number}: {error}"));
    text.lines().zip(1..).map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_named_after_its_case_or_after_the_spec() {
        assert_eq!(exchange_file("laws", "laws/race/double"), "laws--race--double.jsonl");
        assert_eq!(exchange_file("laws", ""), "laws.jsonl");
    }

    #[test]
    fn what_was_written_is_read_and_what_is_no_exchange_is_named_by_its_line() {
        let exchange = Exchange {
            system: None,
            method: "GET".to_owned(),
            base: "http://then".to_owned(),
            path: "/boxes/1".to_owned(),
            request_headers: Vec::new(),
            request_body: None,
            status: Some(200),
            response_headers: Vec::new(),
            response_body: Some("{}\n".to_owned()),
            millis: 1.5,
            error: None,
        };
        let line = String::from_utf8(exchange_line(&exchange).expect("it is JSON")).expect("JSON is UTF-8");
        assert_eq!(exchanges(&line.repeat(2)), Ok(vec![exchange.clone(), exchange]));
        let wrong = exchanges(&format!("{line}nothing\n")).expect_err("the second line is none");
        assert!(wrong.starts_with("line 2: "), "{wrong}");
    }
}
