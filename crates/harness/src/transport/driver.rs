//! The transport to a driver: a child process that answers requests in JSON Lines, for targets that no HTTP template can
//! describe. This file picks the child a request goes to; `child` runs one, `line` says what stands in a line.

mod child;
mod line;

use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::oneshot;

use self::child::{Child, Question};
use super::{BoxFuture, Transport, TransportError};

/// What a request comes to.
type Answer = Result<http::Response<Bytes>, TransportError>;

/// Requests answered by a child process, one line each, several under way at once. `schema/driver.schema.json` describes
/// both lines.
///
/// The child is started by the first request and by the first after its end, and killed when the driver is dropped. It
/// inherits the environment. Its end is told to the requests under way, or else to the next one: with it go the orders it
/// kept in memory, and a run should not look for them in its successor without a word. Where a request takes too long, the
/// child gets no more of them and is killed as soon as none is under way any more.
///
/// It needs a tokio runtime with I/O and time.
#[derive(Debug)]
pub struct Driver {
    command: Vec<String>,
    working_directory: Option<PathBuf>,
    last_id: AtomicU64,
    current: Mutex<Option<Arc<Child>>>,
}

impl Driver {
    /// A driver that is started as `command`, its program and arguments, in this folder or in that of this process.
    #[must_use]
    pub fn new(command: Vec<String>, working_directory: Option<PathBuf>) -> Self {
        Self { command, working_directory, last_id: AtomicU64::new(0), current: Mutex::new(None) }
    }

    /// Hands the request to the child, and starts one where none takes it. A request that was refused was not sent.
    fn ask(&self, request: &http::Request<Bytes>) -> Result<(Arc<Child>, oneshot::Receiver<Answer>), TransportError> {
        let id = self.last_id.fetch_add(1, Ordering::Relaxed) + 1;
        let line = line::question(id, request)?;
        let (answer, receiver) = oneshot::channel();
        let mut question = Question { id, line, answer };
        let mut current = self.current();
        if let Some(child) = current.as_ref() {
            match child.ask(question) {
                Ok(()) => return Ok((Arc::clone(child), receiver)),
                Err(refused) => question = refused,
            }
        }
        *current = None;
        let child = Arc::new(Child::start(&self.command, self.working_directory.as_deref())?);
        let asked = child.ask(question);
        *current = Some(Arc::clone(&child));
        asked.map(|()| (child, receiver)).map_err(|_| gone())
    }

    /// Gives this child no more requests. It is killed with the last of those that still wait for it.
    fn retire(&self, child: &Arc<Child>) {
        let mut current = self.current();
        if current.as_ref().is_some_and(|current| Arc::ptr_eq(current, child)) {
            *current = None;
        }
    }

    fn current(&self) -> MutexGuard<'_, Option<Arc<Child>>> {
        lock(&self.current)
    }
}

impl Transport for Driver {
    fn send(&self, request: http::Request<Bytes>, timeout: Duration) -> BoxFuture<'_, Answer> {
        Box::pin(async move {
            let (child, answer) = self.ask(&request)?;
            match tokio::time::timeout(timeout, answer).await {
                Ok(answer) => answer.unwrap_or_else(|_| Err(gone())),
                Err(_) => {
                    self.retire(&child);
                    Err(TransportError::TimedOut(timeout))
                }
            }
        })
    }
}

/// What a request is told whose child went away with the runtime it was started in.
fn gone() -> TransportError {
    TransportError::Broken("the driver was stopped".to_owned())
}

/// Nothing here can panic while it holds a lock, and what it guards is whole between two statements.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
