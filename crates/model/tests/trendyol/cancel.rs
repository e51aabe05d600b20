//! The rules of cancelling, one by one.

use crate::api::{Api, OTHER, SELLER, UNKNOWN, cancel_of, live};

#[test]
fn a_full_cancel_ends_the_package_and_makes_no_other() {
    let mut api = Api::new(&[]);
    let package = api.package(&[("mug", 3), ("tee", 1)]);
    assert_eq!((package.status.as_str(), package.created_by.as_str()), ("Created", "order-creation"));
    assert_eq!(api.cancel(package.id, &[(package.line("mug"), 3), (package.line("tee"), 1)]), 200);
    let after = api.packages(&package.order);
    assert_eq!(after.len(), 1);
    assert_eq!((after[0].id, after[0].status.as_str()), (package.id, "Cancelled"));
    assert_eq!(after[0].tracking, package.tracking);
}

#[test]
fn a_partial_cancel_leaves_the_rest_to_one_successor() {
    let mut api = Api::new(&[]);
    let old = api.package(&[("mug", 3), ("tee", 1)]);
    assert_eq!(api.cancel(old.id, &[(old.line("mug"), 1)]), 200);
    let after = api.packages(&old.order);
    assert_eq!(after.len(), 2);
    assert_eq!((after[0].id, after[0].status.as_str(), &after[0].tracking), (old.id, "Cancelled", &old.tracking));
    let new = &after[1];
    assert_eq!((new.status.as_str(), new.created_by.as_str()), ("Created", "cancel"));
    assert_eq!(new.amounts(), [("mug", 2), ("tee", 1)]);
    assert_ne!(new.tracking, old.tracking);
    assert_eq!(new.raw["originPackageIds"], serde_json::json!([old.id]));
}

#[test]
fn a_successor_goes_the_whole_way_again() {
    let mut api = Api::new(&[]);
    let first = api.package(&[("mug", 3)]);
    let mut package = first.clone();
    for left in [2, 1] {
        assert_eq!(api.cancel(package.id, &[(package.line("mug"), 1)]), 200);
        package = api.packages(&first.order).pop().unwrap();
        assert_eq!(package.amounts(), [("mug", left)]);
    }
    assert_eq!(api.pick(package.id), 200);
    assert_eq!(api.invoice(package.id), 200);
    assert_eq!(api.cancel(package.id, &[(package.line("mug"), 1)]), 200);
    let after = api.packages(&first.order);
    assert_eq!(after.len(), 3, "the last remainder has no successor");
    assert!(after.iter().all(|package| package.status == "Cancelled"));
}

#[test]
fn an_old_id_is_dead() {
    let mut api = Api::new(&[]);
    let old = api.package(&[("mug", 3)]);
    let one = [(old.line("mug"), 1)];
    assert_eq!(api.cancel(old.id, &one), 200);
    let before = api.packages(&old.order);
    assert_eq!(api.cancel(old.id, &one), 400);
    assert_eq!(api.cancel(old.id, &[(old.line("mug"), 2)]), 400);
    assert_eq!((api.pick(old.id), api.invoice(old.id), api.stage(old.id, "Shipped")), (400, 400, 400));
    assert_eq!(api.packages(&old.order), before);
}

#[test]
fn a_replay_may_be_accepted_and_has_no_effect() {
    let mut api = Api::new(&[("repeat-cancel", "accept-no-effect"), ("state-refusal-status", "409")]);
    let old = api.package(&[("mug", 3)]);
    let mug = old.line("mug");
    assert_eq!(api.cancel(old.id, &[(mug, 1)]), 200);
    let before = api.packages(&old.order);
    assert_eq!(api.cancel(old.id, &[(mug, 1)]), 200);
    assert_eq!(api.cancel(old.id, &[(mug, 2)]), 409, "this is another cancel");
    assert_eq!(api.put(old.id, "/items/unsupplied", &cancel_of(&[(mug, 1)], 501)), 409, "and so is this");
    assert_eq!(api.packages(&old.order), before);
}

#[test]
fn reasons_are_those_of_the_edition() {
    let mut api = Api::new(&[]);
    let status = |api: &mut Api, reason| {
        let package = api.package(&[("mug", 1)]);
        let body = cancel_of(&[(package.line("mug"), 1)], reason);
        let status = api.put(package.id, "/items/unsupplied", &body);
        assert_eq!(api.packages(&package.order)[0].live(), status != 200);
        status
    };
    for reason in [500, 501, 502, 504, 505, 506] {
        assert_eq!(status(&mut api, reason), 200, "{reason}");
    }
    for reason in [0, 1, 499, 503, 507, 999] {
        assert_eq!(status(&mut api, reason), 400, "{reason}");
    }
    api.header = Some(("storefrontcode", "DE"));
    assert_eq!((status(&mut api, 503), status(&mut api, 500), status(&mut api, 507)), (200, 200, 400));
}

