//! A model with a clock and a memory of the last exchanges: everything about the mock but the socket.

use std::borrow::Cow;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use countermand_model::{Delivery, LoadError, Model, Reply, Request as ModelRequest, load};
use http::header::HeaderValue;
use http::{Request, Response, StatusCode};
use serde_json::json;
use tokio::sync::Notify;

use crate::control::{self, Control};
use crate::exchange::{Excerpt, Exchanges, Told, path_of};
use crate::json::json_response;

/// Where a world takes the time from, in milliseconds since the Unix epoch.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> u64 + Send + Sync>);

impl Clock {
    /// A clock of one's own.
    pub fn new(now_ms: impl Fn() -> u64 + Send + Sync + 'static) -> Self {
        Self(Arc::new(now_ms))
    }

    /// The clock of the machine.
    #[must_use]
    pub fn system() -> Self {
        Self::new(|| {
            let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
            u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
        })
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Clock")
    }
}

/// When a request arrived, as a model counts: by the calls it had answered. Only one that is built with a fault in its
/// handling of calls at the same time makes a difference.
#[derive(Clone, Copy, Debug)]
pub struct Arrival(Option<u64>);

/// A model that many callers share.
pub struct World {
    model: Mutex<Box<dyn Model>>,
    /// The model decides by what was there when a call arrived.
    is_racy: bool,
    clock: Clock,
    /// Something was answered since it was last asked.
    stirred: Notify,
    /// So many deliveries were handed out and have not ended. Changes under the lock of the model alone.
    under_way: AtomicUsize,
    exchanges: Mutex<Exchanges>,
    /// The file of orders that it started with.
    orders: Mutex<Option<Bytes>>,
}

impl fmt::Debug for World {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("World").finish_non_exhaustive()
    }
}

impl World {
    /// A world around a model.
    #[must_use]
    pub fn new(model: Box<dyn Model>, clock: Clock) -> Self {
        let is_racy = model.is_racy();
        Self {
            model: Mutex::new(model),
            is_racy,
            clock,
            stirred: Notify::new(),
            under_way: AtomicUsize::new(0),
            exchanges: Mutex::default(),
            orders: Mutex::default(),
        }
    }

    /// Makes the orders of a file ([`countermand_model::load`]), now and after every reset, and tells how many there are.
    ///
    /// # Errors
    /// When the file is not a list of orders, or one of them can't be made; those before it are there.
    pub fn load_orders(&self, file: Bytes) -> Result<usize, LoadError> {
        let mut model = lock(&self.model);
        let orders = load(&mut **model, &file, (self.clock.0)())?;
        *lock(&self.orders) = Some(file);
        Ok(orders)
    }

    /// Answers one request. A panic of the model is answered with 500, and the world goes on.
    #[must_use]
    pub fn respond(&self, request: http::Request<Bytes>) -> Response<Bytes> {
        self.respond_and_tell(&request, self.arrival()).0
    }

