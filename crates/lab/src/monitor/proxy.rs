//! A reverse proxy that changes nothing: what a client sends goes to the endpoint, what the endpoint answers comes back, and a
//! copy of both goes to whoever judges. Judges nothing, and waits for nobody who does.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use bytes::Bytes;
use countermand_harness::Tls;
use countermand_mock::{Connections, accept};
use http::header::{CONTENT_TYPE, HOST, HeaderValue};
use http::uri::{Authority, PathAndQuery, Scheme};
use http::{HeaderMap, Request, Response, StatusCode, Uri, Version};
use http_body_util::{BodyExt, Either, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::{Connect, HttpConnector};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use tokio::net::TcpListener;
use tokio::time::timeout;

use super::copy::{Copy, Copying};
use super::exchange::{End, Exchange, Mark};
use super::headers::end_to_end;
use super::queue::Queue;
use super::reads::Reads;
use super::tls;

/// How long a client may take for the head of a request, counted from when one is awaited, and either side for the next part of a
/// body.
const PATIENCE: Duration = Duration::from_secs(60);
/// How long the endpoint may take to begin its answer: longer than a client waits.
const ANSWER: Duration = Duration::from_secs(600);
/// How many connections there are at once, and how long requests in flight are given when the proxy stops.
const CONNECTIONS: Connections = Connections { at_once: 1024, stop_timeout: Duration::from_secs(5) };

/// Where requests go.
#[derive(Debug, Clone)]
pub struct Upstream {
    scheme: Scheme,
    authority: Authority,
    /// What stands before every path, without a slash at its end.
    prefix: String,
    /// What is trusted, and who we are.
    tls: Tls,
}

impl Upstream {
    /// An endpoint by its URL.
    ///
    /// # Errors
    /// What is wrong with the URL.
    pub fn parse(url: &str) -> Result<Self, String> {
        let shown: String = url.chars().flat_map(char::escape_debug).collect();
        let bad = || format!("`{shown}` is no URL of an endpoint (expected something like http://127.0.0.1:4010)");
        let uri: Uri = url.parse().map_err(|_| bad())?;
        let scheme = uri.scheme().filter(|scheme| [Scheme::HTTP, Scheme::HTTPS].contains(scheme)).ok_or_else(bad)?;
        let authority = uri.authority().ok_or_else(bad)?;
        if authority.as_str().contains('@') {
            return Err("the URL carries a credential: a client sends its own".to_owned());
        }
        if uri.query().is_some() {
            return Err(bad());
        }
        let prefix = uri.path().trim_end_matches('/').to_owned();
        Ok(Self { scheme: scheme.clone(), authority: authority.clone(), prefix, tls: Tls::default() })
    }

    /// The same with these certificates, where it is spoken to over TLS.
    #[must_use]
    pub fn with_certificates(self, tls: Tls) -> Self {
        Self { tls, ..self }
    }

    /// Whether it is spoken to over TLS.
    #[must_use]
    pub fn is_tls(&self) -> bool {
        self.scheme == Scheme::HTTPS
    }

    fn uri(&self, path: &PathAndQuery) -> Result<Uri, http::Error> {
        let uri = Uri::builder().scheme(self.scheme.clone()).authority(self.authority.clone());
        match self.prefix.as_str() {
            "" => uri.path_and_query(path.clone()).build(),
            prefix => uri.path_and_query(format!("{prefix}{path}")).build(),
        }
    }
}

/// Forwards until `shutdown` is done.
///
/// # Errors
/// When the means to speak to the endpoint are unusable.
pub(super) async fn forward(
    listener: TcpListener,
    upstream: Upstream,
    copy_limit: usize,
    reads: Option<Reads>,
    queue: Queue,
    shutdown: impl Future<Output = ()>,
) -> Result<(), String> {
    let mut http = HttpConnector::new();
    http.set_nodelay(true);
    if !upstream.is_tls() {
        return serve(listener, upstream, http, copy_limit, reads, queue, shutdown).await;
    }
    http.enforce_http(false);
    let over_tls = tls::connector(http, &upstream.tls)?;
    serve(listener, upstream, over_tls, copy_limit, reads, queue, shutdown).await
}

async fn serve<C: Connect + Clone + Send + Sync + 'static>(
    listener: TcpListener,
    upstream: Upstream,
    connector: C,
    copy_limit: usize,
    reads: Option<Reads>,
    queue: Queue,
    shutdown: impl Future<Output = ()>,
) -> Result<(), String> {
    let client = Client::builder(TokioExecutor::new())
        .pool_timer(TokioTimer::new())
        .http1_preserve_header_case(true)
        .set_host(false)
        .build(connector);
    let proxy = Arc::new(Proxy { upstream, client, copy_limit, reads, queue, number: AtomicU64::new(1) });
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(PATIENCE).preserve_header_case(true).auto_date_header(false);
    let connection = |stream| {
        let proxy = Arc::clone(&proxy);
        let service = service_fn(move |request| {
            let proxy = Arc::clone(&proxy);
            async move { Ok::<_, Infallible>(proxy.pass(request).await) }
        });
        http.serve_connection(TokioIo::new(stream), service)
    };
    accept(listener, CONNECTIONS, connection, shutdown).await;
    proxy.read_for_the_last_time().await;
    Ok(())
}

