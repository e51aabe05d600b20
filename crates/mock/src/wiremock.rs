//! A world mounted on a [`MockServer`](::wiremock::MockServer), for tests in Rust. Adds nothing to what the world answers.

use std::sync::Arc;

use ::wiremock::matchers::any;
use ::wiremock::{Mock, MockServer, Request, Respond, ResponseTemplate};
use bytes::Bytes;
use http::StatusCode;
use serde_json::json;
use tokio::task::JoinSet;

use crate::deliver::deliver;
use crate::json::json_response;
use crate::post::{PostOptions, post};
use crate::world::World;

/// Lets a world answer every request of a server that no other mock of it answers: it is mounted with the lowest
/// priority, so that a test can put answers of its own before it, to play an endpoint that is down, say.
///
/// Made for short runs. The server keeps 8 KB or so of each request for as long as it lives, whether it records
/// requests or not; it reads bodies of any size, answers one request after the other, and drops those in flight when it
/// ends. It also normalises paths (`/a/../b` is `/b`) before the world sees them. None of this is so with
/// [`serve`](crate::serve), which is what a server that stays up is for.
pub async fn mount(server: &MockServer, world: Arc<World>) {
    let mut delivering = JoinSet::new();
    let posted = |delivery| async move {
        let status = post(delivery, PostOptions::default()).await;
        status.is_some_and(|status| status.is_success())
    };
    delivering.spawn(deliver(Arc::clone(&world), posted));
    let mounted = Mounted { world, _delivering: delivering };
    Mock::given(any()).respond_with(mounted).with_priority(u8::MAX).mount(server).await;
}

struct Mounted {
    world: Arc<World>,
    /// Posts its webhooks, to this machine, for as long as it is mounted.
    _delivering: JoinSet<()>,
}

impl Respond for Mounted {
    fn respond(&self, request: &Request) -> ResponseTemplate {
        let response = request_of(request).map_or_else(
            |error| json_response(StatusCode::BAD_REQUEST, &json!({ "error": error.to_string() })),
            |request| self.world.respond(request),
        );
        let (head, body) = response.into_parts();
        let template = ResponseTemplate::new(head.status.as_u16()).set_body_bytes(body);
        head.headers.iter().fold(template, |template, (name, value)| template.append_header(name, value))
    }
}

fn request_of(request: &Request) -> Result<http::Request<Bytes>, http::Error> {
    let query = request.url.query().map(|query| format!("?{query}")).unwrap_or_default();
    let target = format!("{}{query}", request.url.path());
    let mut asked = http::Request::builder().method(&request.method).uri(target);
    if let Some(headers) = asked.headers_mut() {
        *headers = request.headers.clone();
    }
    asked.body(Bytes::copy_from_slice(&request.body))
}
