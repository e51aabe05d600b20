//! Judges live traffic: a reverse proxy between a client and an endpoint hands copies of what goes through to a judge in a thread
//! of its own, who asks the model whether it can be explained.
//!
//! Traffic is never changed and never waits for judging. What was not judged is told as a gap; what the spec leaves open, what may
//! not have settled yet and what somebody else may have done is never a violation.

mod copy;
mod exchange;
mod explainer;
mod headers;
mod judge;
mod orders;
mod pages;
mod proxy;
mod queue;
mod readable;
mod reads;
mod sayable;
mod session;
mod tls;
mod told;
mod watch;

use std::panic::{AssertUnwindSafe, catch_unwind};

use tokio::net::TcpListener;

pub use exchange::{End, Event, Exchange, Mark};
pub use judge::{Judge, JudgeError};
pub use proxy::Upstream;
pub use reads::Reads;
pub use told::{Difference, Gap, Scenario, Summary, Told, Violation};

/// How much may wait to be judged, and how much is kept of a body.
#[derive(Debug, Clone, Copy)]
pub struct Room {
    /// Marks of exchanges that wait.
    pub marks: usize,
    /// The bytes of their bodies.
    pub bytes: usize,
    /// The bytes of one body; of a larger one nothing is kept.
    pub body: usize,
}

impl Default for Room {
    fn default() -> Self {
        Self { marks: 4_096, bytes: 64 << 20, body: 1 << 20 }
    }
}

/// Forwards to the endpoint until `shutdown` is done, and tells what the judge finds. With `reads` orders are read besides, as
/// whoever makes the calls may do; without them nothing is sent but what clients send.
///
/// # Errors
/// When the endpoint can't be spoken to at all, or there is no thread for the judge.
pub async fn monitor(
    listener: TcpListener,
    upstream: Upstream,
    judge: Judge,
    room: Room,
    reads: Option<Reads>,
    told: impl FnMut(Told) + Send + 'static,
    shutdown: impl Future<Output = ()>,
) -> Result<Summary, String> {
    let (queue, marks) = queue::queue(room.marks, room.bytes);
    let counting = queue.clone();
    let listen = move || listen(judge, marks, &counting, told);
    let thread = std::thread::Builder::new().name("judge".to_owned()).spawn(listen);
    let thread = thread.map_err(|error| format!("there is no thread to judge in: {error}"))?;
    let forwarded = proxy::forward(listener, upstream, room.body, reads, queue.clone(), shutdown).await;
    // Whoever is told may take its time: the runtime is not kept from what is left to be done.
    let ended = tokio::task::spawn_blocking(move || {
        queue.stop();
        thread.join()
    });
    let summary = ended.await.map_err(|error| error.to_string())?;
    forwarded?;
    summary.map_err(|_| "judging ended with a defect".to_owned())
}

/// Judges what comes until nothing more does.
fn listen(mut judge: Judge, marks: queue::Marks, queue: &queue::Queue, mut told: impl FnMut(Told)) -> Summary {
    for event in marks {
        // A defect in judging is a gap, and no end of the traffic.
        let taken = catch_unwind(AssertUnwindSafe(|| judge.take(event)));
        taken.unwrap_or_else(|_| judge.start_anew("judging has a defect: it panicked")).into_iter().for_each(&mut told);
    }
    let (rest, summary) = judge.close(queue.missed());
    rest.into_iter().for_each(told);
    summary
}
