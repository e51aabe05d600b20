//! What the lab knows of the laws of order cancellation: calls that take units, with arguments that are right, borderline and
//! wrong, and the laws that speak of what they do.

use serde_json::{Value, json};

use super::contract::{Aspect, Contract, Guesses, State, Stated, flat};
use crate::dice::Dice;
use crate::sequence::{Call, Line};

/// The contract.
pub(super) static LAWS: Contract = Contract {
    spec: "laws",
    entities: "lines",
    whole: None,
    order: |lines| flat("lines", "ordered", lines),
    read: READ,
    ids: &[("line", "line")],
    headers: &[],
    elsewhere: Some("elsewhere"),
    compared: &[("lines", &["live", "fulfilled", "cancelled"])],
    kept: None,
    stated: &[
        Stated { field: "live", always: false, unless: None, tells: &["live"], of_new: Aspect::NewLive },
        Stated { field: "fulfilled", always: false, unless: None, tells: &["fulfilled"], of_new: Aspect::NewLive },
        Stated { field: "cancelled", always: false, unless: None, tells: &["cancelled"], of_new: Aspect::NewLive },
    ],
    shipped: None,
    lines,
    guesses: |lines| Box::new(lines.iter().map(Guess::of).collect::<Vec<Guess>>()),
    simpler,
    concerns: |_, _| false,
    can_meet,
    speaks_of,
    class,
    clause,
    race: "race.overlap",
};

const READ: &str = "read_order";
const PRODUCTS: &[&str] = &["mug", "tee", "cap"];
const MOST_UNITS: u64 = 6;

fn speaks_of(call: &Call, before: &State, lines: &[Line]) -> bool {
    let units = Units::of(call, before, lines);
    let open = units.live.saturating_sub(units.fulfilled);
    let wanted = call.argument("units");
    match call.name.as_str() {
        // Whether no unit of a line with nothing live is no unit or a repeat, no law says.
        "cancel_units" => wanted != Some(&json!(0)) || units.live > 0,
        // More than is left is spoken of only where a part is cancelled.
        "fulfil" => match wanted.and_then(Value::as_u64) {
            Some(0) | None => false,
            Some(wanted) => wanted <= open || units.live < units.ordered,
        },
        "cancel_lines" => {
            let wanted = call.argument("lines").and_then(Value::as_array).cloned().unwrap_or_default();
            let is_left = |line: &Line| {
                let of_line = wanted.iter().filter(|of| of["line"]["id"].as_str() == Some(line.role.as_str()));
                let sum = of_line.map(|of| of["units"].as_u64().filter(|units| *units > 0)).sum::<Option<u64>>();
                let own = Units::of(&Call::new(&call.name, Some(&line.role)), before, lines);
                sum.is_some_and(|sum| sum <= own.live.saturating_sub(own.fulfilled))
            };
            !wanted.is_empty() && wanted.iter().all(|of| of["line"]["id"].is_string()) && lines.iter().all(is_left)
        }
        _ => true,
    }
}

fn class(call: &Call, before: &State, lines: &[Line]) -> String {
    let units = Units::of(call, before, lines);
    let class = match (units.live, units.fulfilled) {
        (0, _) => "cancelled",
        (_, 0) if units.live < units.ordered => "part-cancelled",
        (_, 0) => "live",
        (live, fulfilled) if fulfilled < live => "part-fulfilled",
        _ => "fulfilled",
    };
    class.to_owned()
}

