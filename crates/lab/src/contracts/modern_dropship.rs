//! What the lab knows of the Modern Dropship contract: its calls with arguments that are right, borderline and wrong, and the
//! clauses that speak of what they do.

use serde_json::{Value, json};

use super::contract::{Aspect, Contract, Guesses, State, Stated, flat};
use crate::dice::Dice;
use crate::sequence::{Call, Line, is_new, product_of};

/// The contract.
pub(super) static MODERN_DROPSHIP: Contract = Contract {
    spec: "modern-dropship",
    entities: "items",
    whole: None,
    order: |lines| flat("items", "quantity", lines),
    read: READ,
    ids: &[],
    headers: &[],
    // The units of the same buyer's order that another seller has.
    elsewhere: Some("elsewhere"),
    compared: &[
        ("order", &["hasCancellations", "shipped"]),
        ("items", &["cancelled", "quantity", "live"]),
        ("products", &["live", "fulfilled"]),
    ],
    kept: Some(("items", "cancelled", &["reason", "by", "date"])),
    // What a cancelled item says of its quantity is open.
    stated: &[
        Stated { field: "cancelled", always: true, unless: None, tells: &["cancelled"], of_new: Aspect::NewLive },
        Stated {
            field: "quantity",
            always: false,
            unless: Some("cancelled"),
            tells: &["quantity", "live"],
            of_new: Aspect::Quantity,
        },
    ],
    shipped: Some("shipped"),
    lines,
    guesses: |lines| Box::new(lines.iter().map(Guess::of).collect::<Vec<Guess>>()),
    simpler,
    concerns: |_, _| false,
    can_meet: |_, _| true,
    speaks_of: |_, _, _| true,
    class: |call, before, lines| {
        let (class, of_split) = class(call, before, lines);
        format!("{}{}", class.word(), if of_split { " split" } else { "" })
    },
    clause: |call, before, lines, aspect| {
        let (class, of_split) = class(call, before, lines);
        let quantity = call.on.as_ref().and_then(|role| before.get(&format!("items.{role}.quantity"))?.as_u64());
        clause(call, class, of_split, quantity, aspect)
    },
    race: "race.one-winner",
};

const READ: &str = "read_order";
const PRODUCTS: &[&str] = &["mug", "tee", "cap", "pen", "bag"];
const MOST_UNITS: u64 = 6;

/// In what state something is when a call is made on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Class {
    Live,
    PartFulfilled,
    Fulfilled,
    PartCancelled,
    Cancelled,
}

impl Class {
    fn word(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::PartFulfilled => "part-fulfilled",
            Self::Fulfilled => "fulfilled",
            Self::PartCancelled => "part-cancelled",
            Self::Cancelled => "cancelled",
        }
    }
}

/// The class of what a call is made on, and whether that is the new item of a split.
fn class(call: &Call, before: &State, lines: &[Line]) -> (Class, bool) {
    let number = |path: &str| before.get(path).and_then(Value::as_u64).unwrap_or(0);
    let is_cancelled = |role: &str| before.get(&format!("items.{role}.cancelled")) == Some(&Value::Bool(true));
    let of_units = |live: u64, fulfilled: u64| match (live, fulfilled) {
        (_, 0) => Class::Live,
        (live, fulfilled) if fulfilled < live => Class::PartFulfilled,
        _ => Class::Fulfilled,
    };
    let product = |product: &str, field: &str| number(&format!("products.{product}.{field}"));
    match &call.on {
        Some(role) if is_cancelled(role) => (Class::Cancelled, is_new(role, lines)),
        Some(role) => {
            let of = product_of(role, lines);
            (of_units(product(of, "live"), product(of, "fulfilled")), is_new(role, lines))
        }
        None => {
            let sum = |field: &str| {
                lines.iter().filter(|line| line.product.is_none()).map(|line| product(&line.role, field)).sum::<u64>()
            };
            let any_cancelled = before.get("order.hasCancellations") == Some(&Value::Bool(true));
            let class = match of_units(sum("live"), sum("fulfilled")) {
                _ if sum("live") == 0 => Class::Cancelled,
                Class::Live if any_cancelled => Class::PartCancelled,
                class => class,
            };
            (class, before.keys().any(|path| path.split('.').nth(1).is_some_and(|role| is_new(role, lines))))
        }
    }
}