#[test]
fn what_makes_no_sense_changes_nothing() {
    let mut api = Api::new(&[]);
    let package = api.package(&[("mug", 3), ("tee", 1)]);
    let others = api.package(&[("mug", 3)]);
    let (mug, tee, foreign) = (package.line("mug"), package.line("tee"), others.line("mug"));
    for lines in [
        vec![(mug, 4)],
        vec![(mug, 0)],
        vec![(mug, 1), (tee, 2)],
        vec![(mug, 1), (foreign, 1)],
        vec![(foreign, 1)],
        vec![(UNKNOWN, 1)],
        vec![(package.id, 1)],
        vec![(mug, 1), (mug, 1)],
        vec![],
    ] {
        assert_eq!(api.cancel(package.id, &lines), 400, "{lines:?}");
    }
    for body in [
        "",
        "{}",
        "[]",
        r#"{"reasonId":500}"#,
        r#"{"reasonId":500,"lines":null}"#,
        &format!(r#"{{"lines":[{{"lineId":{mug},"quantity":1}}]}}"#),
        &format!(r#"{{"lines":[{{"lineId":{mug},"quantity":-1}}],"reasonId":500}}"#),
        &format!(r#"{{"lines":[{{"lineId":{mug},"quantity":1.5}}],"reasonId":500}}"#),
        &format!(r#"{{"lines":[{{"lineId":{mug},"quantity":"1"}}],"reasonId":500}}"#),
        &format!(r#"{{"lines":[{{"lineId":"{mug}","quantity":1}}],"reasonId":500}}"#),
        &format!(r#"{{"lines":[{{"lineId":{mug},"quantity":1}}],"reasonId":"500"}}"#),
        &format!(r#"{{"lines":[{{"lineId":{mug}}}],"reasonId":500}}"#),
        &format!(r#"{{"lines":{{"lineId":{mug},"quantity":1}},"reasonId":500}}"#),
    ] {
        assert_eq!(api.put(package.id, "/items/unsupplied", body), 400, "{body}");
    }
    assert_eq!(api.cancel(UNKNOWN, &[(mug, 1)]), 404);
    assert_eq!(api.packages(&package.order), [package]);
    assert_eq!(api.packages(&others.order), [others]);
}

#[test]
fn a_line_may_be_named_twice_within_its_units() {
    let mut api = Api::new(&[("duplicate-line", "sum-and-check")]);
    let package = api.package(&[("mug", 3)]);
    let mug = package.line("mug");
    assert_eq!(api.cancel(package.id, &[(mug, 2), (mug, 2)]), 400);
    assert_eq!(api.cancel(package.id, &[(mug, u64::MAX), (mug, 2)]), 400);
    assert_eq!(live(&api.packages(&package.order))["mug"], 3);
    assert_eq!(api.cancel(package.id, &[(mug, 1), (mug, 1)]), 200);
    assert_eq!(live(&api.packages(&package.order)), [("mug".to_owned(), 1)].into());
}

#[test]
fn another_seller_neither_sees_nor_changes_it() {
    let mut api = Api::new(&[]);
    let package = api.package(&[("mug", 3)]);
    let body = cancel_of(&[(package.line("mug"), 1)], 500);
    for (as_seller, of_seller, status) in [(OTHER, OTHER, 404), (OTHER, SELLER, 401), (SELLER, OTHER, 401)] {
        let path = format!("/order/sellers/{of_seller}/shipment-packages/{}/items/unsupplied", package.id);
        assert_eq!(api.call(as_seller, "PUT", &path, &body).0, status);
    }
    let list = format!("/order/sellers/{OTHER}/orders?orderNumber={}", package.order);
    assert_eq!(api.call(OTHER, "GET", &list, "").1["totalElements"], 0);
    assert_eq!(api.packages(&package.order), [package]);
}

#[test]
fn from_which_statuses_it_can_be_cancelled() {
    let statuses = |picks: &[(&str, &str)]| {
        let mut api = Api::new(picks);
        let mut tried = Vec::new();
        for way in [vec![], vec!["Picking"], vec!["Picking", "Invoiced"], vec!["Picking", "Shipped"]] {
            let package = api.package(&[("mug", 2)]);
            for status in way {
                let moved = match status {
                    "Picking" => api.pick(package.id),
                    "Invoiced" => api.invoice(package.id),
                    _ => api.stage(package.id, status),
                };
                assert_eq!(moved, 200);
            }
            let answer = api.cancel(package.id, &[(package.line("mug"), 1)]);
            let after = api.packages(&package.order);
            assert_eq!(after.len(), if answer == 200 { 2 } else { 1 });
            tried.push((answer, after.last().unwrap().status.clone()));
        }
        tried
    };
    let of = |answer: u16, status: &str| (answer, status.to_owned());
    assert_eq!(statuses(&[]), [of(200, "Created"), of(200, "Created"), of(200, "Created"), of(400, "Shipped")]);
    assert_eq!(
        statuses(&[("cancel-from-invoiced", "refuse"), ("successor-status", "keep")]),
        [of(200, "Created"), of(200, "Picking"), of(400, "Invoiced"), of(400, "Shipped")]
    );
    assert_eq!(statuses(&[("cancel-from-picking", "refuse")])[1], of(400, "Picking"));
}

#[test]
fn the_international_edition_says_whether_the_status_is_kept() {
    for (choice, keep, status) in
        [("created", "true", "Picking"), ("keep", "false", "Created"), ("keep", "null", "Picking")]
    {
        for international in [true, false] {
            let mut api = Api::new(&[("successor-status", choice)]);
            api.header = international.then_some(("storefrontcode", "DE"));
            let package = api.package(&[("mug", 2)]);
            api.pick(package.id);
            let cancel = cancel_of(&[(package.line("mug"), 1)], 500);
            let body = cancel.replacen('{', &format!(r#"{{"shouldKeepPreviousStatus":{keep},"#), 1);
            assert_eq!(api.put(package.id, "/items/unsupplied", &body), 200);
            let domestic = if choice == "keep" { "Picking" } else { "Created" };
            let expected = if international { status } else { domestic };
            assert_eq!(api.packages(&package.order)[1].status, expected, "{choice} {keep} {international}");
        }
    }
}
