//! A body on its way through, frame by frame, of which the beginning is copied. Changes nothing of it.

use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use hyper::body::{Body, Frame, SizeHint};
use tokio::time::{Instant, Sleep, sleep};

/// What went wrong on the way.
pub(super) type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// The copy of a body.
#[derive(Debug, Clone, Default)]
pub(super) struct Copy(Arc<Mutex<Copied>>);

#[derive(Debug, Default)]
struct Copied {
    bytes: BytesMut,
    is_cut: bool,
    has_ended: bool,
}

impl Copy {
    /// What was copied, and whether it is all.
    pub(super) fn take(&self) -> (Bytes, bool) {
        let mut copied = self.lock();
        let bytes = std::mem::take(&mut copied.bytes).freeze();
        (bytes, copied.has_ended && !copied.is_cut)
    }

    fn add(&self, data: &Bytes, limit: usize) {
        let mut copied = self.lock();
        if copied.is_cut || copied.bytes.len() + data.len() > limit {
            copied.is_cut = true;
            copied.bytes = BytesMut::new();
        } else {
            copied.bytes.extend_from_slice(data);
        }
    }

    /// There is no more of it than was copied.
    pub(super) fn whole(&self) {
        self.lock().has_ended = true;
    }

    /// A panic elsewhere leaves nothing half copied.
    fn lock(&self) -> MutexGuard<'_, Copied> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A body that is copied on its way.
pub(super) struct Copying<B> {
    body: B,
    copy: Copy,
    limit: usize,
    /// How long the next frame may take.
    patience: Duration,
    waited: Pin<Box<Sleep>>,
    /// Is called once, when the last frame is there and before it goes on.
    at_end: Option<Box<dyn FnOnce() + Send>>,
}

impl<B: Body> Copying<B> {
    /// `at_end` is dropped uncalled where the body does not come to its end.
    pub(super) fn new(
        body: B,
        limit: usize,
        patience: Duration,
        copy: Copy,
        at_end: impl FnOnce() + Send + 'static,
    ) -> Self {
        let mut copying =
            Self { body, copy, limit, patience, waited: Box::pin(sleep(patience)), at_end: Some(Box::new(at_end)) };
        if copying.body.is_end_stream() {
            copying.end();
        }
        copying
    }

    fn end(&mut self) {
        self.copy.whole();
        if let Some(at_end) = self.at_end.take() {
            at_end();
        }
    }
}

impl<B> Body for Copying<B>
where
    B: Body<Data = Bytes> + Unpin,
    B::Error: Into<BoxError>,
{
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let Poll::Ready(frame) = Pin::new(&mut self.body).poll_frame(context) else {
            ready!(self.waited.as_mut().poll(context));
            return Poll::Ready(Some(Err("the body does not go on".into())));
        };
        let next = Instant::now() + self.patience;
        self.waited.as_mut().reset(next);
        Poll::Ready(match frame {
            Some(Ok(frame)) => {
                if let Some(data) = frame.data_ref() {
                    self.copy.add(data, self.limit);
                }
                // A client that has the last byte may send its next request: by then this exchange has to be over.
                if self.body.is_end_stream() {
                    self.end();
                }
                Some(Ok(frame))
            }
            Some(Err(error)) => Some(Err(error.into())),
            None => {
                self.end();
                None
            }
        })
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
