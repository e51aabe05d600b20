//! Lists of packages: filters, pages, order, and the forms in which packages are shown.

use serde_json::{Value, json};

use crate::api::{Api, OTHER, Package, SELLER};

/// An order whose one package was cancelled in part, and the two packages that are there now.
fn cancelled(api: &mut Api) -> Vec<Package> {
    let old = api.package(&[("mug", 3), ("tee", 1)]);
    assert_eq!(api.cancel(old.id, &[(old.line("mug"), 1)]), 200);
    api.packages(&old.order)
}

fn ids(packages: &[Package]) -> Vec<u64> {
    packages.iter().map(|package| package.id).collect()
}

fn page(api: &mut Api, query: &str) -> (u16, Value) {
    api.call(SELLER, "GET", &format!("/order/sellers/{SELLER}/orders?{query}"), "")
}

#[test]
fn filters_agree_with_what_is_there() {
    let mut api = Api::new(&[]);
    let [first, second] = [cancelled(&mut api), cancelled(&mut api)];
    let all: Vec<u64> = ids(&first).into_iter().chain(ids(&second)).collect();
    assert_eq!(ids(&api.list("")), all);
    assert_eq!(ids(&api.list("status=Cancelled")), [first[0].id, second[0].id]);
    assert_eq!(ids(&api.list("status=Created,Cancelled")), all);
    assert_eq!(ids(&api.list(&format!("status=Created&orderNumber={}", first[0].order))), [first[1].id]);
    let some = format!("shipmentPackageIds={}%2C{},9", first[1].id, second[0].id);
    assert_eq!(ids(&api.list(&some)), [first[1].id, second[0].id]);
    for none in ["orderNumber=", "orderNumber=9", "orderNumber=x", "shipmentPackageIds=9", "status=UnSupplied"] {
        assert_eq!(api.list(none).len(), 0, "{none}");
    }
    assert_eq!(api.list(&format!("orderNumber=0{}", first[0].order)).len(), 0, "a number is a text here");
    let changed = first[1].raw["lastModifiedDate"].as_u64().unwrap();
    assert_eq!(ids(&api.list(&format!("startDate={changed}"))), all);
    assert_eq!(ids(&api.list(&format!("endDate={changed}"))), ids(&first));
    assert_eq!(api.list(&format!("startDate={}&endDate={}", changed + 1, changed + 1)).len(), 0);
}

#[test]
fn pages_show_every_package_once() {
    let mut api = Api::new(&[]);
    (0..7).for_each(|_| drop(api.place(&[("mug", 1)])));
    api.place_as(OTHER, &[("mug", 1)]);
    let mut seen = Vec::new();
    for number in 0..4 {
        let (_, shown) = page(&mut api, &format!("size=3&page={number}"));
        assert_eq!((&shown["page"], &shown["size"]), (&json!(number), &json!(3)));
        assert_eq!((&shown["totalPages"], &shown["totalElements"]), (&json!(3), &json!(7)));
        seen.extend(ids(&crate::api::packages_of(&shown)));
    }
    assert_eq!(seen, ids(&api.list("")));
    let (status, far) = page(&mut api, &format!("size=200&page={}", u64::MAX));
    assert_eq!((status, &far["content"]), (200, &json!([])));
    assert_eq!(page(&mut api, "orderNumber=9").1["totalPages"], 0);
}

#[test]
fn sizes_have_a_bound() {
    for (choice, status) in [("refuse", 400), ("clamp", 200)] {
        let mut api = Api::new(&[("size-over", choice)]);
        let (answer, shown) = page(&mut api, "size=201");
        assert_eq!(answer, status);
        assert_eq!(shown["size"], if status == 200 { json!(200) } else { Value::Null });
        assert_eq!((page(&mut api, "size=200").0, page(&mut api, "size=0").0), (200, 400));
        assert_eq!((page(&mut api, "page=-1").0, page(&mut api, "status=created").0), (400, 400));
    }
}

#[test]
fn the_newest_may_come_first() {
    let mut api = Api::new(&[("list-order", "newest")]);
    let packages = cancelled(&mut api);
    assert!(packages[0].id > packages[1].id);
    assert_eq!(packages[1].status, "Cancelled");
}

#[test]
fn what_an_old_package_lists_is_open() {
    let listed = |choice: &str| {
        let mut api = Api::new(&[("old-lines", choice)]);
        let [old, new] = cancelled(&mut api).try_into().unwrap();
        assert_eq!(new.amounts(), [("mug", 2), ("tee", 1)]);
        old.lines.into_iter().map(|line| (line.barcode, line.quantity)).collect::<Vec<_>>()
    };
    let of = |product: &str, units| (product.to_owned(), units);
    assert_eq!(listed("all"), [of("mug", 3), of("tee", 1)]);
    assert_eq!(listed("cancelled-only"), [of("mug", 1)]);
    assert_eq!(listed("none"), []);
}

