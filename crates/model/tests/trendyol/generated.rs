//! Random choices, orders and calls, good and bad, and how each is played. Judges nothing.

use std::collections::BTreeMap;

use countermand_model::choices;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::{Value, json};

use crate::api::{Api, OTHER, Package, SELLER, UNKNOWN};

/// Quantities and ids as they are written where a number has to stand.
const ODD: &[&str] = &["0", "-1", "1.5", "1.0", "\"1\"", "null", "true", "[]", "{}", "1e3", "99999999999999999999"];

#[derive(Clone, Debug)]
pub(crate) enum Call {
    /// Lines by their place, with units; and the reason.
    Cancel {
        package: Index,
        lines: Vec<(Index, u64)>,
        reason: u64,
    },
    /// All of a package.
    CancelAll {
        package: Index,
    },
    /// The last cancel again.
    Replay,
    /// A cancel with one thing wrong.
    Wrong {
        package: Index,
        line: Index,
        way: usize,
        odd: usize,
    },
    Push {
        package: Index,
        status: &'static str,
    },
    Stage {
        package: Index,
        status: &'static str,
    },
    Split {
        package: Index,
        line: Index,
        way: usize,
        units: u64,
    },
    /// Another seller's call.
    Foreign {
        package: Index,
        own_path: bool,
    },
}

pub(crate) fn calls() -> impl Strategy<Value = Call> {
    let package = any::<Index>;
    let lines = prop::collection::vec((any::<Index>(), 1..4u64), 1..4);
    let reason = prop_oneof![8 => select(vec![500, 501, 502, 504, 505, 506]), 1 => select(vec![0, 503, 999])];
    let pushed = select(vec!["Picking", "Picking", "Invoiced", "Shipped", "Cancelled"]);
    let staged = select(vec!["Shipped", "AtCollectionPoint", "Delivered", "UnDelivered", "Returned", "Created"]);
    prop_oneof![
        6 => (package(), lines, reason).prop_map(|(package, lines, reason)| Call::Cancel { package, lines, reason }),
        1 => package().prop_map(|package| Call::CancelAll { package }),
        1 => Just(Call::Replay),
        2 => (package(), package(), 0..6usize, 0..ODD.len())
            .prop_map(|(package, line, way, odd)| Call::Wrong { package, line, way, odd }),
        4 => (package(), pushed).prop_map(|(package, status)| Call::Push { package, status }),
        2 => (package(), staged).prop_map(|(package, status)| Call::Stage { package, status }),
        2 => (package(), package(), 0..4usize, 1..4u64)
            .prop_map(|(package, line, way, units)| Call::Split { package, line, way, units }),
        1 => (package(), any::<bool>()).prop_map(|(package, own_path)| Call::Foreign { package, own_path }),
    ]
}

/// One option for each choice.
pub(crate) fn picks() -> impl Strategy<Value = Vec<(&'static str, &'static str)>> {
    let infos = choices("trendyol").unwrap();
    let options: Vec<_> = infos
        .iter()
        .map(|info| (0..info.options.len()).prop_map(move |at| (info.name, info.options[at].name)))
        .collect();
    options
}

pub(crate) fn lines() -> impl Strategy<Value = Vec<(&'static str, u64)>> {
    prop::collection::vec((select(vec!["mug", "tee"]), 1..=4u64), 1..4)
}

/// What a call was, as the checks need it.
#[derive(Debug, Default)]
pub(crate) struct Played {
    pub(crate) status: u16,
    /// The package it named.
    pub(crate) package: Option<u64>,
    pub(crate) kind: Kind,
    /// Units that a cancel asked for, by product.
    pub(crate) units: BTreeMap<String, u64>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Kind {
    Cancel,
    Split,
    Status,
    /// Nothing that anyone may accept.
    #[default]
    Bad,
}

/// Plays calls, and remembers what has to be played again.
#[derive(Default)]
pub(crate) struct Player {
    last_cancel: Option<(u64, String, BTreeMap<String, u64>)>,
}

impl Player {
    pub(crate) fn play(&mut self, api: &mut Api, before: &[Package], call: &Call) -> Played {
        let of = |at: &Index| &before[at.index(before.len())];
        match call {
            Call::Cancel { package, lines, reason } => {
                self.cancel(api, of(package), &pick(of(package), lines), *reason)
            }
            Call::CancelAll { package } => {
                let all: Vec<_> =
                    of(package).lines.iter().map(|it| (it.id, it.barcode.as_str(), it.quantity)).collect();
                self.cancel(api, of(package), &all, 500)
            }
            Call::Replay => match self.last_cancel.clone() {
                None => Played { status: 400, ..Played::default() },
                Some((package, body, units)) => {
                    let status = api.put(package, "/items/unsupplied", &body);
                    Played { status, package: Some(package), kind: Kind::Cancel, units }
                }
            },
            Call::Wrong { package, line, way, odd } => wrong(api, before, of(package), line, *way, ODD[*odd]),
            Call::Push { package, status } => {
                let body = json!({
                    "status": status, "lines": lines_of(of(package)), "params": { "invoiceNumber": "I-1" },
                });
                let answer = api.put(of(package).id, "", &body.to_string());
                let kind = if matches!(*status, "Picking" | "Invoiced") { Kind::Status } else { Kind::Bad };
                Played { status: answer, package: Some(of(package).id), kind, ..Played::default() }
            }
            Call::Stage { package, status } => {
                let answer = api.stage(of(package).id, status);
                let kind = if *status == "Created" { Kind::Bad } else { Kind::Status };
                Played { status: answer, package: Some(of(package).id), kind, ..Played::default() }
            }
            Call::Split { package, line, way, units } => split(api, of(package), line, *way, *units),
            Call::Foreign { package, own_path } => {
                let seller = if *own_path { OTHER } else { SELLER };
                let path = format!("/order/sellers/{seller}/shipment-packages/{}/items/unsupplied", of(package).id);
                let body = json!({ "lines": lines_of(of(package)), "reasonId": 500 });
                let status = api.call(OTHER, "PUT", &path, &body.to_string()).0;
                Played { status, ..Played::default() }
            }
        }
    }

