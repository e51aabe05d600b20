//! A toy shop that the laws are asked of: an order system of a few lines that can be built with a way of its own or with a defect.
//! What is sent at once has all arrived before the first of it is answered.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use countermand_event::CaseResult;
use countermand_harness::{
    BoxFuture, Run, Suite, Target, TargetFile, TargetOptions, Transport, TransportError, WaitingCase, parse_target,
};
use serde_json::{Value, json};

/// What is peculiar about a shop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// Nothing is.
    Plain,
    /// Of calls on one order at the same time none is carried out: all are refused.
    LocksOut,
    /// Defect: a fulfilment at the same time as a cancel overlooks it.
    FulfilOverlooksCancel,
    /// Defect: every cancel of the order adds a row to each line.
    DoublesRows,
    /// Defect: the total stays what it was, whatever is cancelled.
    TotalStays,
    /// Defect: the whole total goes with the first unit.
    TotalGoes,
}

/// The shop.
pub(crate) struct Shop {
    way: Way,
    orders: Mutex<Orders>,
}

#[derive(Default)]
struct Orders {
    placed: Vec<Order>,
    /// How many calls are under way on each order.
    under_way: BTreeMap<usize, usize>,
}

#[derive(Clone, Default)]
struct Order {
    cancelled: bool,
    lines: Vec<Line>,
}

#[derive(Clone)]
struct Line {
    product: String,
    price: u64,
    ordered: u64,
    live: u64,
    fulfilled: u64,
    rows: u64,
}

type Reply = (u16, Value);

/// No order has more: ids are nobody else's.
const MOST_LINES: u64 = 100;

impl Shop {
    pub(crate) fn new(way: Way) -> Self {
        Self { way, orders: Mutex::default() }
    }

    fn answer(&self, method: &str, path: &[&str], body: &Value, at_once: bool) -> Reply {
        let mut orders = self.orders.lock().expect("nobody panicked");
        if (method, path) == ("POST", &["orders"]) {
            return orders.place(body);
        }
        let id = number(path.get(1)) as usize;
        let line = number(path.get(3)).checked_sub(id as u64 * MOST_LINES).unwrap_or(u64::MAX) as usize;
        let Some(order) = orders.placed.get_mut(id) else { return refused() };
        if method == "POST" && at_once && self.way == Way::LocksOut {
            return refused();
        }
        let overlooks = at_once && self.way == Way::FulfilOverlooksCancel;
        let done = match (path.get(2).copied(), path.get(4).copied()) {
            (None, _) => true,
            (Some("cancel"), _) => order.cancel(self.way),
            (Some("rest"), _) => order.cancel_rest(),
            (_, Some("cancel")) => order.take(line, body["units"].as_u64()),
            (_, Some("keep")) => order.keep(line, body["units"].as_u64()),
            (_, Some("fulfil")) => order.fulfil(line, body["units"].as_u64(), overlooks),
            _ => false,
        };
        if done { (200, order.shown(id, self.way)) } else { refused() }
    }
}

fn number(text: Option<&&str>) -> u64 {
    text.and_then(|text| text.parse().ok()).unwrap_or(u64::MAX)
}

fn refused() -> Reply {
    (409, json!({ "error": "no" }))
}

impl Orders {
    fn place(&mut self, body: &Value) -> Reply {
        let units = |value: &Value| value.as_u64().unwrap_or(0);
        let line = |line: &Value| Line {
            product: line["product"].as_str().unwrap_or_default().to_owned(),
            price: units(&line["price"]),
            ordered: units(&line["ordered"]),
            live: units(&line["ordered"]),
            fulfilled: units(&line["fulfilled"]),
            rows: 1,
        };
        let lines = body["lines"].as_array().into_iter().flatten().map(line).collect();
        self.placed.push(Order { cancelled: false, lines });
        (201, json!({ "id": self.placed.len() - 1 }))
    }
}

