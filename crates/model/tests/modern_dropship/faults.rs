//! What it takes to build a model with a fault, and the clock and the races that some of them need. What the faults do is
//! judged where the suite is played against them.

use countermand_model::{FaultInfo, Model, ModelError, Request, Settings, Shows, build, faults};

use crate::api::{Api, SELLER};

fn built(fault: &str) -> Result<Box<dyn Model>, ModelError> {
    build("modern-dropship", &[], &[fault], Settings::default())
}

#[test]
fn every_fault_has_its_own_name_and_no_other_is_known() {
    let faults: &[FaultInfo] = faults("modern-dropship").unwrap();
    assert!(countermand_model::faults("trendy").is_none());
    let mut names: Vec<&str> = faults.iter().map(|fault| fault.name).collect();
    let unknown = built("shown").map(|_| ()).unwrap_err();
    assert_eq!(unknown, ModelError::UnknownFault { fault: "shown".to_owned(), known: names.clone() });
    assert!(unknown.to_string().contains("no fault `shown`"));
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), faults.len());
}

#[test]
fn each_of_several_faults_does_what_it_says_whatever_the_order_of_their_names() {
    let names = ["accepted-is-202", "new-quantity-is-removed", "refusal-is-text", "refusal-is-a-crash"];
    let backwards: Vec<&str> = names.iter().rev().copied().collect();
    let answers = [&names[..], &backwards, &[&names[..], &names[..]].concat()].map(|faults| {
        let model = build("modern-dropship", &[], faults, Settings::default()).unwrap();
        let mut api = Api { model, ..Api::new(&[]) };
        let placed = api.place(&[("V1", 5)]);
        let item = api.view(&placed.order).items[0].id.clone();
        let accepted = api.cancel_item(&placed.order, &item, r#"{"newQuantity":2}"#);
        let path = format!("/orders/{}/items/{item}/cancel", placed.order);
        let refused = api.send(Some(SELLER), "POST", &path, Some("application/json"), br#"{"newQuantity":1}"#);
        (accepted, api.view(&placed.order).signed(), refused.status, refused.body)
    });
    assert_eq!(answers[0], (202, vec![-5, 3], 500, b"No.".to_vec()));
    assert!(answers.iter().all(|answer| *answer == answers[0]));
    let unknown = build("modern-dropship", &[], &["accepted-is-202", "shown"], Settings::default()).map(|_| ());
    assert!(matches!(unknown, Err(ModelError::UnknownFault { fault, .. }) if fault == "shown"));
}

#[test]
fn only_faults_between_calls_at_the_same_time_are_racy() {
    for fault in faults("modern-dropship").unwrap() {
        assert_eq!(built(fault.name).unwrap().is_racy(), fault.shows == Shows::InRace, "{}", fault.name);
    }
    assert!(!build("modern-dropship", &[], &[], Settings::default()).unwrap().is_racy());
}

#[test]
fn calls_are_counted_until_all_is_forgotten() {
    let mut model = build("modern-dropship", &[], &[], Settings::default()).unwrap();
    let headers = [("authorization", SELLER)];
    let request = Request { method: "GET", path: "/orders", query: None, headers: &headers, body: b"" };
    let ids: Vec<_> = (0..3).map(|_| model.handle(&request, 0).headers[0].clone()).collect();
    assert_eq!(ids, ["1", "2", "3"].map(|number| ("x-request-id", format!("request-{number}"))));
    assert_eq!(model.handled(), 3);
    model.reset();
    assert_eq!(model.handled(), 0);
}

/// A client of a model with this fault.
fn api(fault: Option<&str>) -> Api {
    let model = build("modern-dropship", &[], fault.as_slice(), Settings::default()).unwrap();
    Api { model, ..Api::new(&[]) }
}

#[test]
fn what_is_shown_late_is_shown_in_the_end() {
    for (fault, shown_after) in [("shown-late", 150), ("shown-much-later", 60_000)] {
        let mut api = api(Some(fault));
        let placed = api.place(&[("V1", 5)]);
        assert_eq!(api.post(&placed.order, "cancel", "").0, 200);
        let changed = api.now;
        for (after, items) in [(0, [5]), (shown_after - 1, [5]), (shown_after, [-5])] {
            api.now = changed + after - 1_000;
            assert_eq!(api.view(&placed.order).signed(), items, "{fault} {after}");
        }
    }
}

#[test]
fn too_much_is_fulfilled_of_what_is_asked_for() {
    for (fault, status, units) in [(None, 422, 0), (Some("fulfils-too-many"), 200, 7)] {
        let mut api = api(fault);
        let placed = api.place(&[("V1", 5)]);
        assert_eq!(api.fulfil(&placed.order, "S-V1", 7), status);
        assert_eq!(api.view(&placed.order).fulfilled_total(), units);
    }
}

#[test]
fn a_racing_call_overlooks_what_was_answered_since_it_arrived() {
    let parcel = r#"{"items":[{"sku":"S-V1","quantity":2}]}"#;
    for (fault, rest, body) in
        [("fulfilment-overlooks", "fulfillments", parcel), ("order-cancel-overlooks", "cancel", "")]
    {
        for (fault, since, status) in [(None, 0, 422), (Some(fault), 1, 422), (Some(fault), 0, 200)] {
            let mut api = api(fault);
            let placed = api.place(&[("V1", 5)]);
            let arrived = api.model.handled() + since;
            assert_eq!(api.post(&placed.order, "cancel", "").0, 200);
            let path = format!("/orders/{}/{rest}", placed.order);
            let headers = [("authorization", SELLER), ("content-type", "application/json")];
            let request =
                Request { method: "POST", path: &path, query: None, headers: &headers, body: body.as_bytes() };
            assert_eq!(api.model.handle_since(&request, api.now, arrived).status, status, "{fault:?} {rest} {since}");
        }
    }
}

#[test]
fn a_lost_update_brings_back_what_was_cancelled_meanwhile() {
    for (fault, items) in [("splits-both-win", [-5, -2]), ("lost-update-under-race", [-5, 2])] {
        let mut api = api(Some(fault));
        let placed = api.place(&[("V1", 5), ("V2", 2)]);
        let [first, second] = [0, 1].map(|at| api.view(&placed.order).items[at].id.clone());
        let arrived = api.model.handled();
        assert_eq!(api.cancel_item(&placed.order, &second, ""), 200);
        let path = format!("/orders/{}/items/{first}/cancel", placed.order);
        let headers = [("authorization", SELLER)];
        let request = Request { method: "POST", path: &path, query: None, headers: &headers, body: b"" };
        assert_eq!(api.model.handle_since(&request, api.now, arrived).status, 200);
        assert_eq!(api.view(&placed.order).signed(), items, "{fault}");
    }
}
