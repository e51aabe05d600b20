//! Random calls on random orders under random choices, and what must hold after each, as read through the API.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use serde_json::Value;

use crate::api::{Api, OTHER, Package, SELLER, live, package_of};
use crate::generated::{Kind, Played, Player, calls, lines, picks};

/// How far each status is on its way; `None` for what is dead.
fn rank(package: &Package) -> Option<usize> {
    let way =
        ["Created", "Picking", "Invoiced", "Shipped", "AtCollectionPoint", "UnDelivered", "Delivered", "Returned"];
    way.iter().position(|status| *status == package.status)
}

/// What holds between the order before and after any call, both settled.
fn check_step(before: &[Package], after: &[Package], played: &Played) -> Result<(), TestCaseError> {
    let accepted = played.status == 200;
    prop_assert!(accepted || (400..500).contains(&played.status), "status {}", played.status);
    if !accepted || played.kind == Kind::Bad {
        prop_assert!(!accepted, "accepted what makes no sense");
        prop_assert_eq!(before, after, "refused, yet changed");
        return Ok(());
    }
    for was in before {
        let now = after.iter().find(|now| now.id == was.id);
        prop_assert!(now.is_some(), "package {} is gone", was.id);
        let now = now.unwrap();
        if !was.live() || played.package != Some(was.id) {
            prop_assert_eq!(was, now, "a package changed that had no business to");
        }
        prop_assert_eq!((&was.order, &was.tracking), (&now.order, &now.tracking));
        if let (Some(was), Some(now)) = (rank(was), rank(now)) {
            prop_assert!(was <= now, "a status went back");
        }
    }
    let named = before.iter().find(|was| played.package == Some(was.id)).unwrap();
    if !named.live() {
        prop_assert_eq!(before, after, "a dead package had an effect");
        return Ok(());
    }
    let now = after.iter().find(|now| now.id == named.id).unwrap();
    let new: Vec<_> = after.iter().filter(|now| before.iter().all(|was| was.id != now.id)).collect();
    let mut expected = live(before);
    match played.kind {
        Kind::Cancel => {
            prop_assert!(["Cancelled", "UnSupplied"].contains(&now.status.as_str()));
            for (product, units) in &played.units {
                *expected.get_mut(product).unwrap() -= units;
            }
            let held: u64 = named.lines.iter().map(|line| line.quantity).sum();
            let is_full = played.units.values().sum::<u64>() == held;
            prop_assert_eq!(new.len(), usize::from(!is_full));
            prop_assert!(new.iter().all(|new| new.created_by == "cancel"));
        }
        Kind::Split => {
            prop_assert_eq!(&now.status, "UnPacked");
            prop_assert!(new.len() >= 2 && new.iter().all(|new| new.created_by == "split"));
        }
        Kind::Status | Kind::Bad => prop_assert!(now.live() && new.is_empty()),
    }
    expected.retain(|_, units| *units > 0);
    prop_assert_eq!(live(after), expected, "units are not conserved");
    let started = |new: &Package| new.status == "Created" || new.status == named.status;
    prop_assert!(new.iter().all(|new| started(new)));
    Ok(())
}

/// What holds of an order at any time.
fn check_state(packages: &[Package]) -> Result<(), TestCaseError> {
    let numbers = packages.iter().flat_map(|package| [package.id.to_string(), package.tracking.clone()]);
    prop_assert_eq!(numbers.collect::<BTreeSet<_>>().len(), 2 * packages.len(), "an id was used twice");
    for package in packages {
        let lines: BTreeSet<_> = package.lines.iter().map(|line| line.id).collect();
        prop_assert_eq!(lines.len(), package.lines.len());
        prop_assert!(package.lines.iter().all(|line| line.quantity > 0), "an empty line");
        prop_assert!(!package.live() || !package.lines.is_empty(), "an empty package");
        prop_assert_eq!(&package.raw["status"], &package.raw["shipmentPackageStatus"]);
        let past = package.raw["packageHistories"].as_array().unwrap();
        let last = past.last().unwrap();
        prop_assert_eq!(&last["status"], &package.raw["status"]);
        prop_assert_eq!(&last["createdDate"], &package.raw["lastModifiedDate"]);
    }
    Ok(())
}

/// Before all has settled no unit is seen twice.
fn check_unsettled(api: &mut Api, order: &str, before: &[Package]) -> Result<(), TestCaseError> {
    let step = std::mem::take(&mut api.step);
    let between = live(&api.packages(order));
    api.step = step;
    let most = live(before);
    prop_assert!(between.iter().all(|(product, units)| units <= &most[product]), "a unit in two live packages");
    Ok(())
}

