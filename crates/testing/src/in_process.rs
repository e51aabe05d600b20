//! The mock as a transport without a socket.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use countermand_harness::{BoxFuture, Transport, TransportError};
use countermand_mock::World;

/// Answers requests from a world in this process.
pub struct InProcess(pub Arc<World>);

impl Transport for InProcess {
    fn send(
        &self,
        request: http::Request<Bytes>,
        _: Duration,
    ) -> BoxFuture<'_, Result<http::Response<Bytes>, TransportError>> {
        let world = Arc::clone(&self.0);
        Box::pin(async move { Ok(world.respond(request)) })
    }
}
