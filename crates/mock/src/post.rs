//! The postman that goes over HTTP: one request per delivery, on a connection of its own, to this machine only unless told
//! otherwise. Follows nothing, and reads no more of an answer than its status.

use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::time::Duration;

use bytes::Bytes;
use countermand_model::Delivery;
use http::header::{CONNECTION, HOST, HeaderValue, USER_AGENT};
use http::{Request, StatusCode, Uri};
use http_body_util::Full;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpStream, lookup_host};
use tokio::time::timeout;

/// How the mock is known to receivers.
const AGENT: &str = concat!("countermand-mock/", env!("CARGO_PKG_VERSION"));

/// How deliveries are made over HTTP.
#[derive(Clone, Copy, Debug)]
pub struct PostOptions {
    /// How long one may take, from looking the receiver up to its status.
    pub timeout: Duration,
    /// Post to other machines too. Whoever can register a webhook then makes this one send requests anywhere.
    pub anywhere: bool,
}

impl Default for PostOptions {
    fn default() -> Self {
        Self { timeout: Duration::from_secs(5), anywhere: false }
    }
}

/// Posts one delivery, and tells the status of the answer; nothing where none came or none was asked for.
pub async fn post(delivery: Delivery, options: PostOptions) -> Option<StatusCode> {
    timeout(options.timeout, exchange(delivery, options.anywhere)).await.ok()?.ok()
}

/// The request that makes a delivery; nothing where its URL or one of its headers can't stand in one.
pub(crate) fn request_of(delivery: Delivery) -> Option<Request<Bytes>> {
    let headers = delivery.headers.into_iter();
    let request = headers.fold(Request::post(delivery.url), |request, (name, value)| request.header(name, value));
    request.body(Bytes::from(delivery.body)).ok()
}

async fn exchange(delivery: Delivery, anywhere: bool) -> Result<StatusCode, Box<dyn std::error::Error + Send + Sync>> {
    let (mut head, body) = request_of(delivery).ok_or("no request")?.into_parts();
    let uri = std::mem::take(&mut head.uri);
    let host = uri.authority().filter(|_| uri.scheme_str() == Some("http")).ok_or("no http URL")?;
    let bare = host.host().trim_start_matches('[').trim_end_matches(']');
    // What was looked up is what is connected to: a name can't be one place when it is judged and another when it is used.
    let address = lookup_host((bare, host.port_u16().unwrap_or(80))).await?.find(|it| is_allowed(*it, anywhere));
    let address = address.ok_or_else(|| io::Error::other("not this machine"))?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(TcpStream::connect(address).await?)).await?;
    head.headers.insert(HOST, HeaderValue::try_from(host.as_str())?);
    head.headers.insert(CONNECTION, HeaderValue::from_static("close"));
    head.headers.entry(USER_AGENT).or_insert(HeaderValue::from_static(AGENT));
    head.uri = uri.path_and_query().map_or(Ok(Uri::from_static("/")), |path| path.as_str().parse())?;
    let request = Request::from_parts(head, Full::new(body));
    let mut response = pin!(sender.send_request(request));
    tokio::select! {
        response = &mut response => return Ok(response?.status()),
        // The answer, if one came, is there already.
        _ended = connection => {}
    }
    Ok(response.await?.status())
}

fn is_allowed(address: SocketAddr, anywhere: bool) -> bool {
    anywhere || address.ip().to_canonical().is_loopback()
}
