//! Brings what a world wants to be told to whoever is to be told: asks after every answered call, and when something comes
//! due. How it gets there is the postman's business: over HTTP, or by a call in this process.

use std::collections::VecDeque;
use std::future::ready;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use countermand_model::Delivery;
use http::{Request, StatusCode};
use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::post::request_of;
use crate::world::World;

/// So many are on their way at once; more wait their turn.
const AT_ONCE: usize = 16;
/// However soon the next comes due, others get a turn before it.
const SHORTEST: Duration = Duration::from_millis(1);
/// Nothing is due for so long, or for longer: it is asked again all the same.
const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);

/// Delivers for as long as it is polled to a receiver in this process, who says with which status each request is answered.
pub async fn deliver_within(world: Arc<World>, receive: impl Fn(Request<Bytes>) -> StatusCode) {
    let post = |delivery| ready(request_of(delivery).is_some_and(|request| receive(request).is_success()));
    deliver(world, post).await;
}

/// Delivers for as long as it is polled. `post` takes one delivery to its receiver, and says whether that accepted it.
pub async fn deliver<F>(world: Arc<World>, post: impl Fn(Delivery) -> F)
where
    F: Future<Output = bool> + Send + 'static,
{
    let mut waiting: VecDeque<Delivery> = VecDeque::new();
    let mut under_way: JoinSet<(u64, bool)> = JoinSet::new();
    loop {
        if waiting.is_empty() {
            waiting.extend(world.deliveries());
        }
        while under_way.len() < AT_ONCE
            && let Some(delivery) = waiting.pop_front()
        {
            let (id, posted) = (delivery.id, post(delivery));
            under_way.spawn(async move { (id, posted.await) });
        }
        tokio::select! {
            Some(ended) = under_way.join_next() => {
                // One that panicked is on its way for ever, and no worse than one that got lost.
                if let Ok((id, accepted)) = ended {
                    world.delivered(id, accepted);
                }
            }
            () = world.stirred() => {}
            () = sleep(world.next_delivery().map_or(LONGEST, |wait| wait.max(SHORTEST))) => {}
        }
    }
}