/// The clause under which a call made on something of this class is expected to do something.
fn clause(call: &Call, class: Class, of_split: bool, quantity: Option<u64>, aspect: Aspect) -> &'static str {
    let wanted = call.argument("newQuantity").filter(|value| !value.is_null());
    let rest = call.argument("unfulfilledOnly") == Some(&Value::Bool(true));
    match call.name.as_str() {
        READ => "flags.before",
        "buyer_cancel_item" if aspect != Aspect::Refused => "buyer.item-cancels",
        "buyer_cancel_order" if aspect != Aspect::Refused => "buyer.order-cancels",
        "cancel_item" | "buyer_cancel_item" => item_clause(wanted, class, of_split, quantity, aspect),
        "cancel_order" | "buyer_cancel_order" => order_clause(call, rest, class, of_split, aspect),
        "fulfil" => match (aspect, class) {
            (Aspect::Shipped, _) => "shipped.when-fulfilled",
            (Aspect::Refused, Class::Cancelled | Class::Fulfilled) => "fulfilled.cancelled-unfulfillable",
            (Aspect::Refused, _) => "fulfilled.remainder-only",
            (_, _) if of_split => "partial.new-fulfillable",
            (Aspect::Accepted, _) => "answer.success",
            (_, _) => "fulfilled.units-kept",
        },
        _ => match aspect {
            Aspect::Accepted => "answer.success",
            Aspect::Own | Aspect::Others => "permanence.stays-cancelled",
            _ => "calls.own-effect",
        },
    }
}

fn item_clause(
    wanted: Option<&Value>,
    class: Class,
    of_split: bool,
    quantity: Option<u64>,
    aspect: Aspect,
) -> &'static str {
    // `3.0` is a count too.
    let whole = |value: &Value| value.as_f64().filter(|n| *n >= 0.0 && n.fract() == 0.0).map(|n| n as u64);
    let number = wanted.and_then(|value| value.as_u64().or_else(|| whole(value)));
    match aspect {
        Aspect::Refused if wanted.is_some() && number.is_none() => "partial.bad-number-refused",
        Aspect::Refused => match (class, number) {
            (Class::Cancelled, Some(1..)) => "partial.cancelled-original",
            (Class::Cancelled, _) => "repeat.full",
            (_, Some(n)) if quantity.is_some_and(|quantity| n > quantity) => "partial.above-refused",
            (_, Some(n)) if quantity == Some(n) => "partial.equal-refused",
            (Class::Fulfilled, _) => "fulfilled.item-refused",
            (Class::PartFulfilled, None) => "partial.omitted-part-fulfilled",
            (Class::PartFulfilled, Some(0)) => "partial.zero-part-fulfilled",
            (Class::PartFulfilled, Some(_)) => "partial.below-fulfilled-refused",
            _ => "refusal.no-change",
        },
        Aspect::Others => "item.others-untouched",
        Aspect::Marked => "item.marks-order",
        Aspect::Shipped => "order.shipped-unchanged",
        Aspect::Accepted | Aspect::Own if class == Class::Cancelled => "repeat.full",
        Aspect::Accepted | Aspect::Own if of_split => "partial.chain",
        Aspect::Accepted | Aspect::Own => match (class, number) {
            (_, Some(0)) => "partial.zero",
            (Class::PartFulfilled, _) => "partial.above-fulfilled",
            (_, Some(_)) => "partial.original-cancelled",
            (_, None) => "item.cancels",
        },
        Aspect::New => "partial.one-new-item",
        Aspect::NewLive => "partial.new-live",
        Aspect::Quantity | Aspect::Units => match number {
            Some(1..) => "partial.new-quantity",
            _ => "item.cancels",
        },
    }
}

