//! Misreadings of the body of a cancel: its lines, its reason, and what is said of the status of the successor.

use serde_json::{Map, Value, json};

use super::Fault;
use super::call::{CANCEL, Call, Kind, ancestors, line_of};
use crate::fault::Asked;
use crate::trendyol::state::{Package, Store};
use crate::trendyol::status::Status;

const LINES: &str = "lines";
const QUANTITY: &str = "quantity";
const REASON: &str = "reasonId";
const KEEP: &str = "shouldKeepPreviousStatus";

/// Changes a cancel into what it is taken for.
pub(super) fn misread(fault: Fault, call: &Call, store: &Store, asked: &mut Asked) {
    let Some(package) = call.named(store) else { return };
    let mut fields = call.fields.clone();
    misread_fields(fault, &mut fields, package, asked);
    if let Some(Value::Array(rows)) = fields.get_mut(LINES) {
        misread_rows(fault, rows, package);
        match fault {
            Fault::ForeignLineCancelsThere => misread_path(rows, package, store, asked),
            Fault::BoundOfTheFirstLine => lower(rows, package, ancestors(store, package).last()),
            _ => {}
        }
    }
    // Whatever is no object stays as it came.
    if fields != call.fields {
        asked.body = Value::Object(fields).to_string().into_bytes();
    }
}

fn misread_fields(fault: Fault, fields: &mut Map<String, Value>, package: &Package, asked: &mut Asked) {
    let lines = fields.get(LINES).filter(|lines| !lines.is_null());
    let reason = fields.get(REASON).filter(|reason| !reason.is_null());
    let code = reason.and_then(Value::as_u64);
    let unknown = |fields: &mut Map<String, Value>| set(fields, REASON, json!(0));
    let stock_out = |fields: &mut Map<String, Value>| set(fields, REASON, json!(500));
    match fault {
        Fault::Reason505Refused if code == Some(505) => unknown(fields),
        Fault::Reason506Refused if code == Some(506) => unknown(fields),
        Fault::Reason503RefusedAbroad if code == Some(503) => unknown(fields),
        Fault::OnlyStockOut if code != Some(500) => unknown(fields),
        Fault::Reason999Accepted if code == Some(999) => stock_out(fields),
        Fault::ReasonZeroAccepted if code == Some(0) => stock_out(fields),
        Fault::MissingReasonIsStockOut if reason.is_none() => stock_out(fields),
        Fault::DomesticReason503Accepted if code == Some(503) => asked.set_header("storefrontcode", "TR".to_owned()),
        Fault::MissingLinesCancelAll if lines.is_none() => set(fields, LINES, all(package)),
        Fault::EmptyLinesCancelAll if lines == Some(&json!([])) => set(fields, LINES, all(package)),
        Fault::KeepStatusIgnored => drop(fields.remove(KEEP)),
        Fault::KeepStatusAsSoonAsSaid if fields.contains_key(KEEP) => set(fields, KEEP, json!(true)),
        _ => {}
    }
}

fn misread_rows(fault: Fault, rows: &mut Vec<Value>, package: &Package) {
    match fault {
        Fault::PartOfALineRefused if rows.iter().any(|row| kept(package, row) > 0) => rows.clear(),
        Fault::SeveralLinesRefused if rows.len() > 1 => rows.clear(),
        Fault::LastLineForgotten if rows.len() > 1 => drop(rows.pop()),
        Fault::FirstQuantityForAll => {
            let first = rows.first().and_then(|row| row.get(QUANTITY)).cloned();
            rows.iter_mut().for_each(|row| put(row, first.clone()));
        }
        Fault::QuantityIsWhatRemains => {
            rows.iter_mut().for_each(|row| {
                // What is to stay of a line, of none to all of it.
                let cancelled = Some(kept(package, row)).filter(|_| is_good(package, row) || row[QUANTITY] == 0);
                put(row, cancelled.map(Value::from));
            });
            rows.retain(|row| row[QUANTITY] != 0);
        }
        Fault::DuplicateLineCancelsTwice => merge(rows, package),
        Fault::BadLineBesideGoodHalfDone | Fault::RefusedCancelHalfDone if is_half(rows, package) => {
            rows.retain(|row| is_good(package, row));
        }
        Fault::ForeignLineIsTheFirst => {
            for row in rows.iter_mut().filter(|row| row["lineId"].is_u64() && line_of(package, row).is_none()) {
                row["lineId"] = json!(package.lines.first().map(|line| line.id));
            }
        }
        _ => rows.iter_mut().for_each(|row| {
            let quantity = misread_quantity(fault, row, package);
            put(row, quantity);
        }),
    }
}

