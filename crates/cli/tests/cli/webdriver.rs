//! A real browser that is driven as a person drives it, by its keys: as much of WebDriver as that takes.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};

use crate::program::BOUND;

/// The Tab key, as WebDriver writes it.
pub(crate) const TAB: &str = "\u{e004}";
/// The Enter key.
pub(crate) const ENTER: &str = "\u{e007}";

/// A browser with one page, gone when its test ends.
pub(crate) struct Browser {
    driver: Child,
    port: u16,
    session: String,
}

impl Browser {
    /// Opens a page; `profile` is where the browser may write.
    pub(crate) fn open(page: &Path, profile: &Path) -> Self {
        Self::with(page, profile, &json!({}))
    }

    /// The same in a browser in which no page may run a script.
    pub(crate) fn without_scripts(page: &Path, profile: &Path) -> Self {
        const BLOCKED: u8 = 2;
        Self::with(page, profile, &json!({ "profile.managed_default_content_settings.javascript": BLOCKED }))
    }

    fn with(page: &Path, profile: &Path, preferences: &Value) -> Self {
        let mut driver = Command::new("chromedriver").arg("--port=0").stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(driver.stdout.take().unwrap()).lines().map_while(Result::ok);
        let port =
            lines.find_map(|line| line.split_once("successfully on port ")?.1.trim_end_matches('.').parse().ok());
        let mut browser = Self { driver, port: port.unwrap(), session: String::new() };
        let profile = format!("--user-data-dir={}", profile.display());
        let arguments = json!(["--headless", "--no-sandbox", "--disable-gpu", profile]);
        let wanted = json!({ "alwaysMatch": { "goog:chromeOptions": { "args": arguments, "prefs": preferences } } });
        let session = browser.ask("POST", "/session", &json!({ "capabilities": wanted }));
        browser.session = session["sessionId"].as_str().unwrap().to_owned();
        browser.post("url", &json!({ "url": format!("file://{}", page.display()) }));
        browser
    }

    /// Presses keys, one after the other.
    pub(crate) fn press(&self, keys: &str) {
        let keys = keys.chars().flat_map(|key| ["keyDown", "keyUp"].map(|kind| json!({ "type": kind, "value": key })));
        let keys = json!({ "type": "key", "id": "keyboard", "actions": keys.collect::<Vec<_>>() });
        self.post("actions", &json!({ "actions": [keys] }));
    }

    /// What an expression of the page is.
    pub(crate) fn tell(&self, expression: &str) -> Value {
        self.post("execute/sync", &json!({ "script": format!("return {expression}"), "args": [] }))
    }

    fn post(&self, what: &str, body: &Value) -> Value {
        self.ask("POST", &format!("/session/{}/{what}", self.session), body)
    }

    fn ask(&self, method: &str, path: &str, body: &Value) -> Value {
        let body = body.to_string();
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        stream.set_read_timeout(Some(BOUND)).unwrap();
        let length = body.len();
        let head = format!("{method} {path} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: {length}\r\n\r\n");
        stream.write_all((head + &body).as_bytes()).unwrap();
        let mut answer = BufReader::new(stream);
        let head: Vec<String> =
            answer.by_ref().lines().map_while(Result::ok).take_while(|line| !line.is_empty()).collect();
        let length =
            head.iter().find_map(|line| line.to_lowercase().strip_prefix("content-length:")?.trim().parse().ok());
        let mut body = vec![0; length.unwrap()];
        answer.read_exact(&mut body).unwrap();
        let mut told: Value = serde_json::from_slice(&body).unwrap();
        assert!(head[0].contains("200"), "{method} {path}: {told}");
        told["value"].take()
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        if !self.session.is_empty() && !std::thread::panicking() {
            self.ask("DELETE", &format!("/session/{}", self.session), &json!({}));
        }
        let _gone = self.driver.kill();
        let _reaped = self.driver.wait();
    }
}
