//! How one request reaches the target and its answer comes back. Knows nothing of orders.

mod driver;
mod http_client;
mod in_process;
mod replay;

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use bytes::Bytes;

use crate::coding::Undecodable;

pub use driver::Driver;
pub use http_client::{HttpOptions, HttpTransport};
pub use in_process::InProcess;
pub(crate) use replay::Replay;

/// The largest answer that is read, bytes.
pub const MAX_ANSWER: usize = 8 << 20;

/// A future on the heap.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// The case a request is sent for, among the request's extensions; empty for what is done for no case.
#[derive(Debug, Clone)]
pub(crate) struct CaseId(pub(crate) String);

/// Something that answers requests: a socket, a function in this process, or a process of its own.
pub trait Transport: Send + Sync {
    /// Sends one request and reads the whole answer, within `timeout`. Never follows a redirect.
    ///
    /// # Errors
    /// A [`TransportError`] where no whole answer came.
    fn send(
        &self,
        request: http::Request<Bytes>,
        timeout: Duration,
    ) -> BoxFuture<'_, Result<http::Response<Bytes>, TransportError>>;

    /// Done once everything that was asked so far has been told to every webhook: who waits for one more waits in vain. Never
    /// done where nobody can know that.
    fn quiet(&self) -> BoxFuture<'_, ()> {
        Box::pin(std::future::pending())
    }
}

/// Why no usable answer came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TransportError {
    /// Nobody listens, or the connection could not be made, or the driver could not be started.
    Connect(String),
    /// No whole answer within the time-out.
    TimedOut(Duration),
    /// The answer is larger than [`MAX_ANSWER`].
    TooLarge,
    /// The answer is whole, and its body can't be read.
    Undecodable(Undecodable),
    /// The connection or the driver ended, or what came is no answer.
    Broken(String),
    /// No answer came when the run was recorded, for this reason.
    Recorded(String),
    /// Nothing like this request was sent when the run was recorded.
    NotRecorded(String),
}

impl fmt::Display for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Connect(detail) => write!(f, "the target can't be reached: {detail}"),
            Self::TimedOut(limit) => write!(f, "no whole answer within {} ms", limit.as_millis()),
            Self::TooLarge => write!(f, "the answer is larger than {} MiB", MAX_ANSWER >> 20),
            Self::Recorded(detail) => f.write_str(detail),
            Self::NotRecorded(request) => write!(f, "no such request was sent when the run was recorded: {request}"),
            Self::Undecodable(why) => write!(f, "the body of the answer can't be read: {why}"),
            Self::Broken(detail) => write!(f, "the answer broke off or is no HTTP: {detail}"),
        }
    }
}

impl std::error::Error for TransportError {}

impl TransportError {
    /// Whether the target looks to be down, rather than to have stumbled over one request.
    pub(crate) fn is_silence(&self) -> bool {
        matches!(self, Self::Connect(_) | Self::TimedOut(_))
    }
}
