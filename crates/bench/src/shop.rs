//! The server that the scenarios of the benchmark are played against: orders in a map, behind axum. It counts its requests
//! and checks nothing.

use std::collections::HashMap;
use std::io::Write;
use std::net::Ipv4Addr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::Result;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::serve::ListenerExt;
use axum::{Json, Router};
use serde_json::{Value, json};
use tokio::net::TcpListener;

#[derive(Default)]
struct Shop {
    orders: Mutex<HashMap<String, Value>>,
    placed: AtomicU64,
    requests: AtomicU64,
    /// Whether cancellations are accepted and come to nothing.
    dud: bool,
}

type Shared = Arc<Shop>;

/// Serves on a free port of loopback until the process is stopped.
pub(crate) fn serve(dud: bool) -> Result<()> {
    let router = Router::new()
        .route("/orders", post(place))
        .route("/orders/{order}", get(read))
        .route("/orders/{order}/cancel", post(cancel))
        .route("/requests", get(requests))
        .with_state(Arc::new(Shop { dud, ..Shop::default() }));
    serve_router(router)
}

/// Serves a router on a free port, and says on which.
pub(crate) fn serve_router(router: Router) -> Result<()> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(async {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        writeln!(std::io::stdout(), "served on http://{}", listener.local_addr()?)?;
        // As Countermand does. Where it can't be set, answers are only slower.
        let listener = listener.tap_io(|stream| drop(stream.set_nodelay(true)));
        axum::serve(listener, router).await?;
        Ok(())
    })
}

async fn place(State(shop): State<Shared>, Json(wish): Json<Value>) -> (StatusCode, Json<Value>) {
    shop.requests.fetch_add(1, Ordering::Relaxed);
    let id = format!("o-{}", shop.placed.fetch_add(1, Ordering::Relaxed) + 1);
    let wished = wish["items"].as_array().map(Vec::as_slice).unwrap_or_default();
    let item = |(index, item): (usize, &Value)| json!({ "id": format!("{id}-{index}"), "sku": item["sku"], "quantity": item["quantity"], "cancelled": false });
    let items: Vec<Value> = wished.iter().enumerate().map(item).collect();
    let order = json!({ "id": id, "status": "open", "items": items });
    shop.orders().insert(id, order.clone());
    (StatusCode::CREATED, Json(order))
}

async fn read(State(shop): State<Shared>, Path(id): Path<String>) -> Result<Json<Value>, StatusCode> {
    shop.requests.fetch_add(1, Ordering::Relaxed);
    shop.orders().get(&id).cloned().map(Json).ok_or(StatusCode::NOT_FOUND)
}

async fn cancel(State(shop): State<Shared>, Path(id): Path<String>) -> Result<Json<Value>, StatusCode> {
    shop.requests.fetch_add(1, Ordering::Relaxed);
    let mut orders = shop.orders();
    let order = orders.get_mut(&id).ok_or(StatusCode::NOT_FOUND)?;
    if shop.dud {
        return Ok(Json(order.clone()));
    }
    order["status"] = json!("cancelled");
    for item in order["items"].as_array_mut().into_iter().flatten() {
        item["cancelled"] = json!(true);
    }
    Ok(Json(order.clone()))
}

/// How many requests there were so far, this kind apart.
async fn requests(State(shop): State<Shared>) -> String {
    shop.requests.load(Ordering::Relaxed).to_string()
}

impl Shop {
    fn orders(&self) -> MutexGuard<'_, HashMap<String, Value>> {
        self.orders.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
