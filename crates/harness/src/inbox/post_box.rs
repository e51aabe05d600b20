//! What was posted for one case, within bounds; and the order to refuse some of it.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use tokio::sync::watch;

/// So many webhooks of one case are kept.
const MOST: usize = 1_000;
/// So many bytes of their bodies.
const MOST_BYTES: usize = 32 << 20;

/// Something that was posted.
#[derive(Debug, Clone)]
pub(crate) struct Received {
    /// The order whose path it was posted to.
    pub(crate) order: usize,
    /// As it was asked for.
    pub(crate) path: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    /// What it was answered with.
    pub(crate) status: StatusCode,
}

impl Received {
    pub(crate) fn is_refused(&self) -> bool {
        !self.status.is_success()
    }
}

/// Whether something that was posted is what is waited for.
pub(super) type Concern = Box<dyn Fn(&Received) -> bool + Send + Sync>;

/// What one case has received.
pub(crate) struct PostBox {
    state: Mutex<State>,
    /// How much that is.
    count: watch::Sender<usize>,
}

#[derive(Default)]
struct State {
    received: Arc<Vec<Received>>,
    bytes: usize,
    /// What came when there was no room any more.
    too_many: bool,
    refusing: Option<Refusing>,
}

/// So many of what this concerns are still to be refused.
struct Refusing {
    left: u64,
    concern: Concern,
}

impl Default for PostBox {
    fn default() -> Self {
        Self { state: Mutex::default(), count: watch::Sender::new(0) }
    }
}

impl fmt::Debug for PostBox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostBox").finish_non_exhaustive()
    }
}

impl PostBox {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps what was posted, and says how it is answered.
    pub(super) fn take(&self, order: usize, request: http::Request<Bytes>) -> StatusCode {
        let (head, body) = request.into_parts();
        let mut state = self.lock();
        if state.received.len() >= MOST || state.bytes.saturating_add(body.len()) > MOST_BYTES {
            state.too_many = true;
            return StatusCode::TOO_MANY_REQUESTS;
        }
        state.bytes += body.len();
        let path = head.uri.path().to_owned();
        let mut received = Received { order, path, headers: head.headers, body, status: StatusCode::OK };
        if let Some(refusing) = &mut state.refusing
            && refusing.left > 0
            && (refusing.concern)(&received)
        {
            refusing.left -= 1;
            received.status = StatusCode::SERVICE_UNAVAILABLE;
        }
        let status = received.status;
        Arc::make_mut(&mut state.received).push(received);
        let count = state.received.len();
        drop(state);
        self.count.send_replace(count);
        status
    }

    /// Everything so far, in the order in which it came.
    pub(crate) fn received(&self) -> Arc<Vec<Received>> {
        Arc::clone(&self.lock().received)
    }

    /// Whether more came than is kept.
    pub(crate) fn is_too_many(&self) -> bool {
        self.lock().too_many
    }

    /// Refuses so many more of what concerns the case.
    pub(crate) fn refuse(&self, count: u64, concern: Concern) {
        self.lock().refusing = Some(Refusing { left: count, concern });
    }

    /// Waits until there is more than `known`.
    pub(crate) async fn more_than(&self, known: usize) {
        // The sender lives as long as this, so that waiting ends in no other way.
        let _ = self.count.subscribe().wait_for(|count| *count > known).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn post(post_box: &PostBox, body: Bytes) -> u16 {
        post_box.take(0, http::Request::post("/hooks/k").body(body).expect("a request")).as_u16()
    }

    #[test]
    fn only_what_concerns_the_case_is_refused_and_only_so_often() {
        let post_box = PostBox::default();
        post_box.refuse(1, Box::new(|received| received.body.starts_with(b"own")));
        let statuses = [&b"other"[..], b"own", b"own"].map(|body| post(&post_box, Bytes::from_static(body)));
        assert_eq!(statuses, [200, 503, 200]);
        let refused: Vec<bool> = post_box.received().iter().map(Received::is_refused).collect();
        assert_eq!(refused, [false, true, false]);
    }

    #[test]
    fn what_is_kept_has_a_bound_which_is_told() {
        let post_box = PostBox::default();
        for _ in 0..MOST {
            assert_eq!(post(&post_box, Bytes::new()), 200);
        }
        assert!(!post_box.is_too_many());
        assert_eq!(post(&post_box, Bytes::new()), 429);
        assert!(post_box.is_too_many() && post_box.received().len() == MOST);
        let heavy = PostBox::default();
        assert_eq!(post(&heavy, Bytes::from(vec![0; MOST_BYTES])), 200);
        assert_eq!(post(&heavy, Bytes::from_static(b"x")), 429);
    }
}
