//! What it takes to build a model with a fault. What the faults do is judged where the suite is played against them.

use countermand_model::{FaultInfo, Model, ModelError, Request, Settings, Shows, build, faults};

use crate::api::SELLER;

fn built(fault: &str) -> Result<Box<dyn Model>, ModelError> {
    build("modern-dropship", &[], Some(fault), Settings::default())
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
fn only_faults_between_calls_at_the_same_time_are_racy() {
    for fault in faults("modern-dropship").unwrap() {
        assert_eq!(built(fault.name).unwrap().is_racy(), fault.shows == Shows::InRace, "{}", fault.name);
    }
    assert!(!build("modern-dropship", &[], None, Settings::default()).unwrap().is_racy());
}

#[test]
fn calls_are_counted_until_all_is_forgotten() {
    let mut model = build("modern-dropship", &[], None, Settings::default()).unwrap();
    let headers = [("authorization", SELLER)];
    let request = Request { method: "GET", path: "/orders", query: None, headers: &headers, body: b"" };
    let ids: Vec<_> = (0..3).map(|_| model.handle(&request, 0).headers[0].clone()).collect();
    assert_eq!(ids, ["1", "2", "3"].map(|number| ("x-request-id", format!("request-{number}"))));
    assert_eq!(model.handled(), 3);
    model.reset();
    assert_eq!(model.handled(), 0);
}