struct Proxy<C> {
    upstream: Upstream,
    client: Client<C, Either<Copying<Incoming>, Full<Bytes>>>,
    copy_limit: usize,
    /// What is read besides.
    reads: Option<Reads>,
    queue: Queue,
    number: AtomicU64,
}

/// What goes back: the endpoint's answer, or a few words of our own.
type Answer = Response<Either<Copying<Incoming>, Full<Bytes>>>;

impl<C: Connect + Clone + Send + Sync + 'static> Proxy<C> {
    async fn pass(&self, request: Request<Incoming>) -> Answer {
        let Some(path) = request.uri().path_and_query().cloned() else {
            return own(StatusCode::NOT_IMPLEMENTED, "this proxy makes no tunnels");
        };
        let Ok(uri) = self.upstream.uri(&path) else {
            return own(StatusCode::BAD_REQUEST, "the path can't be sent on");
        };
        let (mut head, body) = request.into_parts();
        if let Some(read) = self.reads.as_ref().and_then(|reads| reads.before(&head)) {
            self.read(read).await;
        }
        let number = self.number.fetch_add(1, Ordering::Relaxed);
        let mut noted = Noted::new(&self.queue, number, &head, path);
        head.uri = uri;
        head.version = Version::HTTP_11;
        head.headers = self.headers(&head.headers);
        let body = Copying::new(body, self.copy_limit, PATIENCE, noted.request_body.clone(), || {});
        let request = Request::from_parts(head, Either::Left(body));
        let answer = match timeout(ANSWER, self.client.request(request)).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(error)) => {
                let (end, why) = match error.is_connect() {
                    true => (End::Unsent, "the endpoint can't be reached"),
                    false => (End::Lost, "the connection to the endpoint broke"),
                };
                noted.end(end);
                return own(StatusCode::BAD_GATEWAY, &format!("{why}: {}", innermost(&error)));
            }
            Err(_) => return own(StatusCode::GATEWAY_TIMEOUT, "the endpoint does not answer"),
        };
        let (mut head, body) = answer.into_parts();
        head.headers = end_to_end(&head.headers);
        let copy = Copy::default();
        let at_end = noted.answered(&head, copy.clone());
        let body = Copying::new(body, self.copy_limit, PATIENCE, copy, at_end);
        Response::from_parts(head, Either::Left(body))
    }

    /// Reads an order, for whoever judges and for nobody else.
    async fn read(&self, read: Request<()>) {
        let Some(path) = read.uri().path_and_query().cloned() else { return };
        let Ok(uri) = self.upstream.uri(&path) else { return };
        let (mut head, ()) = read.into_parts();
        let noted = Noted::new(&self.queue, self.number.fetch_add(1, Ordering::Relaxed), &head, path);
        head.uri = uri;
        head.headers = self.headers(&head.headers);
        let request = Request::from_parts(head, Either::Right(Full::default()));
        noted.request_body.whole();
        // What came of it nobody waits for: a read that fails shows nothing.
        let Ok(Ok(answer)) = timeout(ANSWER, self.client.request(request)).await else { return };
        let (head, body) = answer.into_parts();
        let copy = Copy::default();
        let at_end = noted.answered(&head, copy.clone());
        let _shown = Copying::new(body, self.copy_limit, PATIENCE, copy, at_end).collect().await;
    }

    /// Reads every order that a call was made on, once nothing is changed any more.
    async fn read_for_the_last_time(&self) {
        let Some(reads) = &self.reads else { return };
        let last = reads.last();
        if !last.is_empty() {
            tokio::time::sleep(reads.settle()).await;
        }
        for read in last {
            self.read(read).await;
        }
    }

    /// The headers as the endpoint gets them: the host is its own.
    fn headers(&self, sent: &HeaderMap) -> HeaderMap {
        let mut headers = end_to_end(sent);
        // What an authority is made of can stand in a header.
        if let Ok(host) = HeaderValue::from_str(self.upstream.authority.as_str()) {
            headers.insert(HOST, host);
        }
        headers
    }
}

