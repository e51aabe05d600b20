//! A driver with an order system in memory: README.md says what a driver is. It names nothing of Countermand.

use std::collections::BTreeMap;
use std::error::Error;
use std::io::{BufRead, Write, stdin, stdout};

use serde_json::{Value, json};

#[derive(Default)]
struct Line {
    ordered: u64,
    cancelled: u64,
    fulfilled: u64,
}

type Order = BTreeMap<String, Line>;

/// Units by sku.
type Units = BTreeMap<String, u64>;

/// A status and a body; an `Err` changed nothing.
type Answer = Result<(u16, Value), (u16, Value)>;

fn main() -> Result<(), Box<dyn Error>> {
    let mut orders = Vec::new();
    for line in stdin().lock().lines() {
        let request: Value = serde_json::from_str(&line?)?;
        let (method, path) = (request["method"].as_str(), request["path"].as_str());
        let answer = answer(&mut orders, method.unwrap_or_default(), path.unwrap_or_default(), &request["body"]);
        let (status, body) = answer.unwrap_or_else(|refused| refused);
        let mut out = stdout().lock();
        writeln!(out, "{}", json!({ "id": request["id"], "status": status, "body": body }))?;
        out.flush()?;
    }
    Ok(())
}

fn answer(orders: &mut Vec<Order>, method: &str, path: &str, body: &Value) -> Answer {
    let path = path.split('?').next().unwrap_or_default();
    let parts: Vec<String> = path.trim_matches('/').split('/').map(decoded).collect();
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    let (id, call) = match (method, parts.as_slice()) {
        ("POST", ["orders"]) => {
            let line = |(sku, ordered)| (sku, Line { ordered, ..Line::default() });
            orders.push(lines_of(body)?.into_iter().map(line).collect());
            return Ok((201, json!({ "id": format!("o-{}", orders.len()) })));
        }
        (_, ["orders", id, call @ ..]) => (*id, call),
        _ => return Err(unknown("call")),
    };
    let order =
        (1..=orders.len()).find(|number| id == format!("o-{number}")).and_then(|number| orders.get_mut(number - 1));
    let order = order.ok_or_else(|| unknown("order"))?;
    let rest: Units =
        order.iter().map(|(sku, line)| (sku.clone(), line.left())).filter(|(_, left)| *left > 0).collect();
    match (method, call) {
        ("GET", []) => {}
        ("POST", ["lines", sku, "cancel"]) => {
            take(order, &[((*sku).to_owned(), units_of(body)?)].into(), |line| &mut line.cancelled)?;
        }
        ("POST", ["lines", sku, "fulfil"]) => {
            take(order, &[((*sku).to_owned(), units_of(body)?)].into(), |line| &mut line.fulfilled)?;
        }
        ("POST", ["cancel-lines"]) => take(order, &lines_of(body)?, |line| &mut line.cancelled)?,
        ("POST", ["cancel"]) if order.values().any(|line| line.fulfilled > 0) => {
            return Err(refused("units are fulfilled already"));
        }
        ("POST", ["cancel" | "cancel-rest"]) => take(order, &rest, |line| &mut line.cancelled)?,
        _ => return Err(unknown("call")),
    }
    Ok((200, shown(id, order)))
}

impl Line {
    /// Units that are neither cancelled nor fulfilled.
    fn left(&self) -> u64 {
        self.ordered - self.cancelled - self.fulfilled
    }
}

/// Counts units as cancelled or fulfilled: all of these lines, or none.
fn take(order: &mut Order, lines: &Units, count: fn(&mut Line) -> &mut u64) -> Result<(), (u16, Value)> {
    for (sku, units) in lines {
        let left = order.get(sku).ok_or_else(|| unknown("line"))?.left();
        if *units > left {
            return Err(refused(&format!("only {left} units of {sku} are left")));
        }
    }
    if lines.is_empty() {
        return Err(refused("nothing is left"));
    }
    for (sku, units) in lines {
        if let Some(line) = order.get_mut(sku) {
            *count(line) += units;
        }
    }
    Ok(())
}

fn shown(id: &str, order: &Order) -> Value {
    let line = |(sku, line): (&String, &Line)| {
        let Line { ordered, cancelled, fulfilled } = line;
        json!({ "sku": sku, "ordered": ordered, "cancelled": cancelled, "fulfilled": fulfilled, "live": ordered - cancelled })
    };
    json!({
        "id": id,
        "lines": order.iter().map(line).collect::<Value>(),
        "cancelled": order.values().all(|line| line.cancelled == line.ordered),
        "complete": order.values().all(|line| line.left() == 0),
    })
}

fn units_of(body: &Value) -> Result<u64, (u16, Value)> {
    body["units"].as_u64().filter(|units| *units > 0).ok_or_else(|| refused("units must be a positive whole number"))
}

fn lines_of(body: &Value) -> Result<Units, (u16, Value)> {
    let mut sums = Units::new();
    for line in body["lines"].as_array().into_iter().flatten() {
        let sku =
            line["sku"].as_str().filter(|sku| !sku.is_empty()).ok_or_else(|| refused("every line needs a sku"))?;
        let sum = sums.entry(sku.to_owned()).or_default();
        *sum = sum.saturating_add(units_of(line)?);
    }
    if sums.is_empty() { Err(refused("lines must be a list that is not empty")) } else { Ok(sums) }
}

fn refused(why: &str) -> (u16, Value) {
    (409, json!({ "error": why }))
}

fn unknown(what: &str) -> (u16, Value) {
    (404, json!({ "error": format!("there is no such {what}") }))
}

/// A part of a path without its percent signs.
fn decoded(part: &str) -> String {
    let mut pieces = part.split('%');
    let mut bytes = pieces.next().unwrap_or_default().as_bytes().to_vec();
    for piece in pieces {
        match piece.get(..2).and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                bytes.extend_from_slice(&piece.as_bytes()[2..]);
            }
            None => bytes.extend([b"%", piece.as_bytes()].concat()),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
