//! What is listed and fails just so is known; everything else of a listed case is stale.

use super::*;
use crate::Mismatch;

const LIST: &str = "\
format: 1
# Agreed with ACME on 2026-11-20.
known:
  # ticket 4711
  laws/fulfilled/order:
    violates: [step 2 fulfilled-kept]
    reason: fulfilled units can be cancelled   # they know
    expires: 2027-03-31
  laws/units/negative:
    violates:
      - step 1 never-raises
      - step 1 bad-units-refused
    reason: reported
";

fn list() -> Baseline {
    Baseline::parse("known.yaml", LIST.as_bytes()).expect("a list")
}

fn result(id: &str, violates: &[(usize, &str)]) -> CaseResult {
    let text = format!(
        r#"{{"id":"{id}","spec":"s","title":"","file":"","steps_planned":1,"verdict":"{}","millis":1,
            "clauses":[],"mismatches":[],"findings":[],"trouble":null,"steps":[]}}"#,
        if violates.is_empty() { "passed" } else { "failed" }
    );
    let mut case: CaseResult = serde_json::from_str(&text).expect("a case");
    case.mismatches = violates
        .iter()
        .map(|(step, clause)| {
            let text = format!(
                r#"{{"step":{step},"path":"p","difference":"differs","expected":"1","clause":"{clause}","level":"MUST",
                    "place":{{"file":"f","line":1,"column":1,"width":1,"text":""}},"statement":"","blame":"target","follows":false}}"#
            );
            serde_json::from_str::<Mismatch>(&text).expect("a mismatch")
        })
        .collect();
    case
}

fn judged(id: &str, violates: &[(usize, &str)], today: &str) -> (Verdict, Option<String>) {
    let mut case = result(id, violates);
    list().judge(&mut case, today);
    (case.verdict, case.stale)
}

#[test]
fn only_what_fails_just_so_is_known() {
    let today = "2026-11-23T08:00:00Z";
    let known = (Verdict::KnownFailure, None);
    assert_eq!(judged("laws/fulfilled/order", &[(2, "fulfilled-kept")], today), known);
    assert_eq!(judged("laws/units/negative", &[(1, "bad-units-refused"), (1, "never-raises")], today), known);
    assert_eq!(judged("laws/another", &[(2, "fulfilled-kept")], today), (Verdict::Failed, None));
    let stale = |violates: &[(usize, &str)], today| {
        let (verdict, stale) = judged("laws/fulfilled/order", violates, today);
        assert_ne!(verdict, Verdict::KnownFailure);
        stale.expect("it is stale")
    };
    assert_eq!(stale(&[], today), "is listed as a known failure, and passed");
    assert_eq!(
        stale(&[(2, "permanent")], today),
        "is known to violate step 2 fulfilled-kept, and violates step 2 permanent"
    );
    assert_eq!(judged("laws/fulfilled/order", &[(2, "fulfilled-kept")], "2027-03-31T23:00:00Z"), known);
    assert_eq!(stale(&[(2, "fulfilled-kept")], "2027-04-01T00:00:00Z"), "was put up with until 2027-03-31");
}

#[test]
fn an_update_keeps_what_a_person_wrote() {
    let cases = [
        result("laws/fulfilled/order", &[(2, "fulfilled-kept"), (4, "permanent")]),
        result("laws/units/negative", &[]),
        result("laws/new", &[(1, "permanent")]),
    ];
    let updated = Baseline::update("known.yaml", Some(LIST), &cases, Some("to be looked at")).expect("it is changed");
    insta::assert_snapshot!(updated.text, @r#"
    format: 1
    # Agreed with ACME on 2026-11-20.
    known:
      # ticket 4711
      laws/fulfilled/order:
        violates: [step 2 fulfilled-kept, step 4 permanent]
        reason: fulfilled units can be cancelled   # they know
        expires: 2027-03-31
      laws/new:
        violates: [step 1 permanent]
        reason: "to be looked at"
    "#);
    assert_eq!((updated.added.len(), updated.changed.len(), updated.removed.len()), (1, 1, 1));
    let again = Baseline::update("known.yaml", Some(&updated.text), &cases, None).expect("nothing is to be done");
    assert_eq!(again.text, updated.text);
    let unsaid = Baseline::update("known.yaml", None, &cases[2..], None).expect_err("nobody says why");
    assert_eq!(unsaid[0].message, "`laws/new` fails and is not listed");
    let begun = Baseline::update("known.yaml", None, &cases[2..], Some("new")).expect("it is begun");
    assert!(begun.text.contains("laws/new") && begun.added == ["laws/new"]);
    let emptied = Baseline::update("known.yaml", Some(&begun.text), &[result("laws/new", &[])], None).expect("emptied");
    assert_eq!(emptied.text, "format: 1\nknown: {}\n");
    let filled = Baseline::update("known.yaml", Some(&emptied.text), &cases[2..], Some("new")).expect("filled again");
    assert_eq!(filled.text, begun.text);
}

#[test]
fn what_is_wrong_has_a_place() {
    let problems = |text: &str| {
        let problems = Baseline::parse("known.yaml", text.as_bytes()).expect_err("it is wrong");
        problems.iter().map(|problem| format!("{}: {}", problem.place, problem.message)).collect::<Vec<_>>().join("\n")
    };
    insta::assert_snapshot!(
        problems("format: 2\nknown:\n  a:\n    violates: [step two b]\n    reason: ''\n    expires: soon\n    extra: 1\n  b: {}\n"),
        @"
    known.yaml:1:9: this program reads format 1
    known.yaml:4:16: `step two b` names no violation
    known.yaml:5:13: a known failure needs a reason
    known.yaml:6:14: `soon` is no date
    known.yaml:7:5: unknown key `extra` in a known failure
    known.yaml:8:6: a known failure needs `reason`
    known.yaml:8:6: a known failure needs `violates`
    "
    );
    let flow = "format: 1\nknown: { a: { violates: [step 1 b], reason: r } }\n";
    let told =
        Baseline::update("known.yaml", Some(flow), &[result("a", &[])], None).expect_err("it is laid out otherwise");
    assert!(told[0].message.contains("laid out in another way"), "{told:?}");
}
