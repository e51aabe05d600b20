//! What an author of scenarios does: `new` writes one, `fmt` lays it out, `run --bless` lets it expect what is seen.

use insta::assert_snapshot;

use crate::folder::Folder;
use crate::program::ends;
use crate::served::Served;

/// What is wrong in it is what somebody gets wrong who writes it by heart.
const BY_HEART: &str = "\
format: 1
spec: modern-dropship
title: A partial cancel, by heart
# the order
order:
  items:
    mug: { quantity: 5 }
steps:
  - call: cancel_item   # three are left
    on: mug
    with: { newQuantity: 3 }
    expect:
      answer.success:        { answer: refused }   # no
      partial.original-cancelled:   { items: { mug: { cancelled: \"yes\" } } }
      partial.new-quantity: { items: { mug-rest: { new: mug, quantity: 2, cancelled: true } } }
      item.marks-order: { order: { hasCancellations: true } }
";

/// The same without the mistakes.
fn mended() -> String {
    BY_HEART
        .replace("refused", "accepted")
        .replace("\"yes\"", "true")
        .replace("quantity: 2, cancelled: true", "quantity: 3, cancelled: false")
}

fn read(path: &std::path::Path) -> String {
    std::fs::read_to_string(path).unwrap()
}

#[test]
fn what_is_seen_is_blessed_in_place() {
    let folder = Folder::new();
    let path = folder.write("a.yaml", BY_HEART);
    let shown = folder.path().to_str().unwrap();
    let ended = ends(&["run", shown, "--bless", "-q"]);
    // The run did fail: what was rewritten holds from the next one on.
    ended.exits(1);
    let blessed: Vec<&str> = ended.stdout.lines().filter_map(|line| line.strip_prefix("blessed: ")).collect();
    assert_snapshot!(blessed.join("\n").replace(shown, "."), @r#"
    ./a.yaml:13:40: refused is accepted now
    ./a.yaml:14:66: "yes" is true now
    ./a.yaml:15:72: 2 is 3 now
    ./a.yaml:15:86: true is false now
    "#);
    assert_eq!(read(&path), mended());
    ends(&["run", shown, "-q"]).exits(0);
}

#[test]
fn a_violation_is_never_blessed() {
    let folder = Folder::new();
    let right = mended();
    let path = folder.write("a.yaml", &right);
    let shown = folder.path().to_str().unwrap();
    let plain = "\
format: 1
spec: modern-dropship
title: Nobody has to say why
order:
  items:
    mug: { quantity: 5 }
steps:
  - call: cancel_item
    on: mug
    expect:
      item.reason-optional: { answer: accepted, items: { mug: { cancelled: true } }, order: { hasCancellations: true } }
";
    for (text, fault, why) in [
        // An invariant says so.
        (right.as_str(), "new-quantity-is-removed", "an invariant does not hold, whatever a scenario expects"),
        // Only the mock can tell.
        (plain, "reason-required", "not blessed: MUST item.reason-optional would be violated"),
    ] {
        folder.write("a.yaml", text);
        let served = Served::start(&["--fault", fault]);
        let ended = ends(&["run", shown, "--bless", "-q", "--no-proof", "--target", &served.url()]);
        ended.exits(1);
        assert!(ended.stderr.contains(why), "{}", ended.stderr);
        assert!(!ended.stdout.contains("blessed:"), "{}", ended.stdout);
        assert_eq!(read(&path), text);
    }
}

/// What is left open is no violation, and holds only for who chooses so.
#[test]
fn what_hangs_on_a_choice_is_blessed_and_said() {
    let folder = Folder::new();
    let original = "{ items: { mug: { cancelled: true } } }";
    let text = mended().replace(original, "{ items: { mug: { cancelled: true, quantity: 5 } } }");
    let path = folder.write("a.yaml", &text);
    let shown = folder.path().to_str().unwrap();
    let ended = ends(&["run", shown, "--bless", "-q", "--choice", "original-quantity=reduce"]);
    ended.exits(1);
    let note = "note: `modern-dropship/a` holds only with original-quantity=reduce: ";
    assert!(ended.stdout.lines().any(|line| line.starts_with(note)), "{}", ended.stdout);
    assert!(!read(&path).contains("quantity: 5 } } }"));
    ends(&["run", shown, "-q", "--choice", "original-quantity=reduce"]).exits(0);
}

#[test]
fn the_rows_of_a_table_are_blessed_one_by_one() {
    let folder = Folder::new();
    let text = "\
format: 1
spec: modern-dropship
title: So many are kept
table:
  one: { keep: 1, left: 7 }   # of five
  two: { keep: 2, left: 2 }
order:
  items:
    mug: { quantity: 5 }
steps:
  - call: cancel_item
    on: mug
    with: { newQuantity: $keep }
    expect:
      partial.new-quantity: { items: { mug-rest: { new: mug, quantity: $left } } }
      item.cancels: { items: { mug: { cancelled: true } } }
      item.marks-order: { order: { hasCancellations: true } }
";
    let path = folder.write("rows.yaml", text);
    let shown = folder.path().to_str().unwrap();
    ends(&["run", shown, "--bless", "-q"]).exits(1);
    assert_eq!(read(&path), text.replace("left: 7", "left: 1"));
    // A value that all rows share is right for one of them at most.
    let shared = text.replace("quantity: $left", "quantity: 4").replace(", left: 7", "").replace(", left: 2", "");
    folder.write("rows.yaml", &shared);
    let ended = ends(&["run", shown, "--bless", "-q"]);
    ended.exits(1);
    assert!(ended.stderr.contains("two cases see two values here"), "{}", ended.stderr);
    assert_eq!(read(&path), shared);
}

#[test]
fn what_is_no_value_is_changed_by_hand() {
    let folder = Folder::new();
    let text =
        BY_HEART.replace("{ order: { hasCancellations: true } }", "{ order: { hasCancellations: { not: true } } }");
    let path = folder.write("a.yaml", &text);
    let ended = ends(&["run", folder.path().to_str().unwrap(), "--bless", "-q"]);
    ended.exits(1);
    assert!(ended.stderr.contains("change it by hand"), "{}", ended.stderr);
    assert_eq!(read(&path), text);
    let ended = ends(&["run", "--bless"]);
    ended.exits(2);
    assert!(ended.stderr.contains("name scenario files or folders"), "{}", ended.stderr);
}

#[test]
fn files_are_laid_out_and_say_the_same() {
    let folder = Folder::new();
    let path = folder.write("a.yaml", BY_HEART);
    // What lies beside it is none of our business.
    let beside = folder.write("compose.yaml", "services:   {}\n");
    let shown = folder.path().to_str().unwrap();
    let ended = ends(&["fmt", "--check", shown]);
    ended.exits(1);
    assert_eq!(ended.stdout.replace(shown, "."), "./a.yaml\n1 of 1 scenarios are laid out otherwise\n");
    assert_eq!(read(&path), BY_HEART);
    ends(&["fmt", shown]).exits(0);
    assert_eq!(read(&beside), "services:   {}\n");
    assert_snapshot!(read(&path));
    let ended = ends(&["fmt", "--check", shown]);
    ended.exits(0);
    assert_eq!(ended.stdout, "0 of 1 scenarios are laid out otherwise\n");
    let spec = folder.write("spec.yaml", "a: 1");
    ends(&["fmt", spec.to_str().unwrap()]).exits(2);
    std::fs::remove_file(spec).unwrap();
    folder.write("wrong.yaml", "a: [1");
    let ended = ends(&["fmt", shown]);
    ended.exits(2);
    assert!(ended.stderr.contains("wrong.yaml:"), "{}", ended.stderr);
}

#[test]
fn a_scenario_is_written_from_flags() {
    let folder = Folder::new();
    let path = folder.file("new.yaml");
    let shown = path.to_str().unwrap();
    let written = ["new", "--line", "mug=5", "--line", "tee=2", "--fulfilled", "tee=1", "-o", shown];
    let calls = ["--call", "cancel_item mug newQuantity=3", "--call", "cancel_order unfulfilledOnly=true"];
    let args: Vec<&str> = written.into_iter().chain(calls).collect();
    ends(&args).exits(0);
    assert_snapshot!(read(&path));
    ends(&["run", shown, "-q"]).exits(0);
    ends(&["fmt", "--check", shown]).exits(0);
    // Nothing is written over.
    ends(&args).exits(2);
}

#[test]
fn a_scenario_is_written_from_curl() {
    let command = r#"curl -sS -X POST https://acme.example/v2/orders/7/items/9/cancel -d '{"newQuantity":3}'"#;
    let again = r#"curl -X POST https://acme.example/v2/orders/7/items/11/cancel"#;
    let ended = ends(&["new", "--line", "mug=5", "--line", "tee=1", "--curl", command, "--curl", again]);
    ended.exits(0);
    assert_snapshot!(ended.stdout);
    // Packages are named too, and the lines in what is sent.
    let command = r#"curl -X PUT https://acme.example/order/sellers/1/shipment-packages/77/items/unsupplied -d '{"lines": [
        {"lineId": 9001, "quantity": 2}, {"lineId": 9002, "quantity": 1}], "reasonId": 500}'"#;
    let trendyol = ends(&["new", "--spec", "trendyol", "--line", "mug=3", "--line", "tee=1", "--curl", command]);
    trendyol.exits(0);
    assert_snapshot!(trendyol.stdout);
    let command = r#"curl -sS -X POST https://acme.example/v2/orders/7/items/9/cancel -d '{"newQuantity":3}'"#;
    let too_many = ends(&["new", "--curl", command, "--curl", again]);
    too_many.exits(2);
    assert_eq!(too_many.stderr, "error: `11` is one item more than the order has lines\n");
}

#[test]
fn what_is_no_call_is_told() {
    let told = |args: &[&str]| {
        let ended = ends(&[&["new"], args].concat());
        ended.exits(2);
        ended.stderr
    };
    let told = [
        told(&["--call", "cancel_itme mug"]),
        told(&["--call", "cancel_item mugg"]),
        told(&["--call", "cancel_item mug", "--line", "mug"]),
        told(&["--call", "cancel_item mug", "--line", "mug=1", "--line", "mug=2"]),
        told(&["--call", "cancel_item mug", "--line", "mug=0"]),
        told(&["--call", "cancel_item mug", "--choice", "visibility"]),
        told(&["--call", "cancel_item mug", "--fulfilled", "tee=1"]),
        told(&["--curl", "curl https://acme.example/nothing"]),
        told(&["--curl", "curl -X POST 'https://acme.example/orders/7/items/9/cancel?dry=true'"]),
        told(&["--spec", "trendyol-tr", "--call", "a"]),
    ];
    assert_snapshot!(told.concat());
}