fn clause(call: &Call, before: &State, lines: &[Line], aspect: Aspect) -> &'static str {
    let units = Units::of(call, before, lines);
    let open = units.live.saturating_sub(units.fulfilled);
    match (call.name.as_str(), aspect) {
        (READ, _) => "seen.stays",
        (_, Aspect::Others) if call.on.is_some() => "others-untouched",
        ("fulfil", Aspect::Refused) => "cancelled-unfulfillable",
        ("fulfil", _) => "fulfil.live-units",
        ("cancel_rest", _) => "cancel.rest",
        ("cancel_order", Aspect::Refused) if units.live == 0 => "repeat-no-effect",
        ("cancel_order", Aspect::Refused) => "fulfilled-order-refused",
        ("cancel_order", _) => "cancel.order",
        ("cancel_lines", Aspect::Refused) => "duplicate-line-sum",
        ("cancel_lines", _) => "cancel.part",
        (_, Aspect::Refused) => match call.argument("units") {
            None | Some(Value::Null) => "missing-units-refused",
            Some(value) => match value.as_u64() {
                None if value.as_i64().is_some() => "bad-units-refused",
                None => "malformed-units-refused",
                Some(wanted) if wanted > units.live => "more-than-live-refused",
                Some(_) => "refusal-no-change",
            },
        },
        _ => match call.argument("units").and_then(Value::as_u64) {
            Some(0) => "zero-units",
            _ if units.live == 0 => "repeat-no-effect",
            Some(wanted) if wanted > open => "fulfilled-kept",
            Some(wanted) if wanted == units.live => "cancel.line",
            _ => "cancel.part",
        },
    }
}

/// Where a call takes the units to keep, a target file works them out of what was read before: of another cancel at the
/// same time it can't know.
fn can_meet(one: &Call, other: &Call) -> bool {
    let takes_units = |call: &Call| matches!(call.name.as_str(), "cancel_units" | "cancel_lines");
    let fulfils = |call: &Call| call.name == "fulfil";
    !takes_units(one) && !takes_units(other) || fulfils(one) || fulfils(other)
}

fn simpler(call: &Call) -> Vec<Call> {
    let fewer = |units: u64| call.clone().with("units", units);
    let units = call.argument("units").and_then(Value::as_u64).unwrap_or(0);
    let lines = call.argument("lines").and_then(Value::as_array).cloned().unwrap_or_default();
    let without = |at: usize| {
        let mut lines = lines.clone();
        lines.remove(at);
        call.clone().with("lines", lines)
    };
    let shorter = (0..lines.len()).filter(|_| lines.len() > 1).map(without);
    (1..units).map(fewer).chain(shorter).collect()
}

/// The units of what a call is made on: of one line, or of all.
struct Units {
    ordered: u64,
    live: u64,
    fulfilled: u64,
}

impl Units {
    fn of(call: &Call, before: &State, lines: &[Line]) -> Self {
        let concerned = || lines.iter().filter(|line| call.on.as_ref().is_none_or(|role| line.role == *role));
        let sum = |field: &str| {
            let number = |line: &Line| before.get(&format!("lines.{}.{field}", line.role)).and_then(Value::as_u64);
            concerned().filter_map(number).sum()
        };
        let ordered = concerned().map(|line| line.quantity).sum();
        Self { ordered, live: sum("live"), fulfilled: sum("fulfilled") }
    }
}

/// A line as the generator guesses it to be, so that most calls are aimed at something.
#[derive(Clone)]
struct Guess {
    role: String,
    ordered: u64,
    cancelled: u64,
    fulfilled: u64,
    /// No call can have cancelled a unit of it.
    is_untouched: bool,
}

impl Guess {
    fn of(line: &Line) -> Self {
        Self {
            role: line.role.clone(),
            ordered: line.quantity,
            cancelled: 0,
            fulfilled: line.fulfilled,
            is_untouched: true,
        }
    }

    fn live(&self) -> u64 {
        self.ordered.saturating_sub(self.cancelled)
    }

    fn open(&self) -> u64 {
        self.live().saturating_sub(self.fulfilled)
    }
}

