//! The four split calls: which packages come of them.

use serde_json::{Value, json};

use crate::api::{Api, Package, UNKNOWN, live};

/// Splits a fresh package and gives the order after it, the old package first.
fn split(picks: &[(&str, &str)], way: &str, body: impl Fn(&Package) -> Value) -> (u16, Vec<Package>) {
    let mut api = Api::new(picks);
    let package = api.package(&[("mug", 3), ("tee", 1)]);
    let status = api.split(package.id, way, &body(&package));
    (status, api.packages(&package.order))
}

fn amounts(packages: &[Package]) -> Vec<Vec<(&str, u64)>> {
    packages.iter().map(Package::amounts).collect()
}

#[test]
fn lines_go_apart_from_the_rest() {
    let (status, after) = split(&[], "split", |package| json!({ "orderLineIds": [package.line("tee")] }));
    assert_eq!(status, 200);
    assert_eq!(after[0].status, "UnPacked");
    assert!(after[1..].iter().all(|new| new.status == "Created" && new.created_by == "split"));
    assert_eq!(amounts(&after[1..]), [vec![("tee", 1)], vec![("mug", 3)]]);
    assert_eq!(after[1].raw["originPackageIds"], json!([after[0].id]));
    assert!(after[1].tracking != after[2].tracking && after[1].tracking != after[0].tracking);
}

#[test]
fn groups_quantities_and_packages() {
    let groups = |package: &Package| json!({ "splitGroups": [{ "orderLineIds": [package.line("mug")] }] });
    assert_eq!(amounts(&split(&[], "multi-split", groups).1[1..]), [vec![("mug", 3)], vec![("tee", 1)]]);
    let quantities =
        |package: &Package| json!({ "quantitySplit": [{ "orderLineId": package.line("mug"), "quantities": [2, 1] }] });
    assert_eq!(
        amounts(&split(&[], "quantity-split", quantities).1[1..]),
        [vec![("mug", 2)], vec![("mug", 1)], vec![("tee", 1)]]
    );
    let packages = |package: &Package| {
        let detail = |product: &str, units: u64| json!({ "orderLineId": package.line(product), "quantities": units });
        json!({ "splitPackages": [{ "packageDetails": [detail("mug", 1), detail("tee", 1)] }] })
    };
    let (_, after) = split(&[("line-ids", "kept")], "split-packages", packages);
    assert_eq!(amounts(&after[1..]), [vec![("mug", 1), ("tee", 1)], vec![("mug", 2)]]);
    assert_eq!(after[1].line("mug"), after[0].line("mug"), "line ids are kept");
}

/// A way of splitting, and a body by the ids of two lines.
type Case = (&'static str, fn(u64, u64) -> Value);

#[test]
fn what_is_no_split_is_refused() {
    let wrong: &[Case] = &[
        ("split", |mug, tee| json!({ "orderLineIds": [mug, tee] })),
        ("split", |mug, _| json!({ "orderLineIds": [mug, mug] })),
        ("split", |_, _| json!({ "orderLineIds": [] })),
        ("split", |_, _| json!({})),
        ("split", |_, _| json!({ "orderLineIds": [UNKNOWN] })),
        ("split", |mug, _| json!({ "orderLineIds": [mug.to_string()] })),
        ("multi-split", |mug, _| json!({ "splitGroups": [{ "orderLineIds": [mug] }, { "orderLineIds": [mug] }] })),
        ("quantity-split", |mug, _| json!({ "quantitySplit": [{ "orderLineId": mug, "quantities": [2, 2] }] })),
        ("quantity-split", |mug, _| json!({ "quantitySplit": [{ "orderLineId": mug, "quantities": [0, 1] }] })),
        ("quantity-split", |mug, _| json!({ "quantitySplit": [{ "orderLineId": mug, "quantities": 1 }] })),
        ("split-packages", |_, _| json!({ "splitPackages": [{ "packageDetails": [] }] })),
    ];
    for (way, body) in wrong {
        let (status, after) = split(&[], way, |package| body(package.line("mug"), package.line("tee")));
        assert_eq!((status, after.len(), after[0].status.as_str()), (400, 1, "Created"), "{way}");
    }
}

#[test]
fn one_call_makes_no_more_packages_than_anyone_needs() {
    let mut api = Api::new(&[]);
    let package = api.package(&[("mug", 5_000)]);
    let body = |packages| json!({ "quantitySplit": [{ "orderLineId": package.line("mug"), "quantities": vec![1; packages] }] });
    assert_eq!(api.split(package.id, "quantity-split", &body(1_001)), 400);
    assert_eq!(api.split(package.id, "quantity-split", &body(1_000)), 200);
}

#[test]
fn what_is_split_is_dead_and_its_parts_are_not() {
    let mut api = Api::new(&[("repeat-cancel", "accept-no-effect"), ("successor-status", "keep")]);
    let old = api.package(&[("mug", 3), ("tee", 1)]);
    let tee = json!({ "orderLineIds": [old.line("tee")] });
    assert_eq!((api.pick(old.id), api.split(old.id, "split", &tee)), (200, 200));
    let after = api.packages(&old.order);
    assert!(after[1..].iter().all(|new| new.status == "Picking"), "the status is kept");
    let tried = [api.split(old.id, "split", &tee), api.cancel(old.id, &[(old.line("mug"), 1)]), api.pick(old.id)];
    assert_eq!(tried, [400, 400, 400]);
    assert_eq!(api.packages(&old.order), after);
    assert_eq!(api.cancel(after[2].id, &[(after[2].line("mug"), 1)]), 200);
    assert_eq!(live(&api.packages(&old.order)), [("mug".to_owned(), 2), ("tee".to_owned(), 1)].into());
    let last = api.packages(&old.order).pop().unwrap();
    assert_eq!(last.raw["originPackageIds"], json!([old.id]), "the root of its line");
}

#[test]
fn what_has_left_is_not_split() {
    let mut api = Api::new(&[]);
    let package = api.package(&[("mug", 3)]);
    let body = json!({ "quantitySplit": [{ "orderLineId": package.line("mug"), "quantities": [1] }] });
    assert_eq!((api.pick(package.id), api.stage(package.id, "Shipped")), (200, 200));
    assert_eq!(api.split(package.id, "quantity-split", &body), 400);
    assert_eq!(api.packages(&package.order).len(), 1);
}
