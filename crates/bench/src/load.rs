//! A client that costs next to nothing: kept connections, requests written as they lie there, answers read to their
//! declared length. It speaks as much HTTP as the servers measured do, and no more.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::runtime::Runtime;
use tokio::task::JoinSet;

/// Connections at once.
pub(crate) const CONNECTIONS: u64 = 8;
/// Requests of one round of [`Work::Mix`].
const MIX: u64 = 3;

/// What the mock takes for an order.
const WISH: &str = r#"{"buyerReference":"r-1","orderedDate":"2026-01-01T00:00:00Z","address":{"name":"Pat Example","addressOne":"1 Example Street","city":"Toronto","state":"ON","country":"CA","zip":"M5V 2H1"},"items":[{"variantId":"V1","buyerReference":"mug","quantity":5},{"variantId":"V2","buyerReference":"tee","quantity":2}]}"#;

/// What is asked of a server.
#[derive(Debug, Clone)]
pub(crate) enum Work {
    /// One order, as its seller reads it, again and again.
    Read { order: String },
    /// As its buyer: an order is placed, cancelled and read, again and again.
    Mix,
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Answer<'c> {
    pub(crate) status: u16,
    pub(crate) body: &'c [u8],
}

/// Runs the client: one thread, so that it leaves the rest of the machine to the server.
pub(crate) fn runtime() -> Result<Runtime> {
    Ok(tokio::runtime::Builder::new_current_thread().enable_all().build()?)
}

/// Sends about so many requests over [`CONNECTIONS`] connections, and tells how many it were and how long they took.
pub(crate) async fn drive(address: SocketAddr, work: &Work, requests: u64) -> Result<(u64, Duration)> {
    let each = requests.div_ceil(CONNECTIONS);
    let mut connections = Vec::new();
    for _ in 0..CONNECTIONS {
        connections.push(Connection::open(address).await?);
    }
    let begin = Instant::now();
    let mut working = JoinSet::new();
    for connection in connections {
        working.spawn(serve_out(connection, work.clone(), each));
    }
    let mut sent = 0;
    while let Some(ended) = working.join_next().await {
        sent += ended??;
    }
    Ok((sent, begin.elapsed()))
}

async fn serve_out(mut connection: Connection, work: Work, requests: u64) -> Result<u64> {
    match work {
        Work::Read { order } => {
            let request = read(&order);
            for _ in 0..requests {
                connection.expect(200, &request).await?;
            }
            Ok(requests)
        }
        Work::Mix => {
            let place = place();
            let rounds = requests.div_ceil(MIX);
            for _ in 0..rounds {
                let order = id(connection.expect(201, &place).await?)?;
                connection.expect(200, &buyer_cancel(&order)).await?;
                connection.expect(200, &buyer_read(&order)).await?;
            }
            Ok(rounds * MIX)
        }
    }
}

/// The request that places an order.
pub(crate) fn place() -> Vec<u8> {
    request("POST", "/buyer/orders", "buyer-key", WISH)
}

/// The request that cancels an order, as its buyer.
pub(crate) fn buyer_cancel(order: &str) -> Vec<u8> {
    request("POST", &format!("/buyer/orders/{order}/cancel"), "buyer-key", "{}")
}

/// The request that reads an order, as its buyer.
pub(crate) fn buyer_read(order: &str) -> Vec<u8> {
    request("GET", &format!("/buyer/orders/{order}"), "buyer-key", "")
}

/// The request that reads an order, as its seller.
pub(crate) fn read(order: &str) -> Vec<u8> {
    request("GET", &format!("/orders/{order}"), "seller-key", "")
}

fn request(method: &str, path: &str, key: &str, body: &str) -> Vec<u8> {
    let content = match body.len() {
        0 => String::new(),
        length => format!("Content-Type: application/json\r\nContent-Length: {length}\r\n"),
    };
    format!("{method} {path} HTTP/1.1\r\nHost: bench\r\nAuthorization: {key}\r\n{content}\r\n{body}").into_bytes()
}

/// The first `"id"` of an answer, which is that of the order it is about.
pub(crate) fn id(body: &[u8]) -> Result<String> {
    let text = std::str::from_utf8(body)?;
    let value = text.split_once(r#""id":""#).and_then(|(_, rest)| rest.split_once('"'));
    value.map(|(id, _)| id.to_owned()).with_context(|| format!("no id in {text}"))
}

/// A connection that is kept.
#[derive(Debug)]
pub(crate) struct Connection {
    stream: TcpStream,
    received: Vec<u8>,
}

impl Connection {
    pub(crate) async fn open(address: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, received: Vec::with_capacity(16 * 1024) })
    }

    /// Sends a request and hands the body of the answer back, which must have this status.
    pub(crate) async fn expect(&mut self, status: u16, request: &[u8]) -> Result<&[u8]> {
        let answer = self.exchange(request).await?;
        if answer.status != status {
            bail!("answered {}: {}", answer.status, String::from_utf8_lossy(answer.body));
        }
        Ok(answer.body)
    }

    /// Sends a request and reads the whole answer.
    pub(crate) async fn exchange(&mut self, request: &[u8]) -> Result<Answer<'_>> {
        self.received.clear();
        self.stream.write_all(request).await?;
        let head = loop {
            match head(&self.received)? {
                Some(head) => break head,
                None => self.receive().await?,
            }
        };
        while self.received.len() < head.end + head.body {
            self.receive().await?;
        }
        Ok(Answer { status: head.status, body: &self.received[head.end..head.end + head.body] })
    }

    async fn receive(&mut self) -> Result<()> {
        match self.stream.read_buf(&mut self.received).await? {
            0 => bail!("the server closed the connection"),
            _ => Ok(()),
        }
    }
}

/// What the head of an answer says of it.
#[derive(Debug, PartialEq, Eq)]
struct Head {
    status: u16,
    /// Where the body begins.
    end: usize,
    /// How long the body is.
    body: usize,
}

/// The head of an answer, once it is all there.
fn head(received: &[u8]) -> Result<Option<Head>> {
    let Some(end) = received.windows(4).position(|window| window == b"\r\n\r\n") else { return Ok(None) };
    let text = std::str::from_utf8(&received[..end])?;
    let mut lines = text.split("\r\n");
    let status = lines.next().and_then(|line| line.split(' ').nth(1)).and_then(|status| status.parse().ok());
    let length = lines.filter_map(|line| line.split_once(": ")).find_map(|(name, value)| {
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse().ok()).flatten()
    });
    match (status, length) {
        (Some(status), Some(body)) => Ok(Some(Head { status, end: end + 4, body })),
        _ => bail!("an answer without a status or a content-length: {text}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_is_read_once_it_is_whole() {
        let answer = b"HTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\n{}";
        assert_eq!(head(&answer[..30]).unwrap(), None);
        assert_eq!(head(answer).unwrap(), Some(Head { status: 201, end: 43, body: 2 }));
        assert!(head(b"HTTP/1.1 200 OK\r\n\r\n").is_err());
    }

    #[test]
    fn the_id_of_an_answer_is_found() {
        assert_eq!(id(br#"{"data":{"id":"a-1","x":"y"}}"#).unwrap(), "a-1");
        assert!(id(b"{}").is_err());
    }
}
