//! A server that stands between the program and the mock, and answers some requests in its own way. Raw sockets and one
//! request per connection, so that it can say what no HTTP library would.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use crate::program::BOUND;

/// What a request is for, as the binding of modern-dropship sends it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// The buyer places the order.
    SetUp,
    /// An item is cancelled.
    Call,
    /// The seller reads the order.
    Read,
    /// Anything else.
    Other,
}

#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

impl Request {
    pub(crate) fn place(&self) -> Place {
        let mut words = self.head.split_whitespace();
        let (method, path) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        let parts: Vec<&str> = path.split('/').skip(1).collect();
        match (method, &parts[..]) {
            ("POST", ["buyer", "orders"]) => Place::SetUp,
            ("POST", ["orders", _, "items", _, "cancel"]) => Place::Call,
            ("GET", ["orders", _]) => Place::Read,
            _ => Place::Other,
        }
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let lines = self.head.lines().filter_map(|line| line.split_once(':'));
        lines.filter(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim()).next()
    }

    /// The mock's answer to it, as bytes that end with the connection.
    pub(crate) fn pass_to(&self, upstream: SocketAddr) -> io::Result<Vec<u8>> {
        let mut stream = TcpStream::connect(upstream)?;
        stream.set_read_timeout(Some(BOUND))?;
        stream.write_all(self.head.trim_end().as_bytes())?;
        stream.write_all(b"\r\nconnection: close\r\n\r\n")?;
        stream.write_all(&self.body)?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer)?;
        Ok(answer)
    }

    fn read(stream: &mut TcpStream) -> io::Result<Self> {
        let mut bytes = Vec::new();
        let mut byte = [0];
        while !bytes.ends_with(b"\r\n\r\n") {
            stream.read_exact(&mut byte)?;
            bytes.push(byte[0]);
        }
        let head = String::from_utf8_lossy(&bytes).into_owned();
        let mut request = Self { head, body: Vec::new() };
        let length = request.header("content-length").map_or(0, |length| length.parse().unwrap());
        request.body = vec![0; length];
        stream.read_exact(&mut request.body)?;
        Ok(request)
    }
}

/// Answers one request on its connection, which is closed after it. Errors are the client's leaving early.
type Answer = dyn Fn(&Request, &mut TcpStream) -> io::Result<()> + Send + Sync;

pub(crate) struct Between {
    address: SocketAddr,
    connections: Arc<AtomicUsize>,
    stopped: Arc<AtomicBool>,
}

impl Between {
    pub(crate) fn start(answer: impl Fn(&Request, &mut TcpStream) -> io::Result<()> + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let connections = Arc::new(AtomicUsize::new(0));
        let stopped = Arc::new(AtomicBool::new(false));
        let answer: Arc<Answer> = Arc::new(answer);
        let (counted, is_over) = (Arc::clone(&connections), Arc::clone(&stopped));
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                if is_over.load(Ordering::SeqCst) {
                    break;
                }
                counted.fetch_add(1, Ordering::SeqCst);
                let answer = Arc::clone(&answer);
                thread::spawn(move || serve(stream, &*answer));
            }
        });
        Self { address, connections, stopped }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// How many connections were made to it.
    pub(crate) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}

impl Drop for Between {
    fn drop(&mut self) {
        self.stopped.store(true, Ordering::SeqCst);
        // Wakes the thread that accepts, so that it sees it.
        let _woken = TcpStream::connect(self.address);
    }
}

fn serve(mut stream: TcpStream, answer: &Answer) -> io::Result<()> {
    stream.set_read_timeout(Some(BOUND))?;
    stream.set_write_timeout(Some(BOUND))?;
    let request = Request::read(&mut stream)?;
    answer(&request, &mut stream)
}

/// Counts the requests for a place: true for the `n`-th, from 1.
pub(crate) fn nth(place: Place, n: usize) -> impl Fn(&Request) -> bool + Send + Sync {
    let seen = AtomicUsize::new(0);
    move |request| request.place() == place && seen.fetch_add(1, Ordering::SeqCst) + 1 == n
}

/// A whole answer, after which the connection ends.
pub(crate) fn answer(status: &str, headers: &str, body: impl AsRef<[u8]>) -> Vec<u8> {
    let body = body.as_ref();
    let head = format!("HTTP/1.1 {status}\r\n{headers}connection: close\r\ncontent-length: {}\r\n\r\n", body.len());
    [head.as_bytes(), body].concat()
}

/// The same answer with another body.
pub(crate) fn with_body(answer: &[u8], change: impl Fn(&str) -> String) -> Vec<u8> {
    let text = String::from_utf8_lossy(answer);
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    let body = change(body);
    let is_length = |line: &&str| line.to_ascii_lowercase().starts_with("content-length:");
    let head: Vec<&str> = head.split("\r\n").filter(|line| !is_length(line)).collect();
    format!("{}\r\ncontent-length: {}\r\n\r\n{body}", head.join("\r\n"), body.len()).into_bytes()
}

/// The same answer with one more header, of any bytes.
pub(crate) fn with_header(answer: &[u8], header: &[u8]) -> Vec<u8> {
    let end = answer.windows(2).position(|two| two == b"\r\n").unwrap();
    [&answer[..end], b"\r\n", header, &answer[end..]].concat()
}

/// Says nothing until the client gives up.
pub(crate) fn hang(stream: &mut TcpStream) -> io::Result<()> {
    let mut nothing = [0];
    while stream.read(&mut nothing)? > 0 {}
    Ok(())
}

/// Ends the connection as a crashed machine would.
pub(crate) fn reset(stream: &TcpStream) -> io::Result<()> {
    socket2::SockRef::from(stream).set_linger(Some(Duration::ZERO))
}
