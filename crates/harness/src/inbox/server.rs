//! The server that takes webhooks off the wire, with bounds on everything a sender can make large or slow.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt, Empty, Limited};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::timeout;

use super::Boxes;

/// The largest body that is read, bytes.
const LARGEST: usize = 1 << 20;
/// How long the head or the body of a request may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// Connections at once; more wait to be accepted.
const CONNECTIONS: usize = 64;

/// A server that runs, until this goes.
pub(super) struct Serving {
    address: SocketAddr,
    task: JoinHandle<()>,
}

impl Serving {
    pub(super) fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Begins to serve.
pub(super) async fn serve(address: SocketAddr, boxes: Arc<Boxes>) -> Result<Serving, String> {
    let unusable = |error: std::io::Error| format!("webhooks can't be taken at {address}: {error}");
    let listener = TcpListener::bind(address).await.map_err(unusable)?;
    let address = listener.local_addr().map_err(unusable)?;
    Ok(Serving { address, task: tokio::spawn(accept(listener, boxes)) })
}

async fn accept(listener: TcpListener, boxes: Arc<Boxes>) {
    let room = Arc::new(Semaphore::new(CONNECTIONS));
    let mut connections = JoinSet::new();
    loop {
        let accepted = async {
            let permit = Arc::clone(&room).acquire_owned().await;
            (listener.accept().await, permit)
        };
        tokio::select! {
            Some(_) = connections.join_next() => {}
            (accepted, permit) = accepted => match accepted {
                Ok((stream, _)) => {
                    let served = connection(stream, Arc::clone(&boxes));
                    connections.spawn(async move {
                        served.await;
                        drop(permit);
                    });
                }
                // Out of file handles, most likely: a pause lets some come back.
                Err(_) => tokio::time::sleep(Duration::from_millis(10)).await,
            },
        }
    }
}

async fn connection(stream: TcpStream, boxes: Arc<Boxes>) {
    let service = service_fn(move |request| {
        let boxes = Arc::clone(&boxes);
        async move {
            let mut response = Response::new(Empty::<Bytes>::new());
            *response.status_mut() = answer(request, &boxes).await;
            Ok::<_, Infallible>(response)
        }
    });
    // A connection that breaks is its sender's loss.
    let _ended = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(PATIENCE)
        .serve_connection(TokioIo::new(stream), service)
        .await;
}

async fn answer(request: Request<Incoming>, boxes: &Boxes) -> StatusCode {
    let (head, body) = request.into_parts();
    match timeout(PATIENCE, Limited::new(body, LARGEST).collect()).await {
        Ok(Ok(body)) => boxes.post(Request::from_parts(head, body.to_bytes())),
        Ok(Err(error)) if error.is::<http_body_util::LengthLimitError>() => StatusCode::PAYLOAD_TOO_LARGE,
        Ok(Err(_)) => StatusCode::BAD_REQUEST,
        Err(_) => StatusCode::REQUEST_TIMEOUT,
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::super::{Inbox, path_of};
    use super::*;

    /// Sends bytes on a connection of their own, and reads the status of the answer.
    async fn status(address: &str, request: String) -> String {
        let mut stream = TcpStream::connect(address).await.expect("it listens");
        // It may close while this still sends: then what it has answered is what counts.
        let _ = stream.write_all(request.as_bytes()).await;
        let mut answer = String::new();
        let _ = stream.read_to_string(&mut answer).await;
        answer.split(' ').nth(1).unwrap_or_default().to_owned()
    }

    fn request(method: &str, path: &str, body: &str) -> String {
        let length = body.len();
        format!(
            "{method} {path} HTTP/1.1\r\nhost: inbox\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}"
        )
    }

    #[tokio::test]
    async fn what_is_posted_is_received_within_bounds() {
        let inbox = Inbox::default();
        let url = inbox.address().await.expect("a free port");
        let address = url.strip_prefix("http://").expect("an address");
        let opened = inbox.open(vec!["k".to_owned()]);
        let large = "x".repeat(LARGEST + 1);
        let asked =
            [("POST", "/hooks/k", "{}"), ("GET", "/hooks/k", ""), ("POST", "/", ""), ("POST", "/hooks/k", &large)];
        let mut statuses = Vec::new();
        for (method, path, body) in asked {
            statuses.push(status(address, request(method, path, body)).await);
        }
        assert_eq!(statuses, ["200", "405", "404", "413"]);
        assert_eq!(status(address, "what?\r\n\r\n".to_owned()).await, "400");
        let received = opened.post_box.received();
        assert_eq!((received.len(), &received[0].body[..], received[0].path.as_str()), (1, &b"{}"[..], &*path_of("k")));
        assert!(inbox.is_used());
        // A port that is taken is told, whoever asks first.
        let taken = Inbox::listening(address.parse().expect("an address"));
        assert!(taken.address().await.is_err_and(|told| told.starts_with("webhooks can't be taken at 127.0.0.1:")));
    }
}