impl Order {
    fn is_cancelled(&self) -> bool {
        self.cancelled || self.lines.iter().all(|line| line.live == 0)
    }

    fn cancel(&mut self, way: Way) -> bool {
        if self.lines.iter().any(|line| line.fulfilled > 0) {
            return false;
        }
        self.cancelled = true;
        self.lines.iter_mut().for_each(|line| {
            line.live = 0;
            line.rows += u64::from(way == Way::DoublesRows);
        });
        true
    }

    fn cancel_rest(&mut self) -> bool {
        self.lines.iter_mut().for_each(|line| line.live = line.fulfilled);
        true
    }

    fn take(&mut self, line: usize, units: Option<u64>) -> bool {
        match (self.lines.get_mut(line), units) {
            (Some(line), Some(units)) if (1..=line.live.saturating_sub(line.fulfilled)).contains(&units) => {
                line.live -= units;
                true
            }
            _ => false,
        }
    }

    /// More than there are can be kept: then some are added.
    fn keep(&mut self, line: usize, units: Option<u64>) -> bool {
        let is_cancelled = self.is_cancelled();
        match (self.lines.get_mut(line), units) {
            (Some(line), Some(units)) if !is_cancelled && units >= line.fulfilled && line.live > line.fulfilled => {
                line.ordered = line.ordered.max(units);
                line.live = units;
                true
            }
            _ => false,
        }
    }

    fn fulfil(&mut self, line: usize, units: Option<u64>, overlooks: bool) -> bool {
        match (self.lines.get_mut(line), units) {
            (Some(line), Some(units)) => {
                let most = if overlooks { line.ordered } else { line.live }.saturating_sub(line.fulfilled);
                let fits = (1..=most).contains(&units);
                line.fulfilled += if fits { units } else { 0 };
                fits
            }
            _ => false,
        }
    }

    fn shown(&self, id: usize, way: Way) -> Value {
        let cost = |units: fn(&Line) -> u64| self.lines.iter().map(|line| line.price * units(line)).sum::<u64>();
        let (live, ordered) = (cost(|line| line.live), cost(|line| line.ordered));
        let total = match way {
            Way::TotalStays => ordered,
            Way::TotalGoes if live < ordered => 0,
            _ => live,
        };
        let line = |(index, line): (usize, &Line)| {
            json!({
                "id": id as u64 * MOST_LINES + index as u64, "product": line.product, "price": line.price, "ordered": line.ordered,
                // A cancelled order shows what it was placed with, as many do.
                "quantity": if self.is_cancelled() { line.ordered } else { line.live },
                "fulfilled": line.fulfilled, "rows": line.rows,
            })
        };
        let lines: Vec<Value> = self.lines.iter().enumerate().map(line).collect();
        json!({ "id": id, "cancelled": self.is_cancelled(), "total": total, "lines": lines })
    }
}

impl Transport for Shop {
    fn send(
        &self,
        request: http::Request<Bytes>,
        _: Duration,
    ) -> BoxFuture<'_, Result<http::Response<Bytes>, TransportError>> {
        let path = request.uri().path().to_owned();
        let order = path.split('/').nth(2).and_then(|id| id.parse().ok()).unwrap_or(usize::MAX);
        let under_way = move |change: isize| {
            let mut orders = self.orders.lock().expect("nobody panicked");
            let count = orders.under_way.entry(order).or_default();
            *count = count.saturating_add_signed(change);
            *count
        };
        under_way(1);
        Box::pin(async move {
            tokio::time::sleep(Duration::from_millis(1)).await;
            let at_once = under_way(0) > 1;
            let body = serde_json::from_slice(request.body()).unwrap_or(Value::Null);
            let parts: Vec<&str> = path.split('/').skip(1).collect();
            let (status, shown) = self.answer(request.method().as_str(), &parts, &body, at_once);
            tokio::time::sleep(Duration::from_millis(1)).await;
            under_way(-1);
            let response = http::Response::builder().status(status).header("content-type", "application/json");
            Ok(response.body(Bytes::from(shown.to_string())).expect("an answer"))
        })
    }
}