fn order_clause(call: &Call, rest: bool, class: Class, of_split: bool, aspect: Aspect) -> &'static str {
    let is_wrong = call.argument("unfulfilledOnly").is_some_and(|value| !value.is_boolean() && !value.is_null());
    let fulfilled = matches!(class, Class::PartFulfilled | Class::Fulfilled);
    match aspect {
        Aspect::Refused if is_wrong => "refusal.unreadable-body",
        Aspect::Refused => match (class, rest) {
            (Class::Cancelled, _) => "repeat.full",
            (Class::Fulfilled, true) => "unfulfilled.nothing-left",
            (Class::Fulfilled, false) => "fulfilled.order-refused",
            (Class::PartFulfilled, false) => "order.part-fulfilled-refused",
            _ => "refusal.no-change",
        },
        Aspect::Marked => "flags.iff",
        Aspect::Shipped if rest && fulfilled => "unfulfilled.ships",
        Aspect::Shipped if rest => "unfulfilled.no-fulfilments",
        Aspect::Shipped => "order.shipped-unchanged",
        Aspect::New | Aspect::NewLive => "unfulfilled.splits",
        Aspect::Quantity | Aspect::Units if fulfilled => "unfulfilled.part-fulfilled",
        _ if class == Class::Cancelled => "repeat.full",
        _ if rest && fulfilled => "unfulfilled.cancels-rest",
        _ if class == Class::PartCancelled || of_split => "order.cancels-the-rest",
        _ if rest => "unfulfilled.no-fulfilments",
        _ => "order.cancels-all",
    }
}

fn simpler(call: &Call) -> Vec<Call> {
    let mut simpler = Vec::new();
    for name in ["newQuantity", "units"] {
        if let Some(units) = call.argument(name).and_then(Value::as_u64) {
            simpler.extend((0..units).map(|fewer| call.clone().with(name, fewer)));
        }
    }
    if let Some(name) = call.name.strip_prefix("buyer_") {
        simpler.push(Call { name: name.to_owned(), ..call.clone() });
    }
    if call.with.as_ref().is_some_and(|with| with.is_empty()) {
        simpler.push(Call { with: None, ..call.clone() });
    }
    simpler
}

/// An item as the generator guesses it to be, so that most calls are aimed at something.
#[derive(Clone)]
struct Guess {
    role: String,
    product: String,
    quantity: u64,
    fulfilled: u64,
    cancelled: bool,
}

fn lines(dice: &mut Dice) -> Vec<Line> {
    // Few lines more often than many: the fewer there are, the more calls meet on one.
    let count = dice.between(1, PRODUCTS.len() as u64).min(dice.between(1, PRODUCTS.len() as u64)) as usize;
    let mut lines: Vec<Line> = Vec::new();
    for name in &PRODUCTS[..count] {
        let quantity = dice.between(1, MOST_UNITS);
        let fulfilled = match dice.below(10) {
            0 => quantity,
            1 | 2 => dice.between(0, quantity),
            _ => 0,
        };
        lines.push(Line { role: (*name).to_owned(), product: None, quantity, fulfilled });
    }
    // Which of two lines of a product a parcel is taken from is the target's own affair: neither is fulfilled at first.
    if dice.percent(15) {
        let first = &mut lines[0];
        first.fulfilled = 0;
        let (role, product) = (format!("{}-too", first.role), Some(first.role.clone()));
        lines.push(Line { role, product, quantity: dice.between(1, MOST_UNITS), fulfilled: 0 });
    }
    lines
}

impl Guesses for Vec<Guess> {
    fn next(&self, dice: &mut Dice) -> Call {
        next(dice, self)
    }

    fn guess(&mut self, call: &Call) {
        guess(self, call);
    }
}

fn next(dice: &mut Dice, items: &[Guess]) -> Call {
    let buyer = dice.percent(20);
    let item = aim(dice, items);
    match dice.below(100) {
        0..64 => item_call(dice, if buyer { "buyer_cancel_item" } else { "cancel_item" }, item),
        64..80 => fulfil(dice, item),
        80..85 => patch(dice),
        _ => order_call(dice, if buyer { "buyer_cancel_order" } else { "cancel_order" }),
    }
}

/// One of the items: mostly one that is live, and of those most often the newest.
fn aim<'g>(dice: &mut Dice, items: &'g [Guess]) -> &'g Guess {
    let live: Vec<&Guess> = items.iter().filter(|item| !item.cancelled).collect();
    match (live.last(), dice.below(10)) {
        (Some(newest), 0..5) => newest,
        (Some(_), 5..9) => live[dice.below(live.len())],
        _ => &items[dice.below(items.len())],
    }
}

