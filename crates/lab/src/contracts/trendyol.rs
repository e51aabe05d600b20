//! What the lab knows of Trendyol's order packages: cancels of some and of all units, of new packages and of old ones, with
//! arguments that are right, borderline and wrong; pushes, the carrier's part and splits between them.

use std::fmt::Write;

use serde_json::{Value, json};

use super::contract::{Aspect, Contract, Guesses, State, Stated};
use crate::dice::Dice;
use crate::sequence::{Call, Line, is_new};

/// The contract.
pub(super) static TRENDYOL: Contract = Contract {
    spec: "trendyol",
    entities: "packages",
    whole: Some(PACKAGE),
    order,
    read: READ,
    ids: &[("lineId", "line"), ("orderLineId", "line"), ("orderLineIds", "line")],
    headers: &["storeFrontCode"],
    elsewhere: None,
    compared: &[("order", &["packages"]), ("packages", &["status"]), ("products", &["quantity"])],
    kept: None,
    stated: &[Stated { field: "status", always: true, unless: None, tells: &["status"], of_new: Aspect::NewLive }],
    shipped: None,
    lines,
    guesses: |lines| Box::new(vec![Guess::of(lines)]),
    simpler,
    concerns,
    can_meet: |_, _| true,
    speaks_of: |_, _, _| true,
    class,
    clause,
    race: "race.one-effect",
};

const READ: &str = "read_order";
/// The package of a generated order, before any other comes of it.
const PACKAGE: &str = "box";
const PRODUCTS: &[&str] = &["mug", "tee", "cap"];
const MOST_UNITS: u64 = 5;

fn order(lines: &[Line]) -> String {
    let mut text = format!("  packages:\n    {PACKAGE}:\n      lines:\n");
    for line in lines {
        let _ = writeln!(text, "        {}: {{ quantity: {} }}", line.role, line.quantity);
    }
    text
}

fn class(call: &Call, before: &State, lines: &[Line]) -> String {
    let Some(role) = &call.on else { return "order".to_owned() };
    let status = status(role, before).unwrap_or("unknown");
    format!("{status}{}", if is_new(role, lines) { " successor" } else { "" })
}

fn clause(call: &Call, before: &State, lines: &[Line], aspect: Aspect) -> &'static str {
    let on = call.on.as_deref().and_then(|role| status(role, before));
    let of_successor = call.on.as_deref().is_some_and(|role| is_new(role, lines));
    match (call.name.as_str(), aspect) {
        (READ, _) => "read.complete",
        (_, Aspect::Others) => "scope.other-packages",
        ("cancel_items", Aspect::Refused) => refusal_of(call, on),
        ("cancel_items", Aspect::Units | Aspect::Quantity) => "conserve.units",
        ("cancel_items", Aspect::New | Aspect::Marked) => "partial.one-successor",
        ("cancel_items", Aspect::NewLive) => "partial.successor-created",
        ("cancel_items", _) if on == Some("Cancelled") => "old.immutable",
        ("cancel_items", Aspect::Accepted) if of_successor => "partial.successor-re-enters",
        ("cancel_items", _) => "partial.old-cancelled",
        ("push", Aspect::Refused) => match call.argument("status").and_then(Value::as_str) {
            _ if on == Some("Cancelled") => "old.refuses",
            Some("Invoiced") => "flow.invoiced-needs-picking",
            Some("Picking") => "refusal.no-change",
            _ => "flow.seller-cannot-ship",
        },
        ("push", _) if of_successor => "partial.successor-re-enters",
        ("push", _) => "flow.picking-after-created",
        (_, Aspect::Refused) => "refusal.no-change",
        _ => "calls.own-effect",
    }
}

fn status<'s>(role: &str, before: &'s State) -> Option<&'s str> {
    before.get(&format!("packages.{role}.status")).and_then(Value::as_str)
}

