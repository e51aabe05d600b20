//! `countermand serve` and `countermand monitor` as processes of a test, and plain requests to them.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread::{self, JoinHandle};

use serde_json::Value;

use crate::program::{BOUND, countermand, signal};

pub(crate) struct Served {
    child: Child,
    pub(crate) address: SocketAddr,
    pub(crate) first_line: String,
    lines: mpsc::Receiver<String>,
    stderr: Option<JoinHandle<String>>,
}

impl Served {
    /// The mock on a port of its own, once it says where.
    pub(crate) fn start(args: &[&str]) -> Self {
        Self::of("modern-dropship", args)
    }

    /// The mock of a spec.
    pub(crate) fn of(spec: &str, args: &[&str]) -> Self {
        let fixed = ["serve", spec, "--listen", "127.0.0.1:0"];
        Self::running(countermand(fixed.into_iter().chain(args.iter().copied())))
    }

    /// A proxy that judges, before an endpoint.
    pub(crate) fn monitor(upstream: &str, args: &[&str]) -> Self {
        let fixed = ["monitor", "--upstream", upstream, "--listen", "127.0.0.1:0"];
        Self::running(countermand(fixed.into_iter().chain(args.iter().copied())))
    }

    /// A proxy that writes down, before an endpoint.
    pub(crate) fn recorder(upstream: &str, args: &[&str]) -> Self {
        let fixed = ["record", "--upstream", upstream, "--listen", "127.0.0.1:0"];
        Self::running(countermand(fixed.into_iter().chain(args.iter().copied())))
    }

    fn running(mut command: Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        let mut stderr = child.stderr.take().unwrap();
        let stderr = thread::spawn(move || {
            let mut text = String::new();
            let _ended = stderr.read_to_string(&mut text);
            text
        });
        let (told, lines) = mpsc::channel();
        thread::spawn(move || stdout.lines().map_while(Result::ok).try_for_each(|line| told.send(line)));
        let first_line = lines.recv_timeout(BOUND).unwrap();
        let url = first_line.split_whitespace().find_map(|word| word.strip_prefix("http://")).unwrap();
        let address = url.parse().unwrap();
        Self { child, address, first_line, lines, stderr: Some(stderr) }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(crate) fn line(&self) -> String {
        self.lines.recv_timeout(BOUND).unwrap()
    }

    pub(crate) fn signal(&self, name: &str) {
        signal(&self.child, name);
    }

    /// What it still said, its errors and its exit code, once it has ended by itself.
    pub(crate) fn end(mut self) -> (Vec<String>, String, Option<i32>) {
        let mut rest = Vec::new();
        loop {
            match self.lines.recv_timeout(BOUND) {
                Ok(line) => rest.push(line),
                Err(mpsc::RecvTimeoutError::Disconnected) => break,
                Err(mpsc::RecvTimeoutError::Timeout) => panic!("the server did not end within {BOUND:?}"),
            }
        }
        let code = self.child.wait().unwrap().code();
        (rest, self.stderr.take().unwrap().join().unwrap(), code)
    }

    /// One request of a caller with a key: status and JSON.
    pub(crate) fn ask(&self, method: &str, path: &str, key: &str, body: &str) -> (u16, Value) {
        let mut stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(BOUND)).unwrap();
        let length = body.len();
        let request = format!(
            "{method} {path} HTTP/1.1\r\nhost: mock\r\nauthorization: {key}\r\nconnection: close\r\n\
             content-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
        );
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        (head[9..12].parse().unwrap(), serde_json::from_str(body).unwrap_or(Value::Null))
    }

    /// The exchanges it keeps.
    pub(crate) fn exchanges(&self) -> Value {
        let (status, mut body) = self.ask("GET", "/__countermand/exchanges", "", "");
        assert_eq!(status, 200);
        body["exchanges"].take()
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _gone = self.child.kill();
        let _reaped = self.child.wait();
    }
}
