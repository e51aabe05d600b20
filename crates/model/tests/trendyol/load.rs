//! Orders from a file: what is made of it, and what is said of a file that is wrong.

use countermand_model::{LoadError, PlaceError, Settings, load};

use crate::api::{Api, OTHER};

const NOW: u64 = 1_700_000_000_000;

#[test]
fn orders_are_as_if_they_had_come_that_far() {
    let statuses = ["Created", "Picking", "Invoiced", "Shipped", "AtCollectionPoint", "Delivered", "UnDelivered"];
    let statuses = statuses.into_iter().chain(["Returned", "Cancelled"]);
    let order = |status: &str| format!(r#"{{"lines":[{{"barcode":"mug","quantity":2}}],"status":"{status}"}}"#);
    let file = format!("[{}]", statuses.clone().map(order).collect::<Vec<_>>().join(","));
    for picks in [&[("birth", "awaiting"), ("push-lines", "check"), ("settle", "queued")] as &[_], &[]] {
        let mut api = Api::with(picks, Settings { rate: Some(1), ..Settings::default() });
        assert_eq!(load(&mut *api.model, file.as_bytes(), NOW), Ok(9));
        let found = api.list("");
        assert!(found.iter().map(|package| package.status.as_str()).eq(statuses.clone()));
        let dates: Vec<_> = found.iter().map(|package| package.raw["orderDate"].as_u64().unwrap()).collect();
        assert!(dates.is_sorted() && dates[8] < NOW);
    }
}

#[test]
fn an_order_may_be_another_sellers() {
    let mut api = Api::new(&[]);
    let file = br#"[{"lines":[{"barcode":"mug","quantity":2}],"sellerId":1002,"status":"Picking"}]"#;
    assert_eq!(load(&mut *api.model, file, NOW), Ok(1));
    assert_eq!(api.list("").len(), 0);
    let (_, page) = api.call(OTHER, "GET", &format!("/order/sellers/{OTHER}/orders"), "");
    assert_eq!(page["content"][0]["status"], "Picking");
}

#[test]
fn what_is_wrong_is_told_with_its_place() {
    let good = r#"{"lines":[{"barcode":"mug","quantity":2}]}"#;
    let wrong = |order: &str| {
        let mut api = Api::with(&[], Settings { max_orders: 2, ..Settings::default() });
        load(&mut *api.model, format!("[{good},{order}]").as_bytes(), NOW).unwrap_err().to_string()
    };
    let with = |field: &str| good.replacen('{', &format!("{{{field},"), 1);
    assert_eq!(wrong("7"), "order 2 of 2: the body must be a JSON object");
    assert_eq!(wrong(&with(r#""status":"Lost""#)), "order 2 of 2: status: no order can be made that is \"Lost\"");
    assert_eq!(wrong(&with(r#""status":7"#)), "order 2 of 2: status must be a string");
    assert_eq!(wrong(&with(r#""sellerId":9"#)), "order 2 of 2: sellerId: there is no seller 9");
    assert!(wrong("{}").starts_with("order 2 of 2: POST /test/order/orders/core is refused with 400"));
    let mut api = Api::with(&[], Settings { max_orders: 1, ..Settings::default() });
    let full = load(&mut *api.model, format!("[{good},{good}]").as_bytes(), NOW);
    assert_eq!(full, Err(LoadError::Order { number: 2, of: 2, why: PlaceError::NoRoom }));
    assert!(load(&mut *api.model, b"{}", NOW).is_err());
    assert_eq!(api.model.place(good.as_bytes(), u64::MAX), Err(PlaceError::NoRoom), "no time is too late");
}
