//! `serve` beside an axum server that answers the very same bytes by route and thinks of nothing, under one client; and
//! the memory of `serve` before and after a long time of that.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::args::Options;
use crate::load::{self, CONNECTIONS, Connection, Work};
use crate::peer::answers::{self, Recorded};
use crate::process::Server;
use crate::programs::Programs;
use crate::scratch::Scratch;
use crate::table::{Table, grouped};
use crate::timing::{Reading, Side, interleave};

/// Requests of one measurement.
const REQUESTS: u64 = 30_000;
/// Orders that `serve` keeps where nothing else is said: once there were so many, the store is full and stays so.
const ORDERS: u64 = 100_000;
/// Looks at the memory after the first.
const LOOKS: u64 = 4;
/// What is still flat.
const FLAT: f64 = 1.1;

pub(crate) fn measure(programs: &Programs, options: &Options) -> Result<Table> {
    let scratch = Scratch::new("serve")?;
    let mock = Server::start({
        let mut command = programs.countermand();
        command.args(["serve", "modern-dropship", "--listen", "127.0.0.1:0", "--quiet"]);
        command
    })?;
    let (order, recorded) = load::runtime()?.block_on(record(mock.address))?;
    let axum = Server::start({
        let mut command = programs.own("peer-answers");
        command.arg(scratch.write("answers.json", answers::to_text(&recorded))?);
        command
    })?;
    let read = Work::Read { order };

    let heading =
        format!("serve: {CONNECTIONS} connections, {} requests a round, {} rounds", grouped(REQUESTS), options.rounds);
    let mut table = Table::new(heading, &["server", "requests/s", "range", "CPU per request"]);
    // Reading goes first: it needs an order that the mix would push out of the store.
    for (name, work, bytes) in
        [("read", &read, answers::READ), ("place, cancel, read", &Work::Mix, answers::BUYER_READ)]
    {
        let mut sides = [
            Side::new(format!("countermand serve: {name}"), || rate(&mock, work)),
            Side::new(format!("axum, same bytes: {name}"), || rate(&axum, work)),
        ];
        let samples = interleave(options.rounds, &mut sides)?;
        for (side, samples) in sides.iter().zip(&samples) {
            let range = format!("{}–{}", thousands(samples.least()), thousands(samples.most()));
            let cpu = format!("{:.1} µs", samples.cpu());
            table.row(vec![side.name.clone(), thousands(samples.median()), range, cpu]);
        }
        let length = recorded.get(bytes).map_or(0, |answer| answer.body.len());
        table.at_least(
            &format!("countermand / axum, {name} ({length} bytes read)"),
            samples[0].ratio_to(&samples[1]),
            0.8,
        );
    }
    drop(axum);
    look_at_memory(&mock, options.requests, &mut table)?;
    Ok(table)
}

/// Has an order placed, cancelled and read, and tells what was answered, and the id of an order to read.
async fn record(address: SocketAddr) -> Result<(String, BTreeMap<&'static str, Recorded>)> {
    let mut connection = Connection::open(address).await?;
    let placed = heard(&mut connection, &load::place()).await?;
    let other = load::id(placed.body.as_bytes())?;
    let cancelled = heard(&mut connection, &load::buyer_cancel(&other)).await?;
    let seen = heard(&mut connection, &load::buyer_read(&other)).await?;
    let order = new_order(address).await?;
    let read = heard(&mut connection, &load::read(&order)).await?;
    let recorded = [
        (answers::PLACE, placed),
        (answers::BUYER_CANCEL, cancelled),
        (answers::BUYER_READ, seen),
        (answers::READ, read),
    ];
    Ok((order, recorded.into()))
}

/// Places an order, and tells its id at the seller's.
async fn new_order(address: SocketAddr) -> Result<String> {
    let mut connection = Connection::open(address).await?;
    let order = load::id(heard(&mut connection, &load::place()).await?.body.as_bytes())?;
    let seen = heard(&mut connection, &load::buyer_read(&order)).await?;
    let seen: Value = serde_json::from_str(&seen.body)?;
    let order = seen["data"]["sellerOrders"][0]["id"].as_str();
    Ok(order.context("the buyer's view names no seller's order")?.to_owned())
}

async fn heard(connection: &mut Connection, request: &[u8]) -> Result<Recorded> {
    let answer = connection.exchange(request).await?;
    let body = String::from_utf8(answer.body.to_vec())?;
    if answer.status >= 300 {
        bail!("answered {}: {body}", answer.status);
    }
    Ok(Recorded { status: answer.status, body })
}

/// Requests a second; and how many microseconds processors were busy in the server for each.
fn rate(server: &Server, work: &Work) -> Result<Reading> {
    let before = server.cpu()?;
    let (sent, elapsed) = load::runtime()?.block_on(load::drive(server.address, work, REQUESTS))?;
    let sent = sent as f64;
    let cpu = server.cpu()? - before;
    Ok(Reading { value: sent / elapsed.as_secs_f64(), cpu: cpu.as_secs_f64() * 1e6 / sent })
}

/// Fills the store, looks at the memory, and looks again after more and more requests, half of each kind.
fn look_at_memory(server: &Server, requests: u64, table: &mut Table) -> Result<()> {
    let runtime = load::runtime()?;
    // Every third request of the mix places an order.
    runtime.block_on(load::drive(server.address, &Work::Mix, ORDERS * 3))?;
    let first = server.memory()?;
    let mut looks = vec![format!("{} KiB after the warm-up", grouped(first))];
    let (mut total, mut most) = (0, first);
    for _ in 0..LOOKS {
        // The mix pushes every older order out of the store.
        let read = Work::Read { order: runtime.block_on(new_order(server.address))? };
        for work in [&read, &Work::Mix] {
            total += runtime.block_on(load::drive(server.address, work, requests / LOOKS / 2))?.0;
        }
        let now = server.memory()?;
        most = most.max(now);
        looks.push(format!("{} after {}", grouped(now), grouped(total)));
    }
    table.note(format!("memory of serve, {} orders kept: {}", grouped(ORDERS), looks.join(", ")));
    table.at_most("memory of serve, the most / after the warm-up", most as f64 / first as f64, FLAT);
    Ok(())
}

/// A number of requests, in thousands.
fn thousands(requests: f64) -> String {
    format!("{:.1}k", requests / 1000.0)
}
