//! The requests of the benchmark's scenario with reqwest, three fields looked at, and no report: the least that a program
//! can do that plays it.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Result, bail};
use reqwest::Client;
use reqwest::header::CONTENT_TYPE;
use serde_json::Value;
use tokio::task::JoinSet;

use crate::args::LoopArgs;

/// Creates, cancels and reads so many orders.
pub(crate) fn run(args: &LoopArgs) -> Result<()> {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client =
        Client::builder().tls_certs_only([]).http1_only().no_proxy().pool_max_idle_per_host(args.jobs).build()?;
    let waiting: Arc<Mutex<VecDeque<usize>>> = Arc::new(Mutex::new((0..args.orders).collect()));
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(async {
        let mut jobs = JoinSet::new();
        for _ in 0..args.jobs {
            let (client, url, waiting) = (client.clone(), args.url.clone(), Arc::clone(&waiting));
            let every_read = args.every_read;
            jobs.spawn(async move {
                while next(&waiting).is_some() {
                    scenario(&client, &url, every_read).await?;
                }
                anyhow::Ok(())
            });
        }
        while let Some(ended) = jobs.join_next().await {
            ended??;
        }
        Ok(())
    })
}

fn next(waiting: &Mutex<VecDeque<usize>>) -> Option<usize> {
    waiting.lock().unwrap_or_else(PoisonError::into_inner).pop_front()
}

async fn scenario(client: &Client, url: &str, every_read: bool) -> Result<()> {
    let placed = post(client, format!("{url}/orders"), r#"{"items":[{"sku":"P-1","quantity":2}]}"#).await?;
    let Some(id) = placed["id"].as_str() else { bail!("the order has no id") };
    if every_read {
        read(client, url, id).await?;
    }
    post(client, format!("{url}/orders/{id}/cancel"), "{}").await?;
    let order = read(client, url, id).await?;
    if order["status"] != "cancelled" || order["items"][0]["cancelled"] != true || order["items"][0]["quantity"] != 2 {
        bail!("the order is not cancelled: {order}");
    }
    if every_read {
        read(client, url, id).await?;
    }
    Ok(())
}

async fn post(client: &Client, url: String, body: &'static str) -> Result<Value> {
    let response = client.post(url).header(CONTENT_TYPE, "application/json").body(body).send().await?;
    Ok(serde_json::from_slice(&response.error_for_status()?.bytes().await?)?)
}

async fn read(client: &Client, url: &str, id: &str) -> Result<Value> {
    let response = client.get(format!("{url}/orders/{id}")).send().await?;
    Ok(serde_json::from_slice(&response.error_for_status()?.bytes().await?)?)
}
