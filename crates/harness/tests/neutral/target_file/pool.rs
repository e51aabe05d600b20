//! Orders that were made beforehand: each is used once, and one that does not fit is nobody's fault but the set-up's.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::{fs, process};

use countermand_event::{Blame, Verdict};
use countermand_harness::{Suite, TargetFile, load_target};
use serde_json::{Value, json};

use super::door::{Door, reply};
use super::through::{Through, Told, by_file, suite_of};

/// A contract of lines without boxes, over the same toy.
pub(crate) const FLAT: &str = "format: 1
spec: flat
title: A shelf of lines
profiles: { strict: every demand }
clauses:
  drop.closes: { level: MUST, text: dropping an order closes it, source: toy }
  rest.stays: { level: MUST, text: a call changes nothing else, source: toy }
order: { unknown: no-such-order, fields: { open: {} } }
kinds:
  line: { plural: lines, unknown: no-such-line, set_up: { units: required }, fields: { units: {}, sku: {} } }
callers: [keeper]
calls: { drop_order: { as: keeper } }
frame: { accepted: rest.stays, refused: rest.stays, extra: rest.stays, missing: rest.stays, late: rest.stays, at_once: rest.stays }
binding:
  base_url: http://toy.invalid
  callers: { keeper: { headers: { Authorization: Bearer keeper } } }
  products: [{ sku: P-1 }, { sku: P-2 }]
  provision: { post: /orders }
  bind: { line: it.sku == role.product.sku }
  outcome: { accepted: status < 300, refused: status < 500, busy: status == 503 }
  calls: { drop_order: { as: keeper, post: \"/orders/{{ order.id }}/drop\" } }
  views:
    single:
      reads: { as: keeper, get: \"/orders/{{ order.id }}\", capture: { o: body } }
      order: { open: o.open }
      line:
        each: \"o.boxes | map(attribute='lines') | flatten\"
        id: it.id
        same: it.sku
        fields: { units: it.units, sku: it.sku }
";

/// Drops an order that holds such lines.
pub(crate) fn drops(lines: &str) -> String {
    format!(
        "format: 1
spec: flat
title: An order is dropped
order: {{ lines: {lines} }}
steps:
  - call: drop_order
    expect: {{ drop.closes: {{ answer: accepted, order: {{ open: false }} }} }}
"
    )
}

const TWO: &str = "{ mug: { units: 2 } }";

/// Files in a folder of this test alone.
pub(crate) struct Files(PathBuf);

impl Files {
    pub(crate) fn new(name: &str, files: &[(&str, &str)]) -> Self {
        let folder = std::env::temp_dir().join(format!("countermand-target-{}-{name}", process::id()));
        fs::create_dir_all(&folder).expect("a folder");
        files.iter().for_each(|(name, text)| fs::write(folder.join(name), text).expect("a file"));
        Self(folder)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Files {
    fn drop(&mut self) {
        let _gone = fs::remove_dir_all(&self.0);
    }
}

fn target(name: &str, suite: &Suite, orders: &str) -> TargetFile {
    let file = "format: 1\ntarget: acme\nspec: flat\nprovision: { pool: orders.yaml }\n";
    let files = Files::new(name, &[("acme.yaml", file), ("orders.yaml", &format!("format: 1\norders:\n{orders}"))]);
    let loaded = load_target(&files.path().join("acme.yaml"), &suite.specs);
    loaded.unwrap_or_else(|found| panic!("{}", crate::toy::problems(&found)))
}

/// What the endpoint shows of an order: lines of a sku and units.
fn shown(lines: &[(&str, u64)], open: bool) -> Value {
    let line = |(sku, units): &(&str, u64)| json!({ "id": format!("l-{sku}"), "sku": sku, "units": units });
    json!({ "open": open, "boxes": [{ "lines": lines.iter().map(line).collect::<Vec<_>>() }] })
}

/// An endpoint with such orders that nobody made.
fn endpoint(orders: &'static [(&'static str, &'static [(&'static str, u64)])]) -> Door {
    let dropped = std::sync::Mutex::new(Vec::<String>::new());
    Door::new(move |seen| {
        let mut words = seen.line.split(['/', ' ']).filter(|word| !word.is_empty());
        let (method, id) = (words.next()?, words.nth(1)?);
        let (_, lines) = orders.iter().find(|(known, _)| *known == id)?;
        let mut dropped = dropped.lock().expect("no panic");
        if method == "POST" {
            dropped.push(id.to_owned());
        }
        reply(200, &shown(lines, !dropped.iter().any(|dropped| dropped == id)))
    })
}

fn play(name: &str, orders: &str, cases: &[&str], jobs: usize, door: Door) -> (Told, Arc<Door>) {
    let suite = suite_of(FLAT, cases);
    let file = target(name, &suite, orders);
    let door = Arc::new(door);
    let target = by_file(&suite, file, Some(Arc::<Door>::clone(&door)), |_| None).expect("a target");
    (Through { jobs, ..Through::default() }.on(&suite, target), door)
}

const THREE_ORDERS: &[(&str, &[(&str, u64)])] =
    &[("o-1", &[("P-7", 2)]), ("o-2", &[("P-7", 2)]), ("o-3", &[("P-7", 1), ("P-8", 3)])];
const POOL: &str = "  - { order: { id: o-1 }, lines: [{ product: { sku: P-7 }, units: 2 }] }
  - { order: { id: o-3 }, lines: [{ product: { sku: P-7 }, units: 1 }, { product: { sku: P-8 }, units: 3 }] }
  - { order: { id: o-2 }, lines: [{ product: { sku: P-7 }, units: 2 }] }
";

#[test]
fn each_order_is_used_once() {
    for jobs in [1, 4] {
        let case = drops(TWO);
        let (told, door) = play(&format!("once-{jobs}"), POOL, &[&case, &case, &case], jobs, endpoint(THREE_ORDERS));
        let mut verdicts = told.verdicts();
        verdicts.sort();
        assert_eq!(verdicts, [Verdict::Passed, Verdict::Passed, Verdict::CouldNotRun]);
        assert_eq!([1, 2, 3].map(|n| door.count(&format!("POST /orders/o-{n}/drop"), "")), [1, 1, 0]);
        let cases = told.cases();
        let trouble = cases.iter().find_map(|case| case.trouble.as_ref()).expect("one was left without");
        assert_eq!((trouble.blame, trouble.step), (Blame::Setup, 0));
        assert_eq!(trouble.message, "no order of the pool is left that holds just a line with units 2");
    }
}

#[test]
fn an_order_is_chosen_by_what_is_in_it_whatever_its_products() {
    let case = drops("{ mug: { units: 3 }, tee: { units: 1 } }");
    let (told, door) = play("chosen", POOL, &[&case], 1, endpoint(THREE_ORDERS));
    told.all_passed();
    assert_eq!(door.count("POST /orders/o-3/drop", ""), 1);
}

#[test]
fn what_no_order_holds_is_named() {
    let case = drops("{ mug: { units: 4 }, tee: { units: 1 } }");
    let (told, door) = play("named", POOL, &[&case], 1, endpoint(THREE_ORDERS));
    let (blame, trouble) = told.halted();
    assert_eq!(blame, Blame::Setup);
    assert_eq!(
        trouble.message,
        "no order of the pool is left that holds just a line with units 4 and a line with units 1"
    );
    assert!(door.lines().is_empty());
}

#[test]
fn an_order_that_is_not_what_the_file_says_is_the_set_ups_fault() {
    let endpoint = endpoint(&[("o-1", &[("P-7", 5)])]);
    let pool = "  - { order: { id: o-1 }, lines: [{ product: { sku: P-7 }, units: 2 }] }\n";
    let (told, door) = play("other", pool, &[&drops(TWO)], 1, endpoint);
    let (blame, trouble) = told.halted();
    assert_eq!(blame, Blame::Setup);
    assert_eq!(trouble.message, "the new order is not what was asked for: units of `mug` should be 2 and is 5");
    assert_eq!(door.count("POST", ""), 0);
}