/// The clause by which a cancel of a package with this status is refused.
fn refusal_of(call: &Call, on: Option<&str>) -> &'static str {
    let lines = call.argument("lines").and_then(Value::as_array).filter(|lines| !lines.is_empty());
    let reason = call.argument("reasonId").and_then(Value::as_u64);
    let listed = |reason: u64| (500..=506).contains(&reason) && reason != 503;
    let quantities = lines.into_iter().flatten().map(|line| line["quantity"].as_u64());
    let ids = || lines.into_iter().flatten().map(|line| line["lineId"].to_string());
    match on {
        Some("Cancelled") => "old.refuses",
        Some("Shipped" | "Delivered" | "Returned" | "AtCollectionPoint" | "UnDelivered") => "flow.shipped-final",
        _ if lines.is_none() => "request.lines-required",
        _ if reason == Some(503) => "reason.wrong-content-refused",
        _ if !reason.is_some_and(listed) => "reason.unknown-refused",
        _ if ids().any(|id| id.contains("unknown")) => "request.foreign-line-refused",
        _ if ids().enumerate().any(|(at, id)| ids().take(at).any(|earlier| earlier == id)) => "request.duplicate-line",
        _ if quantities.into_iter().any(|units| units.is_none_or(|units| units == 0)) => "request.bad-quantity-refused",
        _ => "request.bad-quantity-refused",
    }
}

fn simpler(call: &Call) -> Vec<Call> {
    let lines = call.argument("lines").and_then(Value::as_array).cloned().unwrap_or_default();
    let without = |at: usize| {
        let mut lines = lines.clone();
        lines.remove(at);
        call.clone().with("lines", lines)
    };
    let fewer = |at: usize| {
        let most = lines[at]["quantity"].as_u64().unwrap_or(0);
        let lines = &lines;
        (1..most).map(move |units| {
            let mut lines = lines.clone();
            lines[at]["quantity"] = units.into();
            call.clone().with("lines", lines)
        })
    };
    let shorter = (0..lines.len()).filter(|_| lines.len() > 1).map(without);
    shorter.chain((0..lines.len()).flat_map(fewer)).collect()
}

fn concerns(call: &Call, line: &Line) -> bool {
    let nested = format!(".{}\"", line.role);
    call.with.iter().flat_map(|with| with.values()).any(|value| value.to_string().contains(&nested))
}

/// A package as the generator guesses it to be, so that most calls are aimed at something.
#[derive(Clone)]
struct Guess {
    role: String,
    /// Product and units.
    lines: Vec<(String, u64)>,
    status: &'static str,
}

impl Guess {
    fn of(lines: &[Line]) -> Self {
        let lines = lines.iter().map(|line| (line.role.clone(), line.quantity)).collect();
        Self { role: PACKAGE.to_owned(), lines, status: "Created" }
    }
}

fn lines(dice: &mut Dice) -> Vec<Line> {
    let count = dice.between(1, PRODUCTS.len() as u64) as usize;
    let line = |role: &&str| Line {
        role: (*role).to_owned(),
        product: None,
        quantity: dice.between(1, MOST_UNITS),
        fulfilled: 0,
    };
    PRODUCTS[..count].iter().map(line).collect()
}

impl Guesses for Vec<Guess> {
    fn next(&self, dice: &mut Dice) -> Call {
        next(dice, self)
    }

    fn guess(&mut self, call: &Call) {
        guess(self, call);
    }
}

fn next(dice: &mut Dice, packages: &[Guess]) -> Call {
    let live: Vec<&Guess> = packages.iter().filter(|package| package.status != "Cancelled").collect();
    let package = match (live.last(), dice.below(10)) {
        (Some(newest), 0..8) => newest,
        _ => &packages[dice.below(packages.len())],
    };
    match dice.below(100) {
        0..70 => cancel(dice, package),
        70..90 => {
            let next = if package.status == "Picking" { "Invoiced" } else { "Picking" };
            let wrong = ["Picking", "Invoiced", "Shipped", "Cancelled"];
            let status = if dice.percent(70) { next } else { wrong[dice.below(wrong.len())] };
            let call = Call::new("push", Some(&package.role)).with("status", status);
            if status == "Invoiced" { call.with("invoiceNumber", "INV-1") } else { call }
        }
        _ => {
            let statuses = ["Shipped", "Delivered"];
            let status = statuses[dice.below(statuses.len())];
            // Whether what was never picked can be shipped is the helper's own affair, no contract's.
            match package.status {
                "Picking" | "Invoiced" | "Shipped" => Call::new("carry", Some(&package.role)).with("status", status),
                _ => cancel(dice, package),
            }
        }
    }
}