    fn cancel(&mut self, api: &mut Api, package: &Package, lines: &[(u64, &str, u64)], reason: u64) -> Played {
        let mut units = BTreeMap::new();
        lines.iter().for_each(|(_, product, asked)| *units.entry((*product).to_owned()).or_default() += asked);
        let rows: Vec<_> = lines.iter().map(|(id, _, asked)| json!({ "lineId": id, "quantity": asked })).collect();
        let body = json!({ "lines": rows, "reasonId": reason }).to_string();
        let status = api.put(package.id, "/items/unsupplied", &body);
        self.last_cancel = Some((package.id, body, units.clone()));
        let kind = if [0, 503, 999].contains(&reason) { Kind::Bad } else { Kind::Cancel };
        Played { status, package: Some(package.id), kind, units }
    }
}

/// Lines of a package by their places, with products and units; none, if it lists none.
fn pick<'a>(package: &'a Package, lines: &[(Index, u64)]) -> Vec<(u64, &'a str, u64)> {
    let listed = &package.lines;
    let line = |(at, units): &(Index, u64)| {
        let line = listed.get(at.index(listed.len().max(1)))?;
        Some((line.id, line.barcode.as_str(), *units))
    };
    lines.iter().filter_map(line).collect()
}

fn lines_of(package: &Package) -> Vec<Value> {
    package.lines.iter().map(|line| json!({ "lineId": line.id, "quantity": line.quantity })).collect()
}

fn wrong(api: &mut Api, before: &[Package], package: &Package, line: &Index, way: usize, odd: &str) -> Played {
    let own = package.lines.get(line.index(package.lines.len().max(1))).map_or(UNKNOWN, |line| line.id);
    let others = before.iter().filter(|other| other.id != package.id).flat_map(|other| &other.lines);
    // With line ids that are kept, another package's may be this one's as well.
    let foreign = others.map(|line| line.id).find(|id| package.lines.iter().all(|own| own.id != *id));
    let foreign = foreign.unwrap_or(UNKNOWN);
    let good = format!(r#"{{"lineId":{own},"quantity":1}}"#);
    let (id, body) = match way {
        0 => (package.id, format!(r#"{{"lines":[{{"lineId":{own},"quantity":{odd}}}],"reasonId":500}}"#)),
        1 => (package.id, format!(r#"{{"lines":[{{"lineId":{odd},"quantity":1}}],"reasonId":500}}"#)),
        2 => (package.id, format!(r#"{{"lines":[{good},{{"lineId":{foreign},"quantity":1}}],"reasonId":500}}"#)),
        3 => (package.id, format!(r#"{{"lines":[{good}],"reasonId":{odd}}}"#)),
        4 => (package.id, r#"{"lines":[],"reasonId":500}"#.to_owned()),
        _ => (UNKNOWN, format!(r#"{{"lines":[{good}],"reasonId":500}}"#)),
    };
    Played { status: api.put(id, "/items/unsupplied", &body), ..Played::default() }
}

fn split(api: &mut Api, package: &Package, line: &Index, way: usize, units: u64) -> Played {
    let line = package.lines.get(line.index(package.lines.len().max(1))).map_or(UNKNOWN, |line| line.id);
    let (name, body) = match way {
        0 => ("split", json!({ "orderLineIds": [line] })),
        1 => ("multi-split", json!({ "splitGroups": [{ "orderLineIds": [line] }] })),
        2 => ("quantity-split", json!({ "quantitySplit": [{ "orderLineId": line, "quantities": [units, 1] }] })),
        _ => {
            let details = json!([{ "orderLineId": line, "quantities": units }]);
            ("split-packages", json!({ "splitPackages": [{ "packageDetails": details }] }))
        }
    };
    let status = api.split(package.id, name, &body);
    Played { status, package: Some(package.id), kind: Kind::Split, ..Played::default() }
}