    /// The choices that the model has read since it was built, by name.
    #[must_use]
    pub fn consulted(&self) -> Vec<&'static str> {
        lock(&self.model).consulted()
    }

    /// What is to be sent by now. Each is handed out once, and again only after it was said to have failed.
    #[must_use]
    pub fn deliveries(&self) -> Vec<Delivery> {
        let mut model = lock(&self.model);
        let now = (self.clock.0)();
        // What panics here tells nobody anything, and the world goes on.
        let due = catch_unwind(AssertUnwindSafe(|| model.deliveries(now))).unwrap_or_default();
        self.under_way.fetch_add(due.len(), Ordering::Relaxed);
        due
    }

    /// Takes note of how a delivery ended.
    pub fn delivered(&self, id: u64, accepted: bool) {
        let mut model = lock(&self.model);
        let now = (self.clock.0)();
        let _ended = catch_unwind(AssertUnwindSafe(|| model.delivered(id, accepted, now)));
        // What ends without having been handed out is somebody else's.
        let _ = self.under_way.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |count| count.checked_sub(1));
    }

    /// Whether nothing is to be sent, now or later, as long as nothing else happens, and nothing is on its way.
    #[must_use]
    pub fn is_quiet(&self) -> bool {
        let model = lock(&self.model);
        model.next_delivery().is_none() && self.under_way.load(Ordering::Relaxed) == 0
    }

    /// How long it is until something is to be sent, as long as nothing else happens; nothing where nothing is.
    #[must_use]
    pub fn next_delivery(&self) -> Option<Duration> {
        let next = lock(&self.model).next_delivery()?;
        Some(Duration::from_millis(next.saturating_sub((self.clock.0)())))
    }

    /// Waits until something was answered since this was last asked. One alone can wait.
    pub(crate) async fn stirred(&self) {
        self.stirred.notified().await;
    }

    /// Takes note of a request that has arrived and is going to be answered later.
    #[must_use]
    pub fn arrival(&self) -> Arrival {
        Arrival(self.is_racy.then(|| lock(&self.model).handled()))
    }

    /// Answers one request that has been waiting since its arrival.
    #[must_use]
    pub fn respond_since(&self, request: &Request<Bytes>, arrival: Arrival) -> Response<Bytes> {
        self.respond_and_tell(request, arrival).0
    }

    /// Whether it matters what was answered between the arrival of a call and its answer.
    pub(crate) fn is_racy(&self) -> bool {
        self.is_racy
    }

    /// Answers one request, and tells what a log should know of it.
    pub(crate) fn respond_and_tell(&self, request: &Request<Bytes>, arrival: Arrival) -> (Response<Bytes>, Told) {
        let started = Instant::now();
        let own = control::asked(request).map(|asked| asked.map_or_else(|wrong| wrong, |asked| self.control(asked)));
        let is_own = own.is_some();
        let (response, evicted) = match own {
            Some(response) => (response, Vec::new()),
            None => self.ask_model(request, arrival),
        };
        let told = Told { status: response.status(), duration: started.elapsed(), evicted };
        if !is_own {
            let path = Excerpt::of(path_of(request.uri()).as_bytes());
            let (sent, got) = (Excerpt::of_body(request.body()), Excerpt::of_body(response.body()));
            self.exchanges().record(request.method(), path, &told, sent, got);
        }
        (response, told)
    }

    /// Does what is asked of the mock itself.
    fn control(&self, asked: Control) -> Response<Bytes> {
        let answer = match asked {
            Control::Health => json!({ "status": "ok", "answered": self.exchanges().answered() }),
            Control::Exchanges => json!({ "exchanges": self.exchanges().to_json() }),
            Control::Reset => {
                self.reset();
                json!({ "status": "ok" })
            }
        };
        json_response(StatusCode::OK, &answer)
    }

    fn ask_model(&self, request: &Request<Bytes>, arrival: Arrival) -> (Response<Bytes>, Vec<String>) {
        let headers: Vec<(&str, Cow<'_, str>)> = request
            .headers()
            .iter()
            .map(|(name, value)| (name.as_str(), String::from_utf8_lossy(value.as_bytes())))
            .collect();
        let headers: Vec<(&str, &str)> = headers.iter().map(|(name, v)| (*name, &**v)).collect();
        let request = ModelRequest {
            method: request.method().as_str(),
            path: request.uri().path(),
            query: request.uri().query(),
            headers: &headers,
            body: request.body(),
        };
        let mut model = lock(&self.model);
        // The time is read under the lock, so that it never runs backwards between two calls of the model.
        let now = (self.clock.0)();
        let arrived = arrival.0.unwrap_or_else(|| model.handled());
        let answered = catch_unwind(AssertUnwindSafe(|| model.handle_since(&request, now, arrived)));
        drop(model);
        self.stirred.notify_one();
        match answered {
            Ok(reply) => response_of(reply),
            Err(_) => {
                let error = json!({ "error": "the mock has a defect: its model panicked" });
                (json_response(StatusCode::INTERNAL_SERVER_ERROR, &error), Vec::new())
            }
        }
    }

    /// Forgets all orders and exchanges; only the orders of a file that was loaded are made again.
    pub fn reset(&self) {
        let mut model = lock(&self.model);
        model.reset();
        if let Some(file) = &*lock(&self.orders) {
            // What a new model took, a new model takes.
            let _as_before = load(&mut **model, file, (self.clock.0)());
        }
        drop(model);
        *self.exchanges() = Exchanges::default();
    }

    pub(crate) fn exchanges(&self) -> MutexGuard<'_, Exchanges> {
        lock(&self.exchanges)
    }
}

/// A panic under the lock has been answered already; what it guards is still the best there is.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn response_of(reply: Reply) -> (Response<Bytes>, Vec<String>) {
    let mut response = Response::new(Bytes::from(reply.body));
    *response.status_mut() = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    for (name, value) in reply.headers {
        let name = http::HeaderName::from_bytes(name.as_bytes());
        if let (Ok(name), Ok(value)) = (name, HeaderValue::try_from(value)) {
            response.headers_mut().append(name, value);
        }
    }
    (response, reply.evicted)
}
