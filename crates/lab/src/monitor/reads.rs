//! The reads that a recorder makes itself, where a client need not: of an order before every call on it, and once more at the end.
//! Says what to send; sends nothing.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use countermand_harness::{Recogniser, Spec, Target};
use http::header::{CONTENT_LENGTH, CONTENT_TYPE, EXPECT, TRANSFER_ENCODING};
use http::{HeaderMap, Request};

/// So many orders are read once more at the end.
const MOST_ORDERS: usize = 2_000;

/// Which reads show the orders that clients make calls on.
#[derive(Debug)]
pub struct Reads {
    recogniser: Recogniser,
    /// How long a change may take to be seen.
    settle: Duration,
    /// The paths by which orders are read that calls were made on, with the headers of the last call.
    called: Mutex<BTreeMap<String, HeaderMap>>,
}

impl Reads {
    /// By the binding of a target. `settle` is how long a change may take to be seen.
    #[must_use]
    pub fn new(spec: &Spec, target: &Arc<Target>, settle: Duration) -> Self {
        Self { recogniser: Recogniser::new(spec, target), settle, called: Mutex::default() }
    }

    pub(super) fn settle(&self) -> Duration {
        self.settle
    }

    /// The read that shows the order which a call is made on, with the caller's own credentials; nothing where the request is no
    /// call, or its head does not name the order.
    pub(super) fn before(&self, call: &http::request::Parts) -> Option<Request<()>> {
        let path = self.recogniser.reading(&call.method, &call.uri)?;
        let mut headers = call.headers.clone();
        for of_body in [CONTENT_LENGTH, CONTENT_TYPE, EXPECT, TRANSFER_ENCODING] {
            headers.remove(of_body);
        }
        let mut called = self.called.lock().unwrap_or_else(PoisonError::into_inner);
        if called.len() < MOST_ORDERS || called.contains_key(&path) {
            called.insert(path.clone(), headers.clone());
        }
        read(&path, headers)
    }

    /// The last reads of all orders that calls were made on.
    pub(super) fn last(&self) -> Vec<Request<()>> {
        let called = std::mem::take(&mut *self.called.lock().unwrap_or_else(PoisonError::into_inner));
        called.into_iter().filter_map(|(path, headers)| read(&path, headers)).collect()
    }
}

fn read(path: &str, headers: HeaderMap) -> Option<Request<()>> {
    let mut request = Request::get(path).body(()).ok()?;
    *request.headers_mut() = headers;
    Some(request)
}
