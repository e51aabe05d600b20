//! Accepts connections, so many at once, until it is told to stop. What is spoken on them is the caller's to say.

use std::sync::Arc;
use std::time::Duration;

use hyper_util::server::graceful::{GracefulConnection, GracefulShutdown};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

/// How many connections there may be, and how they end.
#[derive(Debug, Clone, Copy)]
pub struct Connections {
    /// How many are served at once; more wait to be accepted.
    pub at_once: usize,
    /// How long requests in flight are given to finish when the server stops.
    pub stop_timeout: Duration,
}

/// Serves connections with `serve` until `shutdown` is done; then accepts no more, lets requests in flight finish within the
/// time there is, and cuts off the rest. What goes wrong on one connection, or in accepting one, does not end the others.
pub async fn accept<C>(
    listener: TcpListener,
    connections: Connections,
    serve: impl Fn(TcpStream) -> C,
    shutdown: impl Future<Output = ()>,
) where
    C: GracefulConnection + Send + 'static,
    C::Error: Send,
{
    let room = Arc::new(Semaphore::new(connections.at_once));
    let graceful = GracefulShutdown::new();
    let mut served = JoinSet::new();
    let mut shutdown = std::pin::pin!(shutdown);
    loop {
        let accepted = async {
            let permit = room.clone().acquire_owned().await;
            (listener.accept().await, permit)
        };
        tokio::select! {
            () = &mut shutdown => break,
            Some(_) = served.join_next() => {}
            (accepted, permit) = accepted => match accepted {
                Ok((stream, _)) => {
                    // Without this, small answers wait for more to send. Where it can't be set they are only slower.
                    let _set = stream.set_nodelay(true);
                    let watched = graceful.watch(serve(stream));
                    served.spawn(async move {
                        // A connection that breaks is its client's loss, and nobody else's.
                        let _ended = watched.await;
                        drop(permit);
                    });
                }
                // Out of file handles, most likely: a pause lets some come back.
                Err(_) => sleep(Duration::from_millis(10)).await,
            },
        }
    }
    drop(listener);
    let _all_finished = timeout(connections.stop_timeout, graceful.shutdown()).await;
    served.shutdown().await;
}
