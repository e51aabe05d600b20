//! The mock as a transport without a socket: `run` against it needs no port and no second process.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use countermand_harness::{BoxFuture, Transport, TransportError};
use countermand_mock::World;

/// Answers requests from a world in this process.
pub(crate) struct InProcess(pub(crate) Arc<World>);

impl Transport for InProcess {
    fn send(
        &self,
        request: http::Request<Bytes>,
        _: Duration,
    ) -> BoxFuture<'_, Result<http::Response<Bytes>, TransportError>> {
        let answer = self.0.respond(request);
        Box::pin(async move { Ok(answer) })
    }
}
