//! What was seen of an order as a sequence: how it begins, and how it goes on by the calls that were made on it. Judges nothing.

use std::collections::BTreeMap;
use std::time::Instant;

use countermand_harness::{Called, Overheard, Watched};
use serde_json::Value;

use crate::contracts::{Contract, State};
use crate::oracle::seen::{self, Calls, Seen, read_as};
use crate::sequence::{Call, Line, Sequence};

/// A sequence that was seen.
#[derive(Clone)]
pub(super) struct Watch {
    pub(super) sequence: Sequence,
    pub(super) seen: Calls,
}

/// A call that was made.
#[derive(Clone)]
pub(super) struct Made {
    /// Its place in the order in which exchanges began.
    pub(super) turn: u64,
    pub(super) name: String,
    /// The headers that say something of it.
    pub(super) headers: BTreeMap<String, String>,
    /// It began while another call on the order was under way.
    pub(super) at_once: bool,
    pub(super) answered: Instant,
    pub(super) heard: Overheard,
}

impl Made {
    /// The call and what it was made on.
    pub(super) fn on(&self, called: &Called) -> String {
        Call::new(&self.name, called.on.as_deref()).made()
    }
}

/// The sequence with the calls since the last read, and the state that was read after them.
pub(super) fn extended(watch: &Watch, window: &[Made], all: &[Called], state: Option<State>) -> Watch {
    let mut watch = watch.clone();
    let first = watch.sequence.calls.len();
    for (made, called) in window.iter().zip(all) {
        let call = Call::new(&made.name, called.on.as_deref());
        // What was read in between came between.
        let at_once = made.at_once && watch.sequence.calls.len() > first;
        watch.sequence.calls.push(Call { with: called.with.clone(), headers: made.headers.clone(), at_once, ..call });
        watch.seen.push(Some(Seen { outcome: read_as(made.heard.outcome()).to_owned(), state: None }));
    }
    if let (Some(state), Some(Some(last))) = (state, watch.seen.last_mut()) {
        last.state = Some(state);
    }
    watch
}

/// The order as a scenario would set it up. An error says why it can't.
pub(super) fn beginning(order: &Watched, contract: &Contract) -> Result<Watch, &'static str> {
    let rows = order.rows();
    let number = |fields: &BTreeMap<String, Value>, name: &str| fields.get(name).and_then(Value::as_u64);
    let mut lines = Vec::new();
    for row in &rows {
        if contract.kept.is_some_and(|(_, flag, _)| row.fields.get(flag) == Some(&Value::Bool(true))) {
            return Err("it was cancelled, wholly or in part, when it was first read");
        }
        let quantity = row.units.ok_or("no read shows how many units it has")?;
        let fulfilled = number(&row.fields, "fulfilled").unwrap_or(0);
        lines.push(Line { role: row.role.clone(), product: row.product.clone(), quantity, fulfilled });
    }
    // From which of them a parcel was taken is the endpoint's own affair.
    let shares = |line: &Line| lines.iter().any(|other| other.product() == line.product() && other.role != line.role);
    if lines.iter().any(|line| line.fulfilled > 0 && shares(line)) {
        return Err("of two lines of one product some units are fulfilled");
    }
    if lines.is_empty() {
        return Err("there is nothing in it");
    }
    if rows.iter().any(|row| row.within != rows[0].within || row.within.as_deref() != contract.whole) {
        return Err("it was in several parts when it was first read");
    }
    let is_twice = |line: &Line| lines.iter().filter(|other| other.role == line.role).count() > 1;
    if lines.iter().any(is_twice) {
        return Err("two of its lines go by one name");
    }
    let sequence = Sequence { lines, calls: vec![Call::new(contract.read, None)] };
    let state = seen::state(contract, &order.state());
    Ok(Watch { sequence, seen: vec![Some(Seen { outcome: "accepted".to_owned(), state: Some(state) })] })
}