/// What a quantity is taken for, if not for what it is.
fn misread_quantity(fault: Fault, row: &Value, package: &Package) -> Option<Value> {
    let held = line_of(package, row)?.quantity;
    let sent = row.get(QUANTITY)?;
    let number = match fault {
        Fault::PartOfALineTakesTheLine => sent.as_u64().filter(|units| (1..held).contains(units)).map(|_| held),
        Fault::ZeroQuantityCancelsLine => sent.as_u64().filter(|units| *units == 0).map(|_| held),
        Fault::NegativeQuantityAccepted => sent.as_i64().filter(|units| *units < 0).map(i64::unsigned_abs),
        Fault::FractionRounded => {
            sent.as_f64().filter(|units| *units >= 1.0 && units.fract() != 0.0).map(|it| it as u64)
        }
        Fault::TextQuantityAccepted => sent.as_str().and_then(|text| text.trim().parse().ok()),
        Fault::AboveQuantityCancelsLine => sent.as_u64().filter(|units| *units > held).map(|_| held),
        _ => None,
    };
    number.map(Value::from)
}

/// Names the package that the line is of, where the one that was named has no such line.
fn misread_path(rows: &[Value], package: &Package, store: &Store, asked: &mut Asked) {
    let Some(first) = rows.first().filter(|row| line_of(package, row).is_none()) else { return };
    let holds = |other: &&Package| {
        other.seller == package.seller && other.status() != Status::Cancelled && line_of(other, first).is_some()
    };
    if let Some(other) = store.packages.values().find(holds) {
        asked.path = asked.path.replace(&format!("/{}{CANCEL}", package.id), &format!("/{}{CANCEL}", other.id));
    }
}

/// Lowers to what a line has what is above that and not above what was ordered.
fn lower(rows: &mut [Value], package: &Package, first: Option<&Package>) {
    for row in rows {
        let (Some(line), Some(sent)) = (line_of(package, row), row[QUANTITY].as_u64()) else { continue };
        let ordered = first.into_iter().flat_map(|first| &first.lines).filter(|other| other.barcode == line.barcode);
        if sent > line.quantity && sent <= ordered.map(|line| line.quantity).sum() {
            put(row, Some(line.quantity.into()));
        }
    }
}

/// Makes one row of those of one line, each of which is good by itself; of no more than the line has.
fn merge(rows: &mut Vec<Value>, package: &Package) {
    let mut merged: Vec<Value> = Vec::new();
    for row in rows.drain(..) {
        let before = merged.iter_mut().find(|before| before["lineId"] == row["lineId"] && is_good(package, &row));
        match (before, line_of(package, &row)) {
            (Some(before), Some(line)) => {
                let sum = [&*before, &row].iter().filter_map(|row| row[QUANTITY].as_u64()).sum::<u64>();
                put(before, Some(sum.min(line.quantity).into()));
            }
            _ => merged.push(row),
        }
    }
    *rows = merged;
}

/// Whether of the lines that a cancel names some are good and some are not.
pub(super) fn is_half_good(call: &Call, package: &Package) -> bool {
    call.kind == Kind::Cancel && is_half(call.rows(), package)
}

fn is_half(rows: &[Value], package: &Package) -> bool {
    let good = rows.iter().filter(|row| is_good(package, row)).count();
    (1..rows.len()).contains(&good)
}

/// Whether a row names units that the package has.
fn is_good(package: &Package, row: &Value) -> bool {
    let held = line_of(package, row).map_or(0, |line| line.quantity);
    row[QUANTITY].as_u64().is_some_and(|units| (1..=held).contains(&units))
}

/// The units of its line that a row leaves.
fn kept(package: &Package, row: &Value) -> u64 {
    let held = line_of(package, row).map_or(0, |line| line.quantity);
    held.saturating_sub(row[QUANTITY].as_u64().unwrap_or(held))
}

fn all(package: &Package) -> Value {
    package.lines.iter().map(|line| json!({ "lineId": line.id, QUANTITY: line.quantity })).collect()
}

fn put(row: &mut Value, quantity: Option<Value>) {
    if let (Some(map), Some(quantity)) = (row.as_object_mut(), quantity) {
        set(map, QUANTITY, quantity);
    }
}

fn set(map: &mut Map<String, Value>, key: &str, value: Value) {
    map.insert(key.to_owned(), value);
}