#[test]
fn a_cancelled_line_tells_why_or_does_not() {
    for (choice, told) in [("filled", json!(["Seller", "Stock Out", 500])), ("blank", json!(["", "", null]))] {
        let mut api = Api::new(&[("cancel-info", choice)]);
        let [old, new] = cancelled(&mut api).try_into().unwrap();
        let of = |line: &Value| json!([line["cancelledBy"], line["cancelReason"], line["cancelReasonCode"]]);
        assert_eq!(of(&old.raw["lines"][0]), told);
        assert_eq!(of(&old.raw["lines"][1]), json!(["", "", null]), "of this line nothing was cancelled");
        assert_eq!(of(&new.raw["lines"][0]), json!(["", "", null]));
        assert_eq!(old.raw["lines"][0]["orderLineItemStatusName"], "Cancelled");
    }
}

#[test]
fn ids_are_shown_as_they_are_called() {
    for (choice, root, line) in [
        ("current", ["shipmentPackageId"].as_slice(), ["lineId"].as_slice()),
        ("legacy", &["id"], &["id"]),
        ("both", &["id", "shipmentPackageId"], &["id", "lineId"]),
    ] {
        let mut api = Api::new(&[("field-names", choice)]);
        let raw = api.package(&[("mug", 1)]).raw;
        let named = |value: &Value, names: [&str; 2]| {
            names.iter().filter(|name| value.get(name).is_some()).map(|name| name.to_string()).collect::<Vec<_>>()
        };
        assert_eq!(named(&raw, ["id", "shipmentPackageId"]), root);
        assert_eq!(named(&raw["lines"][0], ["id", "lineId"]), line);
    }
}

#[test]
fn tracking_numbers_are_numbers_or_texts() {
    assert!(Api::new(&[]).package(&[("mug", 1)]).raw["cargoTrackingNumber"].is_u64());
    assert!(Api::new(&[("tracking-type", "string")]).package(&[("mug", 1)]).raw["cargoTrackingNumber"].is_string());
}

#[test]
fn ancestors_are_named_as_it_is_chosen() {
    for choice in ["root", "parent", "chain", "scalar", "absent"] {
        let mut api = Api::new(&[("origin-ids", choice)]);
        let first = api.package(&[("mug", 4)]);
        let mut line = vec![first.clone()];
        for _ in 0..3 {
            let last = line.last().unwrap();
            assert_eq!(api.cancel(last.id, &[(last.line("mug"), 1)]), 200);
            line = api.packages(&first.order);
        }
        let shown = line[3].raw.get("originPackageIds").cloned();
        let expected = match choice {
            "root" => Some(json!([line[0].id])),
            "parent" => Some(json!([line[2].id])),
            "chain" => Some(json!([line[2].id, line[1].id, line[0].id])),
            "scalar" => Some(json!(line[2].id)),
            _ => None,
        };
        assert_eq!(shown, expected, "{choice}");
        assert_eq!(line[0].raw.get("originPackageIds"), expected.map(|_| Value::Null).as_ref());
    }
}

#[test]
fn a_sellers_cancel_may_go_by_another_name() {
    let mut api = Api::new(&[("unsupplied-filter", "lists-seller-cancels")]);
    let packages = cancelled(&mut api);
    assert_eq!(ids(&api.list("status=UnSupplied")), [packages[0].id]);
    assert_eq!(ids(&api.list("status=UnSupplied,Cancelled")), [packages[0].id]);
    let mut api = Api::new(&[("cancelled-status-name", "UnSupplied")]);
    let packages = cancelled(&mut api);
    assert_eq!((packages[0].status.as_str(), packages[1].status.as_str()), ("UnSupplied", "Created"));
    assert_eq!(packages[0].raw["packageHistories"][1]["status"], "UnSupplied");
    assert_eq!(ids(&api.list("status=UnSupplied")), [packages[0].id]);
    assert_eq!(api.list("status=Cancelled").len(), 0);
}

#[test]
fn old_orders_make_room() {
    let settings = countermand_model::Settings { max_orders: 2, ..Default::default() };
    let mut api = Api::with(&[], settings);
    let orders = [(); 2].map(|()| api.place(&[("mug", 2)]));
    cancelled(&mut api);
    let body = r#"{"lines":[{"barcode":"mug","quantity":1}]}"#;
    let evicted = api.reply(SELLER, "POST", "/test/order/orders/core", body).evicted;
    assert_eq!(evicted, [orders[1].clone()], "the one before it is gone already");
    assert_eq!(orders.map(|order| api.packages(&order).len()), [0, 0]);
    assert_eq!(api.list("").len(), 3, "two orders are kept, and the older has two packages");
}