fn cancel(dice: &mut Dice, package: &Guess) -> Call {
    let call = Call::new("cancel_items", Some(&package.role));
    let id = |product: &str| json!({ "id": format!("{}.{product}", package.role) });
    let mut lines: Vec<Value> = Vec::new();
    let everything = dice.percent(15);
    for (product, units) in &package.lines {
        if everything || dice.percent(60) {
            let quantity = if everything { *units } else { dice.between(1, *units) };
            lines.push(json!({ "lineId": id(product), "quantity": quantity }));
        }
    }
    if lines.is_empty()
        && let Some((product, units)) = package.lines.first()
    {
        lines.push(json!({ "lineId": id(product), "quantity": dice.between(1, *units) }));
    }
    let reasons = [500, 501, 502, 504, 505, 506];
    let reason = json!(reasons[dice.below(reasons.len())]);
    let at = dice.below(lines.len());
    match dice.below(100) {
        0..75 => call.with("lines", lines).with("reasonId", reason),
        75..87 if !lines.is_empty() => {
            let most = package.lines.iter().map(|(_, units)| *units).max().unwrap_or(0);
            let wrong = [json!(0), json!(-1), json!(1.5), json!("1"), json!(null), json!(most + 1)];
            lines[at]["quantity"] = wrong[dice.below(wrong.len())].clone();
            call.with("lines", lines).with("reasonId", reason)
        }
        87..90 if !lines.is_empty() => {
            lines.push(lines[at].clone());
            call.with("lines", lines).with("reasonId", reason)
        }
        90..93 => {
            lines.push(json!({ "lineId": { "unknown": "line" }, "quantity": 1 }));
            call.with("lines", lines).with("reasonId", reason)
        }
        93..95 => call.with("lines", json!([])).with("reasonId", reason),
        95..97 => call.with("lines", lines),
        _ => {
            let wrong = [0, 503, 999];
            call.with("lines", lines).with("reasonId", wrong[dice.below(wrong.len())])
        }
    }
}

/// What will probably come of a call.
fn guess(packages: &mut Vec<Guess>, call: &Call) {
    let Some(at) = packages.iter().position(|package| Some(&package.role) == call.on.as_ref()) else { return };
    let number = packages.len() + 1;
    let package = &mut packages[at];
    match call.name.as_str() {
        "push" | "carry" => {
            let next = match (package.status, call.argument("status").and_then(Value::as_str)) {
                ("Created", Some("Picking")) => "Picking",
                ("Picking", Some("Invoiced")) => "Invoiced",
                ("Picking" | "Invoiced" | "Shipped", Some("Shipped" | "Delivered")) if call.name == "carry" => {
                    "Shipped"
                }
                (status, _) => status,
            };
            package.status = next;
        }
        "cancel_items" if ["Created", "Picking", "Invoiced"].contains(&package.status) => {
            let Some(rest) = rest(package, call) else { return };
            package.status = "Cancelled";
            if !rest.is_empty() {
                packages.push(Guess { role: format!("{PACKAGE}-{number}"), lines: rest, status: "Created" });
            }
        }
        _ => {}
    }
}

/// What a right cancel leaves of a package; nothing of one that is wrong.
fn rest(package: &Guess, call: &Call) -> Option<Vec<(String, u64)>> {
    call.argument("reasonId")?;
    let mut rest = package.lines.clone();
    for line in call.argument("lines")?.as_array().filter(|lines| !lines.is_empty())? {
        let units = line["quantity"].as_u64().filter(|units| *units > 0)?;
        let product = line["lineId"]["id"].as_str()?.rsplit_once('.')?.1;
        let own = rest.iter_mut().find(|(name, _)| name == product)?;
        own.1 = own.1.checked_sub(units)?;
    }
    rest.retain(|(_, units)| *units > 0);
    Some(rest)
}