/// How the shop is spoken to; `cancel_units` is its own affair.
const FILE: &str = "
format: 1
target: shop
spec: laws
products: [{ name: mug, price: 10 }, { name: tee, price: 7 }, { name: cap, price: 3 }]
provision:
  - as: seller
    post: /orders
    json:
      lines:
        each: roles.line
        json: { product: '{{ it.product.name }}', price: '{{ it.product.price }}', ordered: '{{ it.ordered }}', fulfilled: '{{ it.fulfilled }}' }
    capture: { order.id: body.id }
bind: { line: it.product == role.product.name }
callers: { seller: {} }
outcome: { accepted: status < 300, refused: status >= 400 and status < 500, busy: status == 429 }
calls:
  read_order: { as: seller, get: '/orders/{{ order.id }}' }
  cancel_order: { as: seller, post: '/orders/{{ order.id }}/cancel' }
  cancel_rest: { as: seller, post: '/orders/{{ order.id }}/rest' }
  fulfil: { as: seller, post: '/orders/{{ order.id }}/lines/{{ target.id }}/fulfil', json: '{{ with }}' }
  CANCEL
views:
  seller:
    reads: { as: seller, get: '/orders/{{ order.id }}', capture: { o: body } }
    order: { cancelled: o.cancelled, total: o.total }
    line:
      each: o.lines
      id: it.id
      same: it.product
      fields:
        live: '[it.quantity, it.fulfilled] | min if o.cancelled else it.quantity'
        ordered: it.ordered
        fulfilled: it.fulfilled
        rows: it.rows
        price: it.price
lacks:
  cancel_lines: one line at a time
  line.cancelled: it is worked out
  line.stock: there is none
  order.complete: an order does not say
";

/// One that takes the units to cancel.
pub(crate) const TAKES: &str =
    "cancel_units: { as: seller, post: '/orders/{{ order.id }}/lines/{{ target.id }}/cancel', json: '{{ with }}' }";

/// The file of a shop whose `cancel_units` is bound like this.
pub(crate) fn file(suite: &Suite, cancel: &str) -> Arc<TargetFile> {
    let specs = BTreeMap::from([("laws".to_owned(), Arc::clone(&suite.specs["laws"]))]);
    let text = FILE.replace("CANCEL", cancel);
    let parsed = parse_target("shop.yaml", text.as_bytes(), PathBuf::new(), &specs);
    Arc::new(parsed.expect("a target file that can be read"))
}

/// Somebody who is reached like this.
pub(crate) fn target(suite: &Suite, file: Arc<TargetFile>, transport: Arc<dyn Transport>) -> Arc<Target> {
    let options = TargetOptions {
        name: "shop".to_owned(),
        base_url: Some("http://shop".to_owned()),
        transport: Some(transport),
        settle: Some(Duration::ZERO),
        ..TargetOptions::default()
    };
    Arc::new(Target::new(&suite.specs["laws"], Some(file), options, &|_| None).expect("the binding is whole"))
}

/// Plays cases of the laws against it, in virtual time.
pub(crate) fn play(target: &Arc<Target>, cases: &[Arc<WaitingCase>]) -> Vec<CaseResult> {
    let run = Run {
        cases: cases.to_vec(),
        targets: BTreeMap::from([("laws".to_owned(), Arc::clone(target))]),
        profiles: BTreeMap::from([("laws".to_owned(), "laws".to_owned())]),
        jobs: 8,
        keep_steps: cases.iter().any(|case| case.is_sequence),
        run_id: "shop".to_owned(),
        started: "2026-01-01T00:00:00Z".to_owned(),
        ..Run::default()
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
    runtime.expect("it starts").block_on(run.results())
}
