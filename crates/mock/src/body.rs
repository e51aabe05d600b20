//! Reads a request body within a size and a time. Knows nothing of what it holds.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::StatusCode;
use http_body_util::BodyExt;
use hyper::body::Body;
use tokio::time::timeout;

/// Of a body that is too large, so many times the limit is still read and thrown away: a client that is busy sending
/// does not see an answer, and closing under it would take the answer away with the connection.
const DISCARDED: usize = 16;

/// Why a body could not be had.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BodyFault {
    TooLarge,
    TooSlow,
    Broken,
}

impl BodyFault {
    pub(crate) fn status(self) -> StatusCode {
        match self {
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TooSlow => StatusCode::REQUEST_TIMEOUT,
            Self::Broken => StatusCode::BAD_REQUEST,
        }
    }

    pub(crate) fn message(self) -> &'static str {
        match self {
            Self::TooLarge => "the body is too large",
            Self::TooSlow => "the body did not arrive in time",
            Self::Broken => "the body broke off or is not well-formed",
        }
    }
}

/// The whole body, if it has at most `limit` bytes and is there within `patience`.
pub(crate) async fn read<B>(body: B, limit: usize, patience: Duration) -> Result<Bytes, BodyFault>
where
    B: Body<Data = Bytes> + Unpin,
{
    if body.is_end_stream() {
        return Ok(Bytes::new());
    }
    let mut received = 0;
    match timeout(patience, collect(body, limit, &mut received)).await {
        Ok(read) => read,
        Err(_) if received > limit => Err(BodyFault::TooLarge),
        Err(_) => Err(BodyFault::TooSlow),
    }
}

async fn collect<B>(mut body: B, limit: usize, received: &mut usize) -> Result<Bytes, BodyFault>
where
    B: Body<Data = Bytes> + Unpin,
{
    let mut kept = BytesMut::new();
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.map_err(|_| BodyFault::Broken)?.into_data() else {
            continue;
        };
        *received = received.saturating_add(data.len());
        if *received > limit.saturating_mul(DISCARDED) {
            break;
        }
        if *received > limit {
            kept = BytesMut::new();
        } else {
            kept.extend_from_slice(&data);
        }
    }
    if *received > limit { Err(BodyFault::TooLarge) } else { Ok(kept.freeze()) }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;
    use std::pin::Pin;
    use std::task::{Context, Poll};

    use http_body_util::Full;
    use hyper::body::Frame;

    use super::*;

    const LONG: Duration = Duration::from_secs(60);

    /// A body that goes on for ever, or never comes.
    enum Odd {
        Endless,
        Stalled,
    }

    impl Body for Odd {
        type Data = Bytes;
        type Error = Infallible;

        fn poll_frame(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
            match *self {
                Self::Endless => Poll::Ready(Some(Ok(Frame::data(Bytes::from_static(&[0; 512]))))),
                Self::Stalled => Poll::Pending,
            }
        }
    }

    #[tokio::test]
    async fn a_body_of_the_limit_is_read_and_one_byte_more_is_not() {
        let body = Full::new(Bytes::from_static(b"12345"));
        assert_eq!(read(body.clone(), 5, LONG).await, Ok(Bytes::from_static(b"12345")));
        assert_eq!(read(body, 4, LONG).await, Err(BodyFault::TooLarge));
    }

    #[tokio::test]
    async fn reading_ends_though_the_body_does_not() {
        assert_eq!(read(Odd::Endless, 1024, LONG).await, Err(BodyFault::TooLarge));
        assert_eq!(read(Odd::Stalled, 1024, Duration::ZERO).await, Err(BodyFault::TooSlow));
    }
}
