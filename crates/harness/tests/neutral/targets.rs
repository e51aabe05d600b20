//! A target that can't be used as it is described is refused before anything is sent, and no value is shown.

use std::sync::Arc;

use countermand_harness::{Target, TargetError, TargetOptions};

use crate::toy::{Setting, Toy, suite};

fn target(base_url: Option<&str>, env: fn(&str) -> Option<String>) -> Option<TargetError> {
    let options = TargetOptions {
        name: "the toy".to_owned(),
        base_url: base_url.map(str::to_owned),
        transport: Some(Arc::new(Toy::new(Setting::default(), &[]))),
        ..TargetOptions::default()
    };
    Target::new(&suite(&[]).specs["boxes"], None, options, &env).err()
}

#[test]
fn a_base_url_is_one() {
    for right in ["http://127.0.0.1:1", "https://example.org/api/", "http://[::1]:80"] {
        assert_eq!(target(Some(right), |_| None), None, "{right}");
    }
    for wrong in ["", "example.org", "ftp://example.org", "/orders", "http://", "http://example.org?key=1"] {
        assert!(matches!(target(Some(wrong), |_| None), Some(TargetError::BadUrl(_))), "{wrong}");
    }
}

#[test]
fn a_header_that_can_carry_no_value_is_named_without_it() {
    let error = target(None, |name| (name == "TOY_KEEPER_KEY").then(|| "two\nlines".to_owned())).expect("no header");
    assert_eq!(error, TargetError::BadHeader("Authorization".to_owned()));
    assert!(!error.to_string().contains("lines"));
}