/// An exchange under way, whose end is told whatever comes of it.
struct Noted {
    queue: Queue,
    number: u64,
    request: Option<Request<()>>,
    request_body: Copy,
}

impl Noted {
    fn new(queue: &Queue, number: u64, head: &http::request::Parts, path: PathAndQuery) -> Self {
        let mut request = Request::new(());
        *request.method_mut() = head.method.clone();
        *request.uri_mut() = Uri::from(path);
        *request.headers_mut() = head.headers.clone();
        let (method, uri) = (head.method.clone(), request.uri().clone());
        // Of what was missed from its beginning nothing more is told.
        let is_told = queue.put(number, Mark::Begun { method, uri, at: Instant::now() });
        Self { queue: queue.clone(), number, request: is_told.then_some(request), request_body: Copy::default() }
    }

    fn end(&mut self, end: End) {
        if self.request.take().is_some() {
            self.queue.put(self.number, Mark::Ended(end));
        }
    }

    /// What is to be done when the answer is whole.
    fn answered(mut self, head: &http::response::Parts, copy: Copy) -> impl FnOnce() + Send + use<> {
        let answered = Instant::now();
        let mut response = Response::new(());
        *response.status_mut() = head.status;
        *response.headers_mut() = head.headers.clone();
        move || {
            let Some(request) = self.request.take() else { return };
            let ((sent, all_sent), (got, all_got)) = (self.request_body.take(), copy.take());
            let exchange = Exchange {
                request: request.map(|()| sent),
                response: response.map(|()| got),
                is_whole: all_sent && all_got,
                answered,
            };
            self.queue.put(self.number, Mark::Ended(End::Answered(Box::new(exchange))));
        }
    }
}

impl Drop for Noted {
    fn drop(&mut self) {
        self.end(End::Lost);
    }
}

/// What an error goes back to: that a certificate is not trusted stands there, and nowhere above.
fn innermost(error: &dyn std::error::Error) -> String {
    std::iter::successors(Some(error), |error| error.source()).last().map(ToString::to_string).unwrap_or_default()
}

/// An answer of the proxy's own.
fn own(status: StatusCode, why: &str) -> Answer {
    let body = Full::new(Bytes::from(format!("countermand monitor: {why}\n")));
    let mut answer = Response::new(Either::Right(body));
    *answer.status_mut() = status;
    answer.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/plain"));
    answer
}