/// Takes what is due, and keeps the last that is told of each package.
fn listen(api: &mut Api, told: &mut BTreeMap<u64, Package>) {
    for delivery in api.model.deliveries(api.now) {
        let body: Value = serde_json::from_slice(&delivery.body).unwrap();
        let package = package_of(body.get("content").map_or(&body, |content| &content[0]));
        let date = |package: &Package| package.raw["lastModifiedDate"].as_u64();
        if told.get(&package.id).is_none_or(|known| date(known) <= date(&package)) {
            told.insert(package.id, package);
        }
        api.model.delivered(delivery.id, true, api.now);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn hold_after_every_call(
        picks in picks(),
        lines in lines(),
        calls in prop::collection::vec(calls(), 1..14),
    ) {
        let mut api = Api::new(&picks);
        let webhook = r#"{"url":"http://x.example","authenticationType":"API_KEY","apiKey":"k"}"#;
        prop_assert_eq!(api.call(SELLER, "POST", "/webhook/sellers/1001/webhooks", webhook).0, 200);
        let (order, other) = (api.place(&lines), api.place(&lines));
        let others = api.packages(&other);
        let mut before = api.packages(&order);
        let mut player = Player::default();
        let mut told = BTreeMap::new();
        for call in &calls {
            let played = player.play(&mut api, &before, call);
            check_unsettled(&mut api, &order, &before)?;
            let after = api.packages(&order);
            check_step(&before, &after, &played)?;
            check_state(&after)?;
            listen(&mut api, &mut told);
            before = after;
        }
        prop_assert_eq!(&api.packages(&other), &others, "another order changed");
        for package in before.iter().chain(&others) {
            prop_assert_eq!(told.get(&package.id), Some(package), "a webhook was told otherwise");
        }
        let (_, foreign) = api.call(OTHER, "GET", &format!("/order/sellers/{OTHER}/orders"), "");
        prop_assert_eq!(&foreign["totalElements"], 0);
    }

    #[test]
    fn the_same_calls_get_the_same_bytes(
        picks in picks(),
        lines in lines(),
        calls in prop::collection::vec(calls(), 1..6),
    ) {
        let run = || {
            let mut api = Api::new(&picks);
            let order = api.place(&lines);
            let mut player = Player::default();
            calls.iter().map(|call| {
                let before = api.packages(&order);
                player.play(&mut api, &before, call);
                api.reply(SELLER, "GET", &format!("/order/sellers/{SELLER}/orders"), "")
            }).collect::<Vec<_>>()
        };
        prop_assert_eq!(run(), run());
    }

    #[test]
    fn nothing_that_is_sent_makes_it_panic(
        picks in picks(),
        method in prop::sample::select(vec!["GET", "PUT", "POST", "DELETE", "PATCH"]),
        path in prop::sample::select(vec![
            "/order/sellers/1001/shipment-packages/ID",
            "/order/sellers/1001/shipment-packages/ID/items/unsupplied",
            "/order/sellers/1001/shipment-packages/ID/split",
            "/order/sellers/1001/shipment-packages/ID/multi-split",
            "/order/sellers/1001/shipment-packages/ID/quantity-split",
            "/order/sellers/1001/shipment-packages/ID/split-packages",
            "/test/order/sellers/1001/shipment-packages/ID/status",
            "/test/order/orders/core",
            "/webhook/sellers/1001/webhooks",
            "/webhook/sellers/1001/webhooks/ID/activate",
            "/order/sellers/1001/orders",
            "/integration",
        ]),
        query in "[a-zA-Z%&=0-9,+é]{0,20}",
        body in prop_oneof![
            prop::collection::vec(any::<u8>(), 0..40),
            json().prop_map(|value| value.to_string().into_bytes()),
        ],
        now in any::<u64>(),
    ) {
        let mut api = Api::new(&picks);
        let package = api.package(&[("mug", 3)]);
        api.now = now - now.min(1_000);
        let body = String::from_utf8_lossy(&body).replace("\"LINE\"", &package.line("mug").to_string());
        let target = format!("{}?{query}", path.replace("ID", &package.id.to_string()));
        let reply = api.reply(SELLER, method, &target, &body);
        prop_assert!(reply.status == 200 || (400..500).contains(&reply.status), "{}", reply.status);
        api.model.deliveries(now);
        let _ = api.model.place(body.as_bytes(), now);
    }
}

/// Bodies that are nearly what some call takes.
fn json() -> impl Strategy<Value = Value> {
    let words = ["LINE", "Picking", "Invoiced", "Shipped", "CREATED", "API_KEY", "http://x", "é\n", ""];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        prop_oneof![Just(0), Just(1), Just(2), Just(500), any::<i64>()].prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        prop::sample::select(words.to_vec()).prop_map(Value::from),
    ];
    let names = [
        "lines",
        "lineId",
        "quantity",
        "reasonId",
        "status",
        "params",
        "invoiceNumber",
        "orderLineIds",
        "orderLineId",
        "quantities",
        "splitGroups",
        "quantitySplit",
        "splitPackages",
        "packageDetails",
        "barcode",
        "price",
        "url",
        "authenticationType",
        "apiKey",
        "subscribedStatuses",
        "sellerId",
    ];
    leaf.prop_recursive(4, 40, 6, move |inner| {
        let fields = prop::collection::btree_map(prop::sample::select(names.to_vec()), inner.clone(), 0..6);
        prop_oneof![
            prop::collection::vec(inner, 0..4).prop_map(Value::from),
            fields.prop_map(|fields| fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()),
        ]
    })
}