fn item_call(dice: &mut Dice, name: &str, item: &Guess) -> Call {
    let call = Call::new(name, Some(&item.role));
    let (quantity, fulfilled) = (item.quantity, item.fulfilled);
    match dice.below(100) {
        0..17 => call,
        17..23 => call.with("reason", ["CUSTOMER", "OTHER"][dice.below(2)]),
        23..26 => Call { with: Some(serde_json::Map::new()), ..call },
        26..65 => call.with("newQuantity", dice.between(fulfilled.max(1), quantity.saturating_sub(1))),
        65..90 => {
            let bounds =
                [0, fulfilled, fulfilled.saturating_sub(1), quantity.saturating_sub(1), quantity, quantity + 1];
            call.with("newQuantity", bounds[dice.below(bounds.len())])
        }
        _ => {
            let wrong = [json!(-1), json!(1.5), json!("1"), json!(null), json!(true), json!([]), json!(1.0)];
            call.with("newQuantity", wrong[dice.below(wrong.len())].clone())
        }
    }
}

fn order_call(dice: &mut Dice, name: &str) -> Call {
    let call = Call::new(name, None);
    match dice.below(20) {
        0..6 => call,
        6 | 7 => call.with("reason", ["CUSTOMER", "OTHER"][dice.below(2)]),
        8..16 => call.with("unfulfilledOnly", true),
        16 | 17 => call.with("unfulfilledOnly", false),
        18 => Call { with: Some(serde_json::Map::new()), ..call },
        _ => {
            let wrong = [json!("true"), json!(null), json!(1)];
            call.with("unfulfilledOnly", wrong[dice.below(wrong.len())].clone())
        }
    }
}

fn fulfil(dice: &mut Dice, item: &Guess) -> Call {
    let left = item.quantity.saturating_sub(item.fulfilled).max(1);
    let units = if dice.percent(80) { dice.between(1, left) } else { left + dice.between(0, 2) };
    Call::new("fulfil", Some(&item.role)).with("units", units)
}

fn patch(dice: &mut Dice) -> Call {
    let call = Call::new("patch_order", None);
    match dice.below(4) {
        0 => call.with("billed", true),
        1 => call.with("cancelled", false),
        _ => call.with("note", "seen"),
    }
}

impl Guess {
    fn of(line: &Line) -> Self {
        let (role, product) = (line.role.clone(), line.product().to_owned());
        Self { role, product, quantity: line.quantity, fulfilled: line.fulfilled, cancelled: false }
    }
}

/// What will probably come of a call.
fn guess(items: &mut Vec<Guess>, call: &Call) {
    let named = |items: &[Guess]| items.iter().position(|item| Some(&item.role) == call.on.as_ref());
    match (call.name.as_str(), named(items)) {
        ("cancel_item" | "buyer_cancel_item", Some(at)) => {
            let item = items[at].clone();
            let keep = match call.argument("newQuantity") {
                None | Some(Value::Null) => Some(0).filter(|_| item.fulfilled == 0),
                Some(wanted) => wanted.as_u64().filter(|n| (item.fulfilled..item.quantity).contains(n)),
            };
            if let Some(keep) = keep.filter(|_| !item.cancelled && item.fulfilled < item.quantity) {
                split(items, at, keep);
            }
        }
        ("fulfil", Some(at)) => {
            let units = call.argument("units").and_then(Value::as_u64).unwrap_or(0);
            let item = &mut items[at];
            if !item.cancelled && item.fulfilled + units <= item.quantity {
                item.fulfilled += units;
            }
        }
        ("cancel_order" | "buyer_cancel_order", _) => {
            let rest = call.argument("unfulfilledOnly") == Some(&Value::Bool(true));
            if rest || items.iter().all(|item| item.fulfilled == 0) {
                for at in 0..items.len() {
                    if !items[at].cancelled && items[at].fulfilled < items[at].quantity {
                        split(items, at, items[at].fulfilled);
                    }
                }
            }
        }
        _ => {}
    }
}

/// Cancels an item but for so many units, which become a new one.
fn split(items: &mut Vec<Guess>, at: usize, keep: u64) {
    items[at].cancelled = true;
    if keep > 0 {
        let product = items[at].product.clone();
        let earlier = |number: &usize| !items.iter().any(|item| item.role == format!("{product}-{number}"));
        let number = (2..).find(earlier).unwrap_or(2);
        let (role, fulfilled) = (format!("{product}-{number}"), items[at].fulfilled);
        items.push(Guess { role, product, quantity: keep, fulfilled, cancelled: false });
    }
}
