//! Where a run takes webhooks: a server of its own on this machine, or a function where what sends them is in this process.
//! Every order of a case that listens has a path of its own. Knows nothing of what webhooks say.

mod post_box;
mod server;

use std::collections::BTreeMap;
use std::fmt;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use http::{Method, StatusCode};
use tokio::sync::OnceCell;

pub(crate) use post_box::{PostBox, Received};

/// Stands for an inbox that nobody needs an address of.
const IN_PROCESS: &str = "http://inbox.invalid";
/// What stands before the key in every path.
const FOLDER: &str = "hooks";

/// Takes the webhooks of a run. What is posted to it is data: it is kept within bounds, and never trusted.
pub struct Inbox {
    way: Way,
    boxes: Arc<Boxes>,
}

enum Way {
    /// The address is taken when a case first needs one.
    Listening(SocketAddr, OnceCell<Result<server::Serving, String>>),
    InProcess,
    /// Nothing can be received, for this reason.
    Deaf(String),
}

/// Every path there is or was.
#[derive(Default)]
struct Boxes(Mutex<BTreeMap<String, Option<Slot>>>);

/// Where what is posted to a path belongs.
#[derive(Clone)]
struct Slot {
    post_box: Arc<PostBox>,
    order: usize,
}

impl Default for Inbox {
    /// On a free port of this machine, once it is needed.
    fn default() -> Self {
        Self::listening(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))
    }
}

impl fmt::Debug for Inbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Inbox").finish_non_exhaustive()
    }
}

impl Inbox {
    /// A server at this address, from when it is first needed; port 0 takes a free one.
    #[must_use]
    pub fn listening(address: SocketAddr) -> Self {
        Self { way: Way::Listening(address, OnceCell::new()), boxes: Arc::default() }
    }

    /// Without a socket, for targets in this process: only what is handed to [`post`](Self::post) is received.
    #[must_use]
    pub fn in_process() -> Self {
        Self { way: Way::InProcess, boxes: Arc::default() }
    }

    /// For runs that no webhook can reach: cases that need one are not covered, for this reason.
    #[must_use]
    pub fn deaf(reason: &str) -> Self {
        Self { way: Way::Deaf(reason.to_owned()), boxes: Arc::default() }
    }

    /// Takes what was posted, and says with which status that is answered.
    #[must_use]
    pub fn post(&self, request: http::Request<Bytes>) -> StatusCode {
        self.boxes.post(request)
    }

    /// Whether any case has listened yet.
    #[must_use]
    pub fn is_used(&self) -> bool {
        !self.boxes.lock().is_empty()
    }

    /// Why nothing can be received at all.
    pub(crate) fn is_deaf(&self) -> Option<&str> {
        match &self.way {
            Way::Deaf(reason) => Some(reason),
            _ => None,
        }
    }

    /// Where it is, as a base URL. Begins to listen where it does not yet.
    pub(crate) async fn address(&self) -> Result<String, String> {
        match &self.way {
            Way::Listening(address, serving) => {
                let begin = || server::serve(*address, Arc::clone(&self.boxes));
                serving.get_or_init(begin).await.as_ref().map(server::Serving::base_url).map_err(Clone::clone)
            }
            Way::InProcess => Ok(IN_PROCESS.to_owned()),
            Way::Deaf(reason) => Err(reason.clone()),
        }
    }

    /// Begins to take what is posted to these paths, one per order.
    pub(crate) fn open(&self, keys: Vec<String>) -> Opened {
        let post_box = Arc::new(PostBox::default());
        let mut boxes = self.boxes.lock();
        for (order, key) in keys.iter().enumerate() {
            boxes.insert(key.clone(), Some(Slot { post_box: Arc::clone(&post_box), order }));
        }
        drop(boxes);
        Opened { boxes: Arc::clone(&self.boxes), keys, post_box }
    }
}

/// The path of a key.
pub(crate) fn path_of(key: &str) -> String {
    format!("/{FOLDER}/{key}")
}

impl Boxes {
    /// No panic leaves the map half changed.
    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Option<Slot>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn post(&self, request: http::Request<Bytes>) -> StatusCode {
        // Whatever stands before the key is a tunnel's business.
        let key = request.uri().path().rsplit('/').next().unwrap_or_default();
        let slot = self.lock().get(key).cloned();
        match slot {
            None => StatusCode::NOT_FOUND,
            Some(_) if request.method() != Method::POST => StatusCode::METHOD_NOT_ALLOWED,
            // The case is over: whoever sends has done nothing wrong.
            Some(None) => StatusCode::OK,
            Some(Some(Slot { post_box, order })) => post_box.take(order, request),
        }
    }
}

/// The paths of one case, closed when this goes.
pub(crate) struct Opened {
    boxes: Arc<Boxes>,
    pub(crate) keys: Vec<String>,
    pub(crate) post_box: Arc<PostBox>,
}

impl Drop for Opened {
    fn drop(&mut self) {
        let mut boxes = self.boxes.lock();
        for key in &self.keys {
            boxes.insert(key.clone(), None);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn post(inbox: &Inbox, path: &str, body: &str) -> u16 {
        let request = http::Request::post(format!("http://here{path}")).body(Bytes::from(body.to_owned()));
        inbox.post(request.expect("a request")).as_u16()
    }

    #[test]
    fn what_is_posted_belongs_to_the_order_of_the_path() {
        let inbox = Inbox::in_process();
        let opened = inbox.open(vec!["a".to_owned(), "b".to_owned()]);
        assert_eq!(post(&inbox, "/hooks/b", "1"), 200);
        assert_eq!(post(&inbox, "/behind/a/tunnel/hooks/a", "2"), 200);
        assert_eq!(post(&inbox, "/hooks/c", "3"), 404);
        let received: Vec<(usize, Bytes)> =
            opened.post_box.received().iter().map(|it| (it.order, it.body.clone())).collect();
        assert_eq!(received, [(1, Bytes::from_static(b"1")), (0, Bytes::from_static(b"2"))]);
        drop(opened);
        assert_eq!(post(&inbox, "/hooks/b", "late"), 200);
    }
}
