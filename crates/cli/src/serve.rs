//! `countermand serve`: the mock of a spec on a socket, until it is told to stop.

use std::fs::File;
use std::io::{Read, Write};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use countermand_mock::{LogLine, PostOptions, ServeOptions, World};
use countermand_model::Settings;
use tokio::net::TcpListener;

use crate::args::ServeArgs;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::say;
use crate::signals::stop_signal;
use crate::{config, mock, runs};

/// The largest file of orders, bytes.
const ORDERS_LIMIT: u64 = 1024 * 1024;

pub(crate) fn serve(args: ServeArgs) -> Result<Exit, Failure> {
    let settings = Settings {
        max_orders: args.max_orders as usize,
        rate: args.rate,
        webhook_retry_ms: args.webhook_retry,
        ..Settings::default()
    };
    let faults: Vec<&str> = args.faults.iter().map(String::as_str).collect();
    let world = mock::world(&args.spec, &config::choices(&args.choices)?, &faults, settings)?;
    let orders = args.orders.as_deref().map(|path| load_orders(&world, path)).transpose()?;
    runs::runtime()?.block_on(async {
        let listener = TcpListener::bind(args.listen).await;
        let listener =
            listener.map_err(|error| Failure::Message(format!("can't listen on {}: {error}", args.listen)))?;
        let address = listener.local_addr().unwrap_or(args.listen);
        // Heard from before the line that says we are ready.
        let stop = stop_signal();
        say(&format!("{} is served on http://{address} (stop with Ctrl-C)", args.spec));
        if !address.ip().is_loopback() {
            say(&format!("note: {} can be reached from other machines, and the mock's keys are public", address.ip()));
        }
        if let Some(orders) = orders.filter(|_| !args.quiet) {
            say(&format!("orders at the start: {orders}"));
        }
        let log: Option<countermand_mock::LogSink> = if args.quiet { None } else { Some(Arc::new(print)) };
        let post = PostOptions { anywhere: args.webhooks_anywhere, ..PostOptions::default() };
        let options = ServeOptions { delay: Duration::from_millis(args.delay), log, post, ..ServeOptions::default() };
        let served = countermand_mock::serve(listener, world, options, stop).await;
        served.map_err(|error| Failure::Message(format!("stopped: {error}")))?;
        Ok(Exit::Held)
    })
}

/// Makes the orders of a file, and tells how many there are.
fn load_orders(world: &World, path: &Path) -> Result<usize, Failure> {
    let mut file = Vec::new();
    let read = File::open(path).and_then(|opened| opened.take(ORDERS_LIMIT + 1).read_to_end(&mut file));
    let length = read.map_err(|error| Failure::unreadable(path, &error))?;
    if length as u64 > ORDERS_LIMIT {
        return Err(Failure::of_file(path, &format_args!("a file of orders has at most {ORDERS_LIMIT} bytes")));
    }
    world.load_orders(file.into()).map_err(|error| Failure::of_file(path, &error))
}

/// One line of the request log. A path is what a client sent: shown without its control characters.
fn print(line: &LogLine) {
    let path: String = line.path.chars().flat_map(char::escape_default).collect();
    let mut text = format!("{} {} {path}  {:.1} ms\n", line.status, line.method, line.duration.as_secs_f64() * 1000.0);
    for order in &line.evicted {
        text.push_str(&format!("    order {order} was dropped: the store is full (--max-orders)\n"));
    }
    // A log that nobody reads any more must not stop the server.
    let _ = std::io::stdout().lock().write_all(text.as_bytes());
}
