//! The mock in this program: how it is built by what the command line picks, and as a target whose answers and webhooks come
//! without a socket.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use bytes::Bytes;
use countermand_harness::{BoxFuture, Inbox, Transport, TransportError};
use countermand_mock::{Clock, World, deliver_within};
use countermand_model::Settings;
use tokio::task::JoinHandle;

use crate::failure::Failure;

/// How often it is looked whether all webhooks have been posted.
const LOOK: Duration = Duration::from_millis(1);

/// The mock of a spec, with the faults that are named.
pub(crate) fn world(
    spec: &str,
    picks: &[(String, String)],
    faults: &[&str],
    settings: Settings,
) -> Result<Arc<World>, Failure> {
    let model = countermand_model::build(spec, picks, faults, settings)?;
    Ok(Arc::new(World::new(model, Clock::system())))
}

/// A mock that posts into the inbox of the run.
pub(crate) struct Mock {
    world: Arc<World>,
    inbox: Arc<Inbox>,
    /// Begins with the first request, for only then there is somebody to do it.
    delivering: OnceLock<JoinHandle<()>>,
}

impl Mock {
    pub(crate) fn new(world: Arc<World>, inbox: Arc<Inbox>) -> Self {
        Self { world, inbox, delivering: OnceLock::new() }
    }

    fn deliver(&self) {
        self.delivering.get_or_init(|| {
            let inbox = Arc::clone(&self.inbox);
            tokio::spawn(deliver_within(Arc::clone(&self.world), move |request| inbox.post(request)))
        });
    }
}

impl Drop for Mock {
    fn drop(&mut self) {
        if let Some(delivering) = self.delivering.get() {
            delivering.abort();
        }
    }
}

impl Transport for Mock {
    fn send(
        &self,
        request: http::Request<Bytes>,
        _: Duration,
    ) -> BoxFuture<'_, Result<http::Response<Bytes>, TransportError>> {
        Box::pin(async move {
            self.deliver();
            Ok(self.world.respond(request))
        })
    }

    fn quiet(&self) -> BoxFuture<'_, ()> {
        Box::pin(async {
            while !self.world.is_quiet() {
                tokio::time::sleep(LOOK).await;
            }
        })
    }
}
