//! A target file that names a driver, from its first byte to the verdict: the example in Rust keeps the orders.

use std::path::Path;

use countermand_event::Blame;
use countermand_harness::load_target;

use super::pool::{FLAT, Files, drops};
use super::through::{Through, Told, by_file, suite_of};

/// The flat contract as the example driver speaks it.
fn target(command: &str) -> String {
    format!(
        "format: 1
target: the example
spec: flat
driver: [\"{command}\"]
provision:
  post: /orders
  json: {{ lines: {{ each: roles.line, json: {{ sku: \"{{{{ it.product.sku }}}}\", units: \"{{{{ it.units }}}}\" }} }} }}
  capture: {{ order.id: body.id }}
calls: {{ drop_order: {{ post: \"/orders/{{{{ order.id }}}}/cancel\" }} }}
views:
  single:
    reads: {{ get: \"/orders/{{{{ order.id }}}}\", capture: {{ o: body }} }}
    order: {{ open: not o.complete }}
    line: {{ each: o.lines, id: it.sku, same: it.sku, fields: {{ units: it.ordered, sku: it.sku }} }}
"
    )
}

fn play(name: &str, command: &str, count: usize) -> Told {
    let case = drops("{ mug: { units: 2 }, tee: { units: 3 } }");
    let suite = suite_of(FLAT, &vec![case.as_str(); count]);
    let files = Files::new(name, &[("acme.yaml", &target(command))]);
    let file = load_target(&files.path().join("acme.yaml"), &suite.specs);
    let file = file.unwrap_or_else(|found| panic!("{}", crate::toy::problems(&found)));
    let target = by_file(&suite, file, None, |_| None).expect("a target");
    assert_eq!(target.unallowed_host(), None, "a driver is on this machine");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(Through { jobs: 4, ..Through::default() }.run(&suite, target))
}

#[test]
fn a_suite_is_played_through_a_driver() {
    let tests = std::env::current_exe().expect("this program");
    let example = tests.parent().and_then(Path::parent).expect("a folder").join("examples/driver");
    assert!(example.exists(), "build it first: cargo build -p countermand-harness --example driver");
    play("driver", &example.display().to_string(), 6).all_passed();
}

#[test]
fn a_driver_that_is_not_there_is_the_transports_fault() {
    let (blame, trouble) = play("no-driver", "./no-such-driver", 1).halted();
    assert_eq!(blame, Blame::Transport);
    assert!(trouble.message.contains("the driver `./no-such-driver` can't be started"), "{}", trouble.message);
}
