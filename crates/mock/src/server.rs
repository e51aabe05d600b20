//! The long-lived server: a world on a socket, with bounds on everything a client can make large or slow.

use std::convert::Infallible;
use std::fmt;
use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use countermand_model::Delivery;
use http::header::{CONNECTION, HeaderValue};
use http::{Request, Response};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulConnection;
use serde_json::json;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::accept::{Connections, accept};
use crate::body::{self, BodyFault};
use crate::deliver::deliver;
use crate::exchange::{LogLine, Told};
use crate::json::json_response;
use crate::post::{PostOptions, post};
use crate::world::World;

/// Is told of every request once it is answered, before any delay.
pub type LogSink = Arc<dyn Fn(&LogLine) + Send + Sync>;

/// How a server behaves. The defaults suit a tool on the loopback; tests make them small.
#[derive(Clone)]
pub struct ServeOptions {
    /// How long each reply is held back after the world has answered.
    pub delay: Duration,
    /// Is told of every request.
    pub log: Option<LogSink>,
    /// The largest body that is read, in bytes; a larger one is answered with 413.
    pub body_limit: usize,
    /// How long the head of a request may take, counted from when one is awaited; then the connection is closed.
    pub header_timeout: Duration,
    /// How long the body of a request may take; then it is answered with 408.
    pub body_timeout: Duration,
    /// How many connections are served at once; more wait to be accepted.
    pub max_connections: usize,
    /// How webhooks are posted.
    pub post: PostOptions,
    /// How long requests in flight are given to finish when the server stops.
    pub stop_timeout: Duration,
}

impl Default for ServeOptions {
    fn default() -> Self {
        Self {
            delay: Duration::ZERO,
            log: None,
            body_limit: 1024 * 1024,
            header_timeout: Duration::from_secs(10),
            body_timeout: Duration::from_secs(10),
            max_connections: 1024,
            post: PostOptions::default(),
            stop_timeout: Duration::from_secs(5),
        }
    }
}

impl fmt::Debug for ServeOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServeOptions")
            .field("delay", &self.delay)
            .field("log", &self.log.is_some())
            .field("body_limit", &self.body_limit)
            .field("header_timeout", &self.header_timeout)
            .field("body_timeout", &self.body_timeout)
            .field("max_connections", &self.max_connections)
            .field("post", &self.post)
            .field("stop_timeout", &self.stop_timeout)
            .finish()
    }
}

/// How long a mock with a fault in its handling of calls at the same time thinks about each: calls that are sent at once
/// meet in it.
const RACE: Duration = Duration::from_millis(50);

/// Serves until `shutdown` is done; then accepts no more, lets requests in flight finish within
/// [`ServeOptions::stop_timeout`], and cuts off the rest.
///
/// # Errors
/// None today: what goes wrong on one connection, or in accepting one, does not end the others.
pub async fn serve(
    listener: TcpListener,
    world: Arc<World>,
    options: ServeOptions,
    shutdown: impl Future<Output = ()>,
) -> io::Result<()> {
    let connections = Connections { at_once: options.max_connections, stop_timeout: options.stop_timeout };
    let options = Arc::new(options);
    let mut delivering = JoinSet::new();
    delivering.spawn(tell(Arc::clone(&world), Arc::clone(&options)));
    accept(listener, connections, |stream| connection(stream, world.clone(), options.clone()), shutdown).await;
    Ok(())
}

/// Posts the webhooks of a world, and tells the log of each.
async fn tell(world: Arc<World>, options: Arc<ServeOptions>) {
    let posted = |delivery: Delivery| {
        let options = Arc::clone(&options);
        async move {
            let (started, url) = (Instant::now(), delivery.url.clone());
            let status = post(delivery, options.post).await;
            if let Some(log) = &options.log {
                log(&LogLine::of_webhook(url, status, started.elapsed()));
            }
            status.is_some_and(|status| status.is_success())
        }
    };
    deliver(world, posted).await;
}

fn connection(
    stream: TcpStream,
    world: Arc<World>,
    options: Arc<ServeOptions>,
) -> impl GracefulConnection<Error = hyper::Error> + Send {
    let header_timeout = options.header_timeout;
    let service = service_fn(move |request| handle(request, Arc::clone(&world), Arc::clone(&options)));
    http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(header_timeout)
        .serve_connection(TokioIo::new(stream), service)
}

async fn handle(
    request: Request<Incoming>,
    world: Arc<World>,
    options: Arc<ServeOptions>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let started = Instant::now();
    let arrival = world.arrival();
    let (head, body) = request.into_parts();
    let (body, fault) = match body::read(body, options.body_limit, options.body_timeout).await {
        Ok(body) => (body, None),
        Err(fault) => (Bytes::new(), Some(fault)),
    };
    let request = Request::from_parts(head, body);
    if world.is_racy() {
        sleep(RACE).await;
    }
    let (response, told) = match fault {
        None => world.respond_and_tell(&request, arrival),
        Some(fault) => {
            let told = Told { status: fault.status(), duration: started.elapsed(), evicted: Vec::new() };
            (turn_away(fault), told)
        }
    };
    if let Some(log) = &options.log {
        log(&told.of(request.method(), request.uri()));
    }
    if !options.delay.is_zero() {
        sleep(options.delay).await;
    }
    Ok(response.map(Full::new))
}

/// What is left of the body can't be told from the next request, so the connection ends here.
fn turn_away(fault: BodyFault) -> Response<Bytes> {
    let mut response = json_response(fault.status(), &json!({ "error": fault.message() }));
    response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    response
}