fn lines(dice: &mut Dice) -> Vec<Line> {
    let count = dice.between(1, PRODUCTS.len() as u64) as usize;
    let line = |role: &&str| {
        let quantity = dice.between(1, MOST_UNITS);
        let fulfilled = if dice.percent(25) { dice.between(1, quantity) } else { 0 };
        Line { role: (*role).to_owned(), product: None, quantity, fulfilled }
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

fn next(dice: &mut Dice, lines: &[Guess]) -> Call {
    let live: Vec<&Guess> = lines.iter().filter(|line| line.live() > 0).collect();
    let line = match live.is_empty() || dice.percent(10) {
        true => &lines[dice.below(lines.len())],
        false => live[dice.below(live.len())],
    };
    match dice.below(100) {
        0..58 => cancel_units(dice, line),
        58..68 => cancel_lines(dice, lines),
        68..76 => Call::new("cancel_order", None),
        76..84 => Call::new("cancel_rest", None),
        _ => fulfil(dice, line),
    }
}

fn cancel_units(dice: &mut Dice, line: &Guess) -> Call {
    let call = Call::new("cancel_units", Some(&line.role));
    match dice.below(100) {
        0..60 => call.with("units", dice.between(1, line.open().max(1))),
        60..85 => {
            let bounds = [line.open(), line.open() + 1, line.live(), line.live() + 1, line.ordered, 0];
            // Whether no unit of a line with nothing live is no unit or a repeat, no law says.
            let most = if line.is_untouched { bounds.len() } else { bounds.len() - 1 };
            call.with("units", bounds[..most][dice.below(most)].max(u64::from(!line.is_untouched)))
        }
        _ => {
            let wrong = [json!(-1), json!(-2), json!(1.5), json!("1")];
            call.with("units", wrong[dice.below(wrong.len())].clone())
        }
    }
}

/// Several lines in one request, of which none asks for more than is unfulfilled; now and then one of them twice.
fn cancel_lines(dice: &mut Dice, lines: &[Guess]) -> Call {
    let mut wanted: Vec<Value> = Vec::new();
    for line in lines.iter().filter(|line| line.open() > 0) {
        let units = dice.between(1, line.open());
        wanted.push(json!({ "line": { "id": line.role }, "units": units }));
        if units < line.open() && dice.percent(25) {
            wanted.push(json!({ "line": { "id": line.role }, "units": line.open() - units }));
        }
    }
    match wanted.is_empty() {
        true => Call::new("cancel_rest", None),
        false => Call::new("cancel_lines", None).with("lines", wanted),
    }
}

/// More than is left is asked for only where a part is cancelled: elsewhere no law speaks of it.
fn fulfil(dice: &mut Dice, line: &Guess) -> Call {
    let too_many = line.cancelled > 0 && dice.percent(25);
    let units = if too_many || line.open() == 0 { line.open() + 1 } else { dice.between(1, line.open()) };
    match line.open() == 0 && line.cancelled == 0 {
        true => Call::new("cancel_order", None),
        false => Call::new("fulfil", Some(&line.role)).with("units", units),
    }
}

/// What will probably come of a call.
fn guess(lines: &mut [Guess], call: &Call) {
    let units = call.argument("units").and_then(Value::as_u64);
    let is_any_fulfilled = lines.iter().any(|line| line.fulfilled > 0);
    for line in lines.iter_mut().filter(|line| call.on.as_ref().is_none_or(|role| line.role == *role)) {
        let units = units.filter(|units| *units <= line.open());
        line.is_untouched = false;
        match (call.name.as_str(), units) {
            ("cancel_units", Some(units)) => line.cancelled += units,
            ("fulfil", Some(units)) => line.fulfilled += units,
            ("cancel_rest", _) => line.cancelled += line.open(),
            ("cancel_order", _) if !is_any_fulfilled => line.cancelled += line.open(),
            _ => {}
        }
    }
    for wanted in call.argument("lines").and_then(Value::as_array).into_iter().flatten() {
        let role = wanted["line"]["id"].as_str();
        let units = wanted["units"].as_u64().unwrap_or(0);
        if let Some(line) = lines.iter_mut().find(|line| Some(line.role.as_str()) == role) {
            line.is_untouched = false;
            line.cancelled += units.min(line.open());
        }
    }
}
