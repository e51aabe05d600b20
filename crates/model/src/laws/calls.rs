//! What a body asks for, and what an order looks like. Decides nothing about units.

use serde_json::{Value, json};

use super::order::{Line, Order, Refusal};
use super::route::Act;
use crate::choice::Choices;
use crate::wire::reply::{self, Body};

/// An order has no more lines than this: so many ids are kept for those of each.
const MOST_LINES: usize = 1_000;
/// A line has no more units than this: sums stay far from what a number can hold.
const MOST_UNITS: u64 = 1_000_000_000;

/// What is answered.
pub(super) enum Answer {
    Shown(Body),
    Created(Body),
    NotFound,
    Refused(Refusal),
}

/// Does with an order what the body asks for.
pub(super) fn perform(order: &mut Order, choices: &Choices, act: Act, body: &[u8]) -> Result<(), Refusal> {
    match act {
        Act::Read => Ok(()),
        Act::Cancel => order.cancel(choices),
        Act::CancelRest => order.cancel_rest(choices),
        Act::CancelUnits(line) => {
            let wanted = object(body).and_then(|body| match body.get("units").and_then(Value::as_f64) {
                Some(number) if number < 0.0 => Err(Refusal::Negative),
                _ => units(&body, "units"),
            });
            order.cancel_units_of(choices, line, wanted)
        }
        Act::Fulfil(line) => order.fulfil(choices, line, units(&object(body)?, "units")?),
        Act::CancelLines => {
            let body = object(body)?;
            let lines = body.get("lines").and_then(Value::as_array).filter(|lines| !lines.is_empty());
            let lines = lines.ok_or(Refusal::Unreadable("`lines` must be a list of lines"))?;
            let wanted = |line: &Value| Ok((line_number(line)?, units(line, "units")?));
            let wanted: Vec<(u64, u64)> = lines.iter().map(wanted).collect::<Result<_, Refusal>>()?;
            order.cancel_units(choices, &wanted)
        }
    }
}

/// A line that does not exist is one that the order does not have, whatever was written.
fn line_number(line: &Value) -> Result<u64, Refusal> {
    line.get("line").and_then(Value::as_u64).ok_or(Refusal::NoLine)
}

/// The order that a body asks for.
pub(super) fn placed(id: u64, body: &[u8]) -> Result<Order, Refusal> {
    let body = object(body)?;
    let lines = body.get("lines").and_then(Value::as_array);
    let lines = lines.filter(|lines| (1..=MOST_LINES).contains(&lines.len()));
    let lines = lines.ok_or(Refusal::Unreadable("`lines` must be a list of 1 to 1000 lines"))?;
    let line = |line: &Value| {
        let product = line.get("product").and_then(Value::as_str);
        let product = product.ok_or(Refusal::Unreadable("a line needs a `product`"))?.to_owned();
        let ordered = units(line, "ordered")?;
        let fulfilled = line.get("fulfilled").map_or(Ok(0), |_| units(line, "fulfilled"))?;
        if ordered == 0 || fulfilled > ordered {
            return Err(Refusal::Unreadable("a line needs at least 1 unit, and no more can be fulfilled"));
        }
        let price = line.get("price").map_or(Ok(0), |_| units(line, "price"))?;
        Ok(Line { product, price, ordered, cancelled: 0, fulfilled })
    };
    Ok(Order { first: id.wrapping_mul(MOST_LINES as u64), lines: lines.iter().map(line).collect::<Result<_, _>>()? })
}

fn object(body: &[u8]) -> Result<Value, Refusal> {
    let value: Value = serde_json::from_slice(body).map_err(|_| Refusal::Unreadable("the body must be JSON"))?;
    if value.is_object() { Ok(value) } else { Err(Refusal::Unreadable("the body must be a JSON object")) }
}

fn units(value: &Value, name: &str) -> Result<u64, Refusal> {
    let units = value.get(name).and_then(Value::as_u64).filter(|units| *units <= MOST_UNITS);
    units.ok_or(Refusal::Unreadable("units and prices must be whole numbers from 0 to 1000000000"))
}

/// An order as it is shown.
pub(super) fn shown(id: u64, order: &Order) -> Body {
    let line = |(index, line): (usize, &Line)| {
        json!({
            "id": order.first + index as u64,
            "product": line.product,
            "price": line.price,
            "ordered": line.ordered,
            "live": line.live(),
            "cancelled": line.cancelled,
            "fulfilled": line.fulfilled,
        })
    };
    let lines: Vec<Value> = order.lines.iter().enumerate().map(line).collect();
    reply::json(&json!({
        "id": id,
        "cancelled": order.is_cancelled(),
        "complete": order.is_complete(),
        "total": order.total(),
        "lines": lines,
    }))
}

/// The body of a refusal.
pub(super) fn error(message: &str) -> Body {
    reply::json(&json!({ "error": message }))
}
