//! What is seen when: at once, or a moment later, and what may be done in between.

use crate::api::{Api, Package, live};

/// The statuses of an order's packages, the oldest first.
fn statuses(api: &mut Api, order: &str) -> Vec<String> {
    api.packages(order).into_iter().map(|package| package.status).collect()
}

/// A model whose clock stands still unless it is told to move, with one package.
fn still(picks: &[(&str, &str)]) -> (Api, Package) {
    let mut api = Api::new(picks);
    let package = api.package(&[("mug", 3)]);
    api.step = 0;
    (api, package)
}

#[test]
fn a_partial_cancel_settles_as_it_is_chosen() {
    for (settle, before, after) in [
        ("at-once", &["Cancelled", "Created"] as &[_], &["Cancelled", "Created"]),
        ("delayed", &["Cancelled"], &["Cancelled", "Created"]),
        ("queued", &["Created"], &["Cancelled", "Created"]),
    ] {
        let (mut api, package) = still(&[("settle", settle)]);
        assert_eq!(api.cancel(package.id, &[(package.line("mug"), 1)]), 200);
        assert_eq!(statuses(&mut api, &package.order), before, "{settle}");
        api.now += 99;
        assert_eq!(statuses(&mut api, &package.order), before, "{settle}");
        api.now += 1;
        assert_eq!(statuses(&mut api, &package.order), after, "{settle}");
    }
}

#[test]
fn a_split_settles_likewise() {
    for (settle, before) in [("at-once", 3), ("delayed", 0), ("queued", 3)] {
        let (mut api, package) = still(&[("settle", settle)]);
        let body = serde_json::json!({
            "quantitySplit": [{ "orderLineId": package.line("mug"), "quantities": [1] }]
        });
        assert_eq!(api.split(package.id, "quantity-split", &body), 200);
        let units = live(&api.packages(&package.order)).get("mug").copied().unwrap_or_default();
        assert_eq!(units, before, "never two with one unit: {settle}");
        api.now += 100;
        assert_eq!(live(&api.packages(&package.order))["mug"], 3);
        assert_eq!(statuses(&mut api, &package.order), ["UnPacked", "Created", "Created"]);
    }
}

#[test]
fn what_is_queued_is_decided() {
    let (mut api, package) = still(&[("settle", "queued")]);
    let one = [(package.line("mug"), 1)];
    assert_eq!((api.cancel(package.id, &one), api.cancel(package.id, &one)), (200, 400));
    assert_eq!((api.pick(package.id), api.stage(package.id, "Shipped")), (400, 400));
    let shown = api.packages(&package.order);
    assert_eq!(shown[0].amounts(), [("mug", 3)]);
    assert_eq!(shown[0].raw["lines"][0]["cancelReason"], "", "not cancelled yet");
    api.now += 100;
    assert_eq!(statuses(&mut api, &package.order), ["Cancelled", "Created"]);
    assert_eq!(live(&api.packages(&package.order))["mug"], 2);
}

#[test]
fn a_successor_can_not_be_dealt_with_before_it_is_there() {
    let (mut api, package) = still(&[("settle", "delayed"), ("unknown-package-status", "400")]);
    let ids = |api: &mut Api| api.packages(&package.order).iter().map(|it| it.id).collect::<Vec<_>>();
    api.cancel(package.id, &[(package.line("mug"), 1)]);
    assert_eq!(ids(&mut api), [package.id]);
    let mut ahead = Api::new(&[("settle", "at-once"), ("unknown-package-status", "400")]);
    let twin = ahead.package(&[("mug", 3)]);
    ahead.cancel(twin.id, &[(twin.line("mug"), 1)]);
    let successor = ahead.packages(&twin.order).pop().unwrap().id;
    assert_eq!(twin.id, package.id, "two models of one seed make the same ids");
    assert_eq!(api.pick(successor), 400);
    api.now += 100;
    assert_eq!((ids(&mut api), api.pick(successor)), (vec![package.id, successor], 200));
}

#[test]
fn a_fresh_order_may_await_its_payment() {
    let mut api = Api::new(&[("birth", "awaiting")]);
    api.step = 0;
    let package = api.package(&[("mug", 3)]);
    assert_eq!(package.status, "Awaiting");
    let one = [(package.line("mug"), 1)];
    assert_eq!((api.cancel(package.id, &one), api.pick(package.id)), (400, 400));
    api.now += 99;
    assert_eq!(api.stage(package.id, "Shipped"), 400);
    api.now += 1;
    assert_eq!(statuses(&mut api, &package.order), ["Created"]);
    assert_eq!(api.cancel(package.id, &one), 200);
    assert_eq!(statuses(&mut api, &package.order), ["Cancelled", "Created"]);
}

#[test]
fn a_clock_that_steps_back_breaks_no_timeline() {
    let (mut api, package) = still(&[]);
    api.now -= 1_500;
    api.model.deliveries(0);
    assert_eq!(api.packages(&package.order).len(), 0, "not born yet");
    api.now += 11_500;
    assert_eq!(api.pick(package.id), 200);
    api.now -= 5_000;
    assert_eq!(statuses(&mut api, &package.order), ["Created"]);
    assert_eq!(api.invoice(package.id), 200, "it is decided by what it is");
    assert_eq!(statuses(&mut api, &package.order), ["Created"]);
    api.now += 5_000;
    let after = api.packages(&package.order).remove(0);
    let past = after.raw["packageHistories"].as_array().unwrap();
    assert!(past.iter().map(|moment| moment["createdDate"].as_u64()).is_sorted());
    assert_eq!((past.len(), after.status.as_str()), (3, "Invoiced"));
}
